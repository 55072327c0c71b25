// Package keep makes debits that a person was shown of their statements history
// of the account, and reports those that were not theirs. It never keeps a row
// that the catalogue does not recognise.
package keep

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/dispute"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// MaxRows is how many rows are kept, or reported, at once: no more than one report
// holds.
const MaxRows = 300

// ErrNotFound says that the asker does not watch the account, or is no owner of it.
var ErrNotFound = errors.New("keep: not found")

// Row is a debit of a statement as it was shown.
type Row struct {
	Day                     time.Time // the first moment of it in Japan
	Yen                     int64
	Text, Detail, Collector string // as the statement has them
	Balance                 string // in yen, after the debit; empty if the statement has none
	Nth                     int    // among rows that are alike in all else, from 0
}

func (r *Row) row() watch.StatementRow {
	return watch.StatementRow{Day: r.Day, Yen: r.Yen, Text: r.Text + " " + r.Detail, Balance: r.Balance, Nth: r.Nth}
}

// Disputes takes answers.
type Disputes interface {
	Answer(ctx context.Context, record string, who dispute.Answerer, value watch.AnswerValue, via watch.Via) (dispute.Result, error)
}

// Service keeps and reports.
type Service struct {
	Store    *store.Store
	Queue    queue.Sender // for news of what protects less
	Disputes Disputes
	Now      func() time.Time
}

// Known is what is on record of a row.
type Known struct {
	Record *watch.Record // nil if it is on record nowhere
	Lead   *watch.Record // of its incident
}

// Open tells whether the row can still be reported as one of a statement: it is on
// record nowhere, or was kept and is neither answered nor reported.
func (k *Known) Open() bool {
	return k.Record == nil || k.Record.OfStatement() && k.Lead.Answer == nil && k.Lead.Dispute == "" && k.Lead.With == ""
}

// Result is what came of keeping, or of a report.
type Result struct {
	Kept    int // that are on record since
	Already int // that were before
	// Unsaid are those of the unknown rows that were answered or reported before, or
	// that the bank has told of: they are to be answered where they stand.
	Unsaid int
	// Lead is the record of the incident that was reported, and Reports are what was
	// opened, or had been: more than one only if it is too much for one.
	Lead    string
	Reports []*watch.Dispute
}

// Look tells what is on record of rows.
func (s *Service) Look(ctx context.Context, k watch.AccountKey, rows []Row) ([]Known, error) {
	w := &work{Service: s, key: k, rows: rows}
	if err := w.find(ctx); err != nil {
		return nil, err
	}
	return w.known, nil
}

// Put makes rows history of an account, and reports those of them that are
// unknown, by their place: all in one incident, under one number. It may be
// repeated, and changes nothing then. ErrNotFound unless the asker is an owner
// of the account now.
func (s *Service) Put(ctx context.Context, k watch.AccountKey, who dispute.Answerer, rows []Row, unknown []int) (Result, error) {
	w := &work{Service: s, key: k, who: who, rows: rows[:min(len(rows), MaxRows)], unknown: unknown, fresh: map[string]bool{}}
	err := store.Retry(ctx, func() error { return w.put(ctx) })
	if err != nil {
		return Result{}, err
	}
	return w.result, w.report(ctx)
}

// work is one call.
type work struct {
	*Service
	key      watch.AccountKey
	who      dispute.Answerer
	rows     []Row
	unknown  []int
	decided  []catalog.Decision
	known    []Known
	now      time.Time
	result   Result
	leads    []*watch.Record // of what is to be reported
	reported map[string]bool // the records of that
	fresh    map[string]bool // records that this call made, in whichever try
	stepped  bool            // the trail has it that there is more history
	ended    bool            // and that the first time of a service is over
}

// around is how many days before the first row and after the last one records are
// looked for.
const around = 7 * 24 * time.Hour

