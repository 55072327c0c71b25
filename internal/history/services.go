package history

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sort"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Service is a charge link of an account that stands, with its payment service, or a
// payment service that touched the account and of which no link stands.
type Service struct {
	ID string // empty if it is not known
	// Activity is the service's. Where a link stands it holds that one alone; the
	// debits are those of all links of the service.
	Activity watch.ServiceActivity
	// Record is what "mine" and "not mine" are said to: the link, else the latest
	// debit that is remembered; empty if none.
	Record string
	// Links is how many links of the service stand; that of the row is one.
	Links int
	// Text and Word are what the passbook has of a link whose service is not known,
	// and what its bank calls the service.
	Text, Word quote.Text
	// Group is how that record stands, with those of its incident that stand alike, and
	// Reports are the reports about the service that stand, the newest last. Standing
	// reads both; the Group of a record that is not there has none.
	Group   watch.Group
	Reports []*watch.Dispute
	open    []Alert
}

// Asks is the record of what waits for an answer; empty if nothing does.
func (x *Service) Asks() string {
	if len(x.open) == 0 {
		return ""
	}
	for i := range x.open {
		if _, in := x.open[i].Record.Part(x.Record); in {
			return x.Record
		}
	}
	return x.open[0].Record.ID
}

// Open are the debits and links that wait for an answer, and on which one would be given.
func (x *Service) Open() (out []*watch.Record) {
	for i := range x.open {
		out = append(out, x.open[i].Parts...)
	}
	return out
}

// Services lists the payment services that touched an account, the latest first: each
// link that stands by itself, the oldest of a service first.
func Services(ctx context.Context, s *store.Store, k watch.AccountKey) ([]Service, error) {
	act, err := s.Activity(ctx, k)
	if err != nil {
		return nil, err
	}
	var out []Service
	var unknown []string
	for _, id := range slices.Sorted(maps.Keys(act.Services)) {
		for _, x := range rows(id, act) {
			out = append(out, x)
			if id == "" && x.Record != "" {
				unknown = append(unknown, x.Record)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		return cmp.Or(out[j].Activity.LastAt.Compare(out[i].Activity.LastAt), cmp.Compare(out[i].ID, out[j].ID)) < 0
	})
	return out, named(ctx, s, out, unknown)
}

// Standing reads of each row what was reported, and what waits for an answer.
func Standing(ctx context.Context, s *store.Store, b membership.Bound, list []Service, now time.Time) error {
	recent, err := asked(ctx, s, b, now)
	if err != nil {
		return err
	}
	act, err := s.Activity(ctx, b.Account.AccountKey)
	if err != nil {
		return err
	}
	disputes := map[string]*watch.Dispute{}
	for i := range list {
		x := &list[i]
		if x.Record == "" {
			continue
		}
		if x.open, x.Group, err = open(ctx, s, b, recent, x.ID, x.Record); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		var ids []string
		for _, r := range act.Reported {
			if x.ID != "" && r.Service == x.ID {
				ids = append(ids, r.Dispute)
			}
		}
		if d := x.Group.Dispute; d.Stands(x.Group.Record) && !slices.Contains(ids, d.ID) {
			ids = append(ids, d.ID)
		}
		if err := x.reports(ctx, s, ids, disputes); err != nil {
			return err
		}
	}
	return nil
}

// reports reads the reports about a service, each once for all rows.
func (x *Service) reports(ctx context.Context, s *store.Store, ids []string, read map[string]*watch.Dispute) error {
	for _, id := range ids {
		d, known := read[id]
		if !known {
			var err error
			if d, err = s.Dispute(ctx, id); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			read[id] = d
		}
		if d != nil && !d.Withdrawn() {
			x.Reports = append(x.Reports, d)
		}
	}
	return nil
}

// rows are those of one service.
func rows(id string, act *watch.Activity) (out []Service) {
	a := *act.Services[id]
	for _, l := range a.Links {
		if l.RemovedAt.IsZero() {
			x := Service{ID: id, Activity: a, Record: l.Record}
			x.Activity.Links = []watch.Link{l}
			out = append(out, x)
		}
	}
	for i := range out {
		out[i].Links = len(out)
	}
	if len(out) > 0 {
		return out
	}
	x := Service{ID: id, Activity: a}
	for _, d := range act.Recent {
		if d.Service == id {
			x.Record = d.Record
		}
	}
	return []Service{x}
}

// named says what passbook and bank call the links whose service is not known.
func named(ctx context.Context, s *store.Store, list []Service, unknown []string) error {
	if len(unknown) == 0 {
		return nil
	}
	records, err := s.Records(ctx, unknown)
	if err != nil {
		return err
	}
	for i := range list {
		if r := records[list[i].Record]; r != nil && list[i].ID == "" {
			list[i].Text, list[i].Word = r.Descriptor, quote.Text(r.Word())
		}
	}
	return nil
}
