// Package queuetest holds the promises of queue.Queue as tests, to be run
// against every implementation.
package queuetest

import (
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

// unhurried is a visibility that does not run out while a test runs, however
// slow the queue.
const unhurried = 10 * time.Minute

// Feature is a promise that a stand-in for SQS may not keep.
type Feature string

// Fair is that a busy group does not starve another.
const Fair Feature = "fair groups"

// Config says what is tested, and how fast it is. A slow queue makes the tests
// take longer: the promises stay the same.
type Config struct {
	// Open makes an empty queue on which what is received stays hidden for
	// that long. Several are in use at a time.
	Open func(t *testing.T, visibility time.Duration) queue.Queue
	// Visibility is the shortest, in whole seconds, that the queue keeps
	// reliably: a few calls are sure to be answered within it. Tests in which
	// it must run out use it.
	Visibility time.Duration
	// AtATime is how many tests run together.
	AtATime int
	// Without says why a feature is not there. Its tests are skipped, and say
	// so.
	Without map[Feature]string
}

// suite is a Config with how long it waits for what must come: longer than
// anything takes.
type suite struct {
	Config
	soon time.Duration
}

// Run tests queues.
func Run(t *testing.T, c Config) {
	s := suite{c, max(5*time.Second, 4*c.Visibility)}
	slots := make(chan struct{}, c.AtATime)
	var wg sync.WaitGroup
	for name, test := range map[string]struct {
		run     func(*testing.T, queue.Queue)
		expires bool    // it waits until what was received is visible again
		needs   Feature // none if empty
	}{
		"a received message hides, comes back, and ends when deleted":                       {run: s.hides, expires: true},
		"a retried message waits for its delay":                                             {run: s.retries},
		"a message sent with a delay waits for it":                                          {run: s.delays},
		"what is received too often or dead-lettered is a dead letter, and can be redriven": {run: s.dies},
		"many consumers get each of many messages once":                                     {run: s.shares},
		"bodies that no queue could carry are refused":                                      {run: s.refuses},
		"one call may send more than one request of SQS holds":                              {run: s.sendsMuch},
		"a receive waits for a message, no longer, and takes no more than it wants":         {run: s.waits},
		"queues do not mix": {run: s.separate},
		"a late delete, retry or dead-lettering is no error and brings nothing back": {run: s.late, expires: true},
		"the depth is told, about":                                {run: s.depth},
		"a send or receive whose answer is lost loses no message": {run: s.lostAnswers, expires: true},
		"a busy group does not starve another":                    {run: s.takesTurns, needs: Fair},
	} {
		// Together, because they wait most of the time.
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			t.Run(name, func(t *testing.T) {
				if why, without := c.Without[test.needs]; without {
					t.Skipf("left out, %s: %s", test.needs, why)
				}
				visibility := unhurried
				if test.expires {
					visibility = c.Visibility
				}
				test.run(t, c.Open(t, visibility))
			})
		})
	}
	wg.Wait()
}

var ctx = context.Background()

func send(t *testing.T, q queue.Queue, group string, bodies ...string) {
	t.Helper()
	var out []queue.Outgoing
	for _, b := range bodies {
		out = append(out, queue.Outgoing{Body: []byte(b), Group: group, Trace: "trace"})
	}
	if err := q.Send(ctx, queue.Events, out...); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, q queue.Queue, wait time.Duration) []queue.Message {
	t.Helper()
	m, err := q.Receive(ctx, queue.Events, 10, wait)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func one(t *testing.T, q queue.Queue, wait time.Duration) queue.Message {
	t.Helper()
	m := receive(t, q, wait)
	if len(m) != 1 {
		t.Fatalf("%d messages, want 1", len(m))
	}
	return m[0]
}

// all receives and deletes until every body was seen; a queue that goes quiet
// before that fails the test. It returns how often each came.
func (s suite) all(t *testing.T, q queue.Queue, want ...string) map[string]int {
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
	for end := time.Now().Add(3 * s.soon); missing() > 0; {
		ms := receive(t, q, s.Visibility*3/2)
		if len(ms) == 0 && time.Now().After(end) {
			t.Fatalf("%d of %d messages did not come", missing(), len(want))
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

func (s suite) hides(t *testing.T, q queue.Queue) {
	send(t, q, "0125", "hello")
	m := one(t, q, s.soon)
	if string(m.Body) != "hello" || m.Group != "0125" || m.Trace != "trace" || m.Receives != 1 || m.SentAt.IsZero() {
		t.Errorf("message %+v", m)
	}
	if again := receive(t, q, s.Visibility/5); len(again) != 0 {
		t.Error("it does not hide")
	}
	m = one(t, q, s.soon)
	if m.Receives != 2 {
		t.Errorf("received %d times, want 2", m.Receives)
	}
	for range 2 {
		if err := q.Delete(ctx, queue.Events, m); err != nil {
			t.Fatal(err)
		}
	}
	if again := receive(t, q, s.Visibility*3/2); len(again) != 0 {
		t.Error("it came back after it ended")
	}
}

func (s suite) retries(t *testing.T, q queue.Queue) {
	send(t, q, "", "x")
	if err := q.Retry(ctx, queue.Events, one(t, q, s.soon), 0); err != nil {
		t.Fatal(err)
	}
	m := one(t, q, s.soon)
	if err := q.Retry(ctx, queue.Events, m, 2*time.Second); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	one(t, q, s.soon)
	if d := time.Since(start); d < time.Second {
		t.Errorf("back after %v", d)
	}
}

func (s suite) dies(t *testing.T, q queue.Queue) {
	send(t, q, "0125", "often", "poison")
	for {
		ms := receive(t, q, s.Visibility*3/2)
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
	if left := receive(t, q, s.Visibility*3/2); len(left) != 0 {
		t.Errorf("%d messages left", len(left))
	}
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
		ms := receive(t, q, s.soon)
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

func (s suite) shares(t *testing.T, q queue.Queue) {
	want := names("m", 200)
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
	end := time.Now().Add(12 * s.soon)
	for range 20 {
		wg.Go(func() {
			for time.Now().Before(end) {
				ms, err := q.Receive(ctx, queue.Events, 10, 300*time.Millisecond)
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

func (s suite) takesTurns(t *testing.T, q queue.Queue) {
	for range 10 {
		send(t, q, "busy", "b1", "b2", "b3", "b4", "b5")
	}
	send(t, q, "quiet", "q")
	for range 3 {
		for _, m := range receive(t, q, s.soon) {
			if m.Group == "quiet" {
				return
			}
		}
	}
	t.Error("the quiet group waits behind 30 messages")
}

func (s suite) refuses(t *testing.T, q queue.Queue) {
	for name, body := range map[string]string{"an empty one": "", "a NUL": "a\x00", "broken UTF-8": "\xff", "U+FFFE": "\uFFFE",
		"more than 1 MiB": strings.Repeat("a", queue.MaxBody+1)} {
		if err := q.Send(ctx, queue.Events, queue.Outgoing{Body: []byte(body)}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	send(t, q, "", strings.Repeat("あ", 100_000), "\uFFFD")
}
