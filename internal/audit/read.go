package audit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/store"
)

// Listed is an entry as it stands in a list.
type Listed struct {
	Seq   int64
	Hash  string
	Entry jsontext.Value
}

// pageOfBlocks is how many blocks are read at a time.
const pageOfBlocks = 20

// Read reads the first n entries of a bank's list after a number.
func (l *List) Read(ctx context.Context, bank string, after int64, n int) ([]Listed, error) {
	var out []Listed
	from := after + 1
	for {
		some, err := l.Store.Blocks(ctx, bank, from, pageOfBlocks)
		if err != nil {
			return nil, err
		}
		for _, b := range some {
			var read block
			if err := blocks.Decode(b.Body, &read); err != nil {
				return nil, err
			}
			for i, e := range read.Entries {
				if seq := b.First + int64(i); seq > after {
					out = append(out, Listed{seq, hash(e), e})
				}
				if len(out) == n {
					return out, nil
				}
			}
			from = b.First + int64(len(read.Entries))
		}
		if len(some) < pageOfBlocks {
			return out, nil
		}
	}
}

// Check is what was found of a list.
type Check struct {
	First, Last int64 // of the entries that are there; 0 if there are none
	Head        Head
	Faults      []string // what was changed, removed or moved; at most maxFaults
}

const maxFaults = 20

func (c *Check) fault(format string, args ...any) {
	if len(c.Faults) < maxFaults {
		c.Faults = append(c.Faults, fmt.Sprintf(format, args...))
	}
}

// Verify reads a bank's list from its beginning, and each step of a trail that
// stands in it, and tells what is not as it was written. What is remembered of an
// earlier end of the list must be in it as it was.
func (l *List) Verify(ctx context.Context, bank string, remembered ...Head) (*Check, error) {
	c := &Check{}
	var err error
	if c.Head, err = l.Head(ctx, bank); err != nil {
		c.fault("the end of the list cannot be read")
	}
	w := walk{List: l, Check: c, next: 1, remembered: remembered, found: map[int64]string{}}
	for {
		some, err := l.Store.Blocks(ctx, bank, w.next, pageOfBlocks)
		if err != nil {
			return nil, err
		}
		for _, b := range some {
			w.block(ctx, b)
		}
		if len(some) < pageOfBlocks {
			break
		}
	}
	if c.Last != c.Head.Seq && (c.Last != 0 || c.Head.Until.After(l.Now())) {
		c.fault("entries %d to %d are missing at the end", c.Last+1, c.Head.Seq)
	} else if c.Last != 0 && w.prev != c.Head.Hash {
		c.fault("entry %d is not the one that was written last", c.Last)
	}
	for _, h := range remembered {
		if h.Seq >= c.First && h.Seq > 0 && w.found[h.Seq] != h.Hash {
			c.fault("entry %d is not the one that is remembered", h.Seq)
		}
	}
	return c, nil
}

// walk is a check under way.
type walk struct {
	*List
	*Check
	prev       string // the hash of the entry before
	next       int64  // the number of the entry to come
	begun      bool
	last       int64 // the first number of the last block
	remembered []Head
	found      map[int64]string // of what is remembered: hashes
}

func (w *walk) block(ctx context.Context, b store.Block) {
	if w.begun && b.First == w.last {
		return // the one before, which a further page begins with
	}
	var read block
	err := blocks.Decode(b.Body, &read)
	switch {
	case err != nil || len(read.Entries) == 0:
		w.fault("the entries from %d on cannot be read", b.First)
	case w.begun && b.First != w.next:
		w.fault("the entries from %d on are missing, or others stand there: %d follows", w.next, b.First)
	}
	for i, raw := range read.Entries {
		seq := b.First + int64(i)
		w.entry(ctx, raw, seq)
		w.prev, w.begun = hash(raw), true
		if slices.ContainsFunc(w.remembered, func(h Head) bool { return h.Seq == seq }) {
			w.found[seq] = w.prev
		}
		if w.First == 0 {
			w.First = seq
		}
		w.Last = seq
	}
	w.begun, w.last, w.next = true, b.First, b.First+max(1, int64(len(read.Entries)))
}

// entry looks at one entry.
func (w *walk) entry(ctx context.Context, raw jsontext.Value, seq int64) {
	var e Entry
	if err := entries.Decode(raw, &e); err != nil {
		w.fault("entry %d cannot be read", seq)
		return
	}
	switch {
	case e.Seq != seq:
		w.fault("entry %d stands in the place of %d", e.Seq, seq)
	case w.begun && e.Prev != w.prev:
		w.fault("entry %d was changed, or the one before it: they do not fit together", seq)
	case !w.begun && seq == 1 && (e.Prev != "" || !e.PrevUntil.IsZero()), !w.begun && seq > 1 && e.PrevUntil.After(w.Now()):
		w.fault("the entries before %d are missing, before their time", seq)
	}
	if e.Digest == "" {
		return
	}
	switch body, err := w.Store.StepBody(ctx, e.ID); {
	case err != nil:
		w.fault("the step of a trail of entry %d cannot be read now", seq)
	case body == nil && e.At.Add(w.keepsAtLeast()).After(w.Now()):
		w.fault("the step of a trail of entry %d is missing", seq)
	case body != nil && digest(body) != e.Digest:
		w.fault("the step of a trail of entry %d was changed", seq)
	}
}

// keepsAtLeast is how long steps are kept, less what clocks and days differ by.
func (l *List) keepsAtLeast() time.Duration {
	return min(l.Store.KeepDispute, store.KeepDispute) - 24*time.Hour
}
