package line

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"regexp"
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

// kids are what LINE's console calls keys.
var kids = regexp.MustCompile(`^[0-9A-Za-z._-]{1,100}$`)

// ParseKey reads an assertion signing key and the kid that LINE's console gave
// it, which are replaced together: "kid:" and a JWK, as LINE's documents make
// one, or PEM (PKCS #8 or #1); or a JWK that has its kid itself.
func ParseKey(text string) (kid string, key *rsa.PrivateKey, err error) {
	text = strings.TrimSpace(text)
	if before, _, ok := strings.Cut(text, ":"); ok && kids.MatchString(before) {
		kid, text = before, strings.TrimSpace(text[len(before)+1:])
	}
	if strings.HasPrefix(text, "{") {
		var own string
		own, key, err = parseJWK(text)
		kid = cmp.Or(kid, own)
	} else {
		key, err = parsePEM(text)
	}
	if err == nil && !kids.MatchString(kid) {
		err = &keyError{"the assertion key has no kid; write it and a colon before the key"}
	}
	if err != nil {
		return "", nil, err
	}
	return kid, key, nil
}

func parsePEM(text string) (*rsa.PrivateKey, error) {
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

func parseJWK(text string) (kid string, key *rsa.PrivateKey, err error) {
	var jwk struct{ Kid, Kty, N, E, D, P, Q string }
	if json.Unmarshal([]byte(text), &jwk) != nil || jwk.Kty != "RSA" {
		return "", nil, &keyError{"the assertion key is not a JWK of an RSA key"}
	}
	bad := false
	number := func(s string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
		bad = bad || err != nil || len(b) == 0
		return new(big.Int).SetBytes(b)
	}
	e := number(jwk.E)
	key = &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: number(jwk.N), E: int(e.Int64())},
		D:         number(jwk.D), Primes: []*big.Int{number(jwk.P), number(jwk.Q)},
	}
	if bad || !e.IsInt64() {
		return "", nil, &keyError{"the assertion key lacks a part of a private RSA key"}
	}
	key, err = checked(key)
	return jwk.Kid, key, err
}

// leastBits an assertion key has: LINE takes none with fewer.
const leastBits = 2048

func checked(key *rsa.PrivateKey) (*rsa.PrivateKey, error) {
	if key.Validate() != nil || key.N.BitLen() < leastBits {
		return nil, &keyError{fmt.Sprintf("the assertion key is not a sound RSA key of %d bits or more", leastBits)}
	}
	key.Precompute()
	return key, nil
}
