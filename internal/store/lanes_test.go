package store_test

import (
	"fmt"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

func TestWhatIsDueComesInLanesTheMostUrgentFirst(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	s, begin := w.Store, w.Now()
	owner := &watch.Watcher{ID: "w1"}
	put := func(id string, due time.Time, change func(*watch.Record)) {
		r := &watch.Record{ID: id, RecordedAt: begin, OccurredAt: begin, Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}}
		d, _ := r.Deliver(watch.TellAlert, owner, watch.LINE, 0, begin, begin)
		d.Due = due
		if change != nil {
			change(r)
		}
		r.ComputeDue()
		w.Put(store.PutRecord(r))
	}
	at := func(m int) time.Time { return begin.Add(time.Duration(m) * time.Minute) }
	critical := func(r *watch.Record) { r.Notices[0].Reasons = watch.Because(watch.FirstSeen) }
	parked := func(r *watch.Record) { r.Deliveries[0].Parked = true }
	held := func(r *watch.Record) { r.Deliveries[0].State = watch.Held }
	for i := range 6 {
		put(fmt.Sprint("rest", i), at(i), nil)
		put(fmt.Sprint("held", i), at(i), held)
		put(fmt.Sprint("lost", i), at(i), parked)
		put(fmt.Sprint("critical", i), at(i), critical)
	}
	put("unanswered", at(9), func(r *watch.Record) {
		r.Deliveries[0].State, r.Notices[0].EscalateAt = watch.Accepted, at(9)
	})
	put("later", at(30), critical)
	dispute := &watch.Dispute{ID: "d1", AnsweredAt: begin, Due: at(8), Parked: true}
	w.Put(s.PutDispute(dispute))
	refs, err := s.Due(t.Context(), at(10), 100)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, lane := range []string{"critical", "lost", "held", "rest"} {
		for i := range 6 {
			want = append(want, fmt.Sprint(lane, i))
		}
		switch lane {
		case "critical":
			want = append(want, "unanswered")
		case "lost":
			want = append(want, "d1")
		}
	}
	if len(refs) != len(want) {
		t.Fatalf("%d things are due, want %d", len(refs), len(want))
	}
	for i, ref := range refs {
		if ref.Record+ref.Dispute != want[i] {
			t.Errorf("number %d is %s%s, want %s", i, ref.Record, ref.Dispute, want[i])
		}
	}
	if got := refs[0].Due(); !got.Equal(begin.Truncate(time.Millisecond)) {
		t.Errorf("the first is due at %v, want %v", got, begin)
	}
	if all, err := s.Waiting(t.Context()); err != nil || len(all) != len(want)+1 {
		t.Errorf("%d things wait, %v", len(all), err)
	}
}

// The versions before this one write no lane, and read none.
func TestWhatHasNoLaneIsFoundAndWhatHasOneIsFoundByVersionsBefore(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	r := &watch.Record{ID: "r1", RecordedAt: w.Now(), OccurredAt: w.Now(), Notices: []watch.Notice{{Watcher: "w1", EscalateAt: w.Now()}}}
	r.ComputeDue()
	write := store.PutRecord(r)
	// What the version before asks for.
	q := store.Query{Index: store.Due, PK: write.Item.Due.PK, To: w.Now().UTC().Format("20060102T150405.000Z") + "~", Limit: 200}
	w.Put(write)
	page, err := w.Table.Query(t.Context(), q)
	if err != nil || len(page.Items) != 1 || page.Items[0].PK != "R#r1" {
		t.Errorf("the version before finds %+v, %v", page.Items, err)
	}
	old := write
	old.Item.Due.SK = w.Now().UTC().Format("20060102T150405.000Z") + "#R#r1"
	old.If = store.Any
	w.Put(old)
	refs, err := w.Store.Due(t.Context(), w.Now(), 10)
	if err != nil || len(refs) != 1 || refs[0].Record != "r1" || refs[0].Lane != watch.LaneRest {
		t.Errorf("what the version before wrote is found as %+v, %v", refs, err)
	}
}
