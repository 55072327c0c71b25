package embedded

import (
	"encoding/binary"
	"fmt"
	"time"

	"kozamori/internal/kv"
	"kozamori/internal/store"
)

// stored is an item as it lies in the engine, without its key.
type stored struct {
	Body     []byte
	Version  int64
	Expires  int64 // unix seconds; 0 is never
	HPK, HSK string
	DPK, DSK string
}

const storedForm = 1

var errDamaged = fmt.Errorf("%w: an item is not what was written", kv.ErrDamaged)

func (s *stored) encode() []byte {
	b := make([]byte, 0, len(s.Body)+len(s.HPK)+len(s.HSK)+len(s.DPK)+len(s.DSK)+32)
	b = append(b, storedForm)
	b = binary.AppendVarint(binary.AppendVarint(b, s.Version), s.Expires)
	for _, k := range [...]string{s.HPK, s.HSK, s.DPK, s.DSK} {
		b = append(binary.AppendUvarint(b, uint64(len(k))), k...)
	}
	return append(b, s.Body...)
}

// decodeStored reads what encode wrote; its body is a part of b.
func decodeStored(b []byte) (*stored, error) {
	if len(b) == 0 || b[0] != storedForm {
		return nil, errDamaged
	}
	var s stored
	b = b[1:]
	for _, p := range [...]*int64{&s.Version, &s.Expires} {
		v, n := binary.Varint(b)
		if n <= 0 {
			return nil, errDamaged
		}
		*p, b = v, b[n:]
	}
	for _, p := range [...]*string{&s.HPK, &s.HSK, &s.DPK, &s.DSK} {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > uint64(len(b)-n) {
			return nil, errDamaged
		}
		*p, b = string(b[n:n+int(v)]), b[n+int(v):]
	}
	s.Body = b
	return &s, nil
}

// item is the stored item for the world outside.
func (s *stored) item(k store.Key) store.Item {
	it := store.Item{Key: k, Body: s.Body, Version: s.Version,
		History: store.Key{PK: s.HPK, SK: s.HSK}, Due: store.Key{PK: s.DPK, SK: s.DSK}}
	if s.Expires != 0 {
		it.Expires = time.Unix(s.Expires, 0).UTC()
	}
	return it
}

// encodeRef is what an entry of an index says: the key of its item.
func encodeRef(k store.Key) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(k.PK)))
	return append(append(b, k.PK...), k.SK...)
}

func decodeRef(b []byte) (store.Key, error) {
	if len(b) < 4 || int(binary.BigEndian.Uint32(b)) > len(b)-4 {
		return store.Key{}, errDamaged
	}
	n := 4 + binary.BigEndian.Uint32(b)
	return store.Key{PK: string(b[4:n]), SK: string(b[n:])}, nil
}
