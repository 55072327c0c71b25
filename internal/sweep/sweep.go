// Package sweep finds what is due: deliveries whose message was lost or whose
// quiet hours are over, unanswered critical alerts, callbacks that
// a bank has not taken, erasures and settings to look at again, banks that went
// silent, acts that belong into an audit list. It queues; it never sends.
package sweep

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kozamori/internal/announce"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Config is what the stage works with.
type Config struct {
	Store         *store.Store
	Queue         queue.Sender
	EscalateAfter time.Duration // from a critical alert to calling the family
	// ReleaseRate is how many messages a second go out when quiet hours end. Zero
	// takes 1,500.
	ReleaseRate int
	// FanOut has what is due looked at by what works on queue.Due: Handle. What
	// cannot be queued is looked at by the sweep itself, as all of it is without.
	FanOut bool
	// Erase ends an erasure that is due for its second look; nil leaves it.
	Erase func(ctx context.Context, k watch.AccountKey) error
	// Look looks at an account that is due: who is to be reminded of their
	// settings, which address has been kept long enough; nil leaves it.
	Look func(ctx context.Context, k watch.AccountKey) error
	// Control does what is due of what an owner asked a bank to stop; nil leaves it.
	Control func(ctx context.Context, id string) error
	// People tells the people of a bank of its feed; nil leaves it.
	People *announce.Service
	// Inquiry does what is due of what a bank asks its customers; nil leaves it.
	Inquiry func(ctx context.Context, id string) error
	// OldNumbers counts the catalogue's numbers to call that are not told any more
	// because they were looked up too long ago; nil for none.
	OldNumbers func(now time.Time) int
	// Chain puts what was done into the audit lists; nil leaves it.
	Chain  func(ctx context.Context) error
	Now    func() time.Time
	Logger *slog.Logger
}

// Stage is the sweeper.
type Stage struct{ Config }

// New makes the stage.
func New(c Config) *Stage {
	if c.ReleaseRate == 0 {
		c.ReleaseRate = 1500
	}
	return &Stage{c}
}

const (
	// perLane bounds one sweep; the rest is due in the next one.
	perLane = 160_000
	// atATime and together are how many things one read is about, which are worked
	// on side by side, and how many such groups are at a time.
	atATime, together = 20, 8
)

// Report says what one sweep did, and for how long the first thing that it found
// in each lane has been due.
type Report struct {
	Looks, Requeued, Escalated, Callbacks, Silent, Down, Old, Suspected int
	Overdue                                                             map[watch.Lane]time.Duration
}

// sweeping is one sweep under way.
type sweeping struct {
	*Stage
	mu    sync.Mutex
	rep   Report
	first error
	at    time.Time    // what is held is released at a pace from then on,
	held  atomic.Int64 // after so many
}

// Sweep does everything that is due now, or has it done, the most urgent lane first. What fails
// is due again next time; the first error is returned after the rest was tried.
func (s *Stage) Sweep(ctx context.Context) (Report, error) {
	now := s.Now()
	due, err := s.Store.DueBy(ctx, func(l watch.Lane) time.Time { return now.Add(s.ahead(l)) }, perLane)
	if err != nil {
		return Report{}, err
	}
	w := &sweeping{Stage: s, at: now}
	w.rep.Overdue = map[watch.Lane]time.Duration{}
	for _, ref := range due {
		w.rep.Overdue[ref.Lane] = max(w.rep.Overdue[ref.Lane], now.Sub(ref.Due()))
	}
	if s.FanOut {
		due = w.fanOut(ctx, due)
	}
	urgent := slices.IndexFunc(due, func(ref store.DueRef) bool { return ref.Lane != watch.LaneCritical })
	if urgent < 0 {
		urgent = len(due)
	}
	w.all(ctx, due[:urgent])
	w.all(ctx, due[urgent:])
	if ctx.Err() != nil {
		return w.rep, ctx.Err()
	}
	w.failed(s.Store.Swept(ctx, now))
	w.failed(s.silent(ctx, &w.rep))
	w.failed(w.providers(ctx))
	if s.Chain != nil {
		w.failed(s.Chain(ctx))
	}
	w.failed(s.radar(ctx, &w.rep))
	return w.rep, w.first
}

