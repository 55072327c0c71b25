package phrase

import "strings"

// whole are texts that mean something only when they are all that is said, by
// whether they are folded with slack.
var whole map[bool]map[string]Meaning

func wholes(slack bool) map[string]Meaning {
	out := map[string]Meaning{}
	for m, list := range map[Meaning]string{
		Dispute: "聞いてない|聞いてません|聞いていません|初耳|初耳です|知るもんか|知るか|盗まれた|取られた|引かれた|ありません|ないです|ないですよ|ございません|違います|違う|違うよ|違いますよ|ちがう|ちがいます|ちがうよ|いいえ|いえ|いいえ違います|ノー|否認|否認します|no|nope|not|おかしい|おかしいです|おかしいよ|変です|変だ|変だよ|怪しい|怪しいです|不審です|間違つてる|間違つてます|間違つています|違つてます|違つてる|ダメ|だめ",
		Mine:    "合つてました|合つています|合つてるよ|合つてますよ|あつてる|あつてるよ|あつてます|あつてました|はい|うん|ええ|i did|yes i did|yes|yeah|yep|合つてる|私|自分|本人|俺|私私|わたしわたし|これ私|それ私",
		Undo:    "なかつたことに|なかつたことにして|なかつたことにしてください|なかつたことにしたい|無かつたことにして",
		Stop:    "stop|ストップ|停止|ていし|停止する|止めて|止めたい|止めてください|止めて下さい|止めろ|すぐ止めて|今すぐ止めて|早く止めて|止めてほしい|凍結|凍結して|凍結したい|ストップして|止める|止めてー|停止して|停止してください",
		Leave:   "全部消して|ぜんぶけして|全部けして|ぜんぶ消して|すべて消して|消して|けして",
		Family:  "family|家族|招待|見守り",
		History: "最近|最近の|最近のやつ|最近のは",
		Thanks:  "ta|ta very much|ta muchly|だんだん|助かる|助かります|助かりました|たすかる|たすかります|たすかりました",
		Phone:   "番号|電話",
		Help:    "えっ|なぜ|なんで|どういうこと",
	} {
		for w := range strings.SplitSeq(list, "|") {
			out[kana(w, slack)] = m
		}
	}
	return out
}
