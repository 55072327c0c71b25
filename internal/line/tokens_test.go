package line_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var assertionKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// issuer is LINE with a clock and a count of the tokens asked for.
type issuer struct {
	*sim.LINE
	url    string
	issued atomic.Int32
	mu     sync.Mutex
	now    time.Time
	hold   chan struct{} // if not nil, tokens are issued once it closes
}

func (i *issuer) Now() time.Time      { i.mu.Lock(); defer i.mu.Unlock(); return i.now }
func (i *issuer) add(d time.Duration) { i.mu.Lock(); defer i.mu.Unlock(); i.now = i.now.Add(d) }
func (i *issuer) oauth() line.OAuth {
	return line.OAuth{Endpoint: i.url, ChannelID: i.ChannelID, Now: i.Now}
}
func (i *issuer) bySecret() line.Tokens { return line.BySecret(i.oauth(), i.Secret) }

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{now: at}
	i.LINE = &sim.LINE{ChannelID: "1234567890", Secret: "channel-secret", Keys: map[string]*rsa.PublicKey{"kid-1": &assertionKey().PublicKey}, Now: i.Now}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/v3/token" {
			i.issued.Add(1)
			if i.hold != nil {
				<-i.hold
			}
		}
		i.LINE.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	i.url = srv.URL
	return i
}

func TestTokensAreTakenByLINE(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	elsewhere := i.oauth()
	elsewhere.ChannelID = "99"
	late := i.oauth()
	late.Now = func() time.Time { return at.Add(-time.Hour) }
	for name, c := range map[string]struct {
		tokens line.Tokens
		want   watch.Result
	}{
		"by the channel secret":              {i.bySecret(), watch.SendAccepted},
		"by a signed assertion":              {line.ByAssertion(i.oauth(), "kid-1", assertionKey()), watch.SendAccepted},
		"by another secret":                  {line.BySecret(i.oauth(), "wrong"), watch.SendRetry},
		"with a key that LINE does not know": {line.ByAssertion(i.oauth(), "kid-2", assertionKey()), watch.SendRetry},
		"for another channel":                {line.ByAssertion(elsewhere, "kid-1", assertionKey()), watch.SendRetry},
		"with a clock an hour behind":        {line.ByAssertion(late, "kid-1", assertionKey()), watch.SendRetry},
	} {
		t.Run(name, func(t *testing.T) {
			client := line.New(line.Config{Endpoint: i.url, Tokens: c.tokens, Labels: wording.LabelsIn})
			if o := client.Push(context.Background(), user, watch.DeriveUUID(name), alert()); o.Result != c.want {
				t.Errorf("%+v", o)
			}
		})
	}
}

func TestATokenIsRenewedInItsTenthMinute(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	i := newIssuer(t)
	tokens := i.bySecret()
	get := func() string {
		t.Helper()
		s, err := tokens.Token(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := get()
	i.add(9*time.Minute + 59*time.Second)
	if get() != first || i.issued.Load() != 1 {
		t.Error("renewed too early")
	}
	i.add(time.Second)
	i.FailAt(sim.OAuth, 1, sim.ServerError)
	if once, again := get(), get(); once != first || again != first || i.issued.Load() != 2 {
		t.Error("while there is no new one, the old one serves, and is not asked for at each call")
	}
	i.add(10 * time.Second)
	if get() == first || i.issued.Load() != 3 {
		t.Error("not renewed")
	}
	i.add(16 * time.Minute)
	i.FailAt(sim.OAuth, 1, sim.ServerError)
	if s, err := tokens.Token(ctx); err == nil {
		t.Errorf("a token of sixteen minutes serves no more: %q", s)
	}
	get()
}

func TestCallersWhoComeTogetherShareOneRequest(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	i.hold = make(chan struct{})
	tokens := i.bySecret()
	var wg sync.WaitGroup
	var bad atomic.Int32
	for range 50 {
		wg.Go(func() {
			if _, err := tokens.Token(context.Background()); err != nil {
				bad.Add(1)
			}
		})
	}
	// One who leaves early does not take the others' token along.
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tokens.Token(gone); err == nil {
		t.Error("a caller who is gone got a token")
	}
	close(i.hold)
	wg.Wait()
	if bad.Load() != 0 || i.issued.Load() != 1 {
		t.Errorf("%d without a token, %d requests", bad.Load(), i.issued.Load())
	}
}

func TestARefusedTokenIsReplacedOnceForAll(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	client := line.New(line.Config{Endpoint: i.url, Tokens: i.bySecret(), Labels: wording.LabelsIn})
	if o := client.Push(context.Background(), user, watch.DeriveUUID("first"), alert()); o.Result != watch.SendAccepted {
		t.Fatalf("%+v", o)
	}
	i.Revoke()
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() {
			if o := client.Push(context.Background(), user, watch.DeriveUUID("p", string(rune('a'+n))), alert()); o.Result != watch.SendAccepted {
				t.Errorf("%+v", o)
			}
		})
	}
	wg.Wait()
	if n := i.issued.Load(); n != 2 {
		t.Errorf("%d tokens were issued, want 2", n)
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	key := assertionKey()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	b64 := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	part := map[string]string{"kty": "RSA", "alg": "RS256", "use": "sig", "n": b64(key.N), "e": b64(big.NewInt(int64(key.E))),
		"d": b64(key.D), "p": b64(key.Primes[0]), "q": b64(key.Primes[1])}
	jwk := func(change map[string]string) string {
		m := map[string]string{}
		for k, v := range part {
			m[k] = v
		}
		for k, v := range change {
			m[k] = v
		}
		b, _ := json.Marshal(m)
		return string(b)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	for name, c := range map[string]struct {
		text string
		kid  string // empty if it is no key
	}{
		"a JWK that has a kid":       {jwk(map[string]string{"kid": "536e453c-aa93"}), "536e453c-aa93"},
		"a JWK after its kid":        {"k-1:" + jwk(nil), "k-1"},
		"the kid before a JWK holds": {"k-1: " + jwk(map[string]string{"kid": "k-0"}), "k-1"},
		"PEM, PKCS #8":               {"536e453c-aa93:" + block("PRIVATE KEY", pkcs8), "536e453c-aa93"},
		"PEM, PKCS #1":               {"\nk_1:\n" + block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), "k_1"},
		"a JWK without a kid":        {jwk(nil), ""},
		"PEM without a kid":          {block("PRIVATE KEY", pkcs8), ""},
		"a kid that is none":         {"himitsu himitsu:" + block("PRIVATE KEY", pkcs8), ""},
		"a kid alone":                {"himitsu:", ""},
		"a key of 1,024 bits":        {"k:" + block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small)), ""},
		"the public half":            {"k:" + jwk(map[string]string{"d": "", "p": "", "q": ""}), ""},
		"parts that do not belong":   {"k:" + jwk(map[string]string{"d": "AQAB"}), ""},
		"a key of another kind":      {"k:" + jwk(map[string]string{"kty": "EC"}), ""},
		"a number that is no base64": {"k:" + jwk(map[string]string{"n": "himitsu!"}), ""},
		"nothing":                    {"", ""},
		"something else":             {"himitsu", ""},
	} {
		t.Run(name, func(t *testing.T) {
			kid, got, err := line.ParseKey(c.text)
			if (err == nil) != (c.kid != "") || kid != c.kid || err == nil && !got.Equal(key) {
				t.Errorf("kid %q, %v", kid, err)
			}
			if err != nil && strings.Contains(err.Error(), "himitsu") {
				t.Error("the error quotes the key")
			}
		})
	}
}
