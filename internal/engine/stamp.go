package engine

import (
	"hash/maphash"
	"sync/atomic"
)

// stamps tell that keys were not written since a moment, for 512 KiB however many keys
// there are: the keys of one place share its stamp, which is that of the latest commit that
// writes any of them.
type stamps struct {
	seed   maphash.Seed
	shown  atomic.Uint64 // of the latest commit that reads see
	places [1 << 16]atomic.Uint64
}

func newStamps() *stamps {
	s := &stamps{seed: maphash.MakeSeed()}
	s.shown.Store(1)
	return s
}

func (s *stamps) place(key []byte) *atomic.Uint64 {
	return &s.places[maphash.Bytes(s.seed, key)%uint64(len(s.places))]
}

// write notes a key that the commit under way writes, before any read can see it.
func (s *stamps) write(key []byte) { s.place(key).Store(s.shown.Load() + 1) }

// show notes that reads see the commit under way.
func (s *stamps) show() { s.shown.Add(1) }

// Stamp is one of a moment that a View which begins now comes after.
func (db *DB) Stamp() uint64 { return db.stamps.shown.Load() }

// Unwritten tells, without reading it, that what a View that began after a stamp says of a
// key is what one says now. Of some keys in 65,536 it is false for what others wrote.
func (db *DB) Unwritten(key []byte, since uint64) bool { return db.stamps.place(key).Load() <= since }
