package bankapi

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/watch"
)

// Lengths of a page of disputes.
const (
	DefaultPage = 50
	MaxPage     = 100
)

// disputeReply is a dispute as its bank reads it; the names are those of the
// callbacks.
type disputeReply struct {
	dispute.Facts
	Status     watch.DisputeStatus `json:"status"`
	Text       string              `json:"text,omitempty"`
	AnsweredAt time.Time           `json:"answered_at"`
	AnsweredBy watch.Role          `json:"answered_by"`
	Via        watch.Via           `json:"via"`
	Changes    []changeReply       `json:"changes"`
	History    []dispute.Entry     `json:"history"`
}

type changeReply struct {
	Seq      int                 `json:"seq"`
	Status   watch.DisputeStatus `json:"status"`
	At       time.Time           `json:"at"`
	Text     string              `json:"text,omitempty"`
	By       watch.Role          `json:"by,omitempty"`
	Via      watch.Via           `json:"via,omitempty"`
	ToldAt   time.Time           `json:"told_at,omitzero"`    // the bank took the callback
	GaveUpAt time.Time           `json:"gave_up_at,omitzero"` // the bank never took it
	Further  *dispute.Charge     `json:"further,omitempty"`   // of "updated": a debit after the report
}

func replyOf(d *watch.Dispute) disputeReply {
	rep := disputeReply{Facts: dispute.FactsOf(d), Status: d.Status, Text: d.Text.Full(),
		AnsweredAt: d.AnsweredAt.UTC(), AnsweredBy: d.AnsweredBy, Via: d.Via, Changes: []changeReply{}, History: dispute.HistoryOf(d)}
	for _, c := range d.Changes {
		rep.Changes = append(rep.Changes, changeReply{Seq: c.Seq, Status: c.Status, At: c.At.UTC(), Text: c.Text.Full(),
			By: c.By, Via: c.Via, ToldAt: c.ToldAt.UTC(), GaveUpAt: c.GaveUpAt.UTC(), Further: dispute.FurtherOf(c.Further)})
	}
	return rep
}

type disputesReply struct {
	Disputes []disputeReply `json:"disputes"`
	Cursor   string         `json:"cursor,omitempty"` // of the next page; absent on the last
}

func (h *Handler) listDisputes(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, append(slices.Clone(disputeFilters), "limit", "cursor")...)
	if err != nil {
		return 0, nil, err
	}
	limit, err := within("limit", q.Get("limit"), 1, MaxPage, DefaultPage)
	if err != nil {
		return 0, nil, err
	}
	wanted, err := filterOf(q)
	if err != nil {
		return 0, nil, err
	}
	rep := disputesReply{Disputes: []disputeReply{}, Cursor: q.Get("cursor")}
	ctx, page := r.Context(), limit
	if wanted.some() {
		page = MaxPage
	}
	for looked := 0; looked < lookThrough; looked += page {
		list, next, err := h.Store.Disputes(ctx, bank, page, rep.Cursor)
		if err != nil {
			return 0, nil, err
		}
		leads, err := wanted.leadsOf(ctx, h.Store, list)
		if err != nil {
			return 0, nil, err
		}
		for i, d := range list {
			if !wanted.has(d, leads[d.Account]) {
				continue
			}
			rep.Disputes = append(rep.Disputes, replyOf(d))
			if len(rep.Disputes) == limit && i+1 < len(list) { // the cursor must stand behind this one
				if _, next, err = h.Store.Disputes(ctx, bank, i+1, rep.Cursor); err != nil {
					return 0, nil, err
				}
				break
			}
		}
		if len(list) > 0 && wanted.past(list[len(list)-1]) && len(rep.Disputes) < limit {
			next = "" // all that follow were answered before
		}
		if rep.Cursor = next; next == "" || len(rep.Disputes) == limit || !wanted.some() {
			break
		}
	}
	return http.StatusOK, rep, nil
}

func (h *Handler) readDispute(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	d, err := h.Store.Dispute(r.Context(), r.PathValue("dispute_id"))
	if err != nil {
		return 0, nil, err
	}
	if d.Account.Bank != bank {
		return 0, nil, errNotFound
	}
	return http.StatusOK, replyOf(d), nil
}

type statusRequest struct {
	Status string `json:"status"`
	Text   string `json:"text"`
}

func (h *Handler) setStatus(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req statusRequest
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	status := watch.DisputeStatus(req.Status)
	switch status {
	case watch.DisputeReceived, watch.DisputeFrozen, watch.DisputeRefunded, watch.DisputeClosed:
	default:
		return 0, nil, refused("status", "must be received, frozen, refunded or closed")
	}
	if fe := watch.CheckWords("text", strings.TrimSpace(req.Text), dispute.MaxText); fe != nil {
		return 0, nil, refused(fe.Field, fe.Problem)
	}
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	d, err := h.Disputes.SetStatus(r.Context(), bank, r.PathValue("dispute_id"), status, req.Text)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, replyOf(d), nil
}
