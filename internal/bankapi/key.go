package bankapi

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"kozamori/internal/store"
)

// keyPrefix lets secret scanners recognise a key that leaked.
const keyPrefix = "kozamori_"

// maxKey is the longest key that is looked at, in bytes.
const maxKey = 256

// NewAPIKey makes a key for a bank. The secret is shown once; what is kept is
// its SHA-256, which is enough for 256 random bits and, unlike a keyed hash,
// outlives the keys of the links. The zero expires is never.
func NewAPIKey(bank, label string, now, expires time.Time) (secret string, key *store.APIKey) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails: the program stops instead
	secret = keyPrefix + base64.RawURLEncoding.EncodeToString(raw[:])
	return secret, &store.APIKey{Bank: bank, Hash: hashKey(secret), Label: label, CreatedAt: now.UTC(), Expires: expires.UTC()}
}

func hashKey(secret string) string {
	h := sha256.Sum256([]byte("kozamori api key\x00" + secret))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// authorize wants a key of this bank. Every refusal is the same problem, and
// each costs one look at the store, so that neither tells which banks and
// keys there are.
func (h *Handler) authorize(r *http.Request, bank string) error {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	fits := strings.EqualFold(scheme, "Bearer") && secret != "" && len(secret) <= maxKey && len(r.Header.Values("Authorization")) == 1
	if !fits {
		secret = ""
	}
	asked := bank
	if !isBankCode(bank) {
		asked, fits = "0000", false
	}
	// Looked up by hash: how far a wrong guess matches says nothing of the key.
	k, err := h.Store.APIKey(r.Context(), asked, hashKey(secret))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errKey
	case err != nil:
		return err
	case !fits, k.Bank != bank, !k.Expires.IsZero() && !h.Now().Before(k.Expires):
		return errKey
	}
	return nil
}

func isBankCode(s string) bool { return len(s) == 4 && strings.Trim(s, "0123456789") == "" }
