package detect_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"kozamori/internal/detect"
	"kozamori/internal/store"
	"kozamori/internal/testkit/codectest"
)

// replaced are places where a new thing stands in the place of an old one, or
// that follow from something that is kept.
var replaced = map[string]string{
	"A/ACTIVITY summary":  "a later summary takes its place",
	"A/ACTIVITY recent[]": "what is old goes as what is new comes",
	"D/D history[]":       "follows from the record each time",
	"N":                   "what one process counted",
	"V":                   "where an event went",
}

// Whatever happens to an account on which a newer version works, too: what that one
// put into each object is there after this one wrote it.
func TestWhatANewerVersionWroteOutlivesWhateverHappens(t *testing.T) {
	t.Parallel()
	for name, plays := range plays() {
		h := newHouse(t)
		newer := &codectest.Newer{Table: h.Table}
		h.store = store.New(newer)
		s := newStage(h, "acc_n")
		s.faulty.Table = newer
		s.stage = detect.New(detect.Config{Store: store.New(s.faulty), Queue: s.faulty, EscalateAfter: 15 * time.Minute, Now: h.World.Now, Logger: slog.New(slog.NewTextHandler(s.log, nil))})
		for i, p := range plays {
			s.jobs = append(s.jobs, fmt.Sprint("message ", i))
			s.do(t, p)
		}
		for place, times := range newer.Lost() {
			if replaced[place] == "" {
				t.Errorf("%s: lost %s (%d times)", name, place, times)
			}
		}
		if len(newer.Kept()) < 3 && name != "words" {
			t.Errorf("%s: kept %v", name, newer.Kept())
		}
	}
}
