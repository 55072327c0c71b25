package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/intake"
	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/statement"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// filing is a file on its way.
type filing struct {
	*Handler
	intake.Upload
	bank    string
	now     time.Time // by which days without a year are read, both times
	is      *store.File
	missing map[int]int64     // of statement.Stream
	bad     map[int]bool      // rows that are refused or none that are taken, by their number from 0
	named   string            // what the file calls its account, where Account stands for it
	refs    map[string]string // the account_refs of its rows, each with the first ref of its account once that is known
	counts  store.Hour
	why     string // it is refused as a whole
}

// File takes a file: it is read wholly before anything of it is queued, and once
// more to queue. The same file again queues nothing, unless rows of it were refused:
// they may be right by now, and what is known already rings nowhere twice. known
// tells that it was taken before. The error is a *problem.Problem.
func (h *Handler) File(ctx context.Context, bank string, in intake.Upload) (is *store.File, known bool, err error) {
	is, known, err = h.file(ctx, bank, in)
	if _, ours := errors.AsType[*problem.Problem](err); err != nil && !ours {
		h.Logger.ErrorContext(ctx, "a file cannot be taken now", "bank", bank, "err", err)
		err = unavailable("the file cannot be taken now; send it again")
	}
	return is, known, err
}

func (h *Handler) file(ctx context.Context, bank string, in intake.Upload) (is *store.File, known bool, err error) {
	f := &filing{Handler: h, Upload: in, bank: bank, now: h.Now(), refs: map[string]string{}}
	for range 2 { // once more if the first reading tells a balance
		was := len(f.missing)
		if err := f.first(); err != nil {
			return nil, false, err
		}
		if len(f.missing) == was {
			break
		}
	}
	old, err := h.Files.File(ctx, bank, f.is.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return nil, false, err
	case old.State == store.FileTaken && old.Refused == 0 && f.why == "":
		return old, true, h.tellFile(ctx, old)
	default:
		f.is.At, f.is.Unknown, f.is.Lost, f.is.Unheard = old.At, old.Unknown, old.Lost, old.Unheard
	}
	if f.why != "" {
		if old != nil && old.State != store.FileRefused {
			return f.refused(), false, nil // what came of it before stands
		}
		if err := f.put(ctx, f.refused()); err != nil {
			return nil, false, err
		}
		if f.why == intake.NoneTaken {
			f.tellHealth(ctx) // the bank sends, and what it sends is refused
		}
		return f.is, false, nil
	}
	return f.is, false, f.take(ctx)
}

func (f *filing) refused() *store.File {
	f.is.State, f.is.Reason, f.is.Accepted = store.FileRefused, f.why, 0
	return f.is
}

// take queues the rows of a file that is whole, and then writes that they are.
func (f *filing) take(ctx context.Context) error {
	last, err := f.Files.LastFile(ctx, f.bank, f.Feed)
	if err != nil {
		return err
	}
	f.gap(last)
	f.is.State = store.FileTaking
	if err := f.put(ctx, f.is); err != nil {
		return err
	}
	if err := f.names(ctx); err != nil {
		return err
	}
	if err := f.second(ctx); err != nil {
		return err
	}
	f.is.State, f.is.Finished = store.FileTaken, f.Now().UTC().Truncate(time.Millisecond)
	f.is.ToldAt, f.is.GaveUpAt = time.Time{}, time.Time{}
	if err := f.put(ctx, f.is, func() ([]store.Write, error) { return f.last(ctx) }); err != nil {
		return err
	}
	f.tellHealth(ctx)
	return f.tellFile(ctx, f.is)
}

