package store

import (
	"context"
	"iter"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var steps = codec.For[watch.Step]("step")

const stepPK = "L#"

// PutStep adds a step to the trail of its account. It is kept as long as a
// dispute, and outlives the account like one. The list is not one of those that
// erasing goes through. It is to stand in its bank's audit list, too (Unlisted).
func (s *Store) PutStep(p *watch.Step) Write {
	return Write{Item: Item{
		Key:     stepKey(p.ID),
		Body:    steps.Encode(p),
		Expires: until(p.At, s.KeepDispute),
		History: Key{trailPK(p.Account), stamp(p.At) + "#" + p.ID},
		Due:     auditDue(p.Account.Bank, p.ID, p.At),
	}, If: At(0)}
}

func stepKey(id string) Key             { return Key{stepPK + id, "L"} }
func trailPK(k watch.AccountKey) string { return "TRAIL#" + k.Bank + "#" + k.Ref }

// Step reads a step by id. ErrNotFound if there is none.
func (s *Store) Step(ctx context.Context, id string) (*watch.Step, error) {
	var p watch.Step
	_, err := read(ctx, s, stepKey(id), steps, &p)
	if err != nil {
		return nil, err
	}
	return &p, nil
}

var stepItems = as(under(stepPK, "L"), steps, nil)

// Trail lists an account's steps, newest first. The list may lag behind writes.
func (s *Store) Trail(ctx context.Context, k watch.AccountKey) iter.Seq2[*watch.Step, error] {
	return all(ctx, s, Query{Index: History, PK: trailPK(k), Reverse: true}, stepItems)
}

// TrailPage is a page of an account's steps, newest first, with a cursor that
// is brought back for the next; empty on the last.
func (s *Store) TrailPage(ctx context.Context, k watch.AccountKey, limit int, cursor string) ([]*watch.Step, string, error) {
	items, cursor, err := some(ctx, s, Query{Index: History, PK: trailPK(k), Reverse: true, Cursor: cursor}, limit, stepItems.is)
	if err != nil {
		return nil, "", err
	}
	var out []*watch.Step
	for _, it := range items {
		p, err := stepItems.decode(it)
		if err != nil {
			return nil, "", err
		}
		out = append(out, p)
	}
	return out, cursor, nil
}
