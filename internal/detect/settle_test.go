package detect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// What was history becomes news if more is taken just now.
func TestWhatWasHistoryIsNewsOnceMoreIsTaken(t *testing.T) {
	const day = 24 * time.Hour
	old := say("debit", "a", "t", 12*day, 3000, pending)
	for name, c := range map[string]struct {
		then    jsontext.Value
		history bool
		want    string // what the owner is told of it in the end
	}{
		"more is posted":                     {say("debit", "b", "t", time.Minute, 9000, ""), false, "summary 9000, alert 9000"},
		"more, as late as is still news":     {say("debit", "b", "t", 7*day, 9000, ""), false, "summary 9000, alert 9000"},
		"more, and that is too late as well": {say("debit", "b", "t", 7*day+time.Second, 9000, ""), false, "summary 9000"},
		"as much is posted":                  {say("debit", "b", "t", time.Minute, 3000, ""), false, "summary 3000"},
		"more, and only told as history":     {say("debit", "b", "t", time.Minute, 9000, ""), true, "summary 9000"},
	} {
		h := newHouse(t)
		h.send(t, old)
		if c.history {
			for _, body := range wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1"}, received, []jsontext.Value{c.then}, 1<<20) {
				h.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}})
			}
		} else {
			h.send(t, c.then)
		}
		rs := h.history(t)
		if len(rs) != 1 || told(rs[0], rs) != c.want || rs[0].Past != !strings.Contains(c.want, "alert") {
			t.Errorf("%s: %d records, past %v, told %q, want %q", name, len(rs), rs[0].Past, told(rs[0], rs), c.want)
		}
	}
}

// What a bank tells of the past, also of what rang, tells no one now.
func TestHistoryRingsNowhere(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit", "a", "t", 2*time.Minute, 3000, pending))
	h.accept(t)
	n := len(h.history(t)[0].Deliveries)
	for _, e := range []jsontext.Value{say("debit", "b", "t", time.Minute, 9000, ""), say("debit", "c", "u", time.Minute, 9000, ""), say("debit.reversed", "d", "v", time.Minute, 1, "")} {
		for _, body := range wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1"}, received, []jsontext.Value{e}, 1<<20) {
			if v := h.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}}); !v[0].Done {
				t.Fatalf("%+v", v)
			}
		}
	}
	h.send(t, say("debit", "e", "v", 2*time.Minute, 4000, ""))
	rs := h.history(t)
	var alerts []string
	for _, r := range rs {
		if r.IsAlert() {
			alerts = append(alerts, r.Txn)
		}
	}
	lead := rs[slices.IndexFunc(rs, func(r *watch.Record) bool { return r.Txn == "t" })]
	if !slices.Equal(alerts, []string{"t"}) && !slices.Equal(alerts, []string{"v", "t"}) || len(lead.Deliveries) > n+1 {
		t.Errorf("alerts are %q, and the first has %v", alerts, states(lead))
	}
}

