package watch

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/quote"
)

func TestAMessageSumsUpMoreOnceItsIncidentIsReportedOrInPieces(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Record)
		want   bool
	}{
		"alone":              {func(*Record) {}, false},
		"mine":               {func(r *Record) { r.Answer = &Answer{Value: Mine} }, false},
		"not mine":           {func(r *Record) { r.Answer, r.Dispute = &Answer{Value: NotMine}, "d" }, true},
		"not yet a report":   {func(r *Record) { r.Answer = &Answer{Value: NotMine} }, false},
		"was taken back":     {func(r *Record) { r.Answer, r.Dispute = &Answer{Value: Mine}, "d" }, false},
		"in pieces":          {func(r *Record) { r.Pieces = []string{"p"} }, true},
		"a piece of another": {func(r *Record) { r.With = "lead" }, true},
		"no answer":          {func(r *Record) { r.Dispute = "d" }, false},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		if c.change(r); r.SumsUpMore() != c.want {
			t.Errorf("%s: %t", name, r.SumsUpMore())
		}
	}
}

// A record is as long as its texts, those who hear of it, and its members.
func TestWhatARecordTakesGrowsWithEachOfItsParts(t *testing.T) {
	t.Parallel()
	size := func(change func(*Record)) int {
		r := alerted("r", 100, noon, ServiceDebit)
		r.Txn, r.Descriptor, r.Notices = "", "", nil
		change(r)
		return r.bytes()
	}
	heard := func(n int) []Notice { return make([]Notice, n) }
	least := size(func(*Record) {})
	long := strings.Repeat("x", 100)
	if d := size(func(r *Record) { r.Txn = long }) - least; d != 100 {
		t.Errorf("an id of 100 bytes counts as %d", d)
	}
	if d := size(func(r *Record) { r.Txn, r.Descriptor = long, quote.Text(long) }) - least; d != 200 {
		t.Errorf("an id and a text of 100 bytes each count as %d", d)
	}
	if one, two := size(func(r *Record) { r.Notices = heard(1) })-least, size(func(r *Record) { r.Notices = heard(2) })-least; one <= 0 || two != 2*one {
		t.Errorf("one person counts as %d, two as %d", one, two)
	}
	short, longer := size(func(r *Record) { r.Notices = heard(1) }), size(func(r *Record) { r.Notices, r.Descriptor = heard(1), quote.Text(long) })
	if d := longer - short; d != 3*100 { // once for the record, and as it was and as it is for who hears of it
		t.Errorf("a text of 100 bytes that one person reads counts as %d", d)
	}
}

// The days between a row and a record are of Japan's calendar, to the day.
func TestADayOfAStatementBeginsAtMidnightInJapan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ at, want time.Time }{
		"the first moment": {time.Date(2026, 11, 27, 0, 0, 0, 0, JST), time.Date(2026, 11, 27, 0, 0, 0, 0, JST)},
		"the last one":     {time.Date(2026, 11, 27, 23, 59, 59, 999, JST), time.Date(2026, 11, 27, 0, 0, 0, 0, JST)},
		"of another zone":  {time.Date(2026, 11, 26, 15, 30, 0, 0, time.UTC), time.Date(2026, 11, 27, 0, 0, 0, 0, JST)},
	} {
		if got := midnight(c.at); !got.Equal(c.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// What is doubtful now was told of before, and what came back only now is news of
// another kind.
func TestOnlyWhatWasSaidToHaveComeBackCanBecomeDoubtful(t *testing.T) {
	t.Parallel()
	at := noon.Add(time.Hour)
	type came struct {
		yen    int64
		all    bool
		unsure bool
	}
	record := func(c came) *Record {
		r := alerted("r", 100, noon, ServiceDebit)
		if r.Returned, r.Unsure = c.yen, c.unsure; c.all {
			r.UndoneAt = at
		}
		return r
	}
	shown := func(c came) *Shown {
		s := &Shown{Amount: 100, Returned: c.yen, OccurredAt: noon, Unsure: c.unsure}
		if c.all {
			s.UndoneAt = at
		}
		return s
	}
	for name, c := range map[string]struct {
		was, is came
		want    bool
	}{
		"nothing":                            {came{}, came{}, false},
		"a part, as it was":                  {came{yen: 10}, came{yen: 10}, false},
		"a part that is doubtful now":        {came{yen: 10}, came{yen: 10, unsure: true}, true},
		"a part that is certain now":         {came{yen: 10, unsure: true}, came{yen: 10}, true},
		"all that is doubtful now":           {came{all: true}, came{all: true, unsure: true}, true},
		"nothing, and now a doubtful part":   {came{}, came{yen: 10, unsure: true}, false},
		"a doubtful part, and nothing now":   {came{yen: 10, unsure: true}, came{}, false},
		"all, as it was":                     {came{all: true}, came{all: true}, false},
		"a part, and now all of it doubtful": {came{yen: 10}, came{all: true, unsure: true}, true},
	} {
		if got := shown(c.was).Doubted(record(c.is)); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if (*Shown)(nil).Doubted(record(came{yen: 10, unsure: true})) {
		t.Error("what was never shown is doubted")
	}
}
