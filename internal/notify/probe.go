package notify

import (
	"context"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	// pingEvery is how often a provider that is down is asked whether it answers,
	// if it can be asked without sending, and pingWaits is how long an answer may
	// take: what waits goes out within two seconds after it is back.
	pingEvery, pingWaits = time.Second, 700 * time.Millisecond
	// lookRound is the round of a look that is only at a provider that is down.
	lookRound = -1
)

// probeIn queues the next look at a provider. If that fails sweep does it.
func (s *Stage) probeIn(ctx context.Context, provider string, round int, in time.Duration) {
	var jobs queue.Jobs
	jobs.Probe(provider, round, in)
	if err := jobs.Send(ctx, s.Queue); err != nil {
		s.Logger.ErrorContext(ctx, "cannot queue a probe yet", "provider", provider, "err", err)
	}
}

// provider looks after one that was down: it is probed if it is so still, and
// what waits for it is released if it is back.
func (s *Stage) provider(ctx context.Context, c caller, m queue.Message, j watch.Job) queue.Verdict {
	b, err := s.Store.Breaker(ctx, j.Provider)
	if err != nil {
		return s.broken(m, "breaker cannot be read", err)
	}
	s.know(j.Provider, b.Open)
	switch {
	case !b.Open && j.Round == lookRound:
		return queue.Acknowledge
	case !b.Open:
		return s.release(ctx, m, j, b)
	}
	reset := s.reset(b)
	if wait := min(b.Next.Sub(s.Now()), BankMost); wait > 0 {
		if reset {
			err = s.Store.Write(ctx, store.PutBreaker(b))
		}
		if _, lost := store.AsCondition(err); err != nil && !lost {
			return s.broken(m, "breaker cannot be written", err)
		}
		return queue.RetryAfter(wait)
	}
	p := s.plan(c.hard, b)
	if err := s.Store.Write(ctx, store.PutBreaker(b)); err != nil {
		if _, lost := store.AsCondition(err); lost {
			return queue.Acknowledge // another look goes on
		}
		return s.broken(m, "breaker cannot be written", err)
	}
	if p.asks { // before the message, which may hang
		s.probeIn(ctx, j.Provider, lookRound, b.Next.Sub(s.Now()))
	}
	if !p.send {
		return queue.Acknowledge
	}
	jobs, err := s.parked(ctx, j.Provider, probeAmong)
	if err != nil {
		return s.broken(m, "what waits cannot be listed", err)
	}
	if len(jobs) == 0 {
		s.answered(ctx, j.Provider) // the next message finds out
		return queue.Acknowledge
	}
	first := jobs[p.nth%len(jobs)]
	v := s.one(caller{hard: c.hard, soft: c.hard, probe: true}, m, first.Job, &known{store: s.Store, at: s.Now(), records: map[string]*cached{}})
	if !p.asks && s.isDown(ctx, j.Provider) {
		s.probeIn(ctx, j.Provider, 0, b.Next.Sub(s.Now()))
	}
	if v.DeadLetter != "" {
		return v // what it was for has no message of its own
	}
	return queue.Acknowledge
}

// reset tells whether the clock was set back since a provider was last looked at, and
// has its times begin again: else it would not be looked at for as long.
func (s *Stage) reset(b *store.Breaker) bool {
	now, last := s.Now(), b.Since
	if b.Probed.After(last) {
		last = b.Probed
	}
	if !setBack(last, now) {
		return false
	}
	b.Next = now.Add(min(b.Next.Sub(last), BankMost))
	b.Since, b.Probed = now, now
	return true
}

// clocksDiffer is by how much the clocks of two processes may.
const clocksDiffer = 2 * time.Second

// setBack tells whether the clock was, after a time that was now once.
func setBack(then, now time.Time) bool { return then.Sub(now) > clocksDiffer }

// probe says how a provider that is down is looked at.
type probe struct {
	asks bool // it can be asked without sending, and was
	send bool // a message is sent now
	nth  int  // which of those that wait, the most urgent being 0
}

// plan decides how a provider that is down is looked at, and notes in the
// breaker when it is next. One that answers gets a message at once; if messages
// fail although it answers, or it answers now and then, they come as seldom as
// those to a provider that cannot be asked.
func (s *Stage) plan(ctx context.Context, b *store.Breaker) (p probe) {
	now := s.Now()
	pause := func(n int) time.Duration { return min(probeFirst<<min(n, 10), probeMost) }
	ch, _ := s.Channels.Get(watch.ChannelKind(b.Provider)) // a bank's endpoint is none
	pinger, asks := ch.Sender.(channel.Pinger)
	b.Next = now.Add(pingEvery) // from before the answer
	since := now.Sub(b.Probed).Abs()
	answers := false
	if asks {
		ctx, cancel := context.WithTimeout(ctx, pingWaits)
		answers = pinger.Ping(ctx)
		cancel()
	}
	switch {
	case answers && (b.Answers == 0 || since >= pause(b.Answers)):
		b.Answers++
		p.nth = b.Answers // not the most urgent one: a call for that may hang still
	case asks && since < pause(b.Probes):
		return probe{asks: true}
	case b.Probes%2 == 0: // in case that the most urgent one cannot be sent at all
		p.nth = b.Probes / 2
	}
	b.Probes++
	b.Probed = now
	if !asks {
		b.Next = now.Add(pause(b.Probes))
	}
	p.asks, p.send = asks, true
	return p
}
