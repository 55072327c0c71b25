package notify_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/notify"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
)

// rotating is a bank's secret while another replaces it.
type rotating []string

func (r rotating) WebhookSecrets(context.Context, string) ([]string, error) { return r, nil }

func TestWhileASecretIsReplacedTheBankMayHaveEither(t *testing.T) {
	fresh, old := "whsec_"+strings.Repeat("A", 43)+"=", "whsec_"+strings.Repeat("B", 42)+"A="
	verified := map[string]int{}
	bank := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		for _, secret := range []string{fresh, old} {
			wh, err := webhooks.NewWebhook(secret)
			if err != nil {
				t.Error(err)
				continue
			}
			if wh.Verify(body, r.Header) == nil {
				verified[secret]++
			}
		}
	}))
	defer bank.Close()
	table := worldtest.Table(t, time.Now)
	s := store.New(table)
	if err := s.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125", Callback: bank.URL})); err != nil {
		t.Fatal(err)
	}
	for _, live := range []rotating{{fresh, old}, {fresh}} {
		c := &notify.SignedCallback{Store: s, Secrets: live, Now: time.Now}
		if err := c.Post(t.Context(), "0125", "msg_1", []byte(`{"type":"dispute.opened"}`)); err != nil {
			t.Fatal(err)
		}
	}
	if verified[fresh] != 2 || verified[old] != 1 {
		t.Errorf("the new secret verified %d of 2, the old one %d of 1", verified[fresh], verified[old])
	}
}
