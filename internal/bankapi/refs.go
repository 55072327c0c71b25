package bankapi

import (
	"errors"
	"net/http"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/problem"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const refsPath = "/v1/banks/{bank}/accounts/{account_ref}/refs"

type refsRequest struct {
	AccountRef string `json:"account_ref"`
}

type refsReply struct {
	AccountRef string     `json:"account_ref"` // the present one
	Refs       []refReply `json:"refs"`
}

// refReply is what an account is called from some time on.
type refReply struct {
	AccountRef string    `json:"account_ref"`
	Since      time.Time `json:"since,omitzero"` // absent of the first
}

func refsOf(n *store.Names) refsReply {
	rep := refsReply{n.Now(), []refReply{{AccountRef: n.Account.Ref}}}
	for _, l := range n.Later {
		rep.Refs = append(rep.Refs, refReply{l.Ref, l.Since.UTC()})
	}
	return rep
}

// named reads what the account of a path is called: by the first ref all of it is
// kept, by the present one the bank is told of it.
func (h *Handler) named(r *http.Request, bank string) (*store.Names, error) {
	ref, err := accountRef(r)
	if err != nil {
		return nil, err
	}
	return h.Store.Names(r.Context(), watch.AccountKey{Bank: bank, Ref: ref})
}

// listRefs tells what the account was called, one after the other.
func (h *Handler) listRefs(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	n, err := h.named(r, bank)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, refsOf(n), nil
}

// replaceRef has the account called by another ref.
func (h *Handler) replaceRef(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	ref, err := accountRef(r)
	if err != nil {
		return 0, nil, err
	}
	var req refsRequest
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	name, err := idempotencyKey(r)
	if err != nil {
		return 0, nil, err
	}
	if err := begin(r.Context(), object{"account", req.AccountRef}); err != nil {
		return 0, nil, err
	}
	n, err := h.Membership.Replace(r.Context(), bank, membership.Replacement{Ref: ref, By: req.AccountRef, IdempotencyKey: name})
	if errors.Is(err, membership.ErrRefOld) {
		p := *errRefOld
		p.Members = struct {
			Present string `json:"present"`
		}{n.Now()}
		return 0, nil, &p
	}
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, refsOf(n), nil
}

var errRefOld = &problem.Problem{Status: http.StatusConflict, Code: problem.RefReplaced, Title: "the account is called by another ref already", Field: "account_ref",
	Reason: "only the present ref can be replaced"}
