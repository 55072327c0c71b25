package notify

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// notice is what a bank is told by itself, and about no person: how its feed is, what
// stands out of it, what came of a file. Or what a customer asked it to stop.
type notice struct {
	about string         // what it is about, in a log
	is    store.Callback // without its bank
	body  []byte
	// names tells that the body names an account: it is drawn again when it is asked for.
	names bool
	// swept tells that the sweep queues it again while the bank's endpoint is down.
	swept bool
	// note writes down that the bank took it, or that it is given up.
	note func(now time.Time, gaveUp bool) error
}

// notice tells a bank one thing; not told if the bank is still to be told of it. A bank
// that has no endpoint is told nothing.
func (s *Stage) notice(ctx context.Context, c caller, m queue.Message, bank string, n notice) (v queue.Verdict, told bool) {
	n.is.Bank = bank
	one := &call{is: n.is, body: n.body, public: !n.names, about: n.about, since: n.is.At}
	if !n.swept {
		one.hopeless = nowhere
	}
	o, unkept := s.call(ctx, c, one)
	if unkept != nil {
		return s.broken(m, "what became of a callback cannot be written", unkept), false
	}
	err, gaveUp := o.err, o.gaveUp
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
	if err := n.note(o.at, gaveUp); err != nil {
		return s.broken(m, "what became of a callback cannot be written", err), false
	}
	return v, true
}

// nowhere tells that a bank has no endpoint.
func nowhere(err error) bool {
	none, _ := errors.AsType[*callback.NotTaken](err)
	return none != nil && none.Reason == callback.NoAddress
}
