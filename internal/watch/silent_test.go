package watch

import (
	"testing"
	"time"
)

// A trust keeps from its watcher what it was set for, in its time, and nothing that
// they were told of or that is not there any more.
func TestWhatATrustKeptFromItsWatcher(t *testing.T) {
	at := noon
	debit := func(change func(*Record)) *Record {
		r := &Record{ID: "r", Kind: Debit, Complete: true, Service: "docomo", Amount: 900, OccurredAt: at, ReceivedAt: at, RecordedAt: at}
		change(r)
		return r
	}
	trust := func(since, until time.Duration) Trust {
		return Trust{Service: "docomo", UpTo: 1000, Since: at.Add(since), Until: at.Add(until)}
	}
	old := trust(0, time.Hour)
	old.Since = time.Time{} // as the version before kept it
	for name, c := range map[string]struct {
		trust  Trust
		change func(*Record)
		rules  func(*Rules)
		want   bool
	}{
		"in its time":                   {trust: trust(-time.Hour, time.Hour), want: true},
		"of a trust of before":          {trust: old, want: true},
		"when it began":                 {trust: trust(0, time.Hour), want: true},
		"before it began":               {trust: trust(1, time.Hour)},
		"when it ended":                 {trust: trust(-time.Hour, 0)},
		"for more":                      {trust: trust(-time.Hour, time.Hour), change: func(r *Record) { r.Amount = 1001 }},
		"by another service":            {trust: trust(-time.Hour, time.Hour), change: func(r *Record) { r.Service = "kyash" }},
		"a link":                        {trust: trust(-time.Hour, time.Hour), change: func(r *Record) { r.Kind = LinkRegistered }},
		"of the past":                   {trust: trust(-time.Hour, time.Hour), change: func(r *Record) { r.Past = true }},
		"reversed":                      {trust: trust(-time.Hour, time.Hour), change: func(r *Record) { r.UndoneAt = at }},
		"told":                          {trust: trust(-time.Hour, time.Hour), change: func(r *Record) { r.Notices = []Notice{{Watcher: "w", Reasons: Because(Burst)}} }},
		"told to another":               {trust: trust(-time.Hour, time.Hour), change: func(r *Record) { r.Notices = []Notice{{Watcher: "o", Reasons: Because(Burst)}} }, want: true},
		"another id leads to it":        {trust: trust(-time.Hour, time.Hour), change: func(r *Record) { r.Alias = "x" }},
		"in a pause":                    {trust: trust(-time.Hour, time.Hour), rules: func(r *Rules) { r.PausedUntil = at.Add(time.Hour) }, want: true},
		"that another rule keeps, too":  {trust: trust(-time.Hour, time.Hour), rules: func(r *Rules) { r.ServiceMin = 1000 }},
		"that happened before watching": {trust: trust(-time.Hour, time.Hour), change: func(r *Record) { r.OccurredAt = at.Add(-time.Hour) }},
	} {
		r := debit(func(*Record) {})
		if c.change != nil {
			c.change(r)
		}
		w := Watcher{ID: "w", Rules: DefaultRules(), Since: at.Add(-30 * time.Minute)}
		w.Rules.Trusts = []Trust{c.trust}
		if c.rules != nil {
			c.rules(&w.Rules)
		}
		why := w.Silenced(r, []string{"docomo"})
		if (why != 0) != c.want || c.want && why != ServiceDebit {
			t.Errorf("a debit %s: %q, want it silenced: %v", name, why, c.want)
		}
		if c.want && w.Silenced(r, []string{"paypay"}) != 0 {
			t.Errorf("a debit %s is told though its service was not reported", name)
		}
	}
}

