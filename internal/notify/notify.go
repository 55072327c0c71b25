// Package notify sends one delivery at a time over its channel and writes
// down what came of it. It decides when to try again, when to take the next
// channel and when to give up; it never decides who is told.
package notify

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Callback posts a signed body to a bank. Done is nil only if the bank took it.
type Callback interface {
	Post(ctx context.Context, bank, id string, body []byte) error
}

// Config is what the stage works with.
type Config struct {
	Store *store.Store
	Queue queue.Sender
	// Channels are those that there are. A delivery over another one waits.
	Channels channel.Registry
	Callback Callback
	Composer *Composer
	// Returned is told of an enrolment whose mail did not arrive; it may be told
	// twice. Nil if there is none to tell.
	Returned func(ctx context.Context, enrolment string) error
	// FallbackAfter is how long a delivery may fail before the next channel is
	// used too. GiveUpAfter is when it is given up: less than the 24
	// hours for which LINE keeps a retry key. BankGiveUpAfter is the same for
	// callbacks. Zero takes 1 minute, 20 hours and 72 hours.
	FallbackAfter, GiveUpAfter, BankGiveUpAfter time.Duration
	// Patience is how long Handle waits, once the others of its batch have ended,
	// for calls that may be made again without harm. Zero waits for all.
	Patience time.Duration
	// ReleaseRate is how many messages a second that waited for a provider are
	// sent once it is back, next to the new ones. Zero takes 1,500: LINE takes
	// 2,000 in all.
	ReleaseRate int
	After       func(time.Duration) <-chan time.Time // nil is time.After
	Now         func() time.Time
	Logger      *slog.Logger
}

// Stage is the notifier.
type Stage struct {
	Config
	gates    gates
	circuits circuits
}

// New makes the stage.
func New(c Config) *Stage {
	orElse := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	orElse(&c.FallbackAfter, time.Minute)
	orElse(&c.GiveUpAfter, 20*time.Hour)
	orElse(&c.BankGiveUpAfter, 72*time.Hour)
	if c.ReleaseRate == 0 {
		c.ReleaseRate = 1500
	}
	if c.After == nil {
		c.After = time.After
	}
	return &Stage{Config: c}
}

// letFirst is how much longer a copy of a job waits, so that the first one, which
// alone may decide again what is said, comes before it.
const letFirst = time.Second

func retryDelay(m queue.Message) time.Duration {
	return queue.Backoff(m.Receives, time.Second, retryMost)
}

// retryMost is the longest pause between two tries: on average three quarters
// of it, so that 20 hours take fewer tries than a queue allows a message.
const retryMost = 20 * time.Minute

// staleAfter is how old what was read may be when a call is made.
const staleAfter = 50 * time.Millisecond

// settled ends an update of a record that needs no write.
var errSettled = errors.New("notify: already settled")

// delivery sends one delivery. inside says that it is its turn with the person.
func (s *Stage) delivery(ctx context.Context, c caller, m queue.Message, j watch.Job, known *known, inside bool) queue.Verdict {
	h, err := known.record(ctx, j.Record)
	if errors.Is(err, store.ErrNotFound) {
		return queue.Acknowledge // erased
	}
	if err != nil {
		return s.broken(m, "record cannot be read", err)
	}
	r := h.now()
	d, ok := r.Delivery(j.Delivery)
	if ok && d.State == watch.Gathered {
		return s.within(ctx, m, h, d)
	}
	if !ok || !d.State.Waits() || d.State == watch.Held {
		return queue.Acknowledge
	}
	account, err := known.account(ctx, r.Account)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return s.broken(m, "account cannot be read", err)
	}
	var w *watch.Watcher
	if account != nil {
		if found, ok := account.Watcher(d.Watcher); ok {
			own := *found // the account is shared
			own.Several = d.Several
			w = &own
		}
	}
	if w == nil {
		return s.write(ctx, m, h, d.ID, func(_ *watch.Record, d *watch.Delivery) {
			d.State, d.Problem = watch.Cancelled, "no longer a watcher"
		})
	}
	if d.Kind == watch.TellUnreachable {
		return s.unreachable(ctx, c, m, h, r, d)
	}
	if d.With != nil {
		return s.joined(ctx, m, h, d)
	}
	ch, err := s.Channels.Get(d.Channel)
	if err != nil {
		return s.unregistered(ctx, m, h, d, w, err)
	}
	to, problem, borrowed, err := s.reach(ctx, r, d, w, &ch)
	if err != nil {
		return s.broken(m, "other accounts of a watcher cannot be read", err)
	}
	if problem != "" {
		return s.outcomes(ctx, m, h, d, w, watch.Outcome{Result: watch.SendUnreachable, Problem: problem})
	}
	if wait := d.After.Sub(s.Now()); wait > 0 && !setBack(d.CreatedAt, s.Now()) {
		if j.Again {
			wait += letFirst
		}
		return queue.RetryAfter(wait)
	}
	if v, waits := s.behind(ctx, m, r, d); waits {
		return v
	}
	if !c.probe && s.isDown(ctx, string(ch.Kind)) {
		return s.outcomes(ctx, m, h, d, w, watch.Outcome{Result: watch.SendRetry, Problem: problemDown, Untaken: unsent(d)})
	}
	if !inside {
		leave, err := s.gates.enterPerson(c.soft, string(ch.Kind), to, ch.Parallel, s.Now())
		if err != nil {
			return queue.RetryAfter(retryDelay(m)) // others are on their way to the same person
		}
		defer leave()
		if s.Now().Sub(known.at) > staleAfter {
			return s.delivery(ctx, c, m, j, s.prefetch(ctx, []watch.Job{j}), true)
		}
	}
	if v, ok := s.gather(ctx, m, h, d, w, &ch, to); !ok {
		return v
	}
	if d.Kind == watch.TellSummary && d.Sum == nil {
		if v, ok := s.summaryOf(ctx, m, h, d, w); !ok {
			return v
		}
	}
	ch.Stoppable = ch.Stoppable && !borrowed
	a, v, ok := s.ask(ctx, m, h, d.ID, w, &ch)
	if !ok {
		return v
	}
	r = h.now()
	if d, ok = r.Delivery(d.ID); !ok {
		return queue.Acknowledge
	}
	at := channel.Address{To: to, Key: ch.Key(r.ID, d)}
	if !borrowed {
		at.Copies = w.Copies(ch.Kind, s.Now())
	}
	calls := c.soft
	if ch.Lease > 0 {
		calls = c.hard // a second copy would not be dropped
	}
	began := s.Now()
	o := ch.Send(calls, at, a.drawn)
	s.gates.took(string(ch.Kind)+" "+to, s.Now().Sub(began), s.Now())
	switch {
	case o.Result != watch.SendRetry:
		s.answered(ctx, string(ch.Kind))
	case c.hard.Err() == nil: // not one that this process gave up because it stops
		s.failed(ctx, string(ch.Kind), to, ch.Common && !o.Alone, o.RetryAfter)
	}
	if o.Result == watch.SendRetry && !o.Untaken && !a.kept {
		s.keep(ctx, r.ID, d, w, a.drawn)
	}
	if o.Result == watch.SendAccepted && (d.Kind == watch.TellAlert || d.Kind == watch.TellMore) {
		s.Logger.InfoContext(ctx, "a channel accepted an alert", "channel", string(d.Channel), "record", r.ID, "ms", s.Now().Sub(r.ReceivedAt).Milliseconds())
	}
	return s.outcomes(ctx, m, h, d, w, o)
}

