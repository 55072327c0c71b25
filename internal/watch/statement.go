package watch

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/quote"
)

// StatementRow is a debit of a statement that an owner gave us. Its bank has told
// us nothing of it, so it has no transaction id.
type StatementRow struct {
	Day     time.Time // the first moment of it in Japan
	Yen     int64
	Text    string // as the statement has it
	Balance string // in yen, after the debit; empty if the statement has none
	Nth     int    // among rows that are alike in all else, from 0
}

// maxRowText is how many characters of a row's text are kept, as of a bank's event.
const maxRowText = 255

// ID is the id of the row's record. A file that is given twice, and files that
// overlap, have the same rows.
func (s *StatementRow) ID(k AccountKey) string {
	return Derive("statement", k.Bank, k.Ref, s.Day.In(JST).Format(time.DateOnly), strconv.FormatInt(s.Yen, 10), s.text(), s.Balance, strconv.Itoa(s.Nth))
}

func (s *StatementRow) text() string {
	rs := []rune(strings.Join(strings.Fields(s.Text), " "))
	return string(rs[:min(len(rs), maxRowText)])
}

// Record makes the record of a row that the catalogue recognised. It is history
// from the beginning.
func (s *StatementRow) Record(a *Account, service string, c Confidence, other, edition string, now time.Time) *Record {
	id := s.ID(a.AccountKey)
	r := NewRecord(id, a.AccountKey, Entry{Event: id, Kind: Debit, Status: Posted, At: s.Day.UTC(), ReceivedAt: now, Amount: s.Yen,
		Descriptor: quote.Text(s.text()), Service: service, Confidence: c, Other: other, DateOnly: true})
	r.Mask, r.RecordedAt, r.Past, r.Edition = a.Mask, now, true, edition
	return r
}

// OfStatement tells that a record stands for a row of a statement.
func (r *Record) OfStatement() bool { return r.Kind == Debit && r.Txn == "" }

// bookedWithin is how many days the day of a booking may be apart from that of the
// debit.
const bookedWithin = 3

// OnRecord finds, for each row of statements of an account, the record that stands
// for it already; nil if none does. records are those of the account around the
// days of the rows, and services what the catalogue takes each row for. A record
// stands for one row at most.
func OnRecord(k AccountKey, rows []StatementRow, services []string, records []*Record) []*Record {
	out, taken := make([]*Record, len(rows)), map[string]bool{}
	byID := map[string]*Record{}
	for _, r := range records {
		byID[r.ID] = r
	}
	find := func(is func(row *StatementRow, service string) *Record) {
		for i := range rows {
			if out[i] != nil {
				continue
			}
			if r := is(&rows[i], services[i]); r != nil && !taken[r.ID] {
				out[i], taken[r.ID] = r, true
			}
		}
	}
	find(func(row *StatementRow, _ string) *Record { return byID[row.ID(k)] })
	// The same row of a file of another kind, which has no balances, or has them.
	find(func(row *StatementRow, _ string) *Record {
		bare := *row
		bare.Balance = ""
		without := map[string]bool{}
		for bare.Nth = range MaxMembers {
			without[bare.ID(k)] = true
		}
		i := slices.IndexFunc(records, func(r *Record) bool {
			return !taken[r.ID] && r.OfStatement() && r.Amount == row.Yen && r.Descriptor.Raw() == row.text() && r.OccurredAt.Equal(row.Day) &&
				without[r.ID] == (row.Balance != "")
		})
		if i < 0 {
			return nil
		}
		return records[i]
	})
	// What the bank itself has told of, on its own day or on that of the booking.
	for apart := range bookedWithin + 1 {
		find(func(row *StatementRow, service string) *Record {
			i := slices.IndexFunc(records, func(r *Record) bool {
				days := row.Day.Sub(midnight(r.OccurredAt)).Hours() / 24
				return !taken[r.ID] && !r.OfStatement() && r.Kind == Debit && r.Complete && r.Amount == row.Yen && r.Service == service && int(days) == apart
			})
			if i < 0 {
				return nil
			}
			return records[i]
		})
	}
	return out
}

// midnight is the first moment of a time's day in Japan.
func midnight(t time.Time) time.Time {
	y, m, d := t.In(JST).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, JST)
}
