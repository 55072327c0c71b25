package wording

import (
	"slices"
	"strings"
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// freed are the messages of an authorisation that was released in part.
func freed(changed func(watch.Shown, func(*AlertFacts)) message.Message, as func(int64) watch.Shown, out map[string]message.Message) {
	for name, also := range map[string]func(*AlertFacts){"": nil, "-unsure": func(f *AlertFacts) { f.Record.Unsure = true }, "-hidden": func(f *AlertFacts) { f.Delivery.HideAmount = true }} {
		out["changed-freed"+name] = changed(as(100000), func(f *AlertFacts) {
			f.Record.Status, f.Record.Returned, f.Record.Freed = watch.Pending, 1000, 1000
			if also != nil {
				also(f)
			}
		})
	}
}

// Of an authorisation that was released in part no message, list or page says that money
// came back; once it is posted, and some does come back, each says so.
func TestWhatIsReleasedDidNotComeBack(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, hide := range []bool{false, true} {
			for _, may := range []bool{false, true} {
				for freed := range 2 {
					r := debit()
					r.Status, r.Returned, r.Freed, r.Unsure = watch.Pending, 1000, int64(freed)*1000, may
					if freed == 0 {
						r.Status = watch.Posted
					}
					r.Entries = []watch.Entry{{Event: "a", Kind: watch.Debit, Status: watch.Pending, At: r.OccurredAt, Amount: r.Amount}, {Event: "b", Kind: watch.DebitReversed, At: r.OccurredAt, Amount: 1000}}
					if freed == 1 {
						r.Entries[1].Status = watch.Pending
					}
					f := alertFacts(lang, r, watch.ServiceDebit)
					f.Delivery.HideAmount = hide
					says := map[string]string{"alert": show(Alert(f))}
					f.Was = r.Shows("")
					f.Was.Returned, f.Was.Freed, f.Was.Unsure = 0, 0, false
					says["change"] = show(Changed(f))
					says["part"] = f.line(true)
					says["list"] = returned(lang, []*watch.Record{r}, hide)
					says["page"] = strings.Join(moments(lang, r, hide), " ")
					back := []string{"戻", "返金", "came back", "come back", "return"}
					cancelled := []string{"取り消", "cancelled"}
					for where, said := range says {
						in := func(words []string) bool {
							return slices.ContainsFunc(words, func(w string) bool {
								return strings.Contains(strings.ReplaceAll(strings.ReplaceAll(said, tUnsure.in(lang), ""), "元に戻", ""), w)
							})
						}
						if in(back) != (freed == 0) || freed == 1 && !in(cancelled) {
							t.Errorf("%s, hidden %v, uncertain %v, released %v: the %s says\n%s", lang, hide, may, freed == 1, where, said)
						}
					}
				}
			}
		}
	}
}

// moments are those of a debit's page.
func moments(lang watch.Lang, r *watch.Record, hide bool) (out []string) {
	f := PageFacts{Record: r, Watcher: watch.Watcher{ID: "w1", Lang: lang, HideAmount: hide}, BankName: "A"}
	for _, m := range f.history() {
		out = append(out, m.Say)
	}
	return out
}
