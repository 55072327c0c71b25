package main

import (
	"context"
	"time"

	"kozamori/internal/bankapi"
	"kozamori/internal/store"
)

// renewBefore is how long before its end the key of a simulated bank is replaced.
const renewBefore = 30 * 24 * time.Hour

// renew makes a simulated bank's API key, or the one that takes the place of a key that
// ends soon, has ended, or was made without an end by an older version; nothing if the
// bank has one that will do. The replaced key works on for a while, as a bank's own
// does. The bank has the new one before the store does: if we die in between, the next
// start makes another.
func (s *stack) renew(ctx context.Context, code string) error {
	return store.Retry(ctx, func() error {
		now, had := s.clock.now(), s.Banks[code].Key()
		keys, err := store.Collect(s.System.Store.APIKeys(ctx, code))
		if err != nil {
			return err
		}
		var old *store.APIKey
		for _, k := range keys {
			if had != "" && k.ID() == bankapi.KeyID(had) {
				old = k
			}
		}
		if old != nil && old.ReplacedBy == "" && old.Expires.After(now.Add(renewBefore)) {
			return nil
		}
		secret, key := bankapi.NewAPIKey(code, "local", bankapi.Scopes(), now, now.Add(bankapi.KeyLife))
		if err := s.vault.KeepAPIKey(code, secret); err != nil {
			return err
		}
		s.Banks[code].SetKey(secret)
		var ends []store.Write
		if old != nil && old.ReplacedBy == "" {
			key.Replaces, old.ReplacedBy = old.ID(), key.ID()
			if end := now.Add(bankapi.KeyOverlap); old.Expires.IsZero() || end.Before(old.Expires) {
				old.Expires = end.UTC()
			}
			ends = store.PutAPIKey(old)
		}
		return s.System.Store.AddAPIKey(ctx, key, ends...)
	})
}
