package store

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
)

var (
	manifests    = codec.For[Manifest]("catalog_manifest")
	catalogParts = codec.For[catalogPart]("catalog_part")
)

// Manifest tells which editions of the catalogue are in use, as it was signed.
// What it says is package edition's.
type Manifest struct {
	Sequence  int64     `json:"sequence"`
	At        time.Time `json:"at"`
	Signed    string    `json:"signed"` // the text that the signature is of
	Signature []byte    `json:"signature"`
	Version   int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// catalogPart is a stretch of an edition's text.
type catalogPart struct {
	Data []byte `json:"data"`

	Unknown jsontext.Value `json:",embed"`
}

// MaxPart is how many bytes of an edition's text one item holds; as JSON they
// take a third more.
const MaxPart = 200 << 10

const catalogPK = "CATALOG"

func manifestKey() Key { return Key{catalogPK, "IN USE"} }

func pastManifestKey(sequence int64) Key { return Key{catalogPK, fmt.Sprintf("WAS#%012d", sequence)} }

func partKey(text string, part int) Key {
	return Key{catalogPK + "#" + text, fmt.Sprintf("%04d", part)}
}

// Manifest reads which editions are in use. ErrNotFound if none was ever
// published.
func (s *Store) Manifest(ctx context.Context) (*Manifest, error) {
	var m Manifest
	v, err := read(ctx, s, manifestKey(), manifests, &m)
	if err != nil {
		return nil, err
	}
	m.Version = v
	return &m, nil
}

// PastManifest reads a manifest that is or was in use. ErrNotFound.
func (s *Store) PastManifest(ctx context.Context, sequence int64) (*Manifest, error) {
	var m Manifest
	if _, err := read(ctx, s, pastManifestKey(sequence), manifests, &m); err != nil {
		return nil, err
	}
	return &m, nil
}

// PutManifest puts a manifest in use in place of the one that was read
// (version 0: of none), and keeps it among the past ones.
func PutManifest(m *Manifest) []Write {
	body := manifests.Encode(m)
	return []Write{
		{Item: Item{Key: manifestKey(), Body: body}, If: At(m.Version)},
		{Item: Item{Key: pastManifestKey(m.Sequence), Body: body}, If: Absent},
	}
}

// CatalogText reads a text that PutCatalogText wrote. ErrNotFound if a part of
// it is not there.
func (s *Store) CatalogText(ctx context.Context, name string, parts int) ([]byte, error) {
	keys := make([]Key, parts)
	for i := range keys {
		keys[i] = partKey(name, i)
	}
	items, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, k := range keys {
		it, ok := items[k]
		if !ok {
			return nil, ErrNotFound
		}
		var p catalogPart
		if err := catalogParts.Decode(it.Body, &p); err != nil {
			return nil, err
		}
		out = append(out, p.Data...)
	}
	return out, nil
}

// PutCatalogText writes a text under its name, in parts.
func PutCatalogText(name string, data []byte) (writes []Write) {
	for part := 0; part == 0 || len(data) > 0; part++ {
		n := min(len(data), MaxPart)
		writes = append(writes, Write{Item: Item{Key: partKey(name, part), Body: catalogParts.Encode(&catalogPart{Data: data[:n]})}, If: Any})
		data = data[n:]
	}
	return writes
}
