package watch

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

func TestMessagesThatFollowEachOtherGather(t *testing.T) {
	w := reader("w", LINE)
	for name, c := range map[string]struct {
		after, sent, apart time.Duration // of the first message; the second comes so long after noon
		cancelled, held    bool
		want               time.Duration // 0: at once
	}{
		"one second later":              {apart: time.Second, want: GatherFor},
		"once five seconds are over":    {apart: GatherFor},
		"the first was accepted late":   {apart: GatherFor + time.Second, sent: 2 * time.Second, want: GatherFor + 2*time.Second},
		"the first itself had gathered": {apart: 6 * time.Second, after: 3 * time.Second, want: GatherFor + 3*time.Second},
		"the first was cancelled":       {apart: time.Second, cancelled: true},
		"the clock was set back by 4 m": {apart: -4 * time.Minute, want: GatherFor - 4*time.Minute},
		"it is held for the morning":    {apart: time.Second, held: true},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		d := bring(t, r, w, LINE, noon)
		if !d.After.IsZero() || d.State != Queued || !d.Due.Equal(noon.Add(LostAfter)) {
			t.Fatalf("%s: the first is %s, waits until %s, due at %s", name, d.State, d.After, d.Due)
		}
		if d.State = Accepted; c.cancelled {
			d.State = Cancelled
		}
		if c.after > 0 {
			d.After = noon.Add(c.after)
		}
		if c.sent > 0 {
			d.AcceptedAt = noon.Add(c.sent)
		}
		reads := *w
		if c.held {
			reads.Rules.Quiet = &Quiet{From: 11 * 60, To: 13 * 60}
		}
		r.Join(alerted("a", 7, noon.Add(1), ServiceDebit))
		now := noon.Add(c.apart)
		next := bring(t, r, &reads, LINE, now)
		from := now
		if c.want != 0 {
			from = noon.Add(c.want)
		}
		switch {
		case c.held:
			if next.State != Held || !next.After.IsZero() || !next.Due.Equal(time.Date(2026, 11, 2, 13, 0, 0, 0, JST)) {
				t.Errorf("%s: %s, after %s, due %s", name, next.State, next.After, next.Due)
			}
		case next.After.IsZero() != (c.want == 0) || c.want != 0 && !next.After.Equal(from) || !next.Due.Equal(from.Add(LostAfter)):
			t.Errorf("%s: after %s, due %s, want %s", name, next.After, next.Due, from)
		}
	}
	// Another channel, another reader and other kinds of messages hold up nothing.
	r := alerted("r", 100, noon, ServiceDebit)
	r.Deliveries = []Delivery{{Kind: TellMore, Watcher: "w", Channel: Email, State: Accepted, CreatedAt: noon}, {Kind: TellMore, Watcher: "x", Channel: LINE, State: Accepted, CreatedAt: noon},
		{Kind: TellDispute, Watcher: "w", Channel: LINE, State: Accepted, CreatedAt: noon}}
	if d := bring(t, r, w, LINE, noon); !d.After.IsZero() {
		t.Errorf("it waits until %s for what did not go over its channel", d.After)
	}
}

func TestAHeldMessageIsSentOnceItIsUrgent(t *testing.T) {
	w := reader("w", LINE)
	w.Rules.Quiet = &Quiet{From: 11 * 60, To: 13 * 60}
	start := func() (*Record, *Delivery) {
		r := alerted("r", 100, noon, ServiceDebit)
		d := bring(t, r, w, LINE, noon)
		if d.State != Held {
			t.Fatalf("at night it is %s", d.State)
		}
		return r, d
	}
	later := noon.Add(time.Minute)
	r, _ := start()
	r.Join(alerted("a", 7, later, ServiceDebit))
	if d, ok := r.Bring(w, LINE, later); ok || d != nil || len(r.Deliveries) != 1 || r.Deliveries[0].State != Held {
		t.Errorf("what is no more urgent goes with what waits: %v, %+v", d, r.Deliveries)
	}
	r.Join(alerted("b", 7, later, AfterNewLink))
	if d, ok := r.Bring(w, LINE, later); !ok || d.State != Queued || !d.Due.Equal(later.Add(LostAfter)) || len(r.Deliveries) != 1 {
		t.Errorf("critical, it is %v %+v", ok, r.Deliveries)
	}
	r, _ = start()
	r.KeepPart(r.Clone())
	r.UndoneAt, r.Notices[0].Spared = later, true
	if d, ok := r.Bring(w, LINE, later); ok || d != nil || r.Deliveries[0].State != Cancelled || r.Deliveries[0].Problem == "" {
		t.Errorf("with nothing left to tell it is %+v", r.Deliveries[0])
	}
	r, _ = start()
	r.UndoneAt, r.Notices[0].Spared = later, true
	if d, ok := r.Bring(reader("w", LINE), LINE, later); ok || d != nil || r.Deliveries[0].State != Cancelled {
		t.Errorf("in the morning, with nothing left to tell, it is %+v", r.Deliveries[0])
	}
	for _, state := range []DeliveryState{Queued, Sending} { // it is on its way: what is new follows it
		r, d := start()
		d.State = state
		r.Join(alerted("b", 7, later, AfterNewLink))
		if d, ok := r.Bring(w, LINE, later); ok || d != nil || len(r.Deliveries) != 1 {
			t.Errorf("while one is %s another is made", state)
		}
	}
	r, _ = start()
	w.Rules.Quiet = nil // the night ended, or the setting
	if d, ok := r.Bring(w, LINE, later); !ok || d.State != Queued {
		t.Errorf("at the end of quiet hours it is %v", d)
	}
}

