package wording

import (
	"slices"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// SummaryFacts is what a summary of history is worded from.
type SummaryFacts struct {
	Lang       watch.Lang
	HideAmount bool
	BankName   string
	Mask       quote.Text
	Sum        watch.PastSum
	Link       string         // of the account's history
	Also       []SummaryFacts // of its reader's other accounts
}

var (
	tAltSummary          = text{ja: "【ご案内】過去の引き落としを一覧に加えました", en: "[Information] Past debits were added to your list"}
	tAltSummaryChanged   = text{ja: "【ご案内】過去の引き落としの内容が変わりました", en: "[Information] Past debits on your list have changed"}
	tTitleSummaryChanged = text{ja: "一覧にある過去の記録の内容が変わりました", en: "Past records on your list have changed"}
	tTitleSummary        = text{ja: "過去の記録を一覧に加えました", en: "We added past records to your list"}
	tSummaryWhy          = text{ja: "見守りを始める前のもの、銀行からの連絡が%d日より遅れたもの、または銀行が過去の記録として送ったものです。",
		en: "They are from before you began to watch, or the bank told us more than %d days late, or sent them as past records."}
	tSummaryDebits  = text{ja: "決済サービスの引き落とし", en: "Debits by payment services"}
	tSummaryCount   = text{ja: "%d件", en: "%d"}
	tSummaryTotal   = text{ja: "合計", en: "Total"}
	tSummaryLinks   = text{ja: "口座の登録（チャージ用）", en: "Charge links registered"}
	tSummaryChanged = text{ja: "内容が変わった記録", en: "Records that changed"}
	tSummaryMore    = text{ja: "増えた金額の合計", en: "Taken in addition, in total"}
	tSummaryKnown   = text{ja: "内容が変わった記録は、前のご案内で一覧に加えたとお知らせしたものです。銀行からの連絡で、金額などが変わりました。", en: "The records that changed are ones that an earlier message said were added to your list. The bank has since told us another amount, or other details."}
	tSummaryCalm    = text{ja: "急ぎのお知らせではありませんが、心当たりのないものがないか、一覧でご確認ください。", en: "They are not urgent, but please check the list for anything that you do not recognise."}
	tSummaryAccount = text{ja: "口座%d", en: "Account %d"}
	tSummaryOpen    = text{ja: "口座%dをくわしく見る", en: "See details of account %d"}
	tSummaryOthers  = text{ja: "ほかの%d口座", en: "Your other accounts (%d)"}
	tSummaryElse    = text{ja: "ほかの口座の記録は、それぞれの口座の「%s」で確認できます。", en: "For those of the other accounts, open \"%s\" of each account."}
	tSummaryPast    = text{ja: "過去の記録：", en: "Past records:"}
	tSummaryFrom    = text{ja: "期間", en: "Period"}
	tSummaryRange   = text{ja: "%[1]sから%[2]s", en: "%[1]s to %[2]s"}
)

// Summary words, in one message, what came too late to be news, of each account.
func Summary(f SummaryFacts) message.Message {
	lang, all := langOf(f.Lang), f.all()
	m := message.Message{Lang: string(lang), Tone: message.Calm, Badge: tInfo.in(lang), Alt: tAltSummary.in(lang), Title: tTitleSummary.in(lang)}
	if !slices.ContainsFunc(all, func(f *SummaryFacts) bool { return f.Sum.Debits+f.Sum.Links > 0 }) {
		m.Alt, m.Title = tAltSummaryChanged.in(lang), tTitleSummaryChanged.in(lang)
	}
	shown := all[:min(len(all), MaxTogether)]
	for i := range shown {
		facts, open := all[i].facts(lang), tDetails.in(lang)
		if len(all) > 1 { // a preview may show the first button, and is to name no account
			facts[0].Label, open = tSummaryAccount.in(lang, i+1), tSummaryOpen.in(lang, i+1)
		}
		m.Facts = append(m.Facts, facts...)
		if link := all[i].Link; link != "" {
			m.Buttons = append(m.Buttons, message.Button{Label: open, Style: message.Link, URL: link})
		}
	}
	m.Text = []string{f.text(lang)}
	if others := all[len(shown):]; len(others) > 0 {
		n := 0
		for _, o := range others {
			n += o.Sum.Debits + o.Sum.Links + o.Sum.Changed
		}
		m.Facts = append(m.Facts, message.Fact{Label: tSummaryOthers.in(lang, len(others)), Value: tSummaryCount.in(lang, n)})
		m.Text = append(m.Text, tSummaryElse.in(lang, tGoHistory.in(lang)))
	}
	return m
}

// all are those of the accounts that it is about, by their names.
func (f *SummaryFacts) all() []*SummaryFacts {
	out := []*SummaryFacts{f}
	for i := range f.Also {
		out = append(out, &f.Also[i])
	}
	slices.SortStableFunc(out, func(a, b *SummaryFacts) int {
		return strings.Compare(Account(a.BankName, a.Mask), Account(b.BankName, b.Mask))
	})
	return out
}

// facts are what it says of one account.
func (f *SummaryFacts) facts(lang watch.Lang) []message.Fact {
	s := f.Sum
	out := []message.Fact{{Label: tFactAccount.in(lang), Value: Account(f.BankName, f.Mask)}}
	if s.Debits > 0 {
		out = append(out, message.Fact{Label: tSummaryDebits.in(lang), Value: tSummaryCount.in(lang, s.Debits)})
		if !f.HideAmount {
			out = append(out, message.Fact{Label: tSummaryTotal.in(lang), Value: Yen(lang, s.Yen)})
		}
	}
	if s.Links > 0 {
		out = append(out, message.Fact{Label: tSummaryLinks.in(lang), Value: tSummaryCount.in(lang, s.Links)})
	}
	if s.Changed > 0 {
		out = append(out, message.Fact{Label: tSummaryChanged.in(lang), Value: tSummaryCount.in(lang, s.Changed)})
		if s.More > 0 && !f.HideAmount {
			out = append(out, message.Fact{Label: tSummaryMore.in(lang), Value: Yen(lang, s.More)})
		}
	}
	today := s.At
	if s.FirstAt.In(watch.JST).Year() != s.LastAt.In(watch.JST).Year() {
		today = time.Time{} // "2020年1月20日から11月16日" would end in 2020
	}
	first, last := Day(lang, s.FirstAt, today), Day(lang, s.LastAt, today)
	period := first
	if first != last {
		period = tSummaryRange.in(lang, first, last)
	}
	return append(out, message.Fact{Label: tSummaryFrom.in(lang), Value: period})
}

// text says why it comes now, and what is to be done.
func (f *SummaryFacts) text(lang watch.Lang) string {
	why, known := tSummaryWhy.in(lang, int(watch.PastAfter/(24*time.Hour))), tSummaryKnown.in(lang)
	all := f.all()
	switch {
	case !slices.ContainsFunc(all, func(f *SummaryFacts) bool { return f.Sum.Changed > 0 }):
		known = ""
	case !slices.ContainsFunc(all, func(f *SummaryFacts) bool { return f.Sum.Debits+f.Sum.Links > 0 }):
		why = ""
	}
	out := tSummaryCalm.in(lang)
	for _, t := range []string{known, why} {
		if t != "" {
			out = tSetSavedToo.in(lang, t, out)
		}
	}
	return out
}

// PastMark asks for what a summary is about, in the address of its record's page: which
// of those that the record carries.
const PastMark = "past"

// PastFacts is what the page of what a summary is about is made from.
type PastFacts struct {
	Lang       watch.Lang
	HideAmount bool
	BankName   string
	Mask       quote.Text
	Count      int            // of all
	Entries    []HistoryEntry // those on this page, the newest first
	Newer      string         // address of the page before; empty if there is none
	Older      string         // of the next one; the same
	Now        time.Time
}

var (
	tPastTitle = text{ja: "ご案内した過去の記録", en: "The past records of the message"}
	tPastText  = text{ja: "ご案内でお知らせした記録の、いまの内容です。それぞれを開くと、くわしい内容を確認でき、身に覚えがないときは、その旨を伝えられます。",
		en: "These are the records that the message was about, as they are now. Open one to see its details, and to report it if it was not you."}
	tPastCount = text{ja: "件数", en: "Records"}
	tPastMore  = text{ja: "ほかの記録", en: "Other records"}
	tPastOlder = text{ja: "これより前の記録", en: "Earlier records"}
	tPastNewer = text{ja: "これより新しい記録", en: "Later records"}
)

// PastPage lists what a summary is about.
func PastPage(f PastFacts) message.Page {
	lang := langOf(f.Lang)
	p := plainPage(lang, tPastTitle, tPastTitle, tPastText.in(lang))
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: Account(f.BankName, f.Mask)}, {Label: tPastCount.in(lang), Value: tSummaryCount.in(lang, f.Count)}}
	for _, e := range f.Entries {
		p.Parts[0].Links = append(p.Parts[0].Links, message.PageLink{Href: e.Link, Label: e.label(lang, f.HideAmount), Hint: When(lang, e.newest(), f.Now) + " " + e.state(lang)})
	}
	return withMore(p, f.Newer, f.Older)
}
