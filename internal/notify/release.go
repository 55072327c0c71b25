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
)

// release has what waits for a provider that is back queued, at the rate that the
// provider takes: the most urgent piece at once, and the others by messages of
// their own.
func (s *Stage) release(ctx context.Context, m queue.Message, j watch.Job) queue.Verdict {
	refs, err := s.Store.ToTell(ctx, parkedLanes, 1<<30)
	if err != nil {
		return s.broken(m, "what waits cannot be listed", err)
	}
	slices.SortStableFunc(refs, func(a, b store.DueRef) int {
		return cmp.Or(byLane(a.Lane, b.Lane), s.waitsSince(a).Compare(s.waitsSince(b)))
	})
	var jobs queue.Jobs
	n, takes := 0, time.Duration(0)
	for len(refs) > 0 {
		k := 1 // one piece is of one lane
		for k < min(len(refs), perPiece) && refs[k].Lane == refs[0].Lane {
			k++
		}
		takes = queue.Pace(n, s.ReleaseRate)
		if piece := pieceOf(j.Provider, refs[:k]); n > 0 {
			jobs.Release(piece, takes)
		} else if err := s.releasePiece(ctx, piece); err != nil {
			return s.broken(m, "what waits longest cannot be queued", err)
		}
		n, refs = n+k, refs[k:]
	}
	if j.Round++; j.Round < roundsMost {
		jobs.Probe(j.Provider, j.Round, min(max(roundPause<<(2*j.Round), 2*takes), queue.MostDelay))
	}
	if err := jobs.Send(ctx, s.Queue); err != nil {
		return s.broken(m, "what waits cannot be queued", err)
	}
	return queue.Acknowledge
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
func pieceOf(provider string, refs []store.DueRef) watch.Job {
	j := watch.Job{Back: provider}
	for _, ref := range refs {
		if ref.Record != "" {
			j.Records = append(j.Records, ref.Record)
		} else if strings.HasPrefix(provider, bankProvider("")) {
			j.Disputes = append(j.Disputes, ref.Dispute)
		}
	}
	return j
}

// piece releases one. If the provider is down again, the next release does it.
func (s *Stage) piece(ctx context.Context, m queue.Message, j watch.Job) queue.Verdict {
	b, err := s.Store.Breaker(ctx, j.Back) // what this process remembers may be of before
	if err == nil && !b.Open {
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
