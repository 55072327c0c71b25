package membership

import (
	"context"
	"errors"
	"slices"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// foundInARow is how many enrolments that are found by their accounts follow each
// other before it is taken that all later ones are: while functions are replaced, both
// versions make some.
const foundInARow = 5

// endOlder cancels open enrolments of the same role for any of the accounts that the
// version before made: they are not found by their accounts. A bank's list is in the
// order in which its enrolments end, so they stand at its beginning, and there are none
// once the last of them is over.
func (d *Service) endOlder(ctx context.Context, bank string, newest *store.Ticket, role watch.Role, refs []string) error {
	found := 0
	for t, err := range d.Store.TicketsFrom(ctx, store.BankTickets(bank), d.now().Add(NonceLife)) {
		if err != nil {
			return err
		}
		var other enrolment
		if t.Kind != store.TicketEnrol || t.Hash == newest.Hash {
			continue
		}
		if err := enrolments.Decode(t.Body, &other); err != nil {
			return err
		}
		if len(other.Accounts) == 0 {
			continue
		}
		_, err = d.Store.Ticket(ctx, store.TicketEnrolOf, store.EnrolOf(t, watch.AccountKey{Bank: bank, Ref: other.Accounts[0].Ref}).Hash)
		switch {
		case err == nil:
			if found++; found == foundInARow {
				return nil
			}
			continue
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		found = 0
		if err := d.endIfOf(ctx, t, newest, &other, role, refs); err != nil {
			return err
		}
	}
	return nil
}

// endIfOf cancels an open enrolment if it is older than the newest, of the same role,
// and for one of its accounts, which have these refs.
func (d *Service) endIfOf(ctx context.Context, t, newest *store.Ticket, other *enrolment, role watch.Role, refs []string) error {
	both := slices.ContainsFunc(other.Accounts, func(x tickedAccount) bool { return slices.Contains(refs, x.Ref) })
	if !both || t.Hash == newest.Hash || t.Expires.After(newest.Expires) || other.Role != role {
		return nil
	}
	err := d.endEnrolment(ctx, t.Hash, EnrolCancelled)
	if errors.Is(err, ErrEnrolled) || errors.Is(err, ErrExpired) {
		return nil
	}
	return err
}
