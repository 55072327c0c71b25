package phrase

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// rule is one way in which a meaning is said: a word of each group stands in
// the text, and none of not.
type rule struct {
	meaning Meaning
	all     [][]word
	not     []word
}

// means makes a rule of groups of words, each separated by |. A word that
// begins with a letter from a to z is English: a whole word or several, or with
// * their beginning. One that begins with ~ is written in letters within
// Japanese.
func means(m Meaning, groups ...string) rule {
	r := rule{meaning: m}
	for _, g := range groups {
		r.all = append(r.all, words(g))
	}
	return r
}

// unless names the words with which a rule does not hold.
func (r rule) unless(list string) rule {
	r.not = append(slices.Clip(r.not), words(list)...)
	return r
}

// words reads a list of words as the texts are read.
func words(list string) []word {
	var out []word
	for w := range strings.SplitSeq(list, "|") {
		switch {
		case w == "":
		case w[0] == '~':
			out = append(out, word{text: kana(w[1:], false), slack: kana(w[1:], true)})
		case w[0] >= 'a' && w[0] <= 'z':
			text := " " + strings.TrimSuffix(w, "*")
			if !strings.HasSuffix(w, "*") {
				text += " "
			}
			out = append(out, word{text: text, english: true})
		default:
			out = append(out, word{text: kana(w, false), slack: kana(w, true)})
		}
	}
	return out
}

// either joins lists of words.
func either(lists ...string) string { return strings.Join(lists, "|") }

// then lists each word of a with each of b behind it.
func then(a, b string) string {
	var out []string
	for x := range strings.SplitSeq(a, "|") {
		for y := range strings.SplitSeq(b, "|") {
			out = append(out, x+y)
		}
	}
	return strings.Join(out, "|")
}

// spellings brings kanji and kana of the words together that frightened people
// write in both, and the slips of the thumb that are frequent in them.
var spellings, slackSpellings *strings.Replacer

func spelt(slack bool) *strings.Replacer {
	var pairs []string
	for line := range strings.SplitSeq(`覚え=憶え|おぼえ|おばえ|おぼへ|おぼぇ|おほえ|覚ぇ|覚へ
心当たり=こころあたり|心あたり|こころ当たり
引落=引き落と|引き落|引落と|引きおと|ひきおと|ひき落と|引おと|弾き落と|ひきおし
引かれ=ひかれ
私=わたし|わたくし|あたし
自分=じぶん
知らな=しらな
全く=まったく
知らん=しらん
知らへん=しらへん
知らね=しらね
申し込=もうしこ|申込
知りま=しりま
使つた=つこうた|つこた|使うた|つかつた
使つ=つかつ|遣つ
使わ=つかわ
使い=つかい
電話=でんわ
お金=おかね|現金
間違い=まちがい|間違え|まちがえ|まちがつ|間違つ|まちごう|間違う
取り消=とりけ|取消|取りけ|取り消し
通知=つうち
お知らせ=おしらせ|御知らせ
盗まれ=ぬすまれ|盗られ|盗まれ
取られ=とられ|獲られ|取られ
勝手に=かつてに
減つ=へつ
残高=ざんだか|残だか
口座=こうざ
支払い=しはらい|支払|支はらい
停止=ていし
止め=とめ|停め|留め
纏=まとめ|ひとめ
家族=かぞく
追加=ついか
招待=しようたい
暗証番号=あんしようばんごう
電話番号=電話ばんごう
番号=ばんごう
銀行=ぎんこう
困=こま
怖い=こわい|恐い
助け=たすけ
設定=せつてい
変え=かえ
変更=へんこう
履歴=りれき
解約=かいやく
退会=たいかい
登録=とうろく
削除=さくじよ
先月=せんげつ
最近=さいきん
財布=さいふ
被害=ひがい`, "\n") {
		to, from, _ := strings.Cut(line, "=")
		for f := range strings.SplitSeq(from, "|") {
			pairs = append(pairs, letters(f, slack), letters(to, slack))
		}
	}
	return strings.NewReplacer(pairs...)
}

// leftAlone takes out what a person says is not meant: "not the alerts", "leave
// the account as it is".
func leftAlone(t string) string { return spared.ReplaceAllString(t, "") }

var spared, keptOn *regexp.Regexp

func patterns() (spared, keptOn *regexp.Regexp) {
	spared = regexp.MustCompile(`(お知らせ|通知|配信|連絡|口座|設定|カード|登録|見守り|金額)(のほう|の方)?(は|を|も|なら|が)?(止めないで|止めなくて|止めんで|止めずに|変えないで|変えなくて|変えずに|変えんで|消さないで|消さずに|やめないで|やめなくて|そのまま|続けて|残して|残し|じやなく|ではなく|じやのう|じやねえ|やなく|より|いいから|いいので|要るけど|ほしいけど|欲しいけど)`)
	keptOn = regexp.MustCompile(` (keep|leave|not stop|not change|not touch|not mute|not pause|not cancel|not close|not block|not freeze|not delete|not) (me |on )?(the |my |your |sending )?(alerts?|notifications?|messages?|settings?|account|card)( on| alone| as is| as they are| running| coming)? `)
	return spared, keptOn
}

