package notify

import (
	"context"
	"errors"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// widely is a watcher with the addresses, too, that the same person has given
// for their other accounts. What an account says of its alerts keeps to the
// channels chosen for it; what is said to a person of their own answers (an
// answer by somebody else, a bank's status) takes any way there is, as the
// chat's answers do.
func (s *Stage) widely(ctx context.Context, k watch.AccountKey, w *watch.Watcher) (*watch.Watcher, error) {
	if w.LineUser == "" {
		return w, nil
	}
	wide := *w
	wide.Channels = append([]watch.Channel(nil), w.Channels...)
	for b, err := range s.Store.Bindings(ctx, w.LineUser) {
		if err != nil {
			return nil, err
		}
		if b.Account == k {
			continue
		}
		a, err := s.Store.Account(ctx, b.Account)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		other, ok := a.Watcher(b.Watcher)
		if !ok {
			continue
		}
		for _, c := range other.Reachable() {
			own, has := wide.Channel(c.Kind)
			if c.Address != "" && (!has || !own.UnreachableSince.IsZero()) {
				wide.SetChannel(c)
			}
		}
	}
	return &wide, nil
}

// reach finds where a channel reaches a watcher for a delivery, or why it does
// not. Borrowed tells that the address was given for another account, whose
// link to end mails would not end these.
func (s *Stage) reach(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel) (to, problem string, borrowed bool, err error) {
	to, problem = address(w, ch)
	if problem == "" || d.Kind.OfIncident() {
		return to, problem, false, nil
	}
	wide, err := s.widely(ctx, r.Account, w)
	if err != nil {
		return "", "", false, err
	}
	if there, none := address(wide, ch); none == "" && there != to {
		return there, "", true, nil
	}
	return to, problem, false, nil
}

// ended says what becomes of a job whose delivery has come to its end. What is
// no alert, and no channel is left to take, is a dead letter: the bank is told
// of a watcher whom no alert reaches, but would never know of this.
func (s *Stage) ended(ctx context.Context, o watch.Outcome, d *watch.Delivery, record string, left bool) queue.Verdict {
	lost := !d.Kind.OfIncident() && !left
	switch {
	case o.Result == watch.SendExhausted:
		s.Logger.ErrorContext(ctx, "a channel takes no more messages this month", "channel", string(d.Channel), "record", record, "delivery", d.ID)
	case o.Result == watch.SendUnreachable:
		s.Logger.WarnContext(ctx, "a channel cannot reach a watcher", "record", record, "delivery", d.ID, "problem", o.Problem)
	default:
		s.Logger.ErrorContext(ctx, "a delivery is given up", "record", record, "delivery", d.ID, "problem", o.Problem)
		return queue.DeadLetter(o.Problem)
	}
	if lost {
		return queue.DeadLetter("no channel is left: " + o.Problem)
	}
	return queue.Acknowledge
}

// stillTold tells whether another delivery says the same to the same watcher,
// or has said it.
func stillTold(r *watch.Record, d *watch.Delivery) bool {
	for i := range r.Deliveries {
		o := &r.Deliveries[i]
		if o.ID != d.ID && o.Kind == d.Kind && o.Watcher == d.Watcher && o.Seq == d.Seq && (o.State.Waits() || o.State == watch.Accepted) {
			return true
		}
	}
	return false
}
