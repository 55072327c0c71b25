// Package history finds what a watcher may see of their accounts: the alerts that
// they were told of, and the payment services that touched an account. It
// changes nothing, and words nothing.
package history

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// latestMost is how many records of an account are looked at for the latest
// alerts: one story alone may have hundreds.
const latestMost = 2000

// Alert is an incident of a watcher: one alert, or several that are one story,
// with all the pieces that it is kept in.
type Alert struct {
	watch.Group
	// Parts are those records of it that the watcher is told of and that are
	// listed here, the newest first.
	Parts []*watch.Record
	Bound membership.Bound
	// Groups are its pieces by how they stand, with what waits for an answer
	// first. Most incidents have one; the Alert's own is the first.
	Groups []watch.Group
	// Paused tells that the watcher was told nothing of it, since they had paused what
	// they are told.
	Paused bool
	// Related is the report about another account of the watcher to whose story it
	// belongs; nil if there is none that stands.
	Related *watch.Dispute
	// TakenBack tells of which parts the report was taken back after which they were
	// urgent; see the function. Nil is none.
	TakenBack func(part *watch.Record) bool
}

// Of is the group that a part of the incident is in.
func (a *Alert) Of(part *watch.Record) *watch.Group {
	for i := range a.Groups {
		if _, ok := a.Groups[i].Record.Part(part.ID); ok {
			return &a.Groups[i]
		}
	}
	return &a.Groups[0]
}

// Alerts lists what a watcher was told of an account that occurred between
// two times (zero is open), by incident, the one with the newest first, at most
// n, and whether there are more. It looks at no more than most records: a busy
// account shows what is recent.
func Alerts(ctx context.Context, s *store.Store, b membership.Bound, from, to time.Time, n, most int) (out []Alert, more bool, err error) {
	return list(ctx, s, b, from, to, n, most, false, nil)
}

// All is Alerts with what is on record from before anybody watched, and what a pause
// kept from the watcher.
func All(ctx context.Context, s *store.Store, b membership.Bound, from, to time.Time, n, most int) (out []Alert, more bool, err error) {
	kept, err := pausesOf(ctx, s, b)
	if err != nil {
		return nil, false, err
	}
	return list(ctx, s, b, from, to, n, most, true, kept)
}

func list(ctx context.Context, s *store.Store, b membership.Bound, from, to time.Time, n, most int, past bool, paused pauses) (out []Alert, more bool, err error) {
	seen := 0
	leads := map[string]*watch.Record{} // of incidents, by their id
	at := map[string]int{}              // stories in out
	for r, err := range s.History(ctx, b.Account.AccountKey, from, to) {
		if err != nil {
			return nil, false, err
		}
		if seen++; seen > most {
			return out, true, nil
		}
		if len(r.Story()) == 0 {
			continue // what it told of is another record's by now
		}
		lead := leads[r.IncidentID()]
		if lead == nil {
			if lead, err = s.Lead(ctx, r); err != nil {
				return nil, false, err
			}
			leads[r.IncidentID()], leads[lead.ID] = lead, lead
		}
		i, ok := at[lead.StoryID()]
		told, kept := tells(lead, r, b.Watcher.ID), false
		if !told && !ok {
			kept = paused.kept(r, &b.Watcher)
		}
		switch {
		case ok && (told || past && r.OfStatement()):
			out[i].Parts = append(out[i].Parts, r)
			continue
		case ok || !told && !kept && !(past && r.Past && r.Complete):
			continue
		case len(out) == n:
			return out, true, nil
		}
		a := Alert{Bound: b, Paused: kept}
		if a.Groups, err = groups(ctx, s, lead, leads); err != nil {
			return nil, false, err
		}
		if a.Related, err = Related(ctx, s, a.Groups, b.Watcher.ID); err != nil {
			return nil, false, err
		}
		if a.TakenBack, err = TakenBack(ctx, s, a.Groups, a.Related, b.Account.AccountKey, &b.Watcher); err != nil {
			return nil, false, err
		}
		a.Group = a.Groups[0]
		a.Parts = append(a.Parts, r)
		at[lead.StoryID()] = len(out)
		out = append(out, a)
	}
	return out, false, nil
}

