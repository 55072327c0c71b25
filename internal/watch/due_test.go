package watch

import (
	"testing"
	"time"
)

func TestComputeDue(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 24, 6, minute, 0, 0, time.UTC) }
	for _, c := range []struct {
		name string
		r    Record
		want time.Time
	}{
		{"a record that waits for nothing is never due", Record{Due: at(1)}, time.Time{}},
		{"a delivery that ended is not looked for again", Record{
			Due: at(1),
			Deliveries: []Delivery{
				{State: Accepted, Due: at(1)}, {State: Undelivered, Due: at(1)}, {State: Cancelled, Due: at(1)},
			},
		}, time.Time{}},
		{"the earliest delivery under way decides", Record{
			Deliveries: []Delivery{{State: Held, Due: at(9)}, {State: Queued, Due: at(4)}, {State: Sending, Due: at(6)}},
		}, at(4)},
		{"a delivery without a time does not hide one with a time", Record{
			Deliveries: []Delivery{{State: Queued}, {State: Queued, Due: at(5)}},
		}, at(5)},
		{"an escalation before the deliveries decides", Record{
			Deliveries: []Delivery{{State: Held, Due: at(9)}},
			Notices:    []Notice{{}, {EscalateAt: at(7)}, {EscalateAt: at(8)}},
		}, at(7)},
		{"a delivery before the escalation decides", Record{
			Deliveries: []Delivery{{State: Queued, Due: at(3)}},
			Notices:    []Notice{{EscalateAt: at(7)}},
		}, at(3)},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.r.ComputeDue()
			if !c.r.Due.Equal(c.want) {
				t.Errorf("Due = %v, want %v", c.r.Due, c.want)
			}
		})
	}
}

func TestStopEscalationKeepsWhatIsOnItsWay(t *testing.T) {
	at := time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)
	r := Record{
		Due:        at,
		Deliveries: []Delivery{{State: Queued, Due: at.Add(time.Hour)}},
		Notices:    []Notice{{EscalateAt: at}, {EscalateAt: at.Add(time.Minute)}},
	}
	r.StopEscalation()
	for _, n := range r.Notices {
		if !n.EscalateAt.IsZero() {
			t.Errorf("notice still escalates at %v", n.EscalateAt)
		}
	}
	if !r.Due.Equal(at.Add(time.Hour)) {
		t.Errorf("Due = %v, want the delivery's", r.Due)
	}
}
