package wording

import (
	"fmt"
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// boxesOf is how many boxes a page has.
func boxesOf(p message.Page) (n int) {
	each(p, func(message.Field) { n++ })
	return n
}

// each calls with each box of a page.
func each(p message.Page, with func(message.Field)) {
	fields := func(fields []message.Field) {
		for _, f := range fields {
			if f.Kind == message.FieldCheck {
				with(f)
			}
		}
	}
	for _, part := range p.Parts {
		for _, form := range part.Forms {
			fields(form.Fields)
			for _, g := range form.Groups {
				fields(g.Fields)
			}
		}
	}
}

// sameBoxes are the labels that several boxes of a form have.
func sameBoxes(p message.Page) map[string]int {
	out := map[string]int{}
	each(p, func(f message.Field) { out[f.Label]++ })
	for label, n := range out {
		if n == 1 {
			delete(out, label)
		}
	}
	return out
}

// Several debits of one amount within a minute are what a thief takes. Who chooses
// among them, and hears the page read, can tell each box from the others; so can who
// sees no amounts.
func TestNoTwoBoxesSayTheSame(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, hide := range []bool{false, true} {
			alert := pageFacts(lang, func(f *PageFacts) {
				f.Watcher.HideAmount = hide
				f.Record.Complete = true
				for i := range 3 {
					r := debit()
					r.ID, r.Complete, r.Notices = fmt.Sprint("r", i), true, f.Record.Notices
					f.Record.Join(r)
				}
			})
			which := WhichFacts{View: roomView(lang, watch.Owner), Now: alert.Now}
			which.View.Watcher.HideAmount = hide
			for i := range 3 {
				r := debit()
				r.ID = fmt.Sprint("r", i)
				which.Entries = append(which.Entries, HistoryEntry{Record: r, Service: "PayPay"})
			}
			looked := chooseFacts(lang)
			again := looked.Debits[0]
			again.Choice = 9
			looked.Debits = append(looked.Debits, again)
			for name, p := range map[string]message.Page{"the page of an alert": AlertPage(alert, NoRefusal), "which of them": WhichPage(which), "a statement": StatementPage(looked)} {
				if n := boxesOf(p); n < 3 {
					t.Errorf("%s in %s has %d boxes", name, lang, n)
				}
				if same := sameBoxes(p); len(same) > 0 {
					t.Errorf("%s in %s, hidden %v: %v", name, lang, hide, same)
				}
			}
		}
		for name, p := range roomPages(lang) {
			if same := sameBoxes(p); len(same) > 0 {
				t.Errorf("%s: %v", name, same)
			}
		}
	}
}
