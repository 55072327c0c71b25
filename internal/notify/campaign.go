package notify

import (
	"context"
	"errors"

	"kozamori/internal/queue"
	"kozamori/internal/radar"
	"kozamori/internal/store"
)

// campaigns tells a bank what it has not been told of its campaigns, those of each
// service in their order.
func (s *Stage) campaigns(ctx context.Context, c caller, m queue.Message, bank string) queue.Verdict {
	for {
		standing, err := s.Store.Standing(ctx, bank)
		if err != nil {
			return s.broken(m, "the campaigns of a bank cannot be read", err)
		}
		var untold *radar.ServiceStanding
		for i := range standing.Services {
			if standing.Services[i].Untold {
				untold = &standing.Services[i]
				break
			}
		}
		if untold == nil {
			return queue.Acknowledge
		}
		if v, done := s.campaign(ctx, c, m, bank, untold.ID); !done {
			return v
		}
	}
}

// campaign tells one change of a campaign; not done if the bank did not take it.
func (s *Stage) campaign(ctx context.Context, c caller, m queue.Message, bank, id string) (v queue.Verdict, done bool) {
	is, err := s.Store.Campaign(ctx, bank, id)
	if err != nil {
		return s.broken(m, "a campaign cannot be read", err), false
	}
	change := is.Untold()
	var postErr error
	if change != nil {
		body, err := is.CallbackBody(change)
		if err != nil {
			return queue.DeadLetter("callback cannot be written"), false
		}
		postErr = s.post(ctx, c, bank, "campaign", is.CallbackID(change), body)
	}
	now := s.Now()
	gaveUp := postErr != nil && now.Sub(change.At) >= s.BankGiveUpAfter
	switch {
	case postErr == nil || gaveUp:
	case errors.Is(postErr, errBusy):
		return queue.RetryAfter(bankDelay(m)), false
	case errors.Is(postErr, errDown):
		return queue.Acknowledge, false // the sweep queues it again
	default:
		s.Logger.Warn("a bank does not take a callback about a campaign yet", "bank", bank, "err", postErr)
		return queue.RetryAfter(bankWait(m, postErr)), false
	}
	// Without a change to tell this notes that there is none.
	_, err = s.Store.UpdateCampaign(ctx, bank, id, func(is *radar.Campaign) error {
		for i := range is.Changes {
			if x := &is.Changes[i]; change != nil && x.Seq == change.Seq {
				if gaveUp {
					x.GaveUpAt = now
				} else {
					x.ToldAt = now
				}
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return s.broken(m, "a campaign cannot be written", err), false
	}
	return v, true
}
