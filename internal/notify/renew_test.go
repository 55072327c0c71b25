package notify_test

import (
	"strings"
	"testing"
	"time"

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
