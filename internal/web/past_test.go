package web_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// The link of a summary leads to what that names, page by page, for its reader and as
// they may see it, and to nothing of another summary.
func TestASummaryLeadsToWhatItNames(t *testing.T) {
	w := newWorld(t)
	at := w.now().Add(-time.Hour).Truncate(time.Millisecond)
	past := func(id string, yen int64, summed time.Time, change ...func(*watch.Record)) *watch.Record {
		r := w.record(id, yen)
		r.Notices, r.Deliveries, r.Past, r.SummedAt = nil, nil, true, summed
		r.OccurredAt = r.OccurredAt.AddDate(0, -3, -int(yen%50))
		for _, c := range change {
			c(r)
		}
		return r
	}
	carries := func(at time.Time, watchers ...string) func(*watch.Record) {
		return func(r *watch.Record) {
			for _, id := range watchers {
				r.Deliveries = append(r.Deliveries, watch.Delivery{ID: "summary-" + id, Kind: watch.TellSummary, Watcher: id, Channel: watch.Email, State: watch.Accepted,
					CreatedAt: at, Sum: &watch.PastSum{Debits: 1, At: at.Add(10 * time.Minute)}})
			}
		}
	}
	first, next := past("p0", 7000, at, carries(at, "w1", "g1")), past("q", 8001, at.Add(30*time.Minute), carries(at.Add(30*time.Minute), "w1"))
	w.put(store.PutRecord(first), store.PutRecord(next))
	for i := 1; i < 43; i++ {
		w.put(store.PutRecord(past(fmt.Sprint("p", i), int64(7000+i), at)))
	}
	address := func(of *watch.Record, watcher, mark string) string {
		return w.link(of.ID, watcher) + "?" + wording.PastMark + "=" + mark
	}
	mark := first.SummaryMark(&first.Deliveries[0])

	b := w.browser()
	p := b.open(address(first, "w1", mark))
	p.says(t, 200, "ご案内した過去の記録", "43件", "PayPayの引き落とし 7,000円", "7,039円", "過去の記録", "これより前の記録")
	p.saysNot(t, "7,040円", "8,001円", "100,000円", "これより新しい記録")
	if link := regexp.MustCompile(`/a/[\w.-]+\?`).FindString(p.body); link == "" {
		t.Errorf("it leads to no record: %s", p.body)
	} else {
		w.browser().open(w.srv.URL+link).says(t, 200, "7,000円", "身に覚えがない")
	}
	rest := b.open(p.url.String() + "&page=2")
	rest.says(t, 200, "43件", "7,042円", "これより新しい記録")
	rest.saysNot(t, "7,039円", "これより前の記録")
	b.open(p.url.String()+"&page=3").says(t, 200, "7,000円")

	// By another record of the account, as if this one told of nothing by now.
	w.browser().open(address(next, "w1", mark)).says(t, 200, "43件")
	p = w.browser().open(address(next, "w1", next.SummaryMark(&next.Deliveries[0])))
	p.says(t, 200, "1件", "8,001円")
	p.saysNot(t, "7,000円")
	hidden := w.browser().open(address(first, "g1", mark))
	hidden.says(t, 200, "The past records of the message", "Debit by PayPay")
	hidden.saysNot(t, "7,0")
	// What is no summary of theirs is the page of the record.
	w.browser().open(address(next, "g1", next.SummaryMark(&next.Deliveries[0]))).saysNot(t, "The past records of the message", "8,001")
	for _, x := range []string{"", "x", "0", mark + "0", "%00", "-1"} {
		w.browser().open(address(first, "w1", x)).says(t, 200, "この引き落としに心当たりはありますか")
	}
}
