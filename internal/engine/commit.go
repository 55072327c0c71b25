package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"kozamori/internal/kv"
)

const (
	maxGroup = 1024    // calls per commit
	maxBytes = 4 << 20 // and about as many bytes
)

// ErrClosed says that the engine was closed.
var ErrClosed = kv.ErrClosed

// Part is something to do in a commit.
type Part = kv.Part

// Lazy is asked at each commit for changes that no caller waits for.
type Lazy = kv.Lazy

// Reader reads keys and values.
type Reader = kv.Reader

// Writer gathers what a commit changes.
type Writer = kv.Writer

var _ kv.DB = (*DB)(nil)

// call is a caller's parts, all or none of which are done.
type call struct {
	parts []Part
	err   error
	done  chan struct{}
}

func (c *call) size() (n int) {
	for i := range c.parts {
		n += c.parts[i].Size
	}
	return n
}

// Commit does all of the parts or none, and returns once they are on disk; ctx
// ends only the wait for its turn. An error of a part's Check is returned as it is, and says that nothing was done;
// after any other error it is unknown.
func (db *DB) Commit(ctx context.Context, parts ...Part) error {
	if db.o.ReadOnly {
		return errors.New("store: opened for reading only")
	}
	c := &call{parts: parts, done: make(chan struct{})}
	select {
	case <-db.closed: // first: a select takes any that is ready
		return ErrClosed
	default:
	}
	select {
	case db.calls <- c:
	case <-db.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select { // whatever becomes of ctx: the parts use what is the caller's
	case <-c.done:
	case <-db.ended:
		select {
		case <-c.done:
		default: // it came when the last was taken
			return ErrClosed
		}
	}
	return c.err
}

// Attach has a Lazy asked from now on. Only before anything is committed.
func (db *DB) Attach(l Lazy) { db.lazies = append(db.lazies, l) }

// Soon says that a Lazy has something: what no commit carries along in time gets one of
// its own.
func (db *DB) Soon(within time.Duration) {
	at := time.Now().Add(within).UnixNano()
	for was := db.lazyAt.Load(); was == 0 || at < was; was = db.lazyAt.Load() {
		if db.lazyAt.CompareAndSwap(was, at) {
			break
		}
	}
	select {
	case db.soon <- struct{}{}:
	default:
	}
}

// commits writes whatever gathered while the disk was busy with one sync: no
// call waits for another to come.
func (db *DB) commits() {
	lazy := time.NewTimer(time.Hour)
	defer lazy.Stop()
	for {
		var group []*call
		select {
		case c := <-db.calls:
			group = append(group, c)
		case <-db.soon:
			if at := db.lazyAt.Load(); at != 0 {
				lazy.Reset(time.Until(time.Unix(0, at)))
			}
			continue
		case <-lazy.C:
		case <-db.closed:
			for more := true; more; {
				rest := db.gather(nil)
				db.write(rest)
				more = len(rest) > 0
			}
			close(db.ended)
			return
		}
		db.lazyAt.Store(0) // all that is lazy by now goes with it
		db.write(db.gather(group))
	}
}

func (db *DB) gather(group []*call) []*call {
	size := 0
	for _, c := range group {
		size += c.size()
	}
	for len(group) < maxGroup && size < maxBytes {
		select {
		case c := <-db.calls:
			group = append(group, c)
			size += c.size()
		default:
			return group
		}
	}
	return group
}

func (db *DB) write(group []*call) {
	then, done := db.staged(group)
	for _, f := range then {
		f()
	}
	for _, c := range group {
		if c.err == nil && done != nil {
			c.err = fmt.Errorf("store: %w", done)
		}
		close(c.done)
	}
}

// staged commits a group and tells what follows from it. The error is the
// group's: each call has one of its own.
func (db *DB) staged(group []*call) (then []func(), err error) {
	if !db.room() {
		return nil, ErrFull
	}
	batch := db.peb.NewIndexedBatch()
	defer func() { _ = batch.Close() }()
	w, r := writer{batch, db.stamps}, reader{batch}
	var undo []func()
	for _, l := range db.lazies {
		if u := l(w); u != nil {
			undo = append(undo, u)
		}
	}
	for _, c := range group {
		if c.err = c.check(r); c.err != nil {
			continue
		}
		for _, p := range c.parts {
			if p.Stage != nil {
				p.Stage(w)
			}
			if p.Then != nil {
				then = append(then, p.Then)
			}
		}
	}
	if batch.Empty() {
		return then, nil
	}
	// Also what is lazy alone is synced: without it a log's last page stays in
	// this process, and dies with it.
	how := pebble.Sync
	moment := db.moment.Load()
	if db.o.Scratch {
		how = pebble.NoSync
	} else {
		moment++
		w.Set(momentKey, encodeMoment(moment))
	}
	if err := batch.Commit(how); err != nil {
		for _, u := range undo {
			u()
		}
		return nil, err
	}
	db.moment.Store(moment)
	db.look()
	return then, nil
}

func (c *call) check(r Reader) error {
	for _, p := range c.parts {
		if p.Check == nil {
			continue
		}
		if err := p.Check(r); err != nil {
			return err
		}
	}
	return nil
}