// address is where a channel reaches a watcher, or why it does not. Somebody
// who unfollowed since the delivery was queued would be answered 200 and not
// reached.
func address(w *watch.Watcher, ch *channel.Channel) (to, problem string) {
	c, ok := w.Channel(ch.Kind)
	if !ok {
		return "", "no longer a channel of the watcher"
	}
	to = ch.Reaches(w, c)
	switch {
	case !c.UnreachableSince.IsZero():
		return "", "the channel is known not to reach the watcher"
	case to == "":
		return "", "no address"
	case ch.Sender == nil:
		return "", "the channel is not set up"
	}
	return to, ""
}

// unregistered is a delivery over a channel that this program does not know,
// because a newer one added it. It is tried again, together with the next channel
// it as when a provider is down, and given up as such. It is never handed to
// another channel's provider, and it says nothing of the watcher.
func (s *Stage) unregistered(ctx context.Context, m queue.Message, h *cached, d *watch.Delivery, w *watch.Watcher, err error) queue.Verdict {
	s.Logger.ErrorContext(ctx, "a delivery waits for a program that knows its channel", "record", h.now().ID, "delivery", d.ID, "err", err)
	return s.outcome(ctx, m, h, d, w, watch.Outcome{Result: watch.SendRetry, Problem: err.Error()})
}

// write updates one delivery of a record and queues whatever deliveries that
// added.
func (s *Stage) write(ctx context.Context, m queue.Message, h *cached, delivery string, change func(*watch.Record, *watch.Delivery)) queue.Verdict {
	var added []watch.Delivery
	r, err := h.update(ctx, func(r *watch.Record) error {
		before := len(r.Deliveries)
		d, ok := r.Delivery(delivery)
		if !ok || d.State == watch.Accepted || d.State == watch.Cancelled || bounced(d) {
			return errSettled
		}
		change(r, d)
		added = append([]watch.Delivery(nil), r.Deliveries[before:]...)
		r.ComputeDue()
		return nil
	})
	switch {
	case errors.Is(err, errSettled), errors.Is(err, store.ErrNotFound):
		return queue.Acknowledge
	case err != nil:
		return s.broken(m, "outcome cannot be written", err)
	}
	s.queue(ctx, r, added)
	return queue.Acknowledge
}

// queue sends what was added to a record on its way.
func (s *Stage) queue(ctx context.Context, r *watch.Record, added []watch.Delivery) {
	var jobs queue.Jobs
	for i := range added {
		d := &added[i]
		if d.Kind == watch.TellUnreachable {
			s.Logger.Error("a watcher cannot be reached at all", "record", r.ID, "delivery", d.ID)
		}
		jobs.Deliver(r, d)
	}
	if err := jobs.Send(ctx, s.Queue); err != nil {
		// It is on record with a time due: sweep queues it.
		s.Logger.Error("a next channel cannot be queued yet", "record", r.ID, "err", err)
	}
}

// markUnreachable notes on the account that a channel does not reach its
// watcher, so that the next alert does not try it first.
func (s *Stage) markUnreachable(ctx context.Context, k watch.AccountKey, d *watch.Delivery, now time.Time) error {
	_, err := s.Store.UpdateAccount(ctx, k, func(a *watch.Account) ([]store.Write, error) {
		w, ok := a.Watcher(d.Watcher)
		if !ok {
			return nil, store.ErrNotFound
		}
		if c, ok := w.Channel(d.Channel); ok && c.UnreachableSince.IsZero() {
			c.UnreachableSince = now
		}
		return nil, nil
	})
	return ignoreNotFound(err)
}

func ignoreNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// broken is for what is wrong on our side: try again, and say so.
func (s *Stage) broken(m queue.Message, what string, err error) queue.Verdict {
	s.Logger.Error(what, "message", m.ID, "receives", m.Receives, "err", err)
	return queue.RetryAfter(retryDelay(m))
}