// find reads what is on record of the rows.
func (w *work) find(ctx context.Context) error {
	rows, services := make([]watch.StatementRow, len(w.rows)), make([]string, len(w.rows))
	w.decided = make([]catalog.Decision, len(w.rows))
	var first, last time.Time
	for i := range w.rows {
		r := &w.rows[i]
		rows[i] = r.row()
		w.decided[i] = catalog.Decide(&catalog.Evidence{Bank: w.key.Bank, Descriptor: r.Text, Detail: r.Detail, Collector: r.Collector, Amount: r.Yen, At: r.Day})
		services[i] = w.decided[i].Service()
		if first.IsZero() || r.Day.Before(first) {
			first = r.Day
		}
		if r.Day.After(last) {
			last = r.Day
		}
	}
	w.known = make([]Known, len(rows))
	if len(rows) == 0 {
		return nil
	}
	var records []*watch.Record
	for r, err := range w.Store.History(ctx, w.key, first.Add(-around), last.Add(around)) {
		if err != nil {
			return err
		}
		records = append(records, r)
	}
	for i, r := range watch.OnRecord(w.key, rows, services, records) {
		w.known[i].Record = r
	}
	return w.findLeads(ctx)
}

func (w *work) findLeads(ctx context.Context) error {
	var ids []string
	for _, k := range w.known {
		if k.Record != nil && k.Record.Lead != "" && !slices.Contains(ids, k.Record.Lead) {
			ids = append(ids, k.Record.Lead)
		}
	}
	leads, err := w.Store.Records(ctx, ids)
	if err != nil {
		return err
	}
	for i := range w.known {
		if k := &w.known[i]; k.Record != nil {
			if k.Lead = leads[k.Record.Lead]; k.Lead == nil {
				k.Lead = k.Record
			}
		}
	}
	return nil
}

// put writes the records of the rows: those that are unknown in incidents of as
// many as one holds, each in one transaction with what it adds to the activity.
func (w *work) put(ctx context.Context) error {
	w.now, w.result, w.leads, w.reported = w.Now().UTC(), Result{}, nil, map[string]bool{}
	a, err := w.Store.Account(ctx, w.key)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	if err != nil {
		return err
	}
	if x, ok := a.Watcher(w.who.Watcher); !ok || x.Role != watch.Owner || x.LineUser != w.who.LineUser {
		return ErrNotFound
	}
	if err := w.find(ctx); err != nil {
		return err
	}
	g := &group{work: w, account: a}
	for _, i := range w.order() {
		if err := g.add(ctx, i, slices.Contains(w.unknown, i)); err != nil {
			return err
		}
	}
	return g.write(ctx)
}

// order is the places of the rows: those that are unknown first, the oldest of them
// leading.
func (w *work) order() []int {
	out := make([]int, len(w.rows))
	for i := range out {
		out[i] = i
	}
	rank := func(i int) int { return slices.Index([]bool{true, false}, slices.Contains(w.unknown, i)) }
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), w.rows[a].Day.Compare(w.rows[b].Day))
	})
	return out
}

// report says "not mine" of the incidents that were made.
func (w *work) report(ctx context.Context) error {
	for left := w.leads; len(left) > 0; {
		who := w.who
		for _, l := range left[1:] {
			who.Also = append(who.Also, l.ID)
		}
		for _, l := range left {
			for _, p := range l.Parts() {
				if !w.reported[p.ID] {
					who.Except = append(who.Except, p.ID)
				}
			}
		}
		res, err := w.Disputes.Answer(ctx, left[0].ID, who, watch.NotMine, watch.ViaPage)
		if err != nil {
			return err
		}
		if w.result.Lead == "" {
			w.result.Lead = left[0].ID
		}
		w.result.Reports = append(w.result.Reports, res.Dispute)
		// What was too much for one report has one of its own.
		left = slices.DeleteFunc(slices.Clone(left[1:]), func(l *watch.Record) bool {
			return slices.ContainsFunc(res.Groups, func(g watch.Group) bool {
				return slices.ContainsFunc(g.Pieces, func(p *watch.Record) bool { return p.ID == l.ID && p.Answer != nil })
			})
		})
	}
	return nil
}
