package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// What came since the counts were written last is counted, too, though nothing comes
// after it: a bank's last requests of a day.
func TestTheLastRequestsBeforeAPauseAreCounted(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	ctx, stop := context.WithCancel(t.Context())
	tick, ended := make(chan time.Time), make(chan error, 1)
	go func() { ended <- h.system.Run(ctx, tick) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	for i := range 3 {
		h.send(fmt.Sprint("t", i))
	}
	h.Add(2 * time.Minute)
	for range 2 { // the second is taken once the first is done
		tick <- h.Now()
	}
	all := h.call("GET", "/feed", "")["all"].(map[string]any)
	if got := fmt.Sprint(all["accepted"]); got != "[map[events:3 type:debit]]" {
		t.Errorf("of three events %s are counted", got)
	}
}
