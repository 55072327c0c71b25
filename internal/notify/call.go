package notify

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// call is one callback that a bank is to take.
type call struct {
	is   store.Callback // what the log says that it is about
	body []byte
	// public tells that the body names no account and no person: it is kept with the
	// log, and each attempt and each later copy has the body of the first.
	public bool
	about  string    // what fails with it, if it fails
	since  time.Time // since when the bank is to be told
	// hopeless tells of an error that no further attempt changes; nil of none.
	hopeless func(error) bool
}

// came is what came of a call.
type came struct {
	err    error // nil: the bank took it
	at     time.Time
	until  time.Time // until when it is tried
	gaveUp bool      // and will not be called again
}

// down tells that the bank's endpoint was not called, because it is down.
func (o *came) down() bool { return errors.Is(o.err, errDown) }

// call calls a bank's endpoint and keeps what came of it in the log of callbacks, which
// says before that it is called: a second job of the same callback finds it busy. The log
// is written before it is noted where the callback comes from: a process that dies in
// between calls once more, under the same id, and the log has both. A process that
// dies before the log is written calls once more too, and the log has one: what is
// listed was made, and what was taken is listed as taken in the end. An error is ours,
// and all is to be done again.
func (s *Stage) call(ctx context.Context, c caller, n *call) (came, error) {
	logged, err := s.logged(ctx, n)
	if err != nil {
		return came{}, err
	}
	began, begun := s.Now(), false
	var unkept error
	o := came{err: s.post(ctx, c, n.is.Bank, n.about, n.is.ID, n.body, func() (mine bool) {
		began, begun = s.Now(), logged.Version == 0
		mine, unkept = s.hold(ctx, n, logged, began)
		return mine
	})}
	if o.at = s.Now(); unkept != nil || errors.Is(o.err, errBusy) {
		return o, unkept
	}
	since := n.since
	if logged.AskedAt.After(since) {
		since = logged.AskedAt
	}
	o.until = since.Add(s.BankGiveUpAfter)
	o.gaveUp = o.err != nil && (!o.at.Before(o.until) || n.hopeless != nil && n.hopeless(o.err))
	return o, store.Retry(ctx, func() error {
		if logged.Version > 0 && o.down() && !o.gaveUp {
			return nil // nothing has changed
		}
		o.note(logged, began)
		body := n.kept()
		if begun {
			body = nil // it was kept a moment ago
		}
		err := s.Store.Write(ctx, store.PutCallback(logged, body)...)
		if _, lost := store.AsCondition(err); lost { // another process calls at the same time
			again, err := s.logged(ctx, n)
			if err != nil {
				return err
			}
			logged = again
		}
		return err
	})
}

// hold has a callback be called by this process alone for a while, or says that it is
// another's: two jobs of one callback would call twice.
func (s *Stage) hold(ctx context.Context, n *call, logged *store.Callback, now time.Time) (mine bool, err error) {
	if left := logged.HeldUntil.Sub(now); left > 0 && left <= callback.Held { // more is of a clock that was set back
		return false, nil
	}
	logged.HeldUntil = now.Add(callback.Held).UTC().Truncate(time.Millisecond)
	var body []byte
	if logged.Version == 0 {
		body = n.kept()
	}
	err = s.Store.Write(ctx, store.PutCallback(logged, body)...)
	if _, lost := store.AsCondition(err); lost {
		return false, nil
	}
	logged.Version++
	return err == nil, err
}

// logged is the log of a callback, which may begin now.
func (s *Stage) logged(ctx context.Context, n *call) (*store.Callback, error) {
	logged, err := s.Store.Callback(ctx, n.is.Bank, n.is.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		begins := n.is
		return &begins, nil
	case err != nil || !n.public:
		return logged, err
	}
	body, err := s.Store.CallbackBody(ctx, n.is.ID)
	if err == nil {
		n.body = body
	}
	return logged, ignoreNotFound(err)
}

// kept is what is kept of the body.
func (n *call) kept() []byte {
	if n.public {
		return n.body
	}
	return nil
}

// note writes into a log what came of a call.
func (o *came) note(in *store.Callback, began time.Time) {
	if !o.down() {
		a := store.CallbackAttempt{At: began.UTC().Truncate(time.Millisecond), Took: o.at.Sub(began).Milliseconds(), Ours: o.err != nil}
		if e, ok := errors.AsType[*callback.NotTaken](o.err); ok {
			a.Reason, a.Status, a.Ours = string(e.Reason), e.Status, false
		}
		in.Tried(a)
	}
	if o.err != nil { // else until it is written where the callback comes from
		in.HeldUntil = time.Time{}
	}
	switch {
	case o.err == nil:
		in.ToldAt, in.GaveUpAt = o.at, time.Time{}
	case o.gaveUp:
		in.GaveUpAt = o.at
	}
}

// callAgain calls a bank with what it asked for once more, after it took it or it was
// given up. Of its attempts, and whether the bank took it, the log alone knows.
func (s *Stage) callAgain(ctx context.Context, c caller, m queue.Message, bank, id string) queue.Verdict {
	is, err := s.Store.Callback(ctx, bank, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !is.Waits() {
		return queue.Acknowledge
	}
	if err != nil {
		return s.broken(m, "the log of a callback cannot be read", err)
	}
	n := &call{is: *is, public: is.Record == "" && is.Control == "" && is.Inquiry == "", about: "callback " + id, since: is.AskedAt, hopeless: nowhere}
	n.body, err = s.bodyOf(ctx, is)
	if errors.Is(err, store.ErrNotFound) {
		return s.lost(ctx, m, bank, id)
	}
	if err != nil {
		return s.broken(m, "a callback cannot be read", err)
	}
	o, err := s.call(ctx, c, n)
	switch {
	case err != nil:
		return s.broken(m, "what became of a callback cannot be written", err)
	case o.err == nil || o.gaveUp:
		return queue.Acknowledge
	case o.down(), errors.Is(o.err, errBusy):
		return queue.RetryAfter(bankDelay(m))
	}
	s.Logger.WarnContext(ctx, "a bank does not take a callback yet", "bank", bank, "about", is.Type, "err", o.err)
	return queue.RetryAfter(bankWait(m, o.err))
}

// bodyOf is what is posted of a callback. store.ErrNotFound if it is kept no longer.
func (s *Stage) bodyOf(ctx context.Context, is *store.Callback) ([]byte, error) {
	if is.Control != "" {
		return s.controlBody(ctx, is)
	}
	if is.Inquiry != "" {
		return s.inquiryBody(ctx, is)
	}
	if is.Record == "" {
		return s.Store.CallbackBody(ctx, is.ID)
	}
	r, err := s.Store.Record(ctx, is.Record)
	if err != nil {
		return nil, err
	}
	d, ok := r.Delivery(is.Delivery)
	if !ok {
		return nil, store.ErrNotFound
	}
	return s.unreachableBody(ctx, r, d)
}

// lost gives a callback up of which nothing is kept that could be posted, as after an
// account was erased.
func (s *Stage) lost(ctx context.Context, m queue.Message, bank, id string) queue.Verdict {
	err := store.Retry(ctx, func() error {
		is, err := s.Store.Callback(ctx, bank, id)
		if err != nil || !is.Waits() {
			return ignoreNotFound(err)
		}
		is.GaveUpAt = s.Now()
		return s.Store.Write(ctx, store.PutCallback(is, nil)...)
	})
	if err != nil {
		return s.broken(m, "what became of a callback cannot be written", err)
	}
	return queue.Acknowledge
}
