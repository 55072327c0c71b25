package notify

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"
)

var gateNow = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// behind enters a place from other goroutines, one after the other, and returns
// what comes of them in the order in which that is known.
func behind(t *testing.T, g *gates, place string, n int) <-chan int {
	t.Helper()
	out := make(chan int, n)
	for i := range n {
		go func() {
			leave, err := g.enter(t.Context(), place, 1, n)
			switch {
			case errors.Is(err, errBusy):
				out <- -1 - i
			case err == nil:
				out <- i
				leave()
			}
		}()
		for g.waiting(place) < i+1 {
			runtime.Gosched()
		}
	}
	return out
}

func TestTurnsAtAPlaceAreTakenInOrder(t *testing.T) {
	t.Parallel()
	var g gates
	leave, err := g.enter(t.Context(), "here", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := behind(t, &g, "here", 5)
	if _, err := g.enter(t.Context(), "here", 1, 5); !errors.Is(err, errBusy) {
		t.Errorf("behind five others: %v", err)
	}
	if there, err := g.enter(t.Context(), "there", 1, 0); err != nil {
		t.Errorf("another place: %v", err)
	} else {
		there()
	}
	leave()
	for i := range 5 {
		if got := <-out; got != i {
			t.Errorf("turn %d is that of %d", i, got)
		}
	}
	for g.waiting("here") > 0 {
		runtime.Gosched()
	}
	if leave, err = g.enter(t.Context(), "here", 1, 1); err != nil {
		t.Error(err)
	}
	leave()
	if len(g.at) != 0 {
		t.Errorf("%d places are kept", len(g.at))
	}
}

func TestWhatWaitsGoesBackWhenThePlaceHangs(t *testing.T) {
	t.Parallel()
	var g gates
	leave, err := g.enter(t.Context(), "here", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := behind(t, &g, "here", 5)
	g.took("here", slowAfter-1, gateNow)
	if g.isSlow("here", gateNow) || g.waiting("here") != 5 {
		t.Error("a call that does not hang is taken for one that does")
	}
	g.took("here", slowAfter, gateNow)
	var got []int
	for range 5 {
		got = append(got, <-out)
	}
	if slices.Max(got) >= 0 {
		t.Errorf("some had their turn: %v", got)
	}
	leave()
	if !g.isSlow("here", gateNow.Add(slowFor-1)) || g.isSlow("here", gateNow.Add(slowFor)) {
		t.Error("it is slow for another time than a minute")
	}
	g.took("here", 0, gateNow)
	if g.isSlow("here", gateNow) {
		t.Error("it is slow after a quick call")
	}
}

func TestWhoGivesUpWaitingTakesNoTurn(t *testing.T) {
	t.Parallel()
	var g gates
	leave, err := g.enter(t.Context(), "here", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := g.enter(ctx, "here", 1, 1)
		ended <- err
	}()
	for g.waiting("here") < 1 {
		runtime.Gosched()
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	leave()
	if leave, err = g.enter(t.Context(), "here", 1, 0); err != nil {
		t.Error("the place is not free:", err)
	}
	leave()
}

func TestPersonsForWhomAProviderHangsHaveASmallPartOfIt(t *testing.T) {
	t.Parallel()
	var g gates
	const most = 16
	var slow []func()
	for i := range most {
		person := string(rune('a' + i))
		g.took("line "+person, slowAfter, gateNow)
		leave, err := g.enterPerson(t.Context(), "line", person, most, gateNow)
		switch {
		case err == nil:
			slow = append(slow, leave)
		case !errors.Is(err, errBusy):
			t.Error(err)
		}
	}
	if len(slow) != most/slowShare {
		t.Errorf("%d slow calls at a time, want %d", len(slow), most/slowShare)
	}
	for i := range most {
		leave, err := g.enterPerson(t.Context(), "line", string(rune('A'+i)), most, gateNow)
		if err != nil {
			t.Errorf("other person %d: %v", i, err)
			continue
		}
		defer leave()
	}
	for _, leave := range slow {
		leave()
	}
	g.took("line a", 0, gateNow)
	if _, err := g.enterPerson(t.Context(), "line", "b", most, gateNow); err != nil {
		t.Errorf("a slow person again: %v", err)
	}
}

// Each of them is told once and never again.
func TestAMillionPeopleLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	var g gates
	for i := range 1_000_000 {
		to, now := strconv.Itoa(i), gateNow.Add(time.Duration(i)*time.Millisecond)
		leave, err := g.enterPerson(t.Context(), "line", to, 16, now)
		if err != nil {
			t.Fatal(err)
		}
		d := time.Millisecond
		if i%50 == 0 {
			d = slowAfter // and hangs, which is remembered of so many at most
		}
		g.took("line "+to, d, now)
		if leave(); len(g.slow) > mostSlow {
			t.Fatalf("%d are remembered as slow", len(g.slow))
		}
	}
	if len(g.at) != 0 {
		t.Errorf("%d places are kept", len(g.at))
	}
}
