package notify

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	// waitBehind is how many messages wait in memory for calls that are under way
	// to the same place. Further ones go back to their queue, and so do those that
	// wait when it turns out that the place hangs.
	waitBehind = 32
	// slowAfter is how long a call takes that counts as hanging, and slowFor for
	// how long its place is then one of the slow ones.
	slowAfter = 2 * time.Second
	slowFor   = time.Minute
	// slowShare is the part of a provider's calls that slow places may have
	// together.
	slowShare = 8
	// mostSlow bounds the places that are remembered as slow.
	mostSlow = 10_000
)

// errBusy says that enough messages wait for a place already.
var errBusy = errors.New("notify: enough wait for this place already")

// gates bound the calls under way to each place: a person over a channel, a
// provider, a bank. So what hangs costs itself.
type gates struct {
	mu   sync.Mutex
	at   map[string]*gate
	slow map[string]time.Time
}

// gate is a place that is in use.
type gate struct {
	under int         // calls under way
	queue []chan bool // who waits, in the order in which they came: true is their turn
}

// enter waits until fewer than most calls are under way to a place, behind at
// most wait others: errBusy if there are more. The caller leaves afterwards.
func (g *gates) enter(ctx context.Context, place string, most, wait int) (leave func(), err error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	g.mu.Lock()
	if g.at == nil {
		g.at = map[string]*gate{}
	}
	at := g.at[place]
	if at == nil {
		at = &gate{}
		g.at[place] = at
	}
	leave = func() { g.leave(place) }
	switch {
	case at.under < most:
		at.under++
		g.mu.Unlock()
		return leave, nil
	case len(at.queue) >= wait:
		g.mu.Unlock()
		return nil, errBusy
	}
	turn := make(chan bool, 1)
	at.queue = append(at.queue, turn)
	g.mu.Unlock()
	select {
	case mine := <-turn:
		switch {
		case !mine:
			return nil, errBusy
		case ctx.Err() != nil:
			leave()
			return nil, ctx.Err()
		}
		return leave, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	i := slices.Index(at.queue, turn)
	if i >= 0 {
		at.queue = slices.Delete(at.queue, i, i+1)
	}
	g.mu.Unlock()
	if i < 0 && <-turn {
		leave() // the turn came at the same moment
	}
	return nil, ctx.Err()
}

// waiting is how many messages wait for a place.
func (g *gates) waiting(place string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := g.at[place]; at != nil {
		return len(at.queue)
	}
	return 0
}

// leave hands the turn to who has waited longest.
func (g *gates) leave(place string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.at[place]
	if len(at.queue) > 0 {
		at.queue[0] <- true
		at.queue = at.queue[1:]
		return
	}
	if at.under--; at.under == 0 {
		delete(g.at, place)
	}
}

// took notes how long a call to a place took.
func (g *gates) took(place string, d time.Duration, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if d < slowAfter {
		delete(g.slow, place)
		return
	}
	if g.slow == nil || len(g.slow) >= mostSlow {
		g.slow = map[string]time.Time{}
	}
	g.slow[place] = now.Add(slowFor)
	if at := g.at[place]; at != nil {
		for _, turn := range at.queue {
			turn <- false
		}
		at.queue = nil
	}
}

// isSlow tells whether the latest call to a place hung, not long ago.
func (g *gates) isSlow(place string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	till, ok := g.slow[place]
	return ok && now.Before(till)
}

// enterPerson waits for a turn with one person over a channel, and then for one
// with its provider. Persons for whom it hangs have a small part of the
// provider's calls, and no message waits for that in memory.
func (g *gates) enterPerson(ctx context.Context, provider, to string, most int, now time.Time) (leave func(), err error) {
	person, place, wait, behind := provider+" "+to, provider, waitBehind, 1<<30
	if g.isSlow(person, now) {
		place, most, wait, behind = provider+" slow", max(1, most/slowShare), 0, 0
	}
	leavePerson, err := g.enter(ctx, person, 1, wait)
	if err != nil {
		return nil, err
	}
	leaveProvider, err := g.enter(ctx, place, most, behind)
	if err != nil {
		leavePerson()
		return nil, err
	}
	return func() { leaveProvider(); leavePerson() }, nil
}
