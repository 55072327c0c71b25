package bankapi

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kozamori/internal/store"
)

// Scope is a part of the API that a key may be for.
type Scope string

// The scopes.
const (
	ScopeEvents   Scope = "events"   // the past of accounts, and what became of events
	ScopeEnrol    Scope = "enrol"    // codes, nonces, and who watches an account
	ScopeDisputes Scope = "disputes" // disputes, campaigns, controls, inquiries, and the trail of an account
	ScopeFeed     Scope = "feed"     // whether events arrive, and what was refused of them
	ScopeErase    Scope = "erase"    // forgetting an account
	ScopeKeys     Scope = "keys"     // the bank's other keys
	ScopeAudit    Scope = "audit"    // who did what
	ScopeContacts Scope = "contacts" // the numbers that the bank's customers are told to call, and what they can ask it to stop
)

// Scopes lists them all.
func Scopes() []Scope {
	return []Scope{ScopeEvents, ScopeEnrol, ScopeDisputes, ScopeFeed, ScopeErase, ScopeKeys, ScopeAudit, ScopeContacts}
}

// ParseScopes reads scopes as somebody gives them: at least one, each once. It
// returns them in the order of Scopes.
func ParseScopes(given []string) ([]Scope, error) {
	var out []Scope
	for _, s := range Scopes() {
		if slices.Contains(given, string(s)) {
			out = append(out, s)
		}
	}
	if len(out) != len(given) || len(out) == 0 {
		return nil, errors.New("must be some of " + scopeList() + ", each once")
	}
	return out, nil
}

func scopeList() string {
	var names []string
	for _, s := range Scopes() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

// ScopesOf lists what a key is for. A key from before there were scopes is for
// everything; a scope that only a newer version knows is left out.
func ScopesOf(k *store.APIKey) []Scope {
	if len(k.Scopes) == 0 {
		return Scopes()
	}
	var out []Scope
	for _, s := range Scopes() {
		if slices.Contains(k.Scopes, string(s)) {
			out = append(out, s)
		}
	}
	return out
}

// Lives of keys.
const (
	KeyLife    = 365 * 24 * time.Hour // unless another is asked for
	MaxKeyLife = 2 * KeyLife          // that a bank can ask for by itself
	KeyOverlap = 7 * 24 * time.Hour   // how long a key works on after it was replaced
)

// MaxKeys is how many keys a bank can have by its own doing.
const MaxKeys = 20

// MaxLabel is how many characters a label has that a bank gives.
const MaxLabel = 40

// NewAPIKey makes a key for a bank, for some scopes; none is for all, those of
// later versions too. The secret is shown once; what is kept is its SHA-256,
// which is enough for 256 random bits and, unlike a keyed hash, outlives the keys
// of the links. The zero expires is never.
func NewAPIKey(bank, label string, scopes []Scope, now, expires time.Time) (secret string, key *store.APIKey) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails: the program stops instead
	secret = keyPrefix + base64.RawURLEncoding.EncodeToString(raw[:])
	key = &store.APIKey{Bank: bank, Hash: hashKey(secret), Label: label, CreatedAt: now.UTC(), Expires: expires.UTC()}
	for _, s := range scopes {
		key.Scopes = append(key.Scopes, string(s))
	}
	return secret, key
}

// KeyID names a key for people and in lists, as store.APIKey.ID does.
func KeyID(secret string) string { return (&store.APIKey{Hash: hashKey(secret)}).ID() }

// ErrRotating says that a key is one of two of a rotation, both of which work.
var ErrRotating = errors.New("bankapi: the key is being replaced already")

// RotateAPIKey makes the key that takes the place of another, with its label and
// its scopes. The old one works on for overlap, but no longer than it would have.
// ErrRotating while it is one of two that work; store.ErrNotFound if it has ended.
func RotateAPIKey(ctx context.Context, st *store.Store, bank, hash string, now time.Time, life, overlap time.Duration) (secret string, fresh *store.APIKey, err error) {
	err = store.Retry(ctx, func() error {
		old, err := st.APIKey(ctx, bank, hash)
		if err != nil {
			return err
		}
		keys, err := store.Collect(st.APIKeys(ctx, bank))
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.ID() == old.Replaces || k.ID() == old.ReplacedBy {
				return fmt.Errorf("%w: the other is %s", ErrRotating, k.ID())
			}
		}
		var scopes []Scope
		if len(old.Scopes) > 0 {
			scopes = ScopesOf(old)
		} else {
			scopes = Scopes() // a new key says what it is for
		}
		secret, fresh = NewAPIKey(bank, old.Label, scopes, now, now.Add(life))
		fresh.Replaces, old.ReplacedBy = old.ID(), fresh.ID()
		if end := now.Add(overlap).UTC(); old.Expires.IsZero() || end.Before(old.Expires) {
			old.Expires = end
		}
		return st.Write(ctx, append(store.PutAPIKey(old), store.PutAPIKey(fresh)...)...)
	})
	return secret, fresh, err
}
