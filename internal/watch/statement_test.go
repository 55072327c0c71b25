package watch

import (
	"strings"
	"testing"
	"time"
)

// A row of a statement is on record if a file gave it before, with its balance or
// without, or if the bank told of it: on its day, or at most three days before.
func TestWhichRecordStandsForARowOfAStatement(t *testing.T) {
	k := AccountKey{Bank: "0125", Ref: "a"}
	a := &Account{AccountKey: k}
	day := func(n int) time.Time { return time.Date(2026, 10, 5, 0, 0, 0, 0, JST).AddDate(0, 0, n) }
	row := func(change func(*StatementRow)) StatementRow {
		r := StatementRow{Day: day(0), Yen: 5000, Text: "ﾄﾞｺﾓ  ｺｳｻﾞ", Balance: "95000"}
		if change != nil {
			change(&r)
		}
		return r
	}
	of := func(change func(*StatementRow)) *Record {
		r := row(change)
		return r.Record(a, "docomo", Seen, "", "", noon)
	}
	bare, balance := func(r *StatementRow) { r.Balance = "" }, func(r *StatementRow) { r.Balance = "90000" }
	bank := func(days int, hour int, change func(*Record)) *Record {
		r := alerted("bank", 5000, day(days).Add(time.Duration(hour)*time.Hour), ServiceDebit)
		if change != nil {
			change(r)
		}
		return r
	}
	for name, c := range map[string]struct {
		row    StatementRow
		record *Record
		want   bool
	}{
		"the same row":                              {row(nil), of(nil), true},
		"spaces are not told apart":                 {row(func(r *StatementRow) { r.Text = " ﾄﾞｺﾓ ｺｳｻﾞ" }), of(nil), true},
		"another day":                               {row(nil), of(func(r *StatementRow) { r.Day = day(1) }), false},
		"another amount":                            {row(nil), of(func(r *StatementRow) { r.Yen++ }), false},
		"another text":                              {row(nil), of(func(r *StatementRow) { r.Text += "ｱ" }), false},
		"another balance":                           {row(nil), of(balance), false},
		"a file without balances, then with":        {row(nil), of(bare), true},
		"a file with balances, then without":        {row(bare), of(nil), true},
		"the second of two, without balances":       {row(func(r *StatementRow) { r.Balance, r.Nth = "", 1 }), of(bare), false},
		"with, where the other is the second":       {row(nil), of(func(r *StatementRow) { r.Balance, r.Nth = "", 1 }), true},
		"with, where the other is the last kept":    {row(nil), of(func(r *StatementRow) { r.Balance, r.Nth = "", MaxMembers-1 }), true},
		"the bank's, that day":                      {row(nil), bank(0, 14, nil), true},
		"the bank's, as the day begins":             {row(nil), bank(0, 0, nil), true},
		"the bank's, as the day ends":               {row(nil), bank(0, 23, nil), true},
		"the bank's, a day before":                  {row(nil), bank(-1, 14, nil), true},
		"the bank's, three days before":             {row(nil), bank(-3, 0, nil), true},
		"the bank's, four days before":              {row(nil), bank(-4, 23, nil), false},
		"the bank's, a day after":                   {row(nil), bank(1, 0, nil), false},
		"the bank's, of another amount":             {row(nil), bank(0, 14, func(r *Record) { r.Amount++ }), false},
		"the bank's, of another service":            {row(nil), bank(0, 14, func(r *Record) { r.Service = "paypay" }), false},
		"the bank's, of which the debit is to come": {row(nil), bank(0, 14, func(r *Record) { r.Complete = false }), false},
		"the bank's link":                           {row(nil), bank(0, 14, func(r *Record) { r.Kind = LinkRegistered }), false},
	} {
		got := OnRecord(k, []StatementRow{c.row}, []string{"docomo"}, []*Record{c.record})
		if (got[0] == c.record) != c.want {
			t.Errorf("%s: on record %v, want %v", name, got[0] != nil, c.want)
		}
	}
	// The nearest day first, whatever the order, and each stands for one row.
	near, far := bank(0, 9, nil), bank(-1, 9, nil)
	far.ID = "far"
	rows := []StatementRow{row(nil), row(balance), row(bare)}
	got := OnRecord(k, rows, []string{"docomo", "docomo", "docomo"}, []*Record{far, near})
	if got[0] != near || got[1] != far || got[2] != nil {
		t.Errorf("three rows of two debits: %v", got)
	}
	// Of what a text is kept, so much is compared.
	long := row(func(r *StatementRow) { r.Text = strings.Repeat("ア", maxRowText) })
	longer := row(func(r *StatementRow) { r.Text = strings.Repeat("ア", maxRowText+1) })
	if long.ID(k) != longer.ID(k) || longer.Record(a, "docomo", Seen, "", "", noon).Descriptor.Raw() != long.Text {
		t.Error("a text that is cut is another row")
	}
}
