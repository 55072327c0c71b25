package watch

import (
	"testing"
	"time"
)

// A guardian of whom only a newer version knows why a rule of theirs matched is told
// when they are called, and is not said to be reached by no channel.
func TestWhoIsCalledIsToldWhateverANewerVersionNotedOfThem(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	for name, unknown := range map[string]string{"no rule": "", "a rule of a newer version": "of_a_version_to_come"} {
		r := NewRecord("r1", AccountKey{Bank: "0125", Ref: "a"}, Entry{Event: "e1", Kind: Debit, Status: Posted, At: at, ReceivedAt: at, Amount: 1000, Service: "paypay"})
		r.Notices = []Notice{{Watcher: "o", Reasons: Because(ServiceDebit)}, {Watcher: "g", Reasons: Reasons{Unknown: unknown}}}
		a := &Account{Watchers: []Watcher{
			{ID: "o", Role: Owner, Channels: []Channel{{Kind: LINE}}}, {ID: "g", Role: Guardian, Channels: []Channel{{Kind: LINE}}}}}
		r.Call(a, CallUnanswered, "", at)
		if len(r.Deliveries) != 1 || r.Deliveries[0].Watcher != "g" || r.Deliveries[0].Kind != TellAlert || !r.CalledOnly(r, "g") {
			t.Errorf("%s: %+v", name, r.Deliveries)
		}
		if why := r.ReasonsFor(r, "g"); why.Reason != ServiceDebit {
			t.Errorf("%s: told for %v", name, why)
		}
		if n, _ := r.Notice("g"); n.Reasons.Unknown != unknown {
			t.Errorf("%s: %q is kept", name, n.Reasons.Unknown)
		}
	}
}
