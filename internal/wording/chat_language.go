package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tcLanguage     = text{ja: "日本語", en: "English"}
	tcSwitch       = text{ja: "日本語に切り替える", en: "go on in English"}
	tcSpeaking     = text{ja: "これからは、日本語でご案内します", en: "From now on, we speak English"}
	tcSpeakingText = text{ja: "お知らせも、設定のページも、下のメニューも、日本語になります。", en: "Alerts, your pages and the menu below are in English too."}
)

// Speaking confirms the language in which everything goes on.
func Speaking(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcSpeaking.in(lang), tcSpeaking.in(lang), tcSpeakingText.in(lang))
	m.Choices = choices(lang, CmdList, CmdGuide)
	return m
}

// other is the language that a reader of one may want instead, with the
// command that asks for it. What is said of it is said in that language.
func other(lang watch.Lang) (watch.Lang, Command) {
	if lang == watch.English {
		return watch.Japanese, CmdJapanese
	}
	return watch.English, CmdEnglish
}
