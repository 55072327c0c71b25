package store

import (
	"context"

	"kozamori/internal/watch"
)

// What a customer says on the phone leads to their dispute by an item of its own, which
// is written with the dispute. Of disputes of a version before there is none until the
// bank's references are settled.

// MaxReferenced is how many disputes of one reference are found by it: one, but for an
// accident of hashes.
const MaxReferenced = 20

func referencePK(bank, reference string) string { return "D#REF#" + bank + "#" + reference }
func referencesKey(bank string) Key             { return Key{"D#REF#" + bank, "SETTLED"} }

// PutReference has a dispute found by its reference. It says nothing once the dispute is
// gone, and is kept for as long as any deployment can keep one.
func PutReference(d *watch.Dispute) Write {
	return Write{Item: Item{Key: Key{referencePK(d.Account.Bank, d.Reference), d.ID}, Body: []byte("{}"), Expires: until(d.AnsweredAt, MostKeepDispute)}, If: Any}
}

// Referenced finds a bank's disputes by their reference, as it is written. All tells that
// there can be no others.
func (s *Store) Referenced(ctx context.Context, bank, reference string) (out []*watch.Dispute, all bool, err error) {
	page, err := s.Query(ctx, Query{PK: referencePK(bank, reference), Limit: MaxReferenced})
	if err != nil {
		return nil, false, err
	}
	keys := []Key{referencesKey(bank)}
	for _, it := range page.Items {
		keys = append(keys, disputeKey(it.SK))
	}
	items, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, false, err
	}
	for _, k := range keys[1:] {
		it, ok := items[k]
		if !ok {
			continue
		}
		d, err := disputeItems.decode(it)
		if err != nil {
			return nil, false, err
		}
		out = append(out, d)
	}
	_, settled := items[keys[0]]
	return out, settled && page.Cursor == "", nil
}

// SettledReferences says of a bank that has no dispute yet that each will be found by
// its reference.
func SettledReferences(bank string) Write {
	return Write{Item: Item{Key: referencesKey(bank), Body: []byte("{}")}, If: Any}
}

// SettleReferences has each dispute of a bank found by its reference, and says how many
// there are. Doing so again does the same again: what a version before wrote since
// then is found, too.
func (s *Store) SettleReferences(ctx context.Context, bank string) (n int, err error) {
	for cursor := ""; ; {
		list, next, err := s.Disputes(ctx, bank, MaxWrites, cursor)
		if err != nil {
			return n, err
		}
		var writes []Write
		for _, d := range list {
			writes = append(writes, PutReference(d))
		}
		if len(writes) > 0 {
			if err := s.Write(ctx, writes...); err != nil {
				return n, err
			}
		}
		n += len(writes)
		if cursor = next; cursor == "" {
			return n, s.Write(ctx, SettledReferences(bank))
		}
	}
}
