package token_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"kozamori/internal/token"
)

func key(id string) token.Key {
	s := make([]byte, token.MinKey)
	_, _ = rand.Read(s)
	return token.Key{ID: id, Secret: s}
}

func ring(t testing.TB, ks ...token.Key) *token.Keys {
	t.Helper()
	k, err := token.NewKeys(ks...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTokens(t *testing.T) {
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	old, cur := key("a"), key("b")
	before, after := ring(t, old), ring(t, cur, old)
	tok := before.Sign("answer", "rec1|w1", now.Add(time.Hour))

	for name, c := range map[string]struct {
		keys    *token.Keys
		purpose string
		tok     string
		at      time.Time
		want    error
	}{
		"is taken for its purpose":                      {before, "answer", tok, now, nil},
		"is taken while its key is being replaced":      {after, "answer", tok, now, nil},
		"is refused once its key is gone":               {ring(t, cur), "answer", tok, now, token.ErrInvalid},
		"is refused for another purpose":                {before, "settings", tok, now, token.ErrInvalid},
		"is refused when it is over":                    {before, "answer", tok, now.Add(time.Hour), token.ErrExpired},
		"is refused with a longer life written into it": {before, "answer", strings.Replace(tok, ".", ".z", 1), now, token.ErrInvalid},
		"is refused with its tag cut":                   {before, "answer", tok[:len(tok)-1], now, token.ErrInvalid},
		"is refused when it is nothing":                 {before, "answer", "", now, token.ErrInvalid},
		"is refused with an empty tag":                  {before, "answer", tok[:strings.LastIndexByte(tok, '.')+1], now, token.ErrInvalid},
		"is refused under another key of the same name": {ring(t, key("a")), "answer", tok, now, token.ErrInvalid},
	} {
		t.Run("a token "+name, func(t *testing.T) {
			subject, err := c.keys.Verify(c.purpose, c.tok, c.at)
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if c.want == nil && subject != "rec1|w1" {
				t.Fatalf("subject %q", subject)
			}
		})
	}
	if again := before.Sign("answer", "rec1|w1", now.Add(time.Hour)); again != tok {
		t.Error("signing twice made two tokens; a retried message must not change")
	}
	if before.Hash("code", "1") != after.Hash("code", "1") {
		t.Error("adding a key lost what was hashed before")
	}
	if before.Hash("code", "1") == before.Hash("nonce", "1") {
		t.Error("hashes of two purposes meet")
	}
}

func TestKeysThatCannotBeSafeAreRefused(t *testing.T) {
	for name, ks := range map[string][]token.Key{
		"none":      nil,
		"short":     {{ID: "a", Secret: make([]byte, token.MinKey-1)}},
		"no name":   {{Secret: make([]byte, token.MinKey)}},
		"dotted id": {{ID: "a.b", Secret: make([]byte, token.MinKey)}},
	} {
		if _, err := token.NewKeys(ks...); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzVerify(f *testing.F) {
	k := ring(f, key("a"))
	now := time.Unix(1_800_000_000, 0)
	good := k.Sign("p", "subject", now.Add(time.Hour))
	f.Add(good)
	f.Add("a...")
	f.Fuzz(func(t *testing.T, tok string) {
		if s, err := k.Verify("p", tok, now); err == nil && tok != good {
			t.Fatalf("took a token that was never signed: %q → %q", tok, s)
		}
	})
}

func TestATokenSaysWhenItEnds(t *testing.T) {
	end := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	if got := token.Ends(ring(t, key("a")).Sign("answer", "rec1|w1", end)); !got.Equal(end) {
		t.Errorf("it ends %v", got)
	}
	for _, none := range []string{"", "a", "a.b.c", "a.?.c.d"} {
		if got := token.Ends(none); !got.IsZero() {
			t.Errorf("%q ends %v", none, got)
		}
	}
}
