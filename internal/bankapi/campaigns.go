package bankapi

import (
	"net/http"
	"strings"
	"time"

	"kozamori/internal/problem"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const campaignsPath = "/v1/banks/{bank}/campaigns"

// campaignReply is a campaign as its bank reads it; the names are those of the
// callbacks.
type campaignReply struct {
	radar.Facts
	Changes []campaignChange `json:"changes"`
}

type campaignChange struct {
	Seq      int         `json:"seq"`
	State    radar.State `json:"state"`
	At       time.Time   `json:"at"`
	Clerk    string      `json:"clerk,omitempty"`
	ToldAt   time.Time   `json:"told_at,omitzero"`    // the bank took the callback
	GaveUpAt time.Time   `json:"gave_up_at,omitzero"` // the bank never took it
}

func campaignOf(c *radar.Campaign) campaignReply {
	rep := campaignReply{Facts: c.Facts(), Changes: []campaignChange{}}
	for _, x := range c.Changes {
		rep.Changes = append(rep.Changes, campaignChange{x.Seq, x.State, x.At.UTC(), x.Clerk, x.ToldAt.UTC(), x.GaveUpAt.UTC()})
	}
	return rep
}

// listCampaigns lists the bank's campaigns, the latest first.
func (h *Handler) listCampaigns(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "limit")
	if err != nil {
		return 0, nil, err
	}
	limit, err := pageLimit(q.Get("limit"))
	if err != nil {
		return 0, nil, err
	}
	list, err := store.First(h.Store.Campaigns(r.Context(), bank), limit)
	if err != nil {
		return 0, nil, err
	}
	rep := struct {
		Campaigns []campaignReply `json:"campaigns"`
	}{[]campaignReply{}}
	for _, c := range list {
		rep.Campaigns = append(rep.Campaigns, campaignOf(c))
	}
	return http.StatusOK, rep, nil
}

func (h *Handler) readCampaign(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	c, err := h.Store.Campaign(r.Context(), bank, r.PathValue("campaign_id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, campaignOf(c), nil
}

var errCampaign = &problem.Problem{Status: http.StatusConflict, Code: problem.StatusOrder, Title: "this state cannot follow the present one", Field: "state",
	Reason: "what is suspected is confirmed, dismissed or ended, what is confirmed is ended, and nothing follows after that"}

// setCampaign takes what the bank says of a campaign. The same again changes nothing.
func (h *Handler) setCampaign(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req struct {
		State string `json:"state"`
		Clerk string `json:"clerk"`
	}
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	to, clerk := radar.State(req.State), strings.TrimSpace(req.Clerk)
	if to != radar.Confirmed && to != radar.Dismissed && to != radar.Ended {
		return 0, nil, refused("state", "must be confirmed, dismissed or ended")
	}
	if fe := watch.CheckText("clerk", clerk, 0, MaxClerk); fe != nil {
		return 0, nil, fe
	}
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	c, err := h.Store.UpdateCampaign(r.Context(), bank, r.PathValue("campaign_id"), func(c *radar.Campaign) error {
		return c.Say(to, clerk, h.Now())
	})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, campaignOf(c), nil
}
