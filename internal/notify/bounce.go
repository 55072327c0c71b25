package notify

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// mailBounced is the problem of a delivery whose mail came back.
const mailBounced = "the mail came back"

// bounced tells whether the last word on a delivery is said: a bounce may
// overtake the answer that SES took the mail.
func bounced(d *watch.Delivery) bool {
	return d.State == watch.Undelivered && d.Problem == mailBounced
}

// Bounced acts on what became of a mail that SES had accepted. A mail that
// came back is a delivery that reached nobody: the next channel has it at
// once. After a complaint only later alerts take another way: this one was
// seen. Either way the address is not written to again. It may be told twice.
func (s *Stage) Bounced(ctx context.Context, f watch.MailFeedback) error {
	record, delivery, ok := watch.ParseMailKey(f.Key)
	if f.Kind == "" || !ok {
		return nil
	}
	r, err := s.Store.Record(ctx, record)
	if err != nil {
		return ignoreNotFound(err)
	}
	d, ok := r.Delivery(delivery)
	if !ok || d.Channel != watch.Email {
		return nil
	}
	s.Logger.Warn("a mail came back", "record", record, "delivery", delivery, "kind", string(f.Kind))
	w, err := s.unreachableAt(ctx, r.Account, d.Watcher, f.Addresses)
	if err != nil || w == nil || f.Kind != watch.MailBounced {
		return err
	}
	now := s.Now()
	var added []watch.Delivery
	r, err = s.Store.UpdateRecord(ctx, record, func(r *watch.Record) error {
		d, ok := r.Delivery(delivery)
		if !ok || d.State != watch.Accepted && d.State != watch.Sending {
			return errSettled
		}
		before := len(r.Deliveries)
		d.State, d.Problem = watch.Undelivered, mailBounced
		s.fallback(r, d, w, now, true)
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
	s.queue(ctx, r, added)
	return nil
}

// unreachableAt notes that mails do not reach a watcher at these addresses. It
// returns the watcher, or nil if there is none any more. An address that was
// changed in the meantime stays.
func (s *Stage) unreachableAt(ctx context.Context, k watch.AccountKey, watcher string, addresses []string) (*watch.Watcher, error) {
	var found *watch.Watcher
	_, err := s.Store.UpdateAccount(ctx, k, func(a *watch.Account) ([]store.Write, error) {
		w, ok := a.Watcher(watcher)
		if !ok {
			return nil, store.ErrNotFound
		}
		found = w
		for i := range w.Channels {
			c := &w.Channels[i]
			if c.Kind == watch.Email && c.UnreachableSince.IsZero() &&
				slices.ContainsFunc(addresses, func(s string) bool { return sameAddress(s, c.Address) }) {
				c.UnreachableSince = s.Now()
			}
		}
		return nil, nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return found, err
}

// sameAddress compares addresses as providers write them: in any case, with
// quotes or without.
func sameAddress(a, b string) bool {
	bare := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, `"`, "")) }
	return bare(a) == bare(b)
}
