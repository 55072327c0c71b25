// Package problem answers banks in JSON: with what they asked for, or with the
// problem document of RFC 9457 that says why not. It never decides what is
// wrong, and repeats nothing that a request holds.
package problem

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RequestID is the header that names a request: in each reply, in our logs, and
// in the audit list.
const RequestID = "Kozamori-Request-Id"

// NewID makes the id of a request.
func NewID() string { return "r" + strings.ToLower(rand.Text()) }

// Problem is a problem document. It is an error, so that a handler can return
// it like any other.
type Problem struct {
	Status int    // the HTTP status
	Code   Code   // which kind it is
	Title  string // what is wrong, for the bank's engineers
	// Field and Reason say what of a request cannot be taken, without
	// repeating its values. Either may be empty.
	Field, Reason string
	// RetryAfter is sent as the header of that name, in whole seconds; zero
	// sends none.
	RetryAfter time.Duration
	// Members stand next to those of RFC 9457 in the document: a struct or a
	// map, or nil for none.
	Members any
}

func (p *Problem) Error() string { return p.Title }

// MarshalJSON writes the document: the members of RFC 9457, then Members.
func (p *Problem) MarshalJSON() ([]byte, error) {
	body, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   Code   `json:"code,omitempty"`
		Field  string `json:"field,omitempty"`
		Reason string `json:"reason,omitempty"`
	}{p.page(), p.Title, p.Status, p.Code, p.Field, p.Reason})
	if err != nil || p.Members == nil {
		return body, err
	}
	more, err := json.Marshal(p.Members)
	if err != nil || len(more) < 2 || more[0] != '{' || string(more) == "{}" {
		return body, err // nil pointers and empty structs have no members
	}
	return append(append(body[:len(body)-1], ','), more[1:]...), nil
}

// page is the address of what there is to read about it, RFC 9457's type.
func (p *Problem) page() string {
	if p.Code == "" {
		return "about:blank"
	}
	return PagesPath + string(p.Code)
}

// Write answers with a problem.
func Write(w http.ResponseWriter, p *Problem) {
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(p.RetryAfter.Seconds())))
	}
	reply(w, p.Status, "application/problem+json", p)
}

// Reply answers with what was asked for; nil is an answer without a body.
func Reply(w http.ResponseWriter, status int, v any) {
	if v == nil {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		return
	}
	reply(w, status, "application/json", v)
}

func reply(w http.ResponseWriter, status int, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a bank asks again for what it got no answer to
}
