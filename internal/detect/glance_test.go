package detect_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// late is a table that can be read as it was a moment ago: at its worst, before
// all that a test does.
type late struct {
	blocked
	old store.Table // nil is one without anything
}

func (l *late) Glance(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if l.old == nil {
		return nil, nil
	}
	return l.old.Get(ctx, keys...)
}

// A debit that is posted under a text without a service's name is found to be what became
// of a pending one, whether that one came long before, in the same message, in
// another of the same call, or is being written by another call of the process:
// then what was read of the account before is not trusted.
func TestAPostingWithoutANameFindsItsPending(t *testing.T) {
	t.Parallel()
	const seconds = 1e9
	pend := say("debit", "a", "p", 90*seconds, 1, pending)
	word := say("debit", "a", "p", 90*seconds, 1, `,"status":"pending","descriptor":"ﾔﾁﾝ"`)
	message := func(events ...jsontext.Value) queue.Message {
		return queue.Message{ID: "m", Receives: 1, Body: wire.EncodeBatch("0125", received, events, 1<<20)[0]}
	}
	for _, text := range []string{"ｺｳｻﾞﾌﾘｶｴ", "NTTﾄﾞｺﾓ"} { // of no one, and of another
		post := say("debit", "b", "p", 30*seconds, 100_000, `,"descriptor":"`+text+`"`)
		for name, calls := range map[string][][]queue.Message{
			"in one message":            {{message(pend, post)}},
			"in two messages of a call": {{message(pend), message(post)}},
			"in two calls at a time":    {{message(pend)}, {message(post)}},
			"asked for by a word":       {{message(word, post)}},
		} {
			h := newHouse(t)
			h.rules(func(r *watch.Rules) { r.Keywords = []string{"ヤチン"} })
			table := &late{blocked: blocked{Table: h.store.Table, ref: h.key.Ref, let: make(chan struct{}), at: make(chan struct{}, 10)}}
			c := h.Config
			c.Store = store.New(table)
			h.Stage = detect.New(c)
			done := make(chan []queue.Verdict, len(calls))
			for i, call := range calls {
				go func() { done <- h.Handle(context.Background(), call) }()
				for h.At(h.key) <= i { // each has looked when it waits for its turn
					runtime.Gosched()
				}
				if i == 0 {
					<-table.at // and the first one writes
				}
			}
			close(table.let)
			for range calls {
				for _, v := range <-done {
					if !v.Done {
						t.Errorf("%s, %s: %+v", text, name, v)
					}
				}
			}
			if rs := h.history(t); len(rs) != 1 || rs[0].Amount != 100_000 {
				t.Errorf("%s, %s: on record are %+v", text, name, rs)
			}
		}

		// What was written before the last moment is found by the cheap read.
		h := newHouse(t)
		h.send(t, pend)
		c := h.Config
		c.Store = store.New(&late{blocked: blocked{Table: h.store.Table, ref: "none"}, old: h.store.Table})
		h.Stage = detect.New(c)
		h.send(t, post)
		if rs := h.history(t); len(rs) != 1 || rs[0].Amount != 100_000 {
			t.Errorf("%s, later: on record are %+v", text, rs)
		}
	}
}
