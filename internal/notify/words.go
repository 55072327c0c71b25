package notify

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"

	"kozamori/internal/channel"
	"kozamori/internal/codec"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// asKey is the key under which is kept what a channel was asked to take. With amounts
// hidden it is another one: what a guardian may not see any more is not sent again.
func asKey(record string, d *watch.Delivery, w *watch.Watcher) string {
	key := d.RetryKey(record)
	if d.HideAmount || w.HideAmount {
		key += " hidden"
	}
	return key
}

// keep writes down what a channel may have taken, once it has not said so: each later
// attempt asks for the same under the same key, whatever a bank or a person is called by
// then, and whichever release makes it. It is kept for a day, as LINE keeps keys. Where
// that fails, or the process died, the digest on record tells whether the same can be
// drawn again.
func (s *Stage) keep(ctx context.Context, record string, d *watch.Delivery, w *watch.Watcher, drawn []byte) {
	body, err := codec.Marshal(drawn)
	if err == nil {
		_, err = s.Store.KeepWords(ctx, asKey(record, d, w), s.Now(), body)
	}
	if err != nil {
		s.Logger.WarnContext(ctx, "what a channel may have taken cannot be kept", "record", record, "delivery", d.ID, "err", err)
	}
}

// kept is what keep wrote down; nil if there is nothing, or nothing that this version
// can read.
func (s *Stage) kept(ctx context.Context, record string, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel) ([]byte, error) {
	body, err := s.Store.KeptWords(ctx, asKey(record, d, w))
	if err != nil || body == nil {
		return nil, err
	}
	var drawn []byte
	if codec.Unmarshal(body, &drawn) == nil {
		if m, ok := packed(drawn); ok {
			return ch.Draw(m)
		}
		return drawn, nil
	}
	return nil, nil
}

// packed reads words as the version before kept them, which kept no drawing.
func packed(b []byte) (m message.Message, ok bool) {
	words, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), maxWords))
	return m, err == nil && codec.Unmarshal(words, &m) == nil && m.Title != ""
}

// maxWords bounds what words may unpack to: LINE takes 50 KB at most.
const maxWords = 1 << 20

// digest tells two drawings apart.
func digest(drawn []byte) string {
	sum := sha256.Sum256(drawn)
	return base64.RawURLEncoding.EncodeToString(sum[:4])
}