// A trust that has ended, however it did, is remembered for a while, as what it kept
// silent is told if its service turns out not to be theirs.
func TestWhatATrustKeptIsKnownAfterItsEnd(t *testing.T) {
	trust := func(upTo int64, since, until time.Duration) Trust {
		return Trust{Service: "docomo", UpTo: upTo, Since: noon.Add(since), Until: noon.Add(until)}
	}
	const day = 24 * time.Hour
	silent := &Record{ID: "r", Kind: Debit, Complete: true, Service: "docomo", Amount: 900, OccurredAt: noon.Add(-2 * day), ReceivedAt: noon.Add(-2 * day), RecordedAt: noon.Add(-2 * day)}
	for name, c := range map[string]struct {
		before, after []Trust
		ended         int
		want          bool
	}{
		"it stands":                 {[]Trust{trust(1000, -3*day, day)}, []Trust{trust(1000, -3*day, day)}, 0, true},
		"it was ended":              {[]Trust{trust(1000, -3*day, day)}, nil, 1, true},
		"it ran out, and was taken": {[]Trust{trust(1000, -3*day, -day)}, nil, 1, true},
		"one for more goes on":      {[]Trust{trust(1000, -3*day, day)}, []Trust{trust(2000, -3*day, 2*day)}, 0, true},
		"one for less follows":      {[]Trust{trust(1000, -3*day, day)}, []Trust{trust(500, 0, 2*day)}, 1, true},
		"it began after that":       {[]Trust{trust(1000, -day, day)}, nil, 1, false},
		"it ran out long ago":       {[]Trust{trust(1000, -90*day, -31*day)}, nil, 0, false},
	} {
		before := &Watcher{ID: "w", Rules: DefaultRules(), Since: noon.Add(-100 * day)}
		before.Rules.Trusts = c.before
		w := before.Clone()
		w.Rules.Trusts = c.after
		w.KeepEnded(before, noon)
		if got := w.Silenced(silent, []string{"docomo"}) != 0; got != c.want || len(w.EndedTrusts) != c.ended {
			t.Errorf("%s: told %v, want %v; %d are remembered, want %d", name, got, c.want, len(w.EndedTrusts), c.ended)
		}
		if since := w.TrustedSince([]string{"docomo"}); since.IsZero() != (len(c.after)+c.ended == 0) {
			t.Errorf("%s: trusted since %v", name, since)
		}
		later := w.Clone()
		later.KeepEnded(w, noon.Add(KeepTrust))
		if len(later.EndedTrusts) != 0 {
			t.Errorf("%s: remembered for ever: %+v", name, later.EndedTrusts)
		}
	}
	w, none := &Watcher{ID: "w"}, &Watcher{ID: "w"}
	for i := range MaxTrusts + 3 {
		w.Rules.Trusts = []Trust{trust(int64(i), -day, day)}
		none.KeepEnded(w, noon)
	}
	if len(none.EndedTrusts) != MaxTrusts || none.EndedTrusts[0].UpTo != 3 {
		t.Errorf("%d are remembered, from %+v", len(none.EndedTrusts), none.EndedTrusts[0])
	}
}

// Why its reader was called is said in the first message that they get, and in no
// other that is taken after it.
func TestWhySomebodyIsCalledIsSaidOnce(t *testing.T) {
	r := alerted("r", 100, noon, ServiceDebit)
	a := &Account{Watchers: []Watcher{{ID: "g", Role: Guardian, Channels: []Channel{{Kind: LINE}}, LineUser: "U"}}}
	r.Call(a, CallUnanswered, "", noon)
	for i, want := range []Call{CallUnanswered, "", ""} {
		d := &r.Deliveries[len(r.Deliveries)-1]
		if d.Called != want {
			t.Errorf("message %d says %q, want %q", i, d.Called, want)
		}
		d.State, d.AcceptedAt = Accepted, noon
		was := r.Clone()
		r.Amount += 100
		r.KeepPart(was)
		if _, fresh := r.Bring(&a.Watchers[0], LINE, noon.Add(time.Duration(i+1)*time.Minute)); !fresh {
			t.Fatal("nothing follows")
		}
	}
}
