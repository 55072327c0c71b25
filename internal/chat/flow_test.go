package chat_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"kozamori/internal/chat"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// held is a LINE that answers nothing for one person until it is let go.
type held struct {
	chat.LINE
	user  string
	calls atomic.Int32 // under way for that person
	most  atomic.Int32
	let   chan struct{}
}

func (h *held) PushDrawn(ctx context.Context, to, key string, drawn []byte) watch.Outcome {
	if to == h.user {
		h.most.Store(max(h.most.Load(), h.calls.Add(1)))
		<-h.let
		h.calls.Add(-1)
	}
	return h.LINE.PushDrawn(ctx, to, key, drawn)
}

// One person for whom everything takes long keeps others from nothing, has one
// call at a time, and does not fill the memory.
func TestOneSlowPersonDelaysNoOtherInTheChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	slow := &held{LINE: w.stage.LINE, user: alice, let: make(chan struct{})}
	w.stage.LINE = slow
	say := func(user string, n int) []queue.Message {
		var msgs []queue.Message
		for i := range n {
			msgs = append(msgs, queue.Message{ID: fmt.Sprint(user, i), Receives: 1,
				Body: fmt.Appendf(nil, `{"event":{"id":"%s-%d","kind":"message","user":"%s","text":"残高","at":"2026-09-10T10:00:%02dZ"}}`, user, i, user, i)})
		}
		return msgs
	}
	settled := make(chan string, 100)
	back := make(chan string, 100)
	settle := func(m queue.Message, v queue.Verdict) {
		if v.Done {
			settled <- m.ID
		} else {
			back <- m.ID
		}
	}
	w.stage.Flow(t.Context(), say(alice, 30), settle)
	w.stage.Flow(t.Context(), say(bob, 3), settle)
	for i := range 3 {
		if got, want := <-settled, fmt.Sprint(bob, i); got != want {
			t.Errorf("%s is done, want %s", got, want)
		}
	}
	for range 13 {
		<-back // 17 are kept
	}
	close(slow.let)
	for i := range 17 {
		if got, want := <-settled, fmt.Sprint(alice, i); got != want {
			t.Errorf("%s is done, want %s", got, want)
		}
	}
	if n := slow.most.Load(); n != 1 {
		t.Errorf("%d calls at a time", n)
	}
}
