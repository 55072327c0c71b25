package keep

import (
	"context"
	"slices"

	"kozamori/internal/catalog"
	"kozamori/internal/news"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// group is records on their way to the table, in one transaction.
type group struct {
	*work
	account  *watch.Account
	activity *watch.Activity
	lead     *watch.Record   // of the incident that is being made; nil if there is none
	records  []*watch.Record // the others
	step     *watch.Step     // of the trail; nil if nothing is new
}

// mostAtOnce is how many records one transaction writes, apart from a lead.
const mostAtOnce = watch.MaxMembers

// add takes a row in.
func (g *group) add(ctx context.Context, i int, unknown bool) error {
	k := &g.known[i]
	switch {
	case g.decided[i].Service() == "": // no page of ours has shown it
		return nil
	case k.Record != nil:
		if g.fresh[k.Record.ID] {
			g.result.Kept++
		} else {
			g.result.Already++
		}
		if !unknown {
			return nil
		}
		if !k.Open() {
			g.result.Unsaid++
			return nil
		}
		if g.reported[k.Record.ID] = true; k.Lead != k.Record || len(k.Lead.Members) > 0 { // a try that died made it
			if !slices.ContainsFunc(g.leads, func(l *watch.Record) bool { return l.ID == k.Lead.ID }) {
				g.leads = append(g.leads, k.Lead)
			}
			return nil
		}
	}
	if len(g.records) >= mostAtOnce || unknown && g.lead != nil && g.lead.Full() {
		if err := g.write(ctx); err != nil {
			return err
		}
	}
	if g.activity == nil {
		var err error
		if g.activity, err = g.Store.Activity(ctx, g.key); err != nil {
			return err
		}
	}
	r := k.Record
	if r == nil {
		d, row := &g.decided[i], g.rows[i].row()
		r = row.Record(g.account, d.Service(), d.Confidence(), d.Bill(), catalog.IDOf(g.key.Bank), g.now)
		if slices.ContainsFunc(g.records, func(o *watch.Record) bool { return o.ID == r.ID }) || g.lead != nil && g.lead.ID == r.ID {
			return nil // the form says it twice
		}
		g.note(!unknown && g.activity.Facts(r).FirstSeen)
		g.activity.Apply(r)
		g.fresh[r.ID] = true
		g.result.Kept++
	}
	switch {
	case !unknown:
		g.records = append(g.records, r)
	case g.lead == nil:
		g.lead, g.reported[r.ID] = r, true
		g.leads = append(g.leads, r)
	default:
		g.reported[r.ID] = true
		g.lead.Join(r)
		g.records = append(g.records, r)
	}
	return nil
}

// note has the trail say that the account has more history, once, and once more if
// that ends the first time of a service: from then on less is told as that.
func (g *group) note(ends bool) {
	if g.step == nil && !g.stepped {
		g.step = &watch.Step{ID: watch.NewStepID(), OnAccount: watch.On(g.key), At: g.now, Kind: watch.StepHistory, Way: g.who.Way,
			By: g.who.Watcher, ByRole: watch.Owner}
	}
	if ends && !g.ended {
		if g.step == nil {
			g.stepped = false
			g.note(false)
		}
		g.step.Lowered, g.ended = true, true
	}
	g.stepped = true
}

// write writes what was taken in.
func (g *group) write(ctx context.Context) error {
	if g.activity == nil {
		return nil
	}
	writes := []store.Write{store.CheckAccount(g.account), store.PutActivity(g.key, g.activity)}
	if g.lead != nil {
		writes = append(writes, store.PutRecord(g.lead))
	}
	for _, r := range g.records {
		writes = append(writes, store.PutRecord(r))
	}
	if g.step != nil { // of what makes less be told all hear before it is so
		if err := (news.Service{Queue: g.Queue}).Tell(ctx, news.OfStep(g.account, g.step, nil)); err != nil {
			return err
		}
		writes = append(writes, g.Store.PutStep(g.step))
	}
	g.lead, g.records, g.activity, g.step = nil, nil, nil, nil
	return g.Store.Write(ctx, writes...)
}
