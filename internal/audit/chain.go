package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/store"
)

// Entry is an act in its bank's list. Its hash is SHA-256 of its canonical JSON
// (RFC 8785), in hexadecimal digits.
type Entry struct {
	Seq  int64  `json:"seq"`  // from 1, without a gap
	Prev string `json:"prev"` // the hash of the entry before; empty of the first
	// PrevUntil is until when the entry before is kept at least.
	PrevUntil time.Time `json:"prev_until,omitzero"`
	Act
	// Digest is SHA-256 of a step of a trail as it is stored.
	Digest string `json:"digest,omitempty"`
}

// block is how entries are kept: those that were put into the list together.
type block struct {
	Entries []jsontext.Value `json:"entries"`

	Unknown jsontext.Value `json:",embed"`
}

// Head is the end of a list: what tells, to who remembers it, that nothing before
// it was changed.
type Head struct {
	Seq   int64     `json:"seq"`
	Hash  string    `json:"hash"`
	Until time.Time `json:"until"` // until when that entry is kept at least

	Unknown jsontext.Value `json:",embed"`
}

var (
	entries = codec.For[Entry]("audit_entry")
	blocks  = codec.For[block]("audit_block")
	heads   = codec.For[Head]("audit_head")
)

// atOnce is how many entries go into the list in one transaction.
const atOnce = 80

// List is the lists of a deployment.
type List struct {
	Store  *store.Store
	Now    func() time.Time
	Logger *slog.Logger
}

// hash is an entry's. What is no JSON has none.
func hash(entry []byte) string {
	v := jsontext.Value(entry).Clone()
	if err := v.Canonicalize(); err != nil {
		return ""
	}
	h := sha256.Sum256(v)
	return hex.EncodeToString(h[:])
}

func digest(body []byte) string {
	h := sha256.Sum256(body)
	return hex.EncodeToString(h[:])
}

// Head reads the end of a bank's list; the zero value if it is empty.
func (l *List) Head(ctx context.Context, bank string) (Head, error) {
	h, _, err := l.head(ctx, bank)
	return h, err
}

func (l *List) head(ctx context.Context, bank string) (h Head, version int64, err error) {
	body, version, err := l.Store.AuditHead(ctx, bank)
	if err != nil || version == 0 {
		return h, version, err
	}
	return h, version, heads.Decode(body, &h)
}

// LogLowered is logged when steps are put into a list by which the protection of
// accounts was lowered. A metric is counted from it.
const LogLowered = "audit: protection was lowered"

// ChainAll puts what was done into the lists of all banks, and of the house. What
// fails is done the next time.
func (l *List) ChainAll(ctx context.Context) error {
	_, first := l.Chain(ctx, House)
	for b, err := range l.Store.Banks(ctx) {
		if err != nil {
			return errors.Join(first, err)
		}
		if _, err := l.Chain(ctx, b.Code); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Chain puts what was done into a bank's list, and says how much. What is still
// being done is left for the next time.
func (l *List) Chain(ctx context.Context, bank string) (n int, err error) {
	after := ""
	for {
		some, last, err := l.Store.Unlisted(ctx, bank, atOnce, after)
		if err != nil {
			return n, err
		}
		added, err := l.add(ctx, bank, some)
		if n += added; err != nil || last == "" {
			return n, err
		}
		after = last
	}
}

// add puts some of what was done into the list, in one transaction: it stands
// there once, and is not to be put there any more. Of two programs that do so at
// once one loses, and comes again the next time.
func (l *List) add(ctx context.Context, bank string, some []store.Unlisted) (int, error) {
	head, version, err := l.head(ctx, bank)
	if err != nil {
		return 0, err
	}
	now, first := l.Now(), head.Seq+1
	until := now.Add(l.Store.KeepDispute).UTC().Truncate(time.Second)
	var b block
	var writes []store.Write
	lowered := 0
	for _, u := range some {
		e, ready, err := l.entry(u, now)
		if err != nil {
			return 0, err
		}
		if !ready {
			continue
		}
		e.Seq, e.Prev, e.PrevUntil = head.Seq+1, head.Hash, head.Until
		raw := jsontext.Value(entries.Encode(e))
		if err := raw.Canonicalize(); err != nil {
			return 0, err
		}
		head.Seq, head.Hash, head.Until = e.Seq, hash(raw), until
		if !u.Act {
			if s, err := u.Step(); err == nil && s.Lowered {
				lowered++
			}
		}
		b.Entries = append(b.Entries, raw)
		writes = append(writes, store.Listed(u))
	}
	if len(b.Entries) == 0 {
		return 0, nil
	}
	writes = append(writes, store.PutBlock(bank, first, blocks.Encode(&b), until), store.PutAuditHead(bank, heads.Encode(&head), version))
	err = l.Store.Write(ctx, writes...)
	if _, lost := store.AsCondition(err); lost {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	// Outside the table, so that who can write there cannot write a list that
	// never was.
	l.Logger.InfoContext(ctx, "audit: entries were added", "bank", bank, "seq", head.Seq, "hash", head.Hash)
	if lowered > 0 {
		l.Logger.InfoContext(ctx, LogLowered, "bank", bank, "steps", lowered)
	}
	return len(b.Entries), nil
}

// entry is what becomes of an act or a step in the list, without its place there.
func (l *List) entry(u store.Unlisted, now time.Time) (e *Entry, ready bool, err error) {
	e = &Entry{}
	if !u.Act {
		s, err := u.Step()
		if err != nil {
			return nil, false, err
		}
		e.Act, e.Digest = ofStep(s), digest(u.Body)
		return e, true, nil
	}
	if err := acts.Decode(u.Body, &e.Act); err != nil {
		return nil, false, err
	}
	if e.Result == "" {
		if now.Sub(e.At) < Abandoned {
			return nil, false, nil
		}
		e.Result = Unknown
	}
	return e, true, nil
}