func TestAMessageThatWasNeverSentSaysWhatIsTrueNow(t *testing.T) {
	w := reader("w", LINE)
	r := alerted("r", 100, noon, ServiceDebit)
	d := bring(t, r, w, LINE, noon)
	if r.Renew(d) || d.Take != 0 {
		t.Errorf("it said what is true, and is decided again: %+v", d)
	}
	a := alerted("a", 7, noon.Add(1), Burst)
	r.Join(a)
	if !r.Renew(d) || d.Take != 1 || d.Kind != TellMore || len(d.Says) != 2 {
		t.Errorf("one more alert: %+v", d)
	}
	if r.Renew(d) || d.Take != 1 {
		t.Errorf("said already: %+v", d)
	}
	change(r, a, func(a *Record) { a.Amount = 9 }) // the message kept 7 yen
	d, _ = r.Delivery(d.ID)
	if !r.Renew(d) || d.Take != 2 || d.Says[1].Is != nil {
		t.Errorf("another amount: %+v", d)
	}
	a.UndoneAt, a.Notices[0].Spared = noon.Add(time.Hour), true
	r.UndoneAt, r.Notices[0].Spared = noon.Add(time.Hour), true
	r.Join(a)
	if !r.Renew(d) || d.State != Cancelled || d.Problem == "" || d.Take != 2 {
		t.Errorf("nothing left: %+v", d)
	}
	for name, d := range map[string]*Delivery{
		"one that the record has not": {ID: "none", Kind: TellAlert, Watcher: "w", Channel: LINE, State: Queued},
		"of a dispute":                {ID: "d", Kind: TellDispute, Watcher: "w", Channel: LINE, State: Queued},
		"to a person of no notice":    {ID: "n", Kind: TellAlert, Watcher: "x", Channel: LINE, State: Queued},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		if name != "one that the record has not" {
			r.Deliveries = []Delivery{*d}
		}
		if r.Renew(d) || d.State != Queued {
			t.Errorf("%s: %+v", name, d)
		}
	}
	// In an incident of several a person without a notice on the lead may be told of another part.
	r = alerted("r", 100, noon, ServiceDebit)
	r.Notices = nil
	b := alerted("b", 7, noon.Add(1), Burst)
	r.Join(b)
	d = bring(t, r, w, LINE, noon)
	b.Notices[0].Spared, b.UndoneAt = true, noon.Add(time.Hour)
	r.Join(b)
	if !r.Renew(d) || d.State != Cancelled {
		t.Errorf("nothing is left of a part, and it is %+v", d)
	}
}

