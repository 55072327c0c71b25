package statement

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// plain writes full-width digits and signs as ASCII.
func plain(s string) string { return strings.TrimSpace(norm.NFKC.String(s)) }

var (
	errAmount = errors.New("no amount of yen")
	errDay    = errors.New("no day")
)

// What is above these is no amount of a row, and no balance. The sum of as many
// rows as a file can have still fits.
const (
	maxYen     = 1_000_000_000_000
	maxBalance = 1_000_000_000_000_000
)

var signs = strings.NewReplacer("−", "-", "―", "-", "‐", "-", "▲", "-", "△", "-", "\\", "", "¥", "", "円", "", " ", "", "*", "")

// amount reads yen as banks write them: 1,000, \7,000, ￥100, 1,000円, △500, -500.
// An empty field, and a dash, is 0.
func amount(s string) (int64, error) {
	s = plain(s)
	empty := s == ""
	s = signs.Replace(s)
	s = strings.TrimSuffix(strings.TrimPrefix(s, "+"), ".00")
	if rest, ok := strings.CutSuffix(s, "-"); ok && rest != "" && rest[0] != '-' {
		s = "-" + rest // 1,000- is below nothing as well
	}
	if s = ungrouped(s); s == "-" || empty {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || s == "" || s[0] == '+' || n > maxBalance || n < -maxBalance {
		return 0, errAmount
	}
	return n, nil
}

// ungrouped takes out the commas of an amount, which stand before each three digits:
// with others it is no amount, but what was left of one.
func ungrouped(s string) string {
	first, rest, grouped := strings.Cut(s, ",")
	if !grouped {
		return s
	}
	if n := len(strings.TrimPrefix(first, "-")); n < 1 || n > 3 {
		return ""
	}
	for _, g := range strings.Split(rest, ",") {
		if len(g) != 3 {
			return ""
		}
		first += g
	}
	return first
}

// date is a day as a file writes it; Year is 0 if it writes none.
type date struct{ Year, Month, Day int }

func (d date) in(year int) (time.Time, bool) {
	t := time.Date(year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d.Day && int(t.Month()) == d.Month
}

// eras are the first years of those that statements are of.
var eras = []struct {
	name  string
	first int
}{{"令和", 2019}, {"令", 2019}, {"R", 2019}, {"平成", 1989}, {"平", 1989}, {"H", 1989}, {"昭和", 1926}, {"昭", 1926}, {"S", 1926}}

// day reads 2018/10/1, 2024-08-27, 20250728, 2025年7月28日, 令和6年4月15日, R06.04.15,
// 4月30日, 4/30, with or without a time or the day of the week behind.
func day(s string) (date, error) {
	s = withoutWeekday(plain(s))
	era := 0
	for _, e := range eras {
		if rest, ok := strings.CutPrefix(s, e.name); ok {
			era, s = e.first, strings.Replace(rest, "元年", "1年", 1)
			break
		}
	}
	if i := strings.IndexAny(s, " T"); i > 0 {
		s = s[:i]
	}
	if digits := strings.Trim(s, "0123456789"); digits == "" {
		switch len(s) {
		case 8:
			s = s[:4] + "/" + s[4:6] + "/" + s[6:]
		case 6:
			if era == 0 {
				return date{}, errDay // which of several writings it is cannot be told
			}
			s = s[:2] + "/" + s[2:4] + "/" + s[4:]
		}
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/-.年月日", r) })
	var n []int
	for _, p := range parts {
		v, err := strconv.Atoi(strings.TrimSpace(p))
		if err != nil {
			return date{}, errDay
		}
		n = append(n, v)
	}
	var d date
	switch {
	case len(n) == 3:
		d = date{n[0], n[1], n[2]}
		if era > 0 {
			d.Year += era - 1
		}
	case len(n) == 2 && era == 0:
		d = date{0, n[0], n[1]}
	default:
		return date{}, errDay
	}
	year := d.Year
	if year == 0 {
		year = 2000 // a leap year
	}
	if _, ok := d.in(year); !ok || d.Year != 0 && (d.Year < 1980 || d.Year > 2200) {
		return date{}, errDay
	}
	return d, nil
}

// withoutWeekday takes out (火), or (火・祝).
func withoutWeekday(s string) string {
	before, rest, open := strings.Cut(s, "(")
	within, after, closed := strings.Cut(rest, ")")
	if !open || !closed || within == "" || strings.Trim(within, "月火水木金土日曜・祝") != "" {
		return s
	}
	return before + " " + strings.TrimSpace(after)
}

// unordered is how many days a row may stand before or behind its place.
const unordered = 10

// years gives days without a year the last one that the order of the rows and
// now allow. The rows go from the old to the new or back.
func years(days []date, now time.Time) []time.Time {
	out := make([]time.Time, len(days))
	turns := func(order []int) int { // how often the year changes
		n := 0
		for k := 1; k < len(order); k++ {
			a, b := days[order[k-1]], days[order[k]]
			if a.Month*100+a.Day < b.Month*100+b.Day {
				n++
			}
		}
		return n
	}
	back, forth := make([]int, len(days)), make([]int, len(days)) // from the newest, by either order
	for i := range days {
		forth[i], back[i] = i, len(days)-1-i
	}
	order := back
	if turns(forth) < turns(back) {
		order = forth
	}
	now = today(now)
	last := now
	for _, i := range order {
		d := days[i]
		if d.Year != 0 {
			out[i], _ = d.in(d.Year)
			last = out[i]
			continue
		}
		// Rows next to each other may stand in another order by some days.
		for y := last.Year() + 1; ; y-- {
			if t, ok := d.in(y); ok && !t.After(last.AddDate(0, 0, unordered)) && !t.After(now) {
				out[i], last = t, t
				break
			}
		}
	}
	return out
}

// today is the day in Japan, as days are kept here: midnight in UTC.
func today(now time.Time) time.Time {
	y, m, d := now.UTC().Add(9 * time.Hour).Date() // there is no summer time
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// zenginDay reads YYMMDD in years of the era: the last such day that is not after
// now. The files do not say which era it is.
func zenginDay(s string, now time.Time) (time.Time, error) {
	if len(s) != 6 || strings.Trim(s, "0123456789") != "" {
		return time.Time{}, errDay
	}
	yy, _ := strconv.Atoi(s[:2])
	mm, _ := strconv.Atoi(s[2:4])
	dd, _ := strconv.Atoi(s[4:])
	d := date{0, mm, dd}
	for _, first := range []int{2019, 1989} {
		if t, ok := d.in(first + yy - 1); ok && !t.After(today(now).AddDate(0, 1, 0)) {
			return t, nil
		}
	}
	return time.Time{}, errDay
}

// Day reads a day as statements write it; one without a year is the last that is
// not after now. It is midnight UTC of the day in Japan.
func Day(s string, now time.Time) (time.Time, bool) {
	d, err := day(s)
	if err != nil {
		return time.Time{}, false
	}
	return years([]date{d}, now)[0], true
}

// Yen reads an amount as statements write it.
func Yen(s string) (int64, bool) {
	n, err := amount(s)
	return n, err == nil
}
