// Package edition puts editions of the catalogue in use without a build. An
// operator publishes them, signed, into the store; running programs look for
// them now and then, verify them whole, and go on with the last good one when
// something is wrong. Without a key nothing is read, and the built-in edition
// is in use. What an edition says is package catalog's.
package edition

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/store"
)

// Manifest says which editions are in use.
type Manifest struct {
	// Sequence counts manifests from 1. A program never goes back to a lower
	// one: rolling back is a manifest of its own.
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`
	// Back is the sequence of the manifest whose editions these are, if an
	// operator went back to it; 0 too if it went back to the built-in one.
	Back     int64   `json:"back,omitempty"`
	Rollback bool    `json:"rollback,omitempty"`
	Editions []Entry `json:"editions,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Entry is one edition of a manifest.
type Entry struct {
	Bank   string `json:"bank,omitempty"` // that adds it for itself; empty for that of all banks
	ID     string `json:"id"`             // as records keep it
	SHA256 string `json:"sha256"`         // of the text
	Parts  int    `json:"parts"`          // of the text in the store

	Unknown jsontext.Value `json:",embed"`
}

// Base is the edition for all banks; false if it is the built-in one.
func (m *Manifest) Base() (Entry, bool) { return m.find("") }

func (m *Manifest) find(bank string) (Entry, bool) {
	for _, e := range m.Editions {
		if e.Bank == bank {
			return e, true
		}
	}
	return Entry{}, false
}

// Bounds of what is published.
const (
	MaxBanks = 30      // that add something for themselves: each takes 1 MB and some milliseconds in every program
	MaxText  = 2 << 20 // bytes of an edition
	maxParts = 10
)

var manifestCodec = codec.For[Manifest]("edition_manifest")

// purpose keeps a signature from meaning anything else.
const purpose = "kozamori catalogue manifest 1\n"

// ErrSignature says that no known key signed a manifest.
var ErrSignature = errors.New("edition: the manifest is signed by no known key")

// Sign makes of a manifest what the store keeps.
func Sign(key ed25519.PrivateKey, m *Manifest) *store.Manifest {
	text := purpose + string(manifestCodec.Encode(m))
	return &store.Manifest{Sequence: m.Sequence, At: m.At, Signed: text, Signature: ed25519.Sign(key, []byte(text))}
}

// Verify reads what Sign made; ErrSignature if it was none of some keys.
func Verify(keys []ed25519.PublicKey, s *store.Manifest) (*Manifest, error) {
	for _, k := range keys {
		if len(k) == ed25519.PublicKeySize && ed25519.Verify(k, []byte(s.Signed), s.Signature) {
			return open(s)
		}
	}
	return nil, ErrSignature
}

// open reads a manifest, signed by any key.
func open(s *store.Manifest) (*Manifest, error) {
	body, ok := strings.CutPrefix(s.Signed, purpose)
	if !ok {
		return nil, errors.New("edition: what is signed is no manifest")
	}
	var m Manifest
	if err := manifestCodec.Decode([]byte(body), &m); err != nil {
		return nil, err
	}
	return &m, nil
}

// hash names a text.
func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func pack(text []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one
	_, _ = w.Write(text)                                  // a buffer takes all
	_ = w.Close()
	return b.Bytes()
}

func unpack(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("edition: a text cannot be unpacked: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxText+1))
	if err != nil {
		return nil, fmt.Errorf("edition: a text cannot be unpacked: %w", err)
	}
	if len(text) > MaxText {
		return nil, fmt.Errorf("edition: a text of more than %d bytes", MaxText)
	}
	return text, nil
}
