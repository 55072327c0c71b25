// Package sweep finds what is due: deliveries whose message was lost or whose
// quiet hours are over, unanswered critical alerts, callbacks that
// a bank has not taken, erasures to look at again, banks that went silent. It queues; it never sends.
package sweep

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Config is what the stage works with.
type Config struct {
	Store         *store.Store
	Queue         queue.Sender
	EscalateAfter time.Duration // from a critical alert to calling the family
	// Erase ends an erasure that is due for its second look; nil leaves it.
	Erase  func(ctx context.Context, k watch.AccountKey) error
	Now    func() time.Time
	Logger *slog.Logger
}

// Stage is the sweeper.
type Stage struct{ Config }

// New makes the stage.
func New(c Config) *Stage { return &Stage{c} }

// perShard bounds one sweep; the rest is due in the next one.
const perShard = 200

// Report says what one sweep did.
type Report struct{ Requeued, Escalated, Callbacks, Silent int }

// Sweep does everything that is due now. What fails is due again next time;
// the first error is returned after the rest was tried.
func (s *Stage) Sweep(ctx context.Context) (Report, error) {
	var rep Report
	due, err := s.Store.Due(ctx, s.Now(), perShard)
	if err != nil {
		return rep, err
	}
	var first error
	for _, ref := range due {
		switch {
		case ref.Record != "":
			err = s.record(ctx, ref.Record, &rep)
		case ref.Dispute != "":
			err = s.dispute(ctx, ref.Dispute, &rep)
		case s.Erase != nil:
			err = s.Erase(ctx, ref.Erasure)
		default:
			err = nil
		}
		if err != nil && !errors.Is(err, errNotDue) && !errors.Is(err, store.ErrNotFound) {
			s.Logger.Error("cannot do what is due; it is tried again", "record", ref.Record, "dispute", ref.Dispute, "err", err)
			if first == nil {
				first = err
			}
		}
		if ctx.Err() != nil {
			return rep, ctx.Err()
		}
	}
	if err := s.silent(ctx, &rep); err != nil && first == nil {
		first = err
	}
	return rep, first
}

var errNotDue = errors.New("sweep: no longer due")

func (s *Stage) record(ctx context.Context, id string, rep *Report) error {
	var (
		jobs      queue.Jobs
		escalated int
		unreached []string // deliveries
	)
	r, err := s.Store.Record(ctx, id)
	if err != nil {
		return err
	}
	due := func(r *watch.Record) bool { return !r.Due.IsZero() && !r.Due.After(s.Now()) }
	if !due(r) {
		return errNotDue
	}
	account, err := s.Store.Account(ctx, r.Account)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if account != nil && slices.ContainsFunc(r.Notices, func(n watch.Notice) bool { return !n.EscalateAt.IsZero() && !n.EscalateAt.After(s.Now()) }) {
		for i := range account.Watchers {
			s.Store.KnowSeveral(ctx, &account.Watchers[i])
		}
	}
	r, err = s.Store.UpdateReadRecord(ctx, r, func(r *watch.Record) error {
		now := s.Now()
		if !due(r) {
			return errNotDue
		}
		jobs, escalated, unreached = queue.Jobs{}, 0, nil
		for i := range r.Deliveries {
			d := &r.Deliveries[i]
			if !d.State.Waits() || d.Due.After(now) {
				continue
			}
			switch d.State {
			case watch.Sending: // a mail keeps its lapsed lease: notify takes it again
				jobs.DeliverAgain(r, d)
			case watch.Held:
				d.State, d.Due = watch.Queued, now.Add(watch.LostAfter)
				jobs.Deliver(r, d)
			default:
				d.Due = now.Add(again(now.Sub(d.CreatedAt)))
				jobs.DeliverAgain(r, d)
			}
		}
		before := len(r.Deliveries)
		for i := range r.Notices {
			if n := &r.Notices[i]; !n.EscalateAt.IsZero() && !n.EscalateAt.After(now) {
				s.escalate(r, n, account, now)
				escalated++
			}
		}
		for i := range r.Deliveries[before:] {
			d := &r.Deliveries[before+i]
			jobs.Deliver(r, d)
			if d.Kind == watch.TellUnreachable {
				unreached = append(unreached, d.ID)
			}
		}
		was := r.Due
		if r.ComputeDue(); jobs.Len() == 0 && escalated == 0 && r.Due.Equal(was) {
			return errNotDue // for this version
		}
		return nil
	})
	if err != nil {
		return err
	}
	rep.Escalated += escalated
	for _, d := range unreached {
		s.Logger.Error("a watcher cannot be reached at all", "record", r.ID, "delivery", d)
	}
	if err := jobs.Send(ctx, s.Queue); err != nil {
		return err
	}
	rep.Requeued += jobs.Len()
	return nil
}

