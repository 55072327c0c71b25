package dispute

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/news"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Answer records what a watcher says to an alert. It may be repeated, by the
// same or another watcher and over any way: there is one standing answer and
// at most one dispute. "Mine" may become "not mine" at any time, and "not
// mine" becomes "mine" only within the time to undo; later it is ErrTooLate.
// "Mine" is Changed, and recorded of nothing, if more was taken than what the
// person was shown: they are to be asked again.
// ErrNotFound unless they watch the record's account now. Any other error
// leaves it open whether the answer was recorded: ask again.
func (k *Service) Answer(ctx context.Context, recordID string, who Answerer, value watch.AnswerValue, via watch.Via) (Result, error) {
	switch value {
	case watch.NotMine:
		return k.change(ctx, recordID, who, func(f *file) (Outcome, error) {
			if f.disputed() && !f.adds() {
				return AlreadyOpen, nil
			}
			if f.disputed() && f.dispute.Status == watch.DisputeClosed {
				f.follow(via)
			} else {
				f.reopen(via)
			}
			return Opened, nil
		})
	case watch.Mine:
		return k.change(ctx, recordID, who, func(f *file) (Outcome, error) {
			all, grown := f.summedUp()
			f.who.Whole = f.who.Whole || all
			switch f.standing() {
			case AlreadyOpen:
				// "Mine" on an older message does not take a report back, and
				// least of all somebody else's: that has a button of its own.
				return AlreadyOpen, nil
			case AlreadyMine: // and that stands for all there is, whatever this message said
				return AlreadyMine, nil
			}
			if grown || !f.covers() {
				return Changed, nil
			}
			f.answer(via)
			f.record.Answer.Other = f.who.Other && f.record.Either()
			return Mine, nil
		})
	}
	return Result{}, errors.New("dispute: no such answer")
}

// Undo takes "not mine" back within the time to undo: the dispute is
// withdrawn and the incident unanswered. Later it is ErrTooLate; for a guardian
// and another watcher's answer ErrNotAllowed; both come with what stands. It
// changes nothing, and says what stands, if nothing is disputed. It is Confirm,
// and changes nothing, if others have heard of the report, or it has changed since it
// was made, and the asker has not confirmed it as it is: all that is taken back is
// named first.
func (k *Service) Undo(ctx context.Context, recordID string, who Answerer, via watch.Via) (Result, error) {
	return k.change(ctx, recordID, who, func(f *file) (Outcome, error) {
		if !f.disputed() || f.late() {
			return f.standing(), nil
		}
		if !f.mayWithdraw() {
			return AlreadyOpen, ErrNotAllowed
		}
		if f.undoUntil(k.undoFor()).IsZero() {
			return AlreadyOpen, ErrTooLate
		}
		grown := f.dispute.GrownAt().After(f.dispute.AnsweredAt)
		if (grown || f.others()) && !who.ConfirmsAll(f.dispute) {
			return Confirm, nil
		}
		if err := f.withdraw(k.undoFor(), via); err != nil {
			return AlreadyOpen, err
		}
		for _, l := range f.reportedOnes() {
			l.Answer = f.before(l)
		}
		return Withdrawn, nil
	})
}

