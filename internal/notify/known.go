package notify

import (
	"context"
	"sync"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// known is what one call of Handle knows of the records and accounts that its
// deliveries are about: two reads, however many there are. What could not be
// read together is read alone by the job that needs it, so that what is wrong with
// one delivery costs only that one.
type known struct {
	store    *store.Store
	at       time.Time // when it was read
	accounts map[watch.AccountKey]*watch.Account

	mu      sync.Mutex
	records map[string]*cached
}

// prefetch reads what the jobs are about. A job names no account (no message
// does): the record does, so there are two steps.
func (s *Stage) prefetch(ctx context.Context, jobs []watch.Job) *known {
	k := &known{store: s.Store, at: s.Now(), records: map[string]*cached{}}
	var ids []string
	for _, j := range jobs {
		if j.Record != "" && j.Dispute == "" {
			ids = append(ids, j.Record)
		}
	}
	if len(ids) == 0 {
		return k
	}
	records, err := s.Store.Records(ctx, ids)
	if err != nil {
		s.Logger.WarnContext(ctx, "records cannot be read together", "deliveries", len(ids), "err", err)
		return k
	}
	var accounts []watch.AccountKey
	for id, r := range records {
		k.records[id] = &cached{store: s.Store, record: r}
		accounts = append(accounts, r.Account)
	}
	if len(accounts) == 0 {
		return k
	}
	k.accounts, _, err = s.Store.Accounts(ctx, accounts, func(watch.AccountKey) bool { return false })
	if err != nil {
		s.Logger.WarnContext(ctx, "accounts cannot be read together", "deliveries", len(ids), "err", err)
	}
	return k
}

// record finds a record; store.ErrNotFound if it is gone.
func (k *known) record(ctx context.Context, id string) (*cached, error) {
	k.mu.Lock()
	h := k.records[id]
	k.mu.Unlock()
	if h != nil {
		return h, nil
	}
	r, err := k.store.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.records[id] == nil {
		k.records[id] = &cached{store: k.store, record: r}
	}
	return k.records[id], nil
}

// account finds an account; store.ErrNotFound if it is not watched any more.
func (k *known) account(ctx context.Context, key watch.AccountKey) (*watch.Account, error) {
	if a := k.accounts[key]; a != nil {
		return a, nil
	}
	return k.store.Account(ctx, key)
}

// cached is a record as this call knows it: as it was read, or as this call
// wrote it. Several deliveries of one record share it, and write one after
// the other, each on top of what the last one wrote. Versions tell when
// somebody else wrote in between: then it is read again.
type cached struct {
	store  *store.Store
	mu     sync.Mutex
	record *watch.Record // is replaced, never changed
}

// now is the record as it is known. It must not be changed.
func (h *cached) now() *watch.Record {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.record
}

// update is Store.UpdateRecord without the read that is not needed.
func (h *cached) update(ctx context.Context, change func(*watch.Record) error) (*watch.Record, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, err := h.store.UpdateReadRecord(ctx, h.record, change)
	if err == nil {
		h.record = r
	}
	return r, err
}
