package phrase

import (
	"regexp"
	"strings"
)

// spellings brings kanji and kana of the words together that frightened people
// write in both, and the slips of the thumb that are frequent in them.
var spellings, slackSpellings, endings, slackEndings *strings.Replacer

func spelt(slack bool) *strings.Replacer {
	return replacer(slack, `ござい=御座い
覚え=憶え|おぼえ|おばえ|おぼへ|おぼぇ|おほえ|覚ぇ|覚へ
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

var spared, keptOn *regexp.Regexp

func patterns() (spared, keptOn *regexp.Regexp) {
	spared = regexp.MustCompile(`(お知らせ|通知|配信|連絡|口座|設定|カード|登録|見守り|金額)(のほう|の方)?(は|を|も|なら|が)?(止めないで|止めなくて|止めんで|止めずに|変えないで|変えなくて|変えずに|変えんで|消さないで|消さずに|やめないで|やめなくて|そのまま|続けて|残して|残し|じやなく|ではなく|じやのう|じやねえ|やなく|より|いいから|いいので|要るけど|ほしいけど|欲しいけど)`)
	keptOn = regexp.MustCompile(` (keep|leave|not stop|not change|not touch|not mute|not pause|not cancel|not close|not block|not freeze|not delete|not) (me |on )?(the |my |your |sending )?(alerts?|notifications?|messages?|settings?|account|card)( on| alone| as is| as they are| running| coming)? `)
	return spared, keptOn
}
