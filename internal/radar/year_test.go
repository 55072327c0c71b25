package radar

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kozamori/internal/testkit/breadth"
)

// town is banks of the size of 2020: 371 charges and 9 new links a bank and day, of five
// services; one attempt to link in eight is refused to an owner who mistypes, and one
// link in thirty is followed by a charge near the limit.
type town struct {
	rng    *rand.Rand
	bank   string
	size   float64
	norm   Norm
	cells  []*Cell // of the last day
	hour   []*Cell
	today  float64
	points [5]float64 // a service's campaign of points, as a factor
	n      int
	closed map[string]Over
	alarms []alarm
}

type alarm struct {
	at      time.Time
	service string
	kind    Kind
	seen    int
}

var (
	services = [5]string{"paypay", "docomo", "linepay", "merpay", "kyash"}
	shares   = [5]float64{.5, .2, .15, .1, .05}
	clock    = [24]float64{.3, .2, .1, .1, .1, .3, 1, 2.5, 4.5, 6, 6.5, 6.5, 8, 6.5, 6, 6, 6, 6.5, 7, 7.5, 7, 6, 4, 1.4}
)

const perDay = 9.0

func newTown(n int) *town {
	rng := rand.New(rand.NewPCG(uint64(n), 2020))
	return &town{rng: rng, bank: fmt.Sprintf("%04d", n), size: math.Exp(rng.NormFloat64()*.8 - .32), closed: map[string]Over{}}
}

// count notes an account, as the stages do, and looks.
func (b *town) count(kind Kind, service, account string, at time.Time) {
	var c *Cell
	for _, is := range b.cells {
		if is.Kind == kind && is.Service == service && is.At.Equal(CellOf(at)) {
			c = is
		}
	}
	if c == nil {
		c = &Cell{Bank: b.bank, Service: service, Kind: kind, At: CellOf(at)}
		b.cells, b.hour = append(b.cells, c), append(b.hour, c)
	}
	b.n++
	if _, err := c.Add(account, fmt.Sprint("t", b.n), at); err != nil {
		panic(err)
	}
	b.look(at)
}

// look is all of one look at this bank among 35.
func (b *town) look(at time.Time) {
	tests := Tests(&b.norm, b.cells, func(s string) Over { return b.closed[s] }, at)
	for _, t := range StandOut(tests, 35*Comparisons(&b.norm)) {
		if b.closed[t.Service].At.After(at) {
			continue
		}
		b.alarms = append(b.alarms, alarm{at, t.Service, t.Kind, t.Seen})
		b.closed[t.Service] = Over{At: at}.With(slices.DeleteFunc(slices.Clone(b.cells), func(c *Cell) bool { return c.Service != t.Service })...) // its bank dismisses it
	}
}

// next begins an hour.
func (b *town) next(at time.Time) {
	b.norm.Learn(at.Add(-time.Hour), b.hour, func(string) bool { return false })
	b.hour = nil
	b.cells = within(b.cells, at.Add(-LinkedFor))
	if at.Hour() == 15 { // midnight in Japan
		b.today = math.Exp(b.rng.NormFloat64() * .2)
		for i := range b.points {
			switch {
			case b.points[i] == 0:
				b.points[i] = 1
			case b.points[i] > 1 && b.rng.IntN(7) == 0:
				b.points[i] = 1
			case b.rng.IntN(180) == 0: // two in a year, for a week
				b.points[i] = 3
			}
		}
	}
}

// usual plays an hour of people.
func (b *town) usual(at time.Time) {
	for i, service := range services {
		mean := perDay * b.size * b.today * b.points[i] * shares[i] * clock[(at.Hour()+9)%24] / 100
		for range b.poisson(mean) {
			when, who := at.Add(time.Duration(b.rng.IntN(3600))*time.Second), fmt.Sprint("o", b.n)
			if b.rng.IntN(8) == 0 {
				b.count(Refused, service, who, when)
			}
			b.count(NewLink, service, who, when)
			if b.rng.IntN(30) == 0 {
				b.count(Charged, service, who, when)
			}
			if b.rng.IntN(300) == 0 {
				b.count(Reported, service, who, when)
			}
		}
	}
}

func (b *town) poisson(mean float64) (n int) {
	for p := b.rng.Float64(); p > math.Exp(-mean); p *= b.rng.Float64() {
		n++
	}
	return n
}

