package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Owners, and who reported, are reminded of the last day to claim a loss, at ten
// in the morning three days before, once for each day, and of none that is nearer.
func TestWhoIsRemindedOfTheLastDayOfAClaim(t *testing.T) {
	watcher := func(id string, role Role) Watcher {
		return Watcher{ID: id, Role: role, LineUser: "U" + id, Channels: []Channel{{Kind: LINE}}}
	}
	account := &Account{Watchers: []Watcher{watcher("owner", Owner), watcher("other", Owner), watcher("guardian", Guardian), watcher("reporter", Guardian)}}
	day := func(n int) time.Time { return time.Date(2026, 12, n, 0, 0, 0, 0, JST) }
	r := &Record{}
	for _, c := range []struct {
		now  time.Time
		days []time.Time
		want string
	}{
		{noon, nil, ""},
		{day(1).Add(10 * time.Hour), []time.Time{day(4)}, ""}, // it is as near as that now
		{day(1).Add(10*time.Hour - 1), []time.Time{day(4)}, "owner 20261204, other 20261204, reporter 20261204"},
		{day(1).Add(9 * time.Hour), []time.Time{day(4), day(6)}, "owner 20261206, other 20261206, reporter 20261206"},
		{day(1), []time.Time{day(4), day(6)}, ""},
	} {
		before := len(r.Deliveries)
		r.RemindOfClaims(account, "reporter", c.days, c.now)
		var got []string
		for i := range r.Deliveries[before:] {
			d := &r.Deliveries[before+i]
			got = append(got, fmt.Sprint(d.Watcher, " ", d.Seq))
			if due := ClaimDay(d.Seq).AddDate(0, 0, -3).Add(10 * time.Hour); d.Kind != TellClaim || d.State != Held || !d.Due.Equal(due) {
				t.Errorf("%s is %s until %s, want %s", d.ID, d.State, d.Due, due)
			}
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("at %s: %q, want %q", c.now, s, c.want)
		}
	}
}

func TestTheLastDayOfAClaim(t *testing.T) {
	loss, noticed := time.Date(2026, 1, 31, 14, 59, 59, 0, time.UTC), time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC) // the last second of a day in Japan, and the first of one
	if got := ClaimEnds(30, true, loss, noticed); !got.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, JST)) {
		t.Errorf("from the loss it is %s", got)
	}
	if got := ClaimEnds(30, false, loss, noticed); !got.Equal(time.Date(2026, 4, 1, 0, 0, 0, 0, JST)) {
		t.Errorf("from when it was noticed it is %s", got)
	}
	for _, day := range []time.Time{time.Date(2026, 1, 1, 0, 0, 0, 0, JST), time.Date(2027, 12, 31, 0, 0, 0, 0, JST), time.Date(2028, 2, 29, 0, 0, 0, 0, JST)} {
		if got := ClaimDay(ClaimSeq(day.UTC())); !got.Equal(day) || got.Location() != JST {
			t.Errorf("%s becomes %s", day, got)
		}
	}
}
