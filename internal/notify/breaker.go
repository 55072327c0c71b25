package notify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	// A provider is down when so many calls in a row failed, for several people
	// (or disputes): one of them for whom it fails says nothing of it, unless what
	// failed is common to all. One that can be asked is down as soon as it does not
	// answer: at night only one person may wait for it.
	failuresInRow = 5
	fromAtLeast   = 3
	askedAfter    = 2 // failures in a row
	// probeFirst and probeMost bound the pauses between the probes of a provider
	// that is down, which double: in an hour it is called about 120 times.
	probeFirst, probeMost = time.Second, 30 * time.Second
	// openLife and closedLife are how long what was read of a breaker is believed.
	openLife, closedLife = time.Second, 5 * time.Second
)

// LogDown is what is logged when a provider is found to be down, and LogBack
// when it is back.
const (
	LogDown = "a provider is down: what is for it waits"
	LogBack = "a provider is back: what waits for it is sent"
)

// circuit is what this process knows of a provider.
type circuit struct {
	failed map[string]bool // for whom, since it last answered
	row    int
	open   bool
	read   time.Time
	asked  time.Time // when it was last asked whether it answers

	reading sync.Mutex // so that a batch reads it once
}

// known tells whether the provider is down, if that was read not long ago.
func (c *circuit) known(now time.Time) (open, ok bool) {
	life := closedLife
	if c.open {
		life = openLife
	}
	return c.open, !c.read.IsZero() && now.Sub(c.read).Abs() < life
}

// circuits are those of all providers.
type circuits struct {
	mu sync.Mutex
	of map[string]*circuit
}

func (c *circuits) get(provider string) *circuit {
	if c.of == nil {
		c.of = map[string]*circuit{}
	}
	if c.of[provider] == nil {
		c.of[provider] = &circuit{}
	}
	return c.of[provider]
}

// isDown tells whether a provider's breaker is open. What cannot be read is
// taken for closed.
func (s *Stage) isDown(ctx context.Context, provider string) bool {
	look := func() (c *circuit, open, ok bool) {
		s.circuits.mu.Lock()
		defer s.circuits.mu.Unlock()
		c = s.circuits.get(provider)
		open, ok = c.known(s.Now())
		return c, open, ok
	}
	c, open, ok := look()
	if ok {
		return open
	}
	c.reading.Lock()
	defer c.reading.Unlock()
	if _, open, ok = look(); ok {
		return open
	}
	b, err := s.Store.Breaker(ctx, provider)
	if err != nil {
		s.Logger.WarnContext(ctx, "cannot read a breaker; it is taken for closed", "provider", provider, "err", err)
		return false
	}
	s.know(provider, b.Open)
	return b.Open
}

// know notes whether a breaker is open.
func (s *Stage) know(provider string, open bool) {
	s.circuits.mu.Lock()
	defer s.circuits.mu.Unlock()
	c := s.circuits.get(provider)
	c.open, c.read = open, s.Now()
}

// answered notes that a provider works. It closes the breaker if that is open.
func (s *Stage) answered(ctx context.Context, provider string) {
	s.circuits.mu.Lock()
	c := s.circuits.get(provider)
	c.failed, c.row = nil, 0
	open := c.open
	s.circuits.mu.Unlock()
	if !open {
		return
	}
	b, err := s.Store.Breaker(ctx, provider)
	if err == nil && b.Open {
		b.Open, b.Since, b.Next = false, s.Now(), time.Time{}
		if err = s.Store.Write(ctx, store.PutBreaker(b)); err == nil {
			s.Logger.WarnContext(ctx, LogBack, "provider", provider, "probes", b.Probes)
			s.probeIn(ctx, provider, 0, 0)
		}
	}
	if _, lost := store.AsCondition(err); err != nil && !lost {
		s.Logger.ErrorContext(ctx, "cannot close a breaker; the next probe does", "provider", provider, "err", err)
		return
	}
	s.know(provider, false)
}

// failed notes that a call to a provider failed, and opens its breaker when it
// is down for all. common says that what failed is none of whom alone. The next
// probe is not made before the time that the provider asked for, if it did.
func (s *Stage) failed(ctx context.Context, provider, whom string, common bool, asked time.Duration) {
	s.circuits.mu.Lock()
	c := s.circuits.get(provider)
	if c.failed == nil {
		c.failed = map[string]bool{}
	}
	if c.row++; len(c.failed) < fromAtLeast {
		c.failed[whom] = true
	}
	open, down := c.open, c.row >= failuresInRow && (common || len(c.failed) >= fromAtLeast)
	asks := !open && !down && c.row >= askedAfter && s.Now().Sub(c.asked).Abs() >= pingEvery
	if asks {
		c.asked = s.Now()
	}
	s.circuits.mu.Unlock()
	if asks {
		down = s.mute(ctx, provider)
	}
	if open && asked == 0 || !open && !down {
		return
	}
	b, err := s.Store.Breaker(ctx, provider)
	switch next := s.Now().Add(max(asked, probeFirst)); {
	case err != nil:
	case !b.Open && !open:
		b.Open, b.Since, b.Next = true, s.Now(), next
		b.Probes, b.Probed, b.Answers, b.Releasing = 0, s.Now(), 0, time.Time{}
		if err = s.Store.Write(ctx, store.PutBreaker(b)); err == nil {
			s.Logger.ErrorContext(ctx, LogDown, "provider", provider)
			s.probeIn(ctx, provider, 0, probeFirst)
		}
	case b.Open && next.After(b.Next):
		b.Next = next
		err = s.Store.Write(ctx, store.PutBreaker(b))
	}
	_, lost := store.AsCondition(err)
	if err != nil && !lost {
		s.Logger.ErrorContext(ctx, "cannot open a breaker", "provider", provider, "err", err)
		return
	}
	s.know(provider, lost || b.Open)
}

