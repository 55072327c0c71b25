package history

import (
	"context"
	"slices"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// pauses are the times of which a watcher had asked to be told nothing but what is
// urgent, as the trail of their account says.
type pauses []struct{ from, until time.Time }

// pausesOf reads them.
func pausesOf(ctx context.Context, s *store.Store, b membership.Bound) (pauses, error) {
	var out pauses
	next := time.Time{} // when the watcher asked for something else
	for step, err := range s.Trail(ctx, b.Account.AccountKey) {
		if err != nil {
			return nil, err
		}
		if step.Of != b.Watcher.ID || !slices.ContainsFunc(step.Turns, func(t watch.Turn) bool { return t.Name == "paused_until" }) {
			continue
		}
		_, after := step.Rules()
		until := after.PausedUntil
		if !next.IsZero() && next.Before(until) {
			until = next
		}
		if next = step.At; until.After(step.At) {
			out = append(out, struct{ from, until time.Time }{step.At, until})
		}
	}
	return out, nil
}

// kept tells whether a record was kept from a watcher by a pause of theirs: under
// their rules without it they would have been told.
func (p pauses) kept(r *watch.Record, w *watch.Watcher) bool {
	if !slices.ContainsFunc(p, func(x struct{ from, until time.Time }) bool {
		return !r.RecordedAt.Before(x.from) && r.RecordedAt.Before(x.until)
	}) {
		return false
	}
	if _, told := r.Notice(w.ID); told || !r.Complete || r.Past || r.OfStatement() || r.Alias != "" || r.BeforeWatched(w) {
		return false
	}
	rules := w.Rules
	rules.PausedUntil = time.Time{}
	var none watch.Activity
	f := none.Facts(r)
	f.FirstSeen = false // what a pattern had said of it is not known any more
	return rules.Evaluate(&f, r.RecordedAt) != 0
}