// Words that several rules share.
const (
	services = "~paypay|ペイペイ|ぺいぺい|~pay|ペイ|ドコモ|~docomo|~d払い|メルカリ|メルペイ|メルカード|~aupay|エーユー|~edy|エディ|キャッシュ|~kyash|ファミペイ|楽天|リンク|~line|アプリ|サブスク|スマホ決済|決済サービス"
	debits   = "引落|引かれ|ひかれ|落ちて|落ちた|落とされ|出金|チャージ|請求|課金|決済|支払|しはらい|振替|振り替え|送金|取引|明細|利用|連携|登録|ひも付|紐付|紐づ"
	people   = "私|自分|本人|俺|おれ|僕|ぼく|わし|わい|うち|当方|家族|母|父|夫|妻|主人|旦那|息子|娘|祖母|祖父|わて"
	notices  = "お知らせ|通知|配信|メール|メッセージ|アラート|ライン|~line|連絡|トーク|アナウンス"
	none     = "ない|なし|無い|無し|ありません|ありまへん|ありませぬ|ございません|ございませぬ|ねえ|ねー|なく|なかつた|あらへん|あれへん|あらず|ありやせん|ありえない|おまへん|皆無|ゼロ"

	// what people say of themselves: that it was not them
	notI = "じゃな|じゃあな|ぢゃな|ではな|でな|ではあり|じゃあり|でもあり|でもな|ではござ|じゃござ|じゃね|ちゃう|ちゃい|とちゃ|と違|違い|違う|ちが|やな|やあら|やおま|のじゃな|のではな|んじゃな|のものでは|のものじゃ|のじゃあり|のではあり|のと違|のとちが|のやな|以外の人|以外が|以外の誰"
	// nor what they did
	done    = "使つて|使うて|つこて|つこうて|つこうと|つこと|使用して|利用して|買つて|買うて|購入して|注文して|頼んで|登録して|連携して|契約して|申し込んで|申込んで|作つて|開いて|開設して|払つて|支払つて|チャージして|やつて|して|入れて|持つて|入会して|加入して|ダウンロードして|インストールして|操作して|許可して|許して|承認して|承諾して|同意して|手続きして|送金して|引き出して|下ろして|おろして|つないで|繋いで|紐付けて|紐づけて|ひもづけて|触つて|さわつて|始めて|作つた|使つた|入つて"
	notDone = "ない|いない|ません|いません|おりません|らん|らへん|へん|ねえ|無い|なかつた|いなかつた|おらん|おらへん|いねえ|ねーし|ないし|んのに|ませんが|まへん|ことない|ことがない|こともない|ことはない|事ない|事がない|ことありません|ことがありません|ことはありません|こと一度もない|ことなんてない|ことねえ"

	lost    = "減つ|減り|なくなつ|なくなり|無くなつ|無くなり|なくなって|消え|きえ|空にな|からにな|出ていつ|出て行つ|でていつ|少ない|少なくな|がない|足りな|足りませ|足りん|合わな|抜かれ|抜き取|抜けて|引かれ|取られ|盗|奪|持つていかれ|持つてかれ|流出|おろされ|下ろされ|引き出され|使われ|送金され|ごっそり|空つぽ|からつぽ|すつからかん|おかしい|落ちて|飛んで"
	things  = "カード|通帳|財布|さいふ|スマホ|携帯|ケータイ|けいたい|印鑑|ハンコ|はんこ|かばん|カバン|鞄|バッグ|保険証|免許"
	gone    = "見当た|取られ|なくし|無くし|失くし|亡くし|紛失|落とし|落し|おとし|盗|見つから|見当たら|みつから|置き忘れ|置いてき|忘れてき|どこかに|なくなつ|無くなつ|すられ|ひったく|行方不明"
	secrets = "暗証|パスワード|パスコード|ワンタイム|口座番号|カード番号|セキュリティ|個人情報|認証|カード情報|生年月日|秘密"
	told    = "教え|言うて|ゆうて|言い|言っち|いってしま|喋|口にし|おしえ|入力|入れてしま|入れちゃ|いれちゃ|渡し|打ち込|打つて|打っちゃ|伝え|言つて|言っちゃ|しゃべ|話して|送つて|送っちゃ|聞かれ|知られ|漏れ|もれ|ばれ|バレ|見られ|答え"
	look    = "見たい|みたい|見せ|みせ|見れ|見られ|確認|知りたい|教えて|おしえて|一覧|いつ|何件|合計|調べ"
	halt    = "止め|停止|ストップ|凍結|ブロック|ロック|差し止|差止|中止|やめさせ|やめて|やめろ|遮断|封鎖|使えなく|使えない|阻止"
)

// rules are all of them, in the order in which they are tried.
var rules []rule

