package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kozamori/internal/feed"
	"kozamori/internal/intake"
	"kozamori/internal/statement"
	"kozamori/internal/watch"
	"kozamori/internal/webhook"
	"kozamori/internal/wire"
)

// taking is one file on its way.
type taking struct {
	*agent
	found
	report  report
	now     time.Time // when it was first read
	alike   *intake.Equals
	missing map[int]int64
	account account // the last one, for what is told of rows that could not be read

	*progress
	part   []json.RawMessage
	places []place
	at     []int64
	bytes  int
	here   place // of the row that is read
	shown  time.Time
}

// errWhole says why a file is refused as a whole.
type errWhole struct{ reason string }

func (e *errWhole) Error() string { return e.reason }

// take takes a file: it is read wholly before anything of it is sent, and once
// more to send. What was answered is remembered, batch by batch.
func (a *agent) take(ctx context.Context, f found) (*report, error) {
	t := &taking{agent: a, found: f, now: a.now(), progress: &progress{At: a.now()}}
	for range 2 { // once more if the first reading tells a balance
		was := len(t.missing)
		if err := t.first(); err != nil {
			return t.whole(err)
		}
		if len(t.missing) == was {
			break
		}
	}
	if a.state == nil {
		return t.end(outcomeChecked)
	}
	kept := progress{}
	if err := a.state.read(fileName(t.report.SHA256), &kept); err != nil {
		return nil, err
	}
	switch {
	case kept.Outcome != "":
		t.progress = &kept
		return t.end(outcomeBefore)
	case kept.At.IsZero():
		t.Gap = t.gap()
		t.report.Gap = t.Gap
		if err := a.state.write(fileName(t.report.SHA256), t.progress); err != nil {
			return nil, err
		}
	default:
		t.progress, t.now, t.report.Gap = &kept, kept.At, kept.Gap
		if err := t.first(); err != nil {
			return t.whole(err)
		}
		t.report.Gap = kept.Gap
	}
	if err := t.send(ctx); err != nil {
		return nil, err
	}
	return t.end(outcomeTaken)
}

// whole refuses a file as a whole, unless it is only that it cannot be read now.
func (t *taking) whole(err error) (*report, error) {
	refused, ok := errors.AsType[*errWhole](err)
	if !ok {
		return nil, err
	}
	t.report.Reason = refused.reason
	return t.end(outcomeRefused)
}

// each reads the rows of the file. A row is known by its line and its number in it.
func (t *taking) each(s *intake.Sink) (sum string, err error) {
	f, err := os.Open(t.path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !stampOf(info).same(t.stamp) {
		return "", errors.Join(err, errChanged)
	}
	in, err := intake.Open(f)
	if err != nil {
		return "", &errWhole{err.Error()}
	}
	t.here, s.Missing = place{}, t.missing
	take := s.Row
	s.Row = func(r *intake.Row) error {
		if t.here.Nth++; t.here.Line != r.Line {
			t.here = place{Line: r.Line}
		}
		return take(r)
	}
	// Of a night without rows there may be nothing at all.
	if err := s.Read(in, t.now); err != nil && !(errors.Is(err, statement.ErrEmpty) && t.manifest != nil && *t.manifest.Rows == 0) {
		return "", err
	}
	if t.missing = s.Missing; t.missing == nil {
		t.missing = map[int]int64{}
	}
	return in.Sum()
}

// errChanged says that a file is not the one that was looked at.
var errChanged = errors.New("it changed while it was read; it waits until it is still")

// first reads all of the file, and sends nothing.
func (t *taking) first() error {
	t.report = report{File: intake.Shown(t.name), Bank: t.keeper.bank, Misfits: []statement.Problem{}, Problems: []intake.Problem{}, Began: t.progress.At}
	r := &t.report
	t.alike = intake.NewEquals(t.Size)
	why := ""
	s := &intake.Sink{
		Row:     t.count,
		Refused: func(p intake.Problem) { r.Rows++; r.refuse(t.private(p)) },
		Skipped: func() { r.Skipped++ },
		Misfit: func(p statement.Problem, refuses bool) {
			if p.Reason = t.account.hide(p.Reason, false); len(r.Misfits) < mostProblems {
				r.Misfits = append(r.Misfits, p)
			}
			if refuses && why == "" {
				why = fmt.Sprintf("it does not fit itself (%v); nothing of it was sent", p)
			}
		},
		Days:   r.day,
		Layout: func(name string, known bool) { r.Layout, r.Known = name, known },
	}
	sum, err := t.each(s)
	if err != nil {
		if errors.Is(err, errChanged) || errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
			return err
		}
		if _, ok := errors.AsType[*errWhole](err); ok {
			return err
		}
		return &errWhole{err.Error() + "; nothing of it was sent"}
	}
	r.SHA256 = sum
	if m := t.manifest; m != nil {
		r.Sequence = m.Sequence
		switch {
		case m.SHA256 != sum:
			why = fmt.Sprintf("its checksum is %s, and its manifest says %s; nothing of it was sent", sum, m.SHA256)
		case *m.Rows != r.Rows:
			why = fmt.Sprintf("it has %d rows, and its manifest says %d; nothing of it was sent", r.Rows, *m.Rows)
		}
	}
	if why != "" {
		return &errWhole{why}
	}
	return nil
}

