package dispute

import (
	"context"
	"errors"
	"strings"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// MaxText is the longest text of a bank to a person, in characters.
const MaxText = 300

// SetStatus is a bank saying how far it is with a dispute: received, frozen,
// refunded or closed, with a text of up to MaxText characters for the person,
// who is told. The same status and text again changes nothing.
//
// "received" comes before the others, frozen and refunded may come in any
// order, and each may be said again with another text; anything else is
// ErrOrder. closed is final: ErrClosed. A dispute that the person withdrew
// takes any status but received, because what the bank did to the account is
// so whatever the person says. ErrNotFound if it is not this bank's.
func (k *Service) SetStatus(ctx context.Context, bank, disputeID string, status watch.DisputeStatus, text string) (*watch.Dispute, error) {
	said := quote.Text(strings.TrimSpace(text))
	if rank(status) == 0 || watch.CheckWords("text", said.Raw(), MaxText) != nil {
		return nil, ErrStatus
	}
	var d *watch.Dispute
	var jobs queue.Jobs
	err := store.Retry(ctx, func() (err error) {
		jobs = queue.Jobs{}
		d, err = k.Store.Dispute(ctx, disputeID)
		if errors.Is(err, store.ErrNotFound) || err == nil && d.Account.Bank != bank {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if d.Status == status && d.Text == said {
			return nil
		}
		if err := follows(d, status); err != nil {
			return err
		}
		now := k.now()
		d.Status, d.Text = status, said
		d.Changes = append(d.Changes, watch.DisputeChange{Seq: nextSeq(d), Status: status, At: now, Text: said})
		writes := []store.Write{k.Store.PutDispute(d)}
		r, err := k.tell(ctx, d, now, &jobs)
		if err != nil {
			return err
		}
		if r != nil {
			writes = append(writes, store.PutRecord(r))
		}
		return k.Store.Write(ctx, writes...)
	})
	if err != nil {
		return nil, err
	}
	k.send(ctx, &jobs)
	return d, nil
}

// rank orders the bank's statuses; 0 is not one of them.
func rank(s watch.DisputeStatus) int {
	switch s {
	case watch.DisputeReceived:
		return 1
	case watch.DisputeFrozen, watch.DisputeRefunded:
		return 2
	case watch.DisputeClosed:
		return 3
	}
	return 0
}

func follows(d *watch.Dispute, next watch.DisputeStatus) error {
	switch {
	case d.Status == watch.DisputeClosed:
		return ErrClosed
	case d.Status == watch.DisputeWithdrawn && next == watch.DisputeReceived: // nothing is left to be received
		return ErrOrder
	case rank(next) < rank(d.Status), len(d.Changes) >= maxChanges && next != watch.DisputeClosed:
		return ErrOrder
	}
	return nil
}

// tell adds to the record deliveries of the dispute's latest change: to the
// watcher who answered, and also to the owners if that was a guardian (who may
// have left since). It adds to the jobs what is to be queued. It returns no
// record and no error if none of them can be reached, or the record is no
// longer kept.
func (k *Service) tell(ctx context.Context, d *watch.Dispute, now time.Time, jobs *queue.Jobs) (*watch.Record, error) {
	r, err := k.Store.Record(ctx, d.Record)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a, err := k.Store.Account(ctx, d.Account)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	seq, before := d.Changes[len(d.Changes)-1].Seq, len(r.Deliveries)
	for i := range a.Watchers {
		w := &a.Watchers[i]
		if w.ID != d.Watcher && (d.AnsweredBy != watch.Guardian || w.Role != watch.Owner) {
			continue
		}
		// News of a dispute are not critical: they wait for the morning.
		del, ok := r.Say(watch.TellDispute, w, seq, now, w.Rules.HoldUntil(0, now))
		if ok && del.State == watch.Queued {
			jobs.Deliver(r, del)
		}
	}
	if len(r.Deliveries) == before {
		return nil, nil
	}
	r.ComputeDue()
	return r, nil
}