func allRules() []rule {
	return []rule{
		// An answer of ours that somebody wants back, although it speaks of "not me".
		means(Undo, "取り消|撤回|元に戻|もどし|戻し|やり直|やりなお|訂正|キャンセル|間違い|誤つ|誤り|うつかり|ミス|勘違|かんちがい|やつぱ|よく見たら|よく考え|思い出し|早とちり|なかつたことに|無かつたことに",
			"押し|おし|押す|回答|報告|申し出|申出|申告|申請|さつき|先ほど|先程|さきほど|今の|いまの|答え|返事|を取り消|ボタン|タップ|クリック|私でした|私だつた|自分でした|自分だつた|自分のだつた|私のでした|本人でした|使つてた|使つてました|使つていました|家族でした|息子でした|妻でした|夫でした|使つたのを思|言つたの|送つたの|届け出").
			unless("を押したのに|引落され|お知らせを押|間違いなく|やっぱり私じゃな|やっぱり自分じゃな|やっぱ私じゃな|やっぱり違|やっぱり身に覚え|やっぱり知ら"),
		means(Undo, "undo|mistake|mistakenly|mistaken|wrong|accidental*|take back|take it back|take that back|took back|wrong button|wrong one|accident*|withdraw|cancel|revert|misclick*|after all|retract|oops|changed my mind|by error|in error",
			"report*|answer*|button|press|pressed|tap|tapped|tapping|click*|hit|dispute*|after all|was me|was mine|is mine|is me|withdraw|retract|said|what i sent|that|it back|last|remember*").
			unless("not withdraw|never withdrew|unauthori*|fraud*|hacked|stolen|i did not make|i did not authori*|charged by mistake|payment*|debit*|charge|subscription"),

		means(Undo, "自分のでした|自分でした|自分のだつた|自分だつた|私のでした|私でした|私のだつた|私だつた|家族のでした|家族でした|使つたものでした|使つたやつでした", "報告し|報告を|押しました|押したけど|押しちやつ|と答え|と言い|と言つ|やつぱり|思い出し|よく考え|すみません|すいません|ごめん|勘違").
			unless("やつぱり自分じゃな|やつぱり私じゃな"),
		means(Undo, "今のなし|いまのなし|前のに戻|前に戻し|報告をやめ|報告やめ|報告はやめ"),
		means(Undo, "回答|答え|返事", "変え|変更|直し|直す|なおし|なおす|訂正").unless(either("設定|通知|電話", then(people, notI))),
		means(Undo, "made a mistake|my mistake|wrong answer|sorry wrong|my bad|i was mistaken|i was wrong").unless("you made|bank made|someone made|they made|payment*|charge*|debit*|not"),

		// A secret that was given away, a card that is gone: nothing was taken yet.
		means(Help, "フィッシング|ふいっしんぐ|偽サイト|偽メール|偽のサイト|にせサイト|偽物のサイト|偽の|なりすましメール|詐欺にあ|詐欺に遭|詐欺に引っ|詐欺にひっ|詐欺メール|詐欺サイト|詐欺電話|詐欺の電話|怪しい電話|怪しいメール|怪しいリンク|怪しいサイト|怪しいURL|怪しい~sms|変な電話|変なメール|変なリンク|変なサイト|変な~sms|不審な電話|不審なメール|不審な~sms|知らない番号|知らない電話|知らない人から電話|電話がかかつて|電話が来|~sms|ショートメール|~url").
			unless(either("引落|引かれ|取られ|盗まれ|減つ|勝手に|抜かれ", then(people, notI))),
		means(Help, secrets, told).unless(either("引落|引かれ|取られ|盗まれ|減つ|勝手に|抜かれ|電話番号|受付番号|フリーダイヤル", then(people, notI))),
		means(Help, things, gone).unless("引落|引かれ|勝手に|お金|減つ|使われ|残高|身に覚え|円"),
		means(Help, "phish*|smish*|fake site|fake website|fake email|fake text|fake page|suspicious link|suspicious email|suspicious call|suspicious text|suspicious message|strange call|weird call|strange text|dodgy link|scam call|scam email|scam text|clicked a link|clicked the link|clicked on|fell for").
			unless("money is|money gone|charged|debit*|payment*|withdrawal*"),
		means(Help, "gave|give|given|giving|told|entered|typed|shared|sent|revealed|leaked|disclosed", "pin|password|passcode|otp|code|details|card number|account number|security|one time").unless("phone number|debit*|charged|payment*"),
		means(Help, "lost|stolen|missing|stole|misplaced|dropped|can not find|left", "card|wallet|purse|phone|passbook|handbag|cash card|bank card|bankbook|seal").unless("money|charge*|payment*|debit*|phone number"),

		// What they fear will come next, and what they hope to get back.
		means(Stop, "引落されたくな|引かれたくな|取られたくな|これ以上引落|これ以上引か").unless(then(people, notI)),
		means(Help, "money back|get a refund|be refunded|refund me|get it back|compensat*|reimburse*", "will|can|how|do i|could|would|when").unless("not me|not mine|did not|not recogni*|not authori*|unauthori*|never|hacked|stolen|stole|fraud*|not make"),

		// Questions in which the words of a loss stand.
		means(Balance, then("残高|預金|貯金|口座にいくら|口座に何円|口座になんぼ", "はいくら|はなんぼ|いくら|を教え|教えて|が知り|を知り|知りたい|を見たい|見たい|確認|照会|は今|入つて|ある|のこつ|残つ|が見たい|はどれ")).unless(either("減つ|おかし|合わな|消え|なくなつ|足りな|盗|引かれて|勝手に", then(people, notI))),
		means(History, "昨日|きのう|先月|今月|先週|今週|最近|今まで|いままで|去年|これまで|おととい|前月|今年", "いくら|何が|何に|何を|なにが|なにに|なにを|なに引|何引|どれ|見たい|見せ|教えて|一覧|どんな|分を|履歴|明細|合計|確認").
			unless(either("勝手に|おかし|減つ|盗|知らな|知らん|変な|無断|怪し|不正|誰|どうして|なんで|何で", then(people, notI), then("覚え|心当たり", then("|は|が|の|も", none)))),

		// That was not me.
		means(Dispute, then("覚え|記憶|心当たり|心あたり|こころあたり|思い当たり|思い当たる節|思い当たること|思い当たるもの|思い当たるの|見覚え|身覚え", then("|は|が|の|も|など|なんて|とか|に|ぜんぜん|は全然|が全然|全然|全く|まったく|が全く|が一切|は一切|一切|なんか|なんぞ|すら|さえ|て|てい|ておら|がまるで|がとんと|とんと|がさっぱり|がちつとも", none))).
			unless("パスワードを覚|暗証番号を覚|番号を覚"),
		means(Dispute, "覚えがない|覚えのない|覚えがな|おぼえがな|覚えなぃ|覚えまし|覚えとら|覚えとりま|覚えちよら|覚えちよりま|覚えがありまさ|覚えがありまえ|覚えがありませ|覚えがありまん|覚えがありまへ|覚えありませ|覚えがいない|覚えがあるわけ|心当たりがな"),
		means(Dispute, then("使つた|利用した|買つた|購入した|登録した|契約した|作つた|申し込んだ|申込んだ|チャージした|頼んだ|払つた|支払つた|持つた|やつた|した|入れた|開いた|引き出した|入会した|加入した|触つた|許可した",
			"ことない|ことがない|ことはない|ことあり|ことがありま|ことはありま|事ない|事がない|事はない|事あり|事がありま|こともな|こと無|ことがな|ことなん|もんじゃな|もんやな|ものじゃな|ものではあり|ものではな|ものでな|ものじゃあり|のではあり|のではな|のじゃな|のじゃあり|んじゃな|のとちが|のと違|やつじゃな|やつではな|わけじゃな|わけではな|ことあら|ことがあら|ことねえ|ことねー|んとちゃ|んちゃう|んやな|人は別|のは別|の誰")),
		means(Dispute, then(people, notI)).unless("見たいけど|口座も見|口座を見|見守|招待|追加したい|だけじゃな|だけでな|じゃないとだめ|じゃないとでき|でないとだめ|でないとでき|でも大丈夫"),
		means(Dispute, then(done, notDone)).unless("まだ登録|まだ使|設定して|コード|届いて|もう使|通知して|お知らせして|連絡して|してない方|間違いして|返事して|どうして"),
		means(Dispute, then("使わ|使い|使う|買い|買わ|頼ま|頼み|登録し|作ら|作り|契約し|申し込み|申し込ま|払わ|払い|つかい", "ないのに|ませんのに|んのに|へんのに|ませんが引|ないのになん|ません、|ませんし|まへん")),
		means(Dispute, "勝手に|無断で|断りなく|許可なく|許可なしに|承諾なく|同意なく|同意なしに|知らぬ間に|知らないうち|知らん間|知らんうち|知らない間|いつの間にか|いつのまにか|気づいたら|気がついたら|気付いたら|知らぬうち").unless("通知が来|お知らせが来|届きま"),
		means(Dispute, "お金|残高|預金|貯金|口座|金額|年金|給料|万円|円|千円|財産|全額|貯え|おろした|お年玉|小遣い|こづかい|へそくり", lost).unless("見方|覚え方|方法|登録がない|口座がない|円以上|円以下|いつ引|見たい|引かれんよう|引かれないよう|引かれたら残高"),
		means(Dispute, "引き出され|使われて|使われた|使われま|抜かれ|抜き取|引かれて|引かれた|引かれま|引かれと|引かれてん|引落され|取られた|取られて|取られま|盗まれ|持つていかれ|持つてかれ").unless(either("いつ引|履歴|見たい|一覧|先月|明細|引かれんよう|引かれないよう|取られないよう|引落されないよう", things)),
		means(Dispute, "盗ま|盗ん|盗み|盗難|泥棒|どろぼう|ドロボー|なりすま|成り済ま|成りすま|乗つ取|乗取|のつとり|のつとら|不正|ふせい|不審な|悪用|犯罪|ハッキング|ハッカー|ハックされ|ハックさ|横領|詐欺|さぎ|騙され|だまされ|騙し|ぼつたくり|架空請求|被害に|被害を受|やられた|やられま|犯人").unless(either("電話番号は|番号を教え|番号は|何番|被害届|不正じゃな|不正ではな|不正でな|詐欺じゃな|詐欺ではな|詐欺でな|盗まれたわけじゃ|なりすましじゃな", things)),
		means(Dispute, "誰か|だれか|他人|第三者|別人|赤の他人|知らない人|知らん人|見知らぬ|見ず知らず|誰が|だれが|どいつが|他の人|ほかの人|別の人|誰に|だれに|誰の|だれの|どなた", either(debits, "使|引|登録|入ら|取|出|お金|触|操作|名義|口座|これ|お申し|犯|チャージ")).unless("誰に電話|誰に連絡|誰に相談|だれに電話|だれに相談|誰に言え|誰か助け|だれか助け|どなたか助け"),
		means(Dispute, debits, "おかしい|おかしな|変な|へんな|変です|変だ|謎|なぞ|不審|怪し|あやし|不明|わからない|分からない|わかりません|分かりません|わからん|見知らぬ|疑わし|ありえな|あり得な|納得|違う|違います|ちがいます|ちがう|間違つて|間違いで|間違いじゃ|間違いでは|何の|なんの|何これ|なにこれ|なんで|なぜ|何故|どうして|二重|2重|二回|2回|多すぎ|驚|びつくり|説明|詐|無関係|関係ない|関係ありません|余計|存在しない|変や|おかしな").
			unless("やり方|方法が|方が分|どうすれば|設定|日が|止め方|どうして通知|コード|登録の仕方|届かない|来ない"),
		means(Dispute, "知らな|知りません|知らん|知りまへん|知らへん|知らねえ|知らね|知らないよ|存じません|存じ上げません|存じませ|知りませぬ|知るわけ|知つたことじゃ").
			unless("使い方を知|使い方が|方法を知|やり方を知|やり方が|番号を知|番号が知|番号知|連絡先を知|連絡先知|パスワード|暗証|どうやつて"),
		means(Dispute, "なんもしとら|何もしとら|何もしてな|なにもしてな|なんもしてな|何もしていな|なにもしていな|何もしてませ|なにもしてませ|何もやってな|なにもやってな").unless("通知"),
		means(Dispute, "ないのに|ませんのに|んのに|へんのに", debits).unless("通知"),
		means(Dispute, then("旦那|主人|夫|妻|家族|母|父|息子|娘|本人", "に聞い|に確認|にきい|も|が|は"), "違う|違うって|違うと|ちがう|知らな|知らん|してない|していな|使ってない|使っていな|覚えがな"),
		means(Dispute, "人違い|関係ありません|関係ない|関係ございません|関係なし|じゃないのに|ではないのに|誰がやつ|だれがやつ|誰のしわざ|誰の仕業|とらないで|とるな|とらんで|取らないで|取るな|取らんで|かえして|違う人|別人|見たことない|見たことのない|見たことがない|見たこともない|聞いたことない|聞いたことのない|聞いたことがない|聞いたこともない|これ誰|これだれ|誰これ|だれこれ|誰のこれ|誰ですか|だれですか|誰なの|何これ|なにこれ|なんだこれ|何だこれ|これは何|これ何|これなに|これはなに|なんやこれ|なんじゃこりゃ|なんですかこれ|何ですかこれ|なんなのこれ"),
		means(Dispute, "これ|それ|この|その|全部|ぜんぶ|すべて|円|万円|引落|請求|昨日|今日|きょう|さつき", "違う|違います|違いま|ちがう|ちがいます|ちやうで|ちやいます").unless("電話|番号|設定|金額が違|間違|コード"),
		means(Dispute, "異議|申し立て|通報したい|通報する|報告したい|銀行に伝えて|銀行へ伝えて|返して|返金して|返金をお願い|取り返|取り戻し|払い戻し").unless("返してください、通知|取り消"),
		means(Dispute, "not me|not mine|not my|no i did not|can not be me|could not be me|can not be mine|no i have not|never seen|where did my money|where is my money|where has my money|not us|not ours|not our|not him|not her|not his|was not i|not do this|not do that|not do it|not do any|not do these|not done|not make|not making|not made|not recogni*|not know this|not know what|not know who|not know anything|not know about|not know why|not know where|never authori*|not authori*|never used|never use|not use|not used|not using|not buy|never buy|never bought|not bought|not purchase*|never purchase*|not sign|never signed|not signed|not set this|not set up|never set|not approve*|never approve*|not agree*|never agree*|not register*|never register*|not link*|never link*|not remember|not recall|not order*|never order*|not spend|not spent|not pay|never paid|not paid|not subscri*|never subscri*|not familiar|not aware|never heard|without my|no idea|not have a|not have an|not have any|not even have|not own|not open*|never open*|not create*|never create*|never made|never did|never done|never had|not consent*|not top|not request*|not send|not transfer*|not by me|not belong|not connect*|not add|not ask for|nothing to do with me|never touched|never asked|not initiate*|not start*|not give permission|never gave|not withdraw*|not take|not took|never withdrew|do not even").
			unless("how to|know the phone number|know your phone number|set up alerts|set up notifications|ask for alerts|ask for these|password|pin|not working|anymore|any more|not have a number|not do anything wrong|what to do|not use it|not have a phone|not send me|not use this service|have a code|not know how|not my answer|not know what to do"),
		means(Dispute, "not have|have no|never had", "paypay|docomo|barai|merpay|kyash|edy|rakuten|famipay|aupay|mercari"),
		means(Dispute, "nobody|no one|none of us|neither of us", "did|made|used|uses|bought|paid|authori*|family|here|recogni*").unless("answers|nobody is there"),
		means(Dispute, "i do not know|not know", "これ|この|引落|支払|請求").unless("how|phone"),
		means(Dispute, "fraud*|not authentic|unauthori*|hacked|hacker*|hack|stolen|stole|steal*|theft|thief|thieves|compromised|impersonat*|identity|scammed|scammer*|scam|robbed|ripped|suspicious|unfamiliar|unrecogni*|unknown|illegal*|fishy|strange|weird|dodgy|bogus|rogue|dispute|disputing|chargeback|refund|wrong charge|wrong amount|charged twice|double charged|twice|overcharged").
			unless("card|wallet|purse|phone number|number to|what number|hotline|helpline|cancel the dispute|cancel my dispute|strange call|not fraud|not a fraud|not fraudulent|not a scam|not stolen|not suspicious|not hacked|myself"),
		means(Dispute, "money|cash|yen|balance|savings|funds", "gone|missing|disappear*|taken|took|lost|vanish*|less|drained|empt*|short|stolen|withdrawn|left my|out of my").unless("how much|card"),
		means(Dispute, "someone|anyone|who|another person|stranger|somebody", "took|used|using|stole|else|made|got into|taking|accessed|withdrew|charged|linked|did|authori*|opened|is this|has access|paid|spending|spent|signed|pretend*|set up").unless("who do i|who should i|who can i|someone else to watch"),
		means(Dispute, "why was i|why am i|why did i get|why have i|what payment|what charge|what debit|what is this|what are these|what was this|what was that|what the", "charge*|debit*|payment*|transaction*|withdrawal*|for|hell|heck|about|fee|money").unless("service do|app"),

		// They speak of themselves, and deny: that was not me, in other words.
		means(Dispute, then(people, "の|が|は|も"), "じゃない|ではない|じゃありま|ではありま|じゃねえ|じゃねー|やない|とちゃう|違います|していま|してない|してません|していない|してへん|のじゃな|のではな").unless("間違い|問題|心配|見たい|招待|設定したい|通知"),

		// That was me.
		means(Mine, either(then("私|自分|本人|俺|僕|わし|わい|わて|うち|家族|妻|夫|母|父|息子|娘|主人|旦那", "です|だよ|だ|でした|だつた|のやつ|がつこ|で引き出|が利用|がご利用|がおろ|で下ろ|でおろ|が引き出|じゃよ|じゃ|の家賃|や|やで|のです|のだ|のもの|の引落です|の支払|の利用|の買い物|で間違いな|で合つて|で使|で払|で支払|で買|でや|でし|でチャージ|で登録|で設定|で入|で操作|でつな|が使|が払|が支払|が買|がや|がし|がチャージ|が登録|が操作|が設定|の分です|の分でし|の分だ"),
			"心当たりあ|心当たりがあ|心当たりはあ|覚えがある|覚えがあります|覚えがありました|覚えがあつた|覚えあり|覚えある|覚えはある|覚えはあります|覚えてます|覚えています|見覚えがあ|思い出し|使いました|使いましたよ|使つたよ|使つた|買いました|買つた|払いました|払つた|支払いました|チャージしました|チャージした|登録しました|申し込みました|契約しました|申し込んだもの|心当たりがござ|覚えがござ|問題ありません|問題な|大丈夫|だいじょうぶ|合つてます|合つています|あつてます|あつています|正しい|正常|オーケー|~ok|おけ|知つてます|知つています|知つてる|知つとる|それ俺|それ私|それ自分|それ僕|これ俺|これ私|これ自分|これ僕|間違いありません|間違いな|はいそう|そうです|承知して|把握して|心配いりません|心配な|心配ご無用|安心して")).
			unless(either(look, "先月|今月|履歴|どうしたら|どうすれば|不安|心配です|使つたら|口座も|ですか大丈夫|大丈夫ですか|大丈夫なの|大丈夫でしょうか|大丈夫かな|いくら|登録したい|じゃあ|設定したい|変えたい|残高|電話")),
		means(Mine, "not fraud|not a fraud|not fraudulent|not a scam|not stolen|not suspicious|not hacked").unless("not me|not mine|did not|sure|not know"),
		means(Mine, "myself|was me|is me|it me|was mine|is mine|mine|my own|i did this|i did that|i did it|i made|i paid|i bought|i used|that was me|recogni*|i know this|i know about|all good|fine|legit*|my payment|my purchase|my wife|my husband|my son|my daughter|i authori*|i approve*|i topped|no problem|correct|yes|yep|yup|yeah|i remember|my charge|ok|okay|safe|expected").
			unless("not|phone|help|can|could|get|let|share|sharing|see|see my|invite|add|settings|watch|mother|delete|change|show|is it safe|am i safe"),

		// Thanks that tell what went well.
		means(Thanks, "ありがと|有難う|感謝|助かりました|助かつた|おおきに", "おかげ|ました。|ましたあり|解決|安心|止められた|止められました|助かり|助かつ|届いた|できました|戻りました|わかりました|分かりました").unless("教えて|ください"),
		means(Thanks, "thanks|thank", "helped|stopped|resolved|sorted|saved|worked|fixed|quick|all good"),

		// Stop the money, not the alerts.
		means(Stop, then(either("口座|引落し|引落|支払い|支払|カード|お金|出金|送金|チャージ|連携|取引|振替|自動引落|決済|利用|リンク|紐付け|紐づけ|引落しし|課金", services), then("|だけ|の|を|は|も|をすぐ|を今すぐ|をすべて|を全部|すぐ|をいったん|を一旦|を一時的に|すべて|全部|の利用を|との連携を|の連携を|の引落を|の支払いを|の登録を|との接続を", "止め|停止|ストップ|凍結|ブロック|ロック|差し止|差止|切つて|切りたい|切る|解除|外して|外したい|遮断|やめさせ|使えなく|とめ|解約"))).
			unless("通知を止め|お知らせを止め|通知を停止|お知らせを停止|見守り|を忘れ|~line通知"),
		means(Stop, services, "登録を消|登録を削除|登録消し|登録を取り消|登録を外|登録を解除").unless(notices),
		means(Stop, "引落さないで|引落さんで|引落すな|引かないで|引かんで|取らないで|取らんで|落とさないで|引落せないよう|引かれんよう|引かれないよう|引落されないよう|引き出せないよう|引き出されないよう|下ろせないよう|下ろされないよう|おろされないよう|使われないよう|これ以上取ら|もう取ら").unless("勝手に"),
		means(Stop, halt, either("口座|引落|支払|カード|お金|出金|送金|チャージ|連携|取引|振替|銀行|サービス|これ以上|全部|すべて|被害|不正|課金|請求", services)).unless(either(notices, "見守り|口座守|停止を解除|停止解除")),
		means(Stop, "引落|支払|出金|送金|チャージ|振替|請求|連携|決済|課金|サブスク", "取り消|キャンセル|解除|やめたい|やめる|無効|断りたい|拒否|切りたい|切つて|解約|なくしたい").unless("回答|報告|申し出|ボタン"),
		means(Stop, "stop|block|freeze|lock|halt|suspend|disable|prevent|hold|shut|unlink|disconnect|cut|cancel", "account*|payment*|debit*|charge*|charging|money|transfer*|withdraw*|card|cards|bank|it|them|this|these|paypay|pay|docomo|merpay|kyash|edy|service|link|linked|everything|transaction*|taking|all|him|her|now").
			unless("alert*|notif*|message*|mail*|email*|texts|texting|report|dispute|answer|messaging|my membership|using|the service|this service|your service|kozamori|watching|buzz*|beep*|sending|pinging"),
		means(Stop, "not let|never let|do not allow|stop them|stop him", "take|taking|money|charge|debit|withdraw"),
		means(Stop, "freeze|block|stop it|make it stop|stop now|please stop").unless("alert*|notif*|message*|email*|texting|sending|messaging"),

		means(Undo, "間違い|取り消|取り下げ|取りさげ|報告なし|報告無し|さっきのなし|さっきの無し|撤回|元に戻|前に戻|戻したい|戻してください|キャンセル|誤つて|勘違い|やり直し|早とちり|かんちがい|訂正").unless("登録を取り消|全部消|退会|間違いなく|間違い電話"),
		means(Undo, "undo|mistake|mistaken|oops|take it back|take that back|revert|by accident|wrong button|changed my mind|retract|cancel that|withdraw that"),

		means(Pause, "うるさ|やかまし|しつこ", "止め|やめ|切"),
		means(Stop, "止めて|止めろ|止めたい|止めな|止めよ|止められ|凍結|差し止|停止して|ストップして").unless(either(notices, "停止を解除|見守り|口座守")),

		// Less of it.
		means(Pause, notices, "止め|やめ|停止|休|いらない|いらん|いりません|要らない|要りません|不要|うるさ|やかまし|多すぎ|多い|多く|オフ|切つて|切りたい|切る|減ら|来ないで|こないで|来なくて|送らないで|送つてこないで|送らなくて|しないで|しなくて|ミュート|しつこ|鬱陶|うつとう|邪魔|じゃま|少な|静か|黙|結構です|結構や|ストップ|迷惑|控え|抑え|~off|一時|しばらく|勘弁").
			unless("金額|円以上|以上だけ|夜は|夜中|設定|条件|時間|夜の|来なくなつた|キーワード|以下|来ないの|データ|退会|解約|メールアドレス"),
		means(Pause, "うるさ|やかまし|送らないで|送つてこないで|休みます|休みたい|休ませ|お休み|休止|ミュート|静かに|しつこい|一時停止|しばらく休|しばらく止|しばらくの間|当分|一旦停止|旅行中|入院中|鳴らさないで|鳴らないように|鳴りつぱなし").unless("夜は|夜中|時間"),
		means(Pause, "stop|fewer|less|mute|pause|silence|quiet|off|disable|snooze|many|much|annoying|spam*|break|hold|shut|no more|not send|not want|enough|holiday|vacation|not need|unsubscribe|reduce|cut down",
			"alert*|notif*|message*|mail*|email*|texts|texting|sending|messaging|ping*|buzz*|beep*|reminder*|these|while|break|me|phone|week|days|month|them|updates").
			unless("delete|erase|account|settings|setting|amount*|threshold|night|data|phone number|how much|paid|my membership"),
		means(Pause, "mute|pause|snooze|be quiet|quiet please|annoying|too many|holiday mode|do not disturb"),

		// What is told, and when.
		means(Settings, "いくら以上|何円以上|通知金額|夜の通知|夜の知らせ|夜のお知らせ|夜中の|深夜の|いくらから|円から|円未満|円を超え|昼間だけ|昼だけ|だけ通知|だけ知らせ|だけお知らせ|だけ教え|時も知らせ|ときも知らせ|たら知らせ|下限|上限|知らせてほし|知らせて欲し|通知してほし|通知して欲し|通知してくれ|設定|しきい値|閾値|キーワード|円以上|円以下|以上だけ|時間帯|夜は|夜中は|夜中に|深夜|寝てる|寝ている|就寝|メールアドレス|通知音|ルール|カスタマイズ|通知条件|知らせる条件|条件を|条件が|受け取り方|受け取りたい|メールでも知らせ|メールでほし|通知先").unless("家族|母|父|息子|娘|妻|夫|孫|覚え|全部止|ぜんぶ止"),
		means(Settings, "変えたい|かえたい|変えて|変えられ|変更|へんこう|切り替え|直したい|上げたい|下げたい|上げて|下げて|減らしたい|増やしたい").unless("家族|見守|パスワード|暗証"),
		means(Settings, "settings|setting|quiet hours|notify me|alert me|tell me when|tell me if|let me know|change|threshold|rule|rules|configure|adjust|at night|during the night|overnight|email address|preferences|only tell me|only alert|only notify|set the|set a|raise|lower|limit|edit|update my|customi*|night*|above|over").unless("delete|family|mother|how much|history|password"),

		// Who else watches.
		means(Family, "家族|母|父|親|夫|妻|主人|旦那|息子|娘|祖母|祖父|おばあ|おじい|ばあちゃん|じいちゃん|ばあば|子ども|子供|こども|孫|兄|姉|弟|妹|パートナー|彼女|彼氏|ヘルパー|身内|嫁|お母|お父|かあさん|とうさん", "見|みたい|みて|みまも|招待|追加|登録|一緒|いつしょ|つな|加え|外し|外す|共有|知らせ|通知|届|増や|頼|守|アカウント|口座|呼び|呼ぶ|よびたい|よんで|入れ|も使|設定|しょうたい|やり方|コード|メンバー|にも|連絡|教え|分も|分を"),
		means(Family, "見守りの人|見守る人を|見守ってくれる人|招待したい|招待コード|招待する|招待方法|見守り家族|見守つて|見守りたい|見守る人|家族会員"),
		means(Family, "family|mother|mothers|father|fathers|mom|moms|mum|mums|dad|dads|parent*|wife|husband|son|daughter|grand*|sister|brother|guardian*|partner|relative*|carer|someone else|kids|children|aunt|uncle", "add|invit*|watch*|share|also|see|monitor|join|include|protect|look|too|let|with|remove|keep an eye|account|accounts|alerts|get|set up|member*|help me"),

		// What was taken.
		means(History, "履歴|先月|今月|先週|今週|昨日|きのう|おととい|去年|今年|過去|これまで|今まで|一覧|明細|いつ引|何件|合計|記録|前回|月分|前の|以前の|直近|見返|いくら引|いくら使つ|いくら使い|どれくらい使|いくら払|いくら落|何に使").unless("残高|消して|削除|消去|退会"),
		means(History, "最近|ここ数日|ここ1週間|ここ一週間|ログ|纏|リスト|全部の", either(debits, look, "お知らせ|取引|入出|動き|どう")),
		means(History, either(debits, "取引|使つた分|使つたもの"), look).unless("電話|残高|止め|方法|やり方"),
		means(History, "見たい|見せて|みせて|振り返り").unless("残高|家族|使い方"),
		means(History, "history|debited|last month|last week|recent*|past|previous|list|statement|transactions|debits|so far|this month|this week|yesterday|how much did|how much have|spent|what was taken|last year|months|records|log|earlier|payments|charges").unless("delete|erase|balance|remove|help|phone"),

		// A number; what is on the account.
		means(Help, "警察|けいさつ|交番|110番"),
		means(Help, "police").unless("number"),
		means(Phone, "どこにかけ|どこへかけ|かけたら|かければ|つながる番号|繋がる番号|電話|連絡先|問い合わせ|問合せ|問合わせ|といあわせ|窓口|コールセンター|フリーダイヤル|何番|ダイヤル|オペレーター|人と話|直接話|担当者と話|話がしたい|話したい|連絡したい|どこに連絡|どこへ連絡|誰に連絡|連絡はどこ|サポートに|サポートへ|に連絡|サポートセンター|カスタマー|番号を教え|番号教え|番号おしえ|番号は|番号知り|番号が知り").unless("受付番号|暗証"),
		means(Phone, "phone|tel|telephone|call|calling|contact|hotline|helpline|number|speak|talk to|ring|dial|reach the bank|reach my bank|reach you|toll free|customer service|customer support").unless("report number|police|pin number"),
		means(Balance, "残高|ざんだか|残金|貯金額|貯金は|貯金が|あといくら|あと何円|あとなんぼ|残つて|残りは|残りいくら|いくらある|いくら入つて|いくらあり|いくらのこ|いくら残|預金額|預金はいくら|貯金はいくら|いくら持つて|口座の中|なんぼある|なんぼ入つて|なんぼ残つ"),
		means(Balance, "balance|how much money|how much do i have|how much is left|how much is in|how much have i got|money left|left in my|how much cash|in my account"),

		// No more.
		means(Leave, "解約|退会|やめたい|辞めたい|止めたいです、このサービス|やめます|やめる|辞めます|登録を消|登録解除|登録を解除|登録を抜|登録抹消|抹消|データ|削除|消して|消したい|消去|アカウント|もう使わな|もう使いません|もう要らな|もういらな|もういりま|もういらん|サービスいらな|サービスいりま|サービスは不要|もう必要な|もういい|もう結構|利用をやめ|利用をやめ|サービスをやめ|友だち解除|友達解除|脱退|抜けたい|終了|終わりに|おわりに|個人情報|卒業|見守りを終|見守りを外|見守りをやめ|不要になり|利用終了|解除").unless("停止を解除|ロック解除"),
		means(Leave, "delete|remove|leave|quit|close|cancel|unregister|unsubscribe|erase|opt out|no longer|deregister|sign out|get rid|forget me|anymore|any more|terminate|wipe|done with|stop using|end my|membership|for good").unless("stop the"),

		// Somebody who needs help, or asks the way.
		means(Connect, "つなぎたい|繋ぎたい|口座を登録|登録したい|登録方法|登録の仕方|登録のしかた|登録するには|登録コード|コード|はじめたい|始めたい|新しい口座|口座を追加|口座追加|口座を増や|連携したい|加入したい").unless("助け|困"),
		means(Connect, "connect|register|sign up|add my account|add an account|add another|activation|enrol|enroll|get started|code").unless("help me"),
		means(Thanks, "ありがと|ありがた|サンクス|有難|有り難|サンキュ|さんきゅ|感謝|助かり|助かつた|どうもです|どうも|おおきに|お世話に|あざす|あざつす|あざーす|ありがて|ご苦労|御礼|お礼|恩に|~thx|~thank").unless("助けて|どうもおかしい|どうも変|困"),
		means(Help, "困|助け|どうしていいか|どうしてよいか|どうやつたらいいか|カードがない|通帳がない|カードない|どげんし|どがんし|なじよしたら|何をしたら|なにをしたら|何したら|なにしたら|戻つてき|戻つてこ|戻りますか|お金は戻る|お金戻る|戻るの|返つてくる|返りますか|かえつてく|返つてき|返つてこ|どうしたら|どうすれば|どうしよ|どうした|どないし|どうすりゃ|怖い|不安|パニック|心配|警察|けいさつ|交番|110番|相談|弁護士|消費者|被害届|緊急|大変|たいへん|やばい|ヤバ|ヘルプ|へるぷ|ＳＯＳ|焦|あせ|教えてください、どう|何をすれば|なにをすれば|まずい|対処|対応|べき|詐欺|保証|補償|泣"),
		means(Help, "help|what should|what do i do|what can i do|what now|scared|afraid|worried|panic*|police|emergency|trouble|urgent*|advice|victim|support|assist*|please respond|frightened|freaking|sos|desperate|what to do|next step*"),
		means(Thanks, "thanks|thank|arigato*|appreciate*|great|perfect|good job|brilliant|lovely|awesome|nice|grateful|helpful"),
		means(Guide, "使い方|使いかた|何ができ|なにができ|どう使|方法|やり方|やりかた|こんにちは|こんにちわ|おはよ|こんばんは|はじめまして|初めまして|説明|わからない|分からない|わかりません|ガイド|メニュー|~menu"),
		means(Guide, "how do i|how does|how to|what can you|what is this|what are you|hello|hi|hey|good morning|good evening|guide|menu|instructions|manual|explain"),
	}
}

