package embedded

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"

	"kozamori/internal/kv"
	"kozamori/internal/store"
)

// Query walks a partition of the table or of an index.
func (t *Table) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if err := ctx.Err(); err != nil {
		return store.Page{}, err
	}
	if q.Limit < 1 || q.Limit > store.MaxLimit {
		return store.Page{}, fmt.Errorf("store: a limit of %d, from 1 to %d", q.Limit, store.MaxLimit)
	}
	prefix := []byte(spaces[q.Index] + q.PK + "\x00")
	after, err := openCursor(q, prefix)
	if err != nil {
		return store.Page{}, err
	}
	from, before := bounds(q, prefix, after)
	var page store.Page
	if bytes.Compare(from, before) >= 0 {
		return page, nil
	}
	err = t.db.View(func(r kv.Reader) error {
		return r.Walk(from, before, q.Reverse, func(k, v []byte) (bool, error) {
			it, ok, err := t.found(r, q.Index, k[len(prefix):], v, q.PK)
			if err != nil || !ok {
				return true, err
			}
			if len(page.Items) == q.Limit {
				page.Cursor = makeCursor(q, after)
				return false, nil
			}
			page.Items = append(page.Items, it)
			after = bytes.Clone(k)
			return true, nil
		})
	})
	return page, err
}

// bounds are the first key that a query may find, and the first one behind
// all that it may. after is the last key of the page before.
func bounds(q store.Query, prefix, after []byte) (from, before []byte) {
	from = append(bytes.Clone(prefix), q.From...)
	before = append(bytes.Clone(prefix), 0xff)
	if q.To != "" {
		before = append(append(bytes.Clone(prefix), q.To...), 1)
	}
	switch {
	case after == nil:
	case q.Reverse:
		before = after
	default:
		from = append(bytes.Clone(after), 0)
	}
	return from, before
}

// found is the item that an entry stands for.
func (t *Table) found(r kv.Reader, ix store.Index, sk, v []byte, pk string) (store.Item, bool, error) {
	k := store.Key{PK: pk, SK: string(sk)}
	var s *stored
	var alive bool
	var err error
	if ix == store.Primary {
		if s, err = decodeStored(bytes.Clone(v)); err == nil {
			alive = t.alive(s)
		}
	} else {
		if k, err = decodeRef(v); err == nil {
			s, alive, err = t.load(r, key(k))
		}
	}
	if err != nil || !alive {
		return store.Item{}, false, err
	}
	if ix == store.Due {
		return store.Item{Key: k, Due: store.Key{PK: s.DPK, SK: s.DSK}}, true, nil
	}
	return s.item(k), true, nil
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
