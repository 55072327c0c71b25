package bankapi_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"kozamori/internal/lambda"
	"kozamori/internal/watch"
)

// An HTTP API decodes a path once and hands it to the function: whatever the
// bank writes, the account that is read or erased is the one that it named, or
// none.
func TestAPathNamesTheAccountThatTheBankMeant(t *testing.T) {
	w := newWorld(t)
	call := lambda.HTTP(w.api, slog.New(slog.DiscardHandler))
	ask := func(method, path string) (int, string) {
		t.Helper()
		e := events.APIGatewayV2HTTPRequest{RawPath: path, Headers: map[string]string{"Authorization": "Bearer " + w.key}}
		e.RequestContext.HTTP.Method = method
		res, err := call(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			AccountRef string `json:"account_ref"`
		}
		if res.StatusCode == http.StatusOK {
			if err := json.Unmarshal([]byte(res.Body), &v); err != nil {
				t.Fatal(err)
			}
		}
		return res.StatusCode, v.AccountRef
	}
	allowed := 0
	for c := byte(' '); c <= '~'; c++ {
		for _, ref := range []string{"x" + string(c) + "y", "x%" + string(c) + "1", string(c) + "x", "x" + string(c)} {
			path := "/v1/banks/" + ours + "/accounts/" + ref
			fine := watch.CheckRef("account_ref", ref) == nil
			status, got := ask(http.MethodGet, path+"/watchers")
			switch {
			case fine && (status != http.StatusOK || got != ref):
				t.Errorf("%q: %d, of the account %q", ref, status, got)
			case !fine && status == http.StatusOK:
				t.Errorf("%q is no reference, and the account %q was read", ref, got)
			}
			if fine {
				allowed++
			}
			if status, _ := ask(http.MethodDelete, path); (status == http.StatusNoContent) != fine {
				t.Errorf("erasing %q: %d", ref, status)
			}
		}
	}
	if want := 3 * len("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~-"); allowed != want {
		t.Errorf("%d references may be, want %d", allowed, want)
	}
	for _, ref := range []string{".", "..", strings.Repeat("x", 65)} {
		if status, _ := ask(http.MethodDelete, "/v1/banks/"+ours+"/accounts/"+ref); status == http.StatusNoContent {
			t.Errorf("erasing %q: %d", ref, status)
		}
	}
}
