package wording

import (
	"time"

	"kozamori/internal/watch"
)

// A number in a sentence is an argument that comes from the constant that is
// used, never a digit of the sentence.

// spoken is an argument that reads differently in each language.
type spoken func(watch.Lang) string

var (
	tMinute  = text{ja: "%d分", en: "%d minute"}
	tMinutes = text{ja: "%d分", en: "%d minutes"}
	tHour    = text{ja: "%d時間", en: "%d hour"}
	tHoursN  = text{ja: "%d時間", en: "%d hours"}
	tTenths  = text{ja: "%d割", en: "%d0%%"}
	tDay     = text{ja: "%d日", en: "%d day"}
	tDays    = text{ja: "%d日", en: "%d days"}
	tWeek    = text{ja: "%d週間", en: "%d week"}
	tWeeks   = text{ja: "%d週間", en: "%d weeks"}
)

// tenths are parts of a whole.
func tenths(n int) spoken {
	return func(lang watch.Lang) string { return tTenths.in(lang, n) }
}

// minutes is a time in minutes, rounded up.
func minutes(d time.Duration) spoken { return count(d, time.Minute, tMinute, tMinutes) }

// hours is a time in hours; in minutes if it is not of whole hours.
func hours(d time.Duration) spoken {
	if d%time.Hour != 0 {
		return minutes(d)
	}
	return count(d, time.Hour, tHour, tHoursN)
}

// days is a time in days; in hours if it is not of whole days.
func days(d time.Duration) spoken {
	if d%(24*time.Hour) != 0 {
		return hours(d)
	}
	return count(d, 24*time.Hour, tDay, tDays)
}

// weeks is a time in weeks; in days if it is not of whole weeks.
func weeks(d time.Duration) spoken {
	const week = 7 * 24 * time.Hour
	if d%week != 0 {
		return days(d)
	}
	return count(d, week, tWeek, tWeeks)
}

func count(d, unit time.Duration, one, many text) spoken {
	n := int((d + unit - 1) / unit)
	return func(lang watch.Lang) string { return pick(n == 1, one, many).in(lang, n) }
}
