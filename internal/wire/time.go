package wire

import (
	"time"

	"kozamori/internal/watch"
)

// Earliest is the first year that a bank may name.
const Earliest = 2000

func readTime(e *watch.Event, s string) *watch.FieldError {
	at, leaps, ok := parseTime(s)
	if !ok || leaps && !leapSecond(at) {
		return watch.Wrong("occurred_at", watch.CodeTime, "must be an RFC 3339 time with a zone, 2006-01-02T15:04:05+09:00")
	}
	if at.Year() < Earliest {
		return watch.Wrong("occurred_at", watch.CodeRange, "is before the year %d", Earliest)
	}
	e.OccurredAt, e.DateOnly = at.Truncate(time.Millisecond), false // as a record keeps it
	return nil
}

// lenientTime reads what doors have taken before they read times as they do.
func lenientTime(e *watch.Event, s string) bool {
	at, _, ok := parseTime(s)
	if !ok {
		var err error
		at, err = time.Parse(time.RFC3339, s)
		ok = err == nil
	}
	e.OccurredAt = at.Truncate(time.Millisecond)
	return ok
}

// leapSecond tells whether the minute before a time may have had a second 60:
// RFC 3339 has one at the end of a month in UTC and nowhere else. Which months
// really had one is decided half a year ahead.
func leapSecond(after time.Time) bool {
	after = after.UTC().Truncate(time.Second)
	return after.Day() == 1 && after.Hour() == 0 && after.Minute() == 0 && after.Second() == 0
}

func readDate(e *watch.Event, s string) *watch.FieldError {
	y, m, d, ok := parseDate(s)
	if !ok || len(s) != len(time.DateOnly) {
		return watch.Wrong("occurred_on", watch.CodeTime, "must be a day of the calendar, 2006-01-02")
	}
	if y < Earliest {
		return watch.Wrong("occurred_on", watch.CodeRange, "is before the year %d", Earliest)
	}
	e.OccurredAt, e.DateOnly = time.Date(y, time.Month(m), d, 0, 0, 0, 0, watch.JST), true
	return nil
}

// parseTime reads a time of RFC 3339 and nothing else: time.Parse also takes a
// comma before the fraction, hours of one digit and zones of a day and more,
// and refuses the letters in lower case and the second 60, which is read as the
// beginning of the next minute; leaps tells of it.
func parseTime(s string) (at time.Time, leaps, ok bool) {
	y, m, d, ok := parseDate(s)
	if !ok || len(s) < len("2006-01-02T15:04:05Z") || s[10]|0x20 != 't' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false, false
	}
	h, min, sec := pair(s[11:]), pair(s[14:]), pair(s[17:])
	if h < 0 || h > 23 || min < 0 || min > 59 || sec < 0 || sec > 60 {
		return time.Time{}, false, false
	}
	rest, nsec := s[19:], 0
	if rest[0] == '.' {
		unit, n := 100_000_000, 1
		for ; n < len(rest) && rest[n] >= '0' && rest[n] <= '9'; n++ {
			nsec += int(rest[n]-'0') * unit
			unit /= 10
		}
		if n == 1 {
			return time.Time{}, false, false
		}
		rest = rest[n:]
	}
	zone, ok := parseZone(rest)
	if !ok {
		return time.Time{}, false, false
	}
	return time.Date(y, time.Month(m), d, h, min, sec, nsec, zone), sec == 60, true
}

func parseZone(s string) (*time.Location, bool) {
	switch {
	case s == "Z" || s == "z":
		return time.UTC, true
	case s == "+09:00":
		return watch.JST, true
	case len(s) != len("+09:00") || s[0] != '+' && s[0] != '-' || s[3] != ':':
		return nil, false
	}
	h, m := pair(s[1:]), pair(s[4:])
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return nil, false
	}
	off := (h*60 + m) * 60
	if s[0] == '-' {
		off = -off
	}
	return time.FixedZone("", off), true
}

// parseDate reads the date that s begins with.
func parseDate(s string) (y, m, d int, ok bool) {
	if len(s) < len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	c, yy := pair(s), pair(s[2:])
	y, m, d = c*100+yy, pair(s[5:]), pair(s[8:])
	if c < 0 || yy < 0 || m < 1 || m > 12 || d < 1 {
		return 0, 0, 0, false
	}
	return y, m, d, d <= time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// pair reads two digits; -1 if they are none.
func pair(s string) int {
	a, b := s[0]-'0', s[1]-'0'
	if a > 9 || b > 9 {
		return -1
	}
	return int(a)*10 + int(b)
}
