// Package control keeps what owners ask their bank to stop: one service, new links, all
// automatic debits for a time, or what is above a limit. It never stops anything itself and
// never says that something is stopped before the bank has said so; it writes down who asked
// for what and what the bank answered, queues what the bank and the people are to be told,
// and words nothing.
package control

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/news"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

var (
	// ErrNotFound says that there is no such account or control, or that it is not the
	// asker's: which of them is not said.
	ErrNotFound = errors.New("control: not found")
	// ErrNotAllowed says that the watcher may see this but not ask for it: a guardian.
	ErrNotAllowed = errors.New("control: not allowed for this watcher")
	// ErrNotOffered says that the bank does not offer it, or not on this account.
	ErrNotOffered = errors.New("control: not offered")
	// ErrTerms says that what is asked for is no such control: no service, a time or an
	// amount out of bounds.
	ErrTerms = errors.New("control: no such control")
	// ErrWeaker says that what is asked for protects less than what is asked for already:
	// that is to be taken back first.
	ErrWeaker = errors.New("control: protects less than what stands")
	// ErrFull says that the control has changed too often: call the bank.
	ErrFull = errors.New("control: changed too often")
	// ErrChanged says that the control is not the one any more that the bank read.
	ErrChanged = errors.New("control: changed since it was read")
	// ErrState says that the state or the text is not one that a bank can set.
	ErrState = errors.New("control: not a state of the bank's, or its text is missing or too long")
	// ErrOrder says that the bank's state cannot follow the present one; see OrderError.
	ErrOrder = errors.New("control: state cannot follow the present one")
)

// OrderError says that a state cannot follow the present one, and which can. It is
// ErrOrder.
type OrderError struct {
	Present watch.ControlState
	Can     []watch.ControlState
}

func (e *OrderError) Error() string { return ErrOrder.Error() }

// Unwrap is for errors.Is.
func (e *OrderError) Unwrap() error { return ErrOrder }

// Who asks: a watcher by id (from a signed link or a session), by their LINE user (from
// LINE's signed webhook), or by both, which must then be one and the same.
type Who struct {
	Watcher, LineUser string
	Via               watch.Via
	Way               watch.Way
	// At is when the person acted, if the channel says so. What is older than the change
	// that it would undo arrived late, and is ignored.
	At time.Time
	// IdempotencyKey names the act if it may be brought again because its answer was lost.
	IdempotencyKey string
}

// Ask is what an owner asks for.
type Ask struct {
	Kind    watch.ControlKind
	Service string // of watch.StopService
	Terms   watch.ControlTerms
	// Dispute is the report with which it is asked for, of this account; empty for none.
	Dispute string
}

// check tells whether it is a control at all.
func (a *Ask) check(now time.Time) error {
	t := a.Terms
	ok := false
	switch a.Kind {
	case watch.StopService:
		_, known := catalog.ByID(a.Service)
		ok = known && t.Same(watch.ControlTerms{})
	case watch.StopLinks:
		ok = a.Service == "" && t.Same(watch.ControlTerms{})
	case watch.StopDebits:
		in := t.Until.Sub(now)
		ok = a.Service == "" && t.PerCharge == 0 && t.PerMonth == 0 && in > 0 && in <= watch.MostStop
	case watch.LimitDebits:
		ok = a.Service == "" && t.Until.IsZero() && t.PerCharge >= 0 && t.PerMonth >= 0 && t.PerCharge+t.PerMonth > 0 &&
			t.PerCharge <= watch.MostLimit && t.PerMonth <= watch.MostLimit
	}
	if !ok {
		return ErrTerms
	}
	return nil
}

// Outcome says what an act did, or what stands.
type Outcome string

// The outcomes.
const (
	Requested Outcome = "requested" // now
	Already   Outcome = "already"   // asked for before, as it is asked for now
	Withdrawn Outcome = "withdrawn" // now
	Nothing   Outcome = "nothing"   // there was nothing to take back
)

// Result is what became of an act, with all that is needed to say so.
type Result struct {
	Outcome Outcome
	Control *watch.Control
	Watcher watch.Watcher
	// Repeated tells that this very act was recorded before.
	Repeated bool
}

// Service keeps controls.
type Service struct {
	Store  *store.Store
	Queue  queue.Sender
	Now    func() time.Time
	Logger *slog.Logger // slog.Default if nil
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) logger() *slog.Logger {
	if s.Logger == nil {
		return slog.Default()
	}
	return s.Logger
}

// sendAgain is when sweep queues what the bank was not told once more: the process may have
// died after the commit.
const sendAgain = time.Minute