func (b *town) run(from time.Time, hours int) time.Time {
	for range hours {
		b.next(from)
		b.usual(from)
		from = from.Add(time.Hour)
	}
	return from
}

var begin = time.Date(2020, 1, 5, 15, 0, 0, 0, time.UTC) // a Monday begins in Japan

// TestAYearOf35BanksHasAtMostOneFalseAlarmABank plays a year in which nothing is the matter.
func TestAYearOf35BanksHasAtMostOneFalseAlarmABank(t *testing.T) {
	t.Parallel()
	all := 0
	banks := breadth.Of(2, 35)
	for n := range banks {
		b := newTown(n)
		b.run(begin, 365*24)
		all += len(b.alarms)
		if len(b.alarms) > 1 {
			t.Errorf("bank %d of %.0f links a day: %d false alarms: %v", n, perDay*b.size, len(b.alarms), b.alarms)
		}
	}
	t.Logf("%d false alarms in %d years of banks", all, banks)
	if all > banks/2 {
		t.Errorf("%d false alarms in %d years of banks", all, banks)
	}
}

// weeks plays some weeks in which a bank's hours are learnt.
func (b *town) weeks(n int) time.Time { return b.run(begin, n*7*24) }

// known is when an attack on a service was first known; false if it was not.
func (b *town) known(service string, since time.Time) (time.Time, bool) {
	for _, a := range b.alarms {
		if a.service == service && !a.at.Before(since) {
			return a.at, true
		}
	}
	return time.Time{}, false
}

// TestGuessingOfPINsIsKnownBeforeTheFirstCharge plays the attack of 2020 as it would show
// if PINs are guessed: one PIN is tried on one account after the other, once a minute
// or more, and the first hit is charged a day or two later.
func TestGuessingOfPINsIsKnownBeforeTheFirstCharge(t *testing.T) {
	t.Parallel()
	runs := breadth.Of(40, 200)
	soon := 0
	for n := range runs {
		b := newTown(1_000 + n)
		at := b.weeks(4).Add(time.Duration(b.rng.IntN(24)) * time.Hour)
		b.alarms = nil
		begins, known := at, false
		for hour := range 2 {
			b.next(at)
			b.usual(at)
			for when := at; when.Before(at.Add(time.Hour)) && !known; when = when.Add(time.Duration(b.rng.ExpFloat64() * float64(time.Minute))) {
				b.count(Refused, "docomo", fmt.Sprint("victim", hour, when), when)
				is, ok := b.known("docomo", begins)
				if known = ok; ok && is.Sub(begins) <= 15*time.Minute {
					soon++
				}
			}
			at = at.Add(time.Hour)
		}
	}
	t.Logf("known within 15 minutes in %d of %d, a day before the first charge", soon, runs)
	if soon < runs*95/100 {
		t.Errorf("known within 15 minutes in %d of %d", soon, runs)
	}
}

// TestLinksThatAreChargedAtOnceAreKnownByTheFourthVictim plays 13 victims of a bank in two bursts
// of an hour and a half: each is linked, and charged near the limit within the hour.
func TestLinksThatAreChargedAtOnceAreKnownByTheFourthVictim(t *testing.T) {
	t.Parallel()
	runs := breadth.Of(40, 200)
	by := map[int]int{}
	for n := range runs {
		b := newTown(3_000 + n)
		at := b.weeks(4).Add(time.Duration(b.rng.IntN(24)) * time.Hour)
		b.alarms = nil
		var charges []time.Time
		for range 7 {
			link := at.Add(time.Duration(b.rng.IntN(90)) * time.Minute)
			charges = append(charges, link.Add(time.Duration(5+b.rng.IntN(55))*time.Minute))
		}
		slices.SortFunc(charges, time.Time.Compare)
		victims := 0
		for range 3 {
			b.next(at)
			b.usual(at)
			for i, c := range charges {
				_, known := b.known("docomo", begin)
				if !known && !c.Before(at) && c.Before(at.Add(time.Hour)) {
					b.count(NewLink, "docomo", fmt.Sprint("victim", i), c)
					b.count(Charged, "docomo", fmt.Sprint("victim", i), c)
					victims = i + 1
				}
			}
			at = at.Add(time.Hour)
		}
		by[victims]++
	}
	t.Logf("victims before it was known, of 7 in a burst: %v", by)
	if late := by[5] + by[6] + by[7]; late > runs*5/100 {
		t.Errorf("%d of %d bursts were known after more than four victims: %v", late, runs, by)
	}
}
