package line

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"strings"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/channel_access_token"
)

// keyError is about our own assertion key. It never quotes the key.
type keyError struct{ problem string }

func (e *keyError) Error() string { return "line: " + e.problem }

// assertionLife is how long an assertion is good; LINE allows 30 minutes.
const assertionLife = 5 * time.Minute

// ByAssertion asks for tokens with a JWT signed by the key that LINE knows
// under kid: no secret leaves this process.
func ByAssertion(o OAuth, kid string, key *rsa.PrivateKey) *Stateless {
	var s *Stateless
	s = stateless(o, func(api *channel_access_token.ChannelAccessTokenAPI) (*http.Response, *channel_access_token.IssueStatelessChannelAccessTokenResponse, error) {
		jwt, err := assertion(s.ChannelID, kid, key, s.Now())
		if err != nil {
			return nil, nil, err
		}
		return api.IssueStatelessChannelTokenByJWTAssertionWithHttpInfo(jwt)
	})
	return s
}

func assertion(channel, kid string, key *rsa.PrivateKey, now time.Time) (string, error) {
	part := func(v any) string {
		b, _ := json.Marshal(v) // maps of strings and numbers only
		return base64.RawURLEncoding.EncodeToString(b)
	}
	signed := part(map[string]string{"alg": "RS256", "typ": "JWT", "kid": kid}) + "." +
		part(map[string]any{"iss": channel, "sub": channel, "aud": "https://api.line.me/", "exp": now.Add(assertionLife).Unix()})
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", &keyError{"the assertion key cannot sign"}
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// ParseKey reads an assertion signing key: a JWK, as LINE's documents make
// one, or PEM (PKCS #8 or #1).
func ParseKey(text string) (*rsa.PrivateKey, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		return parseJWK(text)
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, &keyError{"the assertion key is neither a JWK nor PEM"}
	}
	if k, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if key, ok := k.(*rsa.PrivateKey); ok {
			return checked(key)
		}
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return nil, &keyError{"the assertion key is not an RSA key"}
	}
	return checked(key)
}

func parseJWK(text string) (*rsa.PrivateKey, error) {
	var jwk struct{ Kty, N, E, D, P, Q string }
	if json.Unmarshal([]byte(text), &jwk) != nil || jwk.Kty != "RSA" {
		return nil, &keyError{"the assertion key is not a JWK of an RSA key"}
	}
	bad := false
	number := func(s string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
		bad = bad || err != nil || len(b) == 0
		return new(big.Int).SetBytes(b)
	}
	e := number(jwk.E)
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: number(jwk.N), E: int(e.Int64())},
		D:         number(jwk.D), Primes: []*big.Int{number(jwk.P), number(jwk.Q)},
	}
	if bad || !e.IsInt64() {
		return nil, &keyError{"the assertion key lacks a part of a private RSA key"}
	}
	return checked(key)
}

func checked(key *rsa.PrivateKey) (*rsa.PrivateKey, error) {
	if key.Validate() != nil || key.N.BitLen() < 2048 {
		return nil, &keyError{"the assertion key is not a sound RSA key of 2048 bits or more"}
	}
	key.Precompute()
	return key, nil
}
