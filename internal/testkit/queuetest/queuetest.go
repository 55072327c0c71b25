// Package queuetest holds the promises of queue.Queue as tests, to be run
// against every implementation.
package queuetest

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/queue"
)

// MaxReceives says after how many receives a message is dead: queues under
// test must be set to it.
const MaxReceives = 3

const (
	// unhurried is a visibility that does not run out while a test runs,
	// however slow the queue.
	unhurried = 10 * time.Minute
	// briefly is one that does.
	briefly = 2 * time.Second
	// clockStep is how far the clocks that a queue and a test read may differ.
	clockStep = 50 * time.Millisecond
)

// Feature is a promise that a stand-in for SQS may not keep.
type Feature string

// Fair is that a busy group does not starve another.
const Fair Feature = "fair groups"

// Config says what is tested. Nothing that a test promises depends on how fast
// the queue is: what must not be early is timed from before it was asked for,
// and all else is waited for.
type Config struct {
	// Open makes an empty queue on which what is received stays hidden for
	// that long, whole seconds. Several are in use at a time. Calling expire
	// makes what was received from queue.Events and is hidden visible again, as
	// when its time runs out.
	Open func(t *testing.T, visibility time.Duration) (q queue.Queue, expire func())
	// Many is how many messages many consumers share.
	Many int
	// AtATime is how many tests run together.
	AtATime int
	// Without says why a feature is not there. Its tests are skipped, and say
	// so.
	Without map[Feature]string
}

// soon is longer than anything takes that must come.
const soon = 20 * time.Second

// tested is a queue under test.
type tested struct {
	queue.Queue
	expire func()
	many   int
}

// Run tests queues.
func Run(t *testing.T, c Config) {
	slots := make(chan struct{}, c.AtATime)
	var wg sync.WaitGroup
	for name, test := range map[string]struct {
		run        func(*testing.T, tested)
		visibility time.Duration // unhurried if 0
		needs      Feature       // none if empty
	}{
		"a received message hides, comes back, and ends when deleted":                       {run: hides, visibility: briefly},
		"a retried message waits for its delay":                                             {run: retries},
		"a message sent with a delay waits for it":                                          {run: delays},
		"what is received too often or dead-lettered is a dead letter, and can be redriven": {run: dies},
		"many consumers get each of many messages once":                                     {run: shares},
		"bodies that no queue could carry are refused":                                      {run: refuses},
		"one call may send more than one request of SQS holds":                              {run: sendsMuch},
		"a receive waits for a message, no longer, and takes no more than it wants":         {run: waits},
		"queues do not mix": {run: separate},
		"a late delete, retry or dead-lettering is no error and brings nothing back": {run: late},
		"the depth is told, about":                                {run: depth},
		"a send or receive whose answer is lost loses no message": {run: lostAnswers},
		"a busy group does not starve another":                    {run: takesTurns, needs: Fair},
	} {
		// Together, because they wait most of the time.
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			t.Run(name, func(t *testing.T) {
				if why, without := c.Without[test.needs]; without {
					t.Skipf("left out, %s: %s", test.needs, why)
				}
				q, expire := c.Open(t, cmp.Or(test.visibility, unhurried))
				test.run(t, tested{q, expire, c.Many})
			})
		})
	}
	wg.Wait()
}

var ctx = context.Background()

