package bankapi

import (
	"encoding/json"
	"errors"
	"net/http"

	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// problem is RFC 9457's problem document. Field and Reason say what of a
// request cannot be taken, without repeating its values.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason,omitempty"`
}

func (p *problem) Error() string { return p.Title }

var (
	errKey      = &problem{Status: http.StatusUnauthorized, Title: "the API key is not one of this bank"}
	errNotFound = &problem{Status: http.StatusNotFound, Title: "there is nothing here"}
	errTooLarge = &problem{Status: http.StatusRequestEntityTooLarge, Title: "a body holds at most 16 KiB"}
	errInternal = &problem{Status: http.StatusInternalServerError, Title: "something went wrong on our side"}
)

// refused is a request with something wrong in it.
func refused(field, reason string) *problem {
	return &problem{Status: http.StatusUnprocessableEntity, Title: "the request cannot be taken", Field: field, Reason: reason}
}

// problems says how each error of ours is told: the one table.
var problems = []struct {
	err error
	problem
}{
	{dispute.ErrNotFound, *errNotFound},
	{store.ErrNotFound, *errNotFound},
	{dispute.ErrClosed, problem{Status: http.StatusConflict, Title: "the dispute is closed", Field: "status", Reason: "nothing follows closed"}},
	{dispute.ErrOrder, problem{Status: http.StatusConflict, Title: "this status cannot follow the present one", Field: "status",
		Reason: "received comes before frozen and refunded, closed comes last"}},
	{dispute.ErrStatus, *refused("status", "must be received, frozen, refunded or closed, with a text of at most 300 characters")},
	{store.ErrCursor, *refused("cursor", "is not one that this list gave out")},
	{store.ErrConflict, problem{Status: http.StatusServiceUnavailable, Title: "somebody else is changing this; try again"}},
}

func problemOf(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if fe, ok := errors.AsType[*watch.FieldError](err); ok {
		return refused(fe.Field, fe.Problem)
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errTooLarge
	}
	for i := range problems {
		if errors.Is(err, problems[i].err) {
			return &problems[i].problem
		}
	}
	return errInternal
}

func writeProblem(w http.ResponseWriter, p *problem) {
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	}
	doc := *p
	doc.Type = "about:blank"
	writeJSON(w, p.Status, "application/problem+json", doc)
}

// writeJSON answers; a nil body is none.
func writeJSON(w http.ResponseWriter, status int, kind string, v any) {
	w.Header().Set("Cache-Control", "no-store")
	if v == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // whoever got no answer asks again
}
