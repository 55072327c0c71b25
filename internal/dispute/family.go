package dispute

import (
	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// tellOwners adds to the record that the owners hear what a guardian answered
// or took back, and to the jobs what is to be queued of it. News of an alert that was
// not critical wait for the end of quiet hours, as the alert did. noted tells
// whether the act made a change of the dispute, which then names the news.
func (f *file) tellOwners(noted bool, jobs *queue.Jobs) {
	if f.watcher.Role != watch.Guardian {
		return
	}
	seq := 0
	if noted {
		seq = nextSeq(f.dispute) - 1
	}
	for i := range f.account.Watchers {
		w := &f.account.Watchers[i]
		if w.Role != watch.Owner || f.told(w.ID, seq) {
			continue
		}
		var why watch.Reason
		if n, ok := f.record.Notice(w.ID); ok {
			why = n.Reasons.Reason
		}
		d, ok := f.record.DeliverNext(watch.TellAnswer, w, seq, f.now, w.Rules.HoldUntil(why, f.now))
		if ok && d.State == watch.Queued {
			jobs.Deliver(f.record, d)
		}
	}
	f.record.ComputeDue()
}

// told tells whether the record has this news for a watcher, over any channel.
func (f *file) told(watcher string, seq int) bool {
	for _, d := range f.record.Deliveries {
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
