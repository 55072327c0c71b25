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
	ID      string    `json:"id"` // derived from bank and raw: the same refusal is kept once
	Bank    string    `json:"bank"`
	At      time.Time `json:"at"`
	Webhook string    `json:"webhook"` // webhook-id of the request
	EventID string    `json:"event_id,omitempty"`
	// Txn and Ref are the transaction and the account, if it names them well.
	Txn     string     `json:"txn,omitempty"`
	Ref     string     `json:"account_ref,omitempty"`
	Field   string     `json:"field,omitempty"`
	Problem string     `json:"problem"`
	Code    watch.Code `json:"code,omitempty"`
	More    int        `json:"more,omitempty"` // problems in addition to this one
	Raw     string     `json:"raw"`            // at most 64 KiB
	// Broken is what the bank sent, to the byte, if that is no UTF-8, or is full
	// of what takes much room: Raw has a mark in place of such characters then.
	Broken []byte `json:"broken,omitempty"`
	Cut    bool   `json:"cut,omitempty"`
	// Old tells that it was kept before quarantine was spread over partitions.
	Old bool `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// maxSwollen is how many characters of a body may be such as take six bytes
// each once they are encoded: with more it could be larger than an item is.
const maxSwollen = 8 << 10

// SetRaw keeps what the bank sent.
func (r *Refused) SetRaw(raw []byte) {
	r.Raw, r.Broken = string(raw), nil
	swollen := 0
	for _, c := range r.Raw {
		if swells(c) {
			swollen++
		}
	}
	if utf8.Valid(raw) && swollen <= maxSwollen {
		return
	}
	r.Raw, r.Broken = strings.ToValidUTF8(r.Raw, "\uFFFD"), raw
	if swollen > maxSwollen {
		r.Raw = strings.Map(func(c rune) rune {
			if swells(c) {
				return '?'
			}
			return c
		}, r.Raw)
	}
}

func swells(c rune) bool {
	return c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029'
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

// PutRefused keeps a refused event, and by what it is found.
func PutRefused(r *Refused) []Write {
	k := r.key()
	out := []Write{{Item: Item{Key: k, Body: refusals.Encode(r), Expires: until(r.At, KeepRefused), History: Key{k.PK, r.place()}}, If: Any}}
	for _, found := range r.found() {
		out = append(out, Write{Item: Item{Key: found, Body: []byte("{}"), Expires: until(r.At, KeepRefused)}, If: Any})
	}
	return out
}

// found are the keys that lead from an event's id and from its transaction to
// what was refused. They stand in its own partition: a bank that refuses to
// change its ids makes no partition hot.
func (r *Refused) found() []Key {
	var out []Key
	if r.EventID != "" {
		out = append(out, Key{r.key().PK, byEvent(r.Bank, r.EventID) + r.ID})
	}
	if r.Txn != "" && r.Ref != "" {
		out = append(out, Key{r.key().PK, byTransaction(watch.AccountKey{Bank: r.Bank, Ref: r.Ref}, r.Txn) + r.ID})
	}
	return out
}

func byEvent(bank, id string) string { return "~E#" + watch.Derive("event", bank, id)[:16] + "#" }

func byTransaction(k watch.AccountKey, txn string) string {
	return "~T#" + watch.Derive("transaction", k.Bank, k.Ref, txn)[:16] + "#"
}

// MaxFound is how many refused events of one id or transaction are found in
// each partition.
const MaxFound = 20

// RefusedEvent finds the refused events that a bank gave this id, in no order.
func (s *Store) RefusedEvent(ctx context.Context, bank, id string) ([]*Refused, error) {
	return s.find(ctx, bank, byEvent(bank, id))
}

// RefusedTransaction finds the refused events of a transaction, in no order.
func (s *Store) RefusedTransaction(ctx context.Context, k watch.AccountKey, txn string) ([]*Refused, error) {
	return s.find(ctx, k.Bank, byTransaction(k, txn))
}

func (s *Store) find(ctx context.Context, bank, by string) ([]*Refused, error) {
	var keys []Key
	for n := range shards {
		page, err := s.Query(ctx, Query{PK: shard(bank, n), From: by, To: by + "~", Limit: MaxFound})
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			keys = append(keys, Key{it.PK, strings.TrimPrefix(it.SK, by)})
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	items, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var out []*Refused
	for _, k := range keys {
		it, ok := items[k]
		if !ok {
			continue // taken out of quarantine a moment ago
		}
		r := &Refused{}
		if err := refusals.Decode(it.Body, r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
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
	return s.quarantine(ctx, bank, "")
}

// QuarantineFrom is Quarantine from what stands at a place on; and where one stands.
func (s *Store) QuarantineFrom(ctx context.Context, bank, place string) iter.Seq2[*Refused, error] {
	return s.quarantine(ctx, bank, place)
}

// Place is where it stands in quarantine.
func (r *Refused) Place() string { return r.place() }

// QuarantinePage is a page of them, with a cursor that is brought back for the
// next; empty on the last. ErrCursor.
func (s *Store) QuarantinePage(ctx context.Context, bank string, limit int, cursor string) ([]*Refused, string, error) {
	if cursor != "" {
		at, id, ok := strings.Cut(cursor, "#")
		if _, err := time.Parse(stampForm, at); err != nil || !ok || id == "" || len(cursor) > 100 {
			return nil, "", ErrCursor
		}
	}
	out := []*Refused{}
	for r, err := range s.quarantine(ctx, bank, cursor) {
		if err != nil {
			return nil, "", err
		}
		if r.place() == cursor {
			continue // the last of the page before
		}
		if len(out) == limit {
			return out, out[limit-1].place(), nil
		}
		out = append(out, r)
	}
	return out, "", nil
}

// quarantine begins with what stands at a place, if that is given.
func (s *Store) quarantine(ctx context.Context, bank, place string) iter.Seq2[*Refused, error] {
	lists := []iter.Seq2[*Refused, error]{s.refused(ctx, oldShard(bank), place, true)}
	for n := range shards {
		lists = append(lists, s.refused(ctx, shard(bank, n), place, false))
	}
	return merged(lists, func(a, b *Refused) int { return strings.Compare(b.place(), a.place()) })
}

func (s *Store) refused(ctx context.Context, pk, place string, old bool) iter.Seq2[*Refused, error] {
	return all(ctx, s, Query{Index: History, PK: pk, To: place, Reverse: true}, as(under("Q#", ""), refusals, func(r *Refused, _ Item) { r.Old = old }))
}

// DeleteRefused removes what was read of quarantine, once it was replayed.
func DeleteRefused(r *Refused) []Write {
	out := []Write{{Item: Item{Key: r.key()}, If: Any, Delete: true}}
	for _, found := range r.found() {
		out = append(out, Write{Item: Item{Key: found}, If: Any, Delete: true})
	}
	return out
}
