package feed

import (
	"sync"
	"time"

	"kozamori/internal/watch"
)

// Day is what kind of day it is for a bank in Japan.
type Day int

// The kinds of days. Payments are due on 五十日, the days that end in 5 and 0, and at
// the end of a month; if banks are closed then, on the next day that they are open.
const (
	Ordinary Day = iota
	Tens         // 五十日
	MonthEnd     // the last day of a month that banks are open, and the first after it
	Closed       // Saturday, Sunday, a national holiday, or 31 December to 3 January
	days
)

// DayOf tells what kind of day a moment falls on in Japan.
func DayOf(at time.Time) Day {
	d := date(at)
	if day, ok := found.Load(d.Unix()); ok {
		return day.(Day)
	}
	day := dayOf(d)
	found.Store(d.Unix(), day)
	return day
}

// AnyOpen tells whether banks are open on any day from one to another, both included.
func AnyOpen(from, to time.Time) bool {
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		if DayOf(d) != Closed {
			return true
		}
	}
	return false
}

// found are the days that were asked for already: a look at a bank asks for the
// same few hundred again and again.
var found sync.Map

func dayOf(on time.Time) Day {
	d := on
	if closed(d) {
		return Closed
	}
	due := Ordinary
	// What was due while banks were closed is due on this day, too.
	for ; ; d = d.AddDate(0, 0, -1) {
		switch {
		case d.AddDate(0, 0, 1).Day() == 1:
			return MonthEnd
		case d.Day()%5 == 0:
			due = Tens
		}
		if !closed(d.AddDate(0, 0, -1)) {
			break
		}
	}
	// The end of a month that falls on a closed day is paid before it by some.
	for d = on.AddDate(0, 0, 1); closed(d); d = d.AddDate(0, 0, 1) {
		if d.AddDate(0, 0, 1).Day() == 1 {
			return MonthEnd
		}
	}
	return due
}

// date is the day in Japan, as a time of UTC: arithmetic on days knows no zones.
func date(at time.Time) time.Time {
	y, m, d := at.In(watch.JST).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func closed(d time.Time) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday || d.Month() == time.December && d.Day() == 31 || d.Month() == time.January && d.Day() <= 3 || Holiday(d)
}

// Holiday tells whether a day is a national holiday, by the Act on National Holidays
// (国民の祝日に関する法律) as it stands since 2022: named days, the day after one that
// falls on a Sunday, and a day between two. Special laws of a year are not known.
func Holiday(d time.Time) bool {
	if named(d) {
		return true
	}
	// 振替休日: the next day that is no holiday itself.
	for p := d.AddDate(0, 0, -1); named(p); p = p.AddDate(0, 0, -1) {
		if p.Weekday() == time.Sunday {
			return true
		}
	}
	return d.Weekday() != time.Sunday && named(d.AddDate(0, 0, -1)) && named(d.AddDate(0, 0, 1))
}

func named(d time.Time) bool {
	day := d.Day()
	monday := func(nth int) bool { return d.Weekday() == time.Monday && (day+6)/7 == nth }
	switch d.Month() {
	case time.January:
		return day == 1 || monday(2)
	case time.February:
		return day == 11 || day == 23
	case time.March:
		return day == equinox(d.Year(), 20.8431)
	case time.April:
		return day == 29
	case time.May:
		return day >= 3 && day <= 5
	case time.July:
		return monday(3)
	case time.August:
		return day == 11
	case time.September:
		return monday(3) || day == equinox(d.Year(), 23.2488)
	case time.October:
		return monday(2)
	case time.November:
		return day == 3 || day == 23
	}
	return false
}

// equinox is the day of March or September of it, by the approximation that holds
// from 1980 to 2099; the Cabinet announces it in February of the year before.
func equinox(year int, base float64) int {
	n := year - 1980
	return int(base+0.242194*float64(n)) - n/4
}
