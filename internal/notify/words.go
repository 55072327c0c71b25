package notify

import (
	"bytes"
	"compress/flate"
	"context"
	"io"
	"sync"

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
	words, err := packed(m)
	if err != nil {
		return m, err
	}
	was, err := s.Store.KeepWords(ctx, key, s.Now(), words)
	if err != nil {
		return m, err
	}
	if bytes.Equal(was, words) {
		return m, nil
	}
	if first, ok := worded(was); ok {
		return first, nil
	}
	return m, nil
}

// worded reads words that were kept; ok is false if another version kept them in a
// form of its own.
func worded(words []byte) (m message.Message, ok bool) {
	var kept []byte
	if codec.Unmarshal(words, &kept) != nil {
		return m, false
	}
	z := unpackers.Get().(io.ReadCloser)
	defer unpackers.Put(z)
	if z.(flate.Resetter).Reset(bytes.NewReader(kept), nil) != nil {
		return m, false
	}
	b, err := io.ReadAll(io.LimitReader(z, maxWords))
	return m, err == nil && codec.Unmarshal(b, &m) == nil && m.Title != ""
}

// maxWords bounds what words may unpack to: LINE takes 50 KB at most.
const maxWords = 1 << 20

// The tables of a packer are large, and each message needs one.
var (
	packers   = sync.Pool{New: func() any { z, _ := flate.NewWriter(nil, flate.BestSpeed); return z }}
	unpackers = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}
)

// packed are the words of a message, in half the room: each KiB is a write unit.
func packed(m message.Message) ([]byte, error) {
	words, err := codec.Marshal(m)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := packers.Get().(*flate.Writer)
	defer packers.Put(z)
	z.Reset(&out)
	if _, err := z.Write(words); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return codec.Marshal(out.Bytes())
}
