package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

func TestWhatIsDueComesInLanesTheMostUrgentFirst(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		for _, spread := range []bool{false, true} {
			t.Run(fmt.Sprintf("spread %t", spread), func(t *testing.T) {
				w := worldtest.New(t, tabletest.World(kind))
				if spread {
					spreads(t, w)
				}
				inLanes(t, w)
			})
		}
	})
}

// spreads makes the table one whose lanes have partitions of their own.
func spreads(t *testing.T, w *worldtest.World) {
	t.Helper()
	w.Put(store.PutSpreading(&store.Spreading{Since: w.Now(), Seen: w.Now(), Open: true}))
	if err := w.Store.Lanes.Warm(t.Context(), w.Store); err != nil {
		t.Fatal(err)
	}
}

func inLanes(t *testing.T, w *worldtest.World) {
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

// before is what the version before finds of what is due at a time.
func before(t *testing.T, w *worldtest.World) (found []string) {
	t.Helper()
	for shard := range 8 {
		q := store.Query{Index: store.Due, PK: fmt.Sprint("DUE#", shard), To: w.Now().UTC().Format("20060102T150405.000Z") + "~", Limit: 1000}
		page, err := w.Table.Query(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range page.Items {
			found = append(found, it.PK)
		}
	}
	slices.Sort(found)
	return found
}

// inEach are records of each lane, and a dispute, all due.
func inEach(w *worldtest.World, round int) (writes []store.Write, names []string) {
	for i, change := range []func(*watch.Record){
		func(r *watch.Record) { r.Notices[0].Reasons = watch.Because(watch.FirstSeen) },
		func(r *watch.Record) { r.Deliveries[0].Parked = true },
		func(r *watch.Record) { r.Deliveries[0].State = watch.Held },
		func(*watch.Record) {},
	} {
		r := &watch.Record{ID: fmt.Sprintf("r%d_%d", round, i), RecordedAt: w.Now(), OccurredAt: w.Now(), Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}}
		d, _ := r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1"}, watch.LINE, 0, w.Now(), w.Now())
		d.Due = w.Now()
		change(r)
		r.ComputeDue()
		writes, names = append(writes, store.PutRecord(r)), append(names, "R#"+r.ID)
	}
	d := &watch.Dispute{ID: fmt.Sprint("d", round), AnsweredAt: w.Now(), Due: w.Now()}
	writes, names = append(writes, w.Store.PutDispute(d)), append(names, "D#"+d.ID)
	slices.Sort(names)
	return writes, names
}

// finds is what this version finds, each thing once.
func finds(t *testing.T, w *worldtest.World) (names []string) {
	t.Helper()
	refs, err := w.Store.Due(t.Context(), w.Now(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range refs {
		if ref.Record != "" {
			names = append(names, "R#"+ref.Record)
		} else {
			names = append(names, "D#"+ref.Dispute)
		}
	}
	slices.Sort(names)
	return names
}

func TestTheVersionBeforeFindsWhatIsDueUntilNobodyGoesBackToIt(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	writes, names := inEach(w, 0)
	w.Put(writes...)
	same := func(when string, got, want []string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	sweeps := func(d, each time.Duration) {
		for end := w.Now().Add(d); w.Now().Before(end); w.Add(each) {
			if err := w.Store.Swept(t.Context(), w.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	const day = 24 * time.Hour
	sweeps(13*day, time.Minute*20)
	w.Add(4 * time.Hour) // in which the version before may have swept
	sweeps(13*day, time.Minute*20)
	more, moreNames := inEach(w, 1)
	w.Put(more...)
	both := slices.Sorted(slices.Values(slices.Concat(names, moreNames)))
	same("this version, after 13 days", finds(t, w), both)
	same("the version before, after 13 days", before(t, w), both)

	sweeps(2*day, time.Minute*20)
	last, lastNames := inEach(w, 2)
	w.Put(last...)
	all := slices.Sorted(slices.Values(slices.Concat(both, lastNames)))
	same("this version, after 15 days", finds(t, w), all)
	same("the old partitions, after 15 days", before(t, w), both)

	// Another program learns it when it starts, and until then writes as before.
	other := store.New(w.Table)
	r, err := other.Record(t.Context(), "r2_3")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Write(t.Context(), store.PutRecord(r)); err != nil {
		t.Fatal(err)
	}
	same("this version, after one that has not heard of it", finds(t, w), all)
	if err := other.Lanes.Warm(t.Context(), w.Table); err != nil {
		t.Fatal(err)
	}
	if r, err = other.Record(t.Context(), "r2_3"); err != nil {
		t.Fatal(err)
	}
	if err := other.Write(t.Context(), store.PutRecord(r)); err != nil {
		t.Fatal(err)
	}
	same("this version, after one that has", finds(t, w), all)
	same("the old partitions, after one that has", before(t, w), both)
}

// Everything that lies in the index of what is due stays in its place, but for what
// is in the lanes.
func TestOnlyWhatIsInALaneGoesToItsPartitions(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t, worldtest.At(early()))
	spreads(t, w)
	items, _ := itemsNow()
	kinds := map[string]int{}
	for _, one := range items {
		got := &kept{Table: w.Table}
		s := store.New(got)
		s.Lanes = w.Store.Lanes
		if err := s.Write(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		was, is := one.Item.Due, got.last.Item.Due
		kind, _, _ := strings.Cut(was.PK, "#")
		if now, _, _ := strings.Cut(is.PK, "#"); now != kind || was.SK != is.SK || kind != "DUE" && was != is {
			t.Errorf("what is due at %v lies at %v", was, is)
		}
		kinds[kind]++
	}
	if kinds["DUE"] == 0 || kinds["AUDIT"] == 0 || len(kinds) != 3 {
		t.Errorf("the kinds are %v", kinds)
	}
}

// kept keeps what was last written, and writes it.
type kept struct {
	store.Table
	last store.Write
}

func (k *kept) Write(ctx context.Context, writes ...store.Write) error {
	k.last = writes[0]
	return k.Table.Write(ctx, writes...)
}

func TestNoPartitionOfWhatIsDueIsHot(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	spreads(t, w)
	writes := map[string]int{}
	count := store.New(&noted{Table: w.Table, writes: writes})
	count.Lanes = w.Store.Lanes
	const n = 10_000
	for round := range n {
		// What is written of an alert: that it waits, and that it does not any more.
		some, _ := inEach(w, round)
		if err := count.Write(t.Context(), some...); err != nil {
			t.Fatal(err)
		}
	}
	// DynamoDB takes 1,000 a second of each.
	for pk, units := range writes {
		if units > 450 {
			t.Errorf("%s takes %d of what %d alerts of each lane write", pk, units, n)
		}
	}
	if len(writes) != store.DuePartitions-8 {
		t.Errorf("%d partitions", len(writes))
	}
}

// noted counts the writes into each partition of what is due, and makes none.
type noted struct {
	store.Table
	writes map[string]int
}

func (n *noted) Write(_ context.Context, writes ...store.Write) error {
	for _, w := range writes {
		n.writes[w.Item.Due.PK]++
	}
	return nil
}
