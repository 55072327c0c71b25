package bankapi

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/store"
)

// callbacksOf is what callbacks are about.
type callbacksOf string

const (
	ofAll       callbacksOf = "all"
	ofDisputes  callbacksOf = "disputes"
	ofFeed      callbacksOf = "feed"
	ofCampaigns callbacksOf = "campaigns"
	ofFiles     callbacksOf = "files"
	ofWatchers  callbacksOf = "watchers"
	ofControls  callbacksOf = "controls"
	ofInquiries callbacksOf = "inquiries"
)

// callbacksAbout reads what callbacks are asked for.
func callbacksAbout(q string) (callbacksOf, bool) {
	of := callbacksOf(cmp.Or(q, string(ofDisputes)))
	return of, slices.Contains([]callbacksOf{ofAll, ofDisputes, ofFeed, ofCampaigns, ofFiles, ofWatchers, ofControls, ofInquiries}, of)
}

// isOf tells whether a callback of a type is among those of.
func (of callbacksOf) isOf(kind string) bool {
	before, _, _ := strings.Cut(kind, ".")
	return of == ofAll || of == map[string]callbacksOf{"dispute": ofDisputes, "feed": ofFeed, "campaign": ofCampaigns, "intake": ofFiles, "watcher": ofWatchers, "control": ofControls, "inquiry": ofInquiries}[before]
}

func attemptsOf(l *store.Callback) (out []attemptReply) {
	for _, a := range slices.Backward(l.Latest) {
		out = append(out, attemptReply{a.At.UTC(), a.Took, a.Taken(), callback.Reason(a.Reason), a.Status})
	}
	return out
}

// replyOfLog is a callback as the log has it.
func replyOfLog(l *store.Callback) callbackReply {
	rep := callbackReply{Webhook: l.ID, Type: l.Type, DisputeID: l.Dispute, CampaignID: l.Campaign, FileID: l.File, ControlID: l.Control, InquiryID: l.Inquiry, Seq: l.Seq, At: l.At.UTC(), State: stateOf(l.ToldAt, l.GaveUpAt),
		Attempts: &l.Attempts, Latest: attemptsOf(l), ToldAt: l.ToldAt.UTC(), GaveUpAt: l.GaveUpAt.UTC(), AskedAt: l.AskedAt.UTC()}
	if n := len(l.Latest); n > 0 && l.ToldAt.IsZero() && !l.Latest[n-1].Taken() {
		a := l.Latest[n-1]
		rep.Failed = &failedReply{a.At.UTC(), callback.Reason(a.Reason), a.Status}
	}
	return rep
}

// loggedCallbacks are a page of the log, and on its last page what stands where it
// comes from alone, because a version before told it.
func (h *Handler) loggedCallbacks(ctx context.Context, bank string, about callbacksOf, limit int, from string) (out []callbackReply, cursor string, err error) {
	list, cursor, err := h.Store.Callbacks(ctx, bank, limit, from)
	if err != nil {
		return nil, "", err
	}
	for _, l := range list {
		if about.isOf(l.Type) {
			out = append(out, replyOfLog(l))
		}
	}
	if cursor != "" {
		return out, cursor, nil
	}
	var older []callbackReply
	switch about {
	case ofFeed:
		older, err = h.feedCallbacks(ctx, bank)
	case ofCampaigns:
		older, err = h.campaignCallbacks(ctx, bank, limit)
	}
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, len(older))
	for i := range older {
		ids[i] = older[i].Webhook
	}
	logs, err := h.Store.CallbacksByID(ctx, bank, ids...)
	if err != nil {
		return nil, "", err
	}
	for _, one := range older {
		if logs[one.Webhook] == nil {
			out = append(out, one)
		}
	}
	return out, "", nil
}

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
			out = append(out, callbackReply{Webhook: c.CallbackID(x), Type: x.Type(), CampaignID: c.ID, Seq: x.Seq, At: x.At.UTC(), State: stateOf(x.ToldAt, x.GaveUpAt), ToldAt: x.ToldAt.UTC(), GaveUpAt: x.GaveUpAt.UTC()})
		}
	}
	return out, nil
}
