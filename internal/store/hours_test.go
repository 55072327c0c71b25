package store_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// The lag that is told is never below the true one, and less than twice it.
func TestALagIsRoundedUpToAPowerOfTwo(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(17, 6))
	for range 300 {
		var h store.Hour
		var lags []time.Duration
		for range 1 + random.IntN(200) {
			lag := time.Duration(random.ExpFloat64() * float64(time.Duration(1)<<random.IntN(50)))
			lags = append(lags, lag)
			h.Accept(watch.Debit, lag)
		}
		h.Accept(watch.Debit, -1) // of a day: nothing is known
		slices.Sort(lags)
		for _, share := range []float64{0.5, 0.99, 1} {
			true1 := lags[max(int(float64(len(lags))*share+0.999999), 1)-1]
			got, known := h.Lag(share)
			said := time.Duration(got) * time.Second
			if !known || said < true1 || true1 > time.Second && said >= 2*true1+2*time.Second {
				t.Fatalf("%v of %d: %v is told as %v", share, len(lags), true1, said)
			}
		}
		if h.Accepted[0].Events != len(lags)+1 {
			t.Errorf("%v accepted, want %d", h.Accepted, len(lags)+1)
		}
	}
	if _, known := (&store.Hour{}).Lag(0.5); known {
		t.Error("a lag of nothing is known")
	}
}

// failing is a table whose writes fail while it is down.
type failing struct {
	store.Table
	down   bool
	writes int
}

func (f *failing) Write(ctx context.Context, writes ...store.Write) error {
	f.writes++
	if f.down {
		return errors.New("down")
	}
	return f.Table.Write(ctx, writes...)
}

func TestHoursAreAddedUpFromAllProcesses(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		clock := worldtest.NewClock(worldtest.Start.Truncate(time.Hour).Add(50 * time.Minute))
		table := &failing{Table: tabletest.On(t, kind, clock.Now)}
		s := store.New(table)
		processes := []*store.Tallier{store.NewTallier(), store.NewTallier()}
		want := map[time.Time]*store.Hour{}
		of := func() *store.Hour {
			at := clock.Now().UTC().Truncate(time.Hour)
			if want[at] == nil {
				want[at] = &store.Hour{At: at}
			}
			return want[at]
		}
		for i := range 40 { // of which 39 minutes are over: two hours
			p, now := processes[i%2], clock.Now()
			var batch store.Hour
			batch.Accept(watch.Debit, time.Duration(i)*time.Second)
			batch.Accept(watch.LinkRegistered, -1)
			p.Accepted("0125", &batch, now)
			of().Add(&batch)
			if i%3 == 0 {
				p.Refused("0125", 2, now)
				p.Known("0125", now)
				p.Conflict("0125", "e", now)
				of().Refused, of().Known, of().Conflicts = of().Refused+2, of().Known+1, of().Conflicts+1
			}
			p.Accepted("0168", &batch, now) // another bank's
			table.down = i == 20
			if err := p.SaveHours(t.Context(), s, now); (err != nil) != table.down {
				t.Fatal(err)
			}
			table.down = false
			clock.Add(time.Minute)
		}
		clock.Add(time.Minute)
		for _, p := range processes {
			if err := p.SaveHours(t.Context(), s, clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Hours(t.Context(), "0125", 24, clock.Now())
		if err != nil || len(got) != 2 {
			t.Fatalf("%d hours, %v", len(got), err)
		}
		for i := range got {
			if diff := cmp.Diff(want[got[i].At], &got[i]); diff != "" {
				t.Errorf("%v: %s", got[i].At, diff)
			}
		}
		if !got[0].At.After(got[1].At) {
			t.Error("the latest is not the first")
		}
		if one, err := s.Hours(t.Context(), "0125", 1, clock.Now()); err != nil || len(one) != 1 {
			t.Errorf("the present hour alone: %d, %v", len(one), err)
		}
		// However often it is saved, a process writes an hour once a minute.
		var before int
		for i := range 10 {
			var batch store.Hour
			batch.Accept(watch.Debit, 0)
			processes[0].Accepted("0125", &batch, clock.Now())
			if err := processes[0].SaveHours(t.Context(), s, clock.Now()); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				before = table.writes
			}
		}
		if n := table.writes - before; n != 0 {
			t.Errorf("%d writes within the minute", n)
		}
	})
}
