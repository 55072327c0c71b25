package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"kozamori/internal/intake"
	"kozamori/internal/statement"
)

// What becomes of a file.
const (
	outcomeTaken   = "taken"        // each row is sent or refused
	outcomeBefore  = "taken before" // the same content
	outcomeRefused = "refused"      // as a whole, and nothing of it was sent
	outcomeChecked = "checked"      // and nothing was sent, as was asked for
)

// report is what came of a file.
type report struct {
	File     string `json:"file"`
	Bank     string `json:"bank"`
	SHA256   string `json:"sha256"`
	Layout   string `json:"layout"`
	Known    bool   `json:"layout_known"` // else columns were told by their names
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason,omitempty"` // why it was refused as a whole
	Sequence int    `json:"sequence,omitempty"`

	Rows      int   `json:"rows"`
	Debits    int   `json:"debits"`
	DebitYen  int64 `json:"debit_yen"`
	Credits   int   `json:"credits"` // which are counted, and not sent
	CreditYen int64 `json:"credit_yen"`
	Pending   int   `json:"pending"` // not booked yet: they are sent when they are
	Others    int   `json:"others"`  // reversals and links of a file of events
	Skipped   int   `json:"skipped"` // lines that are no rows
	Sent      int   `json:"sent"`
	Accepted  int   `json:"accepted"`
	Refused   int   `json:"refused"`

	First string `json:"first_day,omitempty"`
	Last  string `json:"last_day,omitempty"`
	Gap   string `json:"gap,omitempty"` // to the file before it
	// Misfits are where totals, or opening, sum and closing, do not fit the rows;
	// without any they fit, where the file has them.
	Misfits  []statement.Problem `json:"misfits"`
	Problems []intake.Problem    `json:"problems"` // refused rows; mostProblems are listed

	Began    time.Time `json:"began"`
	Finished time.Time `json:"finished"`

	from, through time.Time
}

// mostProblems is how many refused rows are listed; all of them are counted.
const mostProblems = 1000

func (r *report) refuse(p intake.Problem) {
	if r.Refused++; len(r.Problems) < mostProblems {
		r.Problems = append(r.Problems, p)
	}
}

// day notes a day that the file tells of.
func (r *report) day(from, to time.Time) {
	if r.from.IsZero() || from.Before(r.from) {
		r.from, r.First = from, from.Format(time.DateOnly)
	}
	if to.After(r.through) {
		r.through, r.Last = to, to.Format(time.DateOnly)
	}
}

// print writes the report as a table.
func (r *report) print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "FILE\tOUTCOME\tROWS\tDEBITS\tYEN\tCREDITS\tYEN\tSENT\tACCEPTED\tREFUSED\tFROM\tTO")
	_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", r.File, r.Outcome, r.Rows, r.Debits, r.DebitYen, r.Credits, r.CreditYen, r.Sent, r.Accepted, r.Refused, r.First, r.Last)
	if err := table.Flush(); err != nil {
		return err
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(out, "  "+format+"\n", args...) }
	if r.Reason != "" {
		say("%s", r.Reason)
	}
	if !r.Known && r.Layout != "" {
		say("its layout is not known: columns were told by their names")
	}
	if r.Gap != "" {
		say("%s", r.Gap)
	}
	if r.Pending > 0 {
		say("not booked yet, and sent when they are: %d", r.Pending)
	}
	for _, p := range r.Misfits {
		say("does not fit: %v", p)
	}
	for _, p := range r.Problems {
		say("refused: line %d (byte %d) %s: %s", p.Line, p.Byte, p.Field, p.Reason)
	}
	if more := r.Refused - len(r.Problems); more > 0 {
		say("and %d more", more)
	}
	return nil
}
