// Package feed judges how the events of a bank arrive: whether the bank is silent
// longer than its own week explains, as a whole or of one kind of events; whether
// events come later than they used to; which numbered requests are missing. All of
// it is computed from counts. It never looks at an event, and nothing that tells
// people of one waits for it.
package feed

import (
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

const (
	week = Week
	// known is how many weeks a mean looks back.
	known = 8
	// milli is the unit of rates: thousandths of a hearing in a minute.
	milli = 1000
	// recent is what is left of a sum of recent hours after one more.
	recent = 0.97
	// rare is the same for kinds of days that come a few times a month.
	rare = 0.99
)

// Week is how many hours a week has.
const Week = 7 * 24

// Any is the kind that stands for events of all kinds together.
const Any watch.Kind = ""

// Norm is what is usual of a bank's events.
type Norm struct {
	Bank string `json:"bank"`
	// Through is the end of the last hour that was learnt from.
	Through time.Time  `json:"through,omitzero"`
	Kinds   []KindNorm `json:"kinds,omitempty"`
	// Lags are, for each hour of the day, how many events took how long, in the
	// classes of a counted hour, of about the last two weeks.
	Lags    [][]int `json:"lags,omitempty"`
	Version int64   `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// KindNorm is how often events of a kind are heard. A hearing is a minute in which
// at least one of them came: so it matters little whether events come one by one or
// in batches.
type KindNorm struct {
	Kind watch.Kind `json:"kind"`
	// Rates are hearings a minute, in thousandths, for each hour of the week in Japan
	// from Monday on; a day on which banks are closed counts as a Sunday. Weeks is how
	// often each was seen, up to known.
	Rates []int `json:"rates,omitempty"`
	Weeks []int `json:"weeks,omitempty"`
	// Heard and Expected are sums, in thousandths of a hearing, by kind of day: how
	// much more, or less, is heard on such days. Recent are the same of the last day or
	// two, of all days.
	Heard    []int `json:"heard,omitempty"`
	Expected []int `json:"expected,omitempty"`
	Recent   []int `json:"recent,omitempty"`
	// Spread is how much days differ from what is expected of them; see spread.
	Spread Spread `json:"spread,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// Kind finds what is known of a kind; nil if nothing is.
func (n *Norm) Kind(kind watch.Kind) *KindNorm {
	for i := range n.Kinds {
		if n.Kinds[i].Kind == kind {
			return &n.Kinds[i]
		}
	}
	return nil
}

// Counts are what was counted of one hour.
type Counts struct {
	At    time.Time // when it begins
	Heard []Hearing
	Lags  []int
}

// Hearing are the minutes of an hour in which events of a kind came: bit 0 is the
// first.
type Hearing struct {
	Kind    watch.Kind
	Minutes int64
}

// Minutes tells whether it was counted in which minutes events came.
func (c *Counts) Minutes() bool {
	return slices.ContainsFunc(c.Heard, func(h Hearing) bool { return h.Minutes != 0 })
}

// Learn takes an hour into the norm. A kind that was not heard is silent in it.
func (n *Norm) Learn(h Counts) {
	heard := map[watch.Kind]int64{Any: 0}
	for _, k := range h.Heard {
		heard[k.Kind] |= k.Minutes
		heard[Any] |= k.Minutes
	}
	for kind := range heard {
		if n.Kind(kind) == nil {
			n.Kinds = append(n.Kinds, KindNorm{Kind: kind})
		}
	}
	for i := range n.Kinds {
		n.Kinds[i].learn(h.At, bits.OnesCount64(uint64(heard[n.Kinds[i].Kind])))
	}
	n.learnLags(h)
}

func (k *KindNorm) sized() {
	grow := func(s *[]int, to int) {
		for len(*s) < to {
			*s = append(*s, 0)
		}
	}
	grow(&k.Rates, week)
	grow(&k.Weeks, week)
	grow(&k.Heard, int(days))
	grow(&k.Expected, int(days))
	grow(&k.Recent, 2)
}

// rate of hearings in a minute, in thousandths, if so many minutes of an hour had
// one: the rate of a Poisson process that leaves as many empty.
func rate(minutes int) float64 {
	return -math.Log(1-min(float64(minutes), 59.5)/60) * milli
}

func (k *KindNorm) learn(at time.Time, minutes int) {
	k.sized()
	cell, day := HourOfWeek(at), DayOf(at)
	seen := rate(minutes)
	expected, w := float64(k.Rates[cell]), float64(k.Weeks[cell])
	if w > 0 {
		decay := func(p *int, by, add float64) { *p = int(float64(*p)*by + add) }
		decay(&k.Heard[day], rare, seen*60)
		decay(&k.Expected[day], rare, expected*60)
		decay(&k.Recent[0], recent, seen*60)
		decay(&k.Recent[1], recent, expected*60*k.ofDay(day))
		k.Spread.add(at, seen*60, expected*60*k.ofDay(day))
	}
	as := seen / k.ofDay(day)
	k.Rates[cell] = int(math.Round(expected + (as-expected)/(min(w, known-1)+1)))
	k.Weeks[cell] = int(min(w+1, known))
}

// prior is how many hearings are taken to have been as usual before any was seen.
const prior = 20 * milli

// ofDay is how much is heard on a kind of day, against its hours of the week. An
// ordinary day, and one on which banks are closed, is what those hours know.
func (k *KindNorm) ofDay(day Day) float64 {
	if day == Ordinary || day == Closed {
		return 1
	}
	return float64(k.Heard[day]+prior) / float64(k.Expected[day]+prior)
}

// level is how much less has been heard of late; never more than usual.
func (k *KindNorm) level() float64 {
	return min(1, float64(k.Recent[0]+prior)/float64(k.Recent[1]+prior))
}

// HourOfWeek is the hour of the week in Japan, from Monday on; a day on which banks are
// closed is a Sunday.
func HourOfWeek(at time.Time) int {
	at = at.In(watch.JST)
	day := (int(at.Weekday()) + 6) % 7
	if day < 5 && closed(date(at)) {
		day = 6
	}
	return day*24 + at.Hour()
}
