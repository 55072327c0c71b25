package detect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// reported plays events, of which the first one was reported as not the
// owner's, and returns the report, its changes since, and how often its bank was
// to be told.
func reported(t *testing.T, first []jsontext.Value, then ...jsontext.Value) (d *watch.Dispute, changes []watch.DisputeChange, told int) {
	t.Helper()
	s := newStage(newHouse(t), "acc_d")
	s.do(t, play{events: first})
	s.do(t, play{answer: watch.NotMine})
	s.jobs = nil
	for _, e := range then {
		s.do(t, events(e))
	}
	for _, r := range s.history(t) {
		if r.Dispute == "" {
			continue
		}
		d, err := s.store.Dispute(t.Context(), r.Dispute)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range s.jobs {
			if strings.HasSuffix(j, " "+d.ID) {
				told++
			}
		}
		return d, d.Changes[1:], told
	}
	t.Fatal("nothing was reported")
	return nil, nil, 0
}

// What was reported goes on, and the bank hears of it: what becomes of the
// transaction itself, and what its service takes next.
func TestTheBankHearsWhatBecomesOfAReport(t *testing.T) {
	paid := []jsontext.Value{say("debit", "a", "t", 10*time.Minute, 5000, pending)}
	two := []jsontext.Value{paid[0], say("debit", "b", "u", 9*time.Minute, 300, "")}
	for name, c := range map[string]struct {
		first, then []jsontext.Value
		yen         []int64  // that each change says; -1 for one of the whole dispute
		also        []string // transactions, next to the first, that it is about in the end
	}{
		"nothing more":                         {paid, []jsontext.Value{paid[0]}, nil, nil},
		"it is posted, for more":               {paid, []jsontext.Value{say("debit", "b", "t", 9*time.Minute, 7000, "")}, []int64{7000}, nil},
		"it came back":                         {paid, []jsontext.Value{say("debit.reversed", "b", "t", 9*time.Minute, 0, "")}, []int64{5000}, nil},
		"the service takes more":               {paid, []jsontext.Value{say("debit", "b", "u", time.Minute, 300, "")}, []int64{-1}, []string{"u"}},
		"and more":                             {paid, []jsontext.Value{say("debit", "b", "u", time.Minute, 300, ""), say("debit", "c", "v", time.Minute, 400, "")}, []int64{-1, -1}, []string{"u", "v"}},
		"what it took came back":               {paid, []jsontext.Value{say("debit", "b", "u", time.Minute, 300, ""), say("debit.reversed", "c", "u", 0, 0, "")}, []int64{-1, 300}, []string{"u"}},
		"another service, new":                 {paid, []jsontext.Value{say("debit", "b", "u", time.Minute, 300, `,"descriptor":"PAYPAY"`)}, []int64{-1}, []string{"u"}},
		"two were reported, one rose":          {two, []jsontext.Value{say("debit", "c", "u", 9*time.Minute, 900, "")}, []int64{900}, []string{"u"}},
		"two, of which one replaces the other": {two, []jsontext.Value{say("debit", "b", "u", 9*time.Minute, 300, `,"replaces":"t"`)}, []int64{300, 300}, nil},
		"what came too late to be news":        {paid, []jsontext.Value{say("debit", "b", "u", 20*24*time.Hour, 300, "")}, nil, nil},
		"the undoing of something unknown":     {paid, []jsontext.Value{say("debit.reversed", "b", "u", time.Minute, 300, "")}, nil, nil},
		"what was undone before it came":       {paid, []jsontext.Value{say("debit.reversed", "b", "u", time.Minute, 100, ""), say("debit", "c", "u", 2*time.Minute, 300, "")}, []int64{-1}, []string{"u"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, changes, told := reported(t, c.first, c.then...)
			var yen []int64
			for _, change := range changes {
				if change.Status != watch.DisputeUpdated || !change.TellBank || (change.Shows == nil) != (change.Further != nil) {
					t.Errorf("a change is %+v", change)
				}
				if change.Further != nil {
					yen = append(yen, -1)
				} else {
					yen = append(yen, change.Shows.Amount)
				}
			}
			var also []string
			for _, a := range d.Also {
				if a.Left == 0 {
					also = append(also, a.Txn)
				}
			}
			if !slices.Equal(yen, c.yen) || !slices.Equal(also, c.also) {
				t.Errorf("the changes say %v, want %v; it is about %q, too, want %q", yen, c.yen, also, c.also)
			}
			if told == 0 && len(c.yen) > 0 {
				t.Error("no one has the bank told")
			}
		})
	}
}

// An incident that is over wakes no one further.
func TestWhatIsUndoneEscalatesNoMore(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit", "a", "t", 2*time.Minute, 5000, "")) // the first of its service: critical
	if n := h.history(t)[0].Notices[0]; !n.EscalateAt.Equal(received.Add(15 * time.Minute)) {
		t.Fatalf("it escalates at %s", n.EscalateAt)
	}
	h.send(t, say("debit.reversed", "b", "t", time.Minute, 0, ""))
	if r := h.history(t)[0]; !r.Notices[0].EscalateAt.IsZero() {
		t.Errorf("undone it escalates at %s", r.Notices[0].EscalateAt)
	}
}

