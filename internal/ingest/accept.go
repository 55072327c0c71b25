package ingest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// accept sorts the events of a verified body and makes both kinds durable, the
// good ones first: they must not wait for what is wrong with others. If either
// kind cannot be kept, the bank is asked to send all again, which does no harm.
func (h *Handler) accept(ctx context.Context, header http.Header, bank, webhook string, body []byte, now time.Time) (wire.Reply, *problem.Problem) {
	read, err := wire.ReadBody(body, bank, now)
	if p := h.behind(bank, len(read.Events), now); p != nil {
		return wire.Reply{}, p
	}
	if p := h.limit(header, bank, len(read.Events), now); p != nil {
		return wire.Reply{}, p
	}
	if errors.Is(err, wire.ErrTooMany) {
		return wire.Reply{}, refusal(http.StatusRequestEntityTooLarge, problem.TooLarge, err.Error())
	}
	if be, ok := errors.AsType[*wire.BodyError](err); ok {
		return wire.Reply{}, h.refuseBody(ctx, bank, webhook, body, be, now)
	}
	if len(read.Events) == 0 && read.Heartbeat == nil {
		rep := wire.Reply{Rejected: []wire.Rejected{}}
		return rep, &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.EmptyBatch, Title: "the batch is empty", Members: rep}
	}
	rep, good := read.Sort()
	var refused []store.Write
	for i := range read.Events {
		if e := &read.Events[i]; e.Refused() {
			refused = putOnce(refused, refusedEvent(bank, webhook, e, now))
		}
	}
	group := bank
	if len(good) == 1 && len(read.Events) == 1 { // it does not wait behind batches
		group = queue.GroupOf(watch.AccountKey{Bank: bank, Ref: read.Events[0].Event.AccountRef}, false)
	}
	if err := enqueue(ctx, h.Queue, bank, read.File, group, webhook, good, now); err != nil {
		h.Logger.Error("events cannot be queued", "bank", bank, "err", err)
		return wire.Reply{}, unavailable("the events cannot be kept now; send all again")
	}
	if p := h.keep(ctx, bank, refused, len(rep.Rejected), now); p != nil {
		return wire.Reply{}, p
	}
	kinds := h.counted(bank, read.Events, now)
	h.note(ctx, bank, &read, kinds, now)
	if len(good) == 0 && len(read.Events) > 0 {
		return rep, &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.NoneTaken, Title: "no event can be taken", Members: rep}
	}
	return rep, nil
}

// behind has a bank wait with more events while those that it has sent wait for too
// long. It costs no other bank anything, and the bank nothing of its share: with them its
// newest would be told later still. A heartbeat is taken all the same.
func (h *Handler) behind(bank string, events int, now time.Time) *problem.Problem {
	if h.Behind == nil || events == 0 {
		return nil
	}
	since := h.Behind(bank)
	if since.IsZero() || now.Sub(since) <= MostBehind {
		return nil
	}
	wait := min(max((now.Sub(since)-MostBehind).Truncate(time.Second), time.Second), mostWait)
	return &problem.Problem{Status: http.StatusTooManyRequests, Code: problem.RateLimited, Title: "earlier events of this bank still wait; send the same request again",
		RetryAfter: wait}
}

// limit takes a request's events from what the bank may send, and says in the
// headers how it stands. A request with none counts as one.
func (h *Handler) limit(header http.Header, bank string, events int, now time.Time) *problem.Problem {
	room := h.Limit.Take(bank, max(events, 1), now)
	room.Tell(header)
	if room.OK {
		return nil
	}
	return &problem.Problem{Status: http.StatusTooManyRequests, Code: problem.RateLimited, Title: "more events than this bank may send at once; send the same request again",
		RetryAfter: room.RetryAfter()}
}

