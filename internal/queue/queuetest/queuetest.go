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

// MaxReceives says after how many receives a message is dead.
const MaxReceives = 3

// Visibility is what the queue under test must be set to, and AtATime how many
// tests run together. For queues whose requests take long they can be set
// before Run: the promises stay the same.
var (
	Visibility = time.Second
	AtATime    = 12
)

// soon is longer than anything that is waited for takes.
var soon = 5 * time.Second

var ctx = context.Background()

// Run tests queues. open makes empty ones, of which several are in use at a
// time.
func Run(t *testing.T, open func(t *testing.T) queue.Queue) {
	soon = max(soon, 4*Visibility)
	slots := make(chan struct{}, AtATime)
	var wg sync.WaitGroup
	for name, test := range map[string]func(*testing.T, queue.Queue){
		"a received message hides, comes back, and ends when deleted":                hides,
		"a retried message waits for its delay":                                      retries,
		"a message sent with a delay waits for it":                                   delays,
		"what is received too often or buried is a dead letter, and can be redriven": dies,
		"many consumers get each of many messages once":                              shares,
		"bodies that no queue could carry are refused":                               refuses,
		"one call may send more than one request of SQS holds":                       sendsMuch,
		"a receive waits for a message, no longer, and takes no more than it wants":  waits,
		"queues do not mix": separate,
		"a late delete, retry or burial is no error and brings nothing back": late,
		"the depth is told, about":                                depth,
		"a send or receive whose answer is lost loses no message": lostAnswers,
	} {
		// Together, because they wait for visibility most of the time.
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			t.Run(name, func(t *testing.T) { test(t, open(t)) })
		})
	}
	wg.Wait()
}

// Fair tests that a busy group does not starve another: SQS's fair queues
// keep it, stand-ins for SQS may not.
func Fair(t *testing.T, open func(t *testing.T) queue.Queue) {
	t.Run("a busy group does not starve another", func(t *testing.T) { takesTurns(t, open(t)) })
}

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
func all(t *testing.T, q queue.Queue, want ...string) map[string]int {
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
		ms := receive(t, q, Visibility*3/2)
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

func hides(t *testing.T, q queue.Queue) {
	send(t, q, "0125", "hello")
	m := one(t, q, soon)
	if string(m.Body) != "hello" || m.Group != "0125" || m.Trace != "trace" || m.Receives != 1 || m.SentAt.IsZero() {
		t.Errorf("message %+v", m)
	}
	if again := receive(t, q, Visibility/5); len(again) != 0 {
		t.Error("it does not hide")
	}
	m = one(t, q, soon)
	if m.Receives != 2 {
		t.Errorf("received %d times, want 2", m.Receives)
	}
	for range 2 {
		if err := q.Delete(ctx, queue.Events, m); err != nil {
			t.Fatal(err)
		}
	}
	if again := receive(t, q, Visibility*3/2); len(again) != 0 {
		t.Error("it came back after it ended")
	}
}

func retries(t *testing.T, q queue.Queue) {
	send(t, q, "", "x")
	if err := q.Retry(ctx, queue.Events, one(t, q, soon), 0); err != nil {
		t.Fatal(err)
	}
	m := one(t, q, soon)
	if err := q.Retry(ctx, queue.Events, m, 2*time.Second); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	one(t, q, soon)
	if d := time.Since(start); d < time.Second {
		t.Errorf("back after %v", d)
	}
}

func dies(t *testing.T, q queue.Queue) {
	send(t, q, "0125", "often", "poison")
	for {
		ms := receive(t, q, Visibility*3/2)
		for _, m := range ms {
			var err error
			if string(m.Body) == "poison" {
				err = q.Bury(ctx, queue.Events, m, "cannot be read")
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
	if left := receive(t, q, Visibility*3/2); len(left) != 0 {
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
		ms := receive(t, q, soon)
		if len(ms) == 0 {
			t.Fatalf("only %v came back", seen)
		}
		for _, m := range ms {
			seen[string(m.Body)] = true
			if m.Receives != 1 {
				t.Errorf("after its redrive %q was received %d times, want a new count", m.Body, m.Receives)
			}
		}
	}
	if d, err := q.Dead(ctx, queue.Events, 10); err != nil || len(d) != 0 {
		t.Errorf("%d still dead, %v", len(d), err)
	}
}

func shares(t *testing.T, q queue.Queue) {
	var bodies []string
	for i := range 200 {
		bodies = append(bodies, fmt.Sprint(i))
	}
	send(t, q, "a", bodies...)
	type seen struct{ asked, ended time.Time }
	var mu sync.Mutex
	got := map[string]seen{}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for {
				asked := time.Now()
				ms, err := q.Receive(ctx, queue.Events, 10, 300*time.Millisecond)
				if err != nil || len(ms) == 0 {
					return
				}
				mu.Lock()
				for _, m := range ms {
					b := string(m.Body)
					// A slow machine lets visibility run out: then it may come again.
					s, again := got[b]
					if again && (time.Since(s.asked) < Visibility || !s.ended.IsZero() && s.ended.Before(asked)) {
						t.Errorf("message %s came twice", b)
					}
					got[b] = seen{asked: asked}
				}
				mu.Unlock()
				if q.Delete(ctx, queue.Events, ms...) != nil {
					continue
				}
				mu.Lock()
				for _, m := range ms {
					got[string(m.Body)] = seen{asked: asked, ended: time.Now()}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(got) != 200 {
		t.Errorf("%d messages, want 200", len(got))
	}
}

func takesTurns(t *testing.T, q queue.Queue) {
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

func refuses(t *testing.T, q queue.Queue) {
	for name, body := range map[string]string{"an empty one": "", "a NUL": "a\x00", "broken UTF-8": "\xff", "U+FFFE": "\uFFFE",
		"more than 1 MiB": strings.Repeat("a", queue.MaxBody+1)} {
		if err := q.Send(ctx, queue.Events, queue.Outgoing{Body: []byte(body)}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	send(t, q, "", strings.Repeat("あ", 100_000), "\uFFFD")
}
