package edition

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/store"
)

// How old what a program works by may be, and how soon it looks again after a
// failure.
const (
	Stale    = time.Minute
	tryAgain = 10 * time.Second
	patience = 2 * time.Second // of a look: a caller that waits goes on with the last good edition
)

// Reader is what Live reads.
type Reader interface {
	// Manifest reads which editions are in use; store.ErrNotFound.
	Manifest(ctx context.Context) (*store.Manifest, error)
	// CatalogText reads a text in its parts; store.ErrNotFound.
	CatalogText(ctx context.Context, name string, parts int) ([]byte, error)
}

// Live keeps the editions of a program fresh. Its fields are set before use.
type Live struct {
	Store  Reader
	Keys   []ed25519.PublicKey // one of them signed what is used; none: nothing is read
	Now    func() time.Time
	Logger *slog.Logger

	next     atomic.Int64 // when to look again, in nanoseconds
	mu       sync.Mutex
	sequence int64                       // of the manifest in use
	banks    map[string]*catalog.Edition // in use
}

// Refresh looks for newer editions if the last look was longer ago than Stale,
// and puts them in use. It costs nothing in between, and never fails: what is
// wrong is logged, and the last good editions stay in use. While one caller
// looks the others go on.
func (l *Live) Refresh(ctx context.Context) {
	if len(l.Keys) == 0 || l.Now().UnixNano() < l.next.Load() || !l.mu.TryLock() {
		return
	}
	defer l.mu.Unlock()
	wait := Stale
	if err := l.look(ctx); err != nil {
		wait = tryAgain
		l.Logger.Error("a published catalogue cannot be used; the last good one stays in use", "edition", catalog.IDOf(""), "err", err)
	}
	l.next.Store(l.Now().Add(wait).UnixNano())
}

func (l *Live) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	signed, err := l.Store.Manifest(ctx)
	switch {
	case errors.Is(err, store.ErrNotFound) && l.sequence == 0:
		return nil
	case err != nil:
		return err
	case signed.Sequence == l.sequence:
		return nil
	}
	m, err := Verify(l.Keys, signed)
	switch {
	case err != nil:
		return err
	case m.Sequence != signed.Sequence || m.Sequence <= l.sequence:
		return fmt.Errorf("edition: manifest %d (kept as %d) is not newer than %d", m.Sequence, signed.Sequence, l.sequence)
	}
	base := catalog.BuiltIn()
	if e, ok := m.Base(); ok {
		published, err := l.base(ctx, e)
		if err != nil {
			return err
		}
		if published.Version() >= base.Version() {
			base = published
		} else {
			l.Logger.Warn("the published catalogue is older than the built-in one, which is used", "published", published.ID(), "edition", base.ID())
		}
	}
	banks := map[string]*catalog.Edition{}
	var all []*catalog.Edition
	for _, e := range m.Editions {
		if e.Bank == "" || len(all) == MaxBanks {
			continue
		}
		own, err := l.own(ctx, base, e)
		if err != nil {
			// It costs only that bank what it added since.
			l.Logger.Error("what a bank adds to the catalogue cannot be used; its last good one stays in use", "bank", e.Bank, "err", err)
			if own = l.banks[e.Bank]; own == nil {
				continue
			}
		}
		banks[e.Bank], all = own, append(all, own)
	}
	catalog.Use(base, all...)
	l.sequence, l.banks = m.Sequence, banks
	l.Logger.Info("catalogue", "edition", base.ID(), "banks", len(all), "sequence", m.Sequence)
	return nil
}

// text reads the text of an edition, and verifies that it is the one that was
// signed.
func (l *Live) text(ctx context.Context, e Entry) ([]byte, error) { return Text(ctx, l.Store, e) }

// Text reads the text of an edition, and verifies that it is the one that was
// signed.
func Text(ctx context.Context, r Reader, e Entry) ([]byte, error) {
	if e.Parts < 1 || e.Parts > maxParts {
		return nil, fmt.Errorf("edition: %s is in %d parts", e.ID, e.Parts)
	}
	packed, err := r.CatalogText(ctx, e.SHA256, e.Parts)
	if err != nil {
		return nil, err
	}
	text, err := unpack(packed)
	if err != nil {
		return nil, err
	}
	if hash(text) != e.SHA256 {
		return nil, fmt.Errorf("edition: the text of %s is not the one that was signed", e.ID)
	}
	return text, nil
}

func (l *Live) base(ctx context.Context, e Entry) (*catalog.Edition, error) {
	text, err := l.text(ctx, e)
	if err != nil {
		return nil, err
	}
	parsed, err := catalog.Parse(e.ID, text)
	if err != nil {
		return nil, err
	}
	return parsed, parsed.Sound()
}

func (l *Live) own(ctx context.Context, base *catalog.Edition, e Entry) (*catalog.Edition, error) {
	text, err := l.text(ctx, e)
	if err != nil {
		return nil, err
	}
	return base.For(e.Bank, catalog.File{Name: e.ID, Text: text})
}
