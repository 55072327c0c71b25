package lambda

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/app"
	"kozamori/internal/email/ses"
	"kozamori/internal/line"
	"kozamori/internal/queue"
	"kozamori/internal/secrets"
	"kozamori/internal/sweep"
	"kozamori/internal/testkit/worldtest"
)

// parameterStore is SSM as far as functions call it.
type parameterStore struct {
	mu     sync.Mutex
	values map[string]string // below /k/
	reads  int
}

func (p *parameterStore) put(name, value string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.values[name] = value
}

func (p *parameterStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reads++
	var in struct {
		Names []string
		Path  string
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	out := []any{}
	for name, v := range p.values {
		full := "/k/" + name
		for _, n := range in.Names {
			if n == full {
				out = append(out, map[string]any{"Name": full, "Value": v})
			}
		}
		if in.Path != "" && strings.HasPrefix(full, in.Path+"/") {
			out = append(out, map[string]any{"Name": full, "Value": v})
		}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(map[string]any{"Parameters": out})
}

// standing is a part whose secrets are in a Parameter Store of its own, at a
// time that the test sets.
type standing struct {
	*part[http.Handler]
	store *parameterStore
	now   time.Time
}

// taking is a queue that takes everything.
type taking struct{ queue.Queue }

func (taking) Send(context.Context, queue.Name, ...queue.Outgoing) error { return nil }

func stand(t *testing.T, name app.Part, route func(*app.System, *http.ServeMux) error, values map[string]string) *standing {
	t.Helper()
	s := &standing{store: &parameterStore{values: values}, now: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}
	ssm := httptest.NewServer(s.store)
	t.Cleanup(ssm.Close)
	clock, log := func() time.Time { return s.now }, slog.New(slog.DiscardHandler)
	found := secrets.New(secrets.Config{Endpoint: ssm.URL, Prefix: "/k", Now: clock, Logger: log,
		AWS: aws.Config{Region: "ap-northeast-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}})
	s.part = &part[http.Handler]{name: name, log: log, secrets: found,
		means: app.Means{Mailer: ses.Open, Table: worldtest.Table(t, clock), Queue: taking{}, Secrets: banks{found}, Now: clock, Logger: log},
		build: func(sys *app.System) (http.Handler, error) {
			mux := http.NewServeMux()
			return mux, route(sys, mux)
		}}
	return s
}

// post lets the function answer a request.
func (s *standing) post(t *testing.T, path, body string, header map[string]string) int {
	t.Helper()
	e := events.APIGatewayV2HTTPRequest{RawPath: path, Body: body, Headers: header}
	e.RequestContext.HTTP.Method = http.MethodPost
	res, err := answers(s.part)(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

const webhook = `{"destination":"U0","events":[]}`

func (s *standing) hook(t *testing.T, secret string) int {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(webhook))
	return s.post(t, app.HookPath, webhook, map[string]string{line.SignatureHeader: base64.StdEncoding.EncodeToString(mac.Sum(nil))})
}

// LINE makes the new secret when it is asked for, and signs with it at once.
func TestANewChannelSecretIsKnownAtTheFirstWebhookThatItSigns(t *testing.T) {
	t.Parallel()
	s := stand(t, app.LineHook, (*app.System).RouteLineHook, map[string]string{"line/channel-secret": "old"})
	want := func(when string, old, new int) {
		t.Helper()
		if o, n := s.hook(t, "old"), s.hook(t, "new"); o != old || n != new {
			t.Errorf("%s the old secret gets %d and the new one %d, want %d and %d", when, o, n, old, new)
		}
	}
	want("before", 200, 401)
	s.now = s.now.Add(31 * time.Second)
	if got := s.hook(t, "new"); got != 401 {
		t.Errorf("a secret that was never put there gets %d", got)
	}
	s.store.put("line/channel-secret", "new,old")
	s.now = s.now.Add(29 * time.Second)
	want("half a minute after the last wrong signature", 200, 401)
	s.now = s.now.Add(2 * time.Second)
	if got := s.hook(t, "new"); got != 200 {
		t.Errorf("the first webhook with the new secret gets %d", got)
	}
	want("while both live", 200, 200)
	s.store.put("line/channel-secret", "new")
	s.now = s.now.Add(secrets.Life)
	want("after it", 401, 200)

	reads := s.store.reads
	for range 50 {
		if got := s.hook(t, "a stranger's"); got != 401 {
			t.Fatalf("a stranger gets %d", got)
		}
	}
	if n := s.store.reads - reads; n > 1 {
		t.Errorf("strangers make %d reads", n)
	}
}

func TestABankRotatesItsWebhookSecretThroughAFunctionThatRuns(t *testing.T) {
	t.Parallel()
	secret := func(c string) string {
		return "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(c, 32)))
	}
	old, new := secret("o"), secret("n")
	s := stand(t, app.Ingest, (*app.System).RouteIngest, map[string]string{"banks/0125/webhook": old})
	send := func(bank, secret string) int {
		t.Helper()
		wh, err := webhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		sig, err := wh.Sign("m", s.now, []byte("{"))
		if err != nil {
			t.Fatal(err)
		}
		return s.post(t, "/v1/banks/"+bank+"/events", "{", map[string]string{webhooks.HeaderWebhookID: "m",
			webhooks.HeaderWebhookSignature: sig, webhooks.HeaderWebhookTimestamp: strconv.FormatInt(s.now.Unix(), 10)})
	}
	want := func(when string, wantOld, wantNew int) {
		t.Helper()
		if o, n := send("0125", old), send("0125", new); o != wantOld || n != wantNew {
			t.Errorf("%s the old secret gets %d and the new one %d, want %d and %d", when, o, n, wantOld, wantNew)
		}
	}
	// What is signed is no JSON, which is looked at once the signature is right.
	want("before", 400, 401)
	s.store.put("banks/0125/webhook", new+","+old)
	s.now = s.now.Add(secrets.Life)
	want("while both live", 400, 400)
	s.store.put("banks/0125/webhook", new)
	s.now = s.now.Add(secrets.Life)
	want("after it", 401, 400)
	if got := send("9999", new); got != 401 {
		t.Errorf("a bank that is no tenant gets %d, want 401: a 5xx it would send again for days", got)
	}
}

func TestAPartIsBuiltAnewWhenItsSecretsAreReplacedAndCanBeUsed(t *testing.T) {
	t.Parallel()
	key := func(id string) string {
		return id + ":" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(id, 32)))
	}
	s := stand(t, app.BankAPI, func(sys *app.System, mux *http.ServeMux) error {
		mux.HandleFunc("POST /keys", func(w http.ResponseWriter, _ *http.Request) {
			for _, k := range sys.LinkKeys {
				_, _ = w.Write([]byte(k.ID))
			}
		})
		return nil
	}, map[string]string{"link-keys": key("a")})
	for _, c := range []struct{ name, put, want string }{
		{"the first key", key("a"), "a"},
		{"a new one before it", key("b") + "," + key("a"), "ba"},
		{"nothing that could be used", "oops", "ba"},
		{"the new one alone", key("b"), "b"},
	} {
		s.store.put("link-keys", c.put)
		s.now = s.now.Add(secrets.Life)
		e := events.APIGatewayV2HTTPRequest{RawPath: "/keys"}
		e.RequestContext.HTTP.Method = http.MethodPost
		res, err := answers(s.part)(t.Context(), e)
		if err != nil || res.Body != c.want {
			t.Errorf("after %s was put the keys are %q, want %q (%v)", c.name, res.Body, c.want, err)
		}
	}
}

// dawdling is a sweeper that works until it is told to stop.
type dawdling struct{}

func (dawdling) Sweep(ctx context.Context) (sweep.Report, error) {
	<-ctx.Done()
	return sweep.Report{}, ctx.Err()
}

func TestASweepStopsBeforeItsFunctionIsStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		start := time.Now()
		if err := swept(dawdling{}, slog.New(slog.DiscardHandler))(ctx); err == nil || ctx.Err() != nil || time.Since(start) != 49*time.Second {
			t.Errorf("it ends after %v with %v, and the function's time is over: %v", time.Since(start), err, ctx.Err())
		}
	})
}