// private is a problem without account numbers.
func (t *taking) private(p intake.Problem) intake.Problem {
	p.Reason = t.account.hidden(p.Reason)
	return p
}

// count takes a row into the report.
func (t *taking) count(r *intake.Row) error {
	rep := &t.report
	rep.Rows++
	if r.Row != nil {
		rep.day(r.Day, r.Day)
		switch {
		case r.In > 0:
			rep.Credits, rep.CreditYen = rep.Credits+1, rep.CreditYen+r.In
		case r.Pending:
			rep.Pending++
		}
	}
	m, problem := t.keeper.make(r)
	if problem == nil && m != nil {
		t.account = m.account
		if day, err := time.Parse(time.DateOnly, first(text(m.members["occurred_on"])+text(m.members["occurred_at"]), len(time.DateOnly))); err == nil {
			rep.day(day, day)
		}
		if problem = t.keeper.finish(r, m, 0, t.now); problem == nil {
			t.alike.See(keyOf(m))
		}
	}
	switch {
	case problem != nil:
		rep.refuse(t.private(*problem))
	case m == nil:
	case text(m.members["type"]) == string(watch.Debit):
		rep.Debits, rep.DebitYen = rep.Debits+1, rep.DebitYen+m.key.Out
	default:
		rep.Others++
	}
	return nil
}

func first(s string, n int) string { return s[:min(n, len(s))] }

// keyOf is what equals have the same of.
func keyOf(m *made) []byte {
	return mac(nil, m.key.Account, m.key.Day.Format(time.DateOnly), fmt.Sprint(m.key.Out, m.key.Balance, m.key.Known), m.key.Text)
}

// send reads the file again, and posts what has no answer yet.
func (t *taking) send(ctx context.Context) error {
	none := func(intake.Problem) {}
	s := &intake.Sink{Refused: none, Skipped: func() {}, Misfit: func(statement.Problem, bool) {}, Days: func(time.Time, time.Time) {}, Layout: func(string, bool) {},
		Row: func(r *intake.Row) error {
			m, problem := t.keeper.make(r)
			if problem != nil || m == nil || t.keeper.finish(r, m, 0, t.now) != nil {
				return nil
			}
			if nth := t.alike.Nth(keyOf(m)); nth > 0 {
				_ = t.keeper.finish(r, m, nth, t.now) // it was right with another id
			}
			if !t.Through.before(t.here) {
				return nil // it has its answer
			}
			if len(t.part) == t.chunk || t.bytes+len(m.body) > wire.MaxBody/2 {
				if err := t.flush(ctx); err != nil {
					return err
				}
			}
			t.part, t.places, t.at, t.bytes = append(t.part, m.body), append(t.places, t.here), append(t.at, r.Byte), t.bytes+len(m.body)+1
			return nil
		}}
	sum, err := t.each(s)
	if err == nil && sum != t.report.SHA256 {
		err = errChanged
	}
	if err != nil {
		return err
	}
	return t.flush(ctx)
}

