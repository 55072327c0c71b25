package watch

import (
	"slices"
	"time"
)

// RemindClaim is how long before the last day of a claim people are reminded of
// it.
const RemindClaim = 3 * 24 * time.Hour

// RemindOfClaims has the owners of an account, and who reported, told once more
// before the days end on which the loss can be claimed. It waits on the record of
// the report, as what waits for the end of quiet hours does. No one is reminded of
// a day twice, or of one that is too near: what they have just been told says it.
func (r *Record) RemindOfClaims(a *Account, reporter string, days []time.Time, now time.Time) {
	for _, day := range days {
		at := ClaimRemindedAt(ClaimSeq(day))
		if !at.After(now) {
			continue
		}
		for i := range a.Watchers {
			w, seq := &a.Watchers[i], ClaimSeq(day)
			told := slices.ContainsFunc(r.Deliveries, func(d Delivery) bool { return d.Kind == TellClaim && d.Watcher == w.ID && d.Seq == seq })
			if (w.ID == reporter || w.Role == Owner) && !told {
				r.Say(TellClaim, w, seq, now, w.Rules.HoldUntil(0, at))
			}
		}
	}
}

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

// ClaimRemindedAt is when people are reminded of such a day, unless it is one of
// their quiet hours.
func ClaimRemindedAt(seq int) time.Time {
	return ClaimDay(seq).Add(-RemindClaim + remindHour*time.Hour)
}
