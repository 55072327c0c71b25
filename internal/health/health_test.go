package health_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/health"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

func TestHealthTellsWhatWaitsAndForWhom(t *testing.T) {
	t.Parallel()
	w := worldtest.New(t)
	begin := w.Now()
	if err := w.Queue.Send(t.Context(), queue.LINE, queue.Outgoing{Body: []byte("a")}, queue.Outgoing{Body: []byte("b")}); err != nil {
		t.Fatal(err)
	}
	put := func(id string, change func(*watch.Record, *watch.Delivery)) {
		r := &watch.Record{ID: id, OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_secret"}), RecordedAt: begin, OccurredAt: begin}
		d, _ := r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1"}, watch.LINE, 0, begin, begin)
		change(r, d)
		r.ComputeDue()
		w.Put(store.PutRecord(r))
	}
	put("parked", func(_ *watch.Record, d *watch.Delivery) { d.Parked, d.Due = true, begin.Add(time.Minute) })
	put("held", func(_ *watch.Record, d *watch.Delivery) { d.State, d.Due = watch.Held, begin.Add(time.Hour) })
	put("unanswered", func(r *watch.Record, d *watch.Delivery) {
		d.State = watch.Accepted
		r.Notices = []watch.Notice{{Watcher: "w1", EscalateAt: begin.Add(2 * time.Minute)}}
	})
	// A reminder of a month from now waits for its day, and is late after it.
	put("reminds", func(_ *watch.Record, d *watch.Delivery) {
		d.Kind, d.State, d.Channel, d.Due = watch.TellClaim, watch.Held, watch.Email, begin.AddDate(0, 1, 0)
	})
	w.Put(store.PutBank(&store.Bank{Code: "0125"}), store.PutBreaker(&store.Breaker{Provider: "line", Open: true, Since: begin, Probes: 7}),
		store.PutBreaker(&store.Breaker{Provider: "bank.0125", Since: begin}))
	w.Add(5 * time.Minute)
	h, err := health.Look(t.Context(), w.Store, w.Queue, w.Now())
	if err != nil {
		t.Fatal(err)
	}
	age := map[watch.ChannelKind]int64{watch.LINE: 300}
	want := map[watch.Lane]health.Lane{watch.LaneLost: {Waiting: 1, Overdue: 240, Oldest: age}, watch.LaneHeld: {Waiting: 2, Oldest: age},
		watch.LaneCritical: {Waiting: 1, Overdue: 180}, watch.LaneRest: {}}
	if diff := cmp.Diff(want, h.Lanes); diff != "" {
		t.Error(diff)
	}
	if len(h.Down) != 1 || h.Down[0].Provider != "line" || h.Down[0].Probes != 7 || !h.Down[0].Since.Equal(begin) || h.Queues[queue.LINE].Waiting != 2 {
		t.Errorf("%+v", h)
	}
	w.Add(begin.AddDate(0, 1, 0).Add(2 * time.Minute).Sub(w.Now()))
	late, err := health.Look(t.Context(), w.Store, w.Queue, w.Now())
	if err != nil || late.Lanes[watch.LaneHeld].Oldest[watch.Email] != 120 {
		t.Errorf("after its day: %+v %v", late.Lanes, err)
	}
	b, err := json.Marshal(h)
	if err != nil || strings.Contains(string(b), "acc_secret") || !strings.Contains(string(b), `"rest":{"waiting":0`) {
		t.Errorf("%s, %v", b, err)
	}
}
