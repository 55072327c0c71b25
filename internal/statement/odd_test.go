package statement

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// taken apart is a file as its lines above the rows, its rows, and what is below.
func takenApart(text string) (above, rows, below []string, comma byte) {
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(strings.TrimPrefix(text, "\uFEFF"), "\r\n", "\n"), "\n"), "\n")
	t := &table{Statement: &Statement{}}
	head := t.header(lines)
	above, rows = lines[:head+1], lines[head+1:]
	for len(rows) > 3 {
		below, rows = append(below, rows[len(rows)-1]), rows[:len(rows)-1]
	}
	return above, rows, below, t.comma
}

// each changes the fields of lines.
func each(lines []string, comma byte, f func(field string) string) (out []string) {
	for _, l := range lines {
		fields, _ := split(l, comma)
		for i := range fields {
			fields[i] = f(fields[i])
		}
		out = append(out, strings.Join(fields, string(comma)))
	}
	return out
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// wideDigits writes digits as some banks print them.
func wideDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

// odd are the ways in which a file of the same rows may look otherwise, by name.
var odd = map[string]func(above, rows, below []string, comma byte) string{
	"as it is":                  func(a, r, b []string, _ byte) string { return strings.Join(slices.Concat(a, r, b), "\n") + "\n" },
	"no end of the last line":   func(a, r, b []string, _ byte) string { return strings.Join(slices.Concat(a, r, b), "\n") },
	"ends of lines of Windows":  func(a, r, b []string, _ byte) string { return strings.Join(slices.Concat(a, r, b), "\r\n") + "\r\n" },
	"ends of lines of long ago": func(a, r, b []string, _ byte) string { return strings.Join(slices.Concat(a, r, b), "\r") + "\r\x1A" },
	"empty lines": func(a, r, b []string, c byte) string {
		return strings.Join(slices.Concat(a, []string{""}, r[:1], []string{"", strings.Repeat(string(c), 4)}, r[1:], []string{"", ""}, b), "\n")
	},
	"all in quotation marks": func(a, r, b []string, c byte) string {
		last := len(a) - 1
		return strings.Join(slices.Concat(a[:last], each(a[last:], c, quote), each(r, c, quote), b), "\n")
	},
	"the newest first, or last": func(a, r, b []string, _ byte) string {
		r = slices.Clone(r)
		slices.Reverse(r)
		return strings.Join(slices.Concat(a, r, b), "\n")
	},
	"lines above": func(a, r, b []string, _ byte) string {
		return strings.Join(slices.Concat([]string{"入出金明細照会", "照会日時：2026年11月29日 10時00分", "お客様名,マツモト　ハナコ様", ""}, a, r, b), "\n")
	},
	"spaces around": func(a, r, b []string, c byte) string {
		return strings.Join(slices.Concat(a, each(r, c, func(s string) string { return quote(" " + s + "　") }), b), "\n")
	},
	"full-width digits": func(a, r, b []string, c byte) string {
		return strings.Join(slices.Concat(a, each(r, c, func(s string) string { return quote(wideDigits(s)) }), b), "\n")
	},
	"the names of the columns again, as on a new page": func(a, r, b []string, _ byte) string {
		return strings.Join(slices.Concat(a, r[:2], a[len(a)-1:], r[2:], b), "\n")
	},
	"notes below": func(a, r, b []string, _ byte) string {
		return strings.Join(slices.Concat(a, r, b, []string{"", "※明細は最長で過去2年分です。", "以上"}), "\n")
	},
}

// What a file tells does not hang on how it is written: each layout, each oddity,
// each writing.
func TestTheOdditiesOfEachLayoutChangeNothing(t *testing.T) {
	t.Parallel()
	for whose, text := range files {
		if whose == "ＪＡバンク" {
			text = ja()
		}
		above, rows, below, comma := takenApart(text)
		var want []string
		for name, write := range odd {
			for charset, in := range charsets {
				data := in(write(above, rows, below, comma))
				if len(data) == 0 {
					continue // it cannot be written so
				}
				s, err := Read(data, now)
				if err != nil || len(s.Unread)+len(s.Misfits) > 0 {
					t.Errorf("%s, %s, in %s: %v %+v", whose, name, charset, err, s)
					continue
				}
				var got []string
				for _, r := range s.Rows {
					got = append(got, fmt.Sprintf("%s -%d +%d %d %s", r.Day.Format(time.DateOnly), r.Out, r.In, *r.Balance, strings.TrimSpace(r.Text+" "+r.Detail)))
				}
				slices.Sort(got)
				for i := range got { // those of the text stay as they are
					got[i] = plainDigits(got[i])
				}
				if want == nil {
					want = got
				}
				if diff := cmp.Diff(want, got); diff != "" || len(got) != 3 {
					t.Errorf("%s, %s, in %s: %s", whose, name, charset, diff)
				}
			}
		}
	}
}

func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

// Where a year is left out it is that of the latest such day that is over or is today in
// Japan, whatever the hour is elsewhere.
func TestADayWithoutAYearIsByTheClockOfJapan(t *testing.T) {
	t.Parallel()
	japan := time.FixedZone("JST", 9*60*60)
	for hour := range 24 {
		for _, day := range []time.Time{time.Date(2027, 1, 1, hour, 30, 0, 0, japan), time.Date(2026, 12, 31, hour, 30, 0, 0, japan), time.Date(2028, 2, 29, hour, 30, 0, 0, japan)} {
			for _, at := range []time.Time{day, day.UTC(), day.In(time.FixedZone("", -11*60*60))} {
				s, err := Read(fmt.Appendf(nil, "日付,摘要,お引出金額,残高\n%d/%d,PAYPAY,100,1000\n", day.Month(), day.Day()), at)
				if err != nil || len(s.Rows) != 1 || s.Rows[0].Day.Format(time.DateOnly) != day.Format(time.DateOnly) {
					t.Fatalf("at %v: %v %+v", at, err, s)
				}
			}
		}
	}
}

// A row of a day that has not come is reported, and what is booked for the next day that
// banks are open is read.
func TestARowOfTheFutureIsReported(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)
	file := "取引日,摘要,出金金額,入金金額,残高\n2026/11/30,PAYPAY,100,,900\n2026/12/04,PAYPAY,100,,800\n2026/12/08,PAYPAY,100,,700\n2099/01/01,PAYPAY,100,,600\n"
	s, err := Read([]byte(file), at)
	if err != nil || len(s.Rows) != 2 || len(s.Unread) != 2 || s.Unread[0] != (Problem{4, "date", "it lies in the future"}) || s.Unread[1].Line != 5 || len(s.Misfits) != 0 {
		t.Errorf("%v %+v", err, s)
	}
	camt := message("053", 8, entry(8, "28000", "DBIT", "BOOK", "<Dt>2026-11-30</Dt>", "")+entry(8, "28000", "DBIT", "BOOK", "<Dt>2099-01-01</Dt>", ""))
	if s, err := Read([]byte(camt), at); err != nil || len(s.Rows) != 1 || len(s.Unread) != 1 || s.Unread[0].Reason != "it lies in the future" {
		t.Errorf("%v %+v", err, s)
	}
}
