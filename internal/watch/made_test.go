package watch

import (
	"fmt"
	"testing"
	"time"
)

// A report that is made again is one report, of its later time, and the latest of
// so many are kept for so long.
func TestReportsOfAPerson(t *testing.T) {
	w := &Watcher{}
	says := func(at time.Time) (out string) {
		for _, m := range w.ReportsWithin(at) {
			out += fmt.Sprintf("%s@%v ", m.Dispute, m.At.Sub(noon))
		}
		return out
	}
	w.AddReport("a", noon)
	w.AddReport("b", noon.Add(time.Minute))
	w.AddReport("a", noon.Add(time.Hour))
	w.AddReport("late", noon.Add(time.Minute)) // it was made before the last one
	if got, want := says(noon.Add(time.Hour)), "b@1m0s a@1h0m0s "; got != want || len(w.Reports) != 2 || w.ReportedAs != "a" {
		t.Errorf("reports are %q, want %q; %d are kept, the last is %s", got, want, len(w.Reports), w.ReportedAs)
	}
	if got, want := says(noon.Add(ReportedFor+time.Minute)), "b@1m0s a@1h0m0s "; got != want {
		t.Errorf("as long as they count: %q", got)
	}
	if got, want := says(noon.Add(ReportedFor+time.Minute+1)), "a@1h0m0s "; got != want {
		t.Errorf("a moment later: %q", got)
	}
	for i := range keepReported + 5 {
		w.AddReport(fmt.Sprint(i), noon.Add(2*time.Hour+time.Duration(i)*time.Second))
	}
	if n := len(w.Reports); n != keepReported || w.Reports[0].Dispute != "5" {
		t.Errorf("%d reports are kept, from %s on", n, w.Reports[0].Dispute)
	}
}

// What a piece tells comes in the seconds after what the piece before it has told,
// or when that which it still has to tell does.
func TestAPieceFollowsTheOneBefore(t *testing.T) {
	told := func(state DeliveryState, at, after time.Duration) Delivery {
		d := Delivery{Watcher: "w", Channel: LINE, Kind: TellAlert, State: state, CreatedAt: noon.Add(at)}
		if after > 0 {
			d.After = noon.Add(after)
		}
		return d
	}
	for name, c := range map[string]struct {
		before []Delivery
		now    time.Duration
		want   time.Duration // 0 if it need not wait
	}{
		"nothing before":                   {nil, 0, 0},
		"told just now":                    {[]Delivery{told(Accepted, 0, 0)}, time.Second, GatherFor},
		"told a while ago":                 {[]Delivery{told(Accepted, 0, 0)}, GatherFor, 0},
		"told, and more waits":             {[]Delivery{told(Accepted, 0, 0), told(Queued, time.Second, 4*time.Second)}, 2 * time.Second, 4 * time.Second},
		"what waits could go by now":       {[]Delivery{told(Queued, time.Second, 4*time.Second)}, 4 * time.Second, 0},
		"it was not needed":                {[]Delivery{told(Cancelled, 0, 0)}, time.Second, 0},
		"another person was told":          {[]Delivery{{Watcher: "g", Channel: LINE, Kind: TellAlert, State: Accepted, CreatedAt: noon}}, time.Second, 0},
		"they were told by another way":    {[]Delivery{{Watcher: "w", Channel: Email, Kind: TellAlert, State: Accepted, CreatedAt: noon}}, time.Second, 0},
		"the clock was set back":           {[]Delivery{told(Accepted, 0, 0)}, -time.Hour, GatherFor - time.Hour},
		"they were told of the past alone": {[]Delivery{{Watcher: "w", Channel: LINE, Kind: TellSummary, State: Accepted, CreatedAt: noon}}, time.Second, 0},
	} {
		d := Delivery{Watcher: "w", Channel: LINE, Kind: TellAlert, State: Queued}
		d.Follow(&Record{Deliveries: c.before}, noon.Add(c.now))
		after, due := time.Time{}, time.Time{}
		if c.want != 0 {
			after = noon.Add(c.want)
			due = after.Add(LostAfter)
		}
		if !d.After.Equal(after) || !d.Due.Equal(due) {
			t.Errorf("%s: after %v, due %v", name, d.After.Sub(noon), d.Due.Sub(noon))
		}
	}
	later := noon.Add(time.Hour)
	d := Delivery{Watcher: "w", Channel: LINE, State: Queued, After: later}
	if d.Follow(&Record{Deliveries: []Delivery{told(Accepted, 0, 0)}}, noon); !d.After.Equal(later) {
		t.Errorf("what waits for longer goes at %v", d.After)
	}
	d = Delivery{Watcher: "w", Channel: LINE, State: Held}
	if d.Follow(&Record{Deliveries: []Delivery{told(Accepted, 0, 0)}}, noon); !d.After.IsZero() {
		t.Error("what is held waits for another reason")
	}
}

// Whether it is known what came back is asked of what came back alone.
func TestWhatMayStandCameBack(t *testing.T) {
	for name, c := range map[string]struct {
		r    Record
		want bool
	}{
		"nothing came back":               {Record{Amount: 5, Unsure: true}, false},
		"a yen, of which it is not known": {Record{Amount: 5, Returned: 1, Unsure: true}, true},
		"a yen, that is known":            {Record{Amount: 5, Returned: 1}, false},
		"all, of another name":            {Record{Amount: 5, Misnamed: true, UndoneAt: noon}, true},
		"all, before it was taken":        {Record{Amount: 5, Early: true, UndoneAt: noon}, true},
		"all, that is known":              {Record{Amount: 5, UndoneAt: noon}, false},
	} {
		r := c.r
		if got := r.MayStand(); got != c.want {
			t.Errorf("%s: may stand %v", name, got)
		}
		s := &Shown{Amount: r.Amount, Returned: r.Returned, Unsure: r.Unsure, Misnamed: r.Misnamed, Early: r.Early, UndoneAt: r.UndoneAt}
		if got := s.MayStand(); got != c.want {
			t.Errorf("%s: may stand as it was shown %v", name, got)
		}
	}
}
