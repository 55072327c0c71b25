package lookback

import (
	"time"

	"kozamori/internal/statement"
)

// Brief is what came of one file, without its rows and without the texts of any.
type Brief struct {
	Fault    string    `json:"fault,omitempty"` // why it was not read; the rest is empty then
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	Rows     int       `json:"rows"`
	Unread   int       `json:"unread,omitempty"`  // rows that could not be read
	Misfits  int       `json:"misfits,omitempty"` // places at which rows may be missing
	Services []Sum     `json:"services,omitempty"`
}

// BriefOf looks through a file of an account's bank; empty if it is not known.
func BriefOf(bank string, s *statement.Statement) *Brief {
	l := Looker{Bank: bank}
	l.Add("", s)
	r := l.Report()
	return &Brief{First: r.First, Last: r.Last, Rows: r.Rows, Unread: len(s.Unread), Misfits: len(s.Misfits), Services: r.Services}
}
