package notify

import (
	"context"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// feed tells a bank what changed in how its feed is, oldest first, and then what
// stands out of it. What it does not take is told again until it has been too long; the sweep queues it again, too.
func (s *Stage) feed(ctx context.Context, c caller, m queue.Message, bank string) queue.Verdict {
	for {
		h, err := s.Store.FeedHealth(ctx, bank)
		if err != nil {
			return s.broken(m, "the health of a feed cannot be read", err)
		}
		n := h.Untold()
		if n == nil {
			return s.campaigns(ctx, c, m, bank)
		}
		body, err := n.CallbackBody(bank)
		if err != nil {
			return queue.DeadLetter("callback cannot be written")
		}
		seq := n.Seq
		v, told := s.notice(ctx, c, m, bank, notice{about: "feed", body: body, swept: true,
			is:   store.Callback{ID: n.CallbackID(bank), Type: n.Type, At: n.At, Seq: int(seq)},
			note: func(now time.Time, gaveUp bool) error { return s.fedBack(ctx, bank, seq, now, gaveUp) }})
		if !told {
			return v
		}
	}
}

// fedBack notes what became of news about a bank's feed.
func (s *Stage) fedBack(ctx context.Context, bank string, seq int64, now time.Time, gaveUp bool) error {
	return store.Retry(ctx, func() error {
		h, err := s.Store.FeedHealth(ctx, bank)
		if err != nil {
			return err
		}
		for i := range h.News {
			if n := &h.News[i]; n.Seq == seq {
				noted(&n.ToldAt, &n.GaveUpAt, now, gaveUp)
			}
		}
		return s.Store.Write(ctx, store.PutFeedHealth(h))
	})
}

// noted notes when a bank took something, or when it was given up.
func noted(told, given *time.Time, now time.Time, gaveUp bool) {
	if gaveUp {
		told = given
	}
	*told = now
}
