package notify

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/inquiry"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// inquiry tells a bank what came of an inquiry of its, as far as it has not taken it: oldest
// first, so that an answer that was taken back never overtakes itself.
func (s *Stage) inquiry(ctx context.Context, c caller, m queue.Message, id string) queue.Verdict {
	for {
		is, err := inquiry.Settle(ctx, s.Store, id, s.Now())
		if errors.Is(err, store.ErrNotFound) {
			return queue.Acknowledge // it was erased with its account
		}
		if err != nil {
			return s.broken(m, "an inquiry cannot be read", err)
		}
		change := is.Untold()
		if change == nil {
			return queue.Acknowledge
		}
		called, err := s.calledAt(ctx, is.Account, change.At)
		if err != nil {
			return s.broken(m, "the names of an account cannot be read", err)
		}
		seq := change.Seq
		v, told := s.notice(ctx, c, m, is.Account.Bank, notice{about: "inquiry", body: inquiry.CallbackBody(is, called, change), names: true,
			is: store.Callback{ID: inquiry.CallbackID(is, change), Type: inquiry.CallbackType(change), At: change.At, Inquiry: id, Seq: seq},
			note: func(now time.Time, gaveUp bool) error {
				if gaveUp {
					s.Logger.ErrorContext(ctx, "a bank did not take in time what its customer answered", "bank", is.Account.Bank, "inquiry", id)
				}
				return inquiry.Told(ctx, s.Store, id, seq, now, gaveUp)
			}})
		if !told {
			return v
		}
	}
}

// inquiryBody is what is posted of a change of an inquiry. store.ErrNotFound if it is kept no
// longer.
func (s *Stage) inquiryBody(ctx context.Context, of *store.Callback) ([]byte, error) {
	is, err := s.Store.Inquiry(ctx, of.Inquiry)
	if err != nil {
		return nil, err
	}
	for i := range is.Changes {
		if x := &is.Changes[i]; x.Seq == of.Seq {
			called, err := s.calledAt(ctx, is.Account, x.At)
			return inquiry.CallbackBody(is, called, x), err
		}
	}
	return nil, store.ErrNotFound
}
