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

// Visibility and MaxReceives are what the queue under test must be set to.
const (
	Visibility  = time.Second
	MaxReceives = 3
)

// Run tests queues. open makes empty ones.
func Run(t *testing.T, open func(t *testing.T) queue.Queue) {
	ctx := context.Background()
	send := func(t *testing.T, q queue.Queue, group string, bodies ...string) {
		t.Helper()
		var out []queue.Outgoing
		for _, b := range bodies {
			out = append(out, queue.Outgoing{Body: []byte(b), Group: group, Trace: "trace"})
		}
		if err := q.Send(ctx, queue.Events, out...); err != nil {
			t.Fatal(err)
		}
	}
	receive := func(t *testing.T, q queue.Queue, wait time.Duration) []queue.Message {
		t.Helper()
		m, err := q.Receive(ctx, queue.Events, 10, wait)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	one := func(t *testing.T, q queue.Queue, wait time.Duration) queue.Message {
		t.Helper()
		m := receive(t, q, wait)
		if len(m) != 1 {
			t.Fatalf("%d messages, want 1", len(m))
		}
		return m[0]
	}
	const soon = 5 * time.Second

	t.Run("a received message hides, comes back, and ends when deleted", func(t *testing.T) {
		q := open(t)
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
	})

	t.Run("a retried message waits for its delay", func(t *testing.T) {
		q := open(t)
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
	})

	t.Run("what is received too often or buried is a dead letter, and can be redriven", func(t *testing.T) {
		q := open(t)
		send(t, q, "", "often", "poison")
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
			}
		}
		if d, err := q.Dead(ctx, queue.Events, 10); err != nil || len(d) != 0 {
			t.Errorf("%d still dead, %v", len(d), err)
		}
	})

	t.Run("many consumers get each of many messages once", func(t *testing.T) {
		q := open(t)
		var bodies []string
		for i := range 200 {
			bodies = append(bodies, fmt.Sprint(i))
		}
		send(t, q, "a", bodies...)
		var mu sync.Mutex
		got := map[string]int{}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				for {
					ms, err := q.Receive(ctx, queue.Events, 10, 300*time.Millisecond)
					if err != nil || len(ms) == 0 {
						return
					}
					mu.Lock()
					for _, m := range ms {
						got[string(m.Body)]++
					}
					mu.Unlock()
					_ = q.Delete(ctx, queue.Events, ms...)
				}
			})
		}
		wg.Wait()
		if len(got) != 200 {
			t.Errorf("%d messages, want 200", len(got))
		}
		for b, n := range got {
			if n != 1 {
				t.Errorf("message %s came %d times", b, n)
			}
		}
	})

	t.Run("a busy group does not starve another", func(t *testing.T) {
		q := open(t)
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
	})

	t.Run("bodies that no queue could carry are refused", func(t *testing.T) {
		q := open(t)
		for name, body := range map[string]string{"an empty one": "", "a NUL": "a\x00", "broken UTF-8": "\xff", "U+FFFE": "\uFFFE",
			"more than 1 MiB": strings.Repeat("a", queue.MaxBody+1)} {
			if err := q.Send(ctx, queue.Events, queue.Outgoing{Body: []byte(body)}); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		send(t, q, "", strings.Repeat("あ", 100_000), "\uFFFD")
	})
}
