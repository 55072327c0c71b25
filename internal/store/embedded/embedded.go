// Package embedded keeps the store's table in one file on this machine, for
// trying, testing and small installs. It promises what DynamoDB promises, and
// each write is on disk before it is answered.
package embedded

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"kozamori/internal/store"
)

const maxGroup = 256 // write calls per commit

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

type call struct {
	writes []store.Write
	err    error
	done   chan struct{}
}

var _ store.Table = (*Table)(nil)

// Options of a table; the zero value is sensible.
type Options struct {
	Now func() time.Time // the clock that expiry is compared with; nil is the real one
}

// Open opens or makes the file. A file that another process holds is an error.
func Open(path string, opts Options) (*Table, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 200 * time.Millisecond, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another process", path)
	}
	if err != nil {
		return nil, fmt.Errorf("the store cannot be opened: %w", err)
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
	return t, nil
}

// Close ends the table after the writes under way.
func (t *Table) Close() error {
	t.once.Do(func() { close(t.closed) })
	t.done.Wait()
	return t.db.Close()
}

// stored is an item as it lies in the file.
type stored struct {
	Body     json.RawMessage `json:"b,omitempty"`
	Version  int64           `json:"v"`
	Expires  int64           `json:"e,omitempty"` // unix seconds
	HPK, HSK string          `json:",omitempty"`
	DPK, DSK string          `json:",omitempty"`
}

func key(k store.Key) []byte { return []byte(k.PK + "\x00" + k.SK) }

// indexKey orders an index by its keys; the item's own key makes it unique.
func indexKey(ix store.Key, k store.Key) []byte {
	return []byte(ix.PK + "\x00" + ix.SK + "\x00" + k.PK + "\x00" + k.SK)
}

func (t *Table) load(tx *bbolt.Tx, k []byte) (*stored, bool) {
	v := tx.Bucket(buckets[store.Primary]).Get(k)
	if v == nil {
		return nil, false
	}
	var s stored
	if err := json.Unmarshal(v, &s); err != nil {
		return nil, false
	}
	s.Body = bytes.Clone(s.Body)
	return &s, s.Expires == 0 || s.Expires > t.now().Unix()
}

func (s *stored) item(k store.Key) store.Item {
	it := store.Item{Key: k, Body: s.Body, Version: s.Version,
		History: store.Key{PK: s.HPK, SK: s.HSK}, Due: store.Key{PK: s.DPK, SK: s.DSK}}
	if s.Expires != 0 {
		it.Expires = time.Unix(s.Expires, 0).UTC()
	}
	return it
}

