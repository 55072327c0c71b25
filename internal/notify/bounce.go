package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// The problems of a delivery that a provider took and that did not arrive: its message
// came back, or its reader had left before.
const (
	problemBounced = "the message came back"
	problemGone    = "the reader had left the channel before it took the message"
)

// bounced tells whether the last word on a delivery is said: a bounce may
// overtake the answer that the provider took the message.
func bounced(d *watch.Delivery) bool {
	return d.State == watch.Undelivered && (d.Problem == problemBounced || d.Problem == problemGone)
}

// Bounced acts on what became of a message that a provider had accepted. One
// that came back is a delivery that did not arrive: the next channel has it at
// once. After a complaint only later alerts take another way: this one was
// seen. Either way the address is not used again. It may be told twice. An
// error for a channel that is not registered, or has no feedback.
func (s *Stage) Bounced(ctx context.Context, f watch.Feedback) error {
	if f.Kind == "" {
		return nil
	}
	ch, err := s.Channels.Get(f.Channel)
	if err != nil {
		return err
	}
	if !ch.Feedback {
		return fmt.Errorf("notify: the channel %q has no feedback", string(f.Channel))
	}
	record, delivery, ok := watch.ParseFeedbackKey(f.Key)
	if !ok {
		return s.answerBounced(ctx, &ch, f)
	}
	r, err := s.Store.Record(ctx, record)
	if err != nil {
		return ignoreNotFound(err)
	}
	d, ok := r.Delivery(delivery)
	if !ok || d.Channel != ch.Kind {
		return nil
	}
	s.Logger.Warn("a message bounced", "channel", string(ch.Kind), "record", record, "delivery", delivery, "kind", string(f.Kind))
	w, err := s.unreachableAt(ctx, &ch, r.Account, d.Watcher, f.Addresses)
	if err != nil || w == nil || f.Kind != watch.Bounced || ofCopies(&ch, w, f.Addresses) {
		return err
	}
	return s.missed(ctx, r, d, w, problemBounced, time.Time{})
}

// gone acts on a message that a channel took after its reader had left it: LINE answers
// as if it reached somebody who blocks the account, and that they do may be known here
// much later.
func (s *Stage) gone(ctx context.Context, m queue.Message, j watch.Job) queue.Verdict {
	r, err := s.Store.Record(ctx, j.Record)
	if errors.Is(err, store.ErrNotFound) {
		return queue.Acknowledge // erased
	}
	if err != nil {
		return s.broken(m, "record cannot be read", err)
	}
	d, ok := r.Delivery(j.Delivery)
	if !ok {
		return queue.Acknowledge
	}
	account, err := s.Store.Account(ctx, r.Account)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return s.broken(m, "account cannot be read", err)
	}
	if account == nil {
		return queue.Acknowledge
	}
	w, ok := account.Watcher(d.Watcher)
	if !ok {
		return queue.Acknowledge
	}
	if err := s.missed(ctx, r, d, w, problemGone, j.Since); err != nil {
		return s.broken(m, "what came of a message cannot be written", err)
	}
	return queue.Acknowledge
}

// missed writes that a delivery did not arrive though a provider took it, not before
// a time; the next channel has it at once.
func (s *Stage) missed(ctx context.Context, r *watch.Record, of *watch.Delivery, w *watch.Watcher, problem string, since time.Time) error {
	now, delivery := s.Now(), of.ID
	if !of.Kind.OfIncident() {
		wide, err := s.widely(ctx, r.Account, w)
		if err != nil {
			return err
		}
		w = wide
	}
	var lost bool
	var added []watch.Delivery
	r, err := s.Store.UpdateRecord(ctx, r.ID, func(r *watch.Record) error {
		d, ok := r.Delivery(delivery)
		if !ok || d.State != watch.Accepted && d.State != watch.Sending || d.AcceptedAt.Before(since) {
			return errSettled
		}
		before := len(r.Deliveries)
		d.State, d.Problem = watch.Undelivered, problem
		said := *d
		w.Several = d.Several
		s.fallback(r, d, w, now, true)
		lost = !said.Kind.OfIncident() && !stillTold(r, &said)
		added = slices.Clone(r.Deliveries[before:])
		r.ComputeDue()
		return nil
	})
	if errors.Is(err, errSettled) {
		return nil
	}
	if err != nil {
		return ignoreNotFound(err)
	}
	if lost {
		s.Logger.ErrorContext(ctx, "a delivery is given up", "record", r.ID, "delivery", delivery, "problem", problem)
	}
	s.queue(ctx, r, added)
	return s.follow(ctx, r, delivery)
}

// ofCopies tells whether a message bounced only from addresses that were
// replaced a moment ago: the new one has it.
func ofCopies(ch *channel.Channel, w *watch.Watcher, addresses []string) bool {
	return len(addresses) > 0 && !slices.ContainsFunc(addresses, func(a string) bool {
		c, ok := w.Channel(ch.Kind)
		return ok && ch.Same(a, ch.Reaches(w, c)) || !slices.ContainsFunc(w.Former, func(f watch.Former) bool { return f.Kind == ch.Kind && ch.Same(a, f.Address) })
	})
}

// answerBounced acts on a bounced mail that answered a person in the place of the chat:
// its address is not used again. The words are gone, and no other way is left,
// so the operator hears of it.
func (s *Stage) answerBounced(ctx context.Context, ch *channel.Channel, f watch.Feedback) error {
	b, err := s.Store.Mailed(ctx, f.Key)
	if errors.Is(err, store.ErrNotFound) && f.Kind == watch.Bounced {
		l, err := s.Store.Letter(ctx, f.Key)
		if err != nil {
			return ignoreNotFound(err)
		}
		return s.returned(ctx, l)
	}
	if err != nil {
		return ignoreNotFound(err)
	}
	s.Logger.WarnContext(ctx, "a message bounced", "channel", string(ch.Kind), "kind", string(f.Kind))
	if _, err := s.unreachableAt(ctx, ch, b.Account, b.Watcher, f.Addresses); err != nil || f.Kind != watch.Bounced {
		return err
	}
	s.Logger.ErrorContext(ctx, "a delivery is given up", "problem", "an answer by mail came back")
	return nil
}

// returned ends the enrolment of a mail that never reached its reader, so that the
// bank sees that no answer will come.
func (s *Stage) returned(ctx context.Context, l *store.Letter) error {
	if l.Enrolment == "" || s.Returned == nil {
		return nil
	}
	s.Logger.WarnContext(ctx, "the mail of an enrolment did not arrive", "channel", string(l.Channel))
	return s.Returned(ctx, l.Enrolment)
}

// unreachableAt notes that a channel does not reach a watcher at these
// addresses. It returns the watcher, or nil if there is none any more. An address that was
// changed in the meantime stays.
func (s *Stage) unreachableAt(ctx context.Context, ch *channel.Channel, k watch.AccountKey, watcher string, addresses []string) (*watch.Watcher, error) {
	var found *watch.Watcher
	_, err := s.Store.UpdateAccount(ctx, k, func(a *watch.Account) ([]store.Write, error) {
		w, ok := a.Watcher(watcher)
		if !ok {
			return nil, store.ErrNotFound
		}
		found = w
		if c, ok := w.Channel(ch.Kind); ok && c.UnreachableSince.IsZero() &&
			slices.ContainsFunc(addresses, func(a string) bool { return ch.Same(a, ch.Reaches(w, c)) }) {
			c.UnreachableSince = s.Now()
		}
		return nil, nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return found, err
}
