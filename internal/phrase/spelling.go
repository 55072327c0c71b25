package phrase

import (
	"regexp"
	"strings"
)

// spellings brings kanji and kana of the words together that frightened people
// write in both, and the slips of the thumb that are frequent in them.
var spellings, slackSpellings, endings, slackEndings *strings.Replacer

func spelt(slack bool) *strings.Replacer {
	return replacer(slack, `だいじようぶ=大丈夫
ござい=御座い
覚えがない=覚えが内|おぼえが内
覚えない=覚え内|おぼえ内
心当たりがない=心当たりが内
被害届=ひがいとどけ|被害とどけ
連絡先=れんらくさき|連絡さき
問い合わせ先=といあわせさき
先ほど=さきほど|先程
メールアドレス=メアド
ボタンを押し=ボタンをおし|ボタンおし
押してしま=おしてしま|おしてしも
押しちや=おしちや
押し間違=おしまちが|おし間違
ございません=ござらん|ござらぬ|ござんせぬ|ござりませぬ|ござりません|ございませぬ|ござんせん|ござりましぇん
平気=へいき
ません=まてん|ましえん|ませぬ|ましぇん|まちぇん|まひぇん
常に=いつも
全然=ぜんぜん|じぇんじぇん|ぜーんぜん
覚え=憶え|おぼえ|おぼい|おばえ|おぼへ|おぼぇ|おほえ|覚ぇ|覚へ
心当たり=こころあたり|心あたり|こころ当たり
引落=引き落と|引き落|引落と|引きおと|ひきおと|ひき落と|引おと|弾き落と|ひきおし
引かれ=ひかれ
私=わたし|わたくし|あたし
自分=じぶん
知らな=しらな
全く=まったく
知らん=しらん
知らない=しらへん
知らね=しらね
申し込=もうしこ|申込
知りま=しりま
使つた=つこうた|つこた|使うた|つかつた
使つて=使て|つこて|つかて
使つ=つかつ|遣つ
使わ=つかわ
使い=つかい
電話=でんわ
お金=おかね|現金
じや=ぢや|ぢあ|じあ
ではない=でわない
ではあり=でわあり
ではござ=でわござ
私は=私わ
聞いたこと=きいたこと
見たこと=みたこと
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
被害=ひがい
戻=もど
取つた=とつた
絶対=ぜつたい
全部=ぜんぶ
請求=せいきゆう
支払=しはら
連絡=れんらく
問い合わせ=といあわせ
見守り=みまもり
見守=みまも
紛失=ふんしつ
詐欺=さぎ
不正=ふせい
買つた=買うた|かうた
払つた=払た|払うた|はろた|はろうた
記憶=きおく
契約=けいやく
財産=ざいさん
通帳=つうちよう
預金=よきん
貯金=ちよきん
年金=ねんきん
相談=そうだん
警察=けいさつ
金額=きんがく
送金=そうきん
使い方=つかいかた
口座=講座|工座|高座|公座
なくなつ=のうなつ|なぐなつ
引落=引ぎ落ど|ひぎおど|引き音|引き落ち|引き下ろ|引落とし
使=遣
教えて=おしえて|おせえて|おせて|教せて
何に=なんに
わからない=わがんね|わがんねえ|わがらね|わからねえ|わからへん|わかりまへん
思い当たらない=思い当たらん|おもいあたらん
思い出せない=思い出せん|思いだせん
いくら=なんぼ|何ぼ|どれだけ|どれくらい|どのくらい|どんだけ|何円|いくらぐらい
どこに=どこへ
母=おかん|おふくろ|お袋|お母さん|かあさん|母親|母ちやん
父=おとん|おやじ|親父|お父さん|とうさん|父親|父ちやん
電話番号=電番|でんわばんごう|電話ナンバー|てる番`)
}

