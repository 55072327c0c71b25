package history

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sort"

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