func TestTheSumOfWhatAPersonWasTold(t *testing.T) {
	w := reader("w", LINE)
	r := alerted("r", 100, noon, ServiceDebit)
	b := alerted("b", 30, noon.Add(time.Hour), Burst)
	early := alerted("e", 7, noon.Add(-time.Hour), Burst)
	link := &Record{ID: "l", Kind: LinkRegistered, Service: "docomo", Complete: true, OccurredAt: noon.Add(-2 * time.Hour), Notices: []Notice{{Watcher: "w", Reasons: Because(NewLink)}}}
	sum := func(d *Delivery, debits int, yen int64, first, last time.Time) {
		t.Helper()
		n, y, from, to := r.SumTold(d)
		if n != debits || y != yen || !from.Equal(first) || !to.Equal(last) {
			t.Errorf("%d debits of %d yen from %s to %s, want %d of %d from %s to %s", n, y, from, to, debits, yen, first, last)
		}
	}
	bring(t, r, w, LINE, noon).State = Accepted
	for _, m := range []*Record{b, early, link} {
		r.Join(m)
	}
	bring(t, r, w, LINE, noon).State = Accepted
	sum(&r.Deliveries[0], 1, 100, noon, noon)
	sum(&r.Deliveries[1], 3, 137, noon.Add(-time.Hour), noon.Add(time.Hour))
	change(r, b, func(b *Record) { b.Returned = 10 })
	sum(&r.Deliveries[1], 3, 137, noon.Add(-time.Hour), noon.Add(time.Hour)) // as it said them
	bring(t, r, w, LINE, noon).State = Accepted
	sum(&r.Deliveries[2], 3, 127, noon.Add(-time.Hour), noon.Add(time.Hour))
	change(r, b, func(b *Record) { b.UndoneAt = noon.Add(2 * time.Hour) })
	bring(t, r, w, LINE, noon).State = Accepted
	sum(&r.Deliveries[3], 2, 107, noon.Add(-time.Hour), noon) // what was undone took nothing
	sum(&Delivery{ID: r.Deliveries[2].ID, Watcher: "x", Channel: LINE}, 0, 0, time.Time{}, time.Time{})
}

// Whatever happens in whatever order, each change of an incident that matters is
// told once, by at most one message at a time, and in the end all of it is.
func TestEachChangeIsToldOnce(t *testing.T) {
	type facts struct {
		yen    int64
		undone bool
	}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 13))
		w, now := reader("w", LINE), noon
		lead := alerted("0", 100, noon, ServiceDebit)
		parts := []*Record{lead}
		told := map[string]facts{}
		ring := func() {
			d, ok := lead.Bring(w, LINE, now)
			var news int
			for _, p := range parts {
				if was, known := told[p.ID]; !known || p.Amount > was.yen || p.UndoneAt.IsZero() == was.undone {
					news++
				}
			}
			if waits, _ := lead.Waiting("w", LINE); ok != (news > 0) && (waits == nil || ok) {
				t.Fatalf("seed %d: %d changes are untold, and a message is made: %v", seed, news, ok)
			}
			if !ok {
				return
			}
			if said := lead.SaidBy(d); len(said) != news {
				t.Fatalf("seed %d: a message says %d things of %d", seed, len(said), news)
			}
			d.State = Accepted
			for _, s := range lead.SaidBy(d) {
				p, _ := lead.Part(s.Record)
				was, known := told[s.Record]
				if known != (s.Was != nil) || known && s.Was.Amount != was.yen || s.Is != nil {
					t.Fatalf("seed %d: %s is said to have been %+v, and was %+v (told %v)", seed, s.Record, s.Was, was, known)
				}
				told[s.Record] = facts{p.Amount, !p.UndoneAt.IsZero()}
			}
			var stands int64
			for _, p := range parts {
				if _, known := told[p.ID]; known {
					stands += p.Kept()
				}
			}
			if _, yen, _, _ := lead.SumTold(d); yen != stands {
				t.Fatalf("seed %d: a message sums up %d yen of %d", seed, yen, stands)
			}
		}
		ring()
		for range 1 + r.IntN(25) {
			now = now.Add(time.Duration(r.IntN(9)) * time.Second)
			p := parts[r.IntN(len(parts))]
			switch r.IntN(7) {
			case 0:
				p = alerted(strconv.Itoa(len(parts)), int64(1+r.IntN(5)), now, Burst)
				parts = append(parts, p)
				lead.Join(p)
			case 1:
				change(lead, p, func(p *Record) { p.Amount += int64(1 + r.IntN(5)) })
			case 2:
				change(lead, p, func(p *Record) { p.UndoneAt = now })
			case 3:
				change(lead, p, func(p *Record) { p.UndoneAt = time.Time{} })
			case 4:
				change(lead, p, func(p *Record) { p.Descriptor += "x" }) // matters to no one
			case 5:
				change(lead, p, func(p *Record) { p.Amount = max(1, p.Amount-int64(1+r.IntN(5))) }) // nor does less
			default:
				ring()
			}
		}
		ring()
		ring() // nothing is left
		if left := lead.Untold("w", LINE, len(lead.Deliveries)); left != nil {
			t.Fatalf("seed %d: left is %+v", seed, left)
		}
	}
}
