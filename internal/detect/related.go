package detect

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// made is a report of a watcher that stands. Account is the zero value if it is not
// known.
type made struct {
	watch.Made
	account watch.AccountKey
}

// readReports reads which reports of each watcher stand: one that was taken back makes
// nothing after it urgent. Most accounts have none.
func (a *accountWork) readReports(ctx context.Context) error {
	if a.standing != nil {
		return nil
	}
	now, reports, read := a.Now(), map[string][]made{}, map[string]*watch.Dispute{}
	for i := range a.account.Watchers {
		w := &a.account.Watchers[i]
		for _, m := range w.ReportsWithin(now) {
			d, known := read[m.Dispute]
			if !known && m.Dispute != "" {
				var err error
				if d, err = a.Store.Dispute(ctx, m.Dispute); err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
				read[m.Dispute] = d
			}
			switch {
			case d == nil: // erased with its account, or of a version that did not keep which
				reports[w.ID] = append(reports[w.ID], made{Made: m})
			case !d.Withdrawn():
				reports[w.ID] = append(reports[w.ID], made{m, d.Account})
			}
		}
	}
	a.standing = reports
	return nil
}

// madeBy are the reports of a watcher that stand.
func (a *accountWork) madeBy(watcher string) (out []watch.Made) {
	for _, m := range a.standing[watcher] {
		out = append(out, m.Made)
	}
	return out
}

// reported tells whether any report stands after which a watcher is told of what is
// new as urgent.
func (a *accountWork) reported(watcher string, before *watch.Activity, now time.Time) bool {
	return len(a.standing[watcher]) > 0 || slices.ContainsFunc(before.Reported, func(r watch.Reported) bool { return now.Sub(r.At) <= watch.ReportedFor })
}

// related notes what is new after a report about another account of a watcher: to them
// it is the same story, so it is critical, names that report and leads to it, and all of
// the account that is new after it is one incident. It has a number of its own, because an
// incident is of one account: its number and its dispute are for the bank of that account,
// and its parts are shown to those who watch it. Neither that bank nor the others who
// watch hear of the report.
func (t *telling) related(r *watch.Record) {
	for i := range t.account.Watchers {
		w := &t.account.Watchers[i]
		n, ok := r.Notice(w.ID)
		if !ok || n.Related != "" || n.Reasons.Reason&watch.AfterDispute == 0 {
			continue
		}
		for _, m := range slices.Backward(t.standing[w.ID]) {
			if m.account != (watch.AccountKey{}) && m.account != r.Account {
				n.Related = m.Dispute
				break
			}
		}
	}
}
