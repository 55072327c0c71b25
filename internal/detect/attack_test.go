package detect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// besieged is a stage whose owner trusts docomo, and has used it before.
func besieged(t *testing.T) *stage {
	t.Helper()
	s := newStage(newHouse(t), "acc_c")
	s.rules(func(r *watch.Rules) {
		*r = watch.Rules{ServiceMin: 1}
		r.Trusts = []watch.Trust{{Service: "docomo", UpTo: 9000, Until: received.AddDate(0, 1, 0)}}
	})
	s.do(t, events(say("debit", "a", "before", 30*time.Hour, 100, "")))
	return s
}

// campaign puts how a campaign against a service stands into the store.
func (s *stage) campaign(t *testing.T, service string, state radar.State, at time.Time) {
	t.Helper()
	is, err := s.store.Standing(t.Context(), "0125")
	if err != nil {
		t.Fatal(err)
	}
	is.Services = []radar.ServiceStanding{{Service: service, State: state, At: at}}
	s.Put(store.PutStanding(is))
}

// takes sends a debit of what is trusted, and tells whether it is told as one under
// attack.
func (s *stage) takes(t *testing.T, txn string) bool {
	t.Helper()
	s.do(t, events(say("debit", txn, txn, 2*time.Minute, 500, "")))
	for _, r := range s.history(t) {
		if r.Txn == txn {
			n, told := r.Notice("w1")
			if told && !n.Reasons.Has(watch.UnderAttack) {
				t.Errorf("%s is told for %s", txn, n.Reasons)
			}
			return told
		}
	}
	t.Fatalf("%s is not on record", txn)
	return false
}

// Trust in a service is suspended by what its bank has confirmed of that service, for
// what is heard of from then on, and by nothing else.
func TestTrustIsSuspendedByAConfirmedCampaignAlone(t *testing.T) {
	for name, c := range map[string]struct {
		service string
		state   radar.State
		since   time.Duration // before the debit is heard of
		want    bool
	}{
		"confirmed before":        {"docomo", radar.Confirmed, time.Hour, true},
		"confirmed at the moment": {"docomo", radar.Confirmed, 0, true},
		"confirmed afterwards":    {"docomo", radar.Confirmed, -time.Second, false},
		"suspected":               {"docomo", radar.Suspected, time.Hour, false},
		"over":                    {"docomo", radar.Ended, time.Hour, false},
		"of another service":      {"paypay", radar.Confirmed, time.Hour, false},
	} {
		s := besieged(t)
		s.Add(time.Hour) // what is known of the bank is asked for again
		s.campaign(t, c.service, c.state, s.World.Now().Add(-c.since))
		if got := s.takes(t, "t"); got != c.want {
			t.Errorf("%s: told as under attack %v, want %v", name, got, c.want)
		}
	}
}

// How a bank's campaigns stand is read once in 15 seconds, and 10 seconds after it could
// not be: until then it is as it was last known. Neither delays an event.
func TestHowCampaignsStandIsReadNowAndThen(t *testing.T) {
	s := besieged(t)
	s.Add(time.Hour)
	now := s.World.Now()
	n := 0
	told := func() bool { n++; return s.takes(t, fmt.Sprint("t", n)) }
	if told() {
		t.Error("nothing is confirmed")
	}
	s.campaign(t, "docomo", radar.Confirmed, now)
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{15*time.Second - 1, false}, {15 * time.Second, true}} {
		if s.Set(now.Add(c.after)); told() != c.want {
			t.Errorf("%s after it was read it is told %v", c.after, !c.want)
		}
	}
	// Now it ends, which cannot be read.
	now = now.Add(time.Minute)
	s.Set(now)
	s.campaign(t, "docomo", radar.Ended, now)
	s.calls, s.at, s.how = 0, 2, fails // the first call reads the account
	if !told() {
		t.Error("what cannot be read is not as it was last known")
	}
	if log := s.log.String(); !strings.Contains(log, `"the campaigns of a bank cannot be read now" bank=0125 err=`) {
		t.Errorf("the log is\n%s", log)
	}
	s.at = 0
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{10*time.Second - 1, true}, {10 * time.Second, false}} {
		if s.Set(now.Add(c.after)); told() != c.want {
			t.Errorf("%s after it could not be read it is told %v", c.after, !c.want)
		}
	}
	// A clock that was put back must not make it last.
	s.campaign(t, "docomo", radar.Confirmed, now.Add(-2*time.Hour))
	if s.Set(now.Add(-time.Hour)); !told() {
		t.Error("it is as a later time knew it")
	}
}
