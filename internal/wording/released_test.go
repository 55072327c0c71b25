package wording

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// saysBack are words by which money is said to have come back.
var saysBack = regexp.MustCompile(`戻|返金|(?i)c[ao]me back|return`)

// onlyReleased is what a bank says of debits of one id of which nothing was ever returned:
// it authorises them, releases some of that or all, corrects and posts them.
func onlyReleased(r *rand.Rand) (out []watch.Entry) {
	at := jst("2020-09-05 10:30:00")
	for i := range 2 + r.IntN(5) {
		e := watch.Entry{Event: fmt.Sprint("e", i), Kind: watch.Debit, Status: watch.Pending, At: at.Add(time.Duration(r.IntN(80)) * time.Hour), Amount: []int64{5000, 8000}[r.IntN(2)], Service: "docomo", Confidence: watch.Seen, Descriptor: "ﾄﾞｺﾓｺｳｻﾞ"}
		switch r.IntN(5) {
		case 0, 1:
			e.Kind, e.Amount, e.Service = watch.DebitReversed, []int64{0, 1000, 5000}[r.IntN(3)], []string{"", "paypay"}[r.IntN(2)]
		case 2:
			e.Status, e.Amount = watch.Posted, []int64{4000, 5000, 8000}[r.IntN(3)]
		}
		e.ReceivedAt = e.At.Add(time.Duration(r.IntN(3)) * time.Second)
		out = append(out, e)
	}
	if r.IntN(2) == 0 {
		slices.SortFunc(out, func(a, b watch.Entry) int { return a.At.Compare(b.At) })
	}
	return out
}

// Whatever is authorised, released and posted under one id, in whatever order it comes:
// as long as nothing is returned, no message, page, list, sheet or file says that it was,
// or that it was not.
func TestWhatIsOnlyReleasedIsNeverCalledReturned(t *testing.T) {
	t.Parallel()
	said := map[string]int{}
	for seed := range 1_000 {
		r := rand.New(rand.NewPCG(uint64(seed), 31))
		story := onlyReleased(r)
		fail := func(where, says string) {
			t.Helper()
			if word := saysBack.FindString(strings.ReplaceAll(says, "元に戻", "")); word != "" {
				var b strings.Builder
				for _, e := range story {
					fmt.Fprintf(&b, "\n %s %s %d %s %q", e.Kind, e.Status, e.Amount, e.At.Format("02.15:04"), e.Service)
				}
				t.Fatalf("seed %d: the %s says %q\n%s\nof%s", seed, where, word, says, b.String())
			}
		}
		tell(story, func(rec *watch.Record, says []watch.Said, d watch.Delivery) {
			for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
				w := watch.Watcher{ID: "w", Lang: lang, HideAmount: r.IntN(4) == 0}
				d.Lang = lang
				names := Names{Bank: func(string) (string, Contact) { return "A", Contact{} }, Service: func(id string) (string, Contact) { return id, Contact{} }}
				f := IncidentOf(rec, says, d, &w, names, "https://x.example", false)
				m := Incident(f)
				fail("message", show(m))
				said[m.Title]++
				fail("line", f.Parts[0].line(true))
				fail("list", returned(lang, []*watch.Record{rec}, w.HideAmount))
				fail("page", strings.Join(moments(lang, rec, w.HideAmount), " "))
				p := PageFacts{Record: rec, Watcher: w, BankName: "A", Dispute: &watch.Dispute{}}
				fail("sheet", fmt.Sprint(p.sheetFacts(rec, func(out *[]message.Fact, label text, value string) {
					*out = append(*out, message.Fact{Label: label.in(lang), Value: value})
				})))
				fail("file", CSVBack(lang, rec))
			}
		})
	}
	for _, want := range []string{"docomoによる引き落としは、取り消しのあとに確定しました", "docomoによる引き落としの一部が取り消されました", "docomoによる引き落としの一部が、取り消された可能性があります", "docomoによる引き落としは、取り消された可能性があります"} {
		if said[want] == 0 {
			t.Errorf("%q was never said; only %q", want, slices.Sorted(maps.Keys(said)))
		}
	}
}

// tell has a watcher told of each thing that a bank says under one id, as it comes.
func tell(story []watch.Entry, told func(*watch.Record, []watch.Said, watch.Delivery)) {
	var records []*watch.Record
	w := watch.Watcher{ID: "w"}
	for _, e := range story {
		was := map[string]*watch.Record{}
		for _, r := range records {
			was[r.ID] = r.Clone()
		}
		var fresh [][]watch.Entry
		if records == nil {
			fresh = [][]watch.Entry{{e}}
		} else {
			var err error
			if _, fresh, err = watch.Add(records, e); err != nil {
				panic(err)
			}
		}
		for _, f := range fresh {
			r := &watch.Record{ID: fmt.Sprint("r", len(records))}
			r.Tell(f)
			records = append(records, r)
		}
		watch.MarkPresented(records)
		for _, r := range records {
			if was[r.ID] != nil {
				r.KeepPart(was[r.ID])
			}
			if _, ok := r.Notice("w"); !ok && r.Complete && r.Service != "" {
				r.Notices = append(r.Notices, watch.Notice{Watcher: "w", Reasons: watch.Because(watch.ServiceDebit)})
			}
			if d, ok := r.Bring(&w, watch.LINE, e.ReceivedAt); ok && r.Complete {
				if r.Renew(d); d.State != watch.Cancelled {
					d.State, d.AcceptedAt = watch.Accepted, e.ReceivedAt
					told(r, r.SaidBy(d), *d)
				}
			}
		}
	}
}
