package detect

import (
	"context"
	"sync"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	// countFor is how long a call counts for the radar at most, once its deliveries are
	// queued, and countAgain how long it does not after that failed.
	countFor   = 500 * time.Millisecond
	countAgain = 10 * time.Second
	// maxUncounted is how many sights are remembered that could not be counted; of more
	// the oldest are given up.
	maxUncounted = 20_000
	// nearTenths is how near a charge is to what a service takes at once.
	nearTenths = 9
)

// sight is one event as the radar sees it, of any account, watched or not.
type sight struct {
	kind                        radar.Kind
	bank, service, account, txn string
	at                          time.Time
	dateOnly                    bool
}

// uncounted are the sights that a process has not counted yet. They are counted with
// a later call if they cannot be now, and lost if the process ends before: the radar
// keeps no event from being told of, and a bank that sends again is counted once.
type uncounted struct {
	mu    sync.Mutex
	list  []sight
	rests time.Time // nothing is counted before
}

// sights are what the radar sees of a batch.
func (s *Stage) sights(b *batch) (out []sight) {
	see := func(e *watch.Event, kind radar.Kind, service string) {
		if lag := s.Now().Sub(e.OccurredAt); !e.History && service != "" && lag < radar.LinkedFor+time.Hour && lag > -time.Hour {
			out = append(out, sight{kind, e.Bank, service, e.AccountRef, e.TransactionID, e.OccurredAt.UTC(), e.DateOnly})
		}
	}
	for _, e := range b.refused {
		service := catalog.Link(e.Service, "", e.Bank).Service
		if service == "" {
			service = watch.Unlisted
		}
		see(e, radar.Refused, service)
	}
	for _, k := range b.keys {
		for _, w := range b.byAccount[k] {
			switch e := w.event; e.Kind {
			case watch.LinkRegistered:
				see(e, radar.NewLink, w.match.Service)
			case watch.Debit:
				if most, _ := catalog.LimitsOf(w.match.Service); most > 0 && e.Amount*10 >= most*nearTenths && !e.DateOnly {
					see(e, radar.Charged, w.match.Service)
				}
			}
		}
	}
	return out
}

// look counts what a batch shows of all accounts. It comes after the deliveries are
// queued, and is not worth failing a message for.
func (s *Stage) look(ctx context.Context, b *batch) {
	u := &s.uncounted
	fresh := s.sights(b)
	u.mu.Lock()
	u.list = append(u.list, fresh...)
	u.list = u.list[max(0, len(u.list)-maxUncounted):]
	if len(u.list) == 0 || s.Now().Before(u.rests) {
		u.mu.Unlock()
		return
	}
	list := u.list
	u.list = nil
	u.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, countFor)
	defer cancel()
	if err := s.counted(ctx, list); err != nil {
		u.mu.Lock()
		u.list = append(list, u.list...)
		u.rests = s.Now().Add(countAgain)
		u.mu.Unlock()
		s.Logger.Warn("what the radar sees cannot be counted now", "sights", len(list), "err", err)
	}
}

// counted counts sights, each cell and each period once. All of it can be done again.
func (s *Stage) counted(ctx context.Context, list []sight) error {
	type period struct {
		bank, service string
		at            time.Time
	}
	type cell struct {
		period
		kind radar.Kind
	}
	linked, cells := map[period][]sight{}, map[cell][]sight{}
	for _, x := range list {
		if x.kind == radar.NewLink {
			p := period{x.bank, x.service, radar.PeriodOf(x.at)}
			linked[p] = append(linked[p], x)
		}
	}
	for p, links := range linked {
		if err := s.noteLinked(ctx, radar.Linked{Bank: p.bank, Service: p.service, At: p.at}, links); err != nil {
			return err
		}
	}
	known := map[period][]*radar.Linked{}
	for _, x := range list {
		if x.dateOnly {
			continue // of the hour nothing is known
		}
		if x.kind == radar.Charged {
			follows, err := s.follows(&x, func(from time.Time) ([]*radar.Linked, error) {
				p := period{x.bank, x.service, radar.PeriodOf(from)}
				if l, ok := known[p]; ok {
					return l, nil
				}
				l, err := s.Store.LinkedFrom(ctx, x.bank, x.service, from, x.at)
				known[p] = l
				return l, err
			})
			if err != nil {
				return err
			}
			if !follows {
				continue
			}
		}
		c := cell{period{x.bank, x.service, radar.CellOf(x.at)}, x.kind}
		cells[c] = append(cells[c], x)
	}
	for c, seen := range cells {
		if err := s.noteCell(ctx, radar.Cell{Bank: c.bank, Service: c.service, Kind: c.kind, At: c.at}, seen); err != nil {
			return err
		}
	}
	return nil
}

// follows tells whether the account of a charge was linked to the service within a day
// before.
func (s *Stage) follows(x *sight, periods func(from time.Time) ([]*radar.Linked, error)) (bool, error) {
	list, err := periods(x.at.Add(-radar.LinkedFor))
	if err != nil {
		return false, err
	}
	for _, l := range list {
		has, err := l.Has(x.account)
		if err != nil {
			s.Logger.Warn("links of a period cannot be read", "bank", x.bank, "err", err) // the others count
		}
		if has {
			return true, nil
		}
	}
	return false, nil
}

func (s *Stage) noteLinked(ctx context.Context, of radar.Linked, links []sight) error {
	return store.Retry(ctx, func() error {
		l, err := s.Store.Linked(ctx, of)
		if err != nil {
			return err
		}
		changed := false
		for _, x := range links {
			more, err := l.Add(x.account)
			if err != nil {
				s.Logger.Warn("links of a period cannot be added to", "bank", x.bank, "err", err)
				return nil
			}
			changed = changed || more
		}
		if !changed {
			return nil
		}
		return s.Store.Write(ctx, store.PutLinked(l))
	})
}

func (s *Stage) noteCell(ctx context.Context, of radar.Cell, seen []sight) error {
	return store.Retry(ctx, func() error {
		c, err := s.Store.Cell(ctx, of)
		if err != nil {
			return err
		}
		changed := false
		for _, x := range seen {
			more, err := c.Add(x.account, x.txn, x.at)
			if err != nil {
				s.Logger.Warn("a cell of the radar cannot be added to", "bank", x.bank, "err", err)
				return nil
			}
			changed = changed || more
		}
		if !changed {
			return nil
		}
		return s.Store.Write(ctx, store.PutCell(c))
	})
}
