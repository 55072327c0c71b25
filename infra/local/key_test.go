package main

import (
	"context"
	"testing"
	"time"

	"kozamori/internal/bankapi"
	"kozamori/internal/store"
)

// opens tells whether a key opens the first bank's API.
func (s *stack) opens(t *testing.T, key string) bool {
	t.Helper()
	list, err := store.Collect(s.System.Store.APIKeys(t.Context(), "0125"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range list {
		if k.ID() == bankapi.KeyID(key) {
			return s.clock.now().Before(k.Expires)
		}
	}
	return false
}

// issues tells whether a simulated bank gets a code from its API.
func (s *stack) issues(t *testing.T) bool {
	t.Helper()
	return asks(t, s.Page+"/sim/bank/0125/codes", map[string]string{"account_ref": "acc_key", "account_mask": "普通 ***4567"}, nil) == 201
}

// The simulated banks have ordinary keys: they say what they are for, they end, and
// they are replaced before they do, however much time is let pass.
func TestTheKeyOfASimulatedBankEndsAndIsReplacedBefore(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := up(t, data, noEnv)
	key := func() *store.APIKey {
		t.Helper()
		for k, err := range s.System.Store.APIKeys(t.Context(), "0125") {
			if err != nil {
				t.Fatal(err)
			}
			if k.ID() == bankapi.KeyID(s.Banks["0125"].Key()) {
				return k
			}
		}
		t.Fatal("the bank's key is none")
		return nil
	}
	first := key()
	if left := first.Expires.Sub(s.clock.now()); left <= bankapi.KeyLife-time.Minute || left > bankapi.KeyLife || len(first.Scopes) != len(bankapi.Scopes()) {
		t.Errorf("%v are left to it, for %q", left, first.Scopes)
	}
	pass := func(days int) {
		t.Helper()
		if code := asks(t, s.Page+"/sim/clock", map[string]any{"minutes": days * 24 * 60}, nil); code != 200 {
			t.Fatal(code)
		}
	}
	pass(300)
	if k := key(); k.ID() != first.ID() || !s.issues(t) {
		t.Error("a key is replaced long before it ends, or opens nothing")
	}
	had := s.Banks["0125"].Key()
	pass(40)
	if k := key(); k.Replaces != first.ID() || !s.issues(t) || !s.opens(t, had) {
		t.Errorf("a key that is about to end is not replaced by one that works: %+v", k)
	}
	pass(395) // past the end of all
	if !s.issues(t) || s.opens(t, had) {
		t.Error("a key that has ended is not replaced, or works on")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = up(t, data, noEnv)
	if !s.issues(t) {
		t.Error("the bank has no key that works after a restart")
	}
}

// A folder of a version before has a key without an end: it gets one, and the bank
// another key.
func TestAKeyWithoutAnEndIsReplaced(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := up(t, data, noEnv)
	old, k := bankapi.NewAPIKey("0125", "local", nil, s.clock.now(), time.Time{})
	if err := s.System.Store.AddAPIKey(context.Background(), k); err != nil {
		t.Fatal(err)
	}
	if err := s.vault.KeepAPIKey("0125", old); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = up(t, data, noEnv)
	if s.Banks["0125"].Key() == old || !s.opens(t, old) || !s.issues(t) {
		t.Error("it is not replaced, or does not work on for a while")
	}
	for k, err := range s.System.Store.APIKeys(t.Context(), "0125") {
		if err != nil || k.Expires.IsZero() {
			t.Errorf("%v: the key %s never ends", err, k.ID())
		}
	}
}
