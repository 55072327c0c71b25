package sweep

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	// lookFor is how long a sweep looks at what the radar counts, at most.
	lookFor = 20 * time.Second
	// counted is how long after an hour its counts are learnt: what comes later than
	// that is not what is usual of it.
	counted = time.Hour
)

// LogCampaign is logged each minute of a campaign that its bank has not answered. A
// metric is counted from it.
const LogCampaign = "a campaign is suspected at a bank"

// radarLook is one look at all banks.
type radarLook struct {
	*Stage
	rep   *Report
	tests []radar.Test
	of    int // comparisons
	banks map[string]*bankLook
	jobs  queue.Jobs
}

type bankLook struct {
	*store.Bank
	standing *radar.Standing
	looked   *radar.Standing // that by which it was looked at
}

// radar looks at what is counted of all banks together, and tells a bank whose
// counts its week does not explain. It comes last, and for a limited time.
func (s *Stage) radar(ctx context.Context, rep *Report) error {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	l := &radarLook{Stage: s, rep: rep, banks: map[string]*bankLook{}}
	var first error
	failed := func(bank string, err error) {
		s.Logger.Error("the radar cannot look at a bank", "bank", bank, "err", err)
		if first == nil {
			first = err
		}
	}
	for b, err := range s.Store.Banks(ctx) {
		if err != nil {
			return err
		}
		if err := l.bank(ctx, b); err != nil {
			failed(b.Code, err)
		}
	}
	for _, t := range radar.StandOut(l.tests, l.of) {
		if err := l.standsOut(ctx, &t); err != nil {
			failed(t.Bank, err)
		}
	}
	for _, b := range l.banks {
		if err := l.stands(ctx, b); err != nil {
			failed(b.Code, err)
		}
	}
	if err := l.jobs.Send(ctx, s.Queue); err != nil && first == nil {
		first = err // it is queued again
	}
	return first
}

// bank compares what is counted of a bank, and learns the hours that are over.
func (l *radarLook) bank(ctx context.Context, b *store.Bank) error {
	f, err := l.Store.Feed(ctx, b.Code)
	if err != nil || f.Until().IsZero() { // it was never heard
		return err
	}
	n, err := l.Store.RadarNorm(ctx, b.Code)
	if err != nil {
		return err
	}
	standing, err := l.Store.Standing(ctx, b.Code)
	if err != nil {
		return err
	}
	l.banks[b.Code] = &bankLook{b, standing, standing}
	now := l.Now()
	from := radar.CellOf(now).Add(radar.Width - radar.LinkedFor)
	cells, err := l.Store.Cells(ctx, b.Code, from, now.Add(radar.Width))
	if err != nil {
		return err
	}
	reports, before, err := l.reports(ctx, standing, from.Add(-2*counted))
	if err != nil {
		return err
	}
	l.tests = append(l.tests, radar.Tests(n, append(cells, reports...), func(service string) radar.Over {
		o := standing.Over(service)
		if c := before[service]; c != nil {
			o = o.With(c)
		}
		return o
	}, now)...)
	l.of += radar.Comparisons(n)
	return l.learnCounts(ctx, n, standing, reports)
}

// reports are the reports of a bank's watchers since a moment, as cells, and of
// each service those that count no more, of the cell in which its campaign was over. One
// that was taken back is none.
func (l *radarLook) reports(ctx context.Context, standing *radar.Standing, since time.Time) (out []*radar.Cell, before map[string]*radar.Cell, err error) {
	bank := standing.Bank
	type key struct {
		service string
		at      time.Time
	}
	cells, before := map[key]*radar.Cell{}, map[string]*radar.Cell{}
	for cursor := ""; ; {
		list, next, err := l.Store.Disputes(ctx, bank, 50, cursor)
		if err != nil {
			return nil, nil, err
		}
		for _, d := range list {
			if d.AnsweredAt.Before(since) {
				return out, before, nil
			}
			if d.Status == watch.DisputeWithdrawn {
				continue
			}
			k := key{d.Service, radar.CellOf(d.AnsweredAt)}
			if k.service == "" {
				k.service = watch.Unlisted
			}
			if cells[k] == nil {
				cells[k] = &radar.Cell{Bank: bank, Service: k.service, Kind: radar.Reported, At: k.at}
				out = append(out, cells[k])
			}
			if _, err := cells[k].Add(d.Account.Ref, d.Txn, d.AnsweredAt); err != nil {
				return nil, nil, err
			}
			if o := standing.Over(k.service); k.at.Equal(radar.CellOf(o.At)) && !d.AnsweredAt.After(o.At) {
				if before[k.service] == nil {
					before[k.service] = &radar.Cell{Bank: bank, Service: k.service, Kind: radar.Reported, At: k.at}
				}
				if _, err := before[k.service].Add(d.Account.Ref, d.Txn, d.AnsweredAt); err != nil {
					return nil, nil, err
				}
			}
		}
		if cursor = next; cursor == "" {
			return out, before, nil
		}
	}
}

