// Package dispute takes the answers to alerts, from the chat or from a page, and keeps the dispute that an answer "not mine" opens: one per
// record, with every change of it in order. It never talks to people or to
// banks itself: it writes down what must be told and queues it.
package dispute

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"kozamori/internal/lesson"
	"kozamori/internal/queue"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// UndoFor is how long an answer "not mine" can be taken back.
const UndoFor = watch.UndoFor

// sendAgain is when sweep looks whether what was queued after the commit has
// been sent: the process may have died in between.
const sendAgain = time.Minute

// Limits of one dispute. A person who keeps changing their mind floods the
// bank; after maxWithdrawals the dispute stands, which is the safe side.
const (
	maxWithdrawals = 5
	maxChanges     = 100
)

var (
	// ErrNotFound says that there is no such alert or dispute, or that it is
	// not the asker's: which of them is not said.
	ErrNotFound = errors.New("dispute: not found")
	// ErrTooLate says that the answer "not mine" can no longer be taken back.
	// The Result tells what stands.
	ErrTooLate = errors.New("dispute: too late to take back")
	// ErrNotAllowed says that the watcher may see this but not do that: a
	// guardian trusting a service, or taking back another watcher's answer.
	ErrNotAllowed = errors.New("dispute: not allowed for this watcher")
	// ErrNoTrust says that there is nothing here to trust: no service, no
	// amount, or an open dispute about it.
	ErrNoTrust = errors.New("dispute: nothing to trust")
	// ErrClosed says that the dispute is closed: nothing changes it any more.
	ErrClosed = errors.New("dispute: closed")
	// ErrOrder says that the bank's status cannot follow the present one.
	ErrOrder = errors.New("dispute: status cannot follow the present one")
	// ErrChanged says that the dispute is not the one any more that the bank read.
	ErrChanged = errors.New("dispute: changed since it was read")
	// ErrFull says that the dispute holds as many notes as it can.
	ErrFull = errors.New("dispute: no room for a note")
	// ErrStatus says that the status or its text is not one that a bank can set.
	ErrStatus = errors.New("dispute: not a status of the bank's, or text too long")
)

// Answerer is who acts: a watcher by id (from a signed link) or by their LINE
// user (from LINE's signed webhook). What is set must match.
type Answerer struct {
	Watcher  string
	LineUser string
	// At is when the person acted, if the channel says so. A withdrawal that
	// is older than the answer it would take back arrived late and is ignored.
	At time.Time
	// IdempotencyKey names the act if it may be brought again because its answer was
	// lost, such as the id of LINE's event: it opens or withdraws once, and
	// comes back as Repeated ever after, whatever was answered meanwhile.
	IdempotencyKey string
	// Delivery is the message that is answered, if the channel says so, and
	// Mark what a page showed (Record.Mark). "Mine" stands for what they said
	// and no more. Without either it stands for the first message to the watcher. Of a
	// report that is taken back Mark is what was named (watch.Dispute.Mark).
	Delivery, Mark string
	// Saw is what the page showed of each part (watch.Saw), if it says so. A
	// report takes in what it did not show, and says so; "mine" does not.
	Saw map[string]string
	// Except are the parts of the incident, by record, that the asker says are
	// theirs while they report the rest.
	Except []string
	// Whole tells that "mine" is about all pieces of the incident that stand alike,
	// as Saw or Mark (of Result.Whole) says that they were shown.
	Whole bool
	// Other tells that the debit was the asker's, and what else it may be
	// (Record.Other). It means nothing of one that may be nothing else.
	Other bool
	// Also are other incidents of the account that the same "not mine" is about:
	// they are reported together, under one number.
	Also []string
	// Confirmed is when the report was made that the asker confirms to be about what
	// was called theirs as well, or when it became what they confirm to take back, to
	// the second.
	Confirmed time.Time
	Way       watch.Way // how they came to act, for the trail
}

// Confirms tells whether the asker has confirmed this very report.
func (a *Answerer) Confirms(d *watch.Dispute) bool {
	return a.Confirmed.Unix() == d.AnsweredAt.Unix()
}

// ConfirmsAll tells whether the asker has confirmed the report as it is now: a
// question that was asked before something joined it named less than that.
func (a *Answerer) ConfirmsAll(d *watch.Dispute) bool {
	return a.Confirmed.Unix() == d.GrownAt().Unix() && (a.Mark == "" || a.Mark == d.Mark())
}

// Outcome says what an answer did, or what stands.
type Outcome string