// change runs one act on a record and commits record and dispute together,
// from the start again when another writer came between.
func (k *Service) change(ctx context.Context, recordID string, who Answerer, act func(*file) (Outcome, error)) (Result, error) {
	var res Result
	var jobs, silent queue.Jobs
	var asked []string // inquiries of the bank that this answers
	var ended []*watch.Watcher
	err := store.Retry(ctx, func() error {
		jobs, asked = queue.Jobs{}, nil
		f, err := k.open(ctx, recordID, who)
		if err != nil {
			return err
		}
		if f.repeated() {
			res = f.result(f.standing(), k.undoFor())
			res.Repeated = true
			return nil
		}
		before, was := f.changes(), f.answers()
		outcome, err := act(f)
		f.overrule(was)
		res = f.result(outcome, k.undoFor())
		if err != nil || !outcome.changes() {
			return err
		}
		if outcome == Opened {
			// Before the commit: a process that dies in between has made the
			// person safer than they know, and never less safe.
			leads, err := k.protect(ctx, f, &silent)
			if err != nil {
				return err
			}
			if err := k.offer(ctx, f, leads); err != nil {
				return err
			}
			res.Groups = watch.GroupsOf(f.story())
			for i := range f.account.Watchers {
				k.Store.KnowSeveral(ctx, &f.account.Watchers[i])
			}
		}
		if outcome == Opened {
			f.remind()
		}
		f.tellOthers(outcome, f.changes() > before, &jobs)
		var account store.Write
		account, ended = f.still(outcome)
		writes := []store.Write{account, store.PutRecord(f.record)}
		for _, l := range f.rest {
			if outcome == Opened || l.Answer != was[l] {
				writes = append(writes, store.PutRecord(l))
			}
		}
		var told []watch.News
		for _, step := range f.steps(outcome, ended) {
			writes = append(writes, k.Store.PutStep(step))
			if step.Kind == watch.StepMine {
				told = append(told, news.OfStep(f.account, step, nil)...)
			}
		}
		if err := (news.Service{Queue: k.Queue}).Tell(ctx, told); err != nil {
			return err
		}
		if f.dispute != nil {
			if writes = append(writes, k.Store.PutDispute(f.dispute)); outcome == Opened {
				writes = append(writes, store.PutReference(f.dispute))
			}
		}
		answered, err := k.answered(ctx, f)
		if err != nil {
			return err
		}
		for _, q := range answered {
			asked, writes = append(asked, q.ID), append(writes, store.PutInquiry(q))
		}
		act, err := k.learned(ctx, f)
		if err != nil {
			return err
		}
		return k.Store.Write(ctx, append(writes, act...)...)
	})
	switch {
	case errors.Is(err, ErrTooLate), errors.Is(err, ErrNotAllowed):
		return res, err
	case err != nil:
		return Result{}, err
	}
	k.unsilenceMore(ctx, &res, ended, &silent)
	if d := res.Dispute; d != nil && res.Outcome.changes() {
		if _, untold := d.Untold(); untold {
			jobs.TellBank(d)
		}
	}
	if res.Outcome.changes() {
		for _, id := range asked {
			jobs.TellInquiry(res.Record.Account.Bank, id)
		}
	}
	k.send(ctx, &jobs)
	k.send(ctx, &silent)
	if r := res.Record; !res.Repeated && (res.Outcome == Opened || res.Outcome == Mine) {
		if form := catalog.Form(r.Descriptor.Raw()); res.Outcome == Mine && r.Answer.Other {
			k.Lessons.Other(r.Account, form, r.Service)
		} else {
			k.Lessons.Answer(r.Account, form, r.Service, res.Outcome == Mine)
		}
		k.Lessons.Save(ctx)
	}
	return res, nil
}

// answers are those of the incident's pieces.
func (f *file) answers() map[*watch.Record]*watch.Answer {
	out := map[*watch.Record]*watch.Answer{f.record: f.record.Answer}
	for _, l := range f.rest {
		out[l] = l.Answer
	}
	return out
}

// overrule keeps the answers that stand no more for those who read what happened when.
func (f *file) overrule(was map[*watch.Record]*watch.Answer) {
	for l, a := range was {
		l.Overrule(a)
	}
}

// changes tells whether an outcome came of an act now.
func (o Outcome) changes() bool { return o == Opened || o == Mine || o == Withdrawn }

// late tells whether the person acted before the answer that stands: the act
// was overtaken on its way.
func (f *file) late() bool {
	return !f.who.At.IsZero() && f.who.At.Before(f.dispute.AnsweredAt)
}

// answer records "mine". No message follows from it.
func (f *file) answer(via watch.Via) {
	about := []*watch.Record{f.record}
	if f.who.Whole {
		about = f.alike()
	}
	for _, l := range about {
		l.Answer = &watch.Answer{Value: watch.Mine, Watcher: f.watcher.ID, Via: via, Way: f.who.Way, At: f.now}
		l.StopEscalation()
	}
	if f.who.Saw != nil || f.who.Mark != "" {
		return // a page shows what is true now
	}
	r, n := f.answered()
	for _, p := range r.Parts() {
		if saw, ok := r.Seen(p, f.watcher.ID, "", n+1); ok && saw.Exceeds(p) {
			f.record.Answer.Showed(f.record, p.ID, saw)
		}
	}
}

// answered is the record and, by its place, the message that is answered, or the
// first one to the asker; -1 if they answer something else.
func (f *file) answered() (r *watch.Record, n int) {
	r = f.record.Clone()
	n = slices.IndexFunc(r.Deliveries, func(d watch.Delivery) bool { return d.ID == f.who.Delivery && d.Watcher == f.watcher.ID })
	if n < 0 {
		n = slices.IndexFunc(r.Deliveries, func(d watch.Delivery) bool { return d.Kind.OfIncident() && d.Watcher == f.watcher.ID })
	}
	if n >= 0 {
		r.Deliveries[n].State = watch.Accepted // whatever the channel said: it was answered
	}
	return r, n
}

