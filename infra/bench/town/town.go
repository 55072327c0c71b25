// Package town runs a year of a whole country through the real stages, small and
// on a clock of its own, and works out what it would be at full size: how long
// alerts take, which limit is met first, and what it costs.
//
// What is real: ingest, detect, notify, sweep, answers, with their queues, over a
// table that counts what DynamoDB charges, for each of its keys. What is worked
// out: how long messages wait at full size, by queues that take turns and
// functions that do so many things a second (see Rates), since a hundredth of a
// provider's rate would make others wait a hundred times as long.
package town

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"
)

// Options of a town.
type Options struct {
	Scale    int // accounts of the country for each one here
	Days     int
	Seed     uint64
	Accounts float64 // of the country
	Yen      float64 // for a dollar
	Rates    Rates
	Progress io.Writer // nil is none
}

// Rates are what the functions of the template do at full size.
type Rates struct {
	Detect float64 // events a second: 20 functions, 17 µs of a core each, of which 256 MB have a seventh
	Notify float64 // messages a second: 20 functions of ten at a time, each 180 ms
	LINE   float64 // pushes a second that LINE takes, less a margin
}

// Defaults are those of template.yaml, of the measurements in this folder's
// README, and of 12 ms a call of DynamoDB, 80 ms one of LINE.
func Defaults() Options {
	return Options{Scale: 20_000, Days: 365, Seed: 1, Accounts: 80e6, Yen: 150,
		Rates: Rates{Detect: 20 / (17e-6 * 7), Notify: 20 * 10 / 0.18, LINE: 1900}}
}

// What people and banks do. No bank publishes any of it: these are guesses, to be
// changed by those who know better.
const (
	optedIn      = 0.02
	debitsYear   = 120.0 // of an account
	chargesMonth = 4.0   // of a watched account, by wallets
	atNight      = 0.6   // of ordinary debits are posted by the night's batch
	chargesNight = 0.2   // of charges are
	withQuiet    = 0.3   // of watchers have quiet hours from 22:00 to 07:00
	answering    = 0.3   // of alerts are answered within the hour,
	notTheirs    = 0.02  // of these as "not me"
	refused      = 0.01  // of pushes LINE answers 429
	stormRepeats = 20    // times that a bank in a storm sends an hour's events again
	attackShare  = 0.05  // of a bank's watched accounts are charged within an hour
)

var japan = time.FixedZone("JST", 9*60*60)

// weight is how much more is debited on a day than on an ordinary one.
func weight(d time.Time) float64 {
	w := 1.0
	last := d.AddDate(0, 0, 1).Month() != d.Month()
	switch day := d.Day(); {
	case day == 27:
		w = 5
	case day == 25 || day == 26:
		w = 3
	case last:
		w = 3
	case day%5 == 0: // 五十日
		w = 1.8
	}
	if d.Month() == time.December && last {
		w *= 1.5
	}
	if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
		w *= 0.4
	}
	return w
}

// Run runs a town and says what came of it.
func Run(ctx context.Context, o Options) (*Report, error) {
	w, err := newWorld(o)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.settle(ctx); err != nil {
		return nil, err
	}
	start := w.clock.Now()
	began := time.Now()
	for day := range o.Days {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.day(ctx, start.AddDate(0, 0, day), day); err != nil {
			return nil, err
		}
		if o.Progress != nil && (day+1)%max(1, o.Days/20) == 0 {
			_, _ = fmt.Fprintf(o.Progress, "day %d of %d, %d events, %d alerts, %v\n", day+1, o.Days, w.events, len(w.told), time.Since(began).Round(time.Second))
		}
	}
	// What was held in the last night.
	if err := w.until(ctx, w.clock.Now().Add(10*time.Hour)); err != nil {
		return nil, err
	}
	return w.report(ctx)
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 35)) }

var discard = slog.DiscardHandler