// keep makes refused events durable in quarantine.
func (h *Handler) keep(ctx context.Context, bank string, refused []store.Write, n int, now time.Time) *problem.Problem {
	if n == 0 {
		return nil
	}
	h.tally.Refused(bank, n, now)
	if err := h.tally.Save(ctx, h.Store, now); err != nil {
		h.Logger.Warn("refused events cannot be counted now", "bank", bank, "err", err)
	}
	h.Logger.Warn(wire.LogRefused, "bank", bank, "events", n)
	if err := writeInParts(ctx, h.Store, refused); err != nil {
		h.Logger.Error("quarantine cannot be written", "bank", bank, "err", err)
		return unavailable("refused events cannot be kept now; send all again")
	}
	return nil
}

// refuseBody keeps a body in which no event can be found.
func (h *Handler) refuseBody(ctx context.Context, bank, webhook string, body []byte, be *wire.BodyError, now time.Time) *problem.Problem {
	fe := watch.FieldError{Problem: be.Problem, Code: watch.CodeMalformed}
	whole := store.PutRefused(newRefused(bank, webhook, "", body, []watch.FieldError{fe}, now))
	if p := h.keep(ctx, bank, whole, 1, now); p != nil {
		return p
	}
	h.note(ctx, bank, &wire.Body{}, nil, now)
	return &problem.Problem{Status: http.StatusBadRequest, Code: problem.Malformed, Title: be.Problem + ": byte " + strconv.Itoa(be.At), Members: struct {
		Offset int `json:"offset"`
	}{be.At}}
}

// newRefused is what quarantine keeps of what was refused.
func newRefused(bank, webhook, id string, raw []byte, problems []watch.FieldError, at time.Time) *store.Refused {
	r := &store.Refused{ID: watch.Derive("refused", bank, string(raw)), Bank: bank, At: at, Webhook: webhook,
		EventID: id, Field: problems[0].Field, Problem: problems[0].Problem, Code: problems[0].Code, More: len(problems) - 1, Cut: len(raw) > maxRaw}
	r.SetRaw(raw[:min(len(raw), maxRaw)])
	return r
}

// refusedEvent is what quarantine keeps of an event that could be told apart.
func refusedEvent(bank, webhook string, e *wire.Read, at time.Time) *store.Refused {
	r := newRefused(bank, webhook, wire.ShortID(e.Event.ID), e.Raw, e.Problems, at)
	if watch.CheckRef("", e.Event.AccountRef) == nil {
		r.Txn, r.Ref = wire.ShortID(e.Event.TransactionID), e.Event.AccountRef
	}
	return r
}

// putOnce adds the writes of a refused event; the same raw event twice in one
// body is one item.
func putOnce(writes []store.Write, r *store.Refused) []store.Write {
	if slices.ContainsFunc(writes, func(w store.Write) bool { return w.Item.SK == r.ID }) {
		return writes
	}
	return append(writes, store.PutRefused(r)...)
}

func writeInParts(ctx context.Context, st Store, writes []store.Write) error {
	const most = 3_500_000 // bytes; a transaction takes 4 MB
	for len(writes) > 0 {
		n, size := 0, 0
		for n < min(len(writes), store.MaxWrites) && (n == 0 || size+len(writes[n].Item.Body) <= most) {
			size += len(writes[n].Item.Body)
			n++
		}
		if err := st.Write(ctx, writes[:n]...); err != nil {
			return err
		}
		writes = writes[n:]
	}
	return nil
}

// enqueue makes accepted events durable in the events queue, as those of a file if it
// is named.
func enqueue(ctx context.Context, q queue.Sender, bank, file, group, webhook string, good []jsontext.Value, received time.Time) error {
	if file != "" {
		return sendTo(ctx, q, group, webhook, wire.EncodeFile(bank, file, received, good, wire.MaxMessage))
	}
	return sendTo(ctx, q, group, webhook, wire.EncodeBatch(bank, received, good, wire.MaxMessage))
}

// sendTo sends messages to the events queue.
func sendTo(ctx context.Context, q queue.Sender, group, trace string, bodies [][]byte) error {
	var out []queue.Outgoing
	for _, b := range bodies {
		out = append(out, queue.Outgoing{Body: b, Group: group, Trace: wire.ShortID(trace)})
	}
	if len(out) == 0 {
		return nil
	}
	return q.Send(ctx, queue.Events, out...)
}
