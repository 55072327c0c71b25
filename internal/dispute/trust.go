package dispute

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// TrustFor is how long a service is trusted.
const TrustFor = 90 * 24 * time.Hour

// TrustDays is TrustFor in days.
const TrustDays = int(TrustFor / (24 * time.Hour))

// offer is the trust that this record suggests to the asker.
func (f *file) offer() (watch.Trust, bool) {
	r := f.record
	if f.watcher.Role != watch.Owner || r.Kind != watch.Debit || r.Service == "" || r.Amount <= 0 || f.disputed() {
		return watch.Trust{}, false
	}
	return watch.Trust{Service: r.Service, UpTo: r.Amount, Until: f.now.Add(TrustFor)}, true
}

// Trust adds to the asker's rules that debits of the record's service up to
// its amount stay silent for TrustFor. It may be repeated. The trust added is
// Result.Offer. ErrNotAllowed for a guardian, ErrNoTrust if there is nothing
// to trust or "not mine" stands, both with what stands.
func (k *Service) Trust(ctx context.Context, recordID string, who Answerer) (Result, error) {
	var res Result
	err := store.Retry(ctx, func() error {
		f, err := k.open(ctx, recordID, who)
		if err != nil {
			return err
		}
		res = f.result(f.standing(), k.undoFor())
		t, ok := f.offer()
		switch {
		case f.watcher.Role != watch.Owner:
			return ErrNotAllowed
		case !ok:
			return ErrNoTrust
		}
		f.watcher.Rules.Trusts = addTrust(f.watcher.Rules.Trusts, t, f.now)
		res.Watcher = *f.watcher
		return k.Store.Write(ctx, store.PutAccount(f.account))
	})
	if err != nil && !errors.Is(err, ErrNotAllowed) && !errors.Is(err, ErrNoTrust) {
		return Result{}, err
	}
	return res, err
}

// addTrust adds t and drops what is over, and what t covers: a trust of the
// same service that is neither higher nor longer. Beyond what rules may hold
// those go that would end first: debits of theirs are told again.
func addTrust(trusts []watch.Trust, t watch.Trust, now time.Time) []watch.Trust {
	kept := slices.DeleteFunc(slices.Clone(trusts), func(o watch.Trust) bool {
		covered := o.Service == t.Service && o.UpTo <= t.UpTo && !o.Until.After(t.Until)
		return covered || !now.Before(o.Until)
	})
	if over := len(kept) + 1 - watch.MaxTrusts; over > 0 {
		slices.SortStableFunc(kept, func(a, b watch.Trust) int { return a.Until.Compare(b.Until) })
		kept = kept[over:]
	}
	return append(kept, t)
}
