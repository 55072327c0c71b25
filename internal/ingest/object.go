package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"kozamori/internal/bucket"
	"kozamori/internal/intake"
	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Bounds of a file that a bank leaves in the bucket, in bytes.
const (
	MaxObject      = 4 << 30 // as it lies there
	MaxUnpacked    = 1 << 30 // of one that is packed, or no file of lines
	partBytes      = 16 << 20
	MissingFor     = time.Hour        // so long a manifest waits for its file
	missingAgain   = time.Minute      // so often it is looked for
	readAgain      = 30 * time.Second // so often it is looked whether another message has read it
	mostPutBackoff = 5 * time.Minute
)

// Handle works on queue.Files. A bank leaves a file under its code, and then, next to it,
// the manifest, which starts it: nothing is read of what lies there alone. The file is
// read wholly before anything of it is queued. A large file of lines is then queued in
// parts, each a message; any other one at once.
func (h *Handler) Handle(ctx context.Context, msgs []queue.Message) []queue.Verdict {
	out := make([]queue.Verdict, len(msgs))
	for i, m := range msgs {
		out[i] = h.message(ctx, m)
	}
	return out
}

func (h *Handler) message(ctx context.Context, m queue.Message) queue.Verdict {
	if puts, ok := h.Bucket.Puts(m.Body); ok {
		for _, p := range puts {
			if v := h.manifest(ctx, m, p); !v.Done {
				return v // what is done already is done again, which changes nothing
			}
		}
		return queue.Acknowledge
	}
	j, err := queue.DecodeJob(m.Body)
	if err != nil || j.File == "" || j.Part == 0 {
		return queue.DeadLetter("neither tells of the bucket nor of a part of a file")
	}
	return h.judged(ctx, m, j.Of, h.takePart(ctx, j.Of, j.File, j.Part))
}

// judged is what becomes of a message.
func (h *Handler) judged(ctx context.Context, m queue.Message, bank string, err error) queue.Verdict {
	if err == nil {
		return queue.Acknowledge
	}
	h.Logger.ErrorContext(ctx, "a file of the bucket cannot be taken now", "bank", bank, "err", err)
	return queue.RetryAfter(min(time.Second<<min(m.Receives, 10), mostPutBackoff))
}

// manifest takes the file of a manifest.
func (h *Handler) manifest(ctx context.Context, m queue.Message, p bucket.Put) queue.Verdict {
	bank, name, _ := strings.Cut(strings.TrimSuffix(p.Key, intake.ManifestEnd), "/")
	if !strings.HasSuffix(p.Key, intake.ManifestEnd) || path.Base(p.Key) == intake.ManifestEnd {
		return queue.Acknowledge // it is a file, which waits for its manifest
	}
	if !fourDigits(bank) || name == "" {
		return queue.DeadLetter("a manifest lies under no bank's code")
	}
	switch _, err := h.Files.Bank(ctx, bank); {
	case errors.Is(err, store.ErrNotFound):
		return queue.DeadLetter("a manifest lies under the code of no bank that was added")
	case err != nil:
		return h.judged(ctx, m, bank, err)
	}
	f := &filing{Handler: h, bank: bank, now: h.Now().UTC().Truncate(time.Millisecond), refs: map[string]string{}, most: MaxObject, name: intake.Shown(name), manifestOf: p}
	raw, err := h.read(ctx, p)
	if errors.Is(err, bucket.ErrNotFound) {
		return queue.Acknowledge // it was taken back
	}
	if err != nil {
		return h.judged(ctx, m, bank, err)
	}
	said, wrong := intake.ReadManifest(raw)
	if wrong == nil {
		var file *intake.Upload
		if file, wrong = said.Upload(); wrong == nil {
			f.Upload = *file
		}
	}
	if wrong != nil {
		return h.judged(ctx, m, bank, f.turnedAway(ctx, "its manifest cannot be taken: "+wrong.Error()))
	}
	return f.lying(ctx, m, strings.TrimSuffix(p.Key, intake.ManifestEnd))
}

