// Package token signs the tokens that links carry: each is bound to a purpose
// and a subject and expires. It is pure, and never decides what a token
// allows.
package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrInvalid says that a token was not made by us for this purpose.
	ErrInvalid = errors.New("token: invalid")
	// ErrExpired says that a token was ours and is over. Its subject is returned.
	ErrExpired = errors.New("token: expired")
)

// MinKey is the least length of a key in bytes.
const MinKey = 32

// Key is a named signing key.
type Key struct {
	ID     string // short, no dots
	Secret []byte // at least MinKey bytes
}

// Keys is a ring of keys: the first signs, all of them verify, so that a key
// can be replaced while links made with the old one still work.
type Keys struct{ ring []Key }

// NewKeys makes a ring of one or more keys.
func NewKeys(ring ...Key) (*Keys, error) {
	if len(ring) == 0 {
		return nil, errors.New("token: no keys")
	}
	for _, k := range ring {
		if k.ID == "" || strings.ContainsAny(k.ID, ".\x00") {
			return nil, fmt.Errorf("token: key id %q must not be empty or hold a dot", k.ID)
		}
		if len(k.Secret) < MinKey {
			return nil, fmt.Errorf("token: key %q is shorter than %d bytes", k.ID, MinKey)
		}
	}
	return &Keys{ring: ring}, nil
}

var b64 = base64.RawURLEncoding

// Sign makes a token: key id, expiry, subject and a 128-bit tag, URL-safe.
// The same arguments under the same key make the same token.
func (k *Keys) Sign(purpose, subject string, expires time.Time) string {
	key := k.ring[0]
	body := key.ID + "." + strconv.FormatInt(expires.Unix(), 36) + "." + b64.EncodeToString([]byte(subject))
	return body + "." + b64.EncodeToString(tag(key, purpose, body))
}

// Verify returns the subject of a token made for purpose. ErrInvalid or
// ErrExpired.
func (k *Keys) Verify(purpose, tok string, now time.Time) (string, error) {
	i := strings.LastIndexByte(tok, '.')
	if i < 0 || len(tok) > 1024 {
		return "", ErrInvalid
	}
	body, sum := tok[:i], tok[i+1:]
	parts := strings.Split(body, ".")
	if len(parts) != 3 {
		return "", ErrInvalid
	}
	for _, key := range k.ring {
		if key.ID != parts[0] {
			continue
		}
		got, err := b64.Strict().DecodeString(sum)
		if err != nil || !hmac.Equal(got, tag(key, purpose, body)) {
			return "", ErrInvalid
		}
		sec, err1 := strconv.ParseInt(parts[1], 36, 64)
		subject, err2 := b64.Strict().DecodeString(parts[2])
		if err1 != nil || err2 != nil {
			return "", ErrInvalid
		}
		if !now.Before(time.Unix(sec, 0)) {
			return string(subject), ErrExpired
		}
		return string(subject), nil
	}
	return "", ErrInvalid
}

// Ends is when a token that was verified ends; zero if it is none.
func Ends(tok string) time.Time {
	parts := strings.Split(tok, ".")
	if len(parts) != 4 {
		return time.Time{}
	}
	sec, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(sec, 0)
}

// InPlaceMark is the parameter of a link's address that holds its InPlace.
const InPlaceMark = "k"

// InPlace is a mark for the address of a link that goes out in a chat, and not
// in a mail: a mail is forwarded, and a mailbox is easily somebody else's. The
// versions before it ignore the mark.
func (k *Keys) InPlace(tok string) string { return k.Hash("in place\x00", tok)[:22] }

// Hash is a keyed hash (256 bits, URL-safe) for secrets that are looked up,
// such as enrolment codes: the table alone does not let anyone try them out.
// It uses the oldest key of the ring; replacing that key ends what was hashed.
func (k *Keys) Hash(purpose, secret string) string {
	return b64.EncodeToString(mac(k.ring[len(k.ring)-1], "hash\x00"+purpose, secret))
}

func tag(key Key, purpose, body string) []byte { return mac(key, "token\x00"+purpose, body)[:16] }

func mac(key Key, purpose, body string) []byte {
	h := hmac.New(sha256.New, key.Secret)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write([]byte(body))
	return h.Sum(nil)
}