// put writes what is known of the file, together with what is written by more; of two
// requests that send it at once either may write last.
func (f *filing) put(ctx context.Context, is *store.File, more ...func() ([]store.Write, error)) error {
	return store.Retry(ctx, func() error {
		old, err := f.Files.File(ctx, f.bank, is.ID)
		if is.Version = 0; err == nil {
			is.Version = old.Version
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		writes := []store.Write{store.PutFile(is)}
		for _, add := range more {
			with, err := add()
			if err != nil {
				return err
			}
			writes = append(writes, with...)
		}
		return f.Store.Write(ctx, writes...)
	})
}

// last writes the file as the latest of its feed, if it is.
func (f *filing) last(ctx context.Context) ([]store.Write, error) {
	was, err := f.Files.LastFile(ctx, f.bank, f.Feed)
	if err != nil || f.is.Sequence <= was.Sequence && f.is.Last <= was.Last {
		return nil, err
	}
	is := *f.is
	is.Misfits, is.Problems, is.Version, is.Unknown = nil, nil, was.Version, was.Unknown
	is.Sequence, is.Last = max(is.Sequence, was.Sequence), max(is.Last, was.Last)
	return []store.Write{store.PutLastFile(&is)}, nil
}

// gap notes what lies between the file and those that were taken before it. Between two
// numbers that follow each other there is no file that could tell of days without rows.
func (f *filing) gap(last *store.File) {
	if n := f.is.Sequence; last.Sequence > 0 && n > last.Sequence+1 {
		f.is.Lost = &store.FileNumbers{From: last.Sequence + 1, To: n - 1}
	}
	if last.Sequence > 0 && f.is.Sequence == last.Sequence+1 {
		return
	}
	through, err := time.Parse(time.DateOnly, last.Last)
	from, bad := time.Parse(time.DateOnly, f.is.First)
	if next := through.AddDate(0, 0, 1); err == nil && bad == nil && from.After(next) {
		f.is.Unheard = &store.FileDays{From: next.Format(time.DateOnly), To: from.AddDate(0, 0, -1).Format(time.DateOnly)}
	}
}

// tellFile has the bank called, if it is still to be told.
func (h *Handler) tellFile(ctx context.Context, f *store.File) error {
	if !f.Untold() {
		return nil
	}
	var jobs queue.Jobs
	jobs.TellFile(f.Bank, f.ID)
	return jobs.Send(ctx, h.Queue)
}

// tellHealth counts the file's events in the health of the bank's feed. How long they
// took is not: a file is late by its nature.
func (f *filing) tellHealth(ctx context.Context) {
	var kinds []watch.Kind
	for _, c := range f.counts.Accepted {
		kinds = append(kinds, c.Kind)
	}
	f.tally.Accepted(f.bank, &f.counts, f.now)
	if f.is.Refused > 0 {
		f.tally.Refused(f.bank, f.is.Refused, f.now)
		if err := f.tally.Save(ctx, f.Store, f.now); err != nil {
			f.Logger.Warn("refused events cannot be counted now", "bank", f.bank, "err", err)
		}
		f.Logger.Warn(wire.LogRefused, "bank", f.bank, "events", f.is.Refused)
	}
	f.note(ctx, f.bank, &wire.Body{}, kinds, f.now)
}

// each reads the rows of the file, by their number from 0.
func (f *filing) each(s *intake.Sink) (sum string, err error) {
	in, err := intake.Open(bytes.NewReader(f.Body))
	if err != nil {
		return "", err
	}
	in.Most = intake.MaxUnpacked
	s.Missing = f.missing
	// Of a night without rows there may be nothing at all.
	if err := s.Read(in, f.now); err != nil && !(errors.Is(err, statement.ErrEmpty) && f.Rows == 0) {
		return "", err
	}
	f.missing = s.Missing
	return in.Sum()
}

// first reads all of the file, and queues nothing.
func (f *filing) first() error {
	f.is = &store.File{Bank: f.bank, SHA256: f.SHA256, Feed: f.Feed, Sequence: f.Sequence, At: f.now.UTC().Truncate(time.Millisecond)}
	f.bad, f.counts, f.why, f.named = map[int]bool{}, store.Hour{}, "", ""
	is, n := f.is, 0
	m := f.maker()
	s := &intake.Sink{
		Row: func(r *intake.Row) error {
			if problem := f.count(m, r, n); problem != nil {
				f.bad[n] = true
				f.refuse(*problem)
			}
			is.Rows, n = is.Rows+1, n+1
			return nil
		},
		Refused: func(p intake.Problem) { is.Rows++; f.refuse(p) },
		Skipped: func() { is.Skipped++ },
		Misfit: func(p statement.Problem, refuses bool) {
			if len(is.Misfits) < store.MaxFileProblems {
				is.Misfits = append(is.Misfits, store.FileProblem{Line: p.Line, Field: p.Field, Reason: p.Reason})
			}
			if refuses && f.why == "" {
				f.why = fmt.Sprintf("it does not fit itself (%v)", p)
			}
		},
		Days:   f.day,
		Layout: func(name string, known bool) { is.Layout, is.Known = name, known },
	}
	sum, err := f.each(s)
	if errors.Is(err, intake.ErrLarge) {
		return refusal(http.StatusRequestEntityTooLarge, problem.TooLarge, fmt.Sprintf("a file holds at most %d MiB once it is unpacked", intake.MaxUnpacked>>20))
	}
	if err != nil {
		return &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.Invalid, Title: "the file cannot be read", Reason: err.Error()}
	}
	is.SHA256, is.ID = sum, f.id(sum)
	switch {
	case is.Layout != "" && is.Layout != intake.Events && !f.AsWritten && f.Account == "":
		return &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.Invalid, Title: "the request cannot be taken", Field: "accounts", Reason: "must say how the file names accounts: as_written, if what stands there are account_refs; or give the account_ref of a file that is about one"}
	case sum != f.SHA256:
		f.why = "its checksum is " + sum + " and not that of the manifest"
	case is.Rows != f.Rows:
		f.why = fmt.Sprintf("it has %d rows, and the manifest says %d", is.Rows, f.Rows)
	case is.Accepted == 0 && is.Refused > 0:
		f.why = intake.NoneTaken
	}
	return nil
}

