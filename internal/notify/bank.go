package notify

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/dispute"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// bankDelay is the backoff of callbacks.
func bankDelay(m queue.Message) time.Duration {
	return queue.Backoff(m.Receives, BankFirst, BankMost)
}

// bankWait is how long a callback waits that a bank did not take: as long as
// the bank asked for, and a little more so that not all come at once; else its
// backoff.
func bankWait(m queue.Message, err error) time.Duration {
	if asked := callback.After(err); asked > 0 {
		return min(asked+rand.N(max(asked/8, time.Second)), BankMost)
	}
	return bankDelay(m)
}

// BankMost is the longest pause between two tries: on average three quarters of
// it, so that a bank that is down for long is asked once an hour, and 72 hours
// take fewer tries than a queue allows a message.
const BankMost = callback.MaxWait

// BankFirst is the longest pause before the second try; each further one is twice as
// long.
const BankFirst = 2 * time.Second

// errDown says that a bank's endpoint is down: it was not called.
var errDown = errors.New("notify: the bank's endpoint is down")

// post calls a bank when it is its turn, if it is then mine to; errBusy if it is not, or
// enough others wait for their turn. A bank that hangs is called once at a time. what names
// what it is about.
func (s *Stage) post(ctx context.Context, c caller, bank, what, id string, body []byte, mine func() bool) error {
	provider := bankProvider(bank)
	if !c.probe && s.isDown(ctx, provider) {
		return errDown
	}
	most, wait := callback.PerBank, waitBehind
	if s.gates.isSlow(provider, s.Now()) {
		most, wait = 1, 0
	}
	leave, err := s.gates.enter(c.soft, provider, most, wait)
	if err != nil {
		return errBusy
	}
	defer leave()
	if !mine() {
		return errBusy
	}
	began := s.Now()
	err = s.Callback.Post(c.soft, bank, id, body)
	s.gates.took(provider, s.Now().Sub(began), s.Now())
	switch {
	case err == nil:
		s.answered(ctx, provider)
	case c.hard.Err() == nil:
		s.failed(ctx, provider, what, ofEndpoint(err), callback.After(err))
	}
	return err
}

// ofEndpoint tells whether a call failed as any other would have: it got no answer, or
// one that says so. A bank may refuse one body alone.
func ofEndpoint(err error) bool {
	e, ok := errors.AsType[*callback.NotTaken](err)
	if !ok {
		return false
	}
	switch e.Reason {
	case callback.Unresolved, callback.Unreachable, callback.Insecure, callback.TimedOut:
		return true
	case callback.Answered:
		return e.Status >= http.StatusInternalServerError || e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout
	}
	return false
}

// dispute tells the bank every change of a dispute that it has not taken yet,
// oldest first: a withdrawal never overtakes its opening.
func (s *Stage) dispute(ctx context.Context, c caller, m queue.Message, id string) queue.Verdict {
	for {
		d, err := s.Store.Dispute(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return queue.Acknowledge
		}
		if err != nil {
			return s.broken(m, "dispute cannot be read", err)
		}
		change, ok := d.Untold()
		if !ok {
			return queue.Acknowledge
		}
		seq := change.Seq
		called, err := s.calledAt(ctx, d.Account, change.At)
		if err != nil {
			return s.broken(m, "the names of an account cannot be read", err)
		}
		o, err := s.call(ctx, c, &call{about: id, since: change.At, body: dispute.CallbackBody(dispute.Called(d, called), *change),
			is: store.Callback{ID: dispute.CallbackID(d, *change), Bank: d.Account.Bank, Type: dispute.CallbackType(*change), At: change.At, Dispute: id, Seq: seq}})
		if err != nil {
			return s.broken(m, "what became of a callback cannot be written", err)
		}
		postErr, now, gaveUp := o.err, o.at, o.gaveUp
		if errors.Is(postErr, errBusy) {
			return queue.RetryAfter(bankDelay(m))
		}
		down := postErr != nil && s.isDown(ctx, bankProvider(d.Account.Bank))
		_, err = s.Store.UpdateDispute(ctx, id, func(d *watch.Dispute) error {
			for i := range d.Changes {
				if c := &d.Changes[i]; c.Seq == seq {
					if !errors.Is(postErr, errDown) {
						c.Attempts++
					}
					switch {
					case postErr == nil:
						c.ToldAt, c.Failed = now, nil
					case gaveUp:
						c.GaveUpAt = now
					}
				}
			}
			if postErr != nil && !errors.Is(postErr, errDown) {
				d.Fails(seq, failure(postErr, now))
			}
			d.Due, d.Parked = time.Time{}, false
			if left, more := d.Untold(); more {
				if d.Due = now.Add(BankMost + watch.LostAfter); down {
					d.Parked, d.Due = true, left.At.Add(s.BankGiveUpAfter)
					if left.Seq == seq {
						d.Due = o.until // later, if the bank asked for it once more
					}
				}
			}
			return nil
		})
		switch {
		case err != nil:
			return s.broken(m, "dispute cannot be written", err)
		case gaveUp:
			s.Logger.Error("a bank did not take a dispute in time", "bank", d.Account.Bank, "dispute", id, "err", postErr)
			return queue.DeadLetter("the bank did not take the dispute in time")
		case down:
			return queue.Acknowledge // it is on record, and released when the bank is back
		case postErr != nil:
			s.Logger.Warn("a bank does not take a dispute yet", "bank", d.Account.Bank, "dispute", id, "err", postErr)
			return queue.RetryAfter(bankWait(m, postErr))
		}
	}
}

