// Package bankfile is what a bank is told of a file that it sent: the report, as a
// reply and as a callback. It reads no files.
package bankfile

import (
	"encoding/json"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// TypeFinished is the type of the callback.
const TypeFinished = "intake.finished"

// Report is what came of a file.
type Report struct {
	ID          string    `json:"file_id"`
	State       string    `json:"state"`
	Reason      string    `json:"reason,omitempty"`
	Name        string    `json:"name,omitempty"`
	SHA256      string    `json:"sha256"`
	Feed        string    `json:"feed,omitempty"`
	Sequence    int64     `json:"sequence,omitempty"`
	Layout      string    `json:"layout,omitempty"`
	LayoutKnown bool      `json:"layout_known"`
	ReceivedAt  time.Time `json:"received_at"`
	FinishedAt  time.Time `json:"finished_at,omitzero"`

	Rows     int   `json:"rows"`
	Debits   Sum   `json:"debits"`
	Credits  Sum   `json:"credits"`
	Pending  int   `json:"pending"`
	Others   int   `json:"others"`
	Skipped  int   `json:"skipped"`
	Accepted int   `json:"accepted"`
	Refused  int   `json:"refused"`
	Days     *Days `json:"days,omitempty"`
	Gap      *Gap  `json:"gap,omitempty"`
	// Progress is of one that is taken in parts, while it is.
	Progress *Progress `json:"progress,omitempty"`

	Misfits  []Problem `json:"misfits"`
	Problems []Problem `json:"problems"`
}

// Progress is how far a file is.
type Progress struct {
	Rows        int  `json:"rows"`                   // that are taken by now
	SecondsLeft *int `json:"seconds_left,omitempty"` // at the pace since the file was read; nil while none is taken
}

// Now is Of a file that may be under way.
func Now(f *store.File, now time.Time) *Report {
	r := Of(f)
	if f.State != store.FileTaking || len(f.Parts) == 0 || f.Object == nil {
		return r
	}
	r.Progress = &Progress{}
	for _, p := range f.Parts {
		if p.Done {
			r.Progress.Rows += p.Rows
		}
	}
	if done := r.Progress.Rows; done > 0 {
		left := int(now.Sub(f.Object.ReadAt).Seconds() * float64(f.Accepted-done) / float64(done))
		r.Progress.SecondsLeft = &left
	}
	return r
}

// Sum is a number of rows and what they come to.
type Sum struct {
	Count int   `json:"count"`
	Yen   int64 `json:"yen"`
}

// Days are days in Japan, both included.
type Days struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Numbers are sequences, both included.
type Numbers struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Gap is what lies between a file and those that were taken before it of its feed.
type Gap struct {
	Sequences *Numbers `json:"sequences,omitempty"`
	Days      *Days    `json:"days,omitempty"`
}

// Problem is what is wrong with a row.
type Problem struct {
	Line   int        `json:"line"`
	Byte   int64      `json:"byte"`
	ID     string     `json:"id,omitempty"`
	Field  string     `json:"field,omitempty"`
	Reason string     `json:"reason"`
	Code   watch.Code `json:"code,omitempty"`
}

// Of is the report of a file.
func Of(f *store.File) *Report {
	r := &Report{ID: f.ID, State: string(f.State), Reason: f.Reason, Name: f.Name, SHA256: f.SHA256, Feed: f.Feed, Sequence: f.Sequence, Layout: f.Layout, LayoutKnown: f.Known,
		ReceivedAt: f.At.UTC(), FinishedAt: f.Finished.UTC(), Rows: f.Rows, Debits: Sum{f.Debits, f.DebitYen}, Credits: Sum{f.Credits, f.CreditYen},
		Pending: f.Pending, Others: f.Others, Skipped: f.Skipped, Accepted: f.Accepted, Refused: f.Refused, Misfits: problems(f.Misfits), Problems: problems(f.Problems)}
	if f.First != "" {
		r.Days = &Days{f.First, f.Last}
	}
	if f.Lost != nil || f.Unheard != nil {
		r.Gap = &Gap{}
		if n := f.Lost; n != nil {
			r.Gap.Sequences = &Numbers{n.From, n.To}
		}
		if d := f.Unheard; d != nil {
			r.Gap.Days = &Days{d.From, d.To}
		}
	}
	return r
}

func problems(of []store.FileProblem) []Problem {
	out := make([]Problem, len(of))
	for i, p := range of {
		out[i] = Problem{p.Line, p.Byte, p.ID, p.Field, p.Reason, p.Code}
	}
	return out
}

// CallbackID is the webhook-id of the callback, the same for each attempt.
func CallbackID(f *store.File) string {
	return "msg_" + watch.Derive("file", f.Bank, f.ID, f.Finished.UTC().Format(time.RFC3339Nano))
}

// CallbackBody is what the bank is told, the same in each attempt.
func CallbackBody(f *store.File) ([]byte, error) {
	return json.Marshal(struct {
		Type string `json:"type"`
		Bank string `json:"bank"`
		*Report
	}{TypeFinished, f.Bank, Of(f)})
}