// all does what is due, many things at a time.
func (s *sweeping) all(ctx context.Context, due []store.DueRef) {
	groups := make(chan []store.DueRef)
	var wg sync.WaitGroup
	for range together {
		wg.Go(func() {
			for some := range groups {
				s.some(ctx, some)
			}
		})
	}
	for some := range slices.Chunk(due, atATime) {
		select {
		case groups <- some:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(groups)
	wg.Wait()
}

// some does a few things that are due, whose records are read together.
func (s *sweeping) some(ctx context.Context, due []store.DueRef) {
	var ids []string
	for _, ref := range due {
		if ref.Record != "" {
			ids = append(ids, ref.Record)
		}
	}
	var records map[string]*watch.Record
	if len(ids) > 0 {
		var err error
		if records, err = s.Store.Records(ctx, ids); err != nil {
			s.failed(err)
			return
		}
	}
	// Side by side, so that their writes share syncs; and their jobs go together.
	g := &group{}
	var wg sync.WaitGroup
	for _, ref := range due {
		wg.Go(func() {
			if err := s.one(ctx, records[ref.Record], ref, g); err != nil && !errors.Is(err, errNotDue) && !errors.Is(err, store.ErrNotFound) && ctx.Err() == nil {
				s.Logger.Error("cannot do what is due; it is tried again", "record", ref.Record, "dispute", ref.Dispute, "err", err)
				s.failed(err)
			}
		})
	}
	wg.Wait()
	if err := g.jobs.Send(ctx, s.Queue); err != nil {
		s.Logger.Error("jobs of what is due cannot be queued; it is due again", "err", err)
		s.failed(err)
	}
}

// group gathers the jobs of some things that are worked on together.
type group struct {
	mu   sync.Mutex
	jobs queue.Jobs
}

func (g *group) add(jobs *queue.Jobs) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.jobs.Add(jobs)
}

// one does one thing that is due.
func (s *sweeping) one(ctx context.Context, r *watch.Record, ref store.DueRef, g *group) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case r != nil:
		return s.record(ctx, r, g)
	case ref.Record != "": // gone, or it does not decode
		_, err := s.Store.Record(ctx, ref.Record)
		return err
	case ref.Dispute != "":
		return s.dispute(ctx, ref.Dispute, g)
	case ref.Control != "":
		if s.Control != nil {
			return s.Control(ctx, ref.Control)
		}
	case ref.Round != "":
		if s.People != nil {
			return s.People.Piece(ctx, ref.Round)
		}
	case ref.Inquiry != "":
		if s.Inquiry != nil {
			return s.Inquiry(ctx, ref.Inquiry)
		}
	case ref.Account.Ref != "":
		if s.Look != nil {
			return s.Look(ctx, ref.Account)
		}
	case s.Erase != nil:
		return s.Erase(ctx, ref.Erasure)
	}
	return nil
}

func (s *sweeping) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil {
		s.first = err
	}
}

func (s *sweeping) count(change func(*Report)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.rep)
}

var errNotDue = errors.New("sweep: no longer due")

func (s *sweeping) record(ctx context.Context, r *watch.Record, g *group) error {
	var (
		jobs      queue.Jobs
		escalated int
		unreached []string // deliveries
	)
	due := func(r *watch.Record) bool { return !r.Due.IsZero() && !r.Due.After(s.Now()) }
	if !due(r) {
		return errNotDue
	}
	var account *watch.Account
	if slices.ContainsFunc(r.Notices, func(n watch.Notice) bool { return !n.EscalateAt.IsZero() }) {
		var err error
		if account, err = s.Store.Account(ctx, r.Account); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if account != nil && slices.ContainsFunc(r.Notices, func(n watch.Notice) bool { return !n.EscalateAt.IsZero() && !n.EscalateAt.After(s.Now()) }) {
		for i := range account.Watchers {
			s.Store.KnowSeveral(ctx, &account.Watchers[i])
		}
	}
	var delay time.Duration
	if slices.ContainsFunc(r.Deliveries, func(d watch.Delivery) bool { return d.State == watch.Held }) {
		delay = max(0, s.at.Add(queue.Pace(int(s.held.Add(1)-1), s.ReleaseRate)).Sub(s.Now())).Truncate(time.Second)
	}
	r, err := s.Store.UpdateReadRecord(ctx, r, func(r *watch.Record) error {
		now := s.Now()
		if !due(r) {
			return errNotDue
		}
		jobs, escalated, unreached = queue.Jobs{}, 0, nil
		for i := range r.Deliveries {
			d := &r.Deliveries[i]
			if !d.State.Waits() && d.State != watch.Gathered || d.Due.After(now) {
				continue
			}
			switch d.State {
			case watch.Sending: // a mail keeps its lapsed lease: notify takes it again
				jobs.DeliverAgain(r, d)
			case watch.Held:
				d.State, d.Due = watch.Queued, now.Add(delay+watch.LostAfter)
				jobs.DeliverFirst(r, d, delay)
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
	s.count(func(rep *Report) { rep.Escalated += escalated })
	for _, d := range unreached {
		s.Logger.Error("a watcher cannot be reached at all", "record", r.ID, "delivery", d)
	}
	g.add(&jobs)
	s.count(func(rep *Report) { rep.Requeued += jobs.Len() })
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
		n.Asked = r.ToldFirst(func(id string) bool { return id == w.ID })
		if _, fresh := r.Bring(w, c.Kind, now); fresh {
			n.EscalateAt = at.Add(s.EscalateAfter / 2)
			return
		}
	}
	r.Call(account, watch.CallUnanswered, "", now)
}

func (s *sweeping) dispute(ctx context.Context, id string, g *group) error {
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
	s.count(func(rep *Report) { rep.Callbacks += jobs.Len() })
	g.add(&jobs)
	return nil
}
