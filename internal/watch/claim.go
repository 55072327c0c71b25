package watch

import "time"

// RemindClaim is how long before the last day of a claim people are reminded of
// it.
const RemindClaim = 3 * 24 * time.Hour

// ClaimEnds is the last day, from its midnight in Japan, on which a loss can be
// claimed: so many days after it happened, or after it was noticed.
func ClaimEnds(days int, fromLoss bool, loss, noticed time.Time) time.Time {
	from := noticed
	if fromLoss {
		from = loss
	}
	at := from.In(JST)
	return time.Date(at.Year(), at.Month(), at.Day()+days, 0, 0, 0, 0, JST)
}

// ClaimSeq numbers the reminder of a last day among the deliveries of a record,
// and ClaimDay is the day of such a number.
func ClaimSeq(day time.Time) int {
	y, m, d := day.In(JST).Date()
	return y*10000 + int(m)*100 + d
}

// ClaimDay is the day that ClaimSeq numbered.
func ClaimDay(seq int) time.Time {
	return time.Date(seq/10000, time.Month(seq/100%100), seq%100, 0, 0, 0, 0, JST)
}
