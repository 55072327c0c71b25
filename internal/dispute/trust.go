package dispute

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// TrustFor is how long a service is trusted.
const TrustFor = watch.TrustFor

// TrustDays is TrustFor in days.
const TrustDays = int(TrustFor / (24 * time.Hour))

// trustOffer is the trust that this record suggests to the asker: none for a while
// after they said "not mine", on any account.
func (f *file) trustOffer() (watch.Trust, bool) {
	r := f.record
	if at := f.watcher.ReportedAt; !at.IsZero() && f.now.Sub(at) <= watch.ReportedFor {
		return watch.Trust{}, false
	}
	if f.watcher.Role != watch.Owner || r.Kind != watch.Debit || r.Service == "" || r.Amount <= 0 || f.disputed() {
		return watch.Trust{}, false
	}
	if r.Answer != nil && r.Answer.Other {
		return watch.Trust{}, false // it was none of the service's
	}
	return watch.Trust{Service: r.Service, UpTo: r.Amount, Until: f.now.Add(TrustFor), Since: f.now}, true
}

// Trust adds to the asker's rules that debits of the record's service up to
// its amount stay silent for TrustFor. It may be repeated. The trust added is
// Result.Offer. ErrNotAllowed for a guardian, ErrNoTrust if there is nothing
// to trust or "not mine" stands, both with what stands.
func (k *Service) Trust(ctx context.Context, recordID string, who Answerer) (Result, error) {
	f, err := k.open(ctx, recordID, who)
	if err != nil {
		return Result{}, err
	}
	res := f.result(f.standing(), k.undoFor())
	t, ok := f.trustOffer()
	switch {
	case f.watcher.Role != watch.Owner:
		return res, ErrNotAllowed
	case !ok:
		return res, ErrNoTrust
	}
	res.Watcher, err = settings.New(k.Store, k.Queue).Trust(ctx, f.account.AccountKey, settings.Who{Watcher: f.watcher.ID, LineUser: f.watcher.LineUser, Way: who.Way, At: f.now}, t)
	switch {
	case errors.Is(err, store.ErrNotFound): // they left a moment ago
		return Result{}, ErrNotFound
	case err != nil:
		return Result{}, err
	}
	return res, nil
}