// Get reads items.
func (t *Table) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make(map[store.Key]store.Item, len(keys))
	err := t.db.View(func(tx *bbolt.Tx) error {
		for _, k := range keys {
			if s, alive := t.load(tx, key(k)); alive {
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
	c := &call{writes: writes, done: make(chan struct{})}
	select {
	case t.calls <- c:
	case <-t.closed:
		return errors.New("store: closed")
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return ctx.Err() // unknown whether it happened
	}
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
				if c.err = t.apply(tx, c.writes); c.err != nil {
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
		old, alive := t.load(tx, key(w.Item.Key))
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
	hist, due := tx.Bucket(buckets[store.History]), tx.Bucket(buckets[store.Due])
	var version int64
	if old != nil {
		version = old.Version
		if old.HPK != "" {
			if err := hist.Delete(indexKey(store.Key{PK: old.HPK, SK: old.HSK}, k)); err != nil {
				return err
			}
		}
		if old.DPK != "" {
			if err := due.Delete(indexKey(store.Key{PK: old.DPK, SK: old.DSK}, k)); err != nil {
				return err
			}
		}
	}
	if w.Delete {
		return tx.Bucket(buckets[store.Primary]).Delete(key(k))
	}
	if w.If == store.Absent {
		version = 0 // what was there had expired
	}
	s := stored{Body: w.Item.Body, Version: version + 1, HPK: w.Item.History.PK, HSK: w.Item.History.SK,
		DPK: w.Item.Due.PK, DSK: w.Item.Due.SK}
	if !w.Item.Expires.IsZero() {
		s.Expires = w.Item.Expires.Unix()
	}
	v, err := json.Marshal(s)
	if err != nil {
		return err
	}
	ref := binary.BigEndian.AppendUint32(nil, uint32(len(k.PK)))
	ref = append(append(ref, k.PK...), k.SK...)
	if s.HPK != "" {
		if err := hist.Put(indexKey(w.Item.History, k), ref); err != nil {
			return err
		}
	}
	if s.DPK != "" {
		if err := due.Put(indexKey(w.Item.Due, k), ref); err != nil {
			return err
		}
	}
	return tx.Bucket(buckets[store.Primary]).Put(key(k), v)
}

// Query walks a partition of the table or of an index.
func (t *Table) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if err := ctx.Err(); err != nil {
		return store.Page{}, err
	}
	if q.Limit < 1 || q.Limit > 1000 {
		return store.Page{}, fmt.Errorf("store: a limit of %d, from 1 to 1000", q.Limit)
	}
	prefix := []byte(q.PK + "\x00")
	after, err := openCursor(q, prefix)
	if err != nil {
		return store.Page{}, err
	}
	var page store.Page
	err = t.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(buckets[q.Index]).Cursor()
		k, v := start(c, q, prefix, after)
		for ; k != nil && bytes.HasPrefix(k, prefix); k, v = step(c, q) {
			sk, _, _ := strings.Cut(string(k[len(prefix):]), "\x00")
			if q.To != "" && sk > q.To {
				if q.Reverse {
					continue
				}
				return nil
			}
			if q.From != "" && sk < q.From {
				if !q.Reverse {
					continue
				}
				return nil
			}
			it, ok := t.found(tx, q.Index, k[len(prefix):], v, q.PK)
			if !ok {
				continue
			}
			if len(page.Items) == q.Limit {
				page.Cursor = makeCursor(q, after)
				return nil
			}
			page.Items = append(page.Items, it)
			after = bytes.Clone(k)
		}
		return nil
	})
	return page, err
}

// found is the item that an entry of a bucket stands for.
func (t *Table) found(tx *bbolt.Tx, ix store.Index, sk, v []byte, pk string) (store.Item, bool) {
	k := store.Key{PK: pk, SK: string(sk)}
	if ix != store.Primary {
		n := binary.BigEndian.Uint32(v)
		k = store.Key{PK: string(v[4 : 4+n]), SK: string(v[4+n:])}
	}
	s, alive := t.load(tx, key(k))
	if !alive {
		return store.Item{}, false
	}
	if ix == store.Due {
		return store.Item{Key: k, Due: store.Key{PK: s.DPK, SK: s.DSK}}, true
	}
	return s.item(k), true
}

func start(c *bbolt.Cursor, q store.Query, prefix, after []byte) (k, v []byte) {
	if !q.Reverse {
		if after != nil {
			if k, v = c.Seek(after); k != nil && bytes.Equal(k, after) {
				return c.Next()
			}
			return k, v
		}
		return c.Seek(append(bytes.Clone(prefix), q.From...))
	}
	end := after
	if end == nil {
		end = append(bytes.Clone(prefix), 0xff)
		if q.To != "" {
			end = append(append(bytes.Clone(prefix), q.To...), 1)
		}
	}
	// The entry before end; past the last entry Seek finds nothing.
	if k, _ = c.Seek(end); k == nil {
		return c.Last()
	}
	return c.Prev()
}

func step(c *bbolt.Cursor, q store.Query) ([]byte, []byte) {
	if q.Reverse {
		return c.Prev()
	}
	return c.Next()
}

// A cursor is the last key of its page, with a mark of its query before it.
func mark(q store.Query) string { return fmt.Sprintf("%d|%v|%s|%s", q.Index, q.Reverse, q.From, q.To) }

func makeCursor(q store.Query, last []byte) string {
	return base64.RawURLEncoding.EncodeToString(append([]byte(mark(q)+"\x01"), last...))
}

func openCursor(q store.Query, prefix []byte) ([]byte, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return nil, store.ErrCursor
	}
	m, last, ok := bytes.Cut(b, []byte{1})
	if !ok || string(m) != mark(q) || !bytes.HasPrefix(last, prefix) {
		return nil, store.ErrCursor
	}
	return last, nil
}
