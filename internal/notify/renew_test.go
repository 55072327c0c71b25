package notify_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
)

// What a delivery says is decided when it is first sent, and never again once a
// provider may have it: the key and the bytes stay.
func TestWhatIsUndoneBeforeItIsTakenIsNotUrgent(t *testing.T) {
	for name, c := range map[string]struct {
		fault  sim.Fault
		urgent []bool // each message that the phone shows
	}{
		"LINE refused it for certain: what it says is decided again":                  {sim.RateLimited, []bool{false}},
		"LINE may have it: it goes as it was, and what has happened since follows it": {sim.ServerError, []bool{true, false}},
		"LINE has it, and its answer was lost: it is not shown twice":                 {sim.AcceptThenDrop, []bool{true, false}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.line.Fail(1, c.fault)
			w.alert(watch.TellAlert, watch.LINE, w.Now(), func(r *watch.Record) {
				r.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.NewLink | watch.ServiceDebit)}}
			})
			w.settle()
			if _, err := w.store.UpdateRecord(t.Context(), w.record().ID, func(r *watch.Record) error {
				was := r.Clone()
				r.UndoneAt = w.Now()
				r.KeepPart(was)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			w.pass(20*time.Second, time.Second)
			var urgent []bool
			bodies := map[string]string{}
			for _, m := range w.line.Messages() {
				urgent = append(urgent, strings.Contains(string(m.Messages[0]), "緊急"))
				if b, twice := bodies[m.RetryKey]; twice && b != string(m.Messages[0]) {
					t.Error("one key has two bodies")
				}
				bodies[m.RetryKey] = string(m.Messages[0])
			}
			if len(urgent) != len(c.urgent) || urgent[0] != c.urgent[0] || urgent[len(urgent)-1] {
				t.Errorf("urgent are %v, want %v", urgent, c.urgent)
			}
			if len(w.line.Violations()) > 0 {
				t.Error(w.line.Violations())
			}
		})
	}
}

// How often a message was received, and how many there are, says nothing of
// calls: only what was about to be sent may have been taken.
func TestWhatWasNotCalledForSaysWhatIsTrueNow(t *testing.T) {
	for name, c := range map[string]struct {
		receives int
		again    bool
		dies     string // before or after the write that a call is made
		urgent   []bool
	}{
		"a message that waited for its turn":                 {receives: 7, urgent: []bool{false}},
		"a second message, the first is not received yet":    {receives: 1, again: true, urgent: []bool{false}},
		"a program died before it could call":                {receives: 2, dies: "before", urgent: []bool{false}},
		"a program died when it may have called":             {receives: 2, dies: "after", urgent: []bool{true, false}},
		"a program died so, and it is the second message":    {receives: 1, again: true, dies: "after", urgent: []bool{true, false}},
		"a message that waited, and a program died after it": {receives: 7, dies: "after", urgent: []bool{true, false}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.alert(watch.TellAlert, watch.LINE, w.Now(), func(r *watch.Record) {
				r.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.NewLink | watch.ServiceDebit)}}
			})
			m := queued("r1", w.record().Deliveries[0].ID)
			if c.dies != "" {
				var works channel.Sender
				w.replace(watch.LINE, func(s channel.Sender) channel.Sender { works = s; return dying{s} })
				w.table.down = c.dies == "before"
				w.stage.Handle(t.Context(), []queue.Message{m})
				w.table.down = false
				w.replace(watch.LINE, func(channel.Sender) channel.Sender { return works })
			}
			w.change(func(r *watch.Record) {
				was := r.Clone()
				r.UndoneAt = w.Now()
				r.KeepPart(was)
			})
			m.Receives = c.receives
			if c.again {
				m.Body, _ = json.Marshal(watch.Job{Record: "r1", Delivery: w.record().Deliveries[0].ID, Again: true})
			}
			w.stage.Handle(t.Context(), []queue.Message{m})
			w.pass(20*time.Second, time.Second)
			var urgent []bool
			for _, m := range w.line.Messages() {
				urgent = append(urgent, strings.Contains(string(m.Messages[0]), "緊急"))
			}
			if !slices.Equal(urgent, c.urgent) {
				t.Errorf("urgent are %v, want %v", urgent, c.urgent)
			}
		})
	}
}

// dying is a sender whose process dies before it calls.
type dying struct{ channel.Sender }

func (dying) Send(context.Context, channel.Address, []byte) watch.Outcome {
	panic("the process died")
}

// change changes the record as it is stored.
func (w *world) change(how func(*watch.Record)) {
	w.t.Helper()
	if _, err := w.store.UpdateRecord(w.t.Context(), "r1", func(r *watch.Record) error { how(r); return nil }); err != nil {
		w.t.Fatal(err)
	}
}
