package ingest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/intake"
	"kozamori/internal/problem"
	"kozamori/internal/statement"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

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
