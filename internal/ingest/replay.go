package ingest

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// ErrCut says that too little was kept of what was refused to try it again.
var ErrCut = errors.New("ingest: it was longer than quarantine keeps; the bank must send it again")

// Replayed is what came of trying again what was refused.
type Replayed struct {
	Accepted int
	Rejected []wire.Rejected // what is still refused; it stays in quarantine
}

// Replay puts what was refused through the checks once more, makes what they
// accept durable in the events queue and only then takes it out of quarantine.
// A process that dies between leaves it in both: a second replay queues it a
// second time, and its transaction makes one alert all the same. It was
// received when the bank sent it, not when it was mended. ErrCut.
func Replay(ctx context.Context, q queue.Sender, st Store, r *store.Refused, now time.Time) (Replayed, error) {
	if r.Cut {
		return Replayed{}, ErrCut
	}
	read, err := wire.ReadBody(r.Bytes(), r.Bank, now)
	if err != nil {
		return Replayed{Rejected: []wire.Rejected{wire.Refusal(0, "", []watch.FieldError{{Problem: err.Error(), Code: watch.CodeMalformed}})}}, nil //nolint:nilerr // it is what came of it
	}
	var good []jsontext.Value
	var out Replayed
	left, writes := false, []store.Write(nil)
	for i := range read.Events {
		e := &read.Events[i]
		if !e.Refused() {
			good = append(good, e.Raw)
			continue
		}
		out.Rejected = append(out.Rejected, wire.Refusal(i, wire.ShortID(e.Event.ID), e.Problems))
		still := refusedEvent(r.Bank, r.Webhook, e, r.At)
		left = left || still.ID == r.ID
		writes = putOnce(writes, still)
	}
	if len(good) == 0 {
		return out, nil
	}
	// A whole body comes apart: what is still refused of it is kept by itself.
	if err := writeInParts(ctx, st, writes); err != nil {
		return Replayed{}, err
	}
	if err := enqueue(ctx, q, r.Bank, read.File, r.Bank, r.Webhook, good, r.At); err != nil {
		return Replayed{}, err
	}
	out.Accepted = len(good)
	if left {
		return out, nil
	}
	return out, st.Write(ctx, store.DeleteRefused(r)...)
}
