package notify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	// roundsMost is how often what waits is looked for after a provider is back:
	// a process that did not know it yet may have parked something.
	roundsMost = 3
	roundPause = 5 * time.Second
	// perPiece is how many things one message releases. A function that released all
	// that waits would be stopped in the middle of 20,000, and begin again.
	perPiece = 50
	// releaseFor is for how long what waits is queued at once: a message is held back
	// no longer than queue.MostDelay.
	releaseFor = 10 * time.Minute
)

// release has what waits for a provider that is back queued, at the rate that the
// provider takes: the most urgent piece at once, and the others by messages of
// their own. What takes longer than releaseFor is left to another look.
func (s *Stage) release(ctx context.Context, m queue.Message, j watch.Job, b *store.Breaker) queue.Verdict {
	if j.Round > roundsMost && s.Now().Before(b.Releasing) {
		return queue.Acknowledge // sweep looks for what is left over
	}
	refs, err := s.Store.ToTell(ctx, parkedLanes, 1<<30)
	if err != nil {
		return s.broken(m, "what waits cannot be listed", err)
	}
	slices.SortStableFunc(refs, func(a, b store.DueRef) int {
		return cmp.Or(byLane(a.Lane, b.Lane), s.waitsSince(a).Compare(s.waitsSince(b)))
	})
	rate := s.rate(j.Provider)
	var jobs queue.Jobs
	n, takes := 0, time.Duration(0)
	for len(refs) > 0 && takes < releaseFor {
		k := 1 // one piece is of one lane
		for k < min(len(refs), perPiece, rate) && refs[k].Lane == refs[0].Lane {
			k++
		}
		takes = queue.Pace(n, rate)
		if piece := pieceOf(b, refs[:k]); n > 0 {
			jobs.Release(piece, takes)
		} else if err := s.releasePiece(ctx, piece); err != nil {
			return s.broken(m, "what waits longest cannot be queued", err)
		}
		n, refs = n+k, refs[k:]
	}
	switch j.Round++; {
	case len(refs) > 0:
		jobs.Probe(j.Provider, j.Round-1, takes+time.Second)
	case j.Round < roundsMost:
		jobs.Probe(j.Provider, j.Round, min(max(roundPause<<(2*j.Round), 2*takes), queue.MostDelay))
	}
	if n > 0 {
		b.Releasing = s.Now().Add(takes)
		err := s.Store.Write(ctx, store.PutBreaker(b))
		if _, lost := store.AsCondition(err); lost {
			return queue.Acknowledge // another release goes on, or it is down again
		}
		if err != nil {
			return s.broken(m, "breaker cannot be written", err)
		}
	}
	if err := jobs.Send(ctx, s.Queue); err != nil {
		return s.broken(m, "what waits cannot be queued", err)
	}
	return queue.Acknowledge
}

// rate is how many messages a second are released: what the provider takes, less a
// quarter for what comes meanwhile.
func (s *Stage) rate(provider string) int {
	ch, err := s.Channels.Get(watch.ChannelKind(provider)) // a bank's endpoint is none
	if err != nil || ch.PerSecond == 0 {
		return s.ReleaseRate
	}
	return max(1, ch.PerSecond*3/4)
}

// waitsSince is about since when something waits that is due at a time: see
// lookAgain. It is not read for that.
func (s *Stage) waitsSince(ref store.DueRef) time.Time {
	due := ref.Due()
	switch {
	case ref.Dispute != "":
		return due.Add(-s.BankGiveUpAfter)
	case due.Sub(s.Now()) > s.FallbackAfter:
		return due.Add(-s.GiveUpAfter)
	}
	return due.Add(-s.FallbackAfter)
}

// pieceOf is the job that releases what waits of these things for a provider.
func pieceOf(b *store.Breaker, refs []store.DueRef) watch.Job {
	j := watch.Job{Back: b.Provider, Since: b.Since}
	for _, ref := range refs {
		if ref.Record != "" {
			j.Records = append(j.Records, ref.Record)
		} else if strings.HasPrefix(b.Provider, bankProvider("")) {
			j.Disputes = append(j.Disputes, ref.Dispute)
		}
	}
	return j
}

// piece releases one. If the provider is down again, or was, the release after that
// does it.
func (s *Stage) piece(ctx context.Context, m queue.Message, j watch.Job) queue.Verdict {
	b, err := s.Store.Breaker(ctx, j.Back) // what this process remembers may be of before
	if err == nil && !b.Open && (j.Since.IsZero() || b.Since.Equal(j.Since)) {
		err = s.releasePiece(ctx, j)
	}
	if err != nil {
		return s.broken(m, "a piece of what waits cannot be queued", err)
	}
	return queue.Acknowledge
}

func (s *Stage) releasePiece(ctx context.Context, j watch.Job) error {
	var refs []store.DueRef
	for _, id := range j.Records {
		refs = append(refs, store.DueRef{Record: id})
	}
	for _, id := range j.Disputes {
		refs = append(refs, store.DueRef{Dispute: id})
	}
	found, err := s.parkedOf(ctx, j.Back, refs)
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b waits) int { return a.since.Compare(b.since) })
	var jobs queue.Jobs
	for _, w := range found {
		w.queue(&jobs)
	}
	return jobs.Send(ctx, s.Queue)
}

// byLane orders the most urgent first.
func byLane(a, b watch.Lane) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}
