// Package embedded keeps the store's table on this machine, for trying,
// testing and small installs. It promises what DynamoDB promises, and each
// write is on disk before it is answered.
package embedded

import (
	"context"
	"sync"
	"time"

	"kozamori/internal/kv"
	"kozamori/internal/store"
)

// Table is a store.Table in an kv.
type Table struct {
	db     kv.DB
	now    func() time.Time
	closed chan struct{}
	done   sync.WaitGroup
	once   sync.Once
}

var (
	_ store.Table  = (*Table)(nil)
	_ store.Steady = (*Table)(nil)
)

// Options of a table; the zero value is sensible.
type Options struct {
	Now func() time.Time // the clock that expiry is compared with; nil is the real one
}

// On is the table in an engine, which queues may share. Close ends the table
// and leaves the engine open.
func On(db kv.DB, o Options) *Table {
	if o.Now == nil {
		o.Now = time.Now
	}
	t := &Table{db: db, now: o.Now, closed: make(chan struct{})}
	t.done.Go(t.purging)
	return t
}

// Close ends the table after the writes under way.
func (t *Table) Close() error {
	t.once.Do(func() { close(t.closed) })
	t.done.Wait()
	return nil
}

// Where things lie in the engine: items by key, and the indexes.
var spaces = [...]string{store.Primary: "s/i/", store.History: "s/h/", store.Due: "s/d/"}

func key(k store.Key) []byte { return []byte(spaces[store.Primary] + k.PK + "\x00" + k.SK) }

// indexKey orders an index by its keys; the item's own key makes it unique.
func indexKey(ix store.Index, at, k store.Key) []byte {
	return []byte(spaces[ix] + at.PK + "\x00" + at.SK + "\x00" + k.PK + "\x00" + k.SK)
}

// load reads an item; false if it is absent or expired (it comes all the same:
// its index entries are still there).
func (t *Table) load(r kv.Reader, k []byte) (*stored, bool, error) {
	v, err := r.Get(k)
	if v == nil || err != nil {
		return nil, false, err
	}
	s, err := decodeStored(v)
	if err != nil {
		return nil, false, err
	}
	return s, t.alive(s), nil
}

func (t *Table) alive(s *stored) bool { return s.Expires == 0 || s.Expires > t.now().Unix() }

// Get reads items.
func (t *Table) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make(map[store.Key]store.Item, len(keys))
	err := t.db.View(func(r kv.Reader) error {
		for _, k := range keys {
			s, alive, err := t.load(r, key(k))
			if err != nil {
				return err
			}
			if alive {
				out[k] = s.item(k)
			}
		}
		return nil
	})
	return out, err
}

// Stamp is of a moment that a read which begins now comes after.
func (t *Table) Stamp() uint64 { return t.db.Stamp() }

// Unwritten tells, without reading it, that an item is as it was read after a stamp.
func (t *Table) Unwritten(k store.Key, since uint64) bool { return t.db.Unwritten(key(k), since) }

// Write does all writes or none. It waits for the disk.
func (t *Table) Write(ctx context.Context, writes ...store.Write) error {
	part, err := t.Part(writes...)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.db.Commit(ctx, part)
}

// Part is what Write does, to be committed together with parts of others.
func (t *Table) Part(writes ...store.Write) (kv.Part, error) {
	if err := store.CheckWrites(writes); err != nil {
		return kv.Part{}, err
	}
	size := 0
	for i := range writes {
		size += len(writes[i].Item.Body)
	}
	var olds []*stored
	return kv.Part{
		Check: func(r kv.Reader) (err error) { olds, err = t.check(r, writes); return err },
		Stage: func(w kv.Writer) {
			for i := range writes {
				if !writes[i].Check {
					put(w, &writes[i], olds[i])
				}
			}
		},
		Size: size,
	}, nil
}

// check reads what is there and holds it against the conditions.
func (t *Table) check(r kv.Reader, writes []store.Write) ([]*stored, error) {
	olds := make([]*stored, len(writes))
	var failed []int
	for i, w := range writes {
		old, alive, err := t.load(r, key(w.Item.Key))
		if err != nil {
			return nil, err
		}
		olds[i] = old
		var version int64
		if alive {
			version = old.Version
		}
		if w.If != store.Any && int64(w.If) != version {
			failed = append(failed, i)
		}
	}
	if failed != nil {
		return nil, &store.ConditionError{Failed: failed}
	}
	return olds, nil
}

func put(to kv.Writer, w *store.Write, old *stored) {
	k := w.Item.Key
	if old == nil {
		old = &stored{}
	}
	var s stored
	if !w.Delete {
		s = stored{Body: w.Item.Body, Version: old.Version + 1, HPK: w.Item.History.PK, HSK: w.Item.History.SK,
			DPK: w.Item.Due.PK, DSK: w.Item.Due.SK}
		if w.If == store.Absent {
			s.Version = 1 // what was there had expired
		}
		if !w.Item.Expires.IsZero() {
			s.Expires = w.Item.Expires.Unix()
		}
	}
	reindex(to, store.History, k, store.Key{PK: old.HPK, SK: old.HSK}, store.Key{PK: s.HPK, SK: s.HSK})
	reindex(to, store.Due, k, store.Key{PK: old.DPK, SK: old.DSK}, store.Key{PK: s.DPK, SK: s.DSK})
	if w.Delete {
		to.Delete(key(k))
		return
	}
	to.Set(key(k), s.encode())
}

// reindex moves an item within an index; a key without PK is no place.
func reindex(to kv.Writer, ix store.Index, k, was, is store.Key) {
	if was == is {
		return
	}
	if was.PK != "" {
		to.Delete(indexKey(ix, was, k))
	}
	if is.PK != "" {
		to.Set(indexKey(ix, is, k), encodeRef(k))
	}
}
