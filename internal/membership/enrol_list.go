package membership

import (
	"context"
	"errors"
	"slices"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Enrolments lists the enrolments by mail of a bank that are still kept, in the
// order in which they end: of one account, or of all if accountRef is empty.
func (d *Service) Enrolments(ctx context.Context, bank, accountRef string) ([]*Enrolment, error) {
	var out []*Enrolment
	list := func(t *store.Ticket, about *enrolment) error { //nolint:unparam // what else is done with one can fail
		e := d.enrolmentOf(t, about)
		out = append(out, &e)
		return nil
	}
	if accountRef != "" {
		names, err := d.Store.Names(ctx, watch.AccountKey{Bank: bank, Ref: accountRef})
		if err != nil {
			return nil, err
		}
		for _, k := range names.Keys() {
			if err := d.enrolmentsFor(ctx, k, list); err != nil {
				return nil, err
			}
		}
		slices.SortStableFunc(out, func(a, b *Enrolment) int { return a.Expires.Compare(b.Expires) })
		return out, d.called(ctx, bank, out)
	}
	for t, err := range d.Store.Tickets(ctx, store.BankTickets(bank)) {
		if err == nil && t.Kind == store.TicketEnrol {
			err = doEnrolment(t, list)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, d.called(ctx, bank, out)
}

// enrolmentsFor takes the bank's enrolments for one account, but those that the version
// before made, in the order in which they end.
func (d *Service) enrolmentsFor(ctx context.Context, k watch.AccountKey, do func(*store.Ticket, *enrolment) error) error {
	for of, err := range d.Store.Tickets(ctx, store.AccountTickets(k)) {
		if err != nil {
			return err
		}
		if of.Kind != store.TicketEnrolOf {
			continue
		}
		t, err := d.Store.Ticket(ctx, store.TicketEnrol, of.Enrolment())
		if err == nil {
			err = doEnrolment(t, do)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

func doEnrolment(t *store.Ticket, do func(*store.Ticket, *enrolment) error) error {
	var about enrolment
	if err := enrolments.Decode(t.Body, &about); err != nil {
		return err
	}
	return do(t, &about)
}
