package embedded

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"kozamori/internal/store"
)

// purgeEvery is how often what has expired is removed from the file; DynamoDB
// does so within days. Meanwhile it cannot be read.
const purgeEvery = time.Hour

// purgePart bounds how many items are looked at, and so removed, in one
// transaction: writers wait for it.
const purgePart = 2000

func (t *Table) purging() {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			// What fails is expired in an hour too.
			_, _ = t.Purge(context.Background())
		case <-t.closed:
			return
		}
	}
}

// Purge removes every expired item and says how many there were. It is done
// every hour by itself.
func (t *Table) Purge(ctx context.Context) (int, error) {
	total := 0
	for from := []byte{}; ; {
		expired, next, err := t.expired(from)
		if err != nil {
			return total, err
		}
		if len(expired) > 0 {
			n := 0
			if err := t.do(ctx, &call{work: func(tx *bbolt.Tx) (err error) { n, err = t.drop(tx, expired); return err }}); err != nil {
				return total, err
			}
			total += n
		}
		if next == nil {
			return total, nil
		}
		from = next
	}
}

// expired looks at a part of the items and says where the next part begins.
func (t *Table) expired(from []byte) (keys []store.Key, next []byte, err error) {
	err = t.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(buckets[store.Primary]).Cursor()
		n := 0
		for k, v := c.Seek(from); k != nil; k, v = c.Next() {
			if n++; n > purgePart {
				next = bytes.Clone(k)
				return nil
			}
			s, err := decodeStored(v)
			if err != nil {
				return err
			}
			if s.Expires != 0 && s.Expires <= t.now().Unix() {
				pk, sk, _ := strings.Cut(string(k), "\x00")
				keys = append(keys, store.Key{PK: pk, SK: sk})
			}
		}
		return nil
	})
	return keys, next, err
}

// drop deletes those items that are still expired.
func (t *Table) drop(tx *bbolt.Tx, keys []store.Key) (n int, err error) {
	for _, k := range keys {
		old, alive, err := t.load(tx, key(k))
		if err != nil {
			return n, err
		}
		if old == nil || alive {
			continue
		}
		if err := put(tx, store.Write{Item: store.Item{Key: k}, Delete: true}, old); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

var errClosed = errors.New("store: closed")

// do hands a call to the committer and waits for the disk.
func (t *Table) do(ctx context.Context, c *call) error {
	c.done = make(chan struct{})
	select {
	case t.calls <- c:
	case <-t.closed:
		return errClosed
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
