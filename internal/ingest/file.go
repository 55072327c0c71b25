package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/bucket"
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
	bank       string
	now        time.Time // by which days without a year are read, both times
	is         *store.File
	open       func() (io.ReadCloser, error)
	size       int64             // bytes, as it lies there
	most       int64             // bytes, of what is read of it unpacked
	name       string            // of one in the bucket
	object     *store.FileObject // of one in the bucket
	manifestOf bucket.Put
	packed     bool
	unread     error             // why it cannot be read now, whatever is in it
	missing    map[int]int64     // of statement.Stream
	alike      *intake.Equals    // rows of a statement
	named      string            // what the file calls its account, where Account stands for it
	refs       map[string]string // the account_refs of its rows, each with the first ref of its account once that is known
	counts     store.Hour
	why        string // it is refused as a whole
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
	f := &filing{Handler: h, Upload: in, bank: bank, now: h.Now(), refs: map[string]string{}, size: int64(len(in.Body)), most: intake.MaxUnpacked,
		open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(in.Body)), nil }}
	return f.file(ctx)
}

// file takes a file that can be opened as often as it must be.
func (f *filing) file(ctx context.Context) (is *store.File, known bool, err error) {
	for range 2 { // once more if the first reading tells a balance
		was := len(f.missing)
		if err := f.first(); err != nil {
			return nil, false, err
		}
		if len(f.missing) == was {
			break
		}
	}
	old, err := f.Files.File(ctx, f.bank, f.is.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return nil, false, err
	case old.State == store.FileTaken && old.Refused == 0 && f.why == "":
		return old, true, f.tellFile(ctx, old)
	case old.State == store.FileTaking && old.Left() > 0 && f.why == "":
		return old, true, f.parts(ctx, old)
	default:
		f.is.At, f.is.Unknown, f.is.Lost, f.is.Unheard = old.At, old.Unknown, old.Lost, old.Unheard
	}
	if f.why != "" {
		if old != nil && old.State != store.FileRefused { // what came of it before stands
			if f.name == "" {
				return f.refused(), false, nil
			}
			f.is.ID, old = f.objectID(), nil
		}
		if old != nil {
			f.is.Finished, f.is.ToldAt, f.is.GaveUpAt = old.Finished, old.ToldAt, old.GaveUpAt
		}
		if err := f.put(ctx, f.refused()); err != nil {
			return nil, false, err
		}
		if f.why == intake.NoneTaken {
			f.tellHealth(ctx) // the bank sends, and what it sends is refused
		}
		return f.is, false, f.tellFile(ctx, f.is)
	}
	return f.is, false, f.take(ctx)
}

// refused is a file of which nothing is taken. The bank is told when that was first said.
func (f *filing) refused() *store.File {
	f.is.State, f.is.Reason, f.is.Accepted, f.is.Parts = store.FileRefused, f.why, 0, nil
	if f.name != "" && f.is.Finished.IsZero() {
		f.is.Finished = f.Now().UTC().Truncate(time.Millisecond)
	}
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
	if len(f.is.Parts) > 0 {
		f.tellHealth(ctx)
		return f.parts(ctx, f.is)
	}
	if err := f.names(ctx); err != nil {
		return err
	}
	if err := f.second(ctx); err != nil {
		return err
	}
	f.is.State, f.is.Finished = store.FileTaken, f.Now().UTC().Truncate(time.Millisecond)
	f.is.ToldAt, f.is.GaveUpAt = time.Time{}, time.Time{}
	if err := f.put(ctx, f.is, func() ([]store.Write, error) { return f.last(ctx, f.is) }); err != nil {
		return err
	}
	f.tellHealth(ctx)
	return f.tellFile(ctx, f.is)
}

// put writes what is known of a file, together with what is written by more; of two
// requests that send it at once either may write last.
func (h *Handler) put(ctx context.Context, is *store.File, more ...func() ([]store.Write, error)) error {
	return store.Retry(ctx, func() error {
		old, err := h.Files.File(ctx, is.Bank, is.ID)
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
		return h.Store.Write(ctx, writes...)
	})
}

// last writes a file as the latest of its feed, if it is.
func (h *Handler) last(ctx context.Context, of *store.File) ([]store.Write, error) {
	was, err := h.Files.LastFile(ctx, of.Bank, of.Feed)
	if err != nil || of.Sequence <= was.Sequence && of.Last <= was.Last {
		return nil, err
	}
	is := *of
	is.Misfits, is.Problems, is.Parts, is.Object, is.Version, is.Unknown = nil, nil, nil, nil, was.Version, was.Unknown
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

// noting notes why what it reads from cannot be read.
type noting struct {
	io.Reader
	unread *error
}

// Read is for io.Reader.
func (n *noting) Read(p []byte) (int, error) {
	read, err := n.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		*n.unread = err
	}
	return read, err
}