// id is what a file is known by: its bytes, and what the manifest says they are. The
// same bytes about another account are another file, and so are those of another night.
func (f *filing) id(sum string) string {
	of := []string{"file", f.bank, sum}
	if f.Feed != "" || f.Sequence > 0 || f.AsWritten || f.Account != "" {
		of = append(of, f.Feed, strconv.FormatInt(f.Sequence, 10), strconv.FormatBool(f.AsWritten), f.Account)
	}
	return "file_" + watch.Derive(of...)
}

// day notes the days that the file tells of.
func (f *filing) day(from, to time.Time) {
	if day := from.Format(time.DateOnly); f.is.First == "" || day < f.is.First {
		f.is.First = day
	}
	f.is.Last = max(f.is.Last, to.Format(time.DateOnly))
}

func (f *filing) refuse(p intake.Problem) {
	if f.is.Refused++; len(f.is.Problems) < store.MaxFileProblems {
		f.is.Problems = append(f.is.Problems, store.FileProblem{Line: p.Line, Byte: p.Byte, ID: p.ID, Field: p.Field, Reason: p.Reason, Code: p.Code})
	}
}

// count takes a row into the report. The nth is one of bad if none is to be queued.
func (f *filing) count(m *maker, r *intake.Row, nth int) *intake.Problem {
	is := f.is
	if r.Row != nil {
		f.day(r.Day, r.Day)
		switch {
		case r.In > 0:
			is.Credits, is.CreditYen = is.Credits+1, is.CreditYen+r.In
		case r.Pending:
			is.Pending++
		}
	}
	event, p := m.event(r)
	if p != nil {
		return p
	}
	if event == nil {
		f.bad[nth] = true
		return nil
	}
	read, p := r.Check(event, f.bank, f.now)
	if p != nil {
		return p
	}
	e := &read.Event
	if r.Row == nil && f.Account != "" && e.AccountRef != f.Account {
		return &intake.Problem{Line: r.Line, Byte: r.Byte, ID: wire.ShortID(e.ID), Field: "account_ref", Reason: notOfFile, Code: watch.CodeNotAllowed}
	}
	day := e.OccurredAt.In(watch.JST)
	f.day(day, day)
	f.counts.Accept(e.Kind, -1)
	if is.Accepted++; e.Kind == watch.Debit {
		is.Debits, is.DebitYen = is.Debits+1, is.DebitYen+e.Amount
	} else {
		is.Others++
	}
	return nil
}

// maxPart is how many bytes of events are queued at a time.
const maxPart = 4 * wire.MaxMessage

// second reads the file again, and queues what is right with it.
func (f *filing) second(ctx context.Context) error {
	var part []jsontext.Value
	size, n := 0, 0
	flush := func() error {
		err := sendTo(ctx, f.Queue, f.bank, f.is.ID, wire.EncodeFile(f.bank, f.is.ID, f.now, part, wire.MaxMessage))
		part, size = nil, 0
		return err
	}
	m := f.maker()
	none := func(intake.Problem) {}
	sum, err := f.each(&intake.Sink{Refused: none, Skipped: func() {}, Misfit: func(statement.Problem, bool) {}, Days: func(time.Time, time.Time) {}, Layout: func(string, bool) {},
		Row: func(r *intake.Row) error {
			event, _ := m.event(r)
			if n++; f.bad[n-1] {
				return nil
			}
			part, size = append(part, bytes.Clone(event)), size+len(event)+1
			if size < maxPart {
				return nil
			}
			return flush()
		}})
	if err == nil && sum != f.is.SHA256 {
		err = errors.New("ingest: a file changed while it was read")
	}
	if err != nil {
		return err
	}
	return flush()
}
