package phrase

// doubts are said by people who have not made up their minds, or who deny a
// denial. They stand before the rules: words of "not me" and of "me" are in
// them, and neither is meant. People who say such things are asked.
func doubts() []rule {
	knows := "覚え|心当たり|心あたり|こころあたり|記憶|知ら|知りま|使つて|私|自分|本人|俺|僕|家族"
	return []rule{
		means(Unsure, knows, either(
			then("ない|なかつた|いない|ません|なし", either(
				then("わけで", "はな|もな|はあり|もあり|はござ|はねえ"), "わけじゃな|わけじゃあり|わけやな|わけちゃう",
				then("こと", "はな|もな|はあり|もあり|じゃな|はござ"), then("と", "は言い切|は言いき|はいいき|は言え|はいえ|も言い切|も言え|もいえ|は限|は断言|は断定"), "でもな|でもあり")),
			"知らなくはな|知らなくもな|知らんことはな|知らんこともな|知らんわけ|なくはない|なくもない|なくはあり|なくもあり|なくはなか")).
			unless(then(people, notI)),
		means(Unsure, then(then("私|自分|本人|俺|僕", "じゃない|ではない"), "とは言え|とは言い切|とはいえ|とも言え|わけではな|わけじゃな|わけではあり")),
		means(Unsure, then("ある", "ようなないよう|ようなないような|ような無いよう|かないか|か無いか|のかないのか|のか無いのか|ようでない")),
		means(Unsure, "気もする", "知ら|覚え|心当たり|使つた|私|自分").unless(then(people, notI)),
		means(Unsure, then("私|自分|本人|俺|僕|家族|母|父|夫|妻|主人|息子|娘", "かどうか|か分か|かわか|かはわか|かは分か|かもしれ|かも知れ|かもわか|かも分か|かもね|か家族か|か夫か|か妻か|か不明|か忘れ|か覚えて|か定か|だつたか|でしたか|だつたつけ|でしたつけ|だつけ|ですか|でしょうか|なのか|なんですか|なのでしょうか|かな|だろうか")).
			unless(either("招待|見守|追加|電話|登録できますか", then(people, notI))),
		means(Unsure, then("覚え|心当たり|心あたり|こころあたり", then("|が|は|の", "ありますか|あるか|あるのか|あるでしょ|あるんでしょ|ありましたか|あつたか|あるかも|あるかな"))).
			unless("あるかと聞かれ|ないかと"),
		means(Unsure, "自信がな|自信な|自信はな|自信がありま|自信がござ|確信がな|確信が持て|はつきりしな|はつきりしませ|どちらとも|どつちか", either(people, "|覚え|使つた|たぶん|多分")).
			unless(either(then(people, notI), then("覚え|心当たり", then("が|は|も|", none)))),
		means(Unsure, "not sure if|not sure whether|unsure if|unsure whether|not certain if|not certain whether|not know if|not know whether|not remember if|not remember whether|can not remember if|not recall if", "i|me|we|mine|my|us"),
		means(Unsure, "can not say|could not say|not saying|can not swear|not say for sure|not that", "not me|was not|not mine|not recogni*|not i"),
		means(Unsure, "maybe|might|may have been|could have been|perhaps|possibly|probably", "me|mine|i|us|my").unless("not me|not mine|not my|was not|is not|fraud*|hack*|stolen|scam*|help|unauthori*|never|did not|do not"),
		means(Unsure, "maybe not|or maybe not|or not|might be me|might not be", "me|mine|i").unless("help|fraud*|hack*"),
		means(Unsure, "is this me|was this me|was it me|is it me|is that me|did i do|did i make|did i pay|is this mine|was this mine|is it mine"),
	}
}
