package wording

import (
	"slices"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tcExposed     = text{ja: "お知らせしない設定の引き落としがあります", en: "Some debits are not told to you"}
	tcExposedOpen = text{ja: "LINEで「%s」と送ると、設定のページを開けます。", en: "Send \"%s\" in LINE to open the settings."}
	tcExposedTurn = text{ja: "この設定が続くあいだ、毎月お送りします。", en: "While this is so, we say it each month."}
)

// Exposed reminds an owner of what their settings keep from them.
func Exposed(a AccountView) message.Message {
	lang := langOf(a.Lang)
	say := []string{a.alarm(), tcExposedOpen.in(lang, Word(lang, CmdSettings)), tcExposedTurn.in(lang)}
	if watch.ByMail(a.Watcher.LineUser) { // there is no chat; WithKey leads to the settings
		say = slices.Delete(say, 1, 2)
	}
	m := chat(lang, tcExposed.in(lang), tcExposed.in(lang), say...)
	m.Tone, m.Badge = message.Notice, tNotice.in(lang)
	m.Facts = accountFacts(lang, []ChatAccount{{BankName: a.BankName, Mask: a.Mask}})
	m.Choices = choices(lang, CmdSettings, CmdRecent)
	return m
}
