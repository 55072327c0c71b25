package bankapi

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

const historyPath = "/v1/banks/{bank}/accounts/{account_ref}/history"

// history takes what happened on an account before: it teaches and never
// rings. The answer is the same whether somebody watches the account or not.
// What is refused is told to the bank, counted in the health of its feed, and
// kept nowhere: it asked for this itself, and can send it again.
func (h *Handler) history(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	ref, err := accountRef(r)
	if err != nil {
		return 0, nil, err
	}
	body, err := io.ReadAll(r.Body)
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return 0, nil, err
	}
	if err != nil {
		return 0, nil, refused("", "the body ended early")
	}
	now := h.Now()
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	read, past, err := wire.ReadHistory(body, bank, ref, now)
	if be, ok := errors.AsType[*wire.BodyError](err); ok {
		return 0, nil, &problem.Problem{Status: http.StatusBadRequest, Code: problem.Malformed, Title: be.Problem + ": byte " + strconv.Itoa(be.At), Members: struct {
			Offset int `json:"offset"`
		}{be.At}}
	}
	if errors.Is(err, wire.ErrTooMany) {
		return 0, nil, &problem.Problem{Status: http.StatusRequestEntityTooLarge, Code: problem.TooLarge, Title: err.Error()}
	}
	if err != nil {
		return 0, nil, err
	}
	rep, good := read.Sort()
	h.refuses(r, bank, len(rep.Rejected), now)
	switch {
	case len(read.Events) == 0 && past.From.IsZero():
		return 0, nil, &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.EmptyBatch, Title: "the batch is empty", Members: rep}
	case len(read.Events) > 0 && len(good) == 0:
		return 0, nil, &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.NoneTaken, Title: "no event can be taken", Members: rep}
	}
	if len(good) < len(read.Events) {
		// The past is not whole without what was refused.
		past.From = time.Time{}
	}
	var out []queue.Outgoing
	for _, b := range wire.EncodeHistory(past, now, good, wire.MaxMessage) {
		out = append(out, queue.Outgoing{Body: b, Group: bank, Trace: "history_" + watch.Derive("history", string(b))[:12]})
	}
	if err := h.Queue.Send(r.Context(), queue.Events, out...); err != nil {
		h.Logger.ErrorContext(r.Context(), "bankapi: a history cannot be queued", "bank", bank, "err", err)
		return 0, nil, &problem.Problem{Status: http.StatusServiceUnavailable, Code: problem.TryAgain, Title: "the history cannot be kept now; send all again", RetryAfter: 5 * time.Second}
	}
	return http.StatusAccepted, rep, nil
}

// refuses counts refused events. It is not worth failing a request for.
func (h *Handler) refuses(r *http.Request, bank string, n int, now time.Time) {
	if n == 0 {
		return
	}
	h.tally.Refused(bank, n, now)
	if err := h.tally.Save(r.Context(), h.Store, now); err != nil {
		h.Logger.WarnContext(r.Context(), "bankapi: refused events cannot be counted now", "bank", bank, "err", err)
	}
}
