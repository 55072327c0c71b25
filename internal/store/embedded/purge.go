package embedded

import (
	"bytes"
	"context"
	"strings"
	"time"

	"kozamori/internal/kv"
	"kozamori/internal/store"
)

// purgeEvery is how often what has expired is removed; DynamoDB
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
	for from := []byte(spaces[store.Primary]); from != nil; {
		expired, next, err := t.expired(from)
		if err != nil {
			return total, err
		}
		if len(expired) > 0 {
			n := 0
			if err := t.db.Commit(ctx, t.dropping(expired, &n)); err != nil {
				return total, err
			}
			total += n
		}
		from = next
	}
	return total, nil
}

// expired looks at a part of the items and says where the next part begins.
func (t *Table) expired(from []byte) (keys []store.Key, next []byte, err error) {
	n := 0
	err = t.db.View(func(r kv.Reader) error {
		return r.Walk(from, []byte(spaces[store.Primary]+"\xff"), false, func(k, v []byte) (bool, error) {
			if n++; n > purgePart {
				next = bytes.Clone(k)
				return false, nil
			}
			s, err := decodeStored(v)
			if err == nil && !t.alive(s) {
				pk, sk, _ := strings.Cut(string(k[len(spaces[store.Primary]):]), "\x00")
				keys = append(keys, store.Key{PK: pk, SK: sk})
			}
			return true, err
		})
	})
	return keys, next, err
}

// dropping deletes those items that are still expired, and counts them.
func (t *Table) dropping(keys []store.Key, n *int) kv.Part {
	var olds []*stored
	return kv.Part{
		Check: func(r kv.Reader) error {
			olds = make([]*stored, len(keys))
			for i, k := range keys {
				old, alive, err := t.load(r, key(k))
				if err != nil {
					return err
				}
				if !alive {
					olds[i] = old
				}
			}
			return nil
		},
		Stage: func(w kv.Writer) {
			for i, k := range keys {
				if olds[i] != nil {
					put(w, &store.Write{Item: store.Item{Key: k}, Delete: true}, olds[i])
					*n++
				}
			}
		},
	}
}
