package membership

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// MaxLinks is how many charge links a bank can name with a code, or with all
// accounts of a nonce: they are bound in one transaction.
const MaxLinks = 50

// LinkRequest is a charge link that a bank knows of from before: its service
// or its descriptor, since when, and how it was registered.
type LinkRequest struct {
	Service, Descriptor string
	Since               string // RFC 3339, or a day
	Route               string // optional
}

// past is what a bank tells of an account from before it was watched.
type past struct {
	Links []watch.Seed
	From  time.Time
}

// past reads what the request tells of the past.
func (req *CodeRequest) past(now time.Time) (p past, fe *watch.FieldError) {
	if len(req.Links) > MaxLinks {
		return past{}, &watch.FieldError{Field: "links", Problem: fmt.Sprintf("must hold at most %d links", MaxLinks)}
	}
	for i, l := range req.Links {
		s, fe := l.seed(now)
		if fe != nil {
			fe.Field = fmt.Sprintf("links[%d].%s", i, fe.Field)
			return past{}, fe
		}
		p.Links = append(p.Links, s)
	}
	if req.HistoryFrom != "" {
		p.From, _, fe = wire.ReadPast("history_from", req.HistoryFrom, now)
	}
	return p, fe
}

func (l *LinkRequest) seed(now time.Time) (s watch.Seed, fe *watch.FieldError) {
	s = watch.Seed{Service: wire.TrimID(l.Service), Descriptor: quote.Text(l.Descriptor), Route: l.Route}
	if s.Service == "" && l.Descriptor == "" {
		return s, &watch.FieldError{Field: "service", Problem: "is missing, and there is no descriptor to tell it by"}
	}
	if fe = wire.CheckLink(l.Service, l.Descriptor, l.Route); fe != nil {
		return s, fe
	}
	s.Since, s.DateOnly, fe = wire.ReadPast("since", l.Since, now)
	return s, fe
}

// seed makes the writes that put what a bank told of the past under an account
// whose first owner is being bound. What is on record already stays.
func (d *Service) seed(ctx context.Context, a *watch.Account, p past, now time.Time) ([]store.Write, error) {
	if len(p.Links) == 0 && p.From.IsZero() {
		return nil, nil
	}
	act, err := d.Store.Activity(ctx, a.AccountKey)
	if err != nil {
		return nil, err
	}
	act.Promise(p.From)
	var records []*watch.Record
	var ids []string
	for i := range p.Links {
		s := &p.Links[i]
		m := catalog.Link(s.Service, s.Descriptor.Raw(), a.Bank)
		word := ""
		if s.Service != "" && catalog.Link(s.Service, "", a.Bank).Service == "" {
			word = s.Service
		}
		r := s.Record(a.AccountKey, a.Mask, m.Service, m.Confidence, word, now)
		if id := catalog.OtherLink(m, s.Descriptor.Raw(), a.Bank); id != "" {
			r.Second = &watch.Second{Service: id}
		}
		if !slices.Contains(ids, r.ID) {
			records, ids = append(records, r), append(ids, r.ID)
		}
	}
	known, err := d.Store.Records(ctx, ids)
	if err != nil {
		return nil, err
	}
	var writes []store.Write
	for _, r := range records {
		if known[r.ID] == nil {
			act.Apply(r)
			writes = append(writes, store.PutRecord(r))
		}
	}
	return append(writes, store.PutActivity(a.AccountKey, act)), nil
}

// unowned tells whether an account has no owner yet.
func unowned(a *watch.Account) bool {
	return !slices.ContainsFunc(a.Watchers, func(w watch.Watcher) bool { return w.Role == watch.Owner })
}
