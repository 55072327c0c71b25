package wording

import "kozamori/internal/watch"

// MenuItem is one of the areas of the menu under the chat: its label, a
// line that explains it, and what the chat is told when it is tapped.
type MenuItem struct{ Icon, Label, Hint, Say string }

var (
	tMenuBar = text{ja: "メニュー", en: "Menu"}

	tMenuList     = text{ja: "最近のお知らせ", en: "Recent alerts"}
	tMenuServices = text{ja: "つながっているサービス", en: "Connected services"}
	tMenuSettings = text{ja: "設定", en: "Settings"}
	tMenuFamily   = text{ja: "家族", en: "Family"}
	tMenuHelp     = text{ja: "困ったとき", en: "I need help"}
	tMenuGuide    = text{ja: "使い方", en: "Guide"}
	tMenuConnect  = text{ja: "口座をつなぐ", en: "Connect an account"}

	tHintList     = text{ja: "過去のお知らせを見る", en: "See what we told you"}
	tHintServices = text{ja: "決済サービスを確かめる", en: "Which services draw money"}
	tHintSettings = text{ja: "知らせる条件を変える", en: "What you are told"}
	tHintFamily   = text{ja: "家族と一緒に見守る", en: "Watch together"}
	tHintHelp     = text{ja: "連絡先と、今すること", en: "Who to call now"}
	tHintGuide    = text{ja: "休む・やめるもここから", en: "Also to pause or leave"}
	tHintConnect  = text{ja: "登録コードを送って始める", en: "Begin with your code"}
	tHintBegin    = text{ja: "口座守でできること", en: "What Kozamori does"}

	tSayList     = text{ja: "一覧", en: "list"}
	tSayServices = text{ja: "サービス", en: "services"}
	tSaySettings = text{ja: "設定", en: "settings"}
	tSayFamily   = text{ja: "家族", en: "family"}
	tSayHelp     = text{ja: "ヘルプ", en: "help"}
	tSayLeave    = text{ja: "見守りをやめる", en: "leave"}
)

// MenuBar is the text of the bar that opens the menu, at most 14 characters.
func MenuBar(lang watch.Lang) string { return tMenuBar.in(langOf(lang)) }

// Menu lists the areas, row by row: six for those who watch an account, three in
// each row, and three for those who do not yet, to begin with.
func Menu(lang watch.Lang, connected bool) []MenuItem {
	lang = langOf(lang)
	item := func(icon string, label, hint, say text) MenuItem {
		return MenuItem{Icon: icon, Label: label.in(lang), Hint: hint.in(lang), Say: say.in(lang)}
	}
	if !connected {
		return []MenuItem{
			item("plus", tMenuConnect, tHintConnect, tcConnect),
			item("book", tMenuGuide, tHintBegin, tcGuide),
			item("phone", tMenuHelp, tHintHelp, tSayHelp),
		}
	}
	return []MenuItem{
		item("bell", tMenuList, tHintList, tSayList),
		item("link", tMenuServices, tHintServices, tSayServices),
		item("phone", tMenuHelp, tHintHelp, tSayHelp),
		item("sliders", tMenuSettings, tHintSettings, tSaySettings),
		item("family", tMenuFamily, tHintFamily, tSayFamily),
		item("book", tMenuGuide, tHintGuide, tcGuide),
	}
}
