package bankapi

import (
	"net/http"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/problem"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

const enrolmentsPath = "/v1/banks/{bank}/mail-enrolments"

// errNoMail says that no mail goes out, so that no customer can be told by mail alone.
var errNoMail = &problem.Problem{Status: http.StatusConflict, Code: problem.NoMail, Title: "this deployment sends no mail", Reason: "issue a code for LINE, or ask the operator to set mail up"}

// enrolmentRequest is a customer who is to be told by mail alone.
type enrolmentRequest struct {
	Role       string        `json:"role"`
	Email      string        `json:"email"`
	Lang       filled        `json:"lang"`
	Accounts   []mailAccount `json:"accounts"`
	Name       string        `json:"name"`
	HideAmount bool          `json:"hide_amount"`
	KeepOthers bool          `json:"keep_others"`
}

// mailAccount is an account of such a customer.
type mailAccount struct {
	AccountRef  string        `json:"account_ref"`
	AccountMask string        `json:"account_mask"`
	Links       []linkRequest `json:"links"`
	HistoryFrom string        `json:"history_from"`
}

// enrolmentReply is an enrolment: its code is there once, and its address never.
type enrolmentReply struct {
	ID          string                `json:"enrolment_id"`
	Role        watch.Role            `json:"role"`
	AccountRefs []string              `json:"account_refs"`
	State       membership.EnrolState `json:"state"`
	IssuedAt    time.Time             `json:"issued_at"`
	ExpiresAt   time.Time             `json:"expires_at"`
	UsedAt      time.Time             `json:"used_at,omitzero"`
	Code        string                `json:"code,omitempty"`
}

func enrolmentOf(e membership.Enrolment) enrolmentReply {
	return enrolmentReply{e.ID, e.Role, e.Accounts, e.State, e.Issued.UTC(), e.Expires.UTC(), e.UsedAt.UTC(), e.Code}
}

func (h *Handler) enrol(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	var req enrolmentRequest
	if err := read(r, &req); err != nil {
		return 0, nil, err
	}
	if !h.Mails {
		return 0, nil, errNoMail
	}
	name, err := idempotencyKey(r)
	if err != nil {
		return 0, nil, err
	}
	asked := membership.EnrolRequest{Role: watch.Role(req.Role), Email: req.Email, Lang: watch.Lang(req.Lang), Name: quote.Text(req.Name),
		HideAmount: req.HideAmount, KeepOthers: req.KeepOthers, IdempotencyKey: name}
	var named []object
	for _, a := range req.Accounts {
		of := accountRequest{AccountRef: a.AccountRef, AccountMask: a.AccountMask, Links: a.Links, HistoryFrom: a.HistoryFrom}
		asked.Accounts = append(asked.Accounts, of.code())
		named = append(named, object{"account", a.AccountRef})
	}
	if len(named) > membership.MaxTicked {
		named = nil // it will be refused
	}
	if err := begin(r.Context(), named...); err != nil {
		return 0, nil, err
	}
	e, err := h.Membership.Enrol(r.Context(), bank, asked)
	if err != nil {
		return 0, nil, err
	}
	about(r.Context(), object{"enrolment", e.ID})
	return http.StatusCreated, enrolmentOf(e), nil
}

type enrolmentsReply struct {
	Enrolments []enrolmentReply `json:"enrolments"`
}

func (h *Handler) listEnrolments(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "account_ref")
	if err != nil {
		return 0, nil, err
	}
	ref := q.Get("account_ref")
	if q.Has("account_ref") {
		if fe := watch.CheckRef("account_ref", ref); fe != nil {
			return 0, nil, fe
		}
	}
	list, err := h.Membership.Enrolments(r.Context(), bank, ref)
	if err != nil {
		return 0, nil, err
	}
	rep := enrolmentsReply{Enrolments: []enrolmentReply{}}
	for _, e := range list {
		rep.Enrolments = append(rep.Enrolments, enrolmentOf(*e))
	}
	return http.StatusOK, rep, nil
}

func (h *Handler) cancelEnrolment(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	if err := begin(r.Context()); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, h.Membership.CancelEnrolment(r.Context(), bank, r.PathValue("enrolment_id"))
}