// calledAt is what a bank called an account when something happened that it is told of
// now: the same in each attempt.
func (s *Stage) calledAt(ctx context.Context, k watch.AccountKey, at time.Time) (string, error) {
	names, err := s.Store.Called(ctx, k)
	if err != nil {
		return "", err
	}
	return names[k].At(at), nil
}

// failure is why a bank did not take a callback, as it is kept.
func failure(err error, now time.Time) watch.CallbackFailure {
	f := watch.CallbackFailure{At: now.UTC().Truncate(time.Millisecond)}
	if e, ok := errors.AsType[*callback.NotTaken](err); ok {
		f.Reason, f.Status = string(e.Reason), e.Status
	}
	return f
}

// unreachable tells the bank that no channel reaches a watcher of an account, and
// of what they could not be told.
func (s *Stage) unreachable(ctx context.Context, c caller, m queue.Message, h *cached, r *watch.Record, d *watch.Delivery) queue.Verdict {
	body, err := s.unreachableBody(ctx, r, d)
	if err != nil {
		return s.broken(m, "the names of an account cannot be read", err)
	}
	o, err := s.call(ctx, c, &call{about: r.ID, since: d.CreatedAt, body: body,
		is: store.Callback{ID: "msg_" + watch.Derive("callback", r.ID, d.ID), Bank: r.Account.Bank, Type: callback.TypeUnreachable, At: d.CreatedAt, Record: r.ID, Delivery: d.ID}})
	if err != nil {
		return s.broken(m, "what became of a callback cannot be written", err)
	}
	postErr, now, over := o.err, o.at, o.gaveUp
	if errors.Is(postErr, errBusy) {
		return queue.RetryAfter(bankDelay(m))
	}
	down := postErr != nil && s.isDown(ctx, bankProvider(r.Account.Bank))
	v := s.write(ctx, m, h, d.ID, func(_ *watch.Record, d *watch.Delivery) {
		if !errors.Is(postErr, errDown) {
			d.Attempts++
		}
		d.Parked = down && !over
		switch {
		case down && !over:
			d.Due = d.CreatedAt.Add(s.BankGiveUpAfter)
		case postErr == nil:
			d.State, d.AcceptedAt = watch.Accepted, now
		case over:
			d.State, d.Problem = watch.Undelivered, "the bank did not take it in time"
		default:
			d.Due = now.Add(BankMost + watch.LostAfter)
		}
	})
	switch {
	case !v.Done || postErr == nil || down && !over:
		return v
	case over:
		return queue.DeadLetter("the bank did not take it in time")
	}
	return queue.RetryAfter(bankWait(m, postErr))
}

// unreachableBody is what the bank is told of a watcher whom no channel reaches: as one
// transaction the first that they could not be told of.
func (s *Stage) unreachableBody(ctx context.Context, r *watch.Record, d *watch.Delivery) ([]byte, error) {
	var untold []map[string]any
	for _, p := range r.UnreachedBy(d) {
		is := map[string]any{"transaction_id": p.Name(), "kind": p.Kind, "occurred_at": p.OccurredAt.In(watch.JST).Format(time.RFC3339)}
		if p.OfStatement() { // the bank has given no id of it
			delete(is, "transaction_id")
			is["source"], is["occurred_on"] = dispute.SourceStatement, p.OccurredAt.In(watch.JST).Format(time.DateOnly)
		}
		untold = append(untold, is)
	}
	called, err := s.calledAt(ctx, r.Account, d.CreatedAt)
	if err != nil {
		return nil, err
	}
	says := map[string]any{
		"type": callback.TypeUnreachable, "bank": r.Account.Bank, "account_ref": called,
		"since": d.CreatedAt.In(watch.JST).Format(time.RFC3339), "transactions": untold,
	}
	maps.Copy(says, untold[0])
	return json.Marshal(says)
}
