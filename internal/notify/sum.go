package notify

import (
	"context"
	"errors"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// sumUp has a delivery say what all of an incident comes to that is in pieces, those
// that wait for the same answer, or all of the report that it belongs to. Both go on
// while it is tried: it keeps what it said.
func (s *Stage) sumUp(ctx context.Context, r *watch.Record, d *watch.Delivery) error {
	if d.State != watch.Queued || d.Sum == nil && !r.SumsUpMore() {
		return nil
	}
	var sum *watch.PastSum
	of := ""
	if r.SumsUpMore() { // else the report whose sum it said was taken back
		var err error
		if sum, of, err = s.sumOf(ctx, r, d); err != nil {
			return err
		}
	}
	sums(d, sum)
	d.SumOf = of
	return nil
}

// sums has a delivery say a sum, with what a newer version keeps with the one before.
func sums(d *watch.Delivery, sum *watch.PastSum) {
	if d.Sum != nil && sum != nil && sum.Unknown == nil {
		sum.Unknown = d.Sum.Unknown
	}
	d.Sum = sum
}

// sumOf is that sum, and the dispute whose it is, if it is that of a report; nil if
// there is none to be found.
func (s *Stage) sumOf(ctx context.Context, r *watch.Record, d *watch.Delivery) (*watch.PastSum, string, error) {
	if r.Reported() {
		dis, err := s.Store.Dispute(ctx, r.Dispute)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, "", err
		}
		if err == nil {
			if sum, all := dis.SumReported(d.Reports(r.SaidBy(d))); all {
				sum.At = s.Now()
				return &sum, r.Dispute, nil
			}
		}
	}
	root := r
	if id := r.StoryID(); id != r.ID {
		lead, err := s.Store.Record(ctx, id)
		if err != nil {
			return nil, "", ignoreNotFound(err)
		}
		root = lead
	}
	others, err := s.Store.Records(ctx, root.Pieces)
	if err != nil {
		return nil, "", err
	}
	var pieces []*watch.Record
	if root != r && root.StandsAs(r) {
		pieces = append(pieces, root)
	}
	for id, o := range others {
		if id != r.ID && o.StandsAs(r) {
			pieces = append(pieces, o)
		}
	}
	if len(pieces) == 0 {
		return nil, "", nil
	}
	sum := r.SumTogether(d, pieces)
	sum.At = s.Now()
	return &sum, "", nil
}
