package notify

import (
	"context"

	"kozamori/internal/codec"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// kept is a message as it was worded when its channel was first asked to take it
// under its key, which is written down before that: a channel that drops a second
// copy by its key must not be given another message under it, and cannot be asked
// whether it took the first. What a guardian may not see any more is worded again
// without it, and what another version keeps in a form of its own is as it is worded
// now: no other words change under a key.
func (s *Stage) kept(ctx context.Context, record string, d *watch.Delivery, w *watch.Watcher, m message.Message) (message.Message, error) {
	key := d.RetryKey(record)
	if d.HideAmount || w.HideAmount {
		key += " hidden"
	}
	words, err := codec.Marshal(m)
	if err != nil {
		return m, err
	}
	was, err := s.Store.KeepWords(ctx, key, s.Now(), words)
	if err != nil {
		return m, err
	}
	if first, ok := worded(was); ok {
		return first, nil
	}
	return m, nil
}

// worded reads words that were kept; ok is false if another version kept them in a
// form of its own.
func worded(words []byte) (m message.Message, ok bool) {
	err := codec.Unmarshal(words, &m)
	return m, err == nil && m.Title != ""
}
