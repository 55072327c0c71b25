package bankapi

import (
	"context"
	"slices"
	"time"

	"kozamori/internal/radar"
	"kozamori/internal/store"
)

// callbacksOf is what callbacks are about.
type callbacksOf string

const (
	ofDisputes  callbacksOf = "disputes"
	ofFeed      callbacksOf = "feed"
	ofCampaigns callbacksOf = "campaigns"
)

// stateOf is how far a callback is, by when the bank took it and when it was given up.
func stateOf(told, gaveUp time.Time) callbackState {
	switch {
	case !told.IsZero():
		return callbackTaken
	case !gaveUp.IsZero():
		return callbackGivenUp
	}
	return callbackWaiting
}

// feedCallbacks are those about how the bank's feed is, as many as are kept of it, the
// newest first.
func (h *Handler) feedCallbacks(ctx context.Context, bank string) (out []callbackReply, err error) {
	is, err := h.Store.FeedHealth(ctx, bank)
	if err != nil {
		return nil, err
	}
	for _, n := range slices.Backward(is.News) {
		out = append(out, callbackReply{Webhook: n.CallbackID(bank), Type: n.Type, Seq: int(n.Seq), At: n.At.UTC(), State: stateOf(n.ToldAt, n.GaveUpAt), ToldAt: n.ToldAt.UTC(), GaveUpAt: n.GaveUpAt.UTC()})
	}
	return out, nil
}

// campaignCallbacks are those of the bank's latest campaigns, of each in the order of
// their numbers.
func (h *Handler) campaignCallbacks(ctx context.Context, bank string, limit int) (out []callbackReply, err error) {
	list, err := store.First(h.Store.Campaigns(ctx, bank), limit)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		for i := range c.Changes {
			x := &c.Changes[i]
			if !x.Own {
				continue // the bank's own doing, of which it is not told
			}
			kind := radar.TypeSuspected
			if x.State == radar.Ended {
				kind = radar.TypeEnded
			}
			out = append(out, callbackReply{Webhook: c.CallbackID(x), Type: kind, CampaignID: c.ID, Seq: x.Seq, At: x.At.UTC(), State: stateOf(x.ToldAt, x.GaveUpAt), ToldAt: x.ToldAt.UTC(), GaveUpAt: x.GaveUpAt.UTC()})
		}
	}
	return out, nil
}
