package bankapi

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"kozamori/internal/problem"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const keysPath = "/v1/banks/{bank}/keys"

type callerKey struct{}

// call is what is known of a request that came with a key.
type call struct {
	key *store.APIKey
	act *act
}

func callOf(ctx context.Context) call {
	c, _ := ctx.Value(callerKey{}).(call)
	return c
}

// caller is the key of a request that needs one.
func caller(ctx context.Context) *store.APIKey { return callOf(ctx).key }

type keyReply struct {
	ID         string    `json:"key_id"`
	Label      string    `json:"label,omitempty"`
	Scopes     []Scope   `json:"scopes"`
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at,omitzero"`
	LastUsedAt time.Time `json:"last_used_at,omitzero"` // to about an hour
	Replaces   string    `json:"replaces,omitempty"`
	ReplacedBy string    `json:"replaced_by,omitempty"`
	Key        string    `json:"api_key,omitempty"` // of a new one only
}

func replyOfKey(k *store.APIKey) keyReply {
	return keyReply{ID: k.ID(), Label: k.Label, Scopes: ScopesOf(k), CreatedAt: k.CreatedAt.UTC(), ExpiresAt: k.Expires.UTC(), LastUsedAt: k.LastUsed.UTC(),
		Replaces: k.Replaces, ReplacedBy: k.ReplacedBy}
}

type keysReply struct {
	Keys []keyReply `json:"keys"`
}

func (h *Handler) listKeys(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	keys, err := store.Collect(h.Store.APIKeys(r.Context(), bank))
	if err != nil {
		return 0, nil, err
	}
	slices.SortFunc(keys, func(a, b *store.APIKey) int { return a.CreatedAt.Compare(b.CreatedAt) })
	rep := keysReply{Keys: []keyReply{}}
	for _, k := range keys {
		rep.Keys = append(rep.Keys, replyOfKey(k))
	}
	return http.StatusOK, rep, nil
}

type keyRequest struct {
	Label     string   `json:"label"`
	Scopes    []string `json:"scopes"`
	ExpiresAt filled   `json:"expires_at"`
}

// makeKey makes another key of the bank, which may do no more than the one that
// asks for it.
func (h *Handler) makeKey(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req keyRequest
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	scopes, err := ParseScopes(req.Scopes)
	if err != nil {
		return 0, nil, refused("scopes", err.Error())
	}
	for _, s := range scopes {
		if !slices.Contains(ScopesOf(caller(r.Context())), s) {
			return 0, nil, errScope(s)
		}
	}
	label := strings.TrimSpace(req.Label)
	if fe := watch.CheckText("label", label, 0, MaxLabel); fe != nil {
		return 0, nil, fe
	}
	now := h.Now()
	expires := now.Add(KeyLife)
	if req.ExpiresAt != "" {
		expires, err = time.Parse(time.RFC3339, string(req.ExpiresAt))
		if err != nil || !expires.After(now) || expires.After(now.Add(MaxKeyLife)) {
			return 0, nil, refused("expires_at", fmt.Sprintf("must be a time to come, within %d days, such as 2027-11-29T09:00:00+09:00", MaxKeyLife/(24*time.Hour)))
		}
	}
	keys, err := store.Collect(h.Store.APIKeys(r.Context(), bank))
	if err != nil {
		return 0, nil, err
	}
	if len(keys) >= MaxKeys {
		return 0, nil, errManyKeys
	}
	secret, k := NewAPIKey(bank, label, scopes, now, expires)
	if err := begin(r.Context(), object{"key", k.ID()}); err != nil {
		return 0, nil, err
	}
	if err := h.addKey(r.Context(), k); err != nil {
		return 0, nil, err
	}
	rep := replyOfKey(k)
	rep.Key = secret
	return http.StatusCreated, rep, nil
}

// addKey writes a new key, and takes it back if others were made at the same moment and
// they are too many together: no one has seen its secret.
func (h *Handler) addKey(ctx context.Context, k *store.APIKey) error {
	if err := h.Store.AddAPIKey(ctx, k); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	keys, err := store.Collect(h.Store.APIKeys(ctx, k.Bank))
	if err == nil && len(keys) <= MaxKeys {
		return nil
	}
	return cmp.Or(err, h.Store.Write(ctx, store.DeleteAPIKey(k)...), store.ErrConflict)
}

// rotateKey makes the key that takes the place of another. Any key may replace
// itself.
func (h *Handler) rotateKey(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	old, err := h.keyNamed(r, bank, caller(r.Context()).ID())
	if err != nil {
		return 0, nil, err
	}
	for _, s := range ScopesOf(old) { // what is shown must open no more than the caller may
		if !slices.Contains(ScopesOf(caller(r.Context())), s) {
			return 0, nil, errScope(s)
		}
	}
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	secret, k, err := RotateAPIKey(r.Context(), h.Store, bank, old.Hash, h.Now(), KeyLife, KeyOverlap)
	if err != nil {
		return 0, nil, err
	}
	about(r.Context(), object{"key", k.ID()})
	rep := replyOfKey(k)
	rep.Key = secret
	return http.StatusCreated, rep, nil
}

// endKey ends a key of the bank. Any key may end itself and the one that it
// replaces: that is how a rotation is finished.
func (h *Handler) endKey(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	me := caller(r.Context())
	k, err := h.keyNamed(r, bank, me.ID(), me.Replaces)
	if err != nil {
		return 0, nil, err
	}
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, h.Store.Write(r.Context(), store.DeleteAPIKey(k)...)
}

// keyNamed reads the key that an address names: one of its caller's own, or any
// if the caller's is for keys.
func (h *Handler) keyNamed(r *http.Request, bank string, own ...string) (*store.APIKey, error) {
	id := r.PathValue("key_id")
	if !slices.Contains(own, id) && !slices.Contains(ScopesOf(caller(r.Context())), ScopeKeys) {
		return nil, errScope(ScopeKeys)
	}
	keys, err := store.Collect(h.Store.APIKeys(r.Context(), bank))
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if k.ID() == id {
			return k, nil
		}
	}
	return nil, errNotFound
}

// errScope refuses what a key is not for.
func errScope(s Scope) *problem.Problem {
	return &problem.Problem{Status: http.StatusForbidden, Code: problem.Forbidden, Title: "the API key is not for this", Members: struct {
		Scope Scope `json:"scope"`
	}{s}}
}
