// Package news queues what people are to hear of an account that is no alert:
// who came, who went, what protects it less than before. It words nothing,
// and never decides whether something happened: what is queued before it is
// true is checked by package chat, which tells it.
package news

import (
	"context"

	"kozamori/internal/codec"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

var messages = codec.For[watch.NewsMessage]("message.news")

// Desk queues news. Its zero value queues none.
type Desk struct{ Queue queue.Sender }

// Tell queues news. Of what is about to change it is queued before that has
// changed: afterwards a process can die in between, and of those who go it is
// unknown then who is to be told. The sender looks whether it came true. So an
// error means that nothing may change.
func (d Desk) Tell(ctx context.Context, list []watch.News) error {
	if d.Queue == nil || len(list) == 0 {
		return nil
	}
	var out []queue.Outgoing
	for _, n := range list {
		group := n.To.LineUser
		if group == "" {
			group = n.To.Watcher
		}
		out = append(out, queue.Outgoing{Body: messages.Encode(&watch.NewsMessage{News: &n}), Group: watch.Derive("chat", group), Trace: n.Key()})
	}
	return d.Queue.Send(ctx, queue.Chat, out...)
}

// Once is Tell for an act that is tried again and again until no other writer
// comes between: the same news is queued once.
func (d Desk) Once() func(context.Context, []watch.News) error {
	told := map[string]bool{}
	return func(ctx context.Context, list []watch.News) error {
		var fresh []watch.News
		for _, n := range list {
			if !told[n.Key()] {
				fresh = append(fresh, n)
			}
		}
		if err := d.Tell(ctx, fresh); err != nil {
			return err
		}
		for _, n := range fresh {
			told[n.Key()] = true
		}
		return nil
	}
}
