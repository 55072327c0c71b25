package sim

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// tokenLife is how long a stateless token works.
const tokenLife = 15 * time.Minute

// Revoke ends every issued token, which LINE itself cannot do: for tests of
// what happens at a 401.
func (l *LINE) Revoke() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.tokens)
}

func (l *LINE) issueToken(w http.ResponseWriter, r *http.Request) {
	l.request(w)
	fault := l.fault(OAuth)
	if l.faulty(w, r, fault) {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	refuse := func(why string) {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_request", "error_description": why})
	}
	switch {
	case r.ParseForm() != nil || r.PostForm.Get("grant_type") != "client_credentials":
		refuse("invalid grant_type")
		return
	case r.PostForm.Get("client_assertion") != "":
		if r.PostForm.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
			refuse("invalid client_assertion_type")
			return
		}
		if why := l.assertion(r.PostForm.Get("client_assertion")); why != "" {
			refuse(why)
			return
		}
	case l.Secret == "" || r.PostForm.Get("client_id") != l.ChannelID || r.PostForm.Get("client_secret") != l.Secret:
		refuse("invalid client_secret")
		return
	}
	l.mu.Lock()
	now, token := l.Now(), random(24)
	if l.tokens == nil {
		l.tokens = map[string]time.Time{}
	}
	for t, until := range l.tokens {
		if !now.Before(until) {
			delete(l.tokens, t)
		}
	}
	l.tokens[token] = now.Add(tokenLife)
	l.mu.Unlock()
	finish(w, fault, http.StatusOK, nil, map[string]any{"token_type": "Bearer", "access_token": token, "expires_in": int(tokenLife.Seconds())})
}

// assertion says what is wrong with a JWT, if anything.
func (l *LINE) assertion(jwt string) string {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return "invalid client_assertion"
	}
	read := func(part string, v any) bool {
		b, err := base64.RawURLEncoding.DecodeString(part)
		return err == nil && json.Unmarshal(b, v) == nil
	}
	var head struct{ Alg, Kid, Typ string }
	var claims struct {
		Iss, Sub, Aud string
		Exp           int64
	}
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !read(parts[0], &head) || !read(parts[1], &claims) {
		return "invalid client_assertion"
	}
	key := l.Keys[head.Kid]
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	left := time.Unix(claims.Exp, 0).Sub(l.Now())
	switch {
	case head.Alg != "RS256" || head.Typ != "JWT":
		return "invalid alg or typ"
	case key == nil:
		return "invalid kid"
	case rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig) != nil:
		return "invalid signature"
	case claims.Iss != l.ChannelID || claims.Sub != l.ChannelID:
		return "invalid iss or sub"
	case claims.Aud != "https://api.line.me/":
		return "invalid aud"
	case left <= 0 || left > 30*time.Minute:
		return "invalid exp"
	}
	return ""
}
