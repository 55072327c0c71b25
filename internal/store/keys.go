package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
)

var apiKeys = codec.For[APIKey]("api_key")

// Keys stood in the partition of their bank's feed, which functions write that are
// given no keys. They have a partition of their own now. For one release they are
// written at both places. Until the keys of a bank are settled the old place decides:
// what the version before made or ended counts. From then on it is not looked at, and
// what may not write the new partition makes no key.

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
	// own tells that it was read from the partition of keys: its version is of there.
	own bool

	Unknown jsontext.Value `json:",embed"`
}

// keyID is how much of a key's hash names it.
const keyID = 10

// ID names the key for people and in lists: the beginning of its hash.
func (k *APIKey) ID() string { return k.Hash[:min(keyID, len(k.Hash))] }

func oldKeysPK(bank string) string { return "B#" + bank }
func keysPK(bank string) string    { return "KEYS#" + bank }
func settledKey(bank string) Key   { return Key{keysPK(bank), "SETTLED"} }

func isAPIKey(k Key) bool { return strings.HasPrefix(k.SK, "KEY#") && strings.Count(k.SK, "#") == 1 }

var keyItems = as(isAPIKey, apiKeys, func(k *APIKey, it Item) {
	k.Version, k.own = it.Version, strings.HasPrefix(it.PK, "KEYS#")
})

// APIKey reads a bank's API key by hash. ErrNotFound.
func (s *Store) APIKey(ctx context.Context, bank, hash string) (*APIKey, error) {
	own, old, settled := Key{keysPK(bank), "KEY#" + hash}, Key{oldKeysPK(bank), "KEY#" + hash}, settledKey(bank)
	items, err := s.Get(ctx, own, old, settled)
	if err != nil {
		return nil, err
	}
	at := old
	if _, yes := items[settled]; yes {
		at = own
	}
	it, ok := items[at]
	if !ok {
		return nil, ErrNotFound
	}
	return keyItems.decode(it)
}

// KeysSettled tells whether the API keys of a bank are read from their own partition alone.
func (s *Store) KeysSettled(ctx context.Context, bank string) (bool, error) {
	items, err := s.Get(ctx, settledKey(bank))
	_, yes := items[settledKey(bank)]
	return yes, err
}

// APIKeys lists a bank's API keys.
func (s *Store) APIKeys(ctx context.Context, bank string) iter.Seq2[*APIKey, error] {
	return func(yield func(*APIKey, error) bool) {
		settled, err := s.KeysSettled(ctx, bank)
		if err != nil {
			yield(nil, err)
			return
		}
		at := oldKeysPK(bank)
		if settled {
			at = keysPK(bank)
		}
		s.keysAt(ctx, at)(yield)
	}
}

func (s *Store) keysAt(ctx context.Context, pk string) iter.Seq2[*APIKey, error] {
	return all(ctx, s, Query{PK: pk, From: "KEY#", To: "KEY#~"}, keyItems)
}

// DeleteAPIKey ends an API key.
func DeleteAPIKey(k *APIKey) []Write {
	var out []Write
	for _, pk := range []string{oldKeysPK(k.Bank), keysPK(k.Bank)} {
		out = append(out, Write{Item: Item{Key: Key{pk, "KEY#" + k.Hash}}, If: Any, Delete: true})
	}
	return out
}

// PutAPIKey writes an API key at the version read: one that was ended meanwhile
// does not come back.
func PutAPIKey(k *APIKey) []Write {
	put := func(pk string, c Condition) Write {
		return Write{Item: Item{Key: Key{pk, "KEY#" + k.Hash}, Body: apiKeys.Encode(k), Expires: k.Expires.Truncate(time.Second)}, If: c}
	}
	if k.own {
		return []Write{put(keysPK(k.Bank), At(k.Version)), put(oldKeysPK(k.Bank), Any)}
	}
	return []Write{put(oldKeysPK(k.Bank), At(k.Version)), put(keysPK(k.Bank), Any)}
}

// AddAPIKey writes a new API key. The keys of a bank are settled with the first one.
func (s *Store) AddAPIKey(ctx context.Context, k *APIKey, more ...Write) error {
	keys, err := First(s.APIKeys(ctx, k.Bank), 1)
	if err != nil {
		return err
	}
	writes := append(PutAPIKey(k), more...)
	if len(keys) == 0 {
		writes = append(writes, settle(k.Bank))
	}
	return s.Write(ctx, writes...)
}

func settle(bank string) Write {
	return Write{Item: Item{Key: settledKey(bank), Body: []byte("{}")}, If: Any}
}

// MaxSettled is how many API keys of a bank can be settled: all are, in one call.
const MaxSettled = MaxWrites/2 - 1

// SettleKeys makes the keys that stand at the old place those of the bank, and has
// the old place looked at no more. It returns them. Doing so again does the same
// again: what a version before made or ended since then counts.
func (s *Store) SettleKeys(ctx context.Context, bank string) (keys []*APIKey, err error) {
	err = Retry(ctx, func() error {
		if keys, err = Collect(s.keysAt(ctx, oldKeysPK(bank))); err != nil {
			return err
		}
		if len(keys) > MaxSettled {
			return fmt.Errorf("store: %d API keys, at most %d can be settled", len(keys), MaxSettled)
		}
		writes, there := []Write{settle(bank)}, map[string]bool{}
		for _, k := range keys {
			there[k.Hash] = true
			w := PutAPIKey(k)
			w[0].Check = true // nothing changes of it meanwhile
			writes = append(writes, w...)
		}
		for k, err := range s.keysAt(ctx, keysPK(bank)) {
			if err != nil {
				return err
			}
			if !there[k.Hash] && len(writes) < MaxWrites {
				writes = append(writes, Write{Item: Item{Key: Key{keysPK(bank), "KEY#" + k.Hash}}, If: Any, Delete: true})
			}
		}
		return s.Write(ctx, writes...)
	})
	return keys, err
}