// read reads a manifest.
func (h *Handler) read(ctx context.Context, p bucket.Put) ([]byte, error) {
	r, _, err := h.Bucket.Open(ctx, p.Key, p.Version, 0, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(io.LimitReader(r, intake.MaxManifest))
}

// lying takes the file that lies under a key.
func (f *filing) lying(ctx context.Context, m queue.Message, key string) queue.Verdict {
	r, is, err := f.Bucket.Open(ctx, key, "", 0, 0)
	switch {
	case errors.Is(err, bucket.ErrNotFound) && f.now.Sub(m.SentAt) < MissingFor:
		return queue.RetryAfter(missingAgain)
	case errors.Is(err, bucket.ErrNotFound):
		return f.judged(ctx, m, f.bank, f.turnedAway(ctx, "the file of its manifest is not there"))
	case err != nil:
		return f.judged(ctx, m, f.bank, err)
	}
	_ = r.Close()
	f.size, f.object = is.Size, &store.FileObject{Key: key, Version: is.Version, ReadAt: f.now}
	if is.Size > MaxObject {
		return f.judged(ctx, m, f.bank, f.turnedAway(ctx, fmt.Sprintf("a file holds at most %d GiB", MaxObject>>30)))
	}
	if _, busy := f.reading.LoadOrStore(key, true); busy {
		return queue.RetryAfter(readAgain) // another message tells of it, too
	}
	defer f.reading.Delete(key)
	if known, err := f.again(ctx); known || err != nil {
		return f.judged(ctx, m, f.bank, err)
	}
	f.open = func() (io.ReadCloser, error) {
		r, _, err := f.Bucket.Open(ctx, key, is.Version, 0, 0)
		return r, err
	}
	_, _, err = f.file(ctx)
	if p, ok := errors.AsType[*problem.Problem](err); ok {
		why := p.Title
		if p.Reason != "" {
			why += ": " + p.Reason
		}
		err = f.turnedAway(ctx, why)
	}
	return f.judged(ctx, m, f.bank, err)
}

// again tells whether the object is one that was read wholly before, as what its manifest
// says: it is told of more than once, and reading gigabytes once more says nothing new. What
// is left of it goes on.
func (f *filing) again(ctx context.Context) (known bool, err error) {
	old, err := f.Files.File(ctx, f.bank, f.id(f.SHA256))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case old.Object == nil || old.Object.Key != f.object.Key || old.Object.Version != f.object.Version || old.Rows != f.Rows:
		return false, nil
	case old.State == store.FileTaken && old.Refused == 0:
		return true, f.tellFile(ctx, old)
	case old.State == store.FileTaking && old.Left() > 0:
		return true, f.parts(ctx, old)
	}
	return false, nil
}

// objectID is what a file is known by of which no checksum is known, or which another
// one of the same bytes is known by.
func (f *filing) objectID() string {
	return "file_" + watch.Derive("object", f.bank, f.manifestOf.Key, f.manifestOf.Version)
}

