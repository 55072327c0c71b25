// Package statement reads what people and banks have of an account's past: the
// files that banks let their customers download, and the one that they send to
// firms. It is pure; each row of a file is read or reported, and nothing of it
// is kept. What a row is a debit of is the catalogue's to say.
package statement

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Row is a row of a statement. One of Out and In is not 0.
type Row struct {
	Line    int       // of the file, from 1
	Account string    // as the file calls it; empty where it does not
	Day     time.Time // midnight UTC of the day in Japan
	Out, In int64     // yen
	Balance *int64    // yen, behind the row; nil where the file has none
	Text    string    // 摘要
	Detail  string    // 摘要内容, where it stands apart
	// Collector is the 委託者コード of who took the money, where the file says so.
	Collector string
	Pending   bool // not booked yet: it may come again as booked, or not at all
}

// Problem is why a row was not read, or what does not fit together.
type Problem struct {
	Line   int    `json:"line"`
	Field  string `json:"field"` // as the file calls it
	Reason string `json:"reason"`
}

func (p Problem) String() string { return fmt.Sprintf("line %d, %s: %s", p.Line, p.Field, p.Reason) }

// Statement is a file as it was read.
type Statement struct {
	Charset string
	Layout  string // whose, or by what it was told
	// Known says that the layout is one that was seen in a real file or in two
	// sources that do not depend on each other. Others are read by the names of
	// their columns.
	Known bool
	Rows  []Row
	// Skipped are lines below the names of the columns that are no debit and no
	// credit: what was carried over, notes, another page's names of columns.
	Skipped []Problem
	// Unread are the rows that could not be read.
	Unread []Problem
	// Misfits are places where the balances, or the totals at the end, do not fit
	// the rows: something is missing there, or more than once.
	Misfits []Problem
}

// MaxFile is how large a file may be, in bytes.
const MaxFile = 64 << 20

// ErrEmpty says that there is nothing in a file.
var ErrEmpty = errors.New("it is empty")

// Read reads a file. Days without a year are the last ones that are not after
// now. An error says that it is no statement, and what would be.
func Read(data []byte, now time.Time) (*Statement, error) {
	switch {
	case len(data) > MaxFile:
		return nil, fmt.Errorf("it is larger than %d MB", MaxFile>>20)
	case len(data) == 0:
		return nil, ErrEmpty
	}
	if length := zenginLength(data); length > 0 {
		return readZengin(data, length, now), nil
	}
	text, charset, err := decode(data)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimLeft(text, " \n\t\uFEFF"), "<") {
		s, err := readCamt(text, charset)
		s.ahead(now)
		return s, err
	}
	s, err := readCSV(text, charset, now)
	if err != nil {
		return nil, err
	}
	s.balances()
	s.ahead(now)
	return s, nil
}

// maxAhead is how many days a row may lie ahead: what is booked while banks are closed
// has the day on which they open.
const maxAhead = 7

// ahead reports the rows of days that have not come. Of 全銀 such a day is one of an
// earlier era.
func (s *Statement) ahead(now time.Time) {
	if s == nil {
		return
	}
	last := today(now).AddDate(0, 0, maxAhead)
	s.Rows = slices.DeleteFunc(s.Rows, func(r Row) bool {
		if !r.Day.After(last) {
			return false
		}
		s.Unread = append(s.Unread, Problem{r.Line, "date", "it lies in the future"})
		return true
	})
}

// balances looks whether each balance of an account follows from the one before
// it, whichever end of the file is the older.
func (s *Statement) balances() {
	last := map[string]int{} // by account, the row before
	type pair struct{ older, newer []Problem }
	misfits := map[string]*pair{} // if the row above is the older, or the newer
	var accounts []string
	for i := range s.Rows {
		b := &s.Rows[i]
		k, seen := last[b.Account]
		last[b.Account] = i
		if !seen {
			misfits[b.Account], accounts = &pair{}, append(accounts, b.Account)
			continue
		}
		a := &s.Rows[k]
		if a.Balance == nil || b.Balance == nil {
			continue
		}
		reason := func(before, after int64) string {
			return fmt.Sprintf("the balance is %d yen, and by the rows next to it %d", after, before)
		}
		m := misfits[b.Account]
		if want := *a.Balance + b.In - b.Out; want != *b.Balance {
			m.older = append(m.older, Problem{b.Line, "balance", reason(want, *b.Balance)})
		}
		if want := *b.Balance + a.In - a.Out; want != *a.Balance {
			m.newer = append(m.newer, Problem{a.Line, "balance", reason(want, *a.Balance)})
		}
	}
	for _, a := range accounts {
		m := misfits[a]
		if len(m.newer) < len(m.older) {
			m.older = m.newer
		}
		s.Misfits = append(s.Misfits, m.older...)
	}
}

// Span is the first and the last day of the rows; zero times if there are none.
func (s *Statement) Span() (first, last time.Time) {
	for _, r := range s.Rows {
		if first.IsZero() || r.Day.Before(first) {
			first = r.Day
		}
		if r.Day.After(last) {
			last = r.Day
		}
	}
	return first, last
}

// Key is what a row is known by: twice the same file, or files that overlap,
// hold the same rows. Rows of a file that are alike are told apart by their
// number among these.
type Key struct {
	Account string
	Day     time.Time
	Out, In int64
	Text    string
	Balance int64
	Known   bool // of the balance
	Nth     int
}

// Key is what a row is known by, as if there were no other like it.
func (r *Row) Key() Key {
	k := Key{Account: r.Account, Day: r.Day, Out: r.Out, In: r.In, Text: strings.Join(strings.Fields(r.Text+" "+r.Detail), " ")}
	if r.Balance != nil {
		k.Balance, k.Known = *r.Balance, true
	}
	return k
}

// Keys are the keys of the rows, in their order.
func (s *Statement) Keys() []Key {
	out := make([]Key, len(s.Rows))
	seen := make(map[Key]int, len(s.Rows))
	for i := range s.Rows {
		k := s.Rows[i].Key()
		n := seen[k]
		seen[k]++
		k.Nth = n
		out[i] = k
	}
	return out
}