// While a channel fails, what is new goes over the one that was told instead.
func TestWhatIsNewGoesWhereTheLastMessageWent(t *testing.T) {
	for name, c := range map[string]struct {
		attempts int
		state    watch.DeliveryState
		mailed   watch.DeliveryState // empty if no mail was made
		want     string
	}{
		"LINE has it":                          {1, watch.Accepted, "", "line"},
		"LINE is tried for the first time":     {0, watch.Queued, "", ""},
		"LINE fails":                           {2, watch.Queued, "", ""},
		"LINE fails, and a mail went":          {2, watch.Queued, watch.Accepted, "email"},
		"LINE fails, the mail was not sent":    {2, watch.Queued, watch.Cancelled, ""},
		"LINE has it, and a mail went as well": {1, watch.Accepted, watch.Accepted, "line"},
	} {
		h := newHouse(t)
		h.Change(h.key, func(a *watch.Account) {
			a.Watchers[0].Channels = []watch.Channel{worldtest.ByLINE, worldtest.ByMail("a@example.jp")}
		})
		h.send(t, say("debit", "a", "t", 2*time.Minute, 5000, ""))
		lead := h.history(t)[0].ID
		if _, err := h.store.UpdateRecord(t.Context(), lead, func(r *watch.Record) error {
			r.Deliveries[0].State, r.Deliveries[0].Attempts = c.state, c.attempts
			if c.mailed != "" {
				d, _ := r.Bring(&watch.Watcher{ID: "w1"}, watch.Email, h.World.Now())
				d.State = c.mailed
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		n := len(h.Record(lead).Deliveries)
		h.send(t, say("debit", "b", "u", time.Minute, 6000, ""))
		got := ""
		for _, d := range h.Record(lead).Deliveries[n:] {
			got += string(d.Channel)
		}
		if got != c.want {
			t.Errorf("%s: the next one goes over %q, want %q", name, got, c.want)
		}
	}
}

// A person whom no channel reaches is told nothing; their bank hears of each
// transaction that they were not told of, once.
func TestTheBankHearsOfAPersonWhomNothingReaches(t *testing.T) {
	h := newHouse(t)
	h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Channels[0].UnreachableSince = received })
	for _, e := range []jsontext.Value{say("debit", "a", "t", 2*time.Minute, 5000, ""), say("debit", "b", "u", time.Minute, 6000, "")} {
		h.send(t, e)
	}
	rs := h.history(t)
	if got := states(rs[1]); !slices.Equal(got, []string{"unreachable queued", "unreachable queued"}) || len(rs[0].Deliveries) != 0 {
		t.Errorf("made %v and %v", got, states(rs[0]))
	}
	if n := len(h.Receive(queue.Bank)); n != 2 || !strings.Contains(h.Log.String(), "cannot be reached at all") {
		t.Errorf("%d jobs for the bank; the log says\n%s", n, h.Log)
	}
	for i, txn := range []string{"t", "u"} {
		if by := rs[1].UnreachedBy(&rs[1].Deliveries[i]); len(by) != 1 || by[0].Txn != txn {
			t.Errorf("call %d names %+v", i, by)
		}
	}
	h.send(t, say("debit", "c", "v", 30*24*time.Hour, 7000, "")) // rings for no one
	if r := h.history(t)[2]; len(r.Notices) != 0 || strings.Contains(strings.Join(states(r), " "), "unreachable") {
		t.Errorf("of what is history it is told: %v", states(r))
	}
}

// What was silent under a rule when the rest was reported, and becomes more, is
// told as part of the report: so the bank hears of it as well.
func TestTheBankHearsOfWhatWasSilentWhenItsServiceWasReported(t *testing.T) {
	s := newStage(newHouse(t), "acc_d")
	s.do(t, play{rules: func(r *watch.Rules) { r.ServiceMin, r.FirstSeen, r.Burst = 1000, false, false }})
	s.do(t, events(say("debit", "a", "t", 10*time.Minute, 5000, "")))
	s.do(t, events(say("debit", "b", "u", 9*time.Minute, 300, pending), say("debit", "d", "v", 9*time.Minute, 200, pending)))
	s.Add(time.Minute)
	s.do(t, play{answer: watch.NotMine})
	s.do(t, events(say("debit", "e", "v", 5*time.Minute, 150, ""))) // as silent as before
	s.do(t, events(say("debit", "c", "u", 5*time.Minute, 3000, "")))
	lead := s.history(t)[len(s.history(t))-1]
	d, err := s.store.Dispute(t.Context(), lead.Dispute)
	if err != nil {
		t.Fatal(err)
	}
	if total := d.TotalAt(0); total.Debits != 2 || total.Yen != 8000 {
		t.Errorf("the report is about %+v", total)
	}
}
