// Package kvtest is a kv.DB in memory, for tests: it opens at once, and what
// stands on it links no engine. It is held against the engine by that one's own
// tests. Nothing of it is ever on disk.
package kvtest

import (
	"bytes"
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"kozamori/internal/kv"
)

// lazyAfter is how long what is lazy may wait for a commit that carries it
// along, as in the engine.
const lazyAfter = 20 * time.Millisecond

// Memory is a kv.DB in memory. The zero value is empty.
type Memory struct {
	root   atomic.Pointer[node] // of the last commit; never changed, only replaced
	closed atomic.Bool
	soon   atomic.Bool

	mu      sync.Mutex // one commit at a time
	lazies  []kv.Lazy
	shown   atomic.Uint64 // commits that reads see
	written sync.Map      // the number of the latest commit that writes a key
}

var _ kv.DB = (*Memory)(nil)

// Close ends it.
func (m *Memory) Close() error { m.closed.Store(true); return nil }

// Attach has a Lazy asked from now on.
func (m *Memory) Attach(l kv.Lazy) { m.mu.Lock(); defer m.mu.Unlock(); m.lazies = append(m.lazies, l) }

// Soon says that a Lazy has something.
func (m *Memory) Soon(time.Duration) {
	if m.soon.CompareAndSwap(false, true) {
		time.AfterFunc(lazyAfter, func() {
			m.soon.Store(false)
			_ = m.Commit(context.Background()) // closed: it is not kept
		})
	}
}

// Stamp counts the commits that a View which begins now sees, from 1 on.
func (m *Memory) Stamp() uint64 { return m.shown.Load() + 1 }

// Unwritten tells that a key was not written since a stamp.
func (m *Memory) Unwritten(key []byte, since uint64) bool {
	at, ok := m.written.Load(string(key))
	return !ok || at.(uint64) <= since
}

// View reads what the last commit left.
func (m *Memory) View(read func(kv.Reader) error) error {
	if m.closed.Load() {
		return kv.ErrClosed
	}
	return read(&state{root: m.root.Load()})
}

// Commit does all of the parts or none.
func (m *Memory) Commit(ctx context.Context, parts ...kv.Part) error {
	if m.closed.Load() {
		return kv.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &state{root: m.root.Load(), wrote: func(key []byte) { m.written.Store(string(key), m.shown.Load()+2) }}
	for _, l := range m.lazies {
		l(s) // never undone: no commit fails after it
	}
	err := s.try(parts)
	m.root.Store(s.root)
	m.shown.Add(1)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if p.Then != nil {
			p.Then()
		}
	}
	return nil
}

// state is a tree that is read or changed.
type state struct {
	root  *node
	wrote func(key []byte) // nil of one that is read
}

func (s *state) try(parts []kv.Part) error {
	for _, p := range parts {
		if p.Check == nil {
			continue
		}
		if err := p.Check(s); err != nil {
			return err
		}
	}
	for _, p := range parts {
		if p.Stage != nil {
			p.Stage(s)
		}
	}
	return nil
}

// Set puts a value under a key.
func (s *state) Set(key, value []byte) {
	s.wrote(key)
	before, rest := split(s.root, key)
	_, after := split(rest, append(bytes.Clone(key), 0))
	is := &node{key: bytes.Clone(key), value: append([]byte{}, value...), rank: maphash.Bytes(seed, key)}
	s.root = join(join(before, is), after)
}

// Delete removes a key.
func (s *state) Delete(key []byte) {
	s.wrote(key)
	before, rest := split(s.root, key)
	_, after := split(rest, append(bytes.Clone(key), 0))
	s.root = join(before, after)
}

// Get reads a value, which the caller may keep; nil if there is none.
func (s *state) Get(key []byte) ([]byte, error) {
	for n := s.root; n != nil; {
		switch c := bytes.Compare(key, n.key); {
		case c == 0:
			return append([]byte{}, n.value...), nil
		case c < 0:
			n = n.left
		default:
			n = n.right
		}
	}
	return nil, nil
}

// Walk visits the keys from one on and before another.
func (s *state) Walk(from, before []byte, backwards bool, f func(k, v []byte) (more bool, err error)) error {
	_, err := s.root.walk(from, before, backwards, f)
	return err
}

// node is one of a treap: ordered by keys, balanced by ranks that are as good as
// random. It is never changed, so that what was read of one moment stays so.
type node struct {
	key, value  []byte
	rank        uint64
	left, right *node
}

var seed = maphash.MakeSeed()

// split parts a tree into the keys before one, and those from it on.
func split(n *node, key []byte) (before, rest *node) {
	if n == nil {
		return nil, nil
	}
	c := *n
	if bytes.Compare(n.key, key) < 0 {
		c.right, rest = split(n.right, key)
		return &c, rest
	}
	before, c.left = split(n.left, key)
	return before, &c
}

// join puts two trees together, of which all keys of a are before those of b.
func join(a, b *node) *node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.rank > b.rank:
		c := *a
		c.right = join(a.right, b)
		return &c
	}
	c := *b
	c.left = join(a, b.left)
	return &c
}

func (n *node) walk(from, before []byte, backwards bool, f func(k, v []byte) (bool, error)) (more bool, err error) {
	if n == nil {
		return true, nil
	}
	first, last := n.left, n.right
	low, high := bytes.Compare(n.key, from) >= 0, before == nil || bytes.Compare(n.key, before) < 0
	goFirst, goLast := low, high // nothing on the left of a key that is too low
	if backwards {
		first, last, goFirst, goLast = last, first, goLast, goFirst
	}
	if goFirst {
		if more, err := first.walk(from, before, backwards, f); err != nil || !more {
			return more, err
		}
	}
	if low && high {
		if more, err := f(n.key, n.value); err != nil || !more {
			return more, err
		}
	}
	if goLast {
		return last.walk(from, before, backwards, f)
	}
	return true, nil
}