// The outcomes.
const (
	Unanswered       Outcome = "unanswered"        // not answered
	Opened           Outcome = "opened"            // not mine, now
	AlreadyOpen      Outcome = "already_open"      // not mine, answered before
	Mine             Outcome = "mine"              // mine, now
	AlreadyMine      Outcome = "already_mine"      // mine, answered before
	Withdrawn        Outcome = "withdrawn"         // not mine taken back, now
	AlreadyWithdrawn Outcome = "already_withdrawn" // not mine taken back before; not answered since
	Changed          Outcome = "changed"           // more was taken than the answer is about: nothing is recorded
	Confirm          Outcome = "confirm"           // others know of the report: nothing is taken back until that is confirmed
)

// Result is what became of an answer, with all that is needed to say so.
type Result struct {
	Outcome Outcome
	Record  *watch.Record
	// Whole is all pieces of the incident that stand as Record does, as one, and
	// Groups are all pieces: to be shown.
	Whole  *watch.Record
	Groups []watch.Group
	// All tells that the answer is about Whole.
	All     bool
	Dispute *watch.Dispute // nil if "not mine" was never said
	Watcher watch.Watcher  // who asked
	// Family are those who watch the account, for owners alone: they know them by name.
	Family []watch.Watcher
	// Repeated tells that this very act was recorded before. The Outcome says
	// how things stand now.
	Repeated bool
	// UndoUntil is the end of the time in which the asker can take "not mine"
	// back; zero if they cannot.
	UndoUntil time.Time
	// Unseen is what the asker had not seen, if the Outcome is Changed.
	Unseen []watch.Said
	// Offer is what Trust would add for the asker; the zero value if nothing.
	Offer watch.Trust
}

// Service answers alerts.
type Service struct {
	Store   *store.Store
	Queue   queue.Sender
	Now     func() time.Time
	UndoFor time.Duration   // UndoFor if zero
	Logger  *slog.Logger    // slog.Default if nil
	Lessons *lesson.Counter // counts answers for the catalogue; nil counts nothing
}

func (k *Service) now() time.Time {
	if k.Now == nil {
		return time.Now().UTC()
	}
	return k.Now().UTC()
}

func (k *Service) logger() *slog.Logger {
	if k.Logger == nil {
		return slog.Default()
	}
	return k.Logger
}

func (k *Service) undoFor() time.Duration {
	if k.UndoFor == 0 {
		return UndoFor
	}
	return k.UndoFor
}

// file is everything about one record as one asker sees it at one moment.
type file struct {
	now     time.Time
	who     Answerer
	record  *watch.Record
	account *watch.Account
	watcher *watch.Watcher
	dispute *watch.Dispute  // nil if there is none
	root    *watch.Record   // the incident that record is a piece of, or record
	rest    []*watch.Record // the pieces of root but record, and root if it is not record
	one     *watch.Dispute  // of another piece, if record has none; nil if there is none
	adding  bool            // "not mine" is about what was called theirs as well
	next    *watch.Dispute  // that follows the dispute, which is closed; nil if there is none
	first   *watch.Dispute  // that the dispute follows; nil if it follows none
}

// repeated tells whether the asker's act is on record already.
func (f *file) repeated() bool {
	return f.who.IdempotencyKey != "" && f.dispute != nil &&
		slices.ContainsFunc(f.dispute.Changes, func(c watch.DisputeChange) bool { return c.IdempotencyKey == f.who.IdempotencyKey })
}

// open reads a record for an asker. ErrNotFound unless they watch its account
// now.
func (k *Service) open(ctx context.Context, recordID string, who Answerer) (*file, error) {
	f := &file{now: k.now(), who: who}
	var err error
	if f.record, err = k.Store.Record(ctx, recordID); err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		// The account is read in any case, so that an unknown record takes as
		// long as one of other people's.
		f.record = &watch.Record{}
	}
	if f.record, err = k.Store.Lead(ctx, f.record); err != nil {
		return nil, err
	}
	f.account, err = k.Store.Account(ctx, f.record.Account)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, ErrNotFound
	case err != nil:
		return nil, err
	}
	var known bool
	switch {
	case !slices.ContainsFunc(f.record.Parts(), func(p *watch.Record) bool { return p.Complete }):
		return nil, ErrNotFound
	case who.Watcher != "":
		f.watcher, known = f.account.Watcher(who.Watcher)
		known = known && (who.LineUser == "" || who.LineUser == f.watcher.LineUser)
	default:
		f.watcher, known = f.account.WatcherOf(who.LineUser)
	}
	if !known {
		return nil, ErrNotFound
	}
	return f, k.pieces(ctx, f)
}

