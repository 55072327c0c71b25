package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"kozamori/internal/store"
)

// stored is an item as it lies in the file, without its key.
type stored struct {
	Body     []byte
	Version  int64
	Expires  int64 // unix seconds; 0 is never
	HPK, HSK string
	DPK, DSK string
}

const storedForm = 1

var errDamaged = errors.New("store: an item of the file is damaged")

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

// item is the stored item for the world outside the file.
func (s *stored) item(k store.Key) store.Item {
	it := store.Item{Key: k, Body: bytes.Clone(s.Body), Version: s.Version,
		History: store.Key{PK: s.HPK, SK: s.HSK}, Due: store.Key{PK: s.DPK, SK: s.DSK}}
	if s.Expires != 0 {
		it.Expires = time.Unix(s.Expires, 0).UTC()
	}
	return it
}