// file is a control as one asker sees it at one moment.
type file struct {
	now     time.Time
	who     Who
	account *watch.Account
	watcher *watch.Watcher
	bank    *store.Bank
	control *watch.Control // without changes if it is new
}

// owns tells whether the asker may ask for something that no one took back a moment ago.
func (f *file) owns() bool { return f.watcher.Role == watch.Owner }

// Request asks the bank for a control on an account. Owners may; a guardian may ask again
// for what an owner has taken back, for watch.RestoreFor. Doing it again changes nothing.
// ErrNotFound unless they watch the account; ErrNotAllowed, ErrNotOffered, ErrTerms,
// ErrWeaker and ErrFull change nothing.
func (s *Service) Request(ctx context.Context, k watch.AccountKey, ask Ask, who Who) (Result, error) {
	ask.Terms.Until = ask.Terms.Until.UTC().Truncate(time.Second)
	return s.change(ctx, k, ask.Kind, ask.Service, who, func(f *file) (Outcome, error) { return s.request(ctx, f, ask) })
}

func (s *Service) request(ctx context.Context, f *file, ask Ask) (Outcome, error) {
	c := f.control
	if !f.owns() && !c.TakenBack(f.now) {
		return Nothing, ErrNotAllowed
	}
	if err := ask.check(f.now); err != nil {
		return Nothing, err
	}
	if !f.bank.Offers(ask.Kind) || c.State == watch.ControlNotOffered {
		return Nothing, ErrNotOffered
	}
	switch o := f.against(ask.Terms); {
	case o == Already:
		return Already, nil
	case f.late():
		return Nothing, nil
	case o == Nothing:
		return Nothing, ErrWeaker
	}
	if len(c.Changes) >= watch.MostControlChanges {
		return Nothing, ErrFull
	}
	if ask.Dispute != "" {
		d, err := s.Store.Dispute(ctx, ask.Dispute)
		switch {
		case errors.Is(err, store.ErrNotFound), err == nil && d.Account != f.account.AccountKey:
			ask.Dispute = ""
		case err != nil:
			return Nothing, err
		}
	}
	f.note(watch.ControlChange{State: watch.ControlRequested, Terms: ask.Terms, Dispute: ask.Dispute})
	return Requested, nil
}

// against compares what is asked for with what stands: Already if that is it, Nothing if
// that protects more and is to be taken back first, else Requested.
func (f *file) against(terms watch.ControlTerms) Outcome {
	c := f.control
	wish := c.Wish()
	force, _ := c.InForce(f.now)
	switch c.State {
	case watch.ControlRequested:
		if wish.Terms.Same(terms) {
			return Already
		}
		if !terms.Covers(wish.Terms) {
			return Nothing
		}
	case watch.ControlApplied:
		if force != nil && force.Terms.Same(terms) {
			return Already
		}
	case watch.ControlWithdrawn, watch.ControlKept: // that it protects less was told
		return Requested
	}
	if force != nil && !terms.Covers(force.Terms) {
		return Nothing
	}
	return Requested
}

// Again asks once more for what was asked for last, as one who watches the account may after
// it was taken back. The errors are those of Request.
func (s *Service) Again(ctx context.Context, k watch.AccountKey, id string, who Who) (Result, error) {
	c, err := s.of(ctx, k, id)
	if err != nil {
		return Result{}, err
	}
	wish := c.Wish()
	if wish == nil {
		return Result{}, ErrNotFound
	}
	return s.Request(ctx, k, Ask{Kind: c.Kind, Service: c.Service, Terms: wish.Terms}, who)
}

// Withdraw takes a control back: the bank is to stop nothing any more. Owners may. Doing it
// again changes nothing. ErrNotFound, ErrNotAllowed.
func (s *Service) Withdraw(ctx context.Context, k watch.AccountKey, id string, who Who) (Result, error) {
	c, err := s.of(ctx, k, id)
	if err != nil {
		return Result{}, err
	}
	return s.change(ctx, k, c.Kind, c.Service, who, func(f *file) (Outcome, error) {
		if !f.owns() {
			return Nothing, ErrNotAllowed
		}
		force, _ := f.control.InForce(f.now)
		asked := f.control.State == watch.ControlRequested
		switch {
		case f.control.State == watch.ControlWithdrawn:
			return Already, nil
		case !asked && force == nil, f.late():
			return Nothing, nil
		}
		f.note(watch.ControlChange{State: watch.ControlWithdrawn})
		return Withdrawn, nil
	})
}

