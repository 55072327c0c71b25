package secrets_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/secrets"
	"kozamori/internal/testkit/emulator"
)

var ctx = context.Background()

// world is a Parameter Store, a clock, and a way to cut the line.
type world struct {
	*secrets.Secrets
	t     *testing.T
	api   *ssm.Client
	now   time.Time
	cut   bool
	calls int
	log   bytes.Buffer
}

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	w.calls++
	if w.cut {
		return nil, errors.New("cut")
	}
	return http.DefaultTransport.RoundTrip(r)
}

func open(t *testing.T) *world {
	t.Helper()
	endpoint := emulator.Moto(t)
	w := &world{t: t, now: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}
	c := emulator.AWS(t)
	c.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	w.api = ssm.NewFromConfig(c, func(o *ssm.Options) { o.BaseEndpoint = &endpoint })
	w.Secrets = secrets.New(secrets.Config{AWS: c, Endpoint: endpoint, Prefix: "/kozamori/test", Now: func() time.Time { return w.now },
		HTTP: &http.Client{Transport: w}, Logger: slog.New(slog.NewTextHandler(&w.log, nil))})
	return w
}

func (w *world) put(name, value string) {
	w.t.Helper()
	_, err := w.api.PutParameter(ctx, &ssm.PutParameterInput{Name: aws.String("/kozamori/test/" + name), Value: &value,
		Type: types.ParameterTypeSecureString, Overwrite: aws.Bool(true)})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.put("link-keys", "a:AAAA")
	w.put("line/channel-secret", "one,two")
	for i := range 25 { // more than a page
		w.put(fmt.Sprintf("banks/%04d/webhook", i), "whsec_"+fmt.Sprint(i))
	}
	named := func(want map[string]string) {
		t.Helper()
		got, err := w.Named(ctx, "line/channel-secret", "line/token", "link-keys")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	bank := func(code string, want ...string) {
		t.Helper()
		got, err := w.WebhookSecrets(ctx, code)
		if want == nil && !errors.Is(err, secrets.ErrNoBank) || want != nil && err != nil {
			t.Fatalf("bank %s: %v", code, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	before := map[string]string{"link-keys": "a:AAAA", "line/channel-secret": "one,two"}
	named(before)
	bank("0007", "whsec_7")
	bank("0024", "whsec_24")
	calls := w.calls

	// Replaced: both live, and the new one is known when the old one's life here is over.
	w.put("banks/0007/webhook", "whsec_new, whsec_7")
	w.put("link-keys", "b:BBBB,a:AAAA")
	bank("0007", "whsec_7")
	named(before)
	if w.calls != calls {
		t.Error("values are not kept")
	}
	w.now = w.now.Add(secrets.Life)
	bank("0007", "whsec_new", "whsec_7")
	after := map[string]string{"link-keys": "b:BBBB,a:AAAA", "line/channel-secret": "one,two"}
	named(after)

	// Strangers: one read in half a minute, however many they name. A bank
	// that is new is known after it.
	calls = w.calls
	for i := range 200 {
		bank(fmt.Sprintf("9%03d", i))
	}
	if w.calls != calls {
		t.Errorf("%d reads for 200 strangers", w.calls-calls)
	}
	w.put("banks/9001/webhook", "whsec_9")
	w.now = w.now.Add(31 * time.Second)
	bank("9001", "whsec_9")

	// While Parameter Store does not answer the last values serve, and it is
	// not asked by every request.
	w.cut, calls = true, w.calls
	w.now = w.now.Add(time.Hour)
	for range 10 {
		bank("0007", "whsec_new", "whsec_7")
		named(after)
	}
	if n := w.calls - calls; n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
	if !strings.Contains(w.log.String(), "cannot read secrets again") || strings.Contains(w.log.String(), "whsec") || strings.Contains(w.log.String(), "BBBB") {
		t.Errorf("log: %s", w.log.String())
	}
}

func TestWithoutAnythingReadAFailureIsAnError(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.cut = true
	if _, err := w.Named(ctx, "link-keys"); err == nil {
		t.Error("no error")
	}
	if _, err := w.WebhookSecrets(ctx, "0125"); err == nil || errors.Is(err, secrets.ErrNoBank) {
		t.Errorf("error %v", err)
	}
}

// What banks' identity providers know us by stands apart from what banks sign with: who
// may read the one reads nothing of the other.
func TestSecretsOfSignIns(t *testing.T) {
	w := open(t)
	w.put("sign-in/0125", "shared")
	w.put("banks/0168/webhook", "whsec_x")
	ask := func(bank, want string) {
		t.Helper()
		if got, err := w.SignInSecret(ctx, bank); got != want || err != nil {
			t.Errorf("%s: %q %v, want %q", bank, got, err, want)
		}
	}
	ask("0125", "shared")
	ask("0168", "")
	calls := w.calls
	ask("9999", "")
	if ask("0125", "shared"); w.calls != calls {
		t.Error("they are read again at once")
	}
	w.put("sign-in/0168", "new")
	w.now = w.now.Add(secrets.Pause)
	ask("0168", "new")
	w.cut, w.now = true, w.now.Add(secrets.Life)
	ask("0125", "shared")
}