// still makes a transaction fail if the account has changed since it was
// read: a watcher who was unbound a moment ago cannot answer. With a report the
// account is written: no watcher of it trusts the service any longer.
func (f *file) still(o Outcome) (store.Write, []*watch.Watcher) {
	if o != Opened {
		return store.CheckAccount(f.account), nil
	}
	return settings.Report(f.account, f.watcher, f.services(), f.dispute.ID, f.now)
}

// disputed tells whether "not mine" stands.
func (f *file) disputed() bool {
	return f.dispute.Stands(f.record)
}

// mayWithdraw tells whether the asker is one who may take "not mine" back: an
// owner, or the watcher who gave the answer.
func (f *file) mayWithdraw() bool {
	return f.watcher.Role == watch.Owner || f.watcher.ID == f.dispute.Watcher
}

// undoUntil is the end of the time in which the asker can take the standing
// "not mine" back; zero if they cannot.
func (f *file) undoUntil(undoFor time.Duration) time.Time {
	if !f.disputed() || !f.mayWithdraw() {
		return time.Time{}
	}
	end := f.dispute.AnsweredAt.Add(undoFor)
	settled := f.dispute.Status == watch.DisputeRefunded || f.dispute.Status == watch.DisputeClosed
	if !f.now.Before(end) || settled || f.withdrawals() >= maxWithdrawals {
		return time.Time{}
	}
	return end
}

// covers tells whether the asker saw all that was taken before they answered.
func (f *file) covers() bool {
	if f.who.Saw != nil {
		fresh, changed := f.about().Unseen(f.who.Saw)
		return len(fresh)+len(changed) == 0
	}
	if f.who.Mark != "" {
		return f.who.Mark == f.about().Mark()
	}
	return len(f.unseen()) == 0
}

// others tells whether anybody but the asker has heard of the report.
func (f *file) others() bool {
	return f.dispute.Watcher != f.watcher.ID || slices.ContainsFunc(f.reportedOnes(), func(l *watch.Record) bool {
		return slices.ContainsFunc(l.Deliveries, func(d watch.Delivery) bool {
			return d.Watcher != f.watcher.ID && (d.Kind == watch.TellAnswer || d.Kind.OfIncident() && d.State != watch.Cancelled && called(l, d.Watcher))
		})
	})
}

// called tells whether somebody was called because of the report.
func called(l *watch.Record, watcher string) bool {
	n, ok := l.Notice(watcher)
	return ok && n.Called == watch.CallReported
}

func (f *file) withdrawals() int {
	n := 0
	for _, c := range f.dispute.Changes {
		if c.Status == watch.DisputeWithdrawn {
			n++
		}
	}
	return n
}

// standing says how things are, without changing them.
func (f *file) standing() Outcome {
	switch {
	case f.disputed():
		return AlreadyOpen
	case f.record.Answer != nil && f.record.Answer.Value == watch.Mine && f.record.Answered():
		return AlreadyMine
	case f.dispute != nil:
		return AlreadyWithdrawn
	}
	return Unanswered
}

func (f *file) result(o Outcome, undoFor time.Duration) Result {
	res := Result{Outcome: o, Record: f.record, Dispute: f.dispute, Watcher: *f.watcher, UndoUntil: f.undoUntil(undoFor)}
	res.Groups = watch.GroupsOf(f.story())
	res.Whole, res.All = watch.Whole(f.alike()), f.who.Whole
	if f.watcher.Role == watch.Owner {
		res.Family = f.account.Watchers
	}
	if o == Changed {
		res.Unseen = f.unseen()
	}
	if t, ok := f.trustOffer(); ok {
		res.Offer = t
	}
	return res
}

// Look says how a record stands for a watcher and changes nothing.
// ErrNotFound unless they watch its account now.
func (k *Service) Look(ctx context.Context, recordID string, who Answerer) (Result, error) {
	f, err := k.open(ctx, recordID, who)
	if err != nil {
		return Result{}, err
	}
	return f.result(f.standing(), k.undoFor()), nil
}

// send queues jobs after their cause is committed. A failure is not the
// caller's: what must be told is written down as due, and sweep finds it.
func (k *Service) send(ctx context.Context, jobs *queue.Jobs) {
	if err := jobs.Send(ctx, k.Queue); err != nil {
		k.logger().WarnContext(ctx, "dispute: not queued, sweep will send it", "error", err)
	}
}
