package feed_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kozamori/internal/feed"
	"kozamori/internal/watch"
)

// bankOf is a bank that a year is played of.
type bankOf struct {
	rng   *rand.Rand
	day   float64 // debits on an ordinary day
	links float64
	norm  feed.Norm
	last  map[watch.Kind]time.Time
	hour  feed.Counts

	today float64    // how busy this day is
	odds  [2]float64 // that a debit, or a link, comes in a minute of this hour

	silent  map[watch.Kind]time.Time // alarms that stand, and since when they are known
	outages []outage
	known   []feed.Pause // outages that were found and are over
	falsely [5]int       // alarms that were none, by quarter
	found   []time.Duration
	byDay   []time.Duration
	missed  int
}

// profile is how a day's debits spread over its hours: few at night, a morning of
// direct debits, people's own through the day.
var profile = [24]float64{.6, .4, .3, .3, .3, .6, 1.5, 3, 5, 7, 7.2, 7, 7.5, 6.6, 6.4, 6.2, 6.2, 6.6, 7, 6.6, 5.4, 4, 2.8, 1.5}

// begins is a Sunday, so that weeks are whole.
var begins = time.Date(2026, 11, 29, 0, 0, 0, 0, watch.JST)

// newHour sets how much happens in an hour. What is not in the calendar of the judge
// is here, too: お盆, December, days that are only quiet.
func (b *bankOf) newHour(at time.Time) {
	at = at.In(watch.JST)
	if at.Hour() == 0 {
		b.today = math.Exp(b.rng.NormFloat64() * .12)
		b.today *= map[feed.Day]float64{feed.Closed: .7, feed.Ordinary: 1, feed.Tens: 1.3, feed.MonthEnd: 1.7}[feed.DayOf(at)]
		switch _, m, day := at.Date(); {
		case m == time.August && day >= 12 && day <= 16:
			b.today *= .7
		case m == time.December:
			b.today *= 1.2
		}
	}
	each := b.today * profile[at.Hour()] / 100 / 60
	b.odds = [2]float64{1 - math.Exp(-b.day*each), 1 - math.Exp(-b.links*each)}
}

// outage is a time for which nothing, or nothing of a kind, comes through.
type outage struct {
	from, to time.Time
	kind     watch.Kind
}

var kinds = [2]watch.Kind{watch.Debit, watch.LinkRegistered}

func (b *bankOf) minute(at time.Time, out *outage) {
	for i, kind := range kinds {
		if b.rng.Float64() < b.odds[i] && (out == nil || out.kind != feed.Any && out.kind != kind || at.Before(out.from) || !at.Before(out.to)) {
			b.hears(kind, at)
		}
	}
}

func (b *bankOf) hears(kind watch.Kind, at time.Time) {
	b.judge(kind, at)
	b.judge(feed.Any, at)
	if _, silent := b.silent[feed.Any]; silent {
		// As feed.Health does: of the time of an outage nothing is said of a kind.
		b.known = append(b.known, feed.Pause{From: b.last[feed.Any], To: at})
	}
	b.last[kind], b.last[feed.Any] = at, at
	delete(b.silent, kind)
	delete(b.silent, feed.Any)
	i := slices.IndexFunc(b.hour.Heard, func(h feed.Hearing) bool { return h.Kind == kind })
	if i < 0 {
		i = len(b.hour.Heard)
		b.hour.Heard = append(b.hour.Heard, feed.Hearing{Kind: kind})
	}
	b.hour.Heard[i].Minutes |= 1 << at.Minute()
}

// judge asks whether a silence that ends now was an alarm: it only grows, so it was
// one by its end or never.
func (b *bankOf) judge(kind watch.Kind, at time.Time) {
	if _, known := b.silent[kind]; known || at.Sub(b.last[kind]) < feed.Least {
		return
	}
	if kind != feed.Any && at.Sub(b.last[feed.Any]) >= feed.Least { // it is the whole feed
		return
	}
	if b.norm.Silent(kind, b.last[kind], at.Add(-time.Minute), b.known) && !b.inOutage(kind, at) {
		b.falsely[int(at.Sub(begins).Hours()/24/91.25)]++
	}
}

// inOutage tells whether an outage is in a silence that ends now: that is an alarm of
// something, though it may be a late one.
func (b *bankOf) inOutage(kind watch.Kind, at time.Time) bool {
	return slices.ContainsFunc(b.outages, func(o outage) bool { return o.from.Before(at) && o.to.After(b.last[kind]) })
}

