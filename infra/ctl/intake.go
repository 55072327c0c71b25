package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"kozamori/internal/intake"
	"kozamori/internal/watch"
	"kozamori/internal/webhook"
	"kozamori/internal/wire"
)

// intaking is one file of a bank's, on its way in.
type intaking struct {
	sender
	file         string
	check        bool
	atOnce       bool
	rows         int
	sum          string
	report       intakeReport
	part         []json.RawMessage
	lines        []int // of part, in the file
	bytes        int   // of part
	progress     io.Writer
	lastProgress int
}

// intakeReport is what came of a file.
type intakeReport struct {
	File      string           `json:"file"`
	Bank      string           `json:"bank"`
	SHA256    string           `json:"sha256"`
	Rows      int              `json:"rows"`
	Debits    int              `json:"debits"`
	Yen       int64            `json:"yen"` // of the debits
	Reversals int              `json:"reversals"`
	Links     int              `json:"links"` // registered or removed
	Accepted  int              `json:"accepted"`
	Refused   int              `json:"refused"`
	Problems  []intake.Problem `json:"problems"`
}

// mostProblems is how many refused rows are listed; all of them are counted.
const mostProblems = 1000

// takeIn reads a bank's file, one event a line, and posts what is right with it.
func takeIn(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	s := intaking{sender: sender{now: time.Now, chunk: wire.MaxEvents, client: &http.Client{Timeout: 30 * time.Second}}, progress: c.Err}
	flags.StringVar(&s.url, "url", "", "`address` of the deployment; without it, the stack that runs on this machine")
	flags.StringVar(&s.bank, "bank", "", "4-digit `code` of the bank")
	secretFile := flags.String("secret-file", "", "`file` with the bank's webhook secret (whsec_…); without it, KOZAMORI_BANK_SECRET, then the local stack's own")
	data := flags.String("data", "", "data `folder` of the local stack; without it, its usual one")
	flags.BoolVar(&s.check, "check", false, "read and report, and post nothing")
	flags.BoolVar(&s.atOnce, "at-once", false, "have people told of everything now, and not in the morning of what is not urgent")
	flags.IntVar(&s.rows, "rows", 0, "`number` of rows that the file must have; another one, and nothing is posted")
	flags.StringVar(&s.sum, "sha256", "", "`checksum` that the file must have, in hex; another one, and nothing is posted")
	asJSON := jsonFlag(flags)
	files, err := parseMixed(flags, args)
	switch {
	case err != nil:
		return err
	case len(files) != 1:
		return misused(flags, "Name one file: an event a line, as POST /v1/banks/{bank}/events takes them (gzip too).")
	case !isBank(s.bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	}
	s.file = files[0]
	if !s.check {
		if err := s.find(c, *data, *secretFile); err != nil {
			return err
		}
	}
	s.report = intakeReport{File: filepath.Base(s.file), Bank: s.bank, Problems: []intake.Problem{}}
	if err := s.take(ctx); err != nil {
		return fmt.Errorf("%s: %w", s.report.File, err)
	}
	if *asJSON {
		if err := object(c.Out, &s.report); err != nil {
			return err
		}
	} else if err := s.print(c.Out); err != nil {
		return err
	}
	if s.report.Refused > 0 {
		return fmt.Errorf("%d of %d rows were refused", s.report.Refused, s.report.Rows)
	}
	return nil
}

// take reads the whole file before anything is posted, and once more to post.
func (s *intaking) take(ctx context.Context) error {
	if err := s.each(s.tell); err != nil {
		return err
	}
	switch r := &s.report; {
	case s.rows > 0 && r.Rows != s.rows:
		return fmt.Errorf("it has %d rows and not %d; nothing was posted", r.Rows, s.rows)
	case s.sum != "" && r.SHA256 != s.sum:
		return fmt.Errorf("its checksum is %s; nothing was posted", r.SHA256)
	case s.check:
		return nil
	}
	was := s.report.SHA256
	if err := s.each(func(line int, _ int64, raw []byte, read *wire.Read, problem error) error {
		if problem == nil && !read.Refused() {
			return s.add(ctx, line, raw)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := s.flush(ctx); err != nil {
		return err
	}
	if s.report.SHA256 != was {
		return errors.New("it changed while it was read; take it in again")
	}
	return nil
}

// each reads the rows of the file, one by one.
func (s *intaking) each(row func(line int, at int64, raw []byte, read *wire.Read, problem error) error) error {
	f, err := os.Open(s.file)
	if err != nil {
		return errors.New(reason(err))
	}
	defer func() { _ = f.Close() }()
	in, err := intake.Open(f)
	if err != nil {
		return err
	}
	err = in.Lines(func(line int, at int64, raw []byte, problem error) error {
		read := &wire.Read{}
		if problem == nil {
			read, problem = intake.Event(raw, s.bank, s.now())
		}
		return row(line, at, raw, read, problem)
	})
	if err != nil {
		return err
	}
	s.report.SHA256, err = in.Sum()
	return err
}

// tell takes a row into the report.
func (s *intaking) tell(line int, at int64, _ []byte, read *wire.Read, problem error) error {
	r := &s.report
	r.Rows++
	p := intake.Problem{Line: line, Byte: at, ID: read.Event.ID}
	switch {
	case problem != nil:
		p.Reason = problem.Error()
	case read.Refused():
		p.Field, p.Reason, p.Code = read.Problems[0].Field, read.Problems[0].Problem, read.Problems[0].Code
	default:
		switch e := &read.Event; e.Kind {
		case watch.Debit:
			r.Debits, r.Yen = r.Debits+1, r.Yen+e.Amount
		case watch.DebitReversed:
			r.Reversals++
		default:
			r.Links++
		}
		return nil
	}
	s.refuse(p)
	return nil
}

func (s *intaking) refuse(p intake.Problem) {
	if s.report.Refused++; len(s.report.Problems) < mostProblems {
		s.report.Problems = append(s.report.Problems, p)
	}
}

// add takes a row to those that are posted next.
func (s *intaking) add(ctx context.Context, line int, raw []byte) error {
	if len(s.part) == s.chunk || s.bytes+len(raw) > wire.MaxBody/2 {
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
	s.part, s.lines, s.bytes = append(s.part, json.RawMessage(bytes.Clone(bytes.TrimSpace(raw)))), append(s.lines, line), s.bytes+len(raw)
	return nil
}

// flush posts the rows that were gathered. The same file taken in again makes the
// same requests, which ring nowhere twice.
func (s *intaking) flush(ctx context.Context) error {
	if len(s.part) == 0 {
		return nil
	}
	body := webhook.FileBody(intake.FileID(s.bank, s.report.SHA256), s.part)
	if s.atOnce {
		body = webhook.Body(s.part)
	}
	a, err := s.postBody(ctx, s.bank, body)
	if err != nil {
		return fmt.Errorf("%w (from line %d on nothing is known to be taken; take the file in again)", err, s.lines[0])
	}
	s.report.Accepted += a.Accepted
	for _, e := range a.Rejected {
		line := 0
		if e.Index >= 0 && e.Index < len(s.lines) {
			line = s.lines[e.Index]
		}
		s.refuse(intake.Problem{Line: line, ID: e.ID, Field: e.Field, Reason: e.Problem, Code: e.Code})
	}
	if done := 100 * s.report.Accepted / max(1, s.report.Rows); done >= s.lastProgress+10 {
		s.lastProgress = done
		_, _ = fmt.Fprintf(s.progress, "%d of %d rows.\n", s.report.Accepted, s.report.Rows)
	}
	s.part, s.lines, s.bytes = nil, nil, 0
	return nil
}

func (s *intaking) print(out io.Writer) error {
	r := &s.report
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "FILE\tBANK\tROWS\tDEBITS\tYEN\tREVERSALS\tLINKS\tACCEPTED\tREFUSED")
	_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", r.File, r.Bank, r.Rows, r.Debits, r.Yen, r.Reversals, r.Links, r.Accepted, r.Refused)
	if err := table.Flush(); err != nil {
		return err
	}
	for _, p := range r.Problems {
		if _, err := fmt.Fprintf(out, "line %d (byte %d) %s: %s %s\n", p.Line, p.Byte, dash(p.ID), p.Field, p.Reason); err != nil {
			return err
		}
	}
	if more := r.Refused - len(r.Problems); more > 0 {
		_, err := fmt.Fprintf(out, "and %d more\n", more)
		return err
	}
	return nil
}
