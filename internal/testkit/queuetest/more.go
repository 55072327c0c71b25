package queuetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/queue"
)

func delays(t *testing.T, q tested) {
	const delay = 2 * time.Second
	start := time.Now()
	must(t, q.Send(ctx, queue.Events, queue.Outgoing{Body: []byte("later"), Delay: delay}, queue.Outgoing{Body: []byte("now")}))
	var came []string
	for len(came) < 2 && time.Since(start) < soon {
		for _, m := range receive(t, q, soon) {
			came = append(came, string(m.Body))
			if early := time.Since(start) < delay-clockStep; early && string(m.Body) != "now" {
				t.Error("it does not wait")
			} else if m.Receives != 1 {
				t.Errorf("message %+v", m)
			}
			must(t, q.Delete(ctx, queue.Events, m))
		}
	}
	slices.Sort(came)
	if !slices.Equal(came, []string{"later", "now"}) {
		t.Errorf("%q came", came)
	}
	if err := q.Send(ctx, queue.Events, queue.Outgoing{Body: []byte("x"), Delay: 16 * time.Minute}); err == nil {
		t.Error("a delay of 16 minutes is taken")
	}
}

func sendsMuch(t *testing.T, q tested) {
	want := names("small ", 37) // SQS takes 10 in a request
	send(t, q, "a", want...)
	var big []string // and 1 MiB together
	for _, c := range "abc" {
		big = append(big, strings.Repeat(string(c), 600<<10))
	}
	send(t, q, "b", big...)
	for body, n := range all(t, q, append(want, big...)...) {
		if n != 1 {
			t.Errorf("a message of %d bytes came %d times", len(body), n)
		}
	}
	must(t, q.Send(ctx, queue.Events))
}

func waits(t *testing.T, q tested) {
	start := time.Now()
	if ms := receive(t, q, 300*time.Millisecond); len(ms) != 0 || time.Since(start) > soon {
		t.Errorf("%d messages after %v", len(ms), time.Since(start))
	}
	got := make(chan []queue.Message, 1)
	go func() {
		ms, err := q.Receive(ctx, queue.Events, 10, 4*soon)
		if err != nil {
			t.Error(err)
		}
		got <- ms
	}()
	time.Sleep(50 * time.Millisecond) // lets the receive wait; if it is later the test is only weaker
	start = time.Now()
	send(t, q, "", "x")
	ms := <-got
	if d := time.Since(start); len(ms) != 1 || d > soon {
		t.Errorf("a waiting receive got %d messages after %v", len(ms), d)
	}
	must(t, q.Delete(ctx, queue.Events, ms...))

	send(t, q, "", names("m", 12)...)
	for _, most := range []int{1, 3} {
		if ms, err := q.Receive(ctx, queue.Events, most, soon); err != nil || len(ms) > most || len(ms) == 0 {
			t.Errorf("%d messages of at most %d, %v", len(ms), most, err)
		}
	}

	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := q.Receive(gone, queue.LINE, 10, soon); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled receive: %v", err)
	}
}

func separate(t *testing.T, q tested) {
	if err := q.Send(ctx, "nowhere", queue.Outgoing{Body: []byte("a")}); !errors.Is(err, queue.ErrNoQueue) {
		t.Errorf("a queue that is not there takes a message: %v", err)
	}
	for _, n := range queue.Names {
		must(t, q.Send(ctx, n, queue.Outgoing{Body: []byte("for " + n)}))
	}
	for _, n := range queue.Names {
		ms, err := q.Receive(ctx, n, 10, soon)
		must(t, err)
		if len(ms) != 1 || string(ms[0].Body) != "for "+string(n) {
			t.Errorf("%s holds %d messages", n, len(ms))
			continue
		}
		must(t, q.DeadLetter(ctx, n, ms[0], "test"))
	}
	for _, n := range queue.Names {
		dead, err := q.Dead(ctx, n, 10)
		must(t, err)
		if len(dead) != 1 || string(dead[0].Body) != "for "+string(n) {
			t.Errorf("%s holds %d dead letters", n, len(dead))
		}
	}
}