// mute tells whether a provider can be asked whether it answers, and does not.
func (s *Stage) mute(ctx context.Context, provider string) bool {
	ch, _ := s.Channels.Get(watch.ChannelKind(provider)) // a bank's endpoint is none
	p, ok := ch.Sender.(channel.Pinger)
	if !ok {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, pingWaits)
	defer cancel()
	return !p.Ping(ctx)
}

// waits is something that is parked.
type waits struct {
	watch.Job
	lane  watch.Lane
	since time.Time
	over  bool // it is given up with its next try, which is to be its own message's
	queue func(*queue.Jobs)
}

// probeAmong is among how many of what waits a probe chooses.
const probeAmong = 8

// readParked is how many parked records are read at a time.
const readParked = 100

// parkedLanes are those of what waits for a provider. What an older version
// wrote since has no lane.
var parkedLanes = []watch.Lane{watch.LaneCritical, watch.LaneLost, watch.LaneRest}

// parked lists what waits for a provider, critical first, then the oldest first, until
// it has found so many. What is over is left to the sweep.
func (s *Stage) parked(ctx context.Context, provider string, limit int) ([]waits, error) {
	for _, each := range []int{readParked, 1 << 30} { // all of it is much to read at each probe
		refs, err := s.Store.ToTell(ctx, parkedLanes, each)
		if err != nil {
			return nil, err
		}
		if out, err := s.parkedAmong(ctx, provider, refs, limit); err != nil || len(out) > 0 {
			return out, err
		}
	}
	return nil, nil
}

// parkedAmong is what of these things waits for a provider, up to a limit.
func (s *Stage) parkedAmong(ctx context.Context, provider string, refs []store.DueRef, limit int) ([]waits, error) {
	var out []waits
	for some := range slices.Chunk(refs, readParked) {
		if len(out) >= limit {
			break
		}
		found, err := s.parkedOf(ctx, provider, some)
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(found, func(w waits) bool { return w.over })...)
	}
	slices.SortStableFunc(out, func(a, b waits) int { return cmp.Or(byLane(a.lane, b.lane), a.since.Compare(b.since)) })
	return out[:min(len(out), limit)], nil
}

// parkedOf is what of these things waits for a provider.
func (s *Stage) parkedOf(ctx context.Context, provider string, refs []store.DueRef) ([]waits, error) {
	var out []waits
	var ids []string
	lanes := map[string]watch.Lane{}
	bank, ofBank := strings.CutPrefix(provider, bankProvider(""))
	for _, ref := range refs {
		switch {
		case ref.Record != "":
			ids = append(ids, ref.Record)
			lanes[ref.Record] = ref.Lane
		case ref.Dispute != "" && ofBank:
			d, err := s.Store.Dispute(ctx, ref.Dispute)
			if err != nil {
				s.Logger.WarnContext(ctx, "a dispute that waits cannot be read", "dispute", ref.Dispute, "err", err)
				continue
			}
			if d.Parked && d.Account.Bank == bank {
				out = append(out, waits{Job: watch.Job{Dispute: d.ID}, lane: ref.Lane, since: d.AnsweredAt, over: !d.Due.After(s.Now()),
					queue: func(jobs *queue.Jobs) { jobs.TellBank(d) }})
			}
		}
	}
	records, err := s.Store.Records(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		r := records[id]
		if r == nil {
			continue
		}
		for i := range r.Deliveries {
			d := &r.Deliveries[i]
			if d.Parked && d.State == watch.Queued && providerOf(r, d) == provider {
				out = append(out, waits{Job: watch.Job{Record: id, Delivery: d.ID, Again: true}, lane: lanes[id], since: d.CreatedAt, over: !begun(d).Add(s.givesUpAfter(d)).After(s.Now()),
					queue: func(jobs *queue.Jobs) { jobs.DeliverAgain(r, d) }})
			}
		}
	}
	return out, nil
}

// givesUpAfter is how long a delivery is tried.
func (s *Stage) givesUpAfter(d *watch.Delivery) time.Duration {
	if d.Kind == watch.TellUnreachable {
		return s.BankGiveUpAfter
	}
	return s.GiveUpAfter
}

// bankProvider names a bank's endpoint among the providers.
func bankProvider(bank string) string { return string(watch.Bank) + "." + bank }

// providerOf is who carries a delivery.
func providerOf(r *watch.Record, d *watch.Delivery) string {
	if d.Kind == watch.TellUnreachable {
		return bankProvider(r.Account.Bank)
	}
	return string(d.Channel)
}