// summedUp tells whether the message that is answered summed up all pieces that wait
// for the same answer, so that the answer is of them all, and whether they have come
// to more since. What a page or a list showed it says by itself.
func (f *file) summedUp() (all, grown bool) {
	r, n := f.answered()
	if n < 0 || r.Deliveries[n].Sum == nil || r.Deliveries[n].SumOf != "" || f.who.Saw != nil || f.who.Mark != "" {
		return false, false
	}
	said, is := r.Deliveries[n].Sum, watch.SumOfAll(f.alike(), f.watcher.ID, r.Deliveries[n].Channel, nil)
	return true, is.Debits > said.Debits || is.Yen > said.Yen
}

// unseen is what is more than the message said that is answered, or the first
// one to the asker; nothing if they answer something else.
func (f *file) unseen() []watch.Said {
	r, n := f.answered()
	if n < 0 {
		return nil
	}
	var out []watch.Said
	for _, p := range r.Parts() {
		saw, ok := r.Seen(p, f.watcher.ID, "", n+1)
		switch {
		case !ok && r.ReasonsFor(p, f.watcher.ID).Reason != 0 && p.UndoneAt.IsZero():
			out = append(out, watch.Said{Record: p.ID})
		case ok && !saw.Covers(p):
			out = append(out, watch.Said{Record: p.ID, Was: saw})
		}
	}
	return out
}

// reopen records "not mine" about all of the incident but what the person says
// is theirs: a new dispute, or one more change of the one that was withdrawn.
func (f *file) reopen(via watch.Via) {
	root := f.root
	if f.dispute == nil {
		f.dispute = f.one
	}
	if f.dispute == nil {
		if root.Answer != nil && root.Answer.Value == watch.Mine || root.Dispute != "" {
			root = f.record // what began it is the person's own, or is closed
		}
		id := watch.Derive("dispute", root.ID)
		f.dispute = &watch.Dispute{
			ID: id, Reference: Reference(id), Record: root.ID, OnAccount: watch.On(root.Account), Mask: root.Mask,
		}
	}
	before, parts := f.dispute.Opening(), f.reported(via)
	f.unshown(parts)
	f.opens(parts, before, via)
}

// opens has the dispute begin, or begin again, with these transactions.
func (f *file) opens(parts []*watch.Record, before watch.Opening, via watch.Via) {
	d, first := f.dispute, parts[0]
	if first.ID != d.Leads() {
		d.First = first.ID
	}
	d.Kind, d.Txn, d.ReceivedAt = first.Kind, first.Name(), first.ReceivedAt
	d.Note(first)
	// A tap can overtake the note that LINE took the message, so a time that
	// is still missing is taken when it is there.
	told := firstTold(f.root)
	if d.AlertedAt.IsZero() {
		d.AlertedAt = told
	}
	if d.AcceptedAt.IsZero() {
		d.AcceptedAt = told
	}
	d.AnsweredAt, d.AnsweredBy, d.Watcher, d.Via, d.Text = f.now, f.watcher.Role, f.watcher.ID, via, ""
	f.note(watch.DisputeOpened, via)
	d.Open(parts[1:], before)
	for _, p := range parts[1:] {
		d.Update(p, f.now) // while it was withdrawn the bank heard of nothing
	}
}

// withdraw takes back the dispute that stands, or says ErrTooLate.
func (f *file) withdraw(undoFor time.Duration, via watch.Via) error {
	if f.undoUntil(undoFor).IsZero() {
		return ErrTooLate
	}
	f.note(watch.DisputeWithdrawn, via)
	return nil
}

// note appends a change of ours, which the bank must be told.
func (f *file) note(s watch.DisputeStatus, via watch.Via) {
	d := f.dispute
	d.Status = s
	shows := d.Shown()
	if p, ok := f.part(d.Leads()); ok {
		shows = p.Shows("")
	}
	d.Changes = append(d.Changes, watch.DisputeChange{
		Seq: nextSeq(d), Status: s, At: f.now, By: f.watcher.Role, Watcher: f.watcher.ID, Via: via, IdempotencyKey: f.who.IdempotencyKey, TellBank: true, Shows: shows,
	})
	d.Due = f.now.Add(sendAgain)
}

func nextSeq(d *watch.Dispute) int {
	if len(d.Changes) == 0 {
		return 1
	}
	return d.Changes[len(d.Changes)-1].Seq + 1
}

// firstTold says when a channel first took a message of an incident; zero if none did:
// until then no watcher was told, whenever it was decided.
func firstTold(r *watch.Record) (told time.Time) {
	for _, d := range r.Deliveries {
		if at := d.AcceptedAt; d.Kind.OfIncident() && !at.IsZero() && (told.IsZero() || at.Before(told)) {
			told = at
		}
	}
	return told
}
