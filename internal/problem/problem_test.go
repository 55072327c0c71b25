package problem_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"kozamori/internal/problem"
)

func TestTheDocumentHasItsMembersAndThoseOfTheCaller(t *testing.T) {
	t.Parallel()
	type counts struct {
		Accepted int      `json:"accepted"`
		Rejected []string `json:"rejected"`
	}
	full := &problem.Problem{Status: 422, Title: "no", Field: "amount", Reason: "must be a number"}
	with := func(members any) *problem.Problem {
		p := *full
		p.Members = members
		return &p
	}
	for name, c := range map[string]struct {
		problem *problem.Problem
		want    string
	}{
		"with its page": {&problem.Problem{Status: 404, Code: problem.NotFound, Title: "there is nothing here"},
			`{"type":"/v1/problems/not_found","title":"there is nothing here","status":404,"code":"not_found"}`},
		"alone": {&problem.Problem{Status: 404, Title: "there is nothing here"},
			`{"type":"about:blank","title":"there is nothing here","status":404}`},
		"a field and why": {full,
			`{"type":"about:blank","title":"no","status":422,"field":"amount","reason":"must be a number"}`},
		"members of the caller": {with(&counts{Rejected: []string{"x"}}),
			`{"type":"about:blank","title":"no","status":422,"field":"amount","reason":"must be a number","accepted":0,"rejected":["x"]}`},
		"no members after all": {with((*counts)(nil)),
			`{"type":"about:blank","title":"no","status":422,"field":"amount","reason":"must be a number"}`},
		"an empty struct": {with(struct{}{}),
			`{"type":"about:blank","title":"no","status":422,"field":"amount","reason":"must be a number"}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			problem.Write(w, c.problem)
			if got := w.Body.String(); got != c.want+"\n" {
				t.Errorf("%s, want %s", got, c.want)
			}
			if w.Code != c.problem.Status || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("status %d, headers %v", w.Code, w.Header())
			}
			if w.Header().Get("Retry-After") != "" {
				t.Errorf("Retry-After %q, want none", w.Header().Get("Retry-After"))
			}
		})
	}
}

func TestRetryAfterIsInWholeSeconds(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	problem.Write(w, &problem.Problem{Status: http.StatusServiceUnavailable, Title: "try again", RetryAfter: 5 * time.Second})
	if got := w.Header().Get("Retry-After"); got != "5" {
		t.Errorf("Retry-After %q, want 5", got)
	}
}

func TestAReplyHasItsBodyOrNone(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	problem.Reply(w, http.StatusCreated, map[string]int{"n": 1})
	if w.Code != 201 || w.Body.String() != "{\"n\":1}\n" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
	w = httptest.NewRecorder()
	problem.Reply(w, http.StatusNoContent, nil)
	if w.Code != 204 || w.Body.Len() != 0 || w.Header().Get("Content-Type") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
}