// learnCounts takes the hours that are over into what is usual.
func (l *radarLook) learnCounts(ctx context.Context, n *radar.Norm, standing *radar.Standing, reports []*radar.Cell) error {
	end := l.Now().UTC().Add(-counted).Truncate(time.Hour)
	if n.Through.IsZero() {
		n.Through = end.Add(-time.Hour) // what was before the bank was heard is not usual of it
	}
	if oldest := end.Add(-store.RadarKept + radar.LinkedFor); n.Through.Before(oldest) {
		n.Through = oldest
	}
	if !n.Through.Before(end) {
		return nil
	}
	for at := n.Through; at.Before(end); at = at.Add(time.Hour) {
		cells, err := l.Store.Cells(ctx, n.Bank, at, at)
		if err != nil {
			return err
		}
		for _, c := range reports {
			if c.At.Truncate(time.Hour).Equal(at) {
				cells = append(cells, c)
			}
		}
		n.Learn(at, cells, func(service string) bool { return standing.Unusual(service, at) })
	}
	n.Through = end
	err := l.Store.Write(ctx, store.PutRadarNorm(n))
	if _, lost := store.AsCondition(err); lost {
		return nil // another sweep has learnt it
	}
	return err
}

// standsOut opens a campaign, or adds to the one that stands. What a bank is still to be
// told of stays as it is: each attempt says the same.
func (l *radarLook) standsOut(ctx context.Context, t *radar.Test) error {
	b := l.banks[t.Bank]
	return store.Retry(ctx, func() error {
		standing, err := l.Store.Standing(ctx, t.Bank)
		if err != nil {
			return err
		}
		b.standing = standing
		is := standing.Of(t.Service)
		if was := b.looked.Of(t.Service); !is.State.Open() && (is.ID != was.ID || is.State != was.State) {
			return nil // it was over only after this was seen
		}
		if !is.State.Open() {
			c := radar.Open(t, l.Now())
			standing.Note(c)
			return l.Store.Write(ctx, store.PutCampaign(c), store.PutStanding(standing))
		}
		c, err := l.Store.Campaign(ctx, t.Bank, is.ID)
		if err != nil {
			return err
		}
		if c.Untold() != nil && b.Callback != "" || !c.Add(t, l.Now()) {
			return nil
		}
		return l.Store.Write(ctx, store.PutCampaign(c))
	})
}

// stands sees to the campaigns of a bank that stand, and to what it is to be told.
func (l *radarLook) stands(ctx context.Context, b *bankLook) error {
	for _, is := range b.standing.Services {
		if is.State == radar.Suspected {
			l.rep.Suspected++
			l.Logger.Error(LogCampaign, "bank", b.Code, "service", is.Service, "campaign", is.ID, "since", is.At)
			if l.Now().Sub(is.At) >= radar.Lapse && l.Now().Minute() == 0 {
				if err := l.lapse(ctx, b.Code, is.ID); err != nil {
					return err
				}
			}
		}
		if is.Untold && b.Callback != "" && (l.Now().Sub(is.At) < time.Minute || l.Now().Minute()%tellAgain == 0) {
			l.jobs.TellFeed(b.Code)
		}
	}
	return nil
}

// lapse ends a suspicion that nothing has added to.
func (l *radarLook) lapse(ctx context.Context, bank, id string) error {
	_, err := l.Store.UpdateCampaign(ctx, bank, id, func(c *radar.Campaign) error {
		if !c.Lapsed(l.Now()) || !c.Set(radar.Ended, "", true, l.Now()) {
			return errNotDue
		}
		return nil
	})
	if errors.Is(err, errNotDue) {
		return nil
	}
	return err
}