// turnedAway writes that nothing of a file can be taken, and has the bank told.
func (f *filing) turnedAway(ctx context.Context, why string) error {
	f.is, f.why = &store.File{ID: f.objectID(), Bank: f.bank, SHA256: f.SHA256, Feed: f.Feed, Sequence: f.Sequence, Name: f.name, At: f.now}, why
	old, err := f.Files.File(ctx, f.bank, f.is.ID)
	if err == nil {
		return f.tellFile(ctx, old) // it was written before, and perhaps not told
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := f.put(ctx, f.refused()); err != nil {
		return err
	}
	return f.tellFile(ctx, f.is)
}

// cut notes where a part of a large file of lines begins: with a row that is taken.
func (f *filing) cut(row *intake.Row) {
	if f.object == nil || f.packed || row.Row != nil {
		return
	}
	parts := &f.is.Parts
	switch n := len(*parts); {
	case n == 0:
		*parts = append(*parts, store.FilePart{Line: 1})
	case row.Byte-(*parts)[n-1].At >= f.part:
		*parts = append(*parts, store.FilePart{At: row.Byte, Line: row.Line})
	}
	(*parts)[len(*parts)-1].Rows++
}

// parted ends the parts. A file of one is taken at once.
func (f *filing) parted() {
	if len(f.is.Parts) < 2 {
		f.is.Parts = nil
		return
	}
	f.is.Object, f.is.Account = f.object, f.Account
}

// parts queues the parts of a file that are not taken yet. The object it was put there
// as again has the same bytes.
func (f *filing) parts(ctx context.Context, is *store.File) error {
	if was := is.Object; was.Version != f.object.Version {
		err := store.Retry(ctx, func() error {
			now, err := f.Files.File(ctx, f.bank, is.ID)
			if err != nil || now.State != store.FileTaking || now.Object == nil {
				return err
			}
			now.Object.Key, now.Object.Version = f.object.Key, f.object.Version
			return f.Store.Write(ctx, store.PutFile(now))
		})
		if err != nil {
			return err
		}
	}
	var jobs queue.Jobs
	for i := range is.Parts {
		if !is.Parts[i].Done {
			jobs.TakePart(f.bank, is.ID, i+1)
		}
	}
	return jobs.Send(ctx, f.Queue)
}

// takePart queues the rows of a part of a file, by its number from 1, and notes that they are.
// With the last one the file is taken.
func (h *Handler) takePart(ctx context.Context, bank, id string, n int) error {
	is, err := h.Files.File(ctx, bank, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case is.State != store.FileTaking:
		return h.tellFile(ctx, is)
	case n > len(is.Parts) || is.Object == nil || is.Parts[n-1].Done:
		return nil
	}
	part := fmt.Sprintf("%s %d", id, n)
	if _, busy := h.reading.LoadOrStore(part, true); busy {
		return nil // another message of this part is worked on, and comes back if that dies
	}
	defer h.reading.Delete(part)
	end := int64(0)
	if n < len(is.Parts) {
		end = is.Parts[n].At
	}
	err = h.rows(ctx, is, is.Parts[n-1].At, end)
	gone := errors.Is(err, bucket.ErrNotFound)
	if err != nil && !gone {
		return err
	}
	return h.ended(ctx, is, n, gone)
}

// rows queues the rows of a file that begin at a byte or behind it, and before another.
func (h *Handler) rows(ctx context.Context, is *store.File, from, to int64) error {
	r, _, err := h.Bucket.Open(ctx, is.Object.Key, is.Object.Version, from, to)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	in, err := intake.Open(r)
	if err != nil {
		return err
	}
	f := &filing{Handler: h, Upload: intake.Upload{Account: is.Account}, bank: is.Bank, is: is, now: is.Object.ReadAt}
	q := f.queuing(ctx)
	if err := in.Lines(func(line int, at int64, raw []byte, wrong error) error {
		if wrong != nil {
			return nil //nolint:nilerr // the row was refused when the file was read wholly
		}
		return q.row(&intake.Row{Line: line, Byte: at, Event: raw})
	}); err != nil {
		return err
	}
	return q.flush()
}

// ended notes that a part is queued, or that the file is not there any more.
func (h *Handler) ended(ctx context.Context, was *store.File, n int, gone bool) error {
	var is *store.File
	err := store.Retry(ctx, func() (err error) {
		if is, err = h.Files.File(ctx, was.Bank, was.ID); err != nil || is.State != store.FileTaking || n > len(is.Parts) {
			return err
		}
		if gone && is.Object.Version != was.Object.Version {
			return bucket.ErrNotFound // it was put there again; the part is looked for again
		}
		is.Parts[n-1].Done = is.Parts[n-1].Done || !gone
		var writes []store.Write
		switch {
		case gone:
			is.State, is.Accepted = store.FileRefused, 0
			for _, p := range is.Parts {
				if p.Done {
					is.Accepted += p.Rows
				}
			}
			is.Reason = fmt.Sprintf("it was taken away while it was read; %d of its rows are taken: put it and its manifest there again", is.Accepted)
		case is.Left() > 0:
			return h.Store.Write(ctx, store.PutFile(is))
		default:
			is.State = store.FileTaken
			if writes, err = h.last(ctx, is); err != nil {
				return err
			}
		}
		is.Finished, is.ToldAt, is.GaveUpAt = h.Now().UTC().Truncate(time.Millisecond), time.Time{}, time.Time{}
		return h.Store.Write(ctx, append(writes, store.PutFile(is))...)
	})
	if err != nil || is.State == store.FileTaking {
		return err
	}
	return h.tellFile(ctx, is)
}
