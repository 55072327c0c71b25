package web_test

import (
	"fmt"
	"testing"
	"time"

	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// The link of a message of many incidents leads to all of them, page by page, of each
// account that its reader watches still, as they may see it there, and to no one else.
func TestAMessageLeadsToAllThatItTellsOf(t *testing.T) {
	w := newWorld(t)
	of := func(ref, user string, hide bool) watch.AccountKey {
		k := watch.AccountKey{Bank: account.Bank, Ref: ref}
		w.put(store.PutAccount(&watch.Account{AccountKey: k, Mask: quote.Text("普通 ***" + ref), Watchers: []watch.Watcher{{ID: "w_" + ref, Role: watch.Owner, LineUser: user, HideAmount: hide, Lang: watch.Japanese, Rules: watch.DefaultRules(),
			Channels: []watch.Channel{{Kind: watch.LINE}}}}}))
		return k
	}
	a, err := w.store.Account(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	owner, _ := a.Watcher("w1")
	second, hidden, another := of("2222", owner.LineUser, false), of("3333", owner.LineUser, true), of("4444", "Uelse", false)
	carrier := w.record("c", 7000)
	add := func(id string, yen int64, k watch.AccountKey, watcher string) {
		r := w.record(id, yen)
		r.OnAccount, r.Mask = watch.On(k), quote.Text("普通 ***"+k.Ref)
		for i := range r.Notices {
			r.Notices[i].Watcher = watcher
		}
		r.OccurredAt = r.OccurredAt.Add(-time.Duration(yen) * time.Minute)
		r.Deliveries = []watch.Delivery{{ID: "d", Kind: watch.TellAlert, Watcher: watcher, Channel: watch.LINE, State: watch.Accepted, Within: &watch.Other{Record: "c", Delivery: "alert-w1-line"}}}
		w.put(store.PutRecord(r))
		carrier.Deliveries[0].Gathers = append(carrier.Deliveries[0].Gathers, watch.Other{Record: id, Delivery: "d"})
	}
	for i := 1; i <= 42; i++ {
		add(fmt.Sprint("o", i), int64(8000+i), account, "w1")
	}
	add("s", 1, second, "w_2222")
	add("h", 2, hidden, "w_3333")
	add("x", 3, another, "w_4444")
	carrier.Deliveries[0].Gathers = append(carrier.Deliveries[0].Gathers, watch.Other{Record: "gone", Delivery: "d"})
	w.put(store.PutRecord(carrier))

	address := func(watcher, delivery string) string {
		return w.link("c", watcher) + "?" + wording.AllMark + "=" + delivery
	}
	b := w.browser()
	p := b.open(address("w1", "alert-w1-line"))
	p.says(t, 200, "まとめてお知らせした記録", "45件", "7,000円", "引き落とし 1円", "***2222", "***3333", "8,037円", "これより前の記録")
	p.saysNot(t, "***4444", "8,038円", "引き落とし 2円", "引き落とし 3円", "これより新しい記録")
	rest := b.open(p.url.String() + "&page=2")
	rest.says(t, 200, "8,042円", "これより新しい記録")
	rest.saysNot(t, "8,037円", "これより前の記録")
	// What is no message of theirs is the page of the record.
	for _, other := range []string{address("g1", "alert-w1-line"), address("w1", "alert-w1-email"), address("w1", ""), address("w1", "%00")} {
		w.browser().open(other).saysNot(t, "まとめてお知らせした記録", "All that the message", "8,001")
	}
	// One whose owner is another by now is not shown any more.
	gone, err := w.store.Account(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	w.put(store.DeleteAccount(gone))
	w.browser().open(address("w1", "alert-w1-line")).saysNot(t, "***2222")
}