// each reads the rows of the file.
func (f *filing) each(s *intake.Sink) (sum string, err error) {
	body, err := f.open()
	if err != nil {
		f.unread = err
		return "", err
	}
	defer func() { _ = body.Close() }()
	in, err := intake.Open(&noting{body, &f.unread})
	if err != nil {
		return "", err
	}
	in.Most, f.packed = f.most, in.Packed()
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
	f.is = &store.File{Bank: f.bank, SHA256: f.SHA256, Feed: f.Feed, Sequence: f.Sequence, Name: f.name, At: f.now.UTC().Truncate(time.Millisecond)}
	f.alike, f.counts, f.why, f.named = nil, store.Hour{}, "", ""
	is := f.is
	s := &intake.Sink{
		Row: func(r *intake.Row) error {
			if problem := f.count(r); problem != nil {
				f.refuse(*problem)
			}
			is.Rows++
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
		return refusal(http.StatusRequestEntityTooLarge, problem.TooLarge, fmt.Sprintf("a file holds at most %d MiB once it is unpacked", f.most>>20))
	}
	if gone := f.unread; gone != nil {
		return gone // it is not what is in it that is wrong
	}
	if err != nil {
		return &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.Invalid, Title: "the file cannot be read", Reason: err.Error()}
	}
	is.SHA256, is.ID = sum, f.id(sum)
	f.parted()
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

// count takes a row into the report.
func (f *filing) count(r *intake.Row) *intake.Problem {
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
	_, read, p := f.admit(r, false)
	if p != nil || read == nil {
		return p
	}
	e := &read.Event
	day := e.OccurredAt.In(watch.JST)
	f.day(day, day)
	f.counts.Accept(e.Kind, -1)
	f.cut(r)
	if is.Accepted++; e.Kind == watch.Debit {
		is.Debits, is.DebitYen = is.Debits+1, is.DebitYen+e.Amount
	} else {
		is.Others++
	}
	return nil
}

// admit is the event of a row as the door for events reads it, nil if there is none to
// take, or what is wrong. The same row is told the same each time.
func (f *filing) admit(r *intake.Row, again bool) (jsontext.Value, *wire.Read, *intake.Problem) {
	event, p := f.event(r, again)
	if p != nil || event == nil {
		return nil, nil, p
	}
	read, p := r.Check(event, f.bank, f.now)
	if p != nil {
		return nil, nil, p
	}
	if e := &read.Event; r.Row == nil && f.Account != "" && e.AccountRef != f.Account {
		return nil, nil, &intake.Problem{Line: r.Line, Byte: r.Byte, ID: wire.ShortID(e.ID), Field: "account_ref", Reason: notOfFile, Code: watch.CodeNotAllowed}
	}
	return event, read, nil
}

// maxPart is how many bytes of events are queued at a time.
const maxPart = 4 * wire.MaxMessage

// second reads the file again, and queues what is right with it.
func (f *filing) second(ctx context.Context) error {
	q, s := f.queuing(ctx), unheard()
	s.Row, f.named = q.row, ""
	sum, err := f.each(s)
	if err == nil && sum != f.is.SHA256 {
		err = errors.New("ingest: a file changed while it was read")
	}
	if err != nil {
		return err
	}
	return q.flush()
}

// unheard takes nothing of a file but its rows, once more.
func unheard() *intake.Sink {
	return &intake.Sink{Refused: func(intake.Problem) {}, Skipped: func() {}, Misfit: func(statement.Problem, bool) {}, Days: func(time.Time, time.Time) {}, Layout: func(string, bool) {}}
}

// queuing gathers the events of a file, and queues them.
type queuing struct {
	*filing
	ctx    context.Context
	events []jsontext.Value
	size   int
}

func (f *filing) queuing(ctx context.Context) *queuing { return &queuing{filing: f, ctx: ctx} }

func (q *queuing) row(r *intake.Row) error {
	event, _, _ := q.admit(r, true)
	if event == nil {
		return nil
	}
	if q.events, q.size = append(q.events, bytes.Clone(event)), q.size+len(event)+1; q.size < maxPart {
		return nil
	}
	return q.flush()
}

func (q *queuing) flush() error {
	err := sendTo(q.ctx, q.Queue, q.bank, q.is.ID, wire.EncodeFile(q.bank, q.is.ID, q.now, q.events, wire.MaxMessage))
	q.events, q.size = nil, 0
	return err
}
