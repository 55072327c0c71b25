package ingest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/catalog"
	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// Fault is one thing that is wrong with an event.
type Fault struct {
	Field   string     `json:"field,omitempty"`
	Problem string     `json:"problem"`
	Code    watch.Code `json:"code"`
}

// Rejected is an event that was refused: the first fault, and all of them.
type Rejected struct {
	Index int    `json:"index"`
	ID    string `json:"id,omitempty"`
	Fault
	Problems []Fault `json:"problems"`
}

// ignored are the fields of an event that events do not have. It was taken
// without them.
type ignored struct {
	Index  int      `json:"index"`
	ID     string   `json:"id,omitempty"`
	Fields []string `json:"fields"`
}

// unknownService is what an event calls its service, and the catalogue does not.
// The event was taken, and is recognised by its descriptor.
type unknownService struct {
	Index   int    `json:"index"`
	ID      string `json:"id,omitempty"`
	Service string `json:"service"`
}

// reply is the body of a 202, and of a 422 beside its problem.
type reply struct {
	Accepted        int              `json:"accepted"`
	Rejected        []Rejected       `json:"rejected"`
	Ignored         []ignored        `json:"ignored,omitempty"`
	IgnoredInBatch  []string         `json:"ignored_in_batch,omitempty"`
	UnknownServices []unknownService `json:"unknown_services,omitempty"`
}

// accept sorts the events of a verified body and makes both kinds durable, the
// good ones first: they must not wait for what is wrong with others. If either
// kind cannot be kept, the bank is asked to send all again, which does no harm.
func (h *Handler) accept(ctx context.Context, bank, webhook string, body []byte, now time.Time) (reply, *problem.Problem) {
	read, err := wire.ReadBody(body, bank, now)
	if errors.Is(err, wire.ErrTooMany) {
		return reply{}, refusal(http.StatusRequestEntityTooLarge, err.Error())
	}
	if be, ok := errors.AsType[*wire.BodyError](err); ok {
		return reply{}, h.refuseBody(ctx, bank, webhook, body, be, now)
	}
	if len(read.Events) == 0 {
		rep := reply{Rejected: []Rejected{}}
		return rep, &problem.Problem{Status: http.StatusUnprocessableEntity, Title: "the batch is empty", Members: rep}
	}
	rep, good, refused := sort(read, bank, webhook, now)
	if err := enqueue(ctx, h.Queue, bank, webhook, good, now); err != nil {
		h.Logger.Error("events cannot be queued", "bank", bank, "err", err)
		return reply{}, unavailable("the events cannot be kept now; send all again")
	}
	if p := h.keep(ctx, bank, refused, len(rep.Rejected)); p != nil {
		return reply{}, p
	}
	if len(good) == 0 {
		return rep, &problem.Problem{Status: http.StatusUnprocessableEntity, Title: "no event can be taken", Members: rep}
	}
	h.feed(ctx, bank, now)
	return rep, nil
}

// sort makes the reply for the events of a body, and parts those that are taken
// from those that are refused.
func sort(read wire.Body, bank, webhook string, now time.Time) (rep reply, good []jsontext.Value, refused []store.Write) {
	rep = reply{Rejected: []Rejected{}, IgnoredInBatch: read.Ignored}
	for i := range read.Events {
		e := &read.Events[i]
		id := shortID(e.Event.ID)
		if len(e.Ignored) > 0 {
			rep.Ignored = append(rep.Ignored, ignored{i, id, e.Ignored})
		}
		if e.Refused() {
			rep.Rejected = append(rep.Rejected, rejected(i, id, e.Problems))
			refused = putOnce(refused, newRefused(bank, webhook, id, e.Raw, e.Problems, now))
			continue
		}
		if s := e.Event.Service; s != "" {
			if _, ok := catalog.ByID(s); !ok {
				rep.UnknownServices = append(rep.UnknownServices, unknownService{i, id, wire.PlainName(s)})
			}
		}
		good = append(good, e.Raw)
	}
	rep.Accepted = len(good)
	return rep, good, refused
}

func rejected(i int, id string, problems []watch.FieldError) Rejected {
	r := Rejected{Index: i, ID: id}
	for _, p := range problems {
		r.Problems = append(r.Problems, Fault{p.Field, p.Problem, p.Code})
	}
	r.Fault = r.Problems[0]
	return r
}

// keep makes refused events durable in quarantine.
func (h *Handler) keep(ctx context.Context, bank string, refused []store.Write, n int) *problem.Problem {
	if n == 0 {
		return nil
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
	if p := h.keep(ctx, bank, []store.Write{whole}, 1); p != nil {
		return p
	}
	return &problem.Problem{Status: http.StatusBadRequest, Title: be.Problem + ": byte " + strconv.Itoa(be.At), Members: struct {
		Code   watch.Code `json:"code"`
		Offset int        `json:"offset"`
	}{fe.Code, be.At}}
}

// newRefused is what quarantine keeps of what was refused.
func newRefused(bank, webhook, id string, raw []byte, problems []watch.FieldError, at time.Time) *store.Refused {
	r := &store.Refused{ID: watch.Derive("refused", bank, string(raw)), Bank: bank, At: at, Webhook: webhook,
		EventID: id, Field: problems[0].Field, Problem: problems[0].Problem, Code: problems[0].Code, More: len(problems) - 1, Cut: len(raw) > maxRaw}
	r.SetRaw(raw[:min(len(raw), maxRaw)])
	return r
}

// putOnce adds a write; the same raw event twice in one body is one item.
func putOnce(writes []store.Write, r *store.Refused) []store.Write {
	if slices.ContainsFunc(writes, func(w store.Write) bool { return w.Item.SK == r.ID }) {
		return writes
	}
	return append(writes, store.PutRefused(r))
}

func writeInParts(ctx context.Context, st Store, writes []store.Write) error {
	for part := range slices.Chunk(writes, 20) { // a transaction takes 4 MB at most
		if err := st.Write(ctx, part...); err != nil {
			return err
		}
	}
	return nil
}

// enqueue makes accepted events durable in the events queue.
func enqueue(ctx context.Context, q queue.Sender, bank, webhook string, good []jsontext.Value, received time.Time) error {
	var out []queue.Outgoing
	for _, b := range wire.EncodeBatch(bank, received, good, maxMessage) {
		out = append(out, queue.Outgoing{Body: b, Group: bank, Trace: shortID(webhook)})
	}
	if len(out) == 0 {
		return nil
	}
	return q.Send(ctx, queue.Events, out...)
}

// shortID keeps an id for a reply or a trace only if it is one.
func shortID(s string) string {
	if len(s) > 128 {
		return ""
	}
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return ""
		}
	}
	return s
}
