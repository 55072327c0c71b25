package store

import (
	"context"
	"iter"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
)

var lessons = codec.For[Lessons]("lessons")

// KeepLessons is how long what was counted in a month is kept, from its first
// day on.
const KeepLessons = 130 * 24 * time.Hour

// Lessons are what one process counted of a bank's debits in a month. Package
// lesson says what they mean.
type Lessons struct {
	Bank    string   `json:"bank"`
	Month   string   `json:"month"` // 2026-11
	Process string   `json:"process"`
	Counted []Lesson `json:"counted"`

	Unknown jsontext.Value `json:",embed"`
}

// Lesson counts the debits of one form.
type Lesson struct {
	Kind    string `json:"kind"`
	Form    string `json:"form"`
	Service string `json:"service,omitempty"`
	Debits  int    `json:"debits,omitempty"`
	Mine    int    `json:"mine,omitempty"`
	NotMine int    `json:"not_mine,omitempty"`
	// Other counts the answers "mine" that said that it was what else the
	// catalogue thought it might be, such as a card's bill.
	Other int `json:"other,omitempty"`
	// Accounts has a bit for each account, at a place that several share.
	Accounts []byte `json:"accounts,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

func lessonPK(bank string) string { return "LESSONS#" + bank }

// PutLessons writes all that a process has counted of a bank in a month, in
// place of what it wrote before.
func PutLessons(l *Lessons) Write {
	it := Item{Key: Key{lessonPK(l.Bank), l.Month + "." + l.Process}, Body: lessons.Encode(l)}
	if month, err := time.Parse("2006-01", l.Month); err == nil {
		it.Expires = until(month, KeepLessons)
	}
	return Write{Item: it, If: Any}
}

// Lessons are what all processes have counted of a bank.
func (s *Store) Lessons(ctx context.Context, bank string) iter.Seq2[*Lessons, error] {
	return all(ctx, s, Query{PK: lessonPK(bank)}, as(under(lessonPK(bank), ""), lessons, nil))
}
