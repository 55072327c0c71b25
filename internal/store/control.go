package store

import (
	"context"
	"slices"
	"strings"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var controls = codec.For[watch.Control]("control")

const controlPK, controlSK = "CTRL#", "CTRL"

// A control stands by its id, because that is what banks and queues know. An account's are
// found in its list in the history index, where the version before erases them; the letter
// puts them apart from its records, whose place there begins with a digit.
func controlKey(id string) Key { return Key{controlPK + id, controlSK} }

const controlMark = "CONTROL#"

var controlItems = as(under(controlPK, controlSK), controls, func(c *watch.Control, it Item) { c.Version = it.Version })

// Control reads a control. ErrNotFound.
func (s *Store) Control(ctx context.Context, id string) (*watch.Control, error) {
	var c watch.Control
	v, err := read(ctx, s, controlKey(id), controls, &c)
	if err != nil {
		return nil, err
	}
	c.Version = v
	return &c, nil
}

// Controls lists an account's controls, by their ids: those that stood a moment ago, and
// of those that are named also one that was written just now.
func (s *Store) Controls(ctx context.Context, k watch.AccountKey, named ...string) ([]*watch.Control, error) {
	items, _, err := some(ctx, s, Query{Index: History, PK: accountPK(k), From: controlMark, To: controlMark + "~"}, listPage, controlItems.is)
	if err != nil {
		return nil, err
	}
	keys := make([]Key, 0, len(items)+len(named))
	for _, it := range items {
		keys = append(keys, it.Key)
	}
	for _, id := range named {
		keys = append(keys, controlKey(id))
	}
	if len(keys) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(keys, func(a, b Key) int { return strings.Compare(a.PK, b.PK) })
	keys = slices.Compact(keys)
	found, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var out []*watch.Control
	for _, key := range keys {
		it, ok := found[key]
		if !ok {
			continue
		}
		c, err := controlItems.decode(it)
		if err != nil {
			return nil, err
		}
		if c.Account == k {
			out = append(out, c)
		}
	}
	return out, nil
}

// PutControl writes a control at the version it was read. It is kept as long as the
// account.
func PutControl(c *watch.Control) Write {
	it := Item{Key: controlKey(c.ID), Body: controls.Encode(c), History: Key{accountPK(c.Account), controlMark + c.ID}}
	if !c.Due.IsZero() {
		it.Due = Key{duePK(it.PK), stamp(c.Due) + "#" + it.PK}
	}
	return Write{Item: it, If: At(c.Version)}
}

// DeleteControl removes a control, and takes it from its bank's list.
func DeleteControl(c *watch.Control) []Write {
	return []Write{{Item: Item{Key: controlKey(c.ID)}, If: Any, Delete: true}, {Item: Item{Key: openControlKey(c)}, If: Any, Delete: true}}
}

func openControlsPK(bank string) string   { return controlPK + "OPEN#" + bank }
func openControlKey(c *watch.Control) Key { return Key{openControlsPK(c.Account.Bank), c.ID} }

// ListControl has a control stand in its bank's list of those that wait for an answer for
// as long as it does. It belongs in each commit that changes the state. A version before
// wrote none: such a one is in the list from its next change on.
func ListControl(c *watch.Control) Write {
	_, waits := c.Waits()
	it := Item{Key: openControlKey(c), Body: []byte("{}")}
	if waits { // a version before would leave it behind
		it.Expires = until(c.Changes[len(c.Changes)-1].At, KeepRecord)
	}
	return Write{Item: it, If: Any, Delete: !waits}
}

// OpenControls is a page of a bank's controls that wait for its answer, by their ids, with a
// cursor for the next; empty on the last. A page may hold fewer than limit: what a version
// before answered or erased still stands in the list, and is left out.
func (s *Store) OpenControls(ctx context.Context, bank string, limit int, cursor string) (out []*watch.Control, next string, err error) {
	page, err := s.Query(ctx, Query{PK: openControlsPK(bank), Limit: limit, Cursor: cursor})
	if err != nil || len(page.Items) == 0 {
		return nil, page.Cursor, err
	}
	var keys []Key
	for _, it := range page.Items {
		keys = append(keys, controlKey(it.SK))
	}
	found, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, "", err
	}
	for _, key := range keys {
		it, ok := found[key]
		if !ok {
			continue
		}
		c, err := controlItems.decode(it)
		if err != nil {
			return nil, "", err
		}
		if _, waits := c.Waits(); waits && c.Account.Bank == bank {
			out = append(out, c)
		}
	}
	return out, page.Cursor, nil
}

// UpdateControl is UpdateRecord for a control.
func (s *Store) UpdateControl(ctx context.Context, id string, change func(*watch.Control) error) (*watch.Control, error) {
	var c *watch.Control
	err := Retry(ctx, func() (err error) {
		if c, err = s.Control(ctx, id); err != nil {
			return err
		}
		if err = change(c); err != nil {
			return err
		}
		if err = s.Write(ctx, PutControl(c)); err == nil {
			c.Version++
		}
		return err
	})
	return c, err
}
