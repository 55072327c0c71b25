package wording

import (
	"time"

	"kozamori/internal/watch"
)

var (
	tSumLabel = text{ja: "合計", en: "So far"}
	tSumOn    = text{ja: "続き", en: "Later"}
	tSumOf    = text{ja: "お申し出の合計", en: "Reported so far"}
	tSum      = text{ja: "%[1]d件・%[2]s%[3]s", en: "%[1]d debits, %[2]s%[3]s"}
	tSumCount = text{ja: "%[1]d件%[2]s", en: "%[1]d debits%[2]s"}
	tSumSpan  = text{ja: "（%s）", en: " (in %s)"}
	tSeconds  = text{ja: "%d秒間", en: "%d s"}
	tMinutesN = text{ja: "%d分間", en: "%d min"}
	tHoursIn  = text{ja: "%d時間", en: "%d h"}
	tDaysIn   = text{ja: "%d日間", en: "%d days"}
	tAboutMin = text{ja: "約%d分間", en: "about %d min"}
	tAboutHrs = text{ja: "約%d時間", en: "about %d h"}
	tAboutDay = text{ja: "約%d日間", en: "about %d days"}
)

// sum is "4件・300,000円（75秒間）".
func (f *IncidentFacts) sum(lang watch.Lang) string {
	span := ""
	if !f.First.IsZero() && !f.Parts[0].Record.DateOnly {
		span = within(lang, f.Last.Sub(f.First))
	}
	if f.Parts[0].Delivery.HideAmount {
		return tSumCount.in(lang, f.Debits, span)
	}
	return tSum.in(lang, f.Debits, Yen(lang, f.Yen), span)
}

// sumLabel says of what the sum is.
func (f *IncidentFacts) sumLabel() text {
	switch {
	case f.OfReport:
		return tSumOf
	case f.GoesOn:
		return tSumOn
	}
	return tSumLabel
}

// within is "（75秒間）": to the second within two minutes, and else to the nearest
// minute, hour or day, which it says unless that is exact. Nothing if all of it was at
// once.
func within(lang watch.Lang, d time.Duration) string {
	const day = 24 * time.Hour
	d = d.Round(time.Second)
	unit, exact, about := day, tDaysIn, tAboutDay
	switch {
	case d < time.Second:
		return ""
	case d < 2*time.Minute:
		unit, exact, about = time.Second, tSeconds, tSeconds
	case d < 2*time.Hour:
		unit, exact, about = time.Minute, tMinutesN, tAboutMin
	case d < 2*day:
		unit, exact, about = time.Hour, tHoursIn, tAboutHrs
	}
	return tSumSpan.in(lang, pick(d%unit == 0, exact, about).in(lang, int((d+unit/2)/unit)))
}

// allNew tells whether all that the sum counts is told now.
func (f *IncidentFacts) allNew() bool {
	new := 0
	for i := range f.Parts {
		if p := &f.Parts[i]; p.Was == nil && p.Record.Kind == watch.Debit && !p.Record.Gone() {
			new++
		}
	}
	return new == f.Debits
}
