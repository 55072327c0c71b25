package queue

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"
	"unicode/utf8"
)

// LongestPause lies between two tries of a message of the house: an event, or
// what somebody did in the chat. Channels and banks have bounds of their own.
const LongestPause = 5 * time.Minute

// Backoff is a random delay for the given attempt, from 1: between half of a
// bound and the whole, which doubles from base with each attempt up to most.
func Backoff(attempt int, base, most time.Duration) time.Duration {
	bound := base
	for i := 1; i < attempt && bound < most; i++ {
		bound *= 2
	}
	bound = min(bound, most)
	return bound/2 + time.Duration(rand.Int64N(int64(bound/2)+1))
}

// RunOptions says how a queue is consumed.
type RunOptions struct {
	Workers int // batches at a time; at least 1
	Batch   int // messages per batch, 1 to 10
	Logger  *slog.Logger
}

// Run consumes a queue until ctx ends, then waits for the work under way.
func Run(ctx context.Context, q Queue, name Name, h Handler, o RunOptions) {
	var wg sync.WaitGroup
	for range max(1, o.Workers) {
		wg.Go(func() {
			for ctx.Err() == nil {
				msgs, err := q.Receive(ctx, name, max(1, o.Batch), 20*time.Second)
				if err != nil {
					if ctx.Err() == nil {
						o.Logger.Error("a queue cannot be read", "queue", name, "err", err)
						pause(ctx, time.Second)
					}
					continue
				}
				if len(msgs) > 0 {
					// What was received is finished even while stopping.
					Settle(context.WithoutCancel(ctx), q, name, msgs, h, o.Logger)
				}
			}
		})
	}
	wg.Wait()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// LogDeadLettered is what is logged of a message that can never be done.
const LogDeadLettered = "a message is dead-lettered"

// Settle lets a stage work on received messages and does what it says of
// them. What cannot be done, such as a delete that fails, is left to the
// visibility timeout.
func Settle(ctx context.Context, q Queue, name Name, msgs []Message, h Handler, log *slog.Logger) {
	verdicts := Guard(ctx, msgs, h, log)
	var done []Message
	for i, m := range msgs {
		if settle(ctx, q, name, m, verdicts[i], log); verdicts[i].Done {
			done = append(done, m)
		}
	}
	if len(done) > 0 {
		end(ctx, q, name, log, done...)
	}
}

// settle does what a verdict says, but for deleting what is done.
func settle(ctx context.Context, q Queue, name Name, m Message, v Verdict, log *slog.Logger) {
	var err error
	switch {
	case v.Done:
	case v.DeadLetter != "":
		log.Error(LogDeadLettered, "queue", name, "message", m.ID, "trace", m.Trace, "why", v.DeadLetter)
		err = q.DeadLetter(ctx, name, m, v.DeadLetter)
	default:
		err = q.Retry(ctx, name, m, v.Delay)
	}
	if err != nil {
		log.Error("a message cannot be settled", "queue", name, "message", m.ID, "err", err)
	}
}

// end deletes messages.
func end(ctx context.Context, q Queue, name Name, log *slog.Logger, done ...Message) {
	if err := q.Delete(ctx, name, done...); err != nil {
		log.Error("messages cannot be deleted", "queue", name, "messages", len(done), "err", err)
	}
}

// Guard calls a stage so that a panic costs only the message that causes it:
// the others of the batch are done one by one.
func Guard(ctx context.Context, msgs []Message, h Handler, log *slog.Logger) []Verdict {
	v, err := try(ctx, msgs, h)
	if err == nil {
		return v
	}
	if len(msgs) == 1 {
		log.Error("a message makes its stage panic", "message", msgs[0].ID, "receives", msgs[0].Receives, "panic", err)
		return []Verdict{RetryAfter(Backoff(msgs[0].Receives, time.Second, LongestPause))}
	}
	out := make([]Verdict, 0, len(msgs))
	for i := range msgs {
		out = append(out, Guard(ctx, msgs[i:i+1], h, log)...)
	}
	return out
}

func try(ctx context.Context, msgs []Message, h Handler) (v []Verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The panic's value may quote a message: its type and place do not.
			err = fmt.Errorf("%T at %s", p, debug.Stack())
		}
	}()
	v = h(ctx, msgs)
	if len(v) != len(msgs) {
		return nil, fmt.Errorf("%d verdicts for %d messages", len(v), len(msgs))
	}
	return v, nil
}

// CheckBody refuses what SQS would refuse, so that every queue does.
func CheckBody(m Outgoing) error {
	size := len(m.Body) + len(m.Trace)
	switch {
	case len(m.Body) == 0:
		return fmt.Errorf("queue: an empty body")
	case size > MaxBody:
		return fmt.Errorf("queue: a message of %d bytes, at most %d", size, MaxBody)
	case m.Delay < 0 || m.Delay > MostDelay:
		return fmt.Errorf("queue: a delay of %v, from 0 to %v", m.Delay, MostDelay)
	}
	if at := badByte(m.Body); at >= 0 {
		return fmt.Errorf("queue: a body must be UTF-8 of the characters that XML allows; byte %d is not", at)
	}
	if badByte([]byte(m.Trace)) >= 0 {
		return fmt.Errorf("queue: a trace must be UTF-8 of the characters that XML allows")
	}
	return nil
}

// badByte finds the first byte that XML 1.0 does not allow; -1 if there is
// none.
func badByte(b []byte) int {
	if !utf8.Valid(b) {
		for i := 0; i < len(b); {
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n <= 1 {
				return i
			}
			i += n
		}
	}
	for i, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return i
		}
		// U+FFFE and U+FFFF; of the surrogates there are none in valid UTF-8.
		if c == 0xEF && (string(b[i:i+3]) == "\uFFFE" || string(b[i:i+3]) == "\uFFFF") {
			return i
		}
	}
	return -1
}