func late(t *testing.T, q tested) {
	send(t, q, "", "a", "b", "c")
	first := map[string]queue.Message{}
	for end := time.Now().Add(soon); len(first) < 3 && time.Now().Before(end); {
		for _, m := range receive(t, q, time.Second) {
			if m.Receives == 1 {
				first[string(m.Body)] = m
			}
		}
	}
	if len(first) != 3 {
		t.Fatalf("%d messages, want 3", len(first))
	}
	// All three come back; their first receiver is late.
	q.expire()
	second := map[string]queue.Message{}
	for end := time.Now().Add(soon); len(second) < 3 && time.Now().Before(end); {
		for _, m := range receive(t, q, time.Second) {
			second[string(m.Body)] = m
		}
	}
	if len(second) != 3 {
		t.Fatalf("%d messages came back, want 3", len(second))
	}
	for _, m := range second {
		must(t, q.Delete(ctx, queue.Events, m))
	}
	must(t, q.Delete(ctx, queue.Events, first["a"]))
	must(t, q.Retry(ctx, queue.Events, first["b"], 0))
	must(t, q.DeadLetter(ctx, queue.Events, first["c"], "late"))
	q.expire()
	none(t, q, "they came back after they ended")
}

func depth(t *testing.T, q tested) {
	is := func(what string, waiting, flight, dead int) {
		t.Helper()
		var d queue.Depth
		for end := time.Now().Add(soon); ; time.Sleep(10 * time.Millisecond) {
			var err error
			d, err = q.Depth(ctx, queue.Events)
			must(t, err)
			if d.Waiting == waiting && d.InFlight == flight && d.Dead == dead {
				return
			}
			if time.Now().After(end) {
				t.Errorf("%s: %+v, want %d waiting, %d in flight, %d dead", what, d, waiting, flight, dead)
				return
			}
		}
	}
	is("empty", 0, 0, 0)
	send(t, q, "", "a", "b", "c")
	is("sent", 3, 0, 0)
	ms, err := q.Receive(ctx, queue.Events, 1, soon)
	if err != nil || len(ms) != 1 {
		t.Fatal(len(ms), err)
	}
	is("one received", 2, 1, 0)
	must(t, q.DeadLetter(ctx, queue.Events, ms[0], "test"))
	is("dead-lettered", 2, 0, 1)
}

// cutAfter grows from nothing to more than a call over a network takes.
func cutAfter(i int) time.Duration { return time.Duration(i*i*i) * 10 * time.Microsecond }

// lostAnswers sends and receives with calls that are cut at any moment, as
// when a process or a network dies between the work and its answer.
func lostAnswers(t *testing.T, q tested) {
	want := names("m", 20)
	for i, b := range want {
		short, cancel := context.WithTimeout(ctx, cutAfter(i))
		err := q.Send(short, queue.Events, queue.Outgoing{Body: []byte(b)})
		cancel()
		if err != nil {
			send(t, q, "", b)
		}
	}
	for i := range 10 {
		short, cancel := context.WithTimeout(ctx, cutAfter(2*i))
		_, _ = q.Receive(short, queue.Events, 2, time.Second)
		cancel()
	}
	all(t, q, want...)

	send(t, q, "", want...)
	left := map[string]bool{}
	for _, b := range want {
		left[b] = true
	}
	cut := 0
	for end := time.Now().Add(3 * soon); len(left) > 0 && time.Now().Before(end); {
		ms := receive(t, q, 0)
		if len(ms) == 0 {
			q.expire()
		}
		for _, m := range ms {
			if len(m.Body) == 0 {
				t.Fatal("a message came without its body")
			}
			short, cancel := context.WithTimeout(ctx, cutAfter(cut))
			_ = q.DeadLetter(short, queue.Events, m, "test")
			cancel()
			cut++
		}
		dead, err := q.Dead(ctx, queue.Events, 100)
		must(t, err)
		for _, d := range dead {
			delete(left, string(d.Body))
		}
	}
	if len(left) > 0 {
		t.Errorf("%d messages are neither waiting nor dead", len(left))
	}
}
