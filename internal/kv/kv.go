// Package kv is what the embedded store and the embedded queues ask of what
// lies under them: reads of one moment, and commits of several parts. Package
// engine does it in a folder; tests have it in memory. It keeps nothing itself.
package kv

import (
	"context"
	"errors"
	"time"
)

// DB holds keys and values.
type DB interface {
	// View reads what is durable, all of it from one moment. It returns
	// ErrClosed after the end.
	View(read func(Reader) error) error
	// Commit does all of the parts or none, and returns once they are durable;
	// ctx ends only the wait for its turn. An error of a part's Check is returned
	// as it is, and says that nothing was done; after any other error but ErrFull
	// and ErrClosed it is unknown.
	Commit(ctx context.Context, parts ...Part) error
	// Stamp is one of a moment that a View which begins now comes after, from 1 on.
	Stamp() uint64
	// Unwritten tells, without reading it, that what a View that began after a stamp
	// says of a key is what one says now. It may be false of a key that is the same.
	Unwritten(key []byte, since uint64) bool
	// Attach has a Lazy asked from now on. Only before anything is committed.
	Attach(Lazy)
	// Soon says that a Lazy has something that should be durable within a time, if no
	// commit carries it along before.
	Soon(within time.Duration)
}

// Reader reads keys and values.
type Reader interface {
	// Get reads a value, which the caller may keep; nil if there is none.
	Get(key []byte) ([]byte, error)
	// Walk visits the keys from one on and before another, in their order or
	// backwards, until f wants no more. Key and value are f's only while it runs.
	Walk(from, before []byte, backwards bool, f func(k, v []byte) (more bool, err error)) error
}

// Writer gathers what a commit changes.
type Writer interface {
	Set(key, value []byte)
	Delete(key []byte)
}

// Part is something to do in a commit. Other calls share the commit, so a part
// that fails must leave nothing behind: whatever can fail is in Check, which
// sees what the calls before it in the commit staged.
type Part struct {
	Check func(Reader) error // before the call stages anything; may be nil
	Stage func(Writer)       // may be nil
	Then  func()             // once it is durable; may be nil
	Size  int                // about how many bytes it writes
}

// Lazy is asked at each commit for changes that no caller waits for. If the
// commit fails, undo is called.
type Lazy func(Writer) (undo func())

var (
	// ErrClosed says that it was closed.
	ErrClosed = errors.New("store: closed")
	// ErrFull says that the disk is full, and that nothing was done.
	ErrFull = errors.New("the disk is full")
	// ErrDamaged says that what is kept is not what was written.
	ErrDamaged = errors.New("damaged")
)
