package notify

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// lookBehind is how soon it is looked again whether a piece has told what comes first.
const lookBehind = time.Second

// behind tells whether a delivery of a piece of an incident waits for one of the piece
// before it: what happened first is told first. Once that is so late that the next
// channel is taken, it waits no longer.
func (s *Stage) behind(ctx context.Context, m queue.Message, r *watch.Record, d *watch.Delivery) (queue.Verdict, bool) {
	if r.Continues == "" || !d.Kind.OfIncident() || !unsent(d) || s.Now().Sub(d.CreatedAt) >= s.FallbackAfter {
		return queue.Verdict{}, false
	}
	root, err := s.Store.Record(ctx, r.Continues)
	before := root
	if err == nil {
		if id := root.Before(r.ID); id != "" && id != root.ID {
			before, err = s.Store.Record(ctx, id)
		}
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return queue.Verdict{}, false
	case err != nil:
		return s.broken(m, "the piece before cannot be read", err), true
	}
	return queue.RetryAfter(lookBehind), d.Behind(before)
}
