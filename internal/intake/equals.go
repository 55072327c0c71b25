package intake

import "encoding/binary"

// Equals counts the rows of a file that are alike, in memory that does not grow
// with the file: what a filter of bits has surely not seen before is alike to
// nothing, and only the rest is counted one by one.
type Equals struct {
	bits  []uint64
	twice map[[16]byte]int // how many were seen by now, of those that may be alike
}

// Bits of the filter: so many for each row that a file of that size can have.
const (
	bitsPerRow = 24
	leastRow   = 100      // bytes
	mostBits   = 32 << 23 // 32 MB
)

// NewEquals counts those of a file of so many bytes.
func NewEquals(size int64) *Equals {
	n := min(mostBits, max(1<<16, size/leastRow*bitsPerRow))
	return &Equals{bits: make([]uint64, n/64+1), twice: map[[16]byte]int{}}
}

// See takes a row in the first reading. A key is of 24 bytes or more, which look random.
func (e *Equals) See(key []byte) {
	known := true
	for i := range 3 {
		at := binary.LittleEndian.Uint64(key[8*i:]) % uint64(64*len(e.bits))
		known = known && e.bits[at/64]&(1<<(at%64)) != 0
		e.bits[at/64] |= 1 << (at % 64)
	}
	if known {
		e.twice[[16]byte(key)] = 0
	}
}

// Nth is the number of a row among its equals, in the second reading.
func (e *Equals) Nth(key []byte) int {
	k := [16]byte(key)
	n, alike := e.twice[k]
	if alike {
		e.twice[k] = n + 1
	}
	return n
}
