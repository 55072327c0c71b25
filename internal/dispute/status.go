package dispute

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// MaxText is the longest text of a bank to a person, in characters.
const MaxText = 300

// Status is what a bank says of how far it is with a dispute.
type Status struct {
	Status watch.DisputeStatus // received, frozen, refunded, closed or reopened
	Text   string              // for the person, up to MaxText characters
	Ready  string              // the ready text that Text is; empty if it is none
	Clerk  string              // who of the bank says it, which no person is shown
	// Read is the version that the bank read; 0 if it does not matter.
	Read int64
}

// SetStatus is Set for who says no more than the status and the text.
func (k *Service) SetStatus(ctx context.Context, bank, disputeID string, status watch.DisputeStatus, text string) (*watch.Dispute, error) {
	return k.Set(ctx, bank, disputeID, Status{Status: status, Text: text})
}

// Set is a bank saying how far it is with a dispute; the person is told. The
// same again changes nothing.
//
// "received" comes before the others, frozen and refunded may come in any
// order, and each may be said again with another text; anything else is
// an *OrderError. closed is final, ErrClosed, but that the bank may reopen what stands:
// it is received then, and anything may follow again. A dispute that the person withdrew
// takes any status but received and reopened, because what the bank did to the account is
// so whatever the person says. ErrChanged if it is not as the bank read it any
// more. ErrNotFound if it is not this bank's.
func (k *Service) Set(ctx context.Context, bank, disputeID string, say Status) (*watch.Dispute, error) {
	status, said := say.Status, quote.Text(strings.TrimSpace(say.Text))
	if rank(status) == 0 || watch.CheckWords("text", said.Raw(), MaxText) != nil {
		return nil, ErrStatus
	}
	var d *watch.Dispute
	var jobs queue.Jobs
	err := store.Retry(ctx, func() (err error) {
		jobs = queue.Jobs{}
		if d, err = k.of(ctx, bank, disputeID); err != nil {
			return err
		}
		if repeats(d, say, said) {
			return nil
		}
		if say.Read != 0 && say.Read != d.Version {
			return ErrChanged
		}
		if err := follows(d, status); err != nil {
			return err
		}
		now := k.now()
		c := watch.DisputeChange{Seq: nextSeq(d), Status: status, At: now, Text: said, Ready: say.Ready, Clerk: say.Clerk}
		if status == watch.DisputeReopened {
			c.Status, c.Reopened = watch.DisputeReceived, true
		}
		d.Status, d.Text = c.Status, said
		d.Changes = append(d.Changes, c)
		writes := []store.Write{k.Store.PutDispute(d)}
		r, err := k.tell(ctx, d, now, &jobs)
		if err != nil {
			return err
		}
		if r != nil {
			writes = append(writes, store.PutRecord(r))
		}
		if err = k.Store.Write(ctx, writes...); err == nil {
			d.Version++
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	k.send(ctx, &jobs)
	return d, nil
}

// repeats tells whether a bank says what it said last.
func repeats(d *watch.Dispute, say Status, said quote.Text) bool {
	last := d.Changes[len(d.Changes)-1]
	if d.Text != said || say.Clerk != "" && say.Clerk != last.Clerk {
		return false
	}
	return d.Status == say.Status || say.Status == watch.DisputeReopened && last.Reopened
}

// of reads a dispute of a bank's.
func (k *Service) of(ctx context.Context, bank, disputeID string) (*watch.Dispute, error) {
	d, err := k.Store.Dispute(ctx, disputeID)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Account.Bank != bank {
		return nil, ErrNotFound
	}
	return d, err
}

// MaxNotes is how many notes a dispute holds.
const MaxNotes = 50

// Note adds a note of the bank's to a dispute, at any time. The same note again,
// right after it, adds none. ErrFull; ErrChanged and ErrNotFound as for Set.
func (k *Service) Note(ctx context.Context, bank, disputeID, clerk, text string, read int64) (*watch.Dispute, error) {
	var d *watch.Dispute
	err := store.Retry(ctx, func() (err error) {
		if d, err = k.of(ctx, bank, disputeID); err != nil {
			return err
		}
		if n := len(d.Notes); n > 0 && d.Notes[n-1].Text == text && d.Notes[n-1].Clerk == clerk {
			return nil
		}
		switch {
		case read != 0 && read != d.Version:
			return ErrChanged
		case len(d.Notes) >= MaxNotes:
			return ErrFull
		}
		d.Notes = append(d.Notes, watch.DisputeNote{At: k.now(), Clerk: clerk, Text: text})
		if err = k.Store.Write(ctx, k.Store.PutDispute(d)); err == nil {
			d.Version++
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Resend has a callback of a dispute sent to the bank once more, within a minute,
// by sweep: under the same id and with the same body, for a bank that lost it or was
// down for too long. ErrNotFound if there is none of that number.
func (k *Service) Resend(ctx context.Context, bank, disputeID string, seq int) (*watch.Dispute, error) {
	var d *watch.Dispute
	err := store.Retry(ctx, func() (err error) {
		if d, err = k.of(ctx, bank, disputeID); err != nil {
			return err
		}
		i := slices.IndexFunc(d.Changes, func(c watch.DisputeChange) bool { return c.Seq == seq && c.TellBank })
		if i < 0 {
			return ErrNotFound
		}
		d.Changes[i].ToldAt, d.Changes[i].GaveUpAt = time.Time{}, time.Time{}
		if !d.Parked { // else it goes when the bank's endpoint is back
			d.Due = k.now()
		}
		if err = k.Store.Write(ctx, k.Store.PutDispute(d)); err == nil {
			d.Version++
		}
		return err
	})
	return d, err
}

// OrderError says that a status cannot follow the present one, and which can. It
// is ErrOrder, or ErrClosed if none can.
type OrderError struct {
	Present watch.DisputeStatus
	Can     []watch.DisputeStatus
}

func (e *OrderError) Error() string { return e.Unwrap().Error() }

// Unwrap is for errors.Is.
func (e *OrderError) Unwrap() error {
	if e.Present == watch.DisputeClosed {
		return ErrClosed
	}
	return ErrOrder
}

// rank orders the bank's statuses; 0 is not one of them.
func rank(s watch.DisputeStatus) int {
	switch s {
	case watch.DisputeReceived, watch.DisputeReopened:
		return 1
	case watch.DisputeFrozen, watch.DisputeRefunded:
		return 2
	case watch.DisputeClosed:
		return 3
	}
	return 0
}

func follows(d *watch.Dispute, next watch.DisputeStatus) error {
	can := CanFollow(d)
	if slices.Contains(can, next) {
		return nil
	}
	return &OrderError{d.Status, can}
}

func mayFollow(d *watch.Dispute, next watch.DisputeStatus) bool {
	switch {
	case next == watch.DisputeReopened:
		return d.Status == watch.DisputeClosed && d.Ours().Status == watch.DisputeOpened && said(d) < maxChanges
	case d.Status == watch.DisputeClosed,
		d.Status == watch.DisputeWithdrawn && next == watch.DisputeReceived: // nothing is left to be received
		return false
	}
	return rank(next) >= rank(d.Status) && (said(d) < maxChanges || next == watch.DisputeClosed)
}

// said counts the changes of a dispute that are its bank's.
func said(d *watch.Dispute) (n int) {
	for _, c := range d.Changes {
		if !c.TellBank {
			n++
		}
	}
	return n
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
