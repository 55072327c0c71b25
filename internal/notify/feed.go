package notify

import (
	"context"
	"errors"

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
		seq := n.Seq
		body, err := n.CallbackBody(bank)
		if err != nil {
			return queue.DeadLetter("callback cannot be written")
		}
		postErr := s.post(ctx, c, bank, "feed", n.CallbackID(bank), body)
		now := s.Now()
		gaveUp := postErr != nil && now.Sub(n.At) >= s.BankGiveUpAfter
		switch {
		case postErr == nil || gaveUp:
		case errors.Is(postErr, errBusy):
			return queue.RetryAfter(bankDelay(m))
		case errors.Is(postErr, errDown):
			return queue.Acknowledge // the sweep queues it again
		default:
			s.Logger.Warn("a bank does not take a callback about its feed yet", "bank", bank, "err", postErr)
			return queue.RetryAfter(bankWait(m, postErr))
		}
		err = store.Retry(ctx, func() error {
			h, err := s.Store.FeedHealth(ctx, bank)
			if err != nil {
				return err
			}
			for i := range h.News {
				if n := &h.News[i]; n.Seq == seq && gaveUp {
					n.GaveUpAt = now
				} else if n.Seq == seq {
					n.ToldAt = now
				}
			}
			return s.Store.Write(ctx, store.PutFeedHealth(h))
		})
		if err != nil {
			return s.broken(m, "the health of a feed cannot be written", err)
		}
	}
}
