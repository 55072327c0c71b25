package store

import (
	"context"
	"errors"
	"hash/fnv"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var refusals = codec.For[Refused]("refused")

// Refused is an event, or a whole body, that was refused. What the bank sent
// is kept for its engineers; it is customer data and never logged.
type Refused struct {
	ID      string     `json:"id"` // derived from bank and raw: the same refusal is kept once
	Bank    string     `json:"bank"`
	At      time.Time  `json:"at"`
	Webhook string     `json:"webhook"` // webhook-id of the request
	EventID string     `json:"event_id,omitempty"`
	Field   string     `json:"field,omitempty"`
	Problem string     `json:"problem"`
	Code    watch.Code `json:"code,omitempty"`
	More    int        `json:"more,omitempty"` // problems beside this one
	Raw     string     `json:"raw"`            // at most 64 KiB
	// Broken is what the bank sent, to the byte, if that is no UTF-8: Raw has
	// a mark in place of each broken character then.
	Broken []byte `json:"broken,omitempty"`
	Cut    bool   `json:"cut,omitempty"`
	// Old tells that it was kept before quarantine was spread over partitions.
	Old bool `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// SetRaw keeps what the bank sent.
func (r *Refused) SetRaw(raw []byte) {
	r.Raw, r.Broken = string(raw), nil
	if !utf8.Valid(raw) {
		r.Raw, r.Broken = strings.ToValidUTF8(r.Raw, "\uFFFD"), raw
	}
}

// Bytes is what the bank sent.
func (r *Refused) Bytes() []byte {
	if r.Broken != nil {
		return r.Broken
	}
	return []byte(r.Raw)
}

// KeepRefused is how long quarantine keeps what was refused.
const KeepRefused = 90 * 24 * time.Hour

// shards are how many partitions a bank's quarantine has. A bank whose program
// is broken sends thousands of refused events a second, and one partition
// takes about a thousand small writes. Fewer would lose what lies in others.
const shards = 16

func shardOf(bank, id string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return shard(bank, int(h.Sum32()%shards))
}

func shard(bank string, n int) string { return oldShard(bank) + "#" + strconv.Itoa(n) }

// oldShard is where all of a bank's was before.
func oldShard(bank string) string { return "Q#" + bank }

func (r *Refused) key() Key {
	if r.Old {
		return Key{oldShard(r.Bank), r.ID}
	}
	return Key{shardOf(r.Bank, r.ID), r.ID}
}

// place is where it stands in a listing.
func (r *Refused) place() string { return stamp(r.At) + "#" + r.ID }

// PutRefused keeps a refused event.
func PutRefused(r *Refused) Write {
	k := r.key()
	return Write{Item: Item{Key: k, Body: refusals.Encode(r), Expires: until(r.At, KeepRefused), History: Key{k.PK, r.place()}}, If: Any}
}

// Refused reads one refused event. ErrNotFound.
func (s *Store) Refused(ctx context.Context, bank, id string) (*Refused, error) {
	for _, old := range []bool{false, true} {
		r := Refused{Bank: bank, ID: id, Old: old}
		_, err := read(ctx, s, r.key(), refusals, &r)
		if err == nil {
			return &r, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return nil, ErrNotFound
}

// Quarantine lists a bank's refused events, newest first.
func (s *Store) Quarantine(ctx context.Context, bank string) iter.Seq2[*Refused, error] {
	lists := []iter.Seq2[*Refused, error]{s.refused(ctx, oldShard(bank), true)}
	for n := range shards {
		lists = append(lists, s.refused(ctx, shard(bank, n), false))
	}
	return merged(lists, func(a, b *Refused) int { return strings.Compare(b.place(), a.place()) })
}

func (s *Store) refused(ctx context.Context, pk string, old bool) iter.Seq2[*Refused, error] {
	return all(ctx, s, Query{Index: History, PK: pk, Reverse: true}, as(under("Q#", ""), refusals, func(r *Refused, _ Item) { r.Old = old }))
}

// DeleteRefused removes what was read of quarantine, once it was replayed.
func DeleteRefused(r *Refused) Write {
	return Write{Item: Item{Key: r.key()}, If: Any, Delete: true}
}
