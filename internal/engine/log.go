package engine

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
)

// The log's chunks, as Pebble's package record writes them: a checksum of what
// follows the length, the length of the payload, a kind, the number of the log,
// and up to where the log was synced before this chunk.
const (
	chunkHeader = 4 + 2 + 1 + 4 + 8
	chunkBlock  = 32 << 10
	chunkFirst  = 9 // the lowest kind of chunks with all of these members
	chunkLast   = 12
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// chunk reads the chunk of a log at a place: where the next one begins, and how
// far the log was synced. ok is false if it does not fit.
func chunk(b []byte, at int, log uint32) (next int, synced uint64, ok bool) {
	if at+chunkHeader > len(b) || b[at+6] < chunkFirst || b[at+6] > chunkLast || binary.LittleEndian.Uint32(b[at+7:]) != log {
		return 0, 0, false
	}
	next = at + chunkHeader + int(binary.LittleEndian.Uint16(b[at+4:]))
	if next > len(b) || (next-1)/chunkBlock != at/chunkBlock {
		return 0, 0, false
	}
	c := crc32.Checksum(b[at+6:next], castagnoli)
	c = c>>15 | c<<17
	return next, binary.LittleEndian.Uint64(b[at+11:]), c+0xa282ead8 == binary.LittleEndian.Uint32(b[at:])
}

// log refuses a last log that goes on behind a chunk that does not fit, if a
// later chunk says that this one had been synced. Pebble takes such a log to end
// there unless a later block says so, and what was acknowledged would be gone
// without a word. What does not fit and was not synced is what a power failure
// cut, and ends the log.
func (db *DB) log(names []string) error {
	last, number := "", uint64(0)
	for _, name := range names {
		digits, ok := strings.CutSuffix(name, ".log")
		if n, err := strconv.ParseUint(digits, 10, 64); ok && err == nil && n >= number {
			last, number = name, n
		}
	}
	if last == "" {
		return nil
	}
	b, err := db.read(db.fs.PathJoin(dataDir, last))
	if err != nil {
		return db.explain(err)
	}
	kept := uint32(number) //nolint:gosec // a chunk has the low half of it
	at := 0
	for {
		if left := chunkBlock - at%chunkBlock; left < chunkHeader && at+left <= len(b) && !slices.ContainsFunc(b[at:at+left], func(c byte) bool { return c != 0 }) {
			at += left
			continue
		}
		next, _, ok := chunk(b, at, kept)
		if !ok {
			break
		}
		at = next
	}
	for later := at + 1; later+chunkHeader <= len(b); later++ {
		if _, synced, ok := chunk(b, later, kept); ok && synced > uint64(at) { //nolint:gosec // a place in a file
			return fmt.Errorf("%w: %s does not fit together at byte %d. Restore a backup", ErrDamaged, db.path(db.fs.PathJoin(dataDir, last)), at)
		}
	}
	return nil
}
