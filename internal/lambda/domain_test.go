package lambda

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// A function that is called at one domain answers at no other, whatever a caller
// says of the host.
func TestAFunctionAnswersAtItsOwnDomainAlone(t *testing.T) {
	t.Parallel()
	answers := func(only, at, host string) int {
		h := onlyAt(only, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
		e := events.APIGatewayV2HTTPRequest{RawPath: "/v1/banks/0125/events", Headers: map[string]string{"host": host}}
		e.RequestContext.HTTP.Method, e.RequestContext.DomainName = http.MethodPost, at
		res, err := HTTP(h, slog.New(slog.DiscardHandler))(context.Background(), e)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode
	}
	for name, c := range map[string]struct {
		only, at, host string
		want           int
	}{
		"everywhere":             {"", "id.execute-api.ap-northeast-1.amazonaws.com", "", http.StatusAccepted},
		"its domain":             {"bank.example.jp", "bank.example.jp", "bank.example.jp", http.StatusAccepted},
		"its domain, in capital": {"bank.example.jp", "BANK.example.jp", "", http.StatusAccepted},
		"the people's":           {"bank.example.jp", "example.jp", "example.jp", http.StatusNotFound},
		"a host that is claimed": {"bank.example.jp", "example.jp", "bank.example.jp", http.StatusNotFound},
		"no domain":              {"bank.example.jp", "", "bank.example.jp", http.StatusNotFound},
	} {
		if got := answers(c.only, c.at, c.host); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// Pages behind a front are served to nobody who comes another way.
func TestAFunctionBehindAFrontAnswersTheFrontAlone(t *testing.T) {
	t.Parallel()
	const now, next = "one", "two"
	hash := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	for name, c := range map[string]struct {
		hashes, said string
		want         int
	}{
		"no front":                      {"", "", http.StatusAccepted},
		"the front":                     {hash(now), now, http.StatusAccepted},
		"the front, with the next":      {hash(now) + "," + hash(next), next, http.StatusAccepted},
		"a stranger":                    {hash(now), "", http.StatusNotFound},
		"a stranger who knows the hash": {hash(now), hash(now), http.StatusNotFound},
		"what was replaced":             {hash(next), now, http.StatusNotFound},
	} {
		h := behind(c.hashes, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if c.hashes != "" && r.Header.Get(frontHeader) != "" {
				t.Errorf("%s: the page sees the secret", name)
			}
			w.WriteHeader(http.StatusAccepted)
		}))
		e := events.APIGatewayV2HTTPRequest{RawPath: "/home", Headers: map[string]string{"x-kozamori-front": c.said}}
		e.RequestContext.HTTP.Method = http.MethodGet
		res, err := HTTP(h, slog.New(slog.DiscardHandler))(context.Background(), e)
		if err != nil || res.StatusCode != c.want {
			t.Errorf("%s: %d %v, want %d", name, res.StatusCode, err, c.want)
		}
	}
}
