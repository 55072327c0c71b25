package bankapi

import (
	"net/http"
	"time"

	"kozamori/internal/problem"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

const refusedPath = "/v1/banks/{bank}/refused"

// quarantinedReply is what was refused, an event or a body, as its bank reads it.
type quarantinedReply struct {
	ID         string     `json:"refused_id"`
	ReceivedAt time.Time  `json:"received_at"`
	Webhook    string     `json:"webhook_id"`
	EventID    string     `json:"event_id,omitempty"`
	Txn        string     `json:"transaction_id,omitempty"`
	AccountRef string     `json:"account_ref,omitempty"`
	Field      string     `json:"field,omitempty"`
	Problem    string     `json:"problem"`
	Code       watch.Code `json:"code,omitempty"`
	More       int        `json:"more,omitempty"` // problems apart from this one
	Cut        bool       `json:"cut,omitempty"`  // less was kept than was sent
	Raw        string     `json:"raw,omitempty"`  // of one that is read by itself
}

func replyOfRefused(x *store.Refused) quarantinedReply {
	return quarantinedReply{ID: x.ID, ReceivedAt: x.At.UTC(), Webhook: x.Webhook, EventID: x.EventID, Txn: x.Txn, AccountRef: x.Ref,
		Field: x.Field, Problem: x.Problem, Code: x.Code, More: x.More, Cut: x.Cut}
}

type quarantineReply struct {
	Refused []quarantinedReply `json:"refused"`
	Cursor  string             `json:"cursor,omitempty"`
}

func (h *Handler) listRefused(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "limit", "cursor")
	if err != nil {
		return 0, nil, err
	}
	limit, err := pageLimit(q.Get("limit"))
	if err != nil {
		return 0, nil, err
	}
	list, cursor, err := h.Store.QuarantinePage(r.Context(), bank, limit, q.Get("cursor"))
	if err != nil {
		return 0, nil, err
	}
	rep := quarantineReply{Refused: []quarantinedReply{}, Cursor: cursor}
	for _, x := range list {
		rep.Refused = append(rep.Refused, replyOfRefused(x))
	}
	return http.StatusOK, rep, nil
}

func (h *Handler) readRefused(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	x, err := h.Store.Refused(r.Context(), bank, r.PathValue("refused_id"))
	if err != nil {
		return 0, nil, err
	}
	rep := replyOfRefused(x)
	rep.Raw = x.Raw
	return http.StatusOK, rep, nil
}

type replayReply struct {
	Accepted int             `json:"accepted"`
	Rejected []wire.Rejected `json:"rejected"`
}

// replayRefused puts through the checks once more what was refused: after a
// mistake of ours was mended, or for a bank whose rules have changed.
func (h *Handler) replayRefused(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	x, err := h.Store.Refused(r.Context(), bank, r.PathValue("refused_id"))
	if err != nil {
		return 0, nil, err
	}
	if x.Cut {
		return 0, nil, &problem.Problem{Status: http.StatusConflict, Code: problem.CutShort, Title: "less of it is kept than was sent", Reason: "send it again"}
	}
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	accepted, rejected, err := h.Replay(r.Context(), x)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, replayReply{accepted, append([]wire.Rejected{}, rejected...)}, nil
}
