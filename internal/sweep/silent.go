package sweep

import (
	"context"
	"time"

	"kozamori/internal/feed"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// LogOld is what is counted each minute of numbers to call that were checked too
// long ago.
const LogOld = "numbers to call were checked too long ago"

// old tells of them: those of banks, which are told on, and of the catalogue, which
// are not.
func (s *Stage) old(rep *Report) {
	if s.OldNumbers != nil {
		rep.Old += s.OldNumbers(s.Now())
	}
	if rep.Old > 0 {
		s.Logger.Info(LogOld, "numbers", int64(rep.Old))
	}
}

// silent judges the feed of each bank, and counts numbers to call that are old. A bank
// whose feed cannot be judged keeps no other from being looked at.
func (s *Stage) silent(ctx context.Context, rep *Report) error {
	var first error
	var jobs queue.Jobs
	defer func() { s.old(rep) }()
	for b, err := range s.Store.Banks(ctx) {
		if err != nil {
			return err
		}
		for _, c := range b.Contacts() {
			if store.Stale(c.On, s.Now()) {
				rep.Old++
			}
		}
		h, err := s.listen(ctx, b)
		if err != nil {
			s.Logger.Error("cannot compute feed health", "bank", b.Code, "err", err)
			if first == nil {
				first = err
			}
			continue
		}
		if h == nil {
			continue
		}
		s.report(b, h, rep)
		if s.People != nil {
			if err := s.People.Silence(ctx, h); err != nil {
				s.Logger.Error("people cannot be told of a feed yet", "bank", b.Code, "err", err)
				if first == nil {
					first = err
				}
			}
		}
		if n := h.Untold(); n != nil && b.Callback != "" && (s.Now().Sub(n.At) < time.Minute || s.Now().Minute()%tellAgain == 0) {
			jobs.TellFeed(b.Code)
		}
	}
	if err := jobs.Send(ctx, s.Queue); err != nil && first == nil {
		first = err // it is queued again
	}
	return first
}

// tellAgain is each how many minutes what a bank has not taken of its feed is queued again.
const tellAgain = 5

// LogSilent and LogUnwell are logged each minute, of a bank that is not heard at all,
// and of one whose feed is not whole. Metrics are counted from them.
const (
	LogSilent = "a bank sends no events"
	LogUnwell = "a bank's feed is not whole"
)

// report logs what is wrong with a feed.
func (s *Stage) report(b *store.Bank, h *feed.Health, rep *Report) {
	for _, q := range h.Silent {
		if q.Kind == feed.Any {
			rep.Silent++
			s.Logger.Error(LogSilent, "bank", b.Code, "since", q.Since)
		} else {
			s.Logger.Error(LogUnwell, "bank", b.Code, "silent", q.Kind, "since", q.Since)
		}
	}
	if !h.LateSince.IsZero() {
		s.Logger.Error(LogUnwell, "bank", b.Code, "late_since", h.LateSince)
	}
	for i := range h.Streams {
		for _, g := range h.Streams[i].Missing(s.Now()) {
			if s.Now().Sub(g.Since) >= gapWaits {
				s.Logger.Error(LogUnwell, "bank", b.Code, "gap_since", g.Since)
			}
		}
	}
}

// gapWaits is how long a bank may take to fill a gap before the operator hears of it.
const gapWaits = 15 * time.Minute

// listen judges a bank's feed; nil if the bank was never heard.
func (s *Stage) listen(ctx context.Context, b *store.Bank) (h *feed.Health, err error) {
	f, err := s.Store.Feed(ctx, b.Code)
	if err != nil || f.Until().IsZero() && f.Numbered.IsZero() {
		return nil, err
	}
	n, err := s.Store.FeedNorm(ctx, b.Code)
	if err != nil {
		return nil, err
	}
	h, err = s.judge(ctx, b, f, n)
	if err != nil {
		return nil, err
	}
	if err := s.mark(ctx, b.Code, h); err != nil {
		return nil, err
	}
	return h, s.learn(ctx, n, h, f)
}

// judge brings the health of a feed up to date.
func (s *Stage) judge(ctx context.Context, b *store.Bank, f *store.Feed, n *feed.Norm) (h *feed.Health, err error) {
	now := s.Now()
	signs := f.Signs()
	signs.Most = b.SilentAfter
	counted, err := s.Store.Hours(ctx, b.Code, 2, now)
	if err != nil {
		return nil, err
	}
	// An hour that has just begun says little: until then the one before counts.
	young := now.UTC().Truncate(time.Hour)
	if now.Sub(young) < feed.Least {
		young = young.Add(-time.Hour)
	}
	for i := range counted {
		if counted[i].At.Equal(young) {
			signs.Now = counted[i].Counts()
		}
	}
	err = store.Retry(ctx, func() error {
		if h, err = s.Store.FeedHealth(ctx, b.Code); err != nil {
			return err
		}
		read := false
		if from := numbersFrom(h, f, now); !from.IsZero() {
			if signs.Numbers, err = s.Store.Numbers(ctx, b.Code, from, now); err != nil {
				return err
			}
			h.Read, read = now.UTC().Truncate(time.Minute), now.Sub(h.Read) > time.Hour
		}
		if !h.Look(n, signs, now) && !read {
			return nil
		}
		return s.Store.Write(ctx, store.PutFeedHealth(h))
	})
	return h, err
}

// overlap is how long before the last look numbers are read once more: one that was
// received then may have been written after it.
const overlap = 2 * time.Minute

// numbersFrom is since when numbered requests are to be read; zero if there are none.
func numbersFrom(h *feed.Health, f *store.Feed, now time.Time) time.Time {
	if f.Numbered.IsZero() || f.Numbered.Before(h.Read.Add(-overlap)) {
		return time.Time{}
	}
	from := h.Read.Add(-overlap)
	if h.Read.IsZero() {
		from = f.Numbered.Add(-overlap)
	}
	if oldest := now.Add(-store.NumberKept); from.Before(oldest) {
		return oldest
	}
	return from
}

// mark notes in the feed itself since when it, or a kind of its events, is silent, for
// programs that know no health and for what people are shown.
func (s *Stage) mark(ctx context.Context, bank string, h *feed.Health) error {
	return store.Retry(ctx, func() error {
		f, err := s.Store.Feed(ctx, bank)
		if err != nil {
			return err
		}
		if !f.Mark(h) {
			return nil
		}
		// Ingest writes the same item whenever an event comes: what it wrote
		// in the meantime must not be lost.
		return s.Store.Write(ctx, store.PutFeed(f))
	})
}

// settled is how long after an hour its counts are whole: each process writes them once
// a minute.
const settled = 5 * time.Minute

// learn takes the hours that are over into what is usual.
func (s *Stage) learn(ctx context.Context, n *feed.Norm, h *feed.Health, f *store.Feed) error {
	end := s.Now().UTC().Add(-settled).Truncate(time.Hour)
	if !n.Through.Before(end) {
		return nil
	}
	most := int(store.HourKept/time.Hour) - 1
	k := most
	if !n.Through.IsZero() {
		k = min(most, int(end.Sub(n.Through)/time.Hour))
	}
	counted, err := s.Store.Hours(ctx, n.Bank, k, end.Add(-time.Hour))
	if err != nil {
		return err
	}
	by := map[time.Time]*store.Hour{}
	first := end
	for i := range counted {
		by[counted[i].At] = &counted[i]
		if counted[i].At.Before(first) {
			first = counted[i].At
		}
	}
	at := n.Through
	if at.IsZero() {
		at = first // what was before the bank began is not silence
	}
	for at = at.Add(time.Duration(max(0, int(end.Sub(at)/time.Hour)-most)) * time.Hour); at.Before(end); at = at.Add(time.Hour) {
		c := feed.Counts{At: at}
		if hour := by[at]; hour != nil {
			c = hour.Counts()
			if len(c.Heard) > 0 && !c.Minutes() {
				continue // of a version that did not count them
			}
		}
		if !h.Quiet(at, at.Add(time.Hour)) && !feed.Within(f.Pauses, at, at.Add(time.Hour)) {
			n.Learn(c)
		}
	}
	n.Through = end
	err = s.Store.Write(ctx, store.PutFeedNorm(n))
	if _, lost := store.AsCondition(err); lost {
		return nil // another sweep has learnt it
	}
	return err
}
