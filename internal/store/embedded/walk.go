package embedded

import (
	"bytes"
	"context"
	"encoding/base64"

	"kozamori/internal/kv"
	"kozamori/internal/store"
)

// walkPage is how many items one page of Walk holds at most.
const walkPage = 1000

// Walk reads a page of the whole table: items whose partition begins with a prefix. It
// is for the operator's tool, which moves items once.
func (t *Table) Walk(ctx context.Context, prefix, cursor string) (store.Page, error) {
	if err := ctx.Err(); err != nil {
		return store.Page{}, err
	}
	space := []byte(spaces[store.Primary])
	from := append(bytes.Clone(space), prefix...)
	before := append(bytes.Clone(from), 0xff)
	if cursor != "" {
		last, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil || !bytes.HasPrefix(last, from) {
			return store.Page{}, store.ErrCursor
		}
		from = append(last, 0)
	}
	var page store.Page
	var after []byte
	err := t.db.View(func(r kv.Reader) error {
		return r.Walk(from, before, false, func(k, v []byte) (bool, error) {
			if len(page.Items) == walkPage {
				page.Cursor = base64.RawURLEncoding.EncodeToString(after)
				return false, nil
			}
			s, err := decodeStored(bytes.Clone(v))
			if err != nil {
				return false, err
			}
			pk, sk, _ := bytes.Cut(k[len(space):], []byte{0})
			if t.alive(s) {
				page.Items = append(page.Items, s.item(store.Key{PK: string(pk), SK: string(sk)}))
				after = bytes.Clone(k)
			}
			return true, nil
		})
	})
	return page, err
}