// watches looks at each minute of an outage.
func (b *bankOf) watches(at time.Time, out *outage) {
	if _, known := b.silent[out.kind]; known || b.last[out.kind].After(out.from) && at.Before(out.to) {
		return
	}
	if b.norm.Silent(out.kind, b.last[out.kind], at, nil) {
		b.silent[out.kind] = at
		b.found = append(b.found, at.Sub(out.from))
		if h := out.from.In(watch.JST).Hour(); h >= 9 && h < 17 {
			b.byDay = append(b.byDay, at.Sub(out.from))
		}
	}
}

// year plays one, with an outage of the whole feed about every 73 days, for half a day.
func (b *bankOf) year() {
	b.last, b.silent = map[watch.Kind]time.Time{}, map[watch.Kind]time.Time{}
	for n := range 4 {
		from := begins.AddDate(0, 0, 60+73*n+b.rng.IntN(20)).Add(time.Duration(b.rng.IntN(24*60)) * time.Minute)
		b.outages = append(b.outages, outage{from: from, to: from.Add(12 * time.Hour)})
	}
	for at := begins; at.Before(begins.AddDate(1, 0, 0)); at = at.Add(time.Minute) {
		if at.Minute() == 0 {
			if len(b.silent) == 0 {
				b.norm.Learn(b.hour)
			}
			b.hour = feed.Counts{At: at}
			b.newHour(at)
		}
		var out *outage
		for i := range b.outages {
			if o := &b.outages[i]; !at.Before(o.from) && at.Before(o.to.Add(time.Hour)) {
				out = o
			}
		}
		b.minute(at, out)
		if out != nil && at.Before(out.to) {
			b.watches(at, out)
		}
	}
	b.missed = len(b.outages) - len(b.found)
}

// TestAYearOf35Banks plays banks of the sizes of 2020: 371 charges and 9 new links a
// bank and day, which is the least that a bank sends.
func TestAYearOf35Banks(t *testing.T) {
	t.Parallel()
	const banks = 35
	var all, byDay []time.Duration
	sum, crowded := 0, 0
	for n := range banks {
		rng := rand.New(rand.NewPCG(uint64(n), 35))
		size := math.Exp(rng.NormFloat64()*.8 - .32) // of mean 1
		b := bankOf{rng: rng, day: 371 * size, links: 9 * size}
		b.year()
		year := 0
		for _, n := range b.falsely {
			if year += n; n > 1 {
				crowded++
			}
		}
		t.Logf("%5.0f debits a day: false by quarter %v, found after %v", b.day, b.falsely[:4], b.found)
		if sum += year; year > 4 {
			t.Errorf("%d false alarms in a year of a bank of %.0f debits a day", year, b.day)
		}
		all = append(all, b.found...)
		if b.day >= 371 {
			byDay = append(byDay, b.byDay...)
			if b.missed > 0 {
				t.Errorf("a bank of %.0f debits a day: %d outages of half a day were not found", b.day, b.missed)
			}
		}
	}
	slices.Sort(all)
	slices.Sort(byDay)
	t.Logf("%d false alarms in %d quarters of banks, more than one in %d of them; %d of %d outages of half a day found, after %v in the middle; by day at banks of 371 a day or more after %v",
		sum, banks*4, crowded, len(all), banks*4, all[len(all)/2], byDay)
	if sum > banks*4/20 || crowded > 0 {
		t.Errorf("%d false alarms in %d quarters, more than one in %d", sum, banks*4, crowded)
	}
	// Charges alone, of the smallest of them, are about thirteen in half an hour.
	if len(all) < banks*4*95/100 || len(byDay) < 10 || byDay[len(byDay)*9/10] > 30*time.Minute || byDay[len(byDay)-1] > 45*time.Minute {
		t.Errorf("found %d, by day after %v", len(all), byDay)
	}
}

// TestABankThatForwardsAllDebitsIsMissedWithinHalfAnHour plays one that sends
// fourteen times as much, which is still little for all debits of a bank.
func TestABankThatForwardsAllDebitsIsMissedWithinHalfAnHour(t *testing.T) {
	t.Parallel()
	b := bankOf{rng: rand.New(rand.NewPCG(2, 5)), day: 5000, links: 9}
	b.year()
	t.Logf("false by quarter %v, found after %v", b.falsely[:4], b.found)
	if b.missed > 0 || slices.Max(b.falsely[:]) > 1 || len(b.byDay) == 0 || slices.Max(b.byDay) > 30*time.Minute {
		t.Errorf("false by quarter %v, found after %v, by day %v", b.falsely, b.found, b.byDay)
	}
}
