package store

import (
	"context"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var erasures = codec.For[Erasure]("erasure")

// Erasure notes that an account was erased, until it was looked at again for
// what came in at the same moment.
type Erasure struct {
	watch.OnAccount `json:"account"`
	At              time.Time `json:"at"`
	Due             time.Time `json:"due"`
	Version         int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

func erasureKey(k watch.AccountKey) Key { return Key{"E#" + k.Bank + "#" + k.Ref, "E"} }

// Erasure reads it. ErrNotFound if there is none.
func (s *Store) Erasure(ctx context.Context, k watch.AccountKey) (*Erasure, error) {
	var e Erasure
	v, err := read(ctx, s, erasureKey(k), erasures, &e)
	if err != nil {
		return nil, err
	}
	e.Version = v
	return &e, nil
}

// PutErasure writes it, whatever was there.
func PutErasure(e *Erasure) Write {
	it := Item{Key: erasureKey(e.Account), Body: erasures.Encode(e)}
	it.Due = Key{duePK(it.PK), stamp(e.Due) + "#" + it.PK}
	return Write{Item: it, If: Any}
}

// DeleteErasure removes it at the version read.
func DeleteErasure(e *Erasure) Write {
	return Write{Item: Item{Key: erasureKey(e.Account)}, If: At(e.Version), Delete: true}
}

// erased takes the key of an erasure apart.
func erased(pk string) watch.AccountKey {
	bank, ref, _ := strings.Cut(strings.TrimPrefix(pk, "E#"), "#")
	return watch.AccountKey{Bank: bank, Ref: ref}
}