func send(t *testing.T, q tested, group string, bodies ...string) {
	t.Helper()
	var out []queue.Outgoing
	for _, b := range bodies {
		out = append(out, queue.Outgoing{Body: []byte(b), Group: group, Trace: "trace"})
	}
	if err := q.Send(ctx, queue.Events, out...); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, q tested, wait time.Duration) []queue.Message {
	t.Helper()
	m, err := q.Receive(ctx, queue.Events, 10, wait)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// none fails the test if a message is visible now.
func none(t *testing.T, q tested, why string) {
	t.Helper()
	if ms := receive(t, q, 0); len(ms) != 0 {
		t.Errorf("%s: %d messages", why, len(ms))
	}
}

func one(t *testing.T, q tested) queue.Message {
	t.Helper()
	m := receive(t, q, soon)
	if len(m) != 1 {
		t.Fatalf("%d messages, want 1", len(m))
	}
	return m[0]
}

// all receives and deletes until every body was seen; a queue that goes quiet
// before that fails the test. It returns how often each came.
func all(t *testing.T, q tested, want ...string) map[string]int {
	t.Helper()
	seen := map[string]int{}
	missing := func() int {
		n := 0
		for _, b := range want {
			if seen[b] == 0 {
				n++
			}
		}
		return n
	}
	for end := time.Now().Add(3 * soon); missing() > 0; {
		ms := receive(t, q, 0)
		if len(ms) == 0 && time.Now().After(end) {
			t.Fatalf("%d of %d messages did not come", missing(), len(want))
		}
		if len(ms) == 0 {
			q.expire()
		}
		for _, m := range ms {
			seen[string(m.Body)]++
		}
		if len(ms) > 0 {
			must(t, q.Delete(ctx, queue.Events, ms...))
		}
	}
	return seen
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func names(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(prefix, i)
	}
	return out
}

func hides(t *testing.T, q tested) {
	send(t, q, "0125", "hello")
	start := time.Now()
	m := one(t, q)
	if string(m.Body) != "hello" || m.Group != "0125" || m.Trace != "trace" || m.Receives != 1 || m.SentAt.IsZero() {
		t.Errorf("message %+v", m)
	}
	m = one(t, q)
	if hidden := time.Since(start); m.Receives != 2 || hidden < briefly-clockStep {
		t.Errorf("received %d times after %v, want 2 after %v", m.Receives, hidden, briefly)
	}
	for range 2 {
		if err := q.Delete(ctx, queue.Events, m); err != nil {
			t.Fatal(err)
		}
	}
	q.expire()
	none(t, q, "it came back after it ended")
}

func retries(t *testing.T, q tested) {
	send(t, q, "", "x")
	if err := q.Retry(ctx, queue.Events, one(t, q), 0); err != nil {
		t.Fatal(err)
	}
	m := one(t, q)
	start := time.Now()
	if err := q.Retry(ctx, queue.Events, m, 2*time.Second); err != nil {
		t.Fatal(err)
	}
	one(t, q)
	if d := time.Since(start); d < 2*time.Second-clockStep {
		t.Errorf("back after %v", d)
	}
}

func dies(t *testing.T, q tested) {
	send(t, q, "0125", "often", "poison")
	for {
		ms := receive(t, q, 0)
		for _, m := range ms {
			var err error
			if string(m.Body) == "poison" {
				err = q.DeadLetter(ctx, queue.Events, m, "cannot be read")
			} else {
				err = q.Retry(ctx, queue.Events, m, 0)
			}
			if err != nil {
				t.Fatal(err)
			}
			if m.Receives > MaxReceives {
				t.Fatalf("received %d times", m.Receives)
			}
		}
		if len(ms) == 0 {
			break
		}
	}
	q.expire()
	none(t, q, "a message is left")
	dead, err := q.Dead(ctx, queue.Events, 10)
	if err != nil || len(dead) != 2 {
		t.Fatalf("%d dead letters, %v", len(dead), err)
	}
	for _, d := range dead {
		if string(d.Body) == "poison" && d.Why != "cannot be read" || d.Group != "0125" || d.Trace != "trace" || d.DiedAt.IsZero() {
			t.Errorf("a dead letter of %q: %q because of %q", d.Group, d.Body, d.Why)
		}
	}
	if some, err := q.Dead(ctx, queue.Events, 1); err != nil || len(some) != 1 {
		t.Errorf("%d of at most 1 dead letters, %v", len(some), err)
	}
	if n, err := q.Redrive(ctx, queue.Events); err != nil || n != 2 {
		t.Fatalf("redrove %d, %v", n, err)
	}
	seen := map[string]bool{}
	for len(seen) < 2 {
		ms := receive(t, q, soon)
		if len(ms) == 0 {
			t.Fatalf("only %v came back", seen)
		}
		for _, m := range ms {
			seen[string(m.Body)] = true
			if m.Receives != 1 || m.Group != "0125" || m.Trace != "trace" {
				t.Errorf("after its redrive %q of %q (%q) was received %d times, want a new count", m.Body, m.Group, m.Trace, m.Receives)
			}
		}
	}
	if d, err := q.Dead(ctx, queue.Events, 10); err != nil || len(d) != 0 {
		t.Errorf("%d still dead, %v", len(d), err)
	}
}

func shares(t *testing.T, q tested) {
	want := names("m", q.many)
	send(t, q, "a", want...)
	var mu sync.Mutex
	came := map[string]int{}
	seen := func(ms []queue.Message) (all bool) {
		mu.Lock()
		defer mu.Unlock()
		for _, m := range ms {
			if came[string(m.Body)]++; m.Receives != 1 {
				t.Errorf("message %s says that it was received %d times", m.Body, m.Receives)
			}
		}
		return len(came) == len(want)
	}
	var wg sync.WaitGroup
	end := time.Now().Add(6 * soon)
	for range 20 {
		wg.Go(func() {
			for time.Now().Before(end) {
				ms, err := q.Receive(ctx, queue.Events, 3, 300*time.Millisecond)
				if err == nil && len(ms) > 0 {
					err = q.Delete(ctx, queue.Events, ms...)
				}
				if err != nil {
					t.Error(err)
					return
				}
				if seen(ms) && len(ms) == 0 {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, b := range want {
		if n := came[b]; n != 1 {
			t.Errorf("message %s came %d times", b, n)
		}
	}
	if len(came) != len(want) {
		t.Errorf("%d messages, want %d", len(came), len(want))
	}
}

func takesTurns(t *testing.T, q tested) {
	for range 10 {
		send(t, q, "busy", "b1", "b2", "b3", "b4", "b5")
	}
	send(t, q, "quiet", "q")
	for range 3 {
		for _, m := range receive(t, q, soon) {
			if m.Group == "quiet" {
				return
			}
		}
	}
	t.Error("the quiet group waits behind 30 messages")
}

func refuses(t *testing.T, q tested) {
	for name, body := range map[string]string{"an empty one": "", "a NUL": "a\x00", "broken UTF-8": "\xff", "U+FFFE": "\uFFFE",
		"more than 1 MiB": strings.Repeat("a", queue.MaxBody+1)} {
		if err := q.Send(ctx, queue.Events, queue.Outgoing{Body: []byte(body)}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	send(t, q, "", strings.Repeat("あ", 100_000), "\uFFFD")
}
