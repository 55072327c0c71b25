package ingest

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/feed"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// noteFor is how long a reply waits for what is noted of a feed. By then the events
// are in the queue, and on their way: no alert waits for it.
const noteFor = 500 * time.Millisecond

// maxLate is how many numbers of a bank's requests are remembered that could not be
// noted.
const maxLate = 1000

// feedKey is a kind of a bank's events; with kind numbered, its numbered requests.
type feedKey struct {
	bank string
	kind watch.Kind
}

const numbered watch.Kind = "numbered"

// noteAgain is how long nothing is noted after it failed: each reply would wait for it.
const noteAgain = 10 * time.Second

// note writes down what the health of a bank's feed is judged by. It is not worth
// failing a request for, nor keeping a bank waiting: what cannot be noted now is noted
// with a later request.
func (h *Handler) note(ctx context.Context, bank string, b *wire.Body, kinds []watch.Kind, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, noteFor)
	defer cancel()
	h.mu.Lock()
	rests := now.Before(h.noteAt)
	if b.Sequence > 0 {
		list := append(h.late[bank], feed.Number{Feed: b.Feed, Sequence: b.Sequence})
		h.late[bank] = list[max(0, len(list)-maxLate):]
	}
	h.mu.Unlock()
	if rests {
		return
	}
	err := errors.Join(h.number(ctx, bank, now), h.feed(ctx, bank, b, kinds, now), h.tally.SaveHours(ctx, h.Store, now))
	if err != nil {
		h.mu.Lock()
		h.noteAt = now.Add(noteAgain)
		h.mu.Unlock()
		h.Logger.Warn("a bank's feed cannot be noted now", "bank", bank, "err", err)
	}
}

// Count writes what was counted and is not written yet: a process that runs on does so
// each minute, also while no request comes.
func (h *Handler) Count(ctx context.Context) {
	if err := h.tally.SaveHours(ctx, h.Store, h.Now()); err != nil {
		h.Logger.Warn("the hours of a feed cannot be counted now", "err", err)
	}
}

// number notes the numbers of the bank's requests that are not noted yet: this one's
// and those that could not be. They stand among the latest, where the sweep looks.
func (h *Handler) number(ctx context.Context, bank string, now time.Time) error {
	h.mu.Lock()
	list := h.late[bank]
	delete(h.late, bank)
	h.mu.Unlock()
	for i, n := range list {
		n.At = now.UTC().Truncate(time.Millisecond)
		if err := h.Store.Write(ctx, store.PutNumber(bank, n)); err != nil {
			h.mu.Lock()
			h.late[bank] = append(list[i:len(list):len(list)], h.late[bank]...)
			h.mu.Unlock()
			return err
		}
	}
	return nil
}

// feed notes that the bank is heard, and of which kinds, at most once a minute; and
// each heartbeat.
func (h *Handler) feed(ctx context.Context, bank string, b *wire.Body, kinds []watch.Kind, now time.Time) error {
	minute := now.UTC().Truncate(time.Minute)
	stale := b.Heartbeat != nil
	marks := kinds
	if b.Sequence > 0 {
		marks = append(slices.Clone(kinds), numbered)
	}
	h.mu.Lock()
	for _, kind := range marks {
		if k := (feedKey{bank, kind}); h.fed[k].Before(minute) {
			h.fed[k], stale = minute, true
		}
	}
	h.mu.Unlock()
	if !stale {
		return nil
	}
	err := store.Retry(ctx, func() error {
		f, err := h.Store.Feed(ctx, bank)
		if err != nil || !heard(f, b, kinds, now) {
			return err
		}
		return h.Store.Write(ctx, store.PutFeed(f))
	})
	if err != nil {
		h.mu.Lock()
		for _, kind := range marks {
			delete(h.fed, feedKey{bank, kind})
		}
		h.mu.Unlock()
	}
	return err
}

// heard takes a request into a feed; false if another process has noted all of it.
func heard(f *store.Feed, b *wire.Body, kinds []watch.Kind, now time.Time) bool {
	minute := now.UTC().Truncate(time.Minute)
	news := b.Heartbeat != nil
	if b.Sequence > 0 && f.Numbered.Before(minute) {
		f.Numbered, news = minute, true
	}
	if len(kinds) > 0 && (f.LastEvent.Before(minute) || !f.SilentSince.IsZero()) {
		f.LastEvent, news = later(f.LastEvent, minute), true
	}
	for _, kind := range kinds {
		news = f.Heard(kind, minute) || news
	}
	if b.Heartbeat != nil {
		beat(f, b.Heartbeat, now)
	}
	if len(kinds) > 0 || b.Heartbeat != nil {
		f.SilentSince = time.Time{}
	}
	return news
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// beat takes a heartbeat into a feed.
func beat(f *store.Feed, h *wire.Heartbeat, now time.Time) {
	now = now.UTC().Truncate(time.Millisecond)
	before := f.Beat
	f.Beat, f.NextBeat = now, time.Time{}
	if h.Within > 0 {
		f.NextBeat = now.Add(h.Within)
	}
	if h.Pauses != nil {
		f.Pauses = nil
		for _, p := range h.Pauses {
			if p.To.After(now) {
				f.Pauses = append(f.Pauses, feed.Pause{From: p.From.UTC(), To: p.To.UTC()})
			}
		}
	}
	if before.IsZero() {
		return // of what came before the first one nothing is known
	}
	for kind, n := range h.Counts {
		if n > 0 {
			f.Counted(kind, before, now)
		}
	}
}