// spoken brings the endings of the regions to those of the schoolbook; it reads
// what spellings left.
func spoken(slack bool) *strings.Replacer {
	return replacer(slack, `私じゃない=私じや内|私じやぃ
じゃない=じや無い|じやなか|でねえ|でねえだ|じやねえ|じやねー|じやねぇ|じやなぃ|やない|やあらへん|やおまへん|とちやう|んちやう|ちやうねん|やなか
と違います=とちやいます|んちやいます|とちがいます
違います=ちやいます|ちやうで|ちやうわ
がない=がなか|がねえ|があらへん|がおまへん|がなかです|がなかばい|がねつす|がねがす
ことない=ことなか|ことねえ|ことあらへん
覚えない=覚えなか|覚えねえ|覚えあらへん|覚えなかばい
心当たりない=心当たりなか|心当たりあらへん
記憶ない=記憶なか
ふしない=ふしなか
ではあり=やあり
あらへん=あらしまへん|あれしまへん|あらしません
どこ=どご
どこに=どこさ|どごさ
うてない=うとりやせん|うちよらん|うとりやへん
つてない=つとりやせん|つてねが|つてねがら|つてねがつた
してない=しとりやせん|してねが|してねがら
知らない=知りやせん|しりやせん|しりやへん|しらねが|知らねが
わけない=わけなか|わけねえ|わけあらへん|訳ない
はずない=はずなか|はずねえ|はずあらへん|筈ない
もんない=もんなか
つもりない=つもりなか|つもりあらへん
してない=しとらん|しちよらん|しとりません|しとりまへん|してへん|してまへん|してねえ|しよらん|しとらへん|しとらんけん
つてない=つとらん|つちよらん|つとりません|つとりまへん|つてへん|つてまへん|つてねえ|つとらへん
んでない=んどらん|んどりません|んでへん|んでねえ|んどらへん
うてない=うてへん|うとらん|うてまへん|うてねえ|うとりまへん|うとらへん
いてない=いとらん|いてへん|いてねえ
えてない=えとらん|えてへん|えてねえ
れてない=れとらん|れてへん|れてねえ|れとりません|れとりまへん
めてない=めとらん|めてへん|めてねえ
けてない=けとらん|けてへん
せてない=せとらん|せてへん
支払つ=支払いつ
支払わ=支払いわ
支払う=支払いう
支払い=支払いい
つてない=つてへん|つてまへん|てへんやん
きてない=きてへん
知らない=しらねえ|知らねえ|知らねー|知らねぇ|知らんばい|知らんけん|知らんがね|知らへん|知りまへん|知らんちや|知らんべ
どうすれば=なじよすれば|どげんすれば|どがんすれば
どうしたら=なじよしたら|どげんしたら|どがんしたら|どないしたら|なんじよしたら
どうしよう=なじよすつぺ|なじよすべ|どげんしよう|どないしよ|どがんしよう`)
}

