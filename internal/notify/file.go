package notify

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/bankfile"
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
	v, told := s.notice(ctx, c, m, bank, notice{about: "file", body: body,
		is:   store.Callback{ID: bankfile.CallbackID(f), Type: bankfile.TypeFinished, At: finished, File: id},
		note: func(now time.Time, gaveUp bool) error { return s.fileTold(ctx, bank, id, finished, now, gaveUp) }})
	if !told {
		return v
	}
	return queue.Acknowledge
}

// fileTold notes what became of the news of a file that was finished at a time.
func (s *Stage) fileTold(ctx context.Context, bank, id string, finished, now time.Time, gaveUp bool) error {
	return store.Retry(ctx, func() error {
		f, err := s.Store.File(ctx, bank, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil || !f.Untold() || !f.Finished.Equal(finished) {
			return err // it was sent again meanwhile, and is told again
		}
		noted(&f.ToldAt, &f.GaveUpAt, now, gaveUp)
		return s.Store.Write(ctx, store.PutFile(f))
	})
}
