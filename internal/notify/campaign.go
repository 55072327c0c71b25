package notify

import (
	"context"
	"slices"
	"time"

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
		i := slices.IndexFunc(standing.Services, func(is radar.ServiceStanding) bool { return is.Untold })
		if i < 0 {
			return queue.Acknowledge
		}
		if v, told := s.campaign(ctx, c, m, bank, standing.Services[i].ID); !told {
			return v
		}
	}
}

// campaign tells one change of a campaign; not told if the bank did not take it.
func (s *Stage) campaign(ctx context.Context, c caller, m queue.Message, bank, id string) (v queue.Verdict, told bool) {
	is, err := s.Store.Campaign(ctx, bank, id)
	if err != nil {
		return s.broken(m, "a campaign cannot be read", err), false
	}
	change := is.Untold()
	if change == nil { // it stands as untold, and is told: that is noted
		if err := s.campaignTold(ctx, bank, id, func(*radar.Change) {}); err != nil {
			return s.broken(m, "a campaign cannot be written", err), false
		}
		return v, true
	}
	body, err := is.CallbackBody(change)
	if err != nil {
		return queue.DeadLetter("callback cannot be written"), false
	}
	seq := change.Seq
	return s.notice(ctx, c, m, bank, notice{about: "campaign", body: body, swept: true,
		is: store.Callback{ID: is.CallbackID(change), Type: change.Type(), At: change.At, Campaign: id, Seq: seq},
		note: func(now time.Time, gaveUp bool) error {
			return s.campaignTold(ctx, bank, id, func(x *radar.Change) {
				if x.Seq == seq {
					noted(&x.ToldAt, &x.GaveUpAt, now, gaveUp)
				}
			})
		}})
}

func (s *Stage) campaignTold(ctx context.Context, bank, id string, note func(*radar.Change)) error {
	_, err := s.Store.UpdateCampaign(ctx, bank, id, func(is *radar.Campaign) error {
		for i := range is.Changes {
			note(&is.Changes[i])
		}
		return nil
	})
	return ignoreNotFound(err)
}
