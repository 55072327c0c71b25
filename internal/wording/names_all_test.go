package wording

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A line about an incident names all that stands of it: its links, and its debits.
func TestALineOfAListNamesLinksAndDebits(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		says := map[bool][2]string{true: {"登録", "引き落とし"}, false: {"link", "ebit"}}[lang == watch.Japanese]
		for links := range 3 {
			for debits := range 3 {
				for gone := range 2 { // of those, the first of each is undone
					for _, first := range []watch.Kind{watch.LinkRegistered, watch.Debit} {
						kinds := append(slices.Repeat([]watch.Kind{watch.LinkRegistered}, links), slices.Repeat([]watch.Kind{watch.Debit}, debits)...)
						if first == watch.Debit {
							slices.Reverse(kinds)
						}
						var parts []*watch.Record
						for i, kind := range kinds {
							r := debit()
							if kind == watch.LinkRegistered {
								r = link()
							}
							r.ID, r.Complete, r.Service = fmt.Sprint("r", i), true, "paypay"
							r.OccurredAt = r.OccurredAt.Add(time.Duration(i) * time.Minute)
							r.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}
							if gone > 0 && i == 0 {
								r.UndoneAt = r.OccurredAt.Add(time.Hour)
							}
							parts = append(parts, r)
						}
						if len(parts) < 1+gone {
							continue
						}
						var some [2]bool // what stands
						for _, p := range parts {
							if p.UndoneAt.IsZero() {
								some[map[bool]int{true: 0, false: 1}[p.Kind == watch.LinkRegistered]] = true
							}
						}
						lead := parts[0]
						for _, p := range parts[1:] {
							lead.Join(p)
						}
						it := OpenItem{Lead: lead, Watcher: "w1", ServiceName: "PayPay", BankName: "七十七銀行", Link: "https://kozamori.example/a/t"}
						card := it.card(lang, false, jst("2020-09-04 15:00:00"))
						e := HistoryEntry{Record: parts[0], Parts: parts, Service: "PayPay"}
						for i, say := range says {
							if got := strings.Contains(e.label(lang, false), say); got != slices.Contains(kinds, [2]watch.Kind{watch.LinkRegistered, watch.Debit}[i]) {
								t.Errorf("%d links, %d debits, %d undone, in %s, on a page: %q", links, debits, gone, lang, e.label(lang, false))
							}
							if got := strings.Contains(card.Title, say); got != some[i] {
								t.Errorf("%d links, %d debits, %d undone, in %s: %q", links, debits, gone, lang, card.Title)
							}
						}
					}
				}
			}
		}
	}
}
