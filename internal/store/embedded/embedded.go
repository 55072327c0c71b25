// Package embedded keeps the store's table in one file on this machine, for
// trying, testing and small installs. It promises what DynamoDB promises, and
// each write is on disk before it is answered.
package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"kozamori/internal/store"
)

const (
	maxGroup      = 256      // write calls per commit
	scratchGrowth = 64 << 10 // bytes by which a scratch file grows
)

var buckets = [][]byte{store.Primary: []byte("items"), store.History: []byte("history"), store.Due: []byte("due")}

// Table is a store.Table in a bbolt file.
type Table struct {
	db     *bbolt.DB
	now    func() time.Time
	calls  chan *call
	closed chan struct{}
	done   sync.WaitGroup
	once   sync.Once
}

// call is work for the next commit. A ConditionError of its own fails only it.
type call struct {
	work func(*bbolt.Tx) error
	err  error
	done chan struct{}
}

var _ store.Table = (*Table)(nil)

// Options of a table; the zero value is sensible.
type Options struct {
	Now func() time.Time // the clock that expiry is compared with; nil is the real one
	// Scratch is for a file that need not outlive the machine, as in tests:
	// nothing waits for the disk, and the file stays small.
	Scratch bool
}

// Open opens or makes the file. A file that another process holds is an error.
func Open(path string, opts Options) (*Table, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 200 * time.Millisecond, FreelistType: bbolt.FreelistMapType, InitialMmapSize: 1 << 28})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another process", path)
	}
	if err != nil {
		return nil, fmt.Errorf("the store cannot be opened: %w", err)
	}
	if opts.Scratch {
		db.NoSync, db.NoGrowSync, db.AllocSize = true, true, scratchGrowth
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, b := range buckets {
			if _, err := tx.CreateBucketIfNotExists(b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("the store cannot be written: %w", err)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	t := &Table{db: db, now: opts.Now, calls: make(chan *call, maxGroup), closed: make(chan struct{})}
	t.done.Go(t.commit)
	t.done.Go(t.purging)
	return t, nil
}

// Close ends the table after the writes under way.
func (t *Table) Close() error {
	t.once.Do(func() { close(t.closed) })
	t.done.Wait()
	return t.db.Close()
}

func key(k store.Key) []byte { return []byte(k.PK + "\x00" + k.SK) }

// indexKey orders an index by its keys; the item's own key makes it unique.
func indexKey(ix store.Key, k store.Key) []byte {
	return []byte(ix.PK + "\x00" + ix.SK + "\x00" + k.PK + "\x00" + k.SK)
}

// load reads an item; false if it is absent or expired (it comes all the same:
// its index entries are still there). Its body is the file's own until the
// transaction ends.
func (t *Table) load(tx *bbolt.Tx, k []byte) (*stored, bool, error) {
	v := tx.Bucket(buckets[store.Primary]).Get(k)
	if v == nil {
		return nil, false, nil
	}
	s, err := decodeStored(v)
	if err != nil {
		return nil, false, err
	}
	return s, s.Expires == 0 || s.Expires > t.now().Unix(), nil
}

// Get reads items.
func (t *Table) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make(map[store.Key]store.Item, len(keys))
	err := t.db.View(func(tx *bbolt.Tx) error {
		for _, k := range keys {
			s, alive, err := t.load(tx, key(k))
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

// Write does all writes or none. It waits for the disk.
func (t *Table) Write(ctx context.Context, writes ...store.Write) error {
	if err := store.CheckWrites(writes); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.do(ctx, &call{work: func(tx *bbolt.Tx) error { return t.apply(tx, writes) }})
}

// commit gathers the calls that came while the disk was busy and writes them
// in one transaction: there is no delay, and one sync serves them all.
func (t *Table) commit() {
	for {
		var group []*call
		select {
		case c := <-t.calls:
			group = append(group, c)
		case <-t.closed:
			return
		}
	more:
		for len(group) < maxGroup {
			select {
			case c := <-t.calls:
				group = append(group, c)
			default:
				break more
			}
		}
		err := t.db.Update(func(tx *bbolt.Tx) error {
			for _, c := range group {
				if c.err = c.work(tx); c.err != nil {
					if _, lost := store.AsCondition(c.err); !lost {
						return c.err
					}
				}
			}
			return nil
		})
		for _, c := range group {
			if err != nil {
				c.err = fmt.Errorf("store: %w", err)
			}
			close(c.done)
		}
	}
}

// apply checks every condition before it changes anything, so that a call
// that fails leaves nothing behind in the shared transaction.
func (t *Table) apply(tx *bbolt.Tx, writes []store.Write) error {
	olds := make([]*stored, len(writes))
	var failed []int
	for i, w := range writes {
		old, alive, err := t.load(tx, key(w.Item.Key))
		if err != nil {
			return err
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
		return &store.ConditionError{Failed: failed}
	}
	for i, w := range writes {
		if w.Check {
			continue
		}
		if err := put(tx, w, olds[i]); err != nil {
			return err
		}
	}
	return nil
}

func put(tx *bbolt.Tx, w store.Write, old *stored) error {
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
	if err := reindex(tx, store.History, k, store.Key{PK: old.HPK, SK: old.HSK}, store.Key{PK: s.HPK, SK: s.HSK}); err != nil {
		return err
	}
	if err := reindex(tx, store.Due, k, store.Key{PK: old.DPK, SK: old.DSK}, store.Key{PK: s.DPK, SK: s.DSK}); err != nil {
		return err
	}
	if w.Delete {
		return tx.Bucket(buckets[store.Primary]).Delete(key(k))
	}
	return tx.Bucket(buckets[store.Primary]).Put(key(k), s.encode())
}

// reindex moves an item within an index; a key without PK is no place.
func reindex(tx *bbolt.Tx, ix store.Index, k, from, to store.Key) error {
	if from == to {
		return nil
	}
	b := tx.Bucket(buckets[ix])
	if from.PK != "" {
		if err := b.Delete(indexKey(from, k)); err != nil {
			return err
		}
	}
	if to.PK == "" {
		return nil
	}
	ref := binary.BigEndian.AppendUint32(nil, uint32(len(k.PK)))
	return b.Put(indexKey(to, k), append(append(ref, k.PK...), k.SK...))
}
