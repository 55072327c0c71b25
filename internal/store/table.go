// Package store keeps what the house must remember: accounts, activity,
// records, disputes, people, codes and banks, as items of one table. Table is
// the small contract that an embedded file and DynamoDB both keep
// (testkit/storetest holds it as tests); Store is the one place that knows the keys.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Key names an item.
type Key struct{ PK, SK string }

// Item is one stored item. Its body is a JSON document of at most 300 KB.
type Item struct {
	Key
	Body []byte
	// Version counts the writes to the item, from 1. Table sets it.
	Version int64
	// Expires is when the item stops existing; zero is never. Whole seconds.
	// An expired item is absent to reads and conditions from that second on,
	// even while it is still stored.
	Expires time.Time
	// History and Due place the item in the two secondary indexes; the zero
	// Key leaves it out. History holds whole items, Due only their keys.
	History, Due Key
}

// Condition is what must be true of an item for a write to happen.
type Condition int64

// Any puts no condition. Absent wants no item (or an expired one). A positive
// value wants the item at exactly that version.
const (
	Any    Condition = -1
	Absent Condition = 0
)

// At wants the item at this version; version 0 wants it absent.
func At(version int64) Condition { return Condition(version) }

// Write puts, deletes or only checks one item.
type Write struct {
	Item   Item
	If     Condition
	Delete bool // delete the item at Item.Key
	Check  bool // change nothing, but let the condition decide
}

// Index names what a query walks.
type Index int

// The table itself by PK, and the two indexes.
const (
	Primary Index = iota
	History
	Due
)

// MaxLimit is the most items that one page may hold.
const MaxLimit = 1000

// Query asks for the items of one partition in the order of their sort key.
type Query struct {
	Index    Index
	PK       string
	From, To string // sort keys, inclusive; empty is open
	Reverse  bool
	Limit    int    // 1 to MaxLimit
	Cursor   string // from an earlier Page of the same query; opaque
}

// Page is one page of a query. Cursor is empty on the last page; a page may
// hold fewer items than the limit and still not be the last.
type Page struct {
	Items  []Item
	Cursor string
}

// Table is a key-value table with atomic conditional writes, as DynamoDB
// keeps it: no scan, no lock, no read inside a transaction.
type Table interface {
	// Get reads items by key, in any number, strongly consistent each by
	// itself. Absent and expired items are left out of the map.
	Get(ctx context.Context, keys ...Key) (map[Key]Item, error)
	// Write does all of the writes (at most 100, no key twice, at most 4 MB of
	// bodies together) or none. It returns a *ConditionError if a condition did not hold. Any other error
	// leaves it unknown whether the writes happened.
	Write(ctx context.Context, writes ...Write) error
	// Query walks a partition. The indexes may lag behind writes.
	Query(ctx context.Context, q Query) (Page, error)
}

// Glancer is a Table that also reads for half the price.
type Glancer interface {
	Table
	// Glance is Get, but for writes of the last moment, which it may miss.
	Glance(ctx context.Context, keys ...Key) (map[Key]Item, error)
}

// ConditionError says which writes' conditions did not hold. Nothing was
// written.
type ConditionError struct{ Failed []int }

func (e *ConditionError) Error() string {
	return fmt.Sprintf("store: condition of write %v did not hold", e.Failed)
}

// On tells whether the condition of write i failed.
func (e *ConditionError) On(i int) bool {
	for _, f := range e.Failed {
		if f == i {
			return true
		}
	}
	return false
}

// AsCondition finds a ConditionError in err.
func AsCondition(err error) (*ConditionError, bool) {
	var c *ConditionError
	ok := errors.As(err, &c)
	return c, ok
}

var (
	// ErrNotFound says that there is no such item, or that it has expired.
	ErrNotFound = errors.New("store: not found")
	// ErrConflict says that another writer changed the item first, again and again.
	ErrConflict = errors.New("store: changed by another writer")
	// ErrCursor says that a cursor is not one that this query gave out.
	ErrCursor = errors.New("store: cursor does not fit this query")
)

// Limits of one call of Write, as DynamoDB has them.
const (
	MaxWrites = 100
	MaxBody   = 300 << 10 // bytes of one item
	MaxCall   = 4_000_000 // bytes of all bodies
)

// CheckWrites refuses what some table would refuse, so that every table does.
func CheckWrites(writes []Write) error {
	if len(writes) > MaxWrites {
		return fmt.Errorf("store: %d writes in one call, at most %d", len(writes), MaxWrites)
	}
	seen := make(map[Key]bool, len(writes))
	size := 0
	for i := range writes {
		w := &writes[i]
		size += len(w.Item.Body)
		switch {
		case w.Item.PK == "" || w.Item.SK == "" || strings.ContainsRune(w.Item.PK, 0) || strings.ContainsRune(w.Item.SK, 0):
			return errors.New("store: a key must not be empty or hold NUL")
		case seen[w.Item.Key]:
			return errors.New("store: one key twice in one call")
		case len(w.Item.Body) > MaxBody:
			return fmt.Errorf("store: a body of %d bytes, at most %d", len(w.Item.Body), MaxBody)
		case !w.Delete && !w.Check && !json.Valid(w.Item.Body):
			return errors.New("store: a body must be JSON")
		}
		seen[w.Item.Key] = true
	}
	if size > MaxCall {
		return fmt.Errorf("store: bodies of %d bytes in one call, at most %d", size, MaxCall)
	}
	return nil
}
