package bankapi

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"kozamori/internal/ratelimit"
	"kozamori/internal/store"
)

// keyPrefix lets secret scanners recognise a key that leaked.
const keyPrefix = "kozamori_"

func hashKey(secret string) string {
	h := sha256.Sum256([]byte("kozamori api key\x00" + secret))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// LastUsedEvery is how often a key's use is noted at most.
const LastUsedEvery = time.Hour

// LogKeyWrong is logged when what could be a key is none of the bank of ours that it was
// sent for, or not any more. A metric is counted from it, by bank.
const LogKeyWrong = "an API key was refused"

// keyLength is how long a key is.
var keyLength = len(keyPrefix) + base64.RawURLEncoding.EncodedLen(32)

// authorize wants a key of this bank, and returns it. Every refusal is the same
// problem. What cannot be a key, or a bank's code, costs no look at the store; every
// other refusal costs two, so that none tells which banks and keys there are.
func (h *Handler) authorize(r *http.Request, bank string) (*store.APIKey, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(secret, keyPrefix) || len(secret) != keyLength || len(r.Header.Values("Authorization")) != 1 || !isBankCode(bank) {
		return nil, errKey
	}
	// Looked up by hash: how far a wrong guess matches says nothing of the key.
	k, err := h.Store.APIKey(r.Context(), bank, hashKey(secret))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, h.wrongKey(r, bank)
	case err != nil:
		return nil, err
	case k.Bank != bank, !k.Expires.IsZero() && !h.Now().Before(k.Expires):
		return nil, h.wrongKey(r, bank)
	}
	ratelimit.Known(r.Context())
	h.used(r, k)
	return k, nil
}

// wrongKey counts a wrong key for its bank, if that is one of ours: each code that a
// stranger makes up would be a metric that is paid for.
func (h *Handler) wrongKey(r *http.Request, bank string) error {
	switch _, err := h.Store.Bank(r.Context(), bank); {
	case err == nil:
		h.Logger.WarnContext(r.Context(), LogKeyWrong, "bank", bank)
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return errKey
}

// used notes that a key was used. It is not worth failing a request for, and
// who changes the key at the same moment comes first.
func (h *Handler) used(r *http.Request, k *store.APIKey) {
	now := h.Now().UTC()
	if now.Sub(k.LastUsed) < LastUsedEvery {
		return
	}
	noted := *k
	noted.LastUsed = now.Truncate(time.Second)
	err := h.Store.Write(r.Context(), store.PutAPIKey(&noted)...)
	switch _, lost := store.AsCondition(err); {
	case err == nil:
		noted.Version++
		*k = noted
	case !lost:
		h.Logger.WarnContext(r.Context(), "bankapi: the use of a key cannot be noted now", "bank", k.Bank, "key", k.ID(), "err", err)
	}
}

func isBankCode(s string) bool { return len(s) == 4 && strings.Trim(s, "0123456789") == "" }
