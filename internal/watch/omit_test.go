package watch

import (
	"fmt"
	"testing"
	"time"
)

// Of many messages over one channel those go which later ones, that were taken,
// say all of: never the first nor the last four, nor the first that was taken, nor
// one that is on its way or called its reader.
func TestWhichMessagesAreOmitted(t *testing.T) {
	message := func(i int, watcher string, state DeliveryState, parts ...string) Delivery {
		d := Delivery{ID: fmt.Sprint(watcher, i), Watcher: watcher, Channel: LINE, Kind: TellMore, State: state, CreatedAt: noon.Add(time.Duration(i) * time.Minute)}
		for _, p := range parts {
			d.Says = append(d.Says, Said{Record: p})
		}
		return d
	}
	r := &Record{ID: "r"}
	r.Deliveries = append(r.Deliveries, message(0, "w", Undelivered, "a"), message(1, "w", Undelivered, "a"), message(2, "w", Accepted, "a"))
	for i := 3; i < manyTellings; i++ {
		d := message(i, "w", Accepted, "a", "b")
		switch i {
		case 10:
			d.State = Undelivered // it reached no one, and what comes later says it
		case 20:
			d = message(i, "w", Accepted, "a", "only once")
		case 30:
			d.Called = CallUnanswered
		case 40:
			d.State = Queued
		case 50:
			d = message(i, "g", Accepted, "a") // another's are few
		case 60:
			d = message(i, "w", Undelivered, "a", "never taken")
		case manyTellings - 1:
			d.State = Undelivered // the last says what it may, and replaces nothing
		}
		r.Deliveries = append(r.Deliveries, d)
	}
	few := &Record{ID: "r", Deliveries: r.Deliveries[:manyTellings-1]}
	if few.Omit(); len(few.Deliveries) != manyTellings-1 {
		t.Errorf("of %d messages %d are kept", manyTellings-1, len(few.Deliveries))
	}
	r.Omit()
	kept := ""
	for _, d := range r.Deliveries {
		kept += d.ID + " "
	}
	want := "w0 w2 w20 w30 w40 g50 w60 w116 w117 w118 w119 "
	if kept != want {
		t.Errorf("kept are %s\nwant %s", kept, want)
	}
	// The others of them, and those that were taken.
	gone := manyTellings - len(r.Deliveries)
	if f := r.Deliveries[0]; f.Omitted != gone || f.OmittedTold != gone-2 {
		t.Errorf("%d are omitted and %d of them taken, want %d and %d", f.Omitted, f.OmittedTold, gone, gone-2)
	}
}
