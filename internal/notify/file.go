package notify

import (
	"context"
	"errors"

	"kozamori/internal/bankfile"
	"kozamori/internal/callback"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// file tells a bank what came of a file that it sent. A bank without an endpoint has
// it in the reply, and can ask for it.
func (s *Stage) file(ctx context.Context, c caller, m queue.Message, bank, id string) queue.Verdict {
	f, err := s.Store.File(ctx, bank, id)
	if errors.Is(err, store.ErrNotFound) {
		return queue.Acknowledge // it is kept no longer
	}
	if err != nil {
		return s.broken(m, "a bank's file cannot be read", err)
	}
	if !f.Untold() {
		return queue.Acknowledge
	}
	body, err := bankfile.CallbackBody(f)
	if err != nil {
		return queue.DeadLetter("callback cannot be written")
	}
	finished := f.Finished
	postErr := s.post(ctx, c, bank, "file", bankfile.CallbackID(f), body)
	now := s.Now()
	none, _ := errors.AsType[*callback.NotTaken](postErr)
	nowhere := none != nil && none.Reason == callback.NoAddress
	gaveUp := nowhere || postErr != nil && now.Sub(finished) >= s.BankGiveUpAfter
	switch {
	case postErr == nil || gaveUp:
	case errors.Is(postErr, errBusy), errors.Is(postErr, errDown):
		return queue.RetryAfter(bankDelay(m))
	default:
		s.Logger.Warn("a bank does not take a callback about a file yet", "bank", bank, "err", postErr)
		return queue.RetryAfter(bankWait(m, postErr))
	}
	err = store.Retry(ctx, func() error {
		f, err := s.Store.File(ctx, bank, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil || !f.Untold() || !f.Finished.Equal(finished) {
			return err // it was sent again meanwhile, and is told again
		}
		if f.ToldAt = now; gaveUp {
			f.ToldAt, f.GaveUpAt = f.GaveUpAt, now
		}
		return s.Store.Write(ctx, store.PutFile(f))
	})
	if err != nil {
		return s.broken(m, "a bank's file cannot be written", err)
	}
	return queue.Acknowledge
}
