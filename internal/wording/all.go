package wording

import (
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// AllMark asks for all of which one message tells, in the address of its record's page: by
// the id of the delivery.
const AllMark = "all"

// AllFacts is what the page of all of which one message tells is made from.
type AllFacts struct {
	Lang    watch.Lang
	Count   int        // of all
	Entries []ListItem // those on this page, the newest first
	Newer   string     // address of the page before; empty if there is none
	Older   string     // of the next one; the same
	Now     time.Time
}

var (
	tAllTitle = text{ja: "まとめてお知らせした記録", en: "All that the message told you of"}
	tAllText  = text{ja: "まとめてお知らせした記録の、いまの内容です。それぞれを開くと、くわしい内容を確認でき、心当たりがあるかどうかを回答できます。",
		en: "This is all that the message told you of, as it is now. Open each to see its details, and to say whether you recognise it."}
)

// AllPage lists all of which one message tells.
func AllPage(f AllFacts) message.Page {
	lang := langOf(f.Lang)
	p := plainPage(lang, tAllTitle, tAllTitle, tAllText.in(lang))
	p.Parts[0].Facts = []message.Fact{{Label: tPastCount.in(lang), Value: tSummaryCount.in(lang, f.Count)}}
	for i := range f.Entries {
		e := &f.Entries[i]
		hint := []string{When(lang, e.newest(), f.Now), e.state(lang)}
		if e.BankName != "" {
			hint = append([]string{Account(e.BankName, e.Record.Mask)}, hint...)
		}
		p.Parts[0].Links = append(p.Parts[0].Links, message.PageLink{Href: e.Link, Label: e.label(lang, e.HideAmount), Hint: strings.Join(hint, " ")})
	}
	return withMore(p, f.Newer, f.Older)
}

// withMore adds the ways to the pages before and after one of a list.
func withMore(p message.Page, newer, older string) message.Page {
	lang := watch.Lang(p.Lang)
	more := message.Part{Message: message.Message{Lang: p.Lang, Title: tPastMore.in(lang)}}
	for _, l := range []message.PageLink{{Href: older, Label: tPastOlder.in(lang), Hint: ""}, {Href: newer, Label: tPastNewer.in(lang), Hint: ""}} {
		if l.Href != "" {
			more.Links = append(more.Links, l)
		}
	}
	if len(more.Links) > 0 {
		p.Parts = append(p.Parts, more)
	}
	return p
}
