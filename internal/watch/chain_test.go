package watch

import (
	"testing"
	"time"
)

// A posting that bears an earlier time is that of an authorisation which was heard
// of before it: by a clock that is not quite the other's, or by a day alone.
func TestWhichPostingsBearAnEarlierTime(t *testing.T) {
	const day = 30 * time.Hour // a day goes on until six in the morning
	for name, c := range map[string]struct {
		before   time.Duration // how much earlier the posting's time is than the authorisation's
		heard    time.Duration // how much later it was received
		dateOnly bool
		want     bool
	}{
		"the same moment":                    {0, 1, false, true},
		"later than the authorisation":       {-1, 1, false, false},
		"as far off as clocks are":           {ClockSkew, 1, false, true},
		"further off":                        {ClockSkew + 1, 1, false, false},
		"the day alone, of the day before":   {day, 1, true, true},
		"the day alone, further off":         {day + 1, 1, true, false},
		"the day alone, later":               {-1, 1, true, false},
		"received at the same moment":        {0, 0, false, false},
		"received first":                     {0, -1, false, false},
		"the day alone, and received first":  {day, -1, true, false},
		"in between":                         {ClockSkew / 2, time.Hour, false, true},
		"the day alone, beyond clocks' skew": {ClockSkew + 1, 1, true, true},
	} {
		held := &Entry{At: noon, ReceivedAt: noon}
		e := &Entry{At: noon.Add(-c.before), ReceivedAt: noon.Add(c.heard), DateOnly: c.dateOnly}
		if got := e.bookedBefore(held); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
