package store

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
)

var (
	banks   = codec.For[Bank]("bank")
	apiKeys = codec.For[APIKey]("api_key")
)

// Bank is a tenant.
type Bank struct {
	Code        string        `json:"code"` // 金融機関コード, 4 digits
	Name        string        `json:"name"` // 七十七銀行
	NameEn      string        `json:"name_en,omitempty"`
	Phone       string        `json:"phone,omitempty"`        // for customers; phone.Dials
	Hours       string        `json:"hours,omitempty"`        // when it is answered, in Japanese
	PhoneFor    string        `json:"phone_for,omitempty"`    // for whom it is, in Japanese
	PhoneOn     string        `json:"phone_on,omitempty"`     // the day the bank told it, 2006-01-02
	More        []Contact     `json:"contacts,omitempty"`     // further numbers; Contacts has all
	Callback    string        `json:"callback,omitempty"`     // URL that receives disputes
	LinkURL     string        `json:"link_url,omitempty"`     // login page for account linking
	SilentAfter time.Duration `json:"silent_after,omitempty"` // no event for so long is an alarm, whatever is usual; 0 leaves it to that
	Version     int64         `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Bank reads a bank. ErrNotFound if it is not a tenant.
func (s *Store) Bank(ctx context.Context, code string) (*Bank, error) {
	var b Bank
	v, err := read(ctx, s, Key{"BANKS", code}, banks, &b)
	if err != nil {
		return nil, err
	}
	b.Version = v
	return &b, nil
}

// Banks lists every bank, by code.
func (s *Store) Banks(ctx context.Context) iter.Seq2[*Bank, error] {
	return all(ctx, s, Query{PK: "BANKS"}, as(under("BANKS", ""), banks, func(b *Bank, it Item) { b.Version = it.Version }))
}

// PutBank writes a bank at the version read.
func PutBank(b *Bank) Write {
	return Write{Item: Item{Key: Key{"BANKS", b.Code}, Body: banks.Encode(b)}, If: At(b.Version)}
}

// APIKey is a bank's key for bankapi, stored under its hash.
type APIKey struct {
	Bank      string    `json:"bank"`
	Hash      string    `json:"hash"`
	Label     string    `json:"label,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	Expires   time.Time `json:"expires,omitzero"`
	// Scopes are what the key is for, as bankapi names them. A key without any was
	// made before there were scopes and is for everything.
	Scopes   []string  `json:"scopes,omitempty"`
	LastUsed time.Time `json:"last_used,omitzero"` // to about an hour
	// The ids of the keys before and after it, of a rotation.
	Replaces   string `json:"replaces,omitempty"`
	ReplacedBy string `json:"replaced_by,omitempty"`
	Version    int64  `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// keyID is how much of a key's hash names it.
const keyID = 10

// ID names the key for people and in lists: the beginning of its hash.
func (k *APIKey) ID() string { return k.Hash[:min(keyID, len(k.Hash))] }

// APIKey reads a bank's API key by hash.
func (s *Store) APIKey(ctx context.Context, bank, hash string) (*APIKey, error) {
	var k APIKey
	v, err := read(ctx, s, Key{"B#" + bank, "KEY#" + hash}, apiKeys, &k)
	if err != nil {
		return nil, err
	}
	k.Version = v
	return &k, nil
}

func isAPIKey(k Key) bool { return strings.Count(k.SK, "#") == 1 }

// APIKeys lists a bank's API keys.
func (s *Store) APIKeys(ctx context.Context, bank string) iter.Seq2[*APIKey, error] {
	return all(ctx, s, Query{PK: "B#" + bank, From: "KEY#", To: "KEY#~"}, as(isAPIKey, apiKeys, func(k *APIKey, it Item) { k.Version = it.Version }))
}

// DeleteAPIKey ends an API key.
func DeleteAPIKey(k *APIKey) Write {
	return Write{Item: Item{Key: Key{"B#" + k.Bank, "KEY#" + k.Hash}}, If: Any, Delete: true}
}

// PutAPIKey writes an API key at the version read: one that was ended meanwhile
// does not come back.
func PutAPIKey(k *APIKey) Write {
	return Write{Item: Item{Key: Key{"B#" + k.Bank, "KEY#" + k.Hash}, Body: apiKeys.Encode(k), Expires: k.Expires.Truncate(time.Second)}, If: At(k.Version)}
}
