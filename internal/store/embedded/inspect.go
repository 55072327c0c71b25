package embedded

import (
	"bytes"
	"fmt"
	"strings"

	"kozamori/internal/kv"
	"kozamori/internal/store"
)

// Inspect judges an entry of the store: an item must decode and be where the
// indexes say, and an entry of an index must lead to an item that is there.
func Inspect(r kv.Reader, k, v []byte) error {
	for ix, space := range spaces {
		rest, ok := bytes.CutPrefix(k, []byte(space))
		if !ok {
			continue
		}
		if store.Index(ix) == store.Primary {
			return inspectItem(r, rest, v)
		}
		return inspectRef(r, store.Index(ix), k, v)
	}
	return nil
}

func wrong(what string) error { return fmt.Errorf("%w: %s", kv.ErrDamaged, what) }

func inspectItem(r kv.Reader, k, v []byte) error {
	s, err := decodeStored(v)
	if err != nil {
		return err
	}
	pk, sk, ok := strings.Cut(string(k), "\x00")
	if !ok || pk == "" || sk == "" {
		return wrong("an item's key")
	}
	it := s.item(store.Key{PK: pk, SK: sk})
	for ix, at := range map[store.Index]store.Key{store.History: it.History, store.Due: it.Due} {
		if at.PK == "" {
			continue
		}
		if ref, err := r.Get(indexKey(ix, at, it.Key)); err != nil {
			return err
		} else if ref == nil {
			return wrong("an item is not where an index should have it")
		}
	}
	return nil
}

func inspectRef(r kv.Reader, ix store.Index, k, v []byte) error {
	to, err := decodeRef(v)
	if err != nil {
		return err
	}
	b, err := r.Get(key(to))
	if err != nil {
		return err
	}
	if b == nil {
		return wrong("an index leads to an item that is not there")
	}
	s, err := decodeStored(b)
	if err != nil {
		return err
	}
	it := s.item(to)
	at := it.History
	if ix == store.Due {
		at = it.Due
	}
	if !bytes.Equal(indexKey(ix, at, to), k) {
		return wrong("an index has an item where it is not")
	}
	return nil
}