// known are the English words of the rules, and longWords those in which a slip
// is forgiven.
var (
	known     map[string]bool
	longWords []string
)

func vocabulary() (map[string]bool, []string) {
	all := map[string]bool{}
	for _, r := range rules {
		for _, group := range append(slices.Clone(r.all), r.not) {
			for _, w := range group {
				if w.english {
					for part := range strings.FieldsSeq(w.text) {
						all[part] = true
					}
				}
			}
		}
	}
	// Beginnings stand in the rules; these are the whole words.
	for _, w := range strings.Fields("recognise recognize recognised recognized unauthorised unauthorized authorise authorize authorised authorized transaction transactions withdrawal fraudulent notifications notification phishing purchase registered subscribe") {
		all[w] = true
	}
	var long []string
	for w := range all {
		if len(w) >= 6 {
			long = append(long, w)
		}
	}
	slices.Sort(long)
	return all, long
}

var once sync.Once

// ready builds the tables when the first text is read: programs that read none
// neither wait for them nor hold them.
func ready() {
	once.Do(func() {
		spellings, slackSpellings = spelt(false), spelt(true)
		spared, keptOn = patterns()
		rules = append(doubts(), allRules()...)
		whole = map[bool]map[string]Meaning{false: wholes(false), true: wholes(true)}
		known, longWords = vocabulary()
		fillMine()
	})
}
