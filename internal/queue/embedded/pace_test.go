package embedded

import (
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/testkit/kvtest"
)

func TestADepthTellsOfTheLastMinute(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	q, err := On(&kvtest.Memory{}, Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = q.Close() }()
	is := func(when string, sent, done int) {
		t.Helper()
		d, err := q.Depth(t.Context(), queue.LINE)
		if err != nil || d.Sent != sent || d.Done != done {
			t.Errorf("%s: %d sent, %d done, %v; want %d and %d", when, d.Sent, d.Done, err, sent, done)
		}
	}
	send := func(n int) {
		t.Helper()
		for range n {
			if err := q.Send(t.Context(), queue.LINE, queue.Outgoing{Body: []byte("a")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	is("at first", 0, 0)
	send(3)
	now = now.Add(20 * time.Second)
	send(2)
	ms, err := q.Receive(t.Context(), queue.LINE, 4, 0)
	if err != nil || len(ms) != 4 {
		t.Fatal(len(ms), err)
	}
	if err := q.Retry(t.Context(), queue.LINE, ms[3], time.Second); err != nil {
		t.Fatal(err)
	}
	for range 2 { // ended twice, it ends once
		if err := q.Delete(t.Context(), queue.LINE, ms[:3]...); err != nil {
			t.Fatal(err)
		}
	}
	is("after twenty seconds", 5, 3)
	now = now.Add(40 * time.Second)
	is("a minute after the first", 2, 3)
	now = now.Add(20 * time.Second)
	is("a minute after the others", 0, 0)
	now = now.Add(time.Hour)
	send(1)
	is("an hour later", 1, 0)
}
