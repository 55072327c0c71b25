package notify

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// control tells a bank what owners asked it to stop, or to stop no more, as far as it has
// not taken it: oldest first, so that what is taken back never overtakes what was asked for.
func (s *Stage) control(ctx context.Context, c caller, m queue.Message, id string) queue.Verdict {
	for {
		is, err := s.Store.Control(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return queue.Acknowledge // it was erased with its account
		}
		if err != nil {
			return s.broken(m, "a control cannot be read", err)
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
		v, told := s.notice(ctx, c, m, is.Account.Bank, notice{about: "control", body: control.CallbackBody(is, called, change), names: true,
			is: store.Callback{ID: control.CallbackID(is, change), Type: control.CallbackType(change), At: change.At, Control: id, Seq: seq},
			note: func(now time.Time, gaveUp bool) error {
				if gaveUp {
					s.Logger.ErrorContext(ctx, "a bank did not take in time what its customer asked it to stop", "bank", is.Account.Bank, "control", id)
				}
				return control.Told(ctx, s.Store, id, seq, now, gaveUp)
			}})
		if !told {
			return v
		}
	}
}

// controlBody is what is posted of a change of a control. store.ErrNotFound if it is kept no
// longer.
func (s *Stage) controlBody(ctx context.Context, of *store.Callback) ([]byte, error) {
	is, err := s.Store.Control(ctx, of.Control)
	if err != nil {
		return nil, err
	}
	for i := range is.Changes {
		if x := &is.Changes[i]; x.Seq == of.Seq {
			called, err := s.calledAt(ctx, is.Account, x.At)
			return control.CallbackBody(is, called, x), err
		}
	}
	return nil, store.ErrNotFound
}
