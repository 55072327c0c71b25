package token

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Reference is what people say on the phone for something with an id, "KZ-7F3K-9Q4M":
// 36 bits of its hash. It permits nothing.
func Reference(id string) string {
	h := sha256.Sum256([]byte("reference\x00" + id))
	n := binary.BigEndian.Uint64(h[:])
	var b [8]byte
	for i := range b {
		b[i] = Letters[n%uint64(len(Letters))]
		n /= uint64(len(Letters))
	}
	return fmt.Sprintf("KZ-%s-%s", b[:4], b[4:])
}
