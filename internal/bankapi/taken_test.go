package bankapi_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// taken has every message that waits be taken by its channel now, and what is then
// still to be told of an incident, too.
func (w *world) taken() {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range w.records() {
		for i := 0; i < len(r.Deliveries); i++ {
			d := &r.Deliveries[i]
			if d.State == watch.Cancelled || !d.AcceptedAt.IsZero() {
				continue
			}
			d.State, d.AcceptedAt = watch.Accepted, w.Now()
			for j := range a.Watchers {
				if a.Watchers[j].ID == d.Watcher {
					r.Bring(&a.Watchers[j], d.Channel, w.Now())
				}
			}
		}
		w.write(store.PutRecord(r))
	}
}

// Nobody is said to have been told before a channel took the message, and the moment
// is that one: of a debit alone, of one that joined an incident, and of one that was
// undone before.
func TestAnEventIsAlertedOnceAChannelTookTheMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	send := w.bankSends()
	w.Add(240 * time.Hour)
	read := func(id string) []any {
		t.Helper()
		status, v := w.call(w.key, "GET", "/v1/banks/0168/events/"+id, "")
		if status != http.StatusOK {
			t.Fatalf("%s: %d %v", id, status, v)
		}
		e := v["events"].([]any)[0].(map[string]any)
		return []any{e["outcome"], e["alerted_at"]}
	}
	check := func(when string, want map[string][]any) {
		t.Helper()
		for id, is := range want {
			if diff := cmp.Diff(is, read(id)); diff != "" {
				t.Errorf("%s, %s: %s", when, id, diff)
			}
		}
	}
	send(ours, http.StatusAccepted, w.said("gone", "debit", "t0", "acc_8f3k", time.Minute, 900, ""))
	send(ours, http.StatusAccepted, w.said("back", "debit.reversed", "t0", "acc_8f3k", 0, 900, ""))
	for _, r := range w.records() { // as it is done where a message finds nothing to tell
		for i := range r.Deliveries {
			r.Deliveries[i].State = watch.Cancelled
		}
		w.write(store.PutRecord(r))
	}
	w.Add(48 * time.Hour)
	send(ours, http.StatusAccepted, w.said("first", "debit", "t1", "acc_8f3k", time.Minute, 3000, ""))
	no := []any{"recorded", nil}
	check("before", map[string][]any{"gone": no, "back": no, "first": no})
	w.Add(5 * time.Hour)
	first := []any{"alerted", w.Now().UTC().Format(time.RFC3339)}
	w.taken()
	check("taken", map[string][]any{"gone": no, "back": no, "first": first})
	w.Add(time.Minute)
	send(ours, http.StatusAccepted, w.said("second", "debit", "t2", "acc_8f3k", time.Minute, 4000, ""))
	check("a second", map[string][]any{"first": first, "second": no})
	w.Add(10 * time.Minute)
	second := []any{"alerted", w.Now().UTC().Format(time.RFC3339)}
	w.taken()
	check("the second is taken", map[string][]any{"gone": no, "first": first, "second": second})
}
