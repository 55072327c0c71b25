package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"kozamori/internal/statement"
)

// Row is a debit or a credit of a file, or an event.
type Row struct {
	Line int   // from 1
	Byte int64 // where it begins, of the file unpacked
	*statement.Row
	Event json.RawMessage // of a file of events; Row is nil then
	From  string          // the layout
}

// National tells whether the row is of 全銀's layout, in which each account is
// named in the same way and the balances are counted.
func (r *Row) National() bool { return r.From == national }

// Sink takes what a file holds, while it is read.
type Sink struct {
	Row     func(*Row) error
	Refused func(Problem)
	Skipped func()
	Misfit  func(p statement.Problem, refuses bool) // refuses: the file is not whole
	Days    func(from, to time.Time)                // that the file says it is of
	Layout  func(name string, known bool)
	Missing map[int]int64 // of statement.Stream
}

// Events is the layout of a file of events, one a line.
const Events = "JSON Lines"

// national is the layout whose rows are read one by one.
const national = "全銀 入出金取引明細"

// maxYears is how old a row of 全銀 may be that a bank sends: a year of our calendar that
// is written in place of the era's is read as one of the era before, twelve years ago.
const maxYears = 10

// errKind says that a file of 口座振替 tells nothing of balances and passbooks.
var errKind = errors.New("a file of 全銀 口座振替 is asked for or told by who collects; what is taken here are 入出金取引明細")

// Read reads a file, of whatever format it is.
func (s *Sink) Read(f *File, now time.Time) error {
	head, err := f.Peek(16 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	switch text := bytes.TrimLeftFunc(head, isBlank); {
	case len(text) == 0 && errors.Is(err, io.EOF):
		return statement.ErrEmpty
	case statement.Streams(head):
		return s.national(f, now)
	case len(text) > 0 && text[0] == '{':
		s.Layout(Events, true)
		return f.Lines(func(line int, at int64, raw []byte, problem error) error {
			if problem == nil {
				return s.Row(&Row{Line: line, Byte: at, Event: raw})
			}
			s.Refused(Problem{Line: line, Byte: at, Reason: problem.Error()})
			return nil
		})
	}
	data, err := io.ReadAll(io.LimitReader(f, statement.MaxFile+1))
	if err != nil {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	return s.whole(data, now)
}

func (s *Sink) national(f io.Reader, now time.Time) error {
	s.Layout(national, true)
	stream := statement.Stream{
		Row: func(r *statement.Row, at int64) error {
			if r.Day.Before(now.AddDate(-maxYears, 0, 0)) {
				s.Refused(Problem{Line: r.Line, Byte: at, Field: "勘定日", Reason: fmt.Sprintf("it would be of %d: years are those of the era (令和), and not of the calendar", r.Day.Year())})
				return nil
			}
			return s.Row(&Row{Line: r.Line, Byte: at, Row: r, From: national})
		},
		Unread: func(p statement.Problem, at int64) {
			s.Refused(Problem{Line: p.Line, Byte: at, Field: p.Field, Reason: p.Reason})
		},
		Misfit:  func(p statement.Problem, _ int64) { s.Misfit(p, true) },
		Days:    s.Days,
		Missing: s.Missing,
	}
	err := stream.Read(f, now)
	s.Missing = stream.Missing
	return err
}

// whole reads a file that is in memory.
func (s *Sink) whole(data []byte, now time.Time) error {
	read, err := statement.Read(data, now)
	if err != nil {
		return err
	}
	if strings.Contains(read.Layout, "口座振替") {
		return errKind
	}
	s.Layout(read.Layout, read.Known)
	xml := strings.HasPrefix(read.Layout, "ISO 20022")
	lines := placesOf(data, read)
	for _, p := range read.Unread {
		if xml && p.Field == "XML" {
			s.Misfit(p, true) // what is behind it is not there
		}
		s.Refused(Problem{Line: p.Line, Byte: lines[p.Line], Field: p.Field, Reason: p.Reason})
	}
	for range read.Skipped {
		s.Skipped()
	}
	for _, p := range read.Misfits {
		// Balances of a CSV are told row by row, and there is no trailer; what of an
		// entry does not come to it refuses no other; where an entry could not be
		// read, sums do not fit because of it.
		refuses := read.Layout == national || xml && (p.Field == "NbOfNtries" || p.Field != "NtryDtls" && len(read.Unread) == 0)
		s.Misfit(p, refuses)
	}
	for i := range read.Rows {
		r := &read.Rows[i]
		if err := s.Row(&Row{Line: r.Line, Byte: lines[r.Line], Row: r, From: read.Layout}); err != nil {
			return err
		}
	}
	return nil
}

// placesOf are the bytes where the lines begin of which something is told.
func placesOf(data []byte, read *statement.Statement) map[int]int64 {
	var wanted []int
	for i := range read.Rows {
		wanted = append(wanted, read.Rows[i].Line)
	}
	for _, p := range read.Unread {
		wanted = append(wanted, p.Line)
	}
	slices.Sort(wanted)
	out := make(map[int]int64, len(wanted))
	step, low := 1, 0 // bytes of a letter, and which of them an ASCII letter is in
	if strings.HasPrefix(read.Charset, "UTF-16") {
		step = 2
		if strings.Contains(read.Charset, "big") {
			low = 1
		}
	}
	letter := func(i int) byte {
		if i+step > len(data) || step == 2 && data[i+1-low] != 0 {
			return 0
		}
		return data[i+low]
	}
	for line, at := 1, 0; len(wanted) > 0 && at <= len(data); line++ {
		for len(wanted) > 0 && wanted[0] <= line {
			out[wanted[0]], wanted = int64(at), wanted[1:]
		}
		for at < len(data) && letter(at) != '\n' && letter(at) != '\r' {
			at += step
		}
		if letter(at) == '\r' && letter(at+step) == '\n' {
			at += step
		}
		at += step
	}
	return out
}
