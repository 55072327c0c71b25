package chat

import (
	"context"
	"slices"
	"sync"

	"kozamori/internal/queue"
)

// waitBehind is how many messages of one person wait in memory for the one that
// is worked on. Further ones go back to the queue: somebody for whom it takes
// long must not have all of a process.
const waitBehind = 16

// Flow works on messages of queue.Chat: people side by side, and what one
// person did in the order in which they did it, as far as it came together.
func (s *Stage) Flow(ctx context.Context, msgs []queue.Message, settle func(queue.Message, queue.Verdict)) {
	s.start(ctx, msgs, func(i int, v queue.Verdict) { settle(msgs[i], v) })
}

// Handle is Flow for a batch that is answered as a whole, as by a Lambda
// function.
func (s *Stage) Handle(ctx context.Context, msgs []queue.Message) []queue.Verdict {
	verdicts := make([]queue.Verdict, len(msgs))
	var under sync.WaitGroup
	under.Add(len(msgs))
	s.start(ctx, msgs, func(i int, v queue.Verdict) {
		verdicts[i] = v
		under.Done()
	})
	under.Wait()
	return verdicts
}

// start begins the work on each message.
func (s *Stage) start(ctx context.Context, msgs []queue.Message, done func(int, queue.Verdict)) {
	type placed struct {
		*talk
		place int
	}
	talks := make([]placed, 0, len(msgs))
	for i, m := range msgs {
		t := &talk{Stage: s, receives: m.Receives, sent: m.SentAt}
		if err := envelopes.Decode(m.Body, &t.envelope); err != nil || t.Event.ID == "" && t.News == nil {
			done(i, queue.DeadLetter("neither an event of LINE's nor news"))
			continue
		}
		talks = append(talks, placed{t, i})
	}
	slices.SortStableFunc(talks, func(a, b placed) int { return a.Event.At.Compare(b.Event.At) })
	for _, t := range talks {
		if !s.turns.add(t.user(), func() { done(t.place, t.guarded(ctx)) }) {
			done(t.place, t.later())
		}
	}
}

// user is whose talk it is.
func (t *talk) user() string {
	if t.News != nil {
		return t.News.To.LineUser
	}
	return t.Event.User
}

// turns let one person's messages be worked on one after the other.
type turns struct {
	mu   sync.Mutex
	wait map[string][]func() // behind the one under way; no entry if there is none
}

// add has f called when it is its turn; false if too many wait already.
func (t *turns) add(user string, f func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	behind, busy := t.wait[user]
	switch {
	case busy && len(behind) >= waitBehind:
		return false
	case busy:
		t.wait[user] = append(behind, f)
		return true
	}
	if t.wait == nil {
		t.wait = map[string][]func(){}
	}
	t.wait[user] = nil
	go t.work(user, f)
	return true
}

func (t *turns) work(user string, f func()) {
	for f != nil {
		f()
		f = t.next(user)
	}
}

func (t *turns) next(user string) (f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.wait[user]) == 0 {
		delete(t.wait, user)
		return nil
	}
	f = t.wait[user][0]
	t.wait[user] = t.wait[user][1:]
	return f
}