// again is how long to wait for the outcome of a delivery of some age that was
// queued again: while a channel is down its message is late and not lost, and
// a copy of each every two minutes would make the queue longer still.
func again(age time.Duration) time.Duration {
	return min(max(age, watch.LostAfter), time.Hour)
}

// escalate takes the next step for an unanswered critical alert: the
// watcher's next channel, then the family.
func (s *Stage) escalate(r *watch.Record, n *watch.Notice, account *watch.Account, now time.Time) {
	at := n.EscalateAt
	n.EscalateAt = time.Time{}
	if account == nil || r.Answered() || r.Over() {
		return
	}
	w, ok := account.Watcher(n.Watcher)
	if !ok {
		return
	}
	for _, c := range w.Reachable() {
		if r.ToldOver(w.ID, c.Kind) {
			continue
		}
		if _, fresh := r.Bring(w, c.Kind, now); fresh {
			n.EscalateAt = at.Add(s.EscalateAfter / 2)
			return
		}
	}
	r.Call(account, watch.CallUnanswered, "", now)
}

func (s *Stage) dispute(ctx context.Context, id string, rep *Report) error {
	var jobs queue.Jobs
	_, err := s.Store.UpdateDispute(ctx, id, func(d *watch.Dispute) error {
		now := s.Now()
		if d.Due.IsZero() || d.Due.After(now) {
			return errNotDue
		}
		jobs, d.Due = queue.Jobs{}, time.Time{}
		if _, untold := d.Untold(); untold {
			d.Due = now.Add(watch.LostAfter)
			jobs.TellBank(d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	rep.Callbacks += jobs.Len()
	return jobs.Send(ctx, s.Queue)
}

// silent raises and clears the alarm of banks that send nothing. A bank whose
// feed cannot be read keeps no other from being looked at.
func (s *Stage) silent(ctx context.Context, rep *Report) error {
	var first error
	for b, err := range s.Store.Banks(ctx) {
		if err != nil {
			return err
		}
		if b.SilentAfter == 0 {
			continue
		}
		quiet, err := s.listen(ctx, b)
		if err != nil {
			s.Logger.Error("cannot compute feed health", "bank", b.Code, "err", err)
			if first == nil {
				first = err
			}
		}
		if quiet {
			rep.Silent++
		}
	}
	return first
}

// listen tells whether a bank is silent, and notes since when.
func (s *Stage) listen(ctx context.Context, b *store.Bank) (quiet bool, err error) {
	err = store.Retry(ctx, func() error {
		f, err := s.Store.Feed(ctx, b.Code)
		if err != nil {
			return err
		}
		quiet = !f.LastEvent.IsZero() && s.Now().Sub(f.LastEvent) >= b.SilentAfter
		if quiet {
			s.Logger.Error("a bank sends no events", "bank", b.Code, "since", f.LastEvent)
		}
		if quiet == !f.SilentSince.IsZero() {
			return nil
		}
		f.SilentSince = time.Time{}
		if quiet {
			f.SilentSince = f.LastEvent
		}
		// Ingest writes the same item whenever an event comes: what it wrote
		// in the meantime must not be lost.
		return s.Store.Write(ctx, store.PutFeed(f))
	})
	return quiet, err
}
