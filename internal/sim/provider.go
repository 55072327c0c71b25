package sim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Clerk is a clerk whom a Provider knows.
type Clerk struct {
	Subject string
	Name    string
	Roles   []string // the claim "roles"
}

// Provider is the identity provider of a bank: OpenID Connect with the authorization
// code flow and PKCE, signing with ES256. The user of its page may be any of its
// clerks, which is for trying alone. As a handler it serves, below Issuer,
//
//	GET  /.well-known/openid-configuration  what it says of itself
//	GET  /keys                              its public keys
//	GET  /authorize                         the page on which one chooses who one is
//	POST /authorize                         leads back with a code
//	POST /token                             gives an ID token for a code, once
type Provider struct {
	Issuer   string
	ClientID string
	Secret   string // of the client
	Redirect string // the only address to which it leads back
	Clerks   []Clerk
	Now      func() time.Time
	// Tamper, if it is set, changes an ID token before it is signed: the header and
	// the claims. With the algorithm "none" it is not signed.
	Tamper func(header, claims map[string]any)
	// Down makes it answer 503.
	Down bool

	mu    sync.Mutex
	key   *ecdsa.PrivateKey
	codes map[string]grant
}

// grant is what a code stands for.
type grant struct {
	clerk            Clerk
	nonce, challenge string
	until            time.Time
}

// Start gives the client its secret.
func (p *Provider) Start(secret string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Secret = secret
}

func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.key == nil {
		p.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // rand never fails: the program stops instead
		p.codes = map[string]grant{}
	}
	w.Header().Set("Cache-Control", "no-store")
	switch at := r.Method + " " + r.URL.Path; {
	case p.Down:
		http.Error(w, "down", http.StatusServiceUnavailable)
	case at == "GET /.well-known/openid-configuration":
		writeProvider(w, map[string]any{"issuer": p.Issuer, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token",
			"jwks_uri": p.Issuer + "/keys", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"ES256"}, "code_challenge_methods_supported": []string{"S256"}})
	case at == "GET /keys":
		raw, err := p.key.PublicKey.Bytes() // 4, x and y
		if err != nil {
			http.Error(w, "no key", http.StatusInternalServerError)
			return
		}
		writeProvider(w, map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1", "x": b64url(raw[1:33]), "y": b64url(raw[33:])}}})
	case at == "GET /authorize":
		p.ask(w, r)
	case at == "POST /authorize":
		p.lead(w, r)
	case at == "POST /token":
		p.token(w, r)
	default:
		http.NotFound(w, r)
	}
}

var providerPage = template.Must(template.New("").Parse(`<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>銀行のログイン</title>
<style>body{font-family:sans-serif;max-width:26rem;margin:2rem auto;padding:0 16px;line-height:1.6}button{display:block;width:100%;min-height:3rem;margin:.5rem 0;font:inherit}</style>
<main><h1>銀行のログイン</h1><p>ためすためのログインです。だれとして開くかを選んでください。 Choose who you are; this is for trying alone.</p>
<form method="post">{{range .}}<button name="subject" value="{{.Subject}}">{{.Name}}（{{range .Roles}}{{.}}{{end}}）</button>{{end}}</form></main></html>`))

func (p *Provider) ask(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.ClientID || q.Get("redirect_uri") != p.Redirect || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "this is no request of the client's", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = providerPage.Execute(w, p.Clerks)
}

func (p *Provider) lead(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	i := slices.IndexFunc(p.Clerks, func(c Clerk) bool { return c.Subject == r.PostFormValue("subject") })
	if i < 0 || q.Get("redirect_uri") != p.Redirect {
		http.Error(w, "no such clerk", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.codes[code] = grant{p.Clerks[i], q.Get("nonce"), q.Get("code_challenge"), p.Now().Add(time.Minute)}
	http.Redirect(w, r, p.Redirect+"?"+url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.Issuer}}.Encode(), http.StatusSeeOther)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth() // each as a form has it (RFC 6749, 2.3.1)
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	g, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case id != p.ClientID || subtle.ConstantTimeCompare([]byte(secret), []byte(p.Secret)) == 0:
		w.WriteHeader(http.StatusUnauthorized)
		writeProvider(w, map[string]any{"error": "invalid_client"})
	case !known || !p.Now().Before(g.until) || b64url(sum[:]) != g.challenge || r.PostFormValue("redirect_uri") != p.Redirect:
		w.WriteHeader(http.StatusBadRequest)
		writeProvider(w, map[string]any{"error": "invalid_grant"})
	default:
		writeProvider(w, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60, "id_token": p.idToken(g)})
	}
}

func (p *Provider) idToken(g grant) string {
	header := map[string]any{"alg": "ES256", "kid": "1", "typ": "JWT"}
	claims := map[string]any{"iss": p.Issuer, "aud": p.ClientID, "sub": g.clerk.Subject, "name": g.clerk.Name, "roles": g.clerk.Roles, "nonce": g.nonce,
		"iat": p.Now().Unix(), "exp": p.Now().Add(5 * time.Minute).Unix()}
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == "" })
	if p.Tamper != nil {
		p.Tamper(header, claims)
	}
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(fmt.Sprintf("sim: a token does not encode: %v", err)) // strings and numbers always do
		}
		return b64url(b)
	}
	body := part(header) + "." + part(claims)
	if header["alg"] == "none" {
		return body + "."
	}
	sum := sha256.Sum256([]byte(body))
	x, y, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		panic(fmt.Sprintf("sim: a token is not signed: %v", err)) // the key is ours
	}
	var sig [64]byte
	x.FillBytes(sig[:32])
	y.FillBytes(sig[32:])
	return body + "." + b64url(sig[:])
}

func b64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func writeProvider(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
