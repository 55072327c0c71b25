package token

import (
	"crypto/rand"
	"strconv"
	"strings"
)

// Letters are those of everything that people read out or write down: none
// looks or sounds like another (no 0 O, 1 I L, 5 S, 8 B, 2 Z, U V).
const Letters = "34679ACDEFGHJKMNPQRTVWXY"

// Aloud makes a secret of n Letters that follows from a seed: the same for the
// same seed, and not to be guessed without the ring's oldest key.
func (k *Keys) Aloud(n int, purpose, seed string) string {
	var b strings.Builder
	for i := 0; ; i++ {
		for _, c := range mac(k.ring[len(k.ring)-1], "aloud\x00"+purpose, strconv.Itoa(i)+"\x00"+seed) {
			if c >= 240 {
				continue
			}
			if b.Len() == n {
				return b.String()
			}
			b.WriteByte(Letters[int(c)%len(Letters)])
		}
	}
}

// Aloud makes a secret of n Letters (4.58 bits each) from crypto/rand.
func Aloud(n int) string {
	var b strings.Builder
	var buf [64]byte
	for {
		_, _ = rand.Read(buf[:]) // never fails: the program stops instead
		for _, c := range buf {
			// The largest multiple of 24 keeps every letter equally likely.
			if c >= 240 {
				continue
			}
			if b.Len() == n {
				return b.String()
			}
			b.WriteByte(Letters[int(c)%len(Letters)])
		}
	}
}