// flush posts the rows that were gathered, and remembers that they have their
// answer. The body is made of the rows alone, and so is its webhook-id.
func (t *taking) flush(ctx context.Context) error {
	if len(t.part) == 0 {
		return nil
	}
	if info, err := os.Stat(t.path); err != nil || !stampOf(info).same(t.stamp) {
		return errChanged
	}
	body := webhook.FileBody(intake.FileID(t.keeper.bank, t.report.SHA256), t.part)
	if t.atOnce {
		body = webhook.Body(t.part)
	}
	a, err := t.client.Deliver(ctx, webhook.ID(t.keeper.bank, body), body)
	if err != nil {
		return err
	}
	t.wrote("posted")
	t.Sent, t.Accepted, t.Refused = t.Sent+len(t.part), t.Accepted+a.Accepted, t.Refused+len(a.Rejected)
	for _, e := range a.Rejected {
		p := intake.Problem{ID: e.ID, Field: e.Field, Reason: e.Problem, Code: e.Code}
		if e.Index >= 0 && e.Index < len(t.places) {
			p.Line, p.Byte = t.places[e.Index].Line, t.at[e.Index]
		}
		if len(t.Problems) < mostProblems {
			t.Problems = append(t.Problems, p)
		}
	}
	t.Through = t.places[len(t.places)-1]
	t.part, t.places, t.at, t.bytes = nil, nil, nil, 0
	if err := t.state.write(fileName(t.report.SHA256), t.progress); err != nil {
		return err
	}
	t.tell()
	return nil
}

// tellEvery is how often progress is told.
const tellEvery = 2 * time.Second

// tell shows how far the file is, and how long it will take at this pace.
func (t *taking) tell() {
	now, all := t.agent.now(), t.report.Debits+t.report.Others
	if t.shown.IsZero() {
		t.shown = now
	}
	if now.Sub(t.shown) < tellEvery || all == 0 {
		return
	}
	t.shown = now
	spent := now.Sub(t.progress.At)
	left := time.Duration(float64(spent) * float64(all-t.Sent) / float64(max(1, t.Sent))).Round(time.Second)
	t.say("%s: %d of %d sent (%d %%), about %v left", t.report.File, t.Sent, all, 100*t.Sent/all, left)
}

// gap is what lies between this file and those before it. Between two numbers that follow
// each other there is no file that could tell of days without rows, and of days on which
// banks are closed alone there may be none.
func (t *taking) gap() string {
	var was last
	if err := t.state.read("last.json", &was); err != nil {
		return err.Error()
	}
	var says []string
	if n := t.report.Sequence; n > was.Sequence+1 && was.Sequence > 0 {
		says = append(says, fmt.Sprintf("files %d to %d were not seen", was.Sequence+1, n-1))
	}
	follows := was.Sequence > 0 && t.report.Sequence == was.Sequence+1
	through, err := time.Parse(time.DateOnly, was.Through)
	if from := t.report.from; err == nil && !follows && !from.IsZero() && from.After(through.AddDate(0, 0, 1)) && feed.AnyOpen(through.AddDate(0, 0, 1), from.AddDate(0, 0, -1)) {
		says = append(says, fmt.Sprintf("no file before it tells of %s to %s", through.AddDate(0, 0, 1).Format(time.DateOnly), from.AddDate(0, 0, -1).Format(time.DateOnly)))
	}
	return strings.Join(says, "; ")
}

// end writes what came of the file, and then that it is finished. Each step can be
// taken again.
func (t *taking) end(outcome string) (*report, error) {
	r := &t.report
	r.Outcome, r.Finished = outcome, t.agent.now()
	r.Sent, r.Accepted = t.Sent, t.Accepted
	for _, p := range t.Problems {
		r.refuse(p)
	}
	r.Refused += t.progress.Refused - len(t.Problems)
	if t.state == nil {
		return r, nil
	}
	if outcome == outcomeTaken {
		var was last
		if err := t.state.read("last.json", &was); err != nil {
			return nil, err
		}
		was.Through, was.Sequence = max(was.Through, r.Last), max(was.Sequence, r.Sequence)
		if err := t.state.write("last.json", was); err != nil {
			return nil, err
		}
		t.Outcome = outcome
		if err := t.state.write(fileName(r.SHA256), t.progress); err != nil {
			return nil, err
		}
	}
	sum := r.SHA256
	if sum == "" {
		sum = "unread"
	}
	if err := t.state.write(filepath.Join("reports", fmt.Sprintf("%s.%s.json", intake.Shown(t.name), sum[:6])), r); err != nil {
		return nil, err
	}
	return r, t.state.write(seenName(t.name), seen{t.stamp, sum, t.raw, outcome})
}
