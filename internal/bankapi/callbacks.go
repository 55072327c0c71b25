package bankapi

import (
	"context"
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
	Webhook    string        `json:"webhook_id"`
	Type       string        `json:"type"`
	DisputeID  string        `json:"dispute_id,omitempty"`
	CampaignID string        `json:"campaign_id,omitempty"`
	FileID     string        `json:"file_id,omitempty"`
	ControlID  string        `json:"control_id,omitempty"`
	InquiryID  string        `json:"inquiry_id,omitempty"`
	Seq        int           `json:"seq,omitempty"`
	At         time.Time     `json:"at"` // when what it tells of happened
	State      callbackState `json:"state"`
	// Attempts are not counted of one, about the feed or a campaign, of which there is
	// no log.
	Attempts *int           `json:"attempts,omitempty"`
	Latest   []attemptReply `json:"latest_attempts,omitempty"` // the latest of them, the newest first
	Failed   *failedReply   `json:"last_failure,omitempty"`    // until the bank takes it
	ToldAt   time.Time      `json:"told_at,omitzero"`
	GaveUpAt time.Time      `json:"gave_up_at,omitzero"`
	AskedAt  time.Time      `json:"asked_at,omitzero"` // when the bank asked for it once more
}

// attemptReply is what came of one attempt.
type attemptReply struct {
	At     time.Time       `json:"at"`
	Took   int64           `json:"took_ms"`
	Taken  bool            `json:"taken"`
	Reason callback.Reason `json:"reason,omitempty"` // why it was not; empty if it was on our side
	Status int             `json:"status,omitempty"` // that the bank answered
}

// failedReply is why an attempt came to nothing.
type failedReply struct {
	At     time.Time       `json:"at"`
	Reason callback.Reason `json:"reason,omitempty"` // empty if it was on our side
	Status int             `json:"status,omitempty"` // that the bank answered
}

func replyOfCallback(d *watch.Dispute, c watch.DisputeChange) callbackReply {
	rep := callbackReply{Webhook: dispute.CallbackID(d, c), Type: dispute.CallbackType(c), DisputeID: d.ID, Seq: c.Seq, At: c.At.UTC(),
		State: stateOf(c.ToldAt, c.GaveUpAt), Attempts: &c.Attempts, ToldAt: c.ToldAt.UTC(), GaveUpAt: c.GaveUpAt.UTC()}
	if f := c.Failed; f != nil {
		rep.Failed = &failedReply{f.At.UTC(), callback.Reason(f.Reason), f.Status}
	}
	return rep
}

type callbacksReply struct {
	Callbacks []callbackReply `json:"callbacks"`
	Cursor    string          `json:"cursor,omitempty"`
}

// listCallbacks lists callbacks, as a rule those of disputes: those of the newest dispute
// first, of each in the order of their numbers.
func (h *Handler) listCallbacks(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "limit", "cursor", "state", "about")
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
	var all []callbackReply
	var cursor string
	about, ok := callbacksAbout(q.Get("about"))
	switch {
	case !ok:
		return 0, nil, refused("about", "must be disputes, controls, inquiries, feed, campaigns, files, watchers or all")
	case about == ofDisputes:
		all, cursor, err = h.disputeCallbacks(r.Context(), bank, limit, q.Get("cursor"))
	default:
		all, cursor, err = h.loggedCallbacks(r.Context(), bank, about, limit, q.Get("cursor"))
	}
	if err != nil {
		return 0, nil, err
	}
	rep := callbacksReply{Callbacks: []callbackReply{}, Cursor: cursor}
	for _, one := range all {
		if state == "" || state == one.State {
			rep.Callbacks = append(rep.Callbacks, one)
		}
	}
	return http.StatusOK, rep, nil
}

// disputeCallbacks are those of a page of the bank's disputes. A dispute is kept for
// longer than the log of its callbacks, and is the one that knows of each.
func (h *Handler) disputeCallbacks(ctx context.Context, bank string, limit int, from string) (out []callbackReply, cursor string, err error) {
	list, cursor, err := h.Store.Disputes(ctx, bank, limit, from)
	if err != nil {
		return nil, "", err
	}
	var ids []string
	for _, d := range list {
		for _, c := range d.Changes {
			if c.TellBank {
				one := replyOfCallback(d, c)
				ids, out = append(ids, one.Webhook), append(out, one)
			}
		}
	}
	logs, err := h.Store.CallbacksByID(ctx, bank, ids...)
	if err != nil {
		return nil, "", err
	}
	for i := range out {
		if l := logs[out[i].Webhook]; l != nil {
			out[i].Latest, out[i].AskedAt = attemptsOf(l), l.AskedAt.UTC()
		}
	}
	return out, cursor, nil
}

// readCallback shows one by its webhook-id.
func (h *Handler) readCallback(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	l, err := h.Store.Callback(r.Context(), bank, r.PathValue("webhook_id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, replyOfLog(l), nil
}

// resendAny has one sent once more by its webhook-id, whatever it is about.
func (h *Handler) resendAny(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	again := callback.Resender{Store: h.Store, Queue: h.Queue, Now: h.Now, Dispute: func(ctx context.Context, bank, id string, seq int) error {
		_, err := h.Disputes.Resend(ctx, bank, id, seq)
		return err
	}}
	l, err := again.Resend(r.Context(), bank, r.PathValue("webhook_id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusAccepted, replyOfLog(l), nil
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
	asked := h.Now().UTC().Truncate(time.Millisecond)
	d, err := h.Disputes.Resend(r.Context(), bank, r.PathValue("dispute_id"), seq)
	if err != nil {
		return 0, nil, err
	}
	for _, c := range d.Changes {
		if c.Seq != seq {
			continue
		}
		rep := replyOfCallback(d, c)
		l, err := callback.Asked(r.Context(), h.Store, bank, rep.Webhook, asked)
		switch {
		case err == nil:
			rep.Latest, rep.AskedAt = attemptsOf(l), l.AskedAt.UTC()
		case !errors.Is(err, store.ErrNotFound): // else its log is kept no longer
			return 0, nil, err
		}
		return http.StatusAccepted, rep, nil
	}
	return 0, nil, errNotFound
}
