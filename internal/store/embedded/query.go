package embedded

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"

	"kozamori/internal/store"
)

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
			it, ok, err := t.found(tx, q.Index, k[len(prefix):], v, q.PK)
			if err != nil {
				return err
			}
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
func (t *Table) found(tx *bbolt.Tx, ix store.Index, sk, v []byte, pk string) (store.Item, bool, error) {
	k := store.Key{PK: pk, SK: string(sk)}
	if ix != store.Primary {
		n := binary.BigEndian.Uint32(v)
		k = store.Key{PK: string(v[4 : 4+n]), SK: string(v[4+n:])}
	}
	s, alive, err := t.load(tx, key(k))
	if err != nil || !alive {
		return store.Item{}, false, err
	}
	if ix == store.Due {
		return store.Item{Key: k, Due: store.Key{PK: s.DPK, SK: s.DSK}}, true, nil
	}
	return s.item(k), true, nil
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
