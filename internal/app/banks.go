package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"kozamori/internal/store"
)

const (
	// bankLife is how long what a bank is called serves before it is read
	// again: a new name or telephone number is in every message a minute later.
	bankLife = time.Minute
	// bankPause is how long a read that failed is not tried again.
	bankPause = time.Second
)

// banks keeps the banks' entries for a while. It may be nil, and then keeps
// nothing.
type banks struct {
	now  func() time.Time
	mu   sync.Mutex
	kept map[string]keptBank
}

type keptBank struct {
	bank *store.Bank // nil if there is none
	err  error
	till time.Time
}

// get reads a bank, or has it from before. When it cannot be read again, what
// was read before goes on serving: the same delivery says the same each time.
func (b *banks) get(ctx context.Context, s *store.Store, code string) (*store.Bank, error) {
	if b == nil {
		return s.Bank(ctx, code)
	}
	b.mu.Lock() // also while reading: ten deliveries of a bank read it once
	defer b.mu.Unlock()
	k, known := b.kept[code]
	if known && b.now().Before(k.till) {
		return k.bank, k.err
	}
	bank, err := s.Bank(ctx, code)
	switch {
	case err == nil, errors.Is(err, store.ErrNotFound):
		k = keptBank{bank, err, b.now().Add(bankLife)}
	case ctx.Err() != nil && k.bank == nil:
		return nil, err // a caller that gave up must not fail the others
	case k.bank != nil:
		k.till = b.now().Add(bankPause)
	default:
		k = keptBank{nil, err, b.now().Add(bankPause)}
	}
	b.kept[code] = k
	return k.bank, k.err
}
