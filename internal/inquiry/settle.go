package inquiry

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/news"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// sendAgain is when sweep looks whether the bank was told of an answer, and queueAgain how
// long after that it looks again.
const sendAgain, queueAgain = time.Minute, 2 * time.Hour

// errSame says that nothing is to be changed.
var errSame = errors.New("inquiry: nothing to change")

// Settle writes down what people have answered since the inquiry was looked at last. What it
// is about is read again each time, so that an answer of any release counts. store.ErrNotFound
// if it is kept no longer.
func Settle(ctx context.Context, st *store.Store, id string, now time.Time) (*watch.Inquiry, error) {
	q, err := st.UpdateInquiry(ctx, id, func(q *watch.Inquiry) error { return settle(ctx, st, q, now) })
	if errors.Is(err, errSame) {
		return q, nil
	}
	return q, err
}

func settle(ctx context.Context, st *store.Store, q *watch.Inquiry, now time.Time) error {
	if q.Record == "" || q.State == watch.InquiryNotAsked {
		return errSame
	}
	r, err := st.Record(ctx, q.Record)
	if err == nil {
		r, err = st.Telling(ctx, r)
	}
	part := ""
	if err == nil {
		part = r.ID
		r, err = st.Lead(ctx, r)
	}
	if errors.Is(err, store.ErrNotFound) {
		return errSame
	}
	if err != nil {
		return err
	}
	x, is := q.Says(r.AnswerOf(part), r.Dispute, now)
	if !is {
		return errSame
	}
	if x.State != watch.InquiryWithdrawn {
		a, err := st.Account(ctx, q.Account)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		x.By = roleOf(a, r.Answer)
	}
	if !q.Note(x) {
		return errSame
	}
	q.SendAt, q.LookAt = now.Add(sendAgain), time.Time{}
	return nil
}

// Reached notes that a channel took what asks somebody.
func Reached(ctx context.Context, st *store.Store, id string, now time.Time) error {
	_, err := st.UpdateInquiry(ctx, id, func(q *watch.Inquiry) error {
		if !q.ReachedAt.IsZero() {
			return errSame
		}
		q.ReachedAt = now
		return nil
	})
	if errors.Is(err, errSame) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// Told notes what became of the callback of a change: the bank took it, or it is given up.
func Told(ctx context.Context, st *store.Store, id string, seq int, at time.Time, gaveUp bool) error {
	_, err := st.UpdateInquiry(ctx, id, func(q *watch.Inquiry) error {
		for i := range q.Changes {
			if x := &q.Changes[i]; x.Seq == seq && gaveUp {
				x.GaveUpAt = at
			} else if x.Seq == seq {
				x.ToldAt = at
			}
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// Due does what is due of an inquiry: people are told whom it did not reach, the bank is told
// what it was not, and that the time to answer is over.
func (s *Service) Due(ctx context.Context, id string) error {
	var again, call bool
	q, err := s.Store.UpdateInquiry(ctx, id, func(q *watch.Inquiry) error {
		now := s.now()
		again, call = false, false
		switch err := settle(ctx, s.Store, q, now); {
		case err == nil:
			q.SendAt = now
		case !errors.Is(err, errSame):
			return err
		}
		if !now.Before(q.LookAt) {
			q.LookAt = time.Time{}
		}
		if q.State == watch.InquiryAsked && !now.Before(q.AnswerBy) {
			q.Note(watch.InquiryChange{State: watch.InquiryUnanswered, At: now, TellBank: true})
		}
		if call = q.Untold() != nil && !now.Before(q.SendAt); call {
			q.SendAt = now.Add(queueAgain)
		}
		if again = q.State == watch.InquiryAsked && q.ReachedAt.IsZero() && !now.Before(q.AskAgain); again {
			q.AskAgain = now.Add(min(max(now.Sub(q.AskedAt), askAgain), mostAgain))
		}
		was := q.Due
		if q.ComputeDue(); !again && !call && q.Due.Equal(was) {
			return errSame
		}
		return nil
	})
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, errSame):
		return nil
	case err != nil:
		return err
	}
	if call {
		var jobs queue.Jobs
		jobs.TellInquiry(q.Account.Bank, q.ID)
		if err := jobs.Send(ctx, s.Queue); err != nil {
			s.logger().WarnContext(ctx, "inquiry: not queued, sweep will send it", "error", err)
		}
	}
	if again {
		a, err := s.Store.Account(ctx, q.Account)
		if err != nil {
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			return err
		}
		s.tell(ctx, news.OfInquiry(a, q))
	}
	return nil
}

// Read reads a request of a bank with its inquiries, those that are kept. ErrNotFound.
func Read(ctx context.Context, st *store.Store, bank, id string) (*Asked, error) {
	a, err := st.Asking(ctx, bank, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	all, err := st.InquiriesByID(ctx, a.Inquiries)
	return &Asked{Asking: a, All: all}, err
}
