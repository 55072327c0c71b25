package bankapi

import (
	"errors"
	"net/http"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
)

const codesOfPath = "/v1/banks/{bank}/accounts/{account_ref}/codes"

type codesReply struct {
	AccountRef string          `json:"account_ref"`
	Codes      []openCodeReply `json:"codes"`
}

// openCodeReply is a code without the code itself, which is kept nowhere.
type openCodeReply struct {
	ID        string    `json:"code_id"`
	IssuedAt  time.Time `json:"issued_at"`
	ExpiresAt time.Time `json:"expires_at"`
	UsedAt    time.Time `json:"used_at,omitzero"`
}

func (h *Handler) listCodes(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	names, err := h.named(r, bank)
	if err != nil {
		return 0, nil, err
	}
	codes, err := h.Membership.OpenCodes(r.Context(), bank, names.Account.Ref)
	if err != nil {
		return 0, nil, err
	}
	rep := codesReply{AccountRef: names.Now(), Codes: []openCodeReply{}}
	for _, c := range codes {
		rep.Codes = append(rep.Codes, openCodeReply{c.ID(), c.Expires.Add(-membership.CodeLife).UTC(), c.Expires.UTC(), c.UsedAt.UTC()})
	}
	return http.StatusOK, rep, nil
}

func (h *Handler) cancelCode(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	ref, err := accountRef(r)
	if err != nil {
		return 0, nil, err
	}
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, h.Membership.Cancel(r.Context(), bank, ref, r.PathValue("code_id"))
}

type erasureReply struct {
	AccountRef string    `json:"account_ref"`
	State      string    `json:"state"`
	Phase      string    `json:"phase,omitempty"`
	ErasedAt   time.Time `json:"erased_at,omitzero"`
	Again      time.Time `json:"looked_again_at,omitzero"`
	// The last owner left and asked for an erasure, until they cannot come back.
	WishedAt time.Time `json:"wished_at,omitzero"`
	ErasesAt time.Time `json:"erases_at,omitzero"`
}

// erasure tells how far the last erasure of an account is. Once it is over nothing
// is kept of it here; the trail and the audit list say when it was.
func (h *Handler) erasure(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	names, err := h.named(r, bank)
	if err != nil {
		return 0, nil, err
	}
	rep := erasureReply{AccountRef: names.Now(), State: "none"}
	e, err := h.Store.Erasure(r.Context(), names.Account)
	switch {
	case err == nil:
		rep = erasureOf(names.Now(), e)
	case !errors.Is(err, store.ErrNotFound):
		return 0, nil, err
	}
	wish, err := h.Store.ErasureWish(r.Context(), names.Account)
	switch {
	case err == nil:
		rep.WishedAt, rep.ErasesAt = wish.At.UTC(), wish.Due.UTC()
	case !errors.Is(err, store.ErrNotFound):
		return 0, nil, err
	}
	return http.StatusOK, rep, nil
}

// erasureOf tells how far an erasure is that is not over.
func erasureOf(ref string, e *store.Erasure) erasureReply {
	rep := erasureReply{AccountRef: ref, State: "under_way", Phase: "looking_again", ErasedAt: e.At.UTC(), Again: e.Due.UTC()}
	if e.Walk != "" && !e.Again {
		rep.Phase = "removing"
	}
	return rep
}
