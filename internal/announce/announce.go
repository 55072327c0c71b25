// Package announce has the people who watch accounts of a bank told that its feed is
// silent, and that it is heard again: part by part and page by page, each piece a message
// of its own, so that a piece that was cut off is done again and no event waits for it. It
// queues; it words nothing, and package chat tells.
package announce

import (
	"context"
	"errors"
	"strconv"
	"time"

	"kozamori/internal/feed"
	"kozamori/internal/news"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	// perPiece is how many people one piece is about at most, and pause how long the
	// next one of the same part waits.
	perPiece = 50
	pause    = time.Second
	// share is which part of what LINE takes is given to this: the same queue brings
	// what people write and press.
	share = 4
)

// Service tells people. The zero values of the rates take 1,500 and 10.
type Service struct {
	Store *store.Store
	Queue queue.Sender
	// Rate and MailRate are how many messages a second may be released in all, over
	// LINE and by mail.
	Rate, MailRate int
	Now            func() time.Time
}

// Silence begins and ends what the people of a bank are told of its feed, as its health
// has it. It may be repeated, and cut off anywhere.
func (s *Service) Silence(ctx context.Context, h *feed.Health) error {
	is, was := h.Announce(s.Now()), h.Announced
	same := is != nil && was != nil && is.Kind == was.Kind && is.Since.Equal(was.Since)
	if is == nil && was == nil || same {
		return nil
	}
	if was != nil { // it is over; if another has begun, the next look tells of that
		is = nil
	}
	for part := range store.WatcherParts {
		if err := s.begin(ctx, h.Bank, part, is, was); err != nil {
			return err
		}
	}
	return store.Retry(ctx, func() error {
		h, err := s.Store.FeedHealth(ctx, h.Bank)
		if err != nil {
			return err
		}
		if h.Announced = nil; is != nil {
			h.Announced = &feed.Silence{Kind: is.Kind, Since: is.Since, Known: s.Now().UTC()}
		}
		return s.Store.Write(ctx, store.PutFeedHealth(h))
	})
}

// begin begins the round of a part: of a silence, or of the end of one.
func (s *Service) begin(ctx context.Context, bank string, part int, is, was *feed.Silence) error {
	return store.Retry(ctx, func() error {
		now := s.Now().UTC()
		r, err := s.Store.Round(ctx, bank+"#"+strconv.Itoa(part))
		if err != nil {
			return err
		}
		switch {
		case is != nil && r.Kind == is.Kind && r.Since.Equal(is.Since):
			return nil
		case is != nil:
			r.Kind, r.Since, r.Back = is.Kind, is.Since, time.Time{}
		case r.Kind != was.Kind || !r.Since.Equal(was.Since) || !r.Back.IsZero():
			return nil
		default:
			r.Back = now
		}
		r.After, r.Held, r.Due, r.Changed = "", time.Time{}, now, now
		return s.Store.Write(ctx, store.PutRound(r))
	})
}

// Piece looks at the next people of a round, by its ID, and queues the next piece. One
// that runs next to another of the same round does no harm: what a person is told has
// one key, and one of the two goes on.
func (s *Service) Piece(ctx context.Context, id string) error {
	r, err := s.Store.Round(ctx, id)
	now := s.Now().UTC()
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case r.Due.IsZero(), r.After == "" && r.Due.After(now): // done, or it waits for the morning
		return nil
	}
	if r.After == "" {
		r.Held = time.Time{}
	}
	people, next, err := s.Store.BankWatchers(ctx, r.Bank, r.Part, r.After, min(perPiece, max(1, s.rate()/store.WatcherParts)))
	if err != nil {
		return err
	}
	mails, err := s.tell(ctx, r, people, now)
	if err != nil {
		return err
	}
	wait := max(pause, time.Duration(mails*store.WatcherParts)*time.Second/time.Duration(s.mailRate()))
	r.After, r.Due, r.Changed = next, r.Held, now
	if next != "" {
		r.Due = now.Add(wait + watch.LostAfter) // if the message is lost
	}
	err = s.Store.Write(ctx, store.PutRound(r))
	if _, lost := store.AsCondition(err); lost {
		return nil // another goes on
	}
	if err != nil || next == "" {
		return err
	}
	return s.Queue.Send(ctx, queue.Due, queue.LookAt(&watch.Look{Lane: watch.LaneRest, Round: id, At: now.Add(wait)}, wait))
}

func (s *Service) rate() int {
	if s.Rate == 0 {
		return 1500 / share
	}
	return max(1, s.Rate/share)
}

func (s *Service) mailRate() int {
	if s.MailRate == 0 {
		return 10
	}
	return s.MailRate
}

// tell queues what these people are to hear, and notes when those may be told whom it
// would wake. It returns how many are reached by mail.
func (s *Service) tell(ctx context.Context, r *store.Round, people []store.BankWatcher, now time.Time) (mails int, err error) {
	ids := make([]string, len(people))
	for i := range people {
		ids[i] = people[i].LineUser
	}
	known, err := s.Store.People(ctx, ids...)
	if err != nil {
		return 0, err
	}
	watches, err := s.Store.Watches(ctx, people)
	if err != nil {
		return 0, err
	}
	var out []watch.News
	for _, id := range ids {
		var told *store.Silenced
		if p := known[id]; p != nil {
			told = p.Silence(r.Bank, r.Kind, r.Since)
		}
		at, when := first(watches[id], now)
		switch {
		case at == nil: // they left, or nothing reaches them
		case r.Back.IsZero() && told != nil:
		case !r.Back.IsZero() && (told == nil || told.ToldAt.IsZero() || !told.BackAt.IsZero()):
		case when.After(now):
			if r.Held.IsZero() || when.Before(r.Held) {
				r.Held = when.UTC()
			}
		default:
			kind := watch.NewsSilent
			if !r.Back.IsZero() {
				kind = watch.NewsHeard
			}
			out = append(out, news.OfSilence(kind, at.Account, at.As, r.Kind, r.Since, r.Back))
			if watch.ByMail(id) {
				mails++
			}
		}
	}
	return mails, news.Service{Queue: s.Queue}.Tell(ctx, out)
}

// first is as which of their watchers a person may be told first, and when: quiet hours
// and a pause hold it back as any other message that is not critical. Nil if they watch
// nothing, or nothing reaches them.
func first(watches []store.Watch, now time.Time) (at *store.Watch, when time.Time) {
	for i := range watches {
		w := watches[i].As
		if len(w.Reachable()) == 0 {
			continue
		}
		held := w.Rules.HoldUntil(0, now)
		if w.Rules.PausedUntil.After(held) {
			held = w.Rules.PausedUntil
		}
		if at == nil || held.Before(when) {
			at, when = &watches[i], held
		}
	}
	return at, when
}
