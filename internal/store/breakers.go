package store

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
)

var breakers = codec.For[Breaker]("breaker")

// Breaker is what all processes know of a provider that does not work, or did
// not: while it is open no message is sent to the provider but by its probes.
type Breaker struct {
	Provider string    `json:"provider"` // a channel, or "bank." and its code
	Open     bool      `json:"open,omitempty"`
	Since    time.Time `json:"since"`            // when it opened, or closed
	Probes   int       `json:"probes,omitempty"` // messages that were sent to see whether it is back
	Next     time.Time `json:"next,omitzero"`    // when it is next looked at
	// Of a provider that can be asked without sending: when the last probe was
	// made, and how many were made because it answered.
	Probed  time.Time `json:"probed,omitzero"`
	Answers int       `json:"answers,omitempty"`
	// Releasing is until when what waited for it is released, once it is back.
	Releasing time.Time `json:"releasing,omitzero"`

	Version int64 `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

func breakerKey(provider string) Key { return Key{"BREAKER#" + provider, "BREAKER"} }

// Breaker reads a provider's; a closed one at version 0 if it never opened.
func (s *Store) Breaker(ctx context.Context, provider string) (*Breaker, error) {
	b := Breaker{Provider: provider}
	v, err := read(ctx, s, breakerKey(provider), breakers, &b)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	b.Version = v
	return &b, nil
}

// Breakers reads those of several providers, together.
func (s *Store) Breakers(ctx context.Context, providers ...string) ([]*Breaker, error) {
	keys := make([]Key, len(providers))
	for i, p := range providers {
		keys[i] = breakerKey(p)
	}
	items, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make([]*Breaker, len(providers))
	for i, p := range providers {
		out[i] = &Breaker{Provider: p}
		if it, ok := items[keys[i]]; ok {
			if err := breakers.Decode(it.Body, out[i]); err != nil {
				return nil, err
			}
			out[i].Version = it.Version
		}
	}
	return out, nil
}

// PutBreaker writes a breaker at the version it was read.
func PutBreaker(b *Breaker) Write {
	return Write{Item: Item{Key: breakerKey(b.Provider), Body: breakers.Encode(b)}, If: At(b.Version)}
}
