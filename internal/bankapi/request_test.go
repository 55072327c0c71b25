package bankapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// The filter of a program that had no value for it would ask for everything; an empty
// cursor begins with the first page.
func TestAnEmptyParameterIsRefusedAndNotLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, want := range map[string]int{
		"/disputes?account_ref=": 422, "/disputes?updated_since=": 422, "/disputes?status=": 422, "/disputes?order=": 422, "/disputes?limit=": 422, "/disputes?reference=": 422,
		"/feed?hours=": 422, "/audit?after=": 422, "/callbacks?state=": 422, "/mail-enrolments?account_ref=": 422,
		"/disputes?cursor=": 200, "/callbacks?cursor=": 200, "/refused?cursor=": 200, "/accounts/acc_1/trail?cursor=": 200,
	} {
		if rec := w.asked("GET", path, "", "", ""); rec.Code != want {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
}

func TestARequestIsNamedOnceAndNotByNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/codes", "/mail-enrolments"} {
		body := map[string]string{"/codes": `{"account_ref":"acc_1"}`, "/mail-enrolments": `{"role":"owner","email":"a@example.jp","accounts":[{"account_ref":"acc_1"}]}`}[path]
		for name, want := range map[string]int{"": 422, strings.Repeat("a", 129): 422, strings.Repeat("a", 128): 201} {
			if rec := w.asked("POST", path, body, "Idempotency-Key", name); rec.Code != want {
				t.Errorf("%s, %d characters: %d %s", path, len(name), rec.Code, rec.Body)
			}
		}
		if rec := w.asked("POST", path, body, "", ""); rec.Code != http.StatusCreated {
			t.Errorf("%s without a name: %d %s", path, rec.Code, rec.Body)
		}
	}
}
