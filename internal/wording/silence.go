package wording

import (
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// SilenceFacts are what a person is told of a silence of their bank's feed, once it has
// lasted for hours.
type SilenceFacts struct {
	Lang     watch.Lang
	BankName string
	Kind     watch.Kind // Debit for debits alone; empty for all that the bank sends
	Since    time.Time
	Back     time.Time // when it was heard again; zero while it is silent
	Now      time.Time
}

var (
	tcSilence      = text{ja: "銀行からの連絡が届いていません", en: "Your bank has sent us nothing"}
	tcSilenceEnd   = text{ja: "届き始めたら、もう一度お知らせします。", en: "We tell you when it is back."}
	tcHeard        = text{ja: "銀行からの連絡が、また届いています", en: "Your bank is heard again"}
	tcHeardSay     = text{ja: "%[1]sからの連絡は%[2]sから届いていませんでしたが、%[3]sにまた届き始めました。", en: "%[1]s had told us nothing since %[2]s, and is heard again since %[3]s."}
	tcHeardDebits  = text{ja: "%[1]sからの引き落としの連絡は%[2]sから届いていませんでしたが、%[3]sにまた届き始めました。", en: "%[1]s had told us of no debits since %[2]s, and does so again since %[3]s."}
	tcHeardToldYou = text{ja: "その間の引き落としは、届きしだいお知らせします。", en: "What was debited meanwhile we tell you as it arrives."}
)

// FeedSilence tells a person that their bank is silent, or heard again.
func FeedSilence(f SilenceFacts) message.Message {
	lang := langOf(f.Lang)
	feed := FeedFacts{BankName: f.BankName, Silent: f.Since, Now: f.Now}
	if f.Kind == watch.Debit {
		feed.Silent, feed.Debits = time.Time{}, f.Since
	}
	title, say := tcSilence, []string{feed.alarm(lang), tcSilenceEnd.in(lang)}
	if !f.Back.IsZero() {
		how := tcHeardSay
		if f.Kind == watch.Debit {
			how = tcHeardDebits
		}
		title, say = tcHeard, []string{how.in(lang, orElse(f.BankName, tTheBank.in(lang)), feed.clock(lang, f.Since), feed.clock(lang, f.Back)), tcHeardToldYou.in(lang)}
	}
	m := chat(lang, title.in(lang), title.in(lang), say...)
	m.Badge = tNotice.in(lang)
	m.Tone = message.Notice
	m.Choices = choices(lang, CmdRecent)
	return m
}
