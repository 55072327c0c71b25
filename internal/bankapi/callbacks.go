package bankapi

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/dispute"
	"kozamori/internal/store"
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
	Failed    *failedReply  `json:"last_failure,omitempty"` // until the bank takes it
	ToldAt    time.Time     `json:"told_at,omitzero"`
	GaveUpAt  time.Time     `json:"gave_up_at,omitzero"`
}

// failedReply is why an attempt came to nothing.
type failedReply struct {
	At     time.Time       `json:"at"`
	Reason callback.Reason `json:"reason,omitempty"` // empty if it was on our side
	Status int             `json:"status,omitempty"` // that the bank answered
}

func replyOfCallback(d *watch.Dispute, c watch.DisputeChange) callbackReply {
	rep := callbackReply{Webhook: dispute.CallbackID(d, c), Type: dispute.CallbackType(c), DisputeID: d.ID, Seq: c.Seq, At: c.At.UTC(),
		State: callbackWaiting, Attempts: c.Attempts, ToldAt: c.ToldAt.UTC(), GaveUpAt: c.GaveUpAt.UTC()}
	if f := c.Failed; f != nil {
		rep.Failed = &failedReply{f.At.UTC(), callback.Reason(f.Reason), f.Status}
	}
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

type pingReply struct {
	Webhook string          `json:"webhook_id"`
	Taken   bool            `json:"taken"`
	Took    int64           `json:"took_ms"`
	Reason  callback.Reason `json:"reason,omitempty"` // why it was not taken
	Status  int             `json:"status,omitempty"` // that the bank answered, if not 2xx
}

// ping calls the bank's endpoint once, now, with nothing to tell.
func (h *Handler) ping(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	if err := begin(r.Context(), object{"bank", bank}); err != nil {
		return 0, nil, err
	}
	p, err := h.Ping(r.Context(), bank)
	if errors.Is(err, store.ErrNotFound) {
		p, err = callback.Pinged{Failed: &callback.NotTaken{Reason: callback.NoAddress}}, nil // a key can be older than its bank's entry
	}
	if err != nil {
		return 0, nil, err
	}
	rep := pingReply{Webhook: p.ID, Taken: p.Failed == nil, Took: p.Took.Milliseconds()}
	if f := p.Failed; f != nil {
		rep.Reason, rep.Status = f.Reason, f.Status
		if f.Reason == callback.NoAddress {
			return 0, nil, errNoCallback
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