// of reads a control of an account.
func (s *Service) of(ctx context.Context, k watch.AccountKey, id string) (*watch.Control, error) {
	c, err := s.Store.Control(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Account != k {
		return nil, ErrNotFound
	}
	return c, err
}

// late tells whether the person acted before the latest act of an owner: it was overtaken on
// its way.
func (f *file) late() bool {
	x := f.control.Asked()
	return x != nil && !f.who.At.IsZero() && f.who.At.Before(x.At.Truncate(time.Second))
}

// note appends a change of the asker's, which the bank must be told.
func (f *file) note(x watch.ControlChange) {
	x.At, x.By, x.Watcher, x.Via, x.IdempotencyKey, x.TellBank = f.now, f.watcher.Role, f.watcher.ID, f.who.Via, f.who.IdempotencyKey, true
	f.control.Note(x)
	f.control.SendAt = f.now.Add(sendAgain)
}

// repeated tells whether the asker's act is on record already.
func (f *file) repeated() bool {
	return f.who.IdempotencyKey != "" && slices.ContainsFunc(f.control.Changes, func(x watch.ControlChange) bool { return x.IdempotencyKey == f.who.IdempotencyKey })
}

// change runs one act on a control of an account, and commits it with its step of the trail;
// from the start again when another writer came between.
func (s *Service) change(ctx context.Context, k watch.AccountKey, kind watch.ControlKind, service string, who Who, act func(*file) (Outcome, error)) (res Result, err error) {
	tell := news.Service{Queue: s.Queue}.Once()
	stepID := watch.NewStepID()
	err = store.Retry(ctx, func() error {
		f, err := s.open(ctx, k, kind, service, who)
		if err != nil {
			return err
		}
		res = Result{Control: f.control, Watcher: *f.watcher}
		if f.repeated() {
			res.Repeated = true
			res.Outcome = map[watch.ControlState]Outcome{watch.ControlWithdrawn: Withdrawn}[f.control.State]
			if res.Outcome == "" {
				res.Outcome = Requested
			}
			return nil
		}
		if res.Outcome, err = act(f); err != nil || res.Outcome != Requested && res.Outcome != Withdrawn {
			return err
		}
		step := stepOf(f.control, f.now)
		step.ID, step.Way, step.By, step.ByRole = stepID, who.Way, f.watcher.ID, f.watcher.Role
		if err := tell(ctx, news.OfStep(f.account, step, nil)); err != nil {
			return err
		}
		f.control.ComputeDue()
		if err := s.Store.Write(ctx, store.CheckAccount(f.account), store.PutControl(f.control), store.ListControl(f.control), s.Store.PutStep(step)); err != nil {
			return err
		}
		f.control.Version++
		return nil
	})
	if err != nil {
		if errors.Is(err, ErrNotAllowed) || errors.Is(err, ErrNotOffered) || errors.Is(err, ErrTerms) || errors.Is(err, ErrWeaker) || errors.Is(err, ErrFull) {
			return res, err
		}
		return Result{}, err
	}
	if res.Control.Untold() != nil {
		s.tellBank(ctx, res.Control)
	}
	return res, nil
}

// tellBank queues what the bank has not taken. A failure is not the caller's: it is on
// record as due, and sweep queues it.
func (s *Service) tellBank(ctx context.Context, c *watch.Control) {
	var jobs queue.Jobs
	jobs.TellControl(c.Account.Bank, c.ID)
	if err := jobs.Send(ctx, s.Queue); err != nil {
		s.logger().WarnContext(ctx, "control: not queued, sweep will send it", "error", err)
	}
}

// open reads a control of an account for an asker, a new one if there is none.
func (s *Service) open(ctx context.Context, k watch.AccountKey, kind watch.ControlKind, service string, who Who) (*file, error) {
	f := &file{now: s.now(), who: who}
	var err error
	if f.account, err = s.Store.Account(ctx, k); errors.Is(err, store.ErrNotFound) {
		return nil, ErrNotFound
	} else if err != nil {
		return nil, err
	}
	var known bool
	if who.Watcher != "" {
		f.watcher, known = f.account.Watcher(who.Watcher)
		known = known && (who.LineUser == "" || who.LineUser == f.watcher.LineUser)
	} else {
		f.watcher, known = f.account.WatcherOf(who.LineUser)
	}
	if !known {
		return nil, ErrNotFound
	}
	k = f.account.AccountKey
	if f.bank, err = s.Store.Bank(ctx, k.Bank); errors.Is(err, store.ErrNotFound) {
		f.bank, err = &store.Bank{Code: k.Bank}, nil
	}
	if err != nil {
		return nil, err
	}
	id := watch.ControlID(k, kind, service)
	if f.control, err = s.Store.Control(ctx, id); errors.Is(err, store.ErrNotFound) {
		f.control, err = &watch.Control{ID: id, Reference: token.Reference(id), OnAccount: watch.On(k), Mask: f.account.Mask, Kind: kind, Service: service}, nil
	}
	return f, err
}
