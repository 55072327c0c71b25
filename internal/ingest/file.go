package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/bucket"
	"kozamori/internal/feed"
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
// numbers that follow each other there is no file that could tell of days without rows,
// and of days on which banks are closed alone there may be none.
func (f *filing) gap(last *store.File) {
	if n := f.is.Sequence; last.Sequence > 0 && n > last.Sequence+1 {
		f.is.Lost = &store.FileNumbers{From: last.Sequence + 1, To: n - 1}
	}
	if last.Sequence > 0 && f.is.Sequence == last.Sequence+1 {
		return
	}
	through, err := time.Parse(time.DateOnly, last.Last)
	from, bad := time.Parse(time.DateOnly, f.is.First)
	if next := through.AddDate(0, 0, 1); err == nil && bad == nil && from.After(next) && feed.AnyOpen(next, from.AddDate(0, 0, -1)) {
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