// groups reads the pieces of an incident, and sorts them by how they stand. Leads
// knows some of them, and is told of the others.
func groups(ctx context.Context, s *store.Store, lead *watch.Record, leads map[string]*watch.Record) ([]watch.Group, error) {
	pieces, err := Pieces(ctx, s, lead)
	if err != nil {
		return nil, err
	}
	for _, l := range pieces {
		leads[l.ID] = l
	}
	out := watch.GroupsOf(pieces)
	for i := range out {
		g := &out[i]
		if g.Record.Dispute == "" {
			continue
		}
		if g.Dispute, err = s.Dispute(ctx, g.Record.Dispute); err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return out, nil
}

// Pieces are all pieces of the incident that one of them is of, the first one
// first. What is gone is left out.
func Pieces(ctx context.Context, s *store.Store, lead *watch.Record) ([]*watch.Record, error) {
	root := lead
	if id := lead.StoryID(); id != lead.ID {
		switch r, err := s.Record(ctx, id); {
		case err == nil:
			root = r
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	if len(root.Pieces) == 0 {
		return []*watch.Record{lead}, nil
	}
	read, err := s.Records(ctx, root.Pieces)
	if err != nil {
		return nil, err
	}
	out := []*watch.Record{root}
	for _, id := range root.Pieces {
		switch {
		case id == lead.ID:
			out = append(out, lead)
		case read[id] != nil && read[id].Account == lead.Account:
			out = append(out, read[id])
		}
	}
	if !slices.Contains(out, lead) {
		out = append(out, lead)
	}
	return out, nil
}

// tells tells whether a watcher is told of a part of an incident. What a statement
// tells is told by the report of it.
func tells(lead, part *watch.Record, watcher string) bool {
	if part.OfStatement() && lead.Dispute != "" {
		return true
	}
	if n, ok := part.Notice(watcher); ok && (part.ID != lead.ID || len(lead.Members) == 0 || n.Reasons != watch.Reasons{}) {
		return true
	}
	return lead.ReasonsFor(part, watcher).Reason != 0
}

// Latest lists the latest alerts over all of a person's accounts, with what a pause
// kept from them, newest first, at most n.
func Latest(ctx context.Context, s *store.Store, accounts []membership.Bound, n int) ([]Alert, error) {
	var out []Alert
	for _, b := range accounts {
		kept, err := pausesOf(ctx, s, b)
		if err != nil {
			return nil, err
		}
		found, _, err := list(ctx, s, b, time.Time{}, time.Time{}, n, latestMost, false, kept)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	for i := range out {
		if !out[i].Paused {
			out[i].complete()
		}
	}
	order := make([]*Alert, len(out)) // pointers are sorted by code that is there anyway
	for i := range out {
		order[i] = &out[i]
	}
	slices.SortStableFunc(order, func(x, y *Alert) int { return y.Newest().OccurredAt.Compare(x.Newest().OccurredAt) })
	var newest []Alert
	for _, a := range order[:min(len(order), n)] {
		newest = append(newest, *a)
	}
	return newest, nil
}

// complete lists all parts of an alert that its watcher is told of, also those
// that were not looked at.
func (a *Alert) complete() {
	a.Parts = nil
	for i := range a.Groups {
		for _, l := range a.Groups[i].Pieces {
			for _, p := range l.Parts() {
				if tells(l, p, a.Bound.Watcher.ID) {
					a.Parts = append(a.Parts, p)
				}
			}
		}
	}
	slices.SortStableFunc(a.Parts, func(x, y *watch.Record) int { return y.OccurredAt.Compare(x.OccurredAt) })
}

// Newest is the latest part of an alert.
func (a *Alert) Newest() *watch.Record { return a.Parts[0] }

// Trouble says what help is about: the latest incident that is not known to be
// the person's own doing gives the services, the latest first, and its bank comes first
// among the codes of all of their banks.
func Trouble(ctx context.Context, s *store.Store, accounts []membership.Bound) (services, banks []string, err error) {
	alerts, err := Latest(ctx, s, accounts, 10)
	if err != nil {
		return nil, nil, err
	}
	for i := range alerts {
		if services = alerts[i].suspected(); len(services) > 0 {
			banks = append(banks, alerts[i].Record.Account.Bank)
			break
		}
	}
	for _, b := range accounts {
		if !slices.Contains(banks, b.Account.Bank) {
			banks = append(banks, b.Account.Bank)
		}
	}
	return services, banks, nil
}

// suspected are the services of what is not known to be the person's own doing, each
// once; one that is not known is empty. None if all of it is their own.
func (a *Alert) suspected() (out []string) {
	for _, p := range a.Parts {
		if x := a.Of(p).Record.Answer; (x == nil || x.Value != watch.Mine) && !slices.Contains(out, p.Service) {
			out = append(out, p.Service)
		}
	}
	return out
}

// How far back a service's alerts are offered to be reported, of how many
// incidents, how many in all about, and how many records are looked at for it.
const (
	askedBack  = watch.ReportedFor
	askedMost  = 20
	askedParts = 60
	askedLook  = 20000
)

// Open lists the unanswered incidents of an account that a service is in, the
// newest first; that of a record is among them, also if nothing was told of it.
func Open(ctx context.Context, s *store.Store, b membership.Bound, service, record string, now time.Time) ([]Alert, error) {
	recent, err := asked(ctx, s, b, now)
	if err != nil {
		return nil, err
	}
	alerts, _, err := open(ctx, s, b, recent, service, record)
	return alerts, err
}

// asked are the incidents of which an answer may be asked.
func asked(ctx context.Context, s *store.Store, b membership.Bound, now time.Time) ([]Alert, error) {
	alerts, _, err := Alerts(ctx, s, b, now.Add(-askedBack), time.Time{}, askedMost, askedLook)
	return alerts, err
}

// open finds among them what Open lists, and how the record stands.
func open(ctx context.Context, s *store.Store, b membership.Bound, recent []Alert, service, record string) ([]Alert, watch.Group, error) {
	asked, err := s.Record(ctx, record)
	if err != nil {
		return nil, watch.Group{}, err
	}
	lead, err := s.Lead(ctx, asked)
	if err != nil {
		return nil, watch.Group{}, err
	}
	alerts := slices.Clone(recent)
	n := slices.IndexFunc(alerts, func(a Alert) bool { return a.Record.StoryID() == lead.StoryID() })
	if n < 0 {
		all, err := groups(ctx, s, lead, map[string]*watch.Record{})
		if err != nil {
			return nil, watch.Group{}, err
		}
		n = len(alerts)
		alerts = append(alerts, Alert{Group: all[0], Groups: all, Parts: []*watch.Record{asked}, Bound: b})
	}
	stands := *alerts[n].Of(asked)
	for i := range alerts {
		a := &alerts[i] // what is answered, or reported, is not asked about
		a.Parts = slices.DeleteFunc(slices.Clone(a.Parts), func(p *watch.Record) bool { return a.Of(p).Record != a.Record })
	}
	parts := 0
	return slices.DeleteFunc(alerts, func(a Alert) bool {
		if service == "" && a.Record.StoryID() != lead.StoryID() {
			return true // two whose service is not known are not one service
		}
		if a.Record.Answer != nil || a.Record.Over() || !slices.ContainsFunc(a.Parts, func(p *watch.Record) bool { return p.Service == service }) {
			return true
		}
		parts += len(a.Parts)
		return parts > askedParts && parts > len(a.Parts)
	}), stands, nil
}
