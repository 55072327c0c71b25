package watch

import (
	"testing"
	"time"
)

// When somebody was told is when a channel took the message, whenever it was decided.
func TestNobodyIsToldBeforeAChannelTookTheMessage(t *testing.T) {
	t.Parallel()
	owner, guardian := &Watcher{ID: "w", Channels: []Channel{{Kind: LINE}}}, &Watcher{ID: "g", Channels: []Channel{{Kind: Email}}}
	r := alerted("r", 100, noon, ServiceDebit)
	if d, ok := r.Deliver(TellAlert, owner, LINE, 0, noon, noon.Add(19*time.Hour)); !ok || d.State != Held {
		t.Fatalf("%v %+v", ok, d)
	}
	r.Deliver(TellAlert, guardian, Email, 0, noon, noon)
	at := func(hour int) time.Time { return noon.Add(time.Duration(hour) * time.Hour) }
	for i, c := range []struct {
		taken           map[int]time.Time // of the deliveries
		owner, guardian time.Time
		anybody         time.Time
	}{
		{},
		{taken: map[int]time.Time{0: at(20)}, owner: at(20), anybody: at(20)},
		{taken: map[int]time.Time{0: at(20), 1: at(2)}, owner: at(20), guardian: at(2), anybody: at(2)},
	} {
		for n, when := range c.taken {
			r.Deliveries[n].State, r.Deliveries[n].AcceptedAt = Accepted, when
		}
		for who, want := range map[string]time.Time{"w": c.owner, "g": c.guardian, "": c.anybody} {
			if got := r.ToldOf("r", who); !got.Equal(want) {
				t.Errorf("%d: %q was told at %v, want %v", i, who, got, want)
			}
		}
		if got := r.ToldOf("another", ""); !got.IsZero() {
			t.Errorf("%d: of another it was told at %v", i, got)
		}
	}
}
