package dispute

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// LookThrough is about how many disputes one Find looks through for those that it is
// asked for, and MaxPage the most that it returns.
const (
	LookThrough = 1000
	MaxPage     = 100
)

// Order is how disputes are listed, by when they were answered.
type Order string

// The orders.
const (
	NewestFirst Order = "newest"
	OldestFirst Order = "oldest"
)

// Filter says which disputes are asked for; the zero value is all.
type Filter struct {
	Reference                     string // as Heard reads it
	Account, Transaction, Service string
	Statuses                      []watch.DisputeStatus
	From, To                      time.Time // when they were answered, To not included
	Updated                       time.Time // they have changed since
}

// Heard is a reference as a clerk may have heard or typed it: without dashes and
// spaces, in capitals. False if it cannot be one.
func Heard(s string) (string, bool) {
	s = heard(s)
	return s, len(s) == len(heard(Reference("")))
}

// written is a reference that was heard as a dispute has it.
func written(s string) string {
	if _, whole := Heard(s); !whole {
		return s
	}
	return s[:2] + "-" + s[2:6] + "-" + s[6:]
}

func heard(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(norm.NFKC.String(s)))
}

// oldestCursor begins the cursors of a list that begins with the oldest: one of the
// other order would lead back.
const oldestCursor = "oldest:"

// Find is a page of a bank's disputes, with their accounts as the bank calls them now:
// at most limit, and fewer, perhaps none, if that many are not among those that one
// call looks through. next leads to what follows; empty on the last page. An account
// may be named by any ref that it had. store.ErrCursor.
func Find(ctx context.Context, s *store.Store, bank string, f Filter, by Order, limit int, cursor string) (out []*watch.Dispute, next string, err error) {
	if f.Account != "" {
		names, err := s.Names(ctx, watch.AccountKey{Bank: bank, Ref: f.Account})
		if err != nil {
			return nil, "", err
		}
		f.Account = names.Account.Ref
	}
	if f.Reference != "" && cursor == "" {
		found, all, err := f.byReference(ctx, s, bank, by)
		if err != nil {
			return nil, "", err
		}
		if all && len(found) <= limit {
			return found, "", nil
		}
	}
	page := limit
	if f.some() {
		page = MaxPage
	}
	for looked := 0; looked < LookThrough; looked += page {
		list, next, err := in(ctx, s, bank, by, page, cursor)
		if err != nil {
			return nil, "", err
		}
		leads, err := f.leadsOf(ctx, s, list)
		if err != nil {
			return nil, "", err
		}
		called, err := s.Called(ctx, accountsOf(list)...)
		if err != nil {
			return nil, "", err
		}
		for i, d := range list {
			if !f.has(d, leads[d.Account]) {
				continue
			}
			out = append(out, Called(d, called[d.Account].Now()))
			if len(out) == limit && i+1 < len(list) { // the cursor must stand behind this one
				if _, next, err = in(ctx, s, bank, by, i+1, cursor); err != nil {
					return nil, "", err
				}
				break
			}
		}
		if len(list) > 0 && f.past(list[len(list)-1], by) && len(out) < limit {
			next = "" // none that follows is asked for
		}
		if cursor = next; next == "" || len(out) == limit || !f.some() {
			break
		}
	}
	return out, cursor, nil
}

// byReference finds by the reference alone, without looking through any; all tells that
// there is no other, but for an accident of hashes.
func (f *Filter) byReference(ctx context.Context, s *store.Store, bank string, by Order) (out []*watch.Dispute, all bool, err error) {
	list, all, err := s.Referenced(ctx, bank, written(f.Reference))
	if err != nil {
		return nil, false, err
	}
	slices.SortFunc(list, func(a, b *watch.Dispute) int {
		if by == OldestFirst {
			a, b = b, a
		}
		return b.AnsweredAt.Compare(a.AnsweredAt)
	})
	leads, err := f.leadsOf(ctx, s, list)
	if err != nil {
		return nil, false, err
	}
	called, err := s.Called(ctx, accountsOf(list)...)
	if err != nil {
		return nil, false, err
	}
	for _, d := range list {
		if f.has(d, leads[d.Account]) {
			out = append(out, Called(d, called[d.Account].Now()))
		}
	}
	return out, all || len(list) > 0, nil
}

