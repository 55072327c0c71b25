package edition

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/store"
)

// Publisher puts editions in use, for an operator.
type Publisher struct {
	Store *store.Store
	Key   ed25519.PrivateKey
	Old   []ed25519.PublicKey // keys that signed before
	Now   func() time.Time
}

// InUse is the manifest in use; an empty one if none was ever published.
// ErrSignature if the publisher's key did not sign it.
func (p *Publisher) InUse(ctx context.Context) (*Manifest, error) {
	m, _, err := p.inUse(ctx)
	return m, err
}

func (p *Publisher) inUse(ctx context.Context) (*Manifest, int64, error) {
	signed, err := p.Store.Manifest(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return &Manifest{}, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	m, err := p.verify(signed)
	return m, signed.Version, err
}

func (p *Publisher) verify(signed *store.Manifest) (*Manifest, error) {
	return Verify(append([]ed25519.PublicKey{p.Key.Public().(ed25519.PublicKey)}, p.Old...), signed)
}

// Publish puts a text in use: as the edition of all banks, or as what one bank
// adds for itself, of which an empty text ends what it added. It tries the text
// as the programs will, and leaves trying it on lines to the caller.
func (p *Publisher) Publish(ctx context.Context, bank string, text []byte) (*Manifest, error) {
	if len(text) > MaxText {
		return nil, fmt.Errorf("the text has %d bytes; at most %d are taken", len(text), MaxText)
	}
	return p.change(ctx, func(m *Manifest) ([]store.Write, error) {
		m.Editions = slices.DeleteFunc(slices.Clone(m.Editions), func(e Entry) bool { return e.Bank == bank })
		m.Back, m.Rollback = 0, false
		if bank != "" && len(text) == 0 {
			return nil, nil
		}
		e, err := p.read(ctx, m, bank, text)
		if err != nil {
			return nil, err
		}
		writes := store.PutCatalogText(hash(text), pack(text))
		m.Editions = append(m.Editions, Entry{Bank: bank, ID: e.ID(), SHA256: hash(text), Parts: len(writes)})
		if len(m.Editions) > MaxBanks+1 || len(writes) > maxParts {
			return nil, fmt.Errorf("at most %d banks add something for themselves, in at most %d parts", MaxBanks, maxParts)
		}
		return writes, nil
	})
}

// read reads a text as the programs will.
func (p *Publisher) read(ctx context.Context, m *Manifest, bank string, text []byte) (*catalog.Edition, error) {
	if bank == "" {
		e, err := catalog.Parse("published", text)
		if err != nil {
			return nil, err
		}
		return e, errors.Join(e.Sound(), p.carries(ctx, m, e))
	}
	base, err := p.Base(ctx, m)
	if err != nil {
		return nil, err
	}
	return base.For(bank, catalog.File{Name: "published", Text: text})
}

// carries tells whether what banks add still goes with a new edition.
func (p *Publisher) carries(ctx context.Context, m *Manifest, base *catalog.Edition) error {
	for _, e := range m.Editions {
		if e.Bank == "" {
			continue
		}
		text, err := Text(ctx, p.Store, e)
		if err != nil {
			return err
		}
		if _, err := base.For(e.Bank, catalog.File{Name: "published", Text: text}); err != nil {
			return fmt.Errorf("what bank %s adds does not go with it: %w", e.Bank, err)
		}
	}
	return nil
}

// Base is the edition for all banks of a manifest.
func (p *Publisher) Base(ctx context.Context, m *Manifest) (*catalog.Edition, error) {
	e, ok := m.Base()
	if !ok {
		return catalog.BuiltIn(), nil
	}
	text, err := Text(ctx, p.Store, e)
	if err != nil {
		return nil, err
	}
	return catalog.Parse(e.ID, text)
}

// Rollback puts the editions in use that were before those in use now; at the
// end, the built-in one.
func (p *Publisher) Rollback(ctx context.Context) (*Manifest, error) {
	return p.change(ctx, func(m *Manifest) ([]store.Write, error) {
		of := m.Sequence
		if m.Rollback {
			of = m.Back
		}
		if of == 0 {
			return nil, errors.New("the built-in edition is in use: there is none to go back to")
		}
		m.Rollback, m.Back, m.Editions = true, of-1, nil
		for m.Back > 0 {
			before, err := p.past(ctx, m.Back)
			if err != nil {
				return nil, err
			}
			if m.Editions = before.Editions; !before.Rollback {
				break
			}
			m.Back = before.Back // which is where that one went back to
		}
		return nil, nil
	})
}

// past finds a manifest by its sequence.
func (p *Publisher) past(ctx context.Context, sequence int64) (*Manifest, error) {
	signed, err := p.Store.PastManifest(ctx, sequence)
	if err != nil {
		return nil, err
	}
	m, err := p.verify(signed)
	if err == nil && m.Sequence != sequence {
		err = fmt.Errorf("edition: manifest %d is kept as %d", m.Sequence, sequence)
	}
	return m, err
}

// change writes the next manifest.
func (p *Publisher) change(ctx context.Context, do func(*Manifest) ([]store.Write, error)) (*Manifest, error) {
	var m *Manifest
	err := store.Retry(ctx, func() error {
		var version int64
		var err error
		if m, version, err = p.inUse(ctx); err != nil {
			return err
		}
		texts, err := do(m)
		if err != nil {
			return err
		}
		m.Sequence++
		m.At = p.Now().UTC().Truncate(time.Second)
		// The texts are there before a manifest names them.
		if len(texts) > 0 {
			if err := p.Store.Write(ctx, texts...); err != nil {
				return err
			}
		}
		signed := Sign(p.Key, m)
		signed.Version = version
		return p.Store.Write(ctx, store.PutManifest(signed)...)
	})
	return m, err
}
