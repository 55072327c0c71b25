package dispute

import (
	"context"
	"slices"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// tellOthers adds to the record that the others who watch the account hear of
// an answer, and to the jobs what is to be queued of it: of a report and of its
// withdrawal all of them, at once; of a guardian's "mine" the owners, and of an
// alert that was not critical after their quiet hours, as the alert was. noted
// tells whether the act made a change of the dispute, which then names the news.
func (f *file) tellOthers(o Outcome, noted bool, jobs *queue.Jobs) {
	report := o == Opened || o == Withdrawn
	if !report {
		f.tellMine(jobs)
		return
	}
	seq, before := 0, len(f.record.Deliveries)
	if noted {
		seq = f.dispute.Ours().Seq
	}
	had := len(f.calls())
	critical := slices.ContainsFunc(f.reportedOnes(), func(l *watch.Record) bool { return slices.ContainsFunc(l.Parts(), (*watch.Record).Critical) })
	if o == Opened && critical {
		// Guardians who have not heard of it yet are called now.
		f.record.Call(f.account, watch.CallReported, f.watcher.ID, f.now)
	}
	for i := range f.account.Watchers {
		w := &f.account.Watchers[i]
		if w.ID == f.watcher.ID || told(f.record, w.ID, seq) || slices.Contains(f.calls()[had:], w.ID) {
			continue
		}
		if d, made := f.record.Say(watch.TellAnswer, w, seq, f.now, f.now); made && seq == 0 && f.record.Answer != nil {
			f.record.SayAnswer(d)
		}
	}
	for i := before; i < len(f.record.Deliveries); i++ {
		if d := &f.record.Deliveries[i]; d.State == watch.Queued {
			jobs.Deliver(f.record, d)
		}
	}
	f.record.ComputeDue()
}

// tellMine adds to each piece that a guardian has just said to be the person's own
// that the owners hear of it.
func (f *file) tellMine(jobs *queue.Jobs) {
	if f.watcher.Role != watch.Guardian {
		return
	}
	for _, l := range f.story() {
		if l.Answer == nil || l.Answer.Value != watch.Mine || !l.Answer.At.Equal(f.now) {
			continue
		}
		for i := range f.account.Watchers {
			w := &f.account.Watchers[i]
			if w.ID == f.watcher.ID || w.Role != watch.Owner || told(l, w.ID, 0) {
				continue
			}
			var why watch.Reason
			if n, ok := l.Notice(w.ID); ok {
				why = n.Reasons.Reason
			}
			d, made := l.Say(watch.TellAnswer, w, 0, f.now, w.Rules.HoldUntil(why, f.now))
			if !made {
				continue
			}
			l.SayAnswer(d)
			if d.State == watch.Queued {
				jobs.Deliver(l, d)
			}
		}
		l.ComputeDue()
	}
}

// calls lists, in order, the watchers that a message calls because of the report.
func (f *file) calls() []string {
	var out []string
	for i := range f.record.Deliveries {
		if d := &f.record.Deliveries[i]; d.Kind.OfIncident() && d.State != watch.Cancelled && called(f.record, d.Watcher) {
			out = append(out, d.Watcher)
		}
	}
	return out
}

// told tells whether a record has this news for a watcher, over any channel.
func told(r *watch.Record, watcher string, seq int) bool {
	for _, d := range r.Deliveries {
		if d.Kind == watch.TellAnswer && d.Watcher == watcher && d.Seq == seq {
			return true
		}
	}
	return false
}

// changes counts the changes of the dispute.
func (f *file) changes() int {
	if f.dispute == nil {
		return 0
	}
	return len(f.dispute.Changes)
}

// trusting are those who watch the account, as they trust now.
func (f *file) trusting() (out []*watch.Watcher) {
	for i := range f.account.Watchers {
		out = append(out, f.account.Watchers[i].Clone())
	}
	return out
}

// protect ends, on their other accounts, the trust of the asker and of the
// owners in what is reported, and has what is new there alarm them for a while.
// What trust has kept from those who watch is told now: it returns the incidents
// of that on the account of the report. Doing it again changes nothing.
func (k *Service) protect(ctx context.Context, f *file, silent *queue.Jobs) (leads []string, err error) {
	services := f.services()
	if leads, err = k.unsilence(ctx, f.account.AccountKey, services, "", f.trusting(), silent); err != nil {
		return nil, err
	}
	for i := range f.account.Watchers {
		w := &f.account.Watchers[i]
		if w.LineUser == "" || w.ID != f.watcher.ID && w.Role != watch.Owner {
			continue
		}
		for b, err := range k.Store.Bindings(ctx, w.LineUser) {
			if err != nil {
				return nil, err
			}
			if b.Account == f.record.Account {
				continue
			}
			if err := k.endTrust(ctx, b.Account, w.LineUser, services, f, silent); err != nil {
				return nil, err
			}
		}
	}
	return leads, nil
}
