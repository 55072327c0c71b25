// Package worldtest is the ground that tests build their worlds on: a clock
// that they move, a store and queues in memory that go with the test, and
// keys. It owns nothing of what happens there.
package worldtest

import (
	"bytes"
	"sync"
	"testing"
	"time"

	queues "kozamori/internal/queue/embedded"
	"kozamori/internal/store/embedded"
	_ "kozamori/internal/testkit/roomy" // worlds live for a second
	"kozamori/internal/token"
)

// Start is when most worlds begin: noon in Japan.
var Start = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// Clock is a clock that tests move.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock stands at the given time.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now is the time of the clock.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

// Add moves the clock.
func (c *Clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// Set moves the clock to a time.
func (c *Clock) Set(at time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.at = at }

// Log is a log that tests can read while it is written.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *Log) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *Log) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// Table is an empty store's table.
func Table(t testing.TB, now func() time.Time) *embedded.Table {
	t.Helper()
	return TableIn(t, inMemory(), now)
}

// TableIn is the table that a file stands for, which lies in memory; it is
// closed with the test.
func TableIn(t testing.TB, file string, now func() time.Time) *embedded.Table {
	t.Helper()
	table := embedded.On(engineIn(t, file), embedded.Options{Now: now})
	t.Cleanup(func() { _ = table.Close() })
	return table
}

// Queue is empty queues.
func Queue(t testing.TB, options queues.Options) *queues.Queue {
	t.Helper()
	return QueueIn(t, inMemory(), options)
}

// QueueIn is the queues that a file stands for, which lie in memory; they are
// closed with the test.
func QueueIn(t testing.TB, file string, options queues.Options) *queues.Queue {
	t.Helper()
	q, err := queues.On(engineIn(t, file), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q
}

// Keys sign links; each world's are the same.
func Keys(t testing.TB) *token.Keys {
	t.Helper()
	keys, err := token.NewKeys(token.Key{ID: "a", Secret: make([]byte, token.MinKey)})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