// replacer reads lines of what is written for what.
func replacer(slack bool, lines string) *strings.Replacer {
	var pairs []string
	for line := range strings.SplitSeq(lines, "\n") {
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

// calming is "do not worry", which denies nothing.
var spared, keptOn, calming *regexp.Regexp

// denial is any denial, and harmless are those that deny nothing of a debit.
var denial, denialEnglish, harmless *regexp.Regexp

// elsewhere are the things that people deny and that are no debit.
var elsewhere *regexp.Regexp

// ofMoney are the words of a debit: what is denied of them is a debit, also next to
// something else that is asked for.
var ofMoney *regexp.Regexp

func negations() {
	ofMoney = regexp.MustCompile(largeHiragana(`引落|引かれ|請求|取引|支払|払う|払つ|払わ|買い物|買つ|買う|契約|金額|お金|[\d万千百]円|出金|チャージ|課金|決済|振替|送金|注文|購入| (money|yen|cash|charges?|charged|debits?|debited|payments?|pay|paid|paying|buy|bought|purchases?d?|spen[dt]|withdr\w+|transactions?|transfer\w*|subscri\w+|firm|company|merchant) `))
	further = regexp.MustCompile(`^(あと|それと|それから|でも|だけど|しかも|ちなみに|ただ|and|but|also|plus)[、,\s]*`)
	feared = regexp.MustCompile(`たら(どう|怖|こわ|嫌|いや|困|大変|やば)|(した|され|れ)たら$|んように|ないように|かもと|[親父母夫妻祖孫姉兄妹弟族]が?.*(騙|だま)され(た|ました)?(みたい|かも|よう|らしい|気が)|what if|in case|\b(if|lest) (someone|somebody|they)`)
	denial = regexp.MustCompile(`ない|なか(つた|です|ばい|と|よ|け|ち)|ません|ませせん|まへん|へん|とらん|らんねん|じやね|ねえよ|ねえだ|なし$`)
	denialEnglish = regexp.MustCompile(`\b(not|never|nobody|none|neither|no\sone)\b`)
	elsewhere = regexp.MustCompile(`通知|お知らせ|知らせ|メッセージ|コード|メール|アプリ|画面|ボタン|文字|電話|番号|パスワード|設定|家族|見守|使い方|方法|サービス|銀行|口座守|招待|電波|時間|意味|残高|わけ|限ら|言え|言い切|かも|気が|気も|自信|確信|\b(alerts?|messages?|notif\w*|settings?|code|button|screen|app|phone|number|password|email|mail|invite|help|work\w*|sure|certain|maybe|might|perhaps|saying|say|understand|how|want|need|balance|service|see|open|read|hear|answer|what|who|where|which|when|if|whether|can|could|bad|rush|hurry|yet)\b`)
	harmless = regexp.MustCompile(largeHiragana(`すみません|すいません|申し訳(ない|ありません|ございません)|(分|わか|判)(ら|り)(ない|ません|へん)|見(れ|られ|え|当たら)(ない|ません)|(届|着|とど)(か|いて(い)?|き)(ない|ません)|(来|こ|き)(て(い)?)?(ない|ません)|でき(ない|ません)|出(て)?(こ|来)?(ない|ません)|(入|はい)れ?ら?(ない|ません)|(覚え|おぼえ)られ(ない|ません)|(つなが|かから|繋がら|出|押せ|読め|開か|開け|送れ|使え|消え|動か|進ま|戻れ)ら?(ない|ません)|ませんか|ないですか|ないでしょうか|ないかな|ないの$|しれ(ない|ません)|(たり|足り)(ない|ません)|仕方ない|しかたない|なんでもない|問題ない|(心配|いり|いら|要ら|要り)(ない|ません)|忘れない|少ない|危ない|少なか|ないと困|ないよう|つないで|つながない|くれ(ない|ません|へん)|もらえ(ない|ません|へん)|いただけ(ない|ません)|見つから(ない|ません)|不足になつてない|(不正|詐欺|怪し|あやし|犯罪|被害|泥棒|なりすまし)(く|じや|では|や)*(ない|ありません|ございません)| (not (a |an |been )?(fraud|frauds|fraudulent|scam|scammed|stolen|theft|suspicious|hacked|mistake|error)|do not know|can not find|not sure|not working|not work|do not understand|can not see|not received|not get|not see|not arrive[d]?|not arrived yet|can not (log in|open|read|call|reach|enter)|not have (the|a|any|my) (code|number)|not too|not bad|why not|not only|not yet|do not remember (the|my|which)|did not work|does not work) `))
}

func patterns() (spared, keptOn, calming *regexp.Regexp) {
	calming = regexp.MustCompile(` (do not worry|not to worry|no worries|no need to worry|do not panic|no problems?|nothing to worry|do not be alarmed|nothing wrong|no cause for concern)( about)? `)
	spared = regexp.MustCompile(`(お知らせ|通知|配信|連絡|口座|設定|カード|登録|見守り|金額)(のほう|の方)?(は|を|も|なら|が)?(止めないで|止めなくて|止めんで|止めずに|変えないで|変えなくて|変えずに|変えんで|消さないで|消さずに|やめないで|やめなくて|そのまま|続けて|残して|残し|じやなく|ではなく|じやのう|じやねえ|やなく|より|いいから|いいので|要るけど|ほしいけど|欲しいけど)|(間違い|勘違い|誤り|気のせい|冗談|うそ|嘘|ミス)(じや|では|でも|や)なく(つ?て)?`)
	keptOn = regexp.MustCompile(` (keep|leave|not stop|not change|not touch|not mute|not pause|not cancel|not close|not block|not freeze|not delete) (me |on )?(the |my |your |sending )?(alerts?|notifications?|messages?|settings?)( on| alone| as is| as they are| running| coming)? | (keep|leave) (the |my |your )?(account|card) (on|alone|open|as (it )?is|running) | not (stop|change|touch|cancel|close|block|freeze|delete) (the |my |your )?(account|card) | not (the |my |your )?(alerts?|notifications?|messages?|settings?) | not (the |my |your )(account|card) | (this |it |that )?(is|was) (not|no) (a |an |any |my )?(mistake|accident|error|joke|misunderstanding) | (not|no) (by |in |a |an )?(mistake|accident|error|joke|joking) `)
	return spared, keptOn, calming
}
