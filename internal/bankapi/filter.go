package bankapi

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// lookThrough is about how many disputes one request looks through for those
// that it asks for.
const lookThrough = 1000

// disputeFilters are the parameters by which disputes are found.
var disputeFilters = []string{"reference", "status", "account_ref", "transaction_id", "service", "from", "to", "updated_since"}

// disputeFilter says which disputes are asked for; the zero value is all.
type disputeFilter struct {
	reference, account, transaction, service string
	statuses                                 []watch.DisputeStatus
	from, to, updated                        time.Time
}

// filterOf reads the filter of a query.
func filterOf(q url.Values) (f disputeFilter, err error) {
	f.account, f.transaction, f.service = q.Get("account_ref"), q.Get("transaction_id"), q.Get("service")
	if f.account != "" {
		if fe := watch.CheckRef("account_ref", f.account); fe != nil {
			return f, fe
		}
	}
	if said := q.Get("reference"); said != "" {
		if f.reference = heard(said); len(f.reference) != len(heard(dispute.Reference(""))) {
			return f, refused("reference", "must be what the customer was told, such as KZ-7F3K-9Q4M")
		}
	}
	if list := q.Get("status"); list != "" {
		for s := range strings.SplitSeq(list, ",") {
			status := watch.DisputeStatus(strings.TrimSpace(s))
			switch status {
			case watch.DisputeOpened, watch.DisputeWithdrawn, watch.DisputeReceived, watch.DisputeFrozen, watch.DisputeRefunded, watch.DisputeClosed:
			default:
				return f, refused("status", "must be opened, withdrawn, received, frozen, refunded or closed, or several with commas between")
			}
			f.statuses = append(f.statuses, status)
		}
	}
	for name, to := range map[string]*time.Time{"from": &f.from, "to": &f.to, "updated_since": &f.updated} {
		if v := q.Get(name); v != "" {
			if *to, err = time.Parse(time.RFC3339, v); err != nil {
				return f, refused(name, "must be a time as RFC 3339 writes it, such as 2026-11-29T09:00:00+09:00")
			}
		}
	}
	return f, nil
}

// heard is a reference as somebody may have heard or typed it: without dashes
// and spaces, in capitals.
func heard(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(norm.NFKC.String(s)))
}

// some tells whether it leaves anything out.
func (f *disputeFilter) some() bool {
	return f.reference != "" || f.account != "" || f.transaction != "" || f.service != "" || len(f.statuses) > 0 || !f.from.IsZero() || !f.to.IsZero() || !f.updated.IsZero()
}

// past tells whether those that follow d in an order are all too old, or too new.
func (f *disputeFilter) past(d *watch.Dispute, by order) bool {
	if by == oldestFirst {
		return !f.to.IsZero() && !d.AnsweredAt.Before(f.to)
	}
	return !f.from.IsZero() && d.AnsweredAt.Before(f.from)
}

// leadsOf finds the records that the transaction that is asked for leads to, on
// the account of each dispute: it took the place of another, under whose id it
// stands, or another took its, under which the dispute names both.
func (f *disputeFilter) leadsOf(ctx context.Context, s *store.Store, list []*watch.Dispute) (map[watch.AccountKey]string, error) {
	if f.transaction == "" {
		return nil, nil
	}
	ids := map[watch.AccountKey]string{}
	for _, d := range list {
		e := watch.Event{Bank: d.Account.Bank, AccountRef: d.Account.Ref, TransactionID: f.transaction, Kind: watch.Debit}
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
func (f *disputeFilter) has(d *watch.Dispute, lead string) bool {
	switch {
	case f.reference != "" && heard(d.Reference) != f.reference,
		f.account != "" && d.Account.Ref != f.account,
		len(f.statuses) > 0 && !slices.Contains(f.statuses, d.Status),
		!f.from.IsZero() && d.AnsweredAt.Before(f.from),
		!f.to.IsZero() && !d.AnsweredAt.Before(f.to):
		return false
	}
	if !f.updated.IsZero() && !slices.ContainsFunc(d.Changes, func(c watch.DisputeChange) bool { return !c.At.Before(f.updated) }) &&
		!slices.ContainsFunc(d.Notes, func(n watch.DisputeNote) bool { return !n.At.Before(f.updated) }) {
		return false
	}
	facts := dispute.FactsOf(d)
	named := slices.ContainsFunc(facts.Transactions, func(t dispute.Transaction) bool { return t.Charge.Transaction == f.transaction }) ||
		lead != "" && (d.Leads() == lead || slices.ContainsFunc(d.Also, func(a watch.Disputed) bool { return a.Record == lead }))
	if f.transaction != "" && !named {
		return false
	}
	return f.service == "" || facts.Service == f.service || slices.ContainsFunc(facts.Transactions, func(t dispute.Transaction) bool { return t.Service == f.service })
}
