package bankapi_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"kozamori/internal/ratelimit"
	"kozamori/internal/testkit/worldtest"
)

// A bank that sends more than its share is told so on every route, before anything is
// done; another bank, and a stranger's junk, take nothing from it.
func TestABankHasItsShareOfRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.disputed(w.bound(), "t1")
	w.write(spares()...)
	const burst = 5
	w.api.Limit = ratelimit.NewLimiter(0.5, burst)
	ask := func(key, route string) *httptest.ResponseRecorder {
		t.Helper()
		method, path, body := address(route, ours, "acc_8f3k", d.ID)
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key)
		rec := httptest.NewRecorder()
		w.api.ServeHTTP(rec, r)
		return rec
	}
	for range 100 { // junk of strangers and of another bank
		ask("nonsense", "GET /v1/banks/{bank}/health")
		ask(w.other, "GET /v1/banks/{bank}/health")
	}
	for n := range burst {
		rec := ask(w.key, "GET /v1/banks/{bank}/health")
		if left := rec.Header().Get("RateLimit-Remaining"); rec.Code != 200 || left != strconv.Itoa(burst-1-n) || rec.Header().Get("RateLimit-Limit") != strconv.Itoa(burst) {
			t.Errorf("request %d: %d, %s left", n, rec.Code, left)
		}
	}
	before := worldtest.Everything(t, w.file)
	for _, route := range everyRoute() {
		rec := ask(w.key, route)
		if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") != "2" || rec.Header().Get("RateLimit-Remaining") != "0" || rec.Header().Get("RateLimit-Reset") != "10" {
			t.Errorf("%s: %d %v", route, rec.Code, rec.Header())
		}
	}
	if after := worldtest.Everything(t, w.file); len(after) != len(before) {
		t.Error("something was written")
	}
	if status, _ := w.call(w.other, "GET", "/v1/banks/"+theirs+"/health", ""); status != 200 {
		t.Errorf("another bank: %d", status)
	}
	w.Add(2 * time.Second)
	for _, want := range []int{200, 429} {
		if rec := ask(w.key, "GET /v1/banks/{bank}/health"); rec.Code != want {
			t.Errorf("after what Retry-After says: %d, want %d", rec.Code, want)
		}
	}
}
