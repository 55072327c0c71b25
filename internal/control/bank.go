package control

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"kozamori/internal/news"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// MaxText is the longest text of a bank to the people, in characters.
const MaxText = 300

// Answer is what a bank says of a control.
type Answer struct {
	State watch.ControlState // applied, refused, not_offered, lifted or kept
	Text  string             // for the people; refused and kept need one
	Clerk string             // who of the bank says it, which no person is shown
	Since time.Time          // from when on it is so; zero is now
	Read  int64              // the version that the bank read; 0 if it does not matter
}

// Set is a bank answering; the people who watch the account are told. The same again
// changes nothing. ErrState, *OrderError, ErrChanged; ErrNotFound if it is not this bank's.
func (s *Service) Set(ctx context.Context, bank, id string, say Answer) (*watch.Control, error) {
	said := quote.Text(strings.TrimSpace(say.Text))
	needs := say.State == watch.ControlRefused || say.State == watch.ControlKept
	if !say.State.OfBank() || needs && said == "" || watch.CheckWords("text", said.Raw(), MaxText) != nil {
		return nil, ErrState
	}
	return s.ours(ctx, id, func(c *watch.Control, now time.Time) (watch.ControlChange, error) {
		var none watch.ControlChange
		switch {
		case c.Account.Bank != bank:
			return none, ErrNotFound
		case c.State == say.State && said == s.latestOfBank(c).Text:
			return none, errSame
		case say.Read != 0 && say.Read != c.Version:
			return none, ErrChanged
		}
		if can := c.Can(now); !slices.Contains(can, say.State) {
			return none, &OrderError{c.State, can}
		}
		if !say.Since.IsZero() && (say.Since.After(now.Add(time.Minute)) || say.Since.Before(c.Asked().At.Add(-time.Minute))) {
			return none, watch.Wrong("since", watch.CodeNotAllowed, "must be a time between what was asked for and now")
		}
		return watch.ControlChange{State: say.State, Text: said, Clerk: say.Clerk, Since: say.Since.UTC().Truncate(time.Second)}, nil
	}, watch.WayBank)
}

// latestOfBank is the latest change of the bank's; the zero value if there is none.
func (s *Service) latestOfBank(c *watch.Control) (last watch.ControlChange) {
	for _, x := range c.Changes {
		if x.State.OfBank() {
			last = x
		}
	}
	return last
}

// errSame says that nothing is to be changed.
var errSame = errors.New("control: nothing to change")

// ours makes one change that no watcher asked for, and has all who watch the account told.
func (s *Service) ours(ctx context.Context, id string, change func(*watch.Control, time.Time) (watch.ControlChange, error), way watch.Way) (*watch.Control, error) {
	var c *watch.Control
	tell := news.Service{Queue: s.Queue}.Once()
	stepID := watch.NewStepID()
	err := store.Retry(ctx, func() (err error) {
		if c, err = s.Store.Control(ctx, id); errors.Is(err, store.ErrNotFound) {
			return ErrNotFound
		} else if err != nil {
			return err
		}
		now := s.now()
		x, err := change(c, now)
		if err != nil {
			return err
		}
		x.At = now
		c.Note(x)
		c.ComputeDue()
		step := stepOf(c, now)
		step.ID, step.Way = stepID, way
		writes := []store.Write{store.PutControl(c), store.ListControl(c), s.Store.PutStep(step)}
		switch a, err := s.Store.Account(ctx, c.Account); {
		case err == nil:
			if err := tell(ctx, news.OfStep(a, step, nil)); err != nil {
				return err
			}
			writes = append(writes, store.CheckAccount(a))
		case !errors.Is(err, store.ErrNotFound): // else no one watches it now
			return err
		}
		if err = s.Store.Write(ctx, writes...); err == nil {
			c.Version++
		}
		return err
	})
	if errors.Is(err, errSame) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// queueAgain is after how long what the bank has not taken is queued again by sweep.
const queueAgain = 2 * time.Hour

// Due does what is due of a control: the bank is told what it was not, and people that it has
// not answered, or that the time of what was stopped is over.
func (s *Service) Due(ctx context.Context, id string) error {
	for _, state := range []watch.ControlState{watch.ControlEnded, watch.ControlUnanswered} {
		_, err := s.ours(ctx, id, func(c *watch.Control, now time.Time) (watch.ControlChange, error) {
			is := state == watch.ControlEnded && c.Over(now) || state == watch.ControlUnanswered && c.Overdue(now)
			if !is {
				return watch.ControlChange{}, errSame
			}
			return watch.ControlChange{State: state}, nil
		}, "")
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	send := false
	c, err := s.Store.UpdateControl(ctx, id, func(c *watch.Control) error {
		now := s.now()
		if send = c.Untold() != nil && !now.Before(c.SendAt); send {
			c.SendAt = now.Add(queueAgain)
		}
		c.ComputeDue()
		if !send && (c.Due.IsZero() || c.Due.After(now)) {
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
	if send {
		s.tellBank(ctx, c)
	}
	return nil
}

// Told notes what became of the callback of a change: the bank took it, or it is given up.
func Told(ctx context.Context, st *store.Store, id string, seq int, at time.Time, gaveUp bool) error {
	_, err := st.UpdateControl(ctx, id, func(c *watch.Control) error {
		for i := range c.Changes {
			if x := &c.Changes[i]; x.Seq == seq && gaveUp {
				x.GaveUpAt = at
			} else if x.Seq == seq {
				x.ToldAt = at
			}
		}
		c.ComputeDue()
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
