package embedded

import (
	"encoding/binary"
	"fmt"

	"kozamori/internal/kv"
)

// head is what is kept of a message apart from its body. Times are Unix
// nanoseconds; 0 is none.
type head struct {
	Group, Trace  string
	Sent, Visible int64
	Receives      int
	Why           string // of a dead letter
	Died          int64
}

const headForm = 1

var errHead = fmt.Errorf("%w: a message is not what was written", kv.ErrDamaged)

// encode writes the head. It tells its own length, so that a body may follow.
func (h head) encode() []byte {
	b := []byte{headForm}
	for _, n := range [...]int64{h.Sent, h.Visible, int64(h.Receives), h.Died} {
		b = binary.AppendVarint(b, n)
	}
	for _, s := range [...]string{h.Group, h.Trace, h.Why} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

// decodeHead reads a head and returns what follows it.
func decodeHead(b []byte) (h head, rest []byte, err error) {
	if len(b) == 0 || b[0] != headForm {
		return h, nil, errHead
	}
	b = b[1:]
	var receives int64
	for _, p := range [...]*int64{&h.Sent, &h.Visible, &receives, &h.Died} {
		v, n := binary.Varint(b)
		if n <= 0 {
			return h, nil, errHead
		}
		*p, b = v, b[n:]
	}
	h.Receives = int(receives)
	for _, p := range [...]*string{&h.Group, &h.Trace, &h.Why} {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > uint64(len(b)-n) {
			return h, nil, errHead
		}
		*p, b = string(b[n:n+int(v)]), b[n+int(v):]
	}
	return h, b, nil
}