// in is a page of the bank's disputes in an order.
func in(ctx context.Context, s *store.Store, bank string, by Order, limit int, cursor string) (list []*watch.Dispute, next string, err error) {
	if by != OldestFirst {
		return s.Disputes(ctx, bank, limit, cursor)
	}
	if cursor != "" {
		rest, own := strings.CutPrefix(cursor, oldestCursor)
		if !own || rest == "" {
			return nil, "", store.ErrCursor
		}
		cursor = rest
	}
	if list, next, err = s.OldestDisputes(ctx, bank, limit, cursor); next != "" {
		next = oldestCursor + next
	}
	return list, next, err
}

// accountsOf lists the accounts of disputes.
func accountsOf(list []*watch.Dispute) (out []watch.AccountKey) {
	for _, d := range list {
		out = append(out, d.Account)
	}
	return out
}

// some tells whether it leaves anything out.
func (f *Filter) some() bool {
	return f.Reference != "" || f.Account != "" || f.Transaction != "" || f.Service != "" || len(f.Statuses) > 0 || !f.From.IsZero() || !f.To.IsZero() || !f.Updated.IsZero()
}

// past tells whether those that follow d in an order are all too old, or too new.
func (f *Filter) past(d *watch.Dispute, by Order) bool {
	if by == OldestFirst {
		return !f.To.IsZero() && !d.AnsweredAt.Before(f.To)
	}
	return !f.From.IsZero() && d.AnsweredAt.Before(f.From)
}

// leadsOf finds the records that the transaction that is asked for leads to, on
// the account of each dispute: it took the place of another, under whose id it
// stands, or another took its, under which the dispute names both.
func (f *Filter) leadsOf(ctx context.Context, s *store.Store, list []*watch.Dispute) (map[watch.AccountKey]string, error) {
	if f.Transaction == "" {
		return nil, nil
	}
	ids := map[watch.AccountKey]string{}
	for _, d := range list {
		e := watch.Event{Bank: d.Account.Bank, AccountRef: d.Account.Ref, TransactionID: f.Transaction, Kind: watch.Debit}
		ids[d.Account] = e.RecordID()
	}
	found, err := s.Records(ctx, slices.Collect(maps.Values(ids)))
	if err != nil {
		return nil, err
	}
	leads := map[watch.AccountKey]string{}
	for k, id := range ids {
		switch r := found[id]; {
		case r == nil:
		case r.Alias == "":
			leads[k] = r.ID
		default:
			if r, err = s.Telling(ctx, r); err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			} else if err == nil {
				leads[k] = r.ID
			}
		}
	}
	return leads, nil
}

// has tells whether a dispute is asked for. lead is the record that the
// transaction leads to.
func (f *Filter) has(d *watch.Dispute, lead string) bool {
	switch {
	case f.Reference != "" && heard(d.Reference) != f.Reference,
		f.Account != "" && d.Account.Ref != f.Account,
		len(f.Statuses) > 0 && !slices.Contains(f.Statuses, d.Status),
		!f.From.IsZero() && d.AnsweredAt.Before(f.From),
		!f.To.IsZero() && !d.AnsweredAt.Before(f.To):
		return false
	}
	if !f.Updated.IsZero() && !slices.ContainsFunc(d.Changes, func(c watch.DisputeChange) bool { return !c.At.Before(f.Updated) }) &&
		!slices.ContainsFunc(d.Notes, func(n watch.DisputeNote) bool { return !n.At.Before(f.Updated) }) {
		return false
	}
	facts := FactsOf(d)
	named := slices.ContainsFunc(facts.Transactions, func(t Transaction) bool { return t.Charge.Transaction == f.Transaction }) ||
		lead != "" && (d.Leads() == lead || slices.ContainsFunc(d.Also, func(a watch.Disputed) bool { return a.Record == lead }))
	if f.Transaction != "" && !named {
		return false
	}
	return f.Service == "" || facts.Service == f.Service || slices.ContainsFunc(facts.Transactions, func(t Transaction) bool { return t.Service == f.Service })
}
