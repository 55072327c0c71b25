package store

import (
	"context"
	"slices"
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
	// Walk is where in the bank's quarantine the search for what names the account
	// goes on, while it is under way; Again tells that it is the last one.
	Walk    string `json:"walk,omitempty"`
	Again   bool   `json:"again,omitempty"`
	Version int64  `json:"-"`

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

// PutErasureAgain writes it at the version read.
func PutErasureAgain(e *Erasure) Write {
	w := PutErasure(e)
	w.If = At(e.Version)
	return w
}

// DeleteErasure removes it at the version read.
func DeleteErasure(e *Erasure) Write {
	return Write{Item: Item{Key: erasureKey(e.Account)}, If: At(e.Version), Delete: true}
}

var wishes = codec.For[ErasureWish]("erasure.wish")

// ErasureWish notes that the last owner of an account left and wants its records
// erased: that begins when they cannot come back any more.
type ErasureWish struct {
	watch.OnAccount `json:"account"`
	At              time.Time `json:"at"` // when they left
	Due             time.Time `json:"due"`
	By              string    `json:"by"` // as a watcher
	Way             watch.Way `json:"way,omitempty"`
	Version         int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// wishKey is none that the version before knows: its sweep leaves the item alone.
func wishKey(k watch.AccountKey) Key { return Key{"E#" + k.Bank + "#" + k.Ref, "WISH"} }

// ErasureWish reads it. ErrNotFound if there is none.
func (s *Store) ErasureWish(ctx context.Context, k watch.AccountKey) (*ErasureWish, error) {
	var e ErasureWish
	v, err := read(ctx, s, wishKey(k), wishes, &e)
	if err != nil {
		return nil, err
	}
	e.Version = v
	return &e, nil
}

// PutErasureWish writes it, whatever was there.
func PutErasureWish(e *ErasureWish) Write {
	it := Item{Key: wishKey(e.Account), Body: wishes.Encode(e)}
	it.Due = Key{duePK(it.PK), stamp(e.Due) + "#" + it.PK}
	return Write{Item: it, If: Any}
}

// DeleteErasureWish removes it at the version read.
func DeleteErasureWish(e *ErasureWish) Write {
	return Write{Item: Item{Key: wishKey(e.Account)}, If: At(e.Version), Delete: true}
}

// erased takes the key of an erasure apart.
func erased(pk string) watch.AccountKey {
	bank, ref, _ := strings.Cut(strings.TrimPrefix(pk, "E#"), "#")
	return watch.AccountKey{Bank: bank, Ref: ref}
}

// DeleteUnknown are the writes that remove, from an account's partition and from
// its lists in an index, each item that is of no kind that this version knows,
// or cannot be read as one: a newer version wrote it.
func (s *Store) DeleteUnknown(ctx context.Context, k watch.AccountKey) ([]Write, error) {
	return unknown(ctx, s, []place{
		{Query{PK: accountPK(k)}, func(it Item) bool { return slices.Contains([]Key{profileKey(k), activityKey(k), billsKey(k)}, it.Key) }},
		{Query{Index: History, PK: accountPK(k)}, func(it Item) bool {
			return known(recordItems)(it) || known(controlItems)(it) || known(inquiryItems)(it)
		}},
		{Query{Index: History, PK: codesPK(k)}, known(codeItems)},
		{Query{Index: History, PK: ticketsPK(AccountTickets(k))}, known(ticketItems)},
	})
}

// DeleteUnknownOf are the same writes for a person.
func (s *Store) DeleteUnknownOf(ctx context.Context, lineUser string) ([]Write, error) {
	pk := personPK(lineUser)
	return unknown(ctx, s, []place{
		{Query{PK: pk}, func(it Item) bool { return it.SK == "PERSON" || isBinding(it.Key) }},
		{Query{Index: History, PK: ticketsPK(PersonTickets(lineUser))}, known(ticketItems)},
	})
}

// place is one query's items, and which of them this version knows.
type place struct {
	all   Query
	known func(Item) bool
}

func unknown(ctx context.Context, t Table, places []place) (out []Write, err error) {
	for _, p := range places {
		for it, err := range all(ctx, t, p.all, kind[Item]{func(Key) bool { return true }, func(it Item) (*Item, error) { return &it, nil }}) {
			if err != nil {
				return nil, err
			}
			if !p.known(*it) {
				out = append(out, Write{Item: Item{Key: it.Key}, If: Any, Delete: true})
			}
		}
	}
	return out, nil
}

// known tells whether an item is of a kind, and reads as one.
func known[T any](k kind[T]) func(Item) bool {
	return func(it Item) bool {
		if !k.is(it.Key) {
			return false
		}
		_, err := k.decode(it)
		return err == nil
	}
}
