package chat_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

// aDayOf has three debits of PayPay a day for some days, which are an incident each,
// and the service in the list.
func (w *world) aDayOf(ids ...string) {
	w.t.Helper()
	var act watch.Activity
	for _, id := range ids {
		w.Add(25 * time.Hour)
		w.incident(id, account)
		act.Apply(w.Record(id + "c"))
	}
	w.putActivity(account, &act)
}

func (w *world) calledOwn(id string) bool {
	a := w.Record(id).Answer
	return a != nil && a.Value == watch.Mine
}

// 心当たりがある of the list answers each incident of the service that was in sight, as its
// page does, and none that came after.
func TestTheListsOwnCoversEachIncidentOfTheService(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	w.aDayOf("r1", "r2")
	w.say(alice, "サービス")
	w.reads(alice, "https://kozamori.example/a/r2") // a mail has no other way to answer
	mine := w.button(alice, "a=mine")
	w.Add(25 * time.Hour)
	w.incident("r3", account)
	w.tap(alice, mine)
	w.reads(alice, "記録しました", "6件・合計18,000円")
	for id, want := range map[string]bool{"r1": true, "r2": true, "r3": false} {
		if w.calledOwn(id) != want {
			t.Errorf("%s is called their own: %v", id, !want)
		}
	}
	w.tap(alice, mine) // pressed again, it changes nothing
	if w.calledOwn("r3") {
		t.Error("what the list did not show is called their own")
	}
}

// What the list names only a part of is shown whole, and asks; so is what has grown
// since the list.
func TestTheListsOwnAsksWhereItShowedLess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(w *world)
		says   string
	}{
		"another service": {func(w *world) {
			w.alert("r2k", account, func(r *watch.Record) { r.Service = "kyash" })
			w.more("r2", "r2k")
		}, "ほかの決済サービスの分もあるため"},
		"one more debit after the list": {nil, "先のお知らせのあとに内容が変わったため"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.own(alice, account)
			w.aDayOf("r1", "r2")
			if c.change != nil {
				c.change(w)
			}
			w.say(alice, "サービス")
			mine := w.button(alice, "a=mine")
			if c.change == nil {
				w.Add(time.Minute)
				w.alert("r2d", account)
				w.more("r2", "r2d")
			}
			w.tap(alice, mine)
			w.reads(alice, c.says)
			if !w.calledOwn("r1") || w.calledOwn("r2") {
				t.Errorf("r1 %v, r2 %v", w.calledOwn("r1"), w.calledOwn("r2"))
			}
			w.tap(alice, w.button(alice, "a=mine"))
			if !w.calledOwn("r2") {
				t.Error("what was shown cannot be answered")
			}
		})
	}
}

// more has a record join an incident, and its owner told.
func (w *world) more(lead, id string) {
	w.t.Helper()
	l, p := w.Record(lead), w.Record(id)
	l.Join(p)
	w.putRecord(p)
	owner := w.account(account).Watchers[0]
	l.Bring(&owner, watch.LINE, w.Now())
	for i := range l.Deliveries {
		l.Deliveries[i].State = watch.Accepted
	}
	w.putRecord(l)
}