// Two answers cannot become one.
func TestTwoThatWereAnsweredStayTwo(t *testing.T) {
	h := newHouse(t)
	first, second := say("debit", "a", "p1", 24*time.Hour, 3000, pending), say("debit", "b", "t1", 2*time.Minute, 3200, "")
	for _, e := range []jsontext.Value{first, second} {
		h.send(t, e)
		for _, r := range h.history(t) {
			if r.Answer == nil {
				if _, err := h.store.UpdateRecord(t.Context(), r.ID, func(r *watch.Record) error {
					r.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w1", At: received}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	h.deliveries(t)
	h.send(t, say("debit", "c", "t1", 2*time.Minute, 3200, `,"replaces":"p1"`))
	rs := h.history(t)
	if len(rs) != 2 || len(rs[0].Story()) != 1 || len(rs[1].Story()) != 1 || rs[0].Alias+rs[1].Alias != "" {
		t.Errorf("%d debits, %+v", len(rs), rs[0])
	}
	if jobs := h.deliveries(t); jobs[rs[0].ID+" "+rs[0].Deliveries[0].ID] == 0 {
		t.Errorf("an earlier try may have died before it queued what it made; queued are %v", jobs)
	}
	traces, err := h.store.Traced(t.Context(), "0125", "c")
	if err != nil || len(traces) != 1 || traces[0].Record != rs[0].ID {
		t.Errorf("the event leads to %+v (%v), want the debit that it was about", traces, err)
	}
}

// The registration of a link that the bank had named before takes its place,
// under its own id; unless somebody has answered.
func TestARegistrationTakesThePlaceOfALinkOfBefore(t *testing.T) {
	since := time.Date(2019, 3, 1, 0, 0, 0, 0, watch.JST)
	register := func(at time.Time) jsontext.Value {
		return say("charge_link.registered", "e1", "lnk-1", received.Sub(at), 0, `,"service":"paypay"`)
	}
	for name, c := range map[string]struct {
		at       time.Time
		answered bool
		want     string // the ids of the links that stand
	}{
		"on the same day":               {since.Add(9 * time.Hour), false, "lnk-1"},
		"on another day":                {since.Add(24 * time.Hour), false, "seed lnk-1"},
		"on the same day, and answered": {since.Add(9 * time.Hour), true, "seed"},
	} {
		h := newHouse(t)
		ids := h.seed(t, watch.Seed{Service: "paypay", Since: since, DateOnly: true})
		if c.answered {
			if _, err := h.store.UpdateRecord(t.Context(), ids[0], func(r *watch.Record) error {
				r.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w1", At: received}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			h.send(t, register(c.at))
		}
		act, err := h.store.Activity(t.Context(), h.key)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range act.Services["paypay"].Links {
			txn := h.Record(l.Record).Txn
			if l.Record == ids[0] {
				txn = "seed"
			}
			got = append(got, txn)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q stand, want %q", name, s, c.want)
		}
		if old := h.Record(ids[0]); old.Complete != strings.Contains(c.want, "seed") {
			t.Errorf("%s: the link of before says %+v", name, old.Story())
		}
		if r := h.history(t)[0]; r.IsAlert() || len(h.deliveries(t)) != 0 || !r.Past {
			t.Errorf("%s: it rings: %+v", name, r)
		}
		traces, err := h.store.Traced(t.Context(), "0125", "e1")
		if err != nil || len(traces) != 1 || c.answered != (traces[0].Record == ids[0]) {
			t.Errorf("%s: the event leads to %+v (%v)", name, traces, err)
		}
	}
}

// An id that a bank uses again is counted, for the bank to see.
func TestAnIDThatIsUsedAgainIsCounted(t *testing.T) {
	h := newHouse(t)
	for range 2 {
		h.send(t, say("debit", "a", "9998", 24*time.Hour, 3000, ""))
		h.send(t, say("debit", "b", "9998", time.Minute, 4000, ""))
	}
	h.send(t, say("charge_link.registered", "c", "l", 3*time.Hour, 0, `,"service":"paypay"`), say("charge_link.removed", "d", "l", 2*time.Hour, 0, `,"service":"paypay"`),
		say("charge_link.registered", "e", "l", time.Hour, 0, `,"service":"paypay"`)) // rightly
	for _, r := range h.history(t) {
		if r.ID == (&watch.Event{Bank: "0125", AccountRef: "acc_1", TransactionID: "9998", Kind: watch.Debit}).RecordID() && len(r.Twins) != 1 {
			t.Errorf("the id's own record names %+v", r.Twins)
		}
	}
	if n := strings.Count(h.Log.String(), "used a transaction id again"); n != 1 {
		t.Errorf("the log says so %d times:\n%s", n, h.Log)
	}
	days, err := h.store.Tallies(t.Context(), "0125", received)
	if err != nil || len(days) != 1 || days[0].Conflicts != 1 || days[0].Conflict != "b" || !days[0].ConflictAt.Equal(received) {
		t.Errorf("counted are %+v (%v)", days, err)
	}
}

// Two postings of one id, day and different times are one debit, as a correction is; that
// they may be two is counted, for the bank to see, in whatever order they come.
func TestPostingsThatMayBeTwoAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		first, second jsontext.Value
		want          int
	}{
		"of one amount":           {say("debit", "a", "t", time.Minute, 1000, ""), say("debit", "b", "t", 50*time.Second, 1000, ""), 1},
		"of another":              {say("debit", "a", "t", time.Minute, 1000, ""), say("debit", "b", "t", 50*time.Second, 5000, ""), 1},
		"the second comes first":  {say("debit", "b", "t", 50*time.Second, 1000, ""), say("debit", "a", "t", time.Minute, 1000, ""), 1},
		"said again":              {say("debit", "a", "t", time.Minute, 1000, ""), say("debit", "b", "t", time.Minute, 1000, ""), 0},
		"a pending one is posted": {say("debit", "a", "t", time.Minute, 1000, `,"status":"pending"`), say("debit", "b", "t", 50*time.Second, 1000, ""), 0},
		"a correction, so called": {say("debit", "a", "t", time.Minute, 1000, ""), say("debit", "b", "t", 50*time.Second, 5000, `,"replaces":"t"`), 0},
	} {
		h := newHouse(t)
		h.send(t, c.first)
		for range 2 {
			h.send(t, c.second)
		}
		days, err := h.store.Tallies(t.Context(), "0125", received)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, d := range days {
			n += d.Conflicts
		}
		if n != c.want {
			t.Errorf("%s: %d are counted, want %d", name, n, c.want)
		}
	}
}

// One read is enough for all of a message's events of an account, and nothing
// is written twice.
func TestTheEventsOfAMessageShareWhatWasRead(t *testing.T) {
	h := newHouse(t)
	h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Since = received.AddDate(0, -6, 0) })
	h.send(t, say("charge_link.registered", "l", "l", time.Hour, 0, `,"service":"none"`)) // of a service that no one knows
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil || act.Services[""] == nil || len(act.Services[""].Links) != 1 {
		t.Fatalf("the link is remembered as %+v (%v)", act, err)
	}
	card := `,"descriptor":"PAYPAYｶ"`
	for _, c := range []struct {
		name   string
		events []jsontext.Value
		want   string // of how many items each read is
	}{
		{"debits of two services", []jsontext.Value{say("debit", "a", "a", 5*time.Minute, 5000, ""), say("debit", "b", "b", 4*time.Minute, 5001, `,"descriptor":"PAYPAY"`)}, "2 1 1 1"},                      // the bank's campaigns, for a while; the last two: the lead that each one joins
		{"bills", []jsontext.Value{say("debit", "c", "c", 92*24*time.Hour, 21987, card), say("debit", "d", "d", 62*24*time.Hour, 28110, card), say("debit", "e", "e", 31*24*time.Hour, 40005, card)}, "2 1"}, // the last one: what was heard of them
		{"history", []jsontext.Value{say("debit", "f", "f", 300*24*time.Hour, 5000, ""), say("debit", "g", "g", 299*24*time.Hour, 5000, "")}, "2"},
		{"history without a debit", nil, "2"},
	} {
		h.Table.Taken()
		bodies := wire.EncodeBatch("0125", received, c.events, 1<<20)
		if strings.HasPrefix(c.name, "history") {
			from := received.AddDate(-1, 0, -len(bodies))
			bodies = wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1", From: from}, received, c.events, 1<<20)
		}
		if v := h.Handle(t.Context(), []queue.Message{{ID: "m", Body: bodies[0], Receives: 1}}); !v[0].Done {
			t.Fatalf("%s: %+v", c.name, v)
		}
		// Whether its readers watch other accounts is asked apart.
		if got := strings.ReplaceAll(h.Table.Taken(), " q", ""); got != c.want {
			t.Errorf("%s: the reads are of %q items, want %q", c.name, got, c.want)
		}
	}
	if act, err = h.store.Activity(t.Context(), h.key); err != nil || !act.HistoryFrom.Equal(received.AddDate(-1, 0, -1)) {
		t.Errorf("the account's debits are on record since %s (%v)", act.HistoryFrom, err)
	}
}
