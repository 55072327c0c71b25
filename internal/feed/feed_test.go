package feed_test

import (
	"fmt"
	"testing"
	"time"

	"kozamori/internal/feed"
	_ "kozamori/internal/testkit/roomy"
	"kozamori/internal/watch"
)

// An outage of the whole feed says nothing of a kind that had not come before the
// feed was back.
func TestOfTheTimeOfAnOutageNothingIsSaidOfAKind(t *testing.T) {
	t.Parallel()
	var n feed.Norm
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, watch.JST)
	for range 8 * 7 * 24 {
		n.Learn(feed.Counts{At: at, Heard: []feed.Hearing{{Kind: watch.Debit, Minutes: 1<<60 - 1}, {Kind: watch.LinkRegistered, Minutes: 7}}})
		at = at.Add(time.Hour)
	}
	h := feed.Health{Bank: "0125"}
	look := func(debit, link time.Time) bool {
		h.Look(&n, feed.Signs{Heard: debit, Kinds: []feed.Sign{{Kind: watch.Debit, At: debit}, {Kind: watch.LinkRegistered, At: link}}}, at)
		return h.Silence(watch.LinkRegistered) != nil
	}
	heard := at
	for range 12 * 60 {
		at = at.Add(time.Minute)
		if look(heard, heard) {
			t.Fatal("links are silent while nothing comes at all")
		}
	}
	if h.Silence(feed.Any) == nil {
		t.Fatal("half a day of silence was not found")
	}
	back := at
	for range 60 {
		if look(at, heard) {
			t.Fatalf("links are silent %v after the feed is back, by the outage", at.Sub(back))
		}
		at = at.Add(time.Minute)
	}
	for range 24 * 60 {
		if look(at, heard) {
			return
		}
		at = at.Add(time.Minute)
	}
	t.Error("links are silent for a day after the feed is back, and that was not found")
}

func TestHolidaysAreThoseOfTheAct(t *testing.T) {
	t.Parallel()
	// The Cabinet Office's table of 2024 to 2026.
	want := "01-01 01-08 02-11 02-12 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-15 08-11 08-12 09-16 09-22 09-23 10-14 11-03 11-04 11-23 " +
		"01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-21 08-11 09-15 09-23 10-13 11-03 11-23 11-24 " +
		"01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23 "
	got := ""
	for d := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2027; d = d.AddDate(0, 0, 1) {
		if feed.Holiday(d) {
			got += d.Format("01-02 ")
		}
	}
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWhatIsDueOnAClosedDayIsDueOnTheNextOpenOne(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]feed.Day{
		"2026-11-24": feed.Ordinary, "2026-11-25": feed.Tens, "2026-11-30": feed.MonthEnd, "2026-11-23": feed.Closed, "2026-11-29": feed.Closed,
		"2026-10-30": feed.MonthEnd, "2026-11-02": feed.MonthEnd, // the 31st is a Saturday
		"2026-12-07": feed.Tens, // the 5th is one, too
		"2026-12-31": feed.Closed, "2026-12-30": feed.MonthEnd, "2027-01-04": feed.MonthEnd, "2026-12-08": feed.Ordinary,
	} {
		at, err := time.ParseInLocation(time.DateOnly, day, watch.JST)
		if err != nil {
			t.Fatal(err)
		}
		if got := feed.DayOf(at.Add(time.Hour)); got != want {
			t.Errorf("%s: %d, want %d", day, got, want)
		}
	}
}

// learnt is a norm of some weeks in which a minute in four is heard from 9 to 17.
func learnt(weeks int) (feed.Norm, time.Time) {
	var n feed.Norm
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, watch.JST) // a Monday; no holiday until 20 July
	for range weeks * 7 * 24 {
		h := feed.Counts{At: at}
		if hour := at.Hour(); hour >= 9 && hour < 17 {
			h.Heard = []feed.Hearing{{Kind: watch.Debit, Minutes: 0x111111111111111}, {Kind: watch.LinkRegistered, Minutes: 1 << (hour * 3)}}
			h.Lags = []int{0, 30, 5}
		}
		n.Learn(h)
		at = at.Add(time.Hour)
	}
	return n, at
}

