package catalog

import (
	"strconv"
	"time"
)

// Limit is the most yen that a service takes, and how we know.
type Limit struct {
	Yen    int64  // 0 if not known
	AsOf   string // the day or month that the source speaks of: 2020-09
	Source string
}

// LimitsOf tells the most yen that a service takes from anybody's account at
// once and in a calendar month; 0 is not known.
func LimitsOf(service string) (once, month int64) {
	if s, ok := ByID(service); ok {
		return s.Once.Yen, s.Month.Yen
	}
	return 0, 0
}

// mostYen is more than any wallet takes: what is above it is a slip of the pen.
const mostYen = 100_000_000

// limit reads "yen | as of | source".
func limit(f *field, old Limit) (Limit, error) {
	p, err := f.parts(3)
	if err != nil {
		return old, err
	}
	yen, err := strconv.ParseInt(p[0], 10, 64)
	switch {
	case old.Yen > 0:
		return old, wrong(f.place, "%s is there twice", f.name)
	case err != nil || yen < 1 || yen > mostYen:
		return old, wrong(f.place, "%q is no number of yen, written in digits only", p[0])
	case !isDate(p[1]):
		return old, wrong(f.place, "a limit says the day or month that it is of (2026-11), not %q", p[1])
	case p[2] == "":
		return old, wrong(f.place, "a limit says where it was read")
	}
	return Limit{yen, p[1], p[2]}, nil
}

// isDate tells whether a text is a day (2026-11-30) or a month (2026-11).
func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	if err != nil {
		_, err = time.Parse("2006-01", s)
	}
	return err == nil
}
