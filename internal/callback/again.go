package callback

import (
	"context"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// Resender has callbacks posted once more.
type Resender struct {
	Store *store.Store
	Queue queue.Sender
	// Dispute has a change of a dispute told once more. store.ErrNotFound, or an error
	// that says so, if there is none.
	Dispute func(ctx context.Context, bank, dispute string, seq int) error
	Now     func() time.Time
}

// Resend has a callback posted once more, under its id and with its body, soon: also
// one that the bank took or that was given up, for 72 hours again. One that waits is
// not waited for longer. store.ErrNotFound if the bank has no such callback, or its log
// is kept no longer. A process that dies in between has told its caller nothing: the
// same again begins again.
func (r *Resender) Resend(ctx context.Context, bank, id string) (*store.Callback, error) {
	is, err := r.Store.Callback(ctx, bank, id)
	if err != nil {
		return nil, err
	}
	now := r.Now().UTC().Truncate(time.Millisecond)
	if is.Dispute != "" {
		if err := r.Dispute(ctx, bank, is.Dispute, is.Seq); err != nil {
			return nil, err
		}
		return Asked(ctx, r.Store, bank, id, now)
	}
	var jobs queue.Jobs
	switch waits := is.Waits() && is.AskedAt.IsZero(); {
	case !waits:
		if is, err = Asked(ctx, r.Store, bank, id, now); err != nil {
			return nil, err
		}
		jobs.CallAgain(bank, id)
	case is.File != "":
		jobs.TellFile(bank, is.File)
	case is.Control != "":
		jobs.TellControl(bank, is.Control)
	case is.Inquiry != "":
		jobs.TellInquiry(bank, is.Inquiry)
	case is.Record != "":
		jobs.Unreached(bank, is.Record, is.Delivery)
	default:
		jobs.TellFeed(bank)
	}
	return is, jobs.Send(ctx, r.Queue)
}

// Asked notes in the log of a callback that its bank asked at a time for it once more.
// What has come of it since then stands.
func Asked(ctx context.Context, s *store.Store, bank, id string, at time.Time) (*store.Callback, error) {
	var is *store.Callback
	err := store.Retry(ctx, func() (err error) {
		if is, err = s.Callback(ctx, bank, id); err != nil {
			return err
		}
		is.AskedAt, is.HeldUntil = at, time.Time{}
		for _, ended := range []*time.Time{&is.ToldAt, &is.GaveUpAt} {
			if !ended.After(at) {
				*ended = time.Time{}
			}
		}
		return s.Write(ctx, store.PutCallback(is, nil)...)
	})
	return is, err
}