func TestSilenceIsJudgedByTheBanksOwnWeek(t *testing.T) {
	t.Parallel()
	n, monday := learnt(4)
	noon := monday.Add(12 * time.Hour)
	pause := []feed.Pause{{From: noon.Add(-time.Hour), To: noon.Add(2 * time.Hour)}}
	for _, c := range []struct {
		name       string
		kind       watch.Kind
		since, now time.Time
		pauses     []feed.Pause
		want       bool
	}{
		{"twenty minutes at noon", feed.Any, noon, noon.Add(20 * time.Minute), nil, false},
		{"an hour and a half at noon", feed.Any, noon, noon.Add(90 * time.Minute), nil, true},
		{"a night", feed.Any, monday.Add(17*time.Hour - time.Minute), monday.Add(33 * time.Hour), nil, false},
		{"a night and a morning", feed.Any, monday.Add(17*time.Hour - time.Minute), monday.Add(35 * time.Hour), nil, true},
		{"a pause that the bank had told", feed.Any, noon, noon.Add(2 * time.Hour), pause, false},
		{"long after that pause", feed.Any, noon, noon.Add(4 * time.Hour), pause, true},
		{"links for a morning", watch.LinkRegistered, noon, noon.Add(4 * time.Hour), nil, false},
		{"links for five days", watch.LinkRegistered, noon, noon.Add(5 * 24 * time.Hour), nil, true},
		{"a kind that never came", watch.LinkRemoved, noon, noon.Add(99 * time.Hour), nil, false},
		{"a bank that was never heard", feed.Any, time.Time{}, noon, nil, false},
	} {
		if got := n.Silent(c.kind, c.since, c.now, c.pauses); got != c.want {
			t.Errorf("%s: %v; expected %.1f", c.name, got, n.Expected(c.kind, c.since, c.now, c.pauses))
		}
	}
	var first feed.Norm
	if first.Silent(feed.Any, noon, noon.Add(99*time.Hour), nil) {
		t.Error("a bank of which nothing is known is silent")
	}
}

func TestEventsAreLateAgainstTheirOwnHour(t *testing.T) {
	t.Parallel()
	n, monday := learnt(3)
	noon := monday.Add(12 * time.Hour)
	for _, c := range []struct {
		lags []int
		want bool
	}{{[]int{0, 30, 5}, false}, {[]int{0, 30, 0, 9}, false}, {[]int{0, 30, 0, 0, 9}, true}, {[]int{0, 50, 0, 0, 9}, false}, {[]int{0, 0, 0, 0, 19}, false}, {nil, false}} {
		if got, usual := n.Late(feed.Counts{At: noon, Lags: c.lags}); got != c.want || usual != 4*time.Second {
			t.Errorf("%v: %v, usually %v", c.lags, got, usual)
		}
	}
	if late, _ := n.Late(feed.Counts{At: monday.Add(3 * time.Hour), Lags: []int{0, 0, 0, 0, 0, 99}}); late {
		t.Error("late in an hour of which nothing is known")
	}
}

func TestNumbersThatAreSkippedAreAGapUntilTheyCome(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)
	var streams []feed.Stream
	take := func(name string, numbers ...int64) (filled []feed.Filled) {
		var list []feed.Number
		for _, n := range numbers {
			at = at.Add(time.Second)
			list = append(list, feed.Number{Feed: name, Sequence: n, At: at})
		}
		streams, filled = feed.Take(streams, list)
		return filled
	}
	missing := func(later time.Duration) string {
		out := ""
		for i := range streams {
			for _, g := range streams[i].Missing(at.Add(later)) {
				g.Told = true
				out += fmt.Sprint(streams[i].Feed, g.From, "-", g.To, ":")
				for _, l := range g.Left {
					out += fmt.Sprint(l.From, "-", l.To, ",")
				}
			}
		}
		return out
	}
	is := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	take("a", 7, 8, 9) // the first that comes is where it begins
	take("b", 1)
	is(missing(time.Hour), "")
	take("a", 11, 10, 12) // overtaken
	is(missing(time.Hour), "")
	take("a", 20)
	is(missing(0), "")
	is(missing(feed.Grace), "a13-19:13-19,")
	take("a", 20, 9, 3, 15, 15)
	take("b", 2)
	is(missing(feed.Grace), "a13-19:13-14,16-19,")
	if f := take("a", 13, 14, 16, 17, 18); len(f) != 0 {
		t.Errorf("filled: %v", f)
	}
	if f := take("a", 19); len(f) != 1 || f[0].From != 13 || f[0].To != 19 || f[0].Feed != "a" {
		t.Errorf("filled: %v", f)
	}
	take("a", 22, 1<<53-1)
	is(missing(feed.GapKept-time.Second), "a21-21:21-21,a23-9007199254740990:23-9007199254740990,")
	is(missing(feed.GapKept+2*time.Second), "")
	for n := range 3 * feed.MaxFeeds {
		take(fmt.Sprint(n), 1)
	}
	if len(streams) != feed.MaxFeeds {
		t.Errorf("%d feeds", len(streams))
	}
}
