package dispute

import (
	"context"
	"errors"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// mostInquiries bounds the inquiries that one answer is noted in: the others are looked at
// when their time is over.
const mostInquiries = 20

// answered are the inquiries of the bank about the incident, to be looked at again soon: the
// answer may be theirs, and the process may die before the bank is told.
func (k *Service) answered(ctx context.Context, f *file) ([]*watch.Inquiry, error) {
	var out []*watch.Inquiry
	for _, l := range f.story() {
		for _, id := range l.Inquiries {
			q, err := k.Store.Inquiry(ctx, id)
			if errors.Is(err, store.ErrNotFound) || len(out) == mostInquiries {
				continue
			}
			if err != nil {
				return nil, err
			}
			q.LookAt = f.now.Add(sendAgain)
			q.ComputeDue()
			out = append(out, q)
		}
	}
	return out, nil
}
