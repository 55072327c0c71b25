package lookback_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/lookback"
	"kozamori/internal/statement"
	"kozamori/internal/watch"
)

var now = time.Date(2020, 10, 1, 0, 0, 0, 0, time.UTC)

func read(t *testing.T, rows string) *statement.Statement {
	t.Helper()
	s, err := statement.Read([]byte("取引日,摘要,出金金額,入金金額,残高\n"+rows), now)
	if err != nil || len(s.Unread) > 0 {
		t.Fatal(err, s)
	}
	return s
}

const year = `2019/10/5,ﾄﾞｺﾓｺｳｻﾞ,30000,,
2019/10/5,ﾄﾞｺﾓｺｳｻﾞ,30000,,
2019/10/20,ﾃﾞﾝｷ,8000,,
2019/11/25,給料,,200000,
2019/12/1,PAYPAY,4000,,
2020/2/3,PAYPAYｶｰﾄﾞ,50000,,
2020/9/1,ﾄﾞｺﾓｺｳｻﾞ,40000,,
2020/9/2,返金 ﾄﾞｺﾓｺｳｻﾞ,,40000,
`

func TestWhatServicesTookIsToldByService(t *testing.T) {
	t.Parallel()
	l := lookback.Looker{Bank: "0125"}
	l.Add("a.csv", read(t, year))
	r := l.Report()
	if r.Rows != 8 || r.Total() != 104_000 || !r.First.Equal(time.Date(2019, 10, 5, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%d rows, %d yen, since %v", r.Rows, r.Total(), r.First)
	}
	if len(r.Services) != 2 {
		t.Fatalf("%+v", r.Services)
	}
	d := r.Services[0]
	if d.Service != "docomo" || d.Count != 3 || d.Total != 100_000 || d.Largest != 40_000 || d.Months["2019-10"] != 60_000 || d.Doubtful != 0 {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff([]string{"2020-01", "2020-03", "2020-04", "2020-05", "2020-06", "2020-07", "2020-08"}, r.Gaps); diff != "" {
		t.Error(diff)
	}
}

// Whatever files hold the rows, and in whatever order they come.
func TestRowsOfFilesThatOverlapCountOnce(t *testing.T) {
	t.Parallel()
	whole := lookback.Looker{Bank: "0125"}
	whole.Add("a", read(t, year))
	want := whole.Report()
	for name, files := range map[string][]string{"twice the same": {year, year}, "halves": {year[:90], year}, "half last": {year, "2019/10/5,ﾄﾞｺﾓｺｳｻﾞ,30000,,\n2019/10/5,ﾄﾞｺﾓｺｳｻﾞ,30000,,\n"}} {
		l := lookback.Looker{Bank: "0125"}
		for _, f := range files {
			s, err := statement.Read([]byte("取引日,摘要,出金金額,入金金額,残高\n"+f), now)
			if err != nil {
				t.Fatal(err)
			}
			l.Add("f", s)
		}
		if got := l.Report(); got.Total() != want.Total() || got.Rows != want.Rows || got.Again == 0 {
			t.Errorf("%s: %d yen in %d rows, %d again", name, got.Total(), got.Rows, got.Again)
		}
	}
}

func TestUntilWhenALossCanBeClaimed(t *testing.T) {
	t.Parallel()
	s := &lookback.Sum{Service: "kyash", Last: time.Date(2020, 9, 25, 0, 0, 0, 0, time.UTC)}
	claims := lookback.Claims(s, now)
	if len(claims) != 1 || claims[0].Over || claims[0].Until.Format(time.DateOnly) != "2020-10-05" {
		t.Errorf("%+v", claims)
	}
	s.Last = s.Last.AddDate(0, -1, 0)
	if claims = lookback.Claims(s, now); !claims[0].Over {
		t.Errorf("%+v", claims)
	}
	if claims = lookback.Claims(&lookback.Sum{Service: "nothing"}, now); claims != nil {
		t.Errorf("%+v", claims)
	}
}

func TestWhatIsPendingAndThenBookedCountsOnce(t *testing.T) {
	t.Parallel()
	at := func(day int, pending bool, text string) statement.Row {
		return statement.Row{Day: time.Date(2020, 9, day, 0, 0, 0, 0, time.UTC), Out: 3000, Text: text, Pending: pending}
	}
	l := lookback.Looker{}
	l.Add("a", &statement.Statement{Rows: []statement.Row{at(1, true, "PAYPAY"), at(1, true, "PAYPAY"), at(1, true, "ﾄﾞｺﾓｺｳｻﾞ"), at(20, true, "PAYPAY")}})
	l.Add("b", &statement.Statement{Rows: []statement.Row{at(3, false, "PAYPAY"), at(3, false, "PAYPAY")}})
	r := l.Report()
	if r.Total() != 12000 || len(r.Debits) != 4 {
		t.Errorf("%d yen, %+v", r.Total(), r.Debits)
	}
}

// The last day of a claim ends at midnight in Japan, whatever the hour is elsewhere.
func TestAClaimEndsWithItsDayInJapan(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC) // as a statement's day
	for hour := range 24 * 130 {
		now := time.Date(2026, 10, 1, 0, 0, 0, 0, watch.JST).Add(time.Duration(hour) * time.Hour)
		for _, c := range lookback.Claims(&lookback.Sum{Service: "paypay", Last: last}, now) {
			from := last
			if c.Since == "notice" {
				from = now.In(watch.JST)
			}
			until := time.Date(from.Year(), from.Month(), from.Day()+c.Days, 0, 0, 0, 0, watch.JST)
			if !c.Until.Equal(until) || c.Over != (until.Format(time.DateOnly) < now.Format(time.DateOnly)) {
				t.Fatalf("at %v: %+v", now, c)
			}
		}
	}
}
