package store

import (
	"context"
	"hash/maphash"
	"maps"
	"sync"

	"kozamori/internal/watch"
)

// Watched is an account that was read, and is decoded only if more than its Prefilter is
// asked for: to decode ten watchers costs more than all else that an ordinary event does.
type Watched struct {
	watch.AccountKey // by its first ref
	Prefilter        *watch.Prefilter

	item    *Item // nil if it was not read
	account *watch.Account
}

// Account decodes it, and belongs to the caller. It reads one that was not read, as it is
// by then: ErrNotFound if it is not watched any more.
func (w *Watched) Account(ctx context.Context, s *Store) (*watch.Account, error) {
	if w.account == nil && w.item == nil {
		return s.Account(ctx, w.AccountKey)
	}
	if w.account == nil {
		a, _, err := readAccount(*w.item)
		if err != nil {
			return nil, err
		}
		w.account = a
	}
	return w.account, nil
}

// Steady is a table that can tell that an item was not written, without reading it: one
// that no other process writes.
type Steady interface {
	// Stamp is of a moment that a read which begins now comes after, from 1 on.
	Stamp() uint64
	// Unwritten tells that no write of an item that a read after a stamp does not show is
	// acknowledged. It may be false of an item that is the same, and knows of no expiry.
	Unwritten(k Key, since uint64) bool
}

// Prefilters keeps those of the accounts that were read lately, whatever number of
// accounts there are. One serves only for the very bytes that it was made of, which are
// read each time unless the table is Steady, so it is right whichever program writes. That they are the same it tells by their
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
	since   uint64 // a stamp after which it was read; 0 of a table that is not Steady
	*watch.Prefilter
}

// NewPrefilters makes one that holds about so many bytes; 0 keeps nothing.
func NewPrefilters(most int) *Prefilters {
	return &Prefilters{most: most, seed: maphash.MakeSeed(), young: map[string]prefilter{}}
}

// kept is what is kept of an account by its partition.
func (f *Prefilters) kept(pk string) (is prefilter, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if is, ok = f.young[pk]; !ok {
		if is, ok = f.old[pk]; ok {
			f.keep(pk, is) // it is asked for again
		}
	}
	return is, ok
}

// read finds the prefilter of an account's item that was read after a stamp, or decodes it.
func (f *Prefilters) read(it Item, since uint64) (*Watched, watch.AccountKey, error) {
	hash := maphash.Bytes(f.seed, it.Body)
	kept, ok := f.kept(it.PK)
	if ok && kept.version == it.Version && kept.hash == hash {
		if kept.since != since {
			kept.since = since
			f.mu.Lock()
			f.keep(it.PK, kept)
			f.mu.Unlock()
		}
		return &Watched{kept.first, kept.Prefilter, &it, nil}, kept.first, nil
	}
	a, first, err := readAccount(it)
	if a == nil || err != nil {
		return nil, first, err
	}
	p := a.Prefilter()
	f.mu.Lock()
	f.keep(it.PK, prefilter{first, it.Version, hash, since, p})
	f.mu.Unlock()
	return &Watched{first, p, &it, a}, first, nil
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
	var since uint64
	kept := map[watch.AccountKey]*Watched{}
	if table, ok := s.Table.(Steady); ok {
		since = table.Stamp()
		rest := make([]watch.AccountKey, 0, len(keys))
		for _, k := range keys {
			at := profileKey(k)
			is, ok := f.kept(at.PK)
			if ok = ok && is.since > 0 && table.Unwritten(at, is.since) && !withActivity(k); ok {
				kept[k] = &Watched{is.first, is.Prefilter, nil, nil}
			} else {
				rest = append(rest, k)
			}
		}
		keys = rest
	}
	accounts, activities, err := readAccounts(ctx, s, keys, withActivity, func(it Item) (*Watched, watch.AccountKey, error) { return f.read(it, since) })
	if err == nil {
		maps.Copy(accounts, kept)
	}
	return accounts, activities, err
}
