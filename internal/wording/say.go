// Package wording is every sentence that we say to people, in Japanese and
// English, for LINE, mail and pages alike. It turns facts into a
// message.Message, which says nothing about how a channel draws it. It is pure.
package wording

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"kozamori/internal/watch"
)

// text is one sentence in both languages. Every text of the package is a
// variable, so that a test can walk them all: none lacks a language.
type text struct{ ja, en string }

// in fills the sentence's verbs in the given language; anything but English
// is Japanese.
func (t text) in(lang watch.Lang, args ...any) string {
	s := t.ja
	if lang == watch.English {
		s = t.en
	}
	if len(args) == 0 {
		return s
	}
	args = slices.Clone(args)
	for i, a := range args {
		if say, ok := a.(spoken); ok {
			args[i] = say(lang)
		}
	}
	return fmt.Sprintf(s, args...)
}

// Yen writes an amount as people read it: 100,000円 or ¥100,000.
func Yen(lang watch.Lang, yen int64) string {
	digits := strconv.FormatInt(yen, 10)
	sign := ""
	if yen < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if lang == watch.English {
		return sign + "¥" + digits
	}
	return sign + digits + "円"
}

// roundYen writes a round amount as Japanese people say it: 1兆円.
func roundYen(lang watch.Lang, yen int64) string {
	const oku, cho = 1_0000_0000, 1_0000_0000_0000
	switch {
	case lang == watch.English || yen <= 0:
	case yen%cho == 0:
		return strconv.FormatInt(yen/cho, 10) + "兆円"
	case yen%oku == 0:
		return strconv.FormatInt(yen/oku, 10) + "億円"
	}
	return Yen(lang, yen)
}

var weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

// Time writes a moment in JST: 9月3日(木) 14:05, with the year when it is not
// the one of now.
func Time(lang watch.Lang, t, now time.Time) string {
	clock := timeOfDay(t)
	if lang == watch.English {
		clock += " JST"
	}
	return Day(lang, t, now) + " " + clock
}

// timeOfDay is that in Japan; midnight is that of which only the day is known.
func timeOfDay(t time.Time) string { return t.In(watch.JST).Format("15:04") }

const midnight = "00:00"

// When writes when a record happened: to the minute, or its day if the bank
// told no more.
func When(lang watch.Lang, r *watch.Record, now time.Time) string {
	if r.DateOnly {
		return Day(lang, r.OccurredAt, now)
	}
	return bankTime(lang, r.OccurredAt, now)
}

// bankTime writes a time that a bank told. Banks without times tell days, which
// are kept as their first moment in Japan: of that moment only the day is said.
func bankTime(lang watch.Lang, t, now time.Time) string {
	if j := t.In(watch.JST); j.Equal(time.Date(j.Year(), j.Month(), j.Day(), 0, 0, 0, 0, watch.JST)) {
		return Day(lang, t, now)
	}
	return Time(lang, t, now)
}

// Day writes a day in JST: 9月3日(木), with the year when it is not the one of
// now.
func Day(lang watch.Lang, t, now time.Time) string {
	j := t.In(watch.JST)
	sameYear := j.Year() == now.In(watch.JST).Year()
	if lang == watch.English {
		if sameYear {
			return j.Format("Mon 2 Jan")
		}
		return j.Format("Mon 2 Jan 2006")
	}
	s := fmt.Sprintf("%d月%d日(%s)", j.Month(), j.Day(), weekdays[j.Weekday()])
	if !sameYear {
		s = fmt.Sprintf("%d年%s", j.Year(), s)
	}
	return s
}
