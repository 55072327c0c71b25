package store

import (
	"context"
	"hash/maphash"
	"sync"

	"kozamori/internal/watch"
)

// Watched is an account that was read, and is decoded only if more than its Prefilter is
// asked for: to decode ten watchers costs more than all else that an ordinary event does.
type Watched struct {
	watch.AccountKey // by its first ref
	Prefilter        *watch.Prefilter

	item    Item
	account *watch.Account
}

// Account decodes it, and belongs to the caller.
func (w *Watched) Account() (*watch.Account, error) {
	if w.account == nil {
		a, _, err := readAccount(w.item)
		if err != nil {
			return nil, err
		}
		w.account = a
	}
	return w.account, nil
}

// Prefilters keeps those of the accounts that were read lately, whatever number of
// accounts there are. One serves only for the very bytes that it was made of, which are
// read each time, so it is right whichever program writes. That they are the same it tells by their
// version and by a hash of 64 bits, with a seed of this process that no one can know: the
// version alone would not do, since an account that was erased begins again at 1.
type Prefilters struct {
	most int
	seed maphash.Seed

	mu         sync.Mutex
	young, old map[string]prefilter // by partition
	size       int                  // of young
}

type prefilter struct {
	first   watch.AccountKey
	version int64
	hash    uint64
	*watch.Prefilter
}

// NewPrefilters makes one that holds about so many bytes; 0 keeps nothing.
func NewPrefilters(most int) *Prefilters {
	return &Prefilters{most: most, seed: maphash.MakeSeed(), young: map[string]prefilter{}}
}

// read finds the prefilter of an account's item, or decodes it.
func (f *Prefilters) read(it Item) (*Watched, watch.AccountKey, error) {
	hash := maphash.Bytes(f.seed, it.Body)
	f.mu.Lock()
	kept, ok := f.young[it.PK]
	if !ok {
		if kept, ok = f.old[it.PK]; ok {
			f.keep(it.PK, kept) // it is asked for again
		}
	}
	f.mu.Unlock()
	if ok && kept.version == it.Version && kept.hash == hash {
		return &Watched{kept.first, kept.Prefilter, it, nil}, kept.first, nil
	}
	a, first, err := readAccount(it)
	if a == nil || err != nil {
		return nil, first, err
	}
	p := a.Prefilter()
	f.mu.Lock()
	f.keep(it.PK, prefilter{first, it.Version, hash, p})
	f.mu.Unlock()
	return &Watched{first, p, it, a}, first, nil
}

// sizeOf is about what one takes in memory.
func (p prefilter) sizeOf(pk string) int { return 250 + 2*len(pk) + p.Size() }

// keep puts one among the young, which become the old when they take half of the room.
func (f *Prefilters) keep(pk string, p prefilter) {
	if was, ok := f.young[pk]; ok {
		f.size -= was.sizeOf(pk)
	}
	if f.size += p.sizeOf(pk); f.size > f.most/2 {
		f.old, f.young, f.size = f.young, map[string]prefilter{}, p.sizeOf(pk)
	}
	if f.size <= f.most/2 {
		f.young[pk] = p
	}
}

// Watched is Accounts, for who reads the same accounts again and again.
func (s *Store) Watched(ctx context.Context, f *Prefilters, keys []watch.AccountKey, withActivity func(watch.AccountKey) bool) (map[watch.AccountKey]*Watched, map[watch.AccountKey]*watch.Activity, error) {
	return readAccounts(ctx, s, keys, withActivity, f.read)
}
