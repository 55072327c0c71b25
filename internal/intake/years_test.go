package intake_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"kozamori/internal/intake"
	"kozamori/internal/statement"
)

// A bank that writes years of our calendar (26) where 全銀 has those of the era (08) is
// told so: its debits of last night are not taken for ones of twelve years ago.
func TestAYearThatIsNotOfTheEraIsRefused(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile("../../infra/agent/sample/zengin-1126-1127.txt")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name          string
		data          []byte
		rows, refused int
	}{
		{"of the era", good, 4, 0},
		{"of our calendar", bytes.ReplaceAll(good, []byte("0811"), []byte("2611")), 0, 4},
		{"one row of our calendar", bytes.Replace(good, []byte("0000001081126081126"), []byte("0000001261126261126"), 1), 3, 1},
	} {
		if c.refused == 1 && bytes.Equal(c.data, good) {
			t.Fatal("the sample is another one")
		}
		f, err := intake.Open(bytes.NewReader(c.data))
		if err != nil {
			t.Fatal(err)
		}
		rows, misfits := 0, 0
		var refused []intake.Problem
		s := intake.Sink{
			Row:     func(*intake.Row) error { rows++; return nil },
			Refused: func(p intake.Problem) { refused = append(refused, p) }, Misfit: func(statement.Problem, bool) { misfits++ },
			Skipped: func() {}, Days: func(time.Time, time.Time) {}, Layout: func(string, bool) {},
		}
		if err := s.Read(f, now); err != nil || rows != c.rows || len(refused) != c.refused || misfits > 0 {
			t.Errorf("%s: %d rows, %d misfits, %+v, %v", c.name, rows, misfits, refused, err)
		}
		for _, p := range refused {
			if p.Line == 0 || p.Field != "勘定日" || !strings.Contains(p.Reason, "2014") {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
	}
}
