package feed

import (
	"math"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// usualSpread is the variance of days, as a share of what is expected of them
	// squared, that a bank is taken to have before its own is known, and worth as
	// many days as spreadDays.
	usualSpread = 0.02
	spreadDays  = 14
	// spreadKept is what is left of what is known of days after one more.
	spreadKept = 0.98
	// spreadLeast is the least that has to be expected of a day for it to say
	// anything: of fewer hearings chance alone makes most of the difference.
	spreadLeast = 5.0

	millionth = 1_000_000
)

// Spread is by how much more than chance a bank's days differ: some are busy, some
// are quiet, and no calendar says which. It is kept as the sums of the weights and of
// the weighted variances of days, in millionths.
type Spread struct {
	Day      int64 `json:"day"`             // the day that is being added up, counted from 1970
	Heard    int64 `json:"heard,omitempty"` // thousandths of a hearing
	Expected int64 `json:"expected,omitempty"`
	Weights  int64 `json:"weights,omitempty"`
	Sum      int64 `json:"sum,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// add takes an hour into its day, in thousandths of a hearing.
func (s *Spread) add(at time.Time, heard, expected float64) {
	if day := date(at).Unix() / int64(24*time.Hour/time.Second); day != s.Day {
		s.end()
		s.Day, s.Heard, s.Expected = day, 0, 0
	}
	s.Heard, s.Expected = s.Heard+int64(heard), s.Expected+int64(expected)
}

// end takes a day that is over into what is known. Chance alone gives its hearings
// the variance of their mean: what is more is the day's. A day of few hearings says
// little of it, and weighs little.
func (s *Spread) end() {
	expected := float64(s.Expected) / milli
	if expected < spreadLeast {
		return
	}
	d := float64(s.Heard)/milli - expected
	own := min(1, (d*d-expected)/(expected*expected))
	weight := expected * usualSpread / (1 + expected*usualSpread) // of one, if chance is nothing next to it
	s.Weights = int64(float64(s.Weights)*spreadKept + weight*weight*millionth)
	s.Sum = int64(float64(s.Sum)*spreadKept + weight*weight*own*millionth)
}

// is the variance of days, as a share of what is expected of them squared.
func (s *Spread) is() float64 {
	known := float64(s.Weights) / millionth
	return max(usualSpread/4, (usualSpread*spreadDays+float64(s.Sum)/millionth)/(spreadDays+known))
}

// against is how many hearings have to be expected for silence to be as rare as it
// would be with x of them if all days were alike: of a Poisson process whose rate is
// of a Gamma distribution, silence has the probability (1+e*spread)^(-1/spread).
func (s *Spread) against(x float64) float64 {
	v := s.is()
	return (math.Exp(x*v) - 1) / v
}
