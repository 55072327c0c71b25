package bankapi

import (
	"net/http"
	"strconv"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/watch"
)

const callbacksPath = "/v1/banks/{bank}/callbacks"

// callbackState is how far a callback is.
type callbackState string

const (
	callbackWaiting callbackState = "waiting" // it is tried, or will be
	callbackTaken   callbackState = "taken"
	callbackGivenUp callbackState = "given_up"
)

type callbackReply struct {
	Webhook   string        `json:"webhook_id"`
	Type      string        `json:"type"`
	DisputeID string        `json:"dispute_id"`
	Seq       int           `json:"seq"`
	At        time.Time     `json:"at"` // when what it tells of happened
	State     callbackState `json:"state"`
	Attempts  int           `json:"attempts"`
	ToldAt    time.Time     `json:"told_at,omitzero"`
	GaveUpAt  time.Time     `json:"gave_up_at,omitzero"`
}

func replyOfCallback(d *watch.Dispute, c watch.DisputeChange) callbackReply {
	rep := callbackReply{dispute.CallbackID(d, c), dispute.CallbackType(c), d.ID, c.Seq, c.At.UTC(), callbackWaiting, c.Attempts, c.ToldAt.UTC(), c.GaveUpAt.UTC()}
	switch {
	case !c.ToldAt.IsZero():
		rep.State = callbackTaken
	case !c.GaveUpAt.IsZero():
		rep.State = callbackGivenUp
	}
	return rep
}

type callbacksReply struct {
	Callbacks []callbackReply `json:"callbacks"`
	Cursor    string          `json:"cursor,omitempty"`
}

// listCallbacks lists the callbacks of disputes: those of the newest dispute first,
// of each in the order of their numbers.
func (h *Handler) listCallbacks(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "limit", "cursor", "state")
	if err != nil {
		return 0, nil, err
	}
	limit, err := pageLimit(q.Get("limit"))
	if err != nil {
		return 0, nil, err
	}
	state := callbackState(q.Get("state"))
	switch state {
	case "", callbackWaiting, callbackTaken, callbackGivenUp:
	default:
		return 0, nil, refused("state", "must be waiting, taken or given_up")
	}
	list, cursor, err := h.Store.Disputes(r.Context(), bank, limit, q.Get("cursor"))
	if err != nil {
		return 0, nil, err
	}
	rep := callbacksReply{Callbacks: []callbackReply{}, Cursor: cursor}
	for _, d := range list {
		for _, c := range d.Changes {
			if !c.TellBank {
				continue
			}
			if one := replyOfCallback(d, c); state == "" || state == one.State {
				rep.Callbacks = append(rep.Callbacks, one)
			}
		}
	}
	return http.StatusOK, rep, nil
}

// resendCallback has one sent once more.
func (h *Handler) resendCallback(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	seq, err := strconv.Atoi(r.PathValue("seq"))
	if err != nil {
		return 0, nil, errNotFound
	}
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	d, err := h.Disputes.Resend(r.Context(), bank, r.PathValue("dispute_id"), seq)
	if err != nil {
		return 0, nil, err
	}
	for _, c := range d.Changes {
		if c.Seq == seq {
			return http.StatusAccepted, replyOfCallback(d, c), nil
		}
	}
	return 0, nil, errNotFound
}
