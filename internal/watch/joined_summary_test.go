package watch

import (
	"testing"
	"time"
)

// A summary that no channel has been asked to take can be said by another account's,
// once, and by that one alone.
func TestOnlyASummaryThatWaitsIsSaidWithAnother(t *testing.T) {
	t.Parallel()
	by, other := Joined{Record: "r", Delivery: "d"}, Joined{Record: "r", Delivery: "e"}
	sum := PastSum{Debits: 2, Yen: 300, At: noon}
	for name, c := range map[string]struct {
		is   Delivery
		want bool
	}{
		"it is held":                  {Delivery{Kind: TellSummary, State: Held}, true},
		"it is queued":                {Delivery{Kind: TellSummary, State: Queued}, true},
		"another kind":                {Delivery{Kind: TellAlert, State: Held}, false},
		"it was worded":               {Delivery{Kind: TellSummary, State: Queued, Sum: &PastSum{}}, false},
		"it was tried":                {Delivery{Kind: TellSummary, State: Queued, Tried: true}, false},
		"it is being sent":            {Delivery{Kind: TellSummary, State: Queued, Calling: true}, false},
		"it was taken":                {Delivery{Kind: TellSummary, State: Accepted}, false},
		"said by this one already":    {Delivery{Kind: TellSummary, State: Held, With: &by, Sum: &sum}, true},
		"said by another":             {Delivery{Kind: TellSummary, State: Held, With: &other}, false},
		"by one of another's records": {Delivery{Kind: TellSummary, State: Held, With: &Joined{Record: "s", Delivery: "d"}}, false},
	} {
		d := c.is
		if got := d.JoinsInto(by, sum, noon); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if fresh := c.want && c.is.With == nil; fresh && (d.With == nil || d.With.Delivery != "d" || d.Sum.Yen != 300 || d.State != Held || !d.Due.Equal(noon.Add(LookJoined))) {
			t.Errorf("%s: it becomes %+v", name, d)
		} else if !fresh && (d.With != c.is.With || d.State != c.is.State || d.Sum != c.is.Sum) {
			t.Errorf("%s: it becomes %+v", name, d)
		}
		if d.SayAlone(noon); d.With != nil || d.Sum != nil || d.State != Held || !d.Due.Equal(noon) {
			t.Errorf("%s: said alone it is %+v", name, d)
		}
	}
}

// What became of a summary that another one says is what became of that one, over
// whichever channel.
func TestASummaryIsTakenWithTheOneThatSaysIt(t *testing.T) {
	t.Parallel()
	said := Delivery{ID: "mine", Kind: TellSummary, With: &Joined{Record: "r", Delivery: "line"}}
	also := []Joined{{Record: "o", Delivery: "mine", Sum: PastSum{Yen: 5}}, {Record: "x", Delivery: "y", Sum: PastSum{Yen: 6}}}
	later := noon.Add(time.Minute)
	of := func(id string, ch ChannelKind, state DeliveryState) Delivery {
		return Delivery{ID: id, Kind: TellSummary, Watcher: "w", Channel: ch, State: state, AcceptedAt: later}
	}
	for name, c := range map[string]struct {
		deliveries []Delivery
		worded     bool // as one that says these
		also       []Joined
		taken      bool
		waits      bool
	}{
		"it is not there":            {nil, false, nil, false, false},
		"it waits":                   {[]Delivery{of("line", LINE, Queued)}, false, nil, false, true},
		"worded, and waits":          {[]Delivery{of("line", LINE, Queued)}, true, also, false, true},
		"worded without this one":    {[]Delivery{of("line", LINE, Accepted)}, true, also[1:], false, false},
		"worded with another's":      {[]Delivery{of("line", LINE, Accepted)}, true, []Joined{{Record: "p", Delivery: "mine"}}, false, false},
		"worded with another of it":  {[]Delivery{of("line", LINE, Accepted)}, true, []Joined{{Record: "o", Delivery: "else"}}, false, false},
		"taken":                      {[]Delivery{of("line", LINE, Accepted)}, true, also, true, false},
		"failed":                     {[]Delivery{of("line", LINE, Undelivered)}, true, also, false, false},
		"failed, and waits by mail":  {[]Delivery{of("line", LINE, Undelivered), of("mail", Email, Queued)}, true, also, false, true},
		"failed, and taken by mail":  {[]Delivery{of("line", LINE, Undelivered), of("mail", Email, Accepted)}, true, also, true, false},
		"failed; another's is taken": {[]Delivery{of("line", LINE, Undelivered), {ID: "m", Kind: TellSummary, Watcher: "v", State: Accepted, AcceptedAt: later}, {ID: "n", Kind: TellAlert, Watcher: "w", State: Accepted, AcceptedAt: later}, {ID: "o", Kind: TellSummary, Seq: 1, Watcher: "w", State: Accepted, AcceptedAt: later}}, true, also, false, false},
	} {
		r := &Record{ID: "r", Deliveries: c.deliveries}
		if c.worded {
			r.Deliveries[0].Sum, r.Deliveries[0].Also = &PastSum{}, c.also
		}
		at, waits := r.SaidWith("o", &said)
		if at.Equal(later) != c.taken || at.IsZero() == c.taken || waits != c.waits {
			t.Errorf("%s: taken at %v, waits %v", name, at, waits)
		}
	}
	d := Delivery{Also: also}
	if d.Forget(); len(d.Also) != 2 || d.Also[0].Record != "o" || d.Also[1].Sum.Yen != 0 || also[0].Sum.Yen != 5 {
		t.Errorf("once taken it keeps %+v", d.Also)
	}
}
