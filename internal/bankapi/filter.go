package bankapi

import (
	"net/url"
	"strings"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/watch"
)

// disputeFilters are the parameters by which disputes are found.
var disputeFilters = []string{"reference", "status", "account_ref", "transaction_id", "service", "from", "to", "updated_since"}

// filterOf reads the filter of a query.
func filterOf(q url.Values) (f dispute.Filter, err error) {
	f.Account, f.Transaction, f.Service = q.Get("account_ref"), q.Get("transaction_id"), q.Get("service")
	if f.Account != "" {
		if fe := watch.CheckRef("account_ref", f.Account); fe != nil {
			return f, fe
		}
	}
	if said := q.Get("reference"); said != "" {
		var whole bool
		if f.Reference, whole = dispute.Heard(said); !whole {
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
			f.Statuses = append(f.Statuses, status)
		}
	}
	for name, to := range map[string]*time.Time{"from": &f.From, "to": &f.To, "updated_since": &f.Updated} {
		if v := q.Get(name); v != "" {
			if *to, err = time.Parse(time.RFC3339, v); err != nil {
				return f, refused(name, "must be a time as RFC 3339 writes it, such as 2026-11-29T09:00:00+09:00")
			}
		}
	}
	return f, nil
}
