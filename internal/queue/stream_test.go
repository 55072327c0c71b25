package queue_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"kozamori/internal/queue"
)

// belt is a queue that hands out what it holds once, and tells of what became
// of it.
type belt struct {
	queue.Queue
	msgs chan queue.Message
	told chan string
}

func (b *belt) Receive(ctx context.Context, _ queue.Name, most int, _ time.Duration) (out []queue.Message, err error) {
	select {
	case m := <-b.msgs:
		out = append(out, m)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for len(out) < most {
		select {
		case m := <-b.msgs:
			out = append(out, m)
		default:
			return out, nil
		}
	}
	return out, nil
}

func (b *belt) Delete(_ context.Context, _ queue.Name, msgs ...queue.Message) error {
	b.told <- "ended " + msgs[0].ID
	return nil
}

func (b *belt) Retry(_ context.Context, _ queue.Name, m queue.Message, d time.Duration) error {
	b.told <- fmt.Sprintf("%s in %v", m.ID, d)
	return nil
}

func (b *belt) DeadLetter(_ context.Context, _ queue.Name, m queue.Message, why string) error {
	b.told <- m.ID + ": " + why
	return nil
}

func TestAStreamSettlesEachMessageByItself(t *testing.T) {
	t.Parallel()
	b := &belt{msgs: make(chan queue.Message, 10), told: make(chan string, 10)}
	for _, id := range []string{"hangs", "done", "again", "never"} {
		b.msgs <- queue.Message{ID: id}
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		queue.Stream(ctx, b, queue.LINE, func(ctx context.Context, msgs []queue.Message, settle func(queue.Message, queue.Verdict)) {
			for _, m := range msgs {
				switch m.ID {
				case "hangs":
					go func() {
						<-ctx.Done() // until the process must end
						settle(m, queue.RetryAfter(time.Second))
					}()
				case "again":
					settle(m, queue.RetryAfter(time.Minute))
				case "never":
					settle(m, queue.DeadLetter("why"))
				default:
					settle(m, queue.Acknowledge)
				}
			}
		}, queue.StreamOptions{Most: 2, Grace: time.Millisecond, Logger: slog.New(slog.DiscardHandler)})
	}()
	// Two at a time, one of which hangs: the others go through the other place.
	for _, want := range []string{"ended done", "again in 1m0s", "never: why"} {
		if got := <-b.told; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	b.msgs <- queue.Message{ID: "later"}
	if got := <-b.told; got != "ended later" {
		t.Error(got)
	}
	stop()
	if got := <-b.told; got != "hangs in 1s" {
		t.Error(got)
	}
	<-ended
}
