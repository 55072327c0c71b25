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
