package notify

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/queue"
)

// notice is what a bank is told by itself, and about no person: how its feed is, what
// stands out of it, what came of a file.
type notice struct {
	about string // what it is about, in a log
	id    string // of the callback
	body  []byte
	since time.Time // since when the bank is to be told
	// swept tells that the sweep queues it again while the bank's endpoint is down.
	swept bool
	// note writes down that the bank took it, or that it is given up.
	note func(now time.Time, gaveUp bool) error
}

// notice tells a bank one thing; not told if the bank is still to be told of it. A bank
// that has no endpoint is told nothing.
func (s *Stage) notice(ctx context.Context, c caller, m queue.Message, bank string, n notice) (v queue.Verdict, told bool) {
	err := s.post(ctx, c, bank, n.about, n.id, n.body)
	now := s.Now()
	gaveUp := err != nil && (nowhere(err) && !n.swept || now.Sub(n.since) >= s.BankGiveUpAfter)
	switch {
	case err == nil || gaveUp:
	case errors.Is(err, errDown) && n.swept:
		return queue.Acknowledge, false
	case errors.Is(err, errBusy), errors.Is(err, errDown):
		return queue.RetryAfter(bankDelay(m)), false
	default:
		s.Logger.WarnContext(ctx, "a bank does not take a callback yet", "bank", bank, "about", n.about, "err", err)
		return queue.RetryAfter(bankWait(m, err)), false
	}
	if err := n.note(now, gaveUp); err != nil {
		return s.broken(m, "what became of a callback cannot be written", err), false
	}
	return v, true
}

// nowhere tells that a bank has no endpoint.
func nowhere(err error) bool {
	none, _ := errors.AsType[*callback.NotTaken](err)
	return none != nil && none.Reason == callback.NoAddress
}
