package embedded

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"kozamori/internal/engine"
	"kozamori/internal/queue"
	_ "kozamori/internal/testkit/roomy" // its folders are in memory
)

func TestTheClockOfTheQueuesNeverGoesBack(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	wall := begin
	c := &clock{wall: func() time.Time { return wall }}
	at := func(want time.Duration) {
		t.Helper()
		if got := c.now().Sub(begin); got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
	at(0)
	wall = wall.Add(time.Minute)
	at(time.Minute)
	wall = wall.Add(-4 * time.Minute) // set back
	at(time.Minute)
	wall = wall.Add(10 * time.Second)
	at(time.Minute + 10*time.Second)
	if got := c.ahead(); got != 4*time.Minute {
		t.Errorf("it is %v ahead", got)
	}
	wall = wall.Add(time.Hour) // the machine slept
	at(time.Hour + time.Minute + 10*time.Second)
}

func TestARetryWaitsForAsLongAsItWasToldWhateverTheClock(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]time.Duration{"set back": -4 * time.Minute, "left alone": 0, "set forward": time.Hour, "to the year before": -365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The last second of a leap day, and of a year, is a second like others.
			wall := time.Date(2028, 2, 29, 23, 59, 59, 0, time.UTC)
			if step == 0 {
				wall = time.Date(2028, 12, 31, 23, 59, 59, 0, time.UTC)
			}
			ctx, path := context.Background(), filepath.Join(t.TempDir(), "queue")
			open := func() (*Queue, func() error) {
				db, err := engine.Open(path, engine.Options{Reserve: 4096})
				if err != nil {
					t.Fatal(err)
				}
				q, err := On(db, Options{Now: func() time.Time { return wall }})
				if err != nil {
					t.Fatal(err)
				}
				return q, func() error { return errors.Join(q.Close(), db.Close()) }
			}
			q, end := open()
			if err := q.Send(ctx, queue.LINE, queue.Outgoing{Body: []byte("a")}, queue.Outgoing{Body: []byte("b"), Delay: 20 * time.Second}); err != nil {
				t.Fatal(err)
			}
			got := func(q *Queue, want string) {
				t.Helper()
				ms, err := q.Receive(ctx, queue.LINE, 10, 0)
				if err != nil {
					t.Fatal(err)
				}
				var bodies string
				for _, m := range ms {
					bodies += string(m.Body)
					if err := q.Retry(ctx, queue.LINE, m, 10*time.Second); err != nil {
						t.Fatal(err)
					}
				}
				if bodies != want {
					t.Errorf("at %s %q is received, want %q", wall, bodies, want)
				}
			}
			got(q, "a")
			wall = wall.Add(step)
			if step <= 0 {
				got(q, "")
			}
			wall = wall.Add(10 * time.Second)
			if step <= 0 {
				got(q, "a")
				wall = wall.Add(10 * time.Second)
			}
			got(q, "ab")
			// The same holds if the process was started again in between.
			wall = wall.Add(step)
			if err := end(); err != nil {
				t.Fatal(err)
			}
			q, end = open()
			defer func() { _ = end() }()
			wall = wall.Add(10 * time.Second)
			if step > -queueMost {
				wall = wall.Add(max(0, -step))
			}
			got(q, "ab")
		})
	}
}
