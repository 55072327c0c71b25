package embedded

import (
	"context"
	"time"

	"go.etcd.io/bbolt"

	"kozamori/internal/queue"
)

const (
	maxGroup = 1024 // durable calls per commit
	// flushAfter is how long receives, retries and deletes may wait for a
	// commit that carries them along before they get one of their own.
	flushAfter = 20 * time.Millisecond
)

// op is something to do in the next commit and what follows from it once it
// is on disk; then, under the lock, is called even if the caller no longer waits.
type op struct {
	do   func(*bbolt.Tx) error
	then func()
	done chan error
}

// change is what the file does not know yet of a message.
type change struct {
	ended    bool
	receives int
	visible  int64
}

// durable does something in one transaction and waits until it is on disk.
func (q *Queue) durable(ctx context.Context, do func(*bbolt.Tx) error, then func()) error {
	o := op{do, then, make(chan error, 1)}
	select {
	case <-q.closed: // first: a select takes any that is ready
		return errClosed
	default:
	}
	select {
	case q.ops <- o:
	case <-q.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-o.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// soon says that something is dirty.
func (q *Queue) soon() {
	select {
	case q.dirt <- struct{}{}:
	default:
	}
}

// commit writes whatever gathered while the disk was busy with one sync. What
// is only dirty waits for the next durable call, or a moment.
func (q *Queue) commit() {
	var flush <-chan time.Time
	for {
		var group []op
		select {
		case o := <-q.ops:
			group = append(group, o)
		case <-q.dirt:
			if flush == nil {
				flush = time.After(flushAfter)
			}
			continue
		case <-flush:
		case <-q.closed:
			q.write(q.gather(nil))
			return
		}
		flush = nil
		q.write(q.gather(group))
	}
}

func (q *Queue) gather(group []op) []op {
	for len(group) < maxGroup {
		select {
		case o := <-q.ops:
			group = append(group, o)
		default:
			return group
		}
	}
	return group
}

func (q *Queue) write(group []op) {
	dirty := map[queue.Name]map[uint64]change{}
	q.mu.Lock()
	for n, l := range q.line {
		if len(l.dirty) > 0 {
			dirty[n], l.dirty = l.dirty, map[uint64]change{}
		}
	}
	q.mu.Unlock()
	if len(group) == 0 && len(dirty) == 0 {
		return
	}
	err := q.db.Update(func(tx *bbolt.Tx) error {
		for n, changes := range dirty {
			for id, c := range changes {
				if err := c.write(tx, n, id); err != nil {
					return err
				}
			}
		}
		for _, o := range group {
			if err := o.do(tx); err != nil {
				return err
			}
		}
		return nil
	})
	q.mu.Lock()
	if err != nil {
		// Newer changes of the same messages win.
		for n, changes := range dirty {
			for id, c := range changes {
				if _, newer := q.line[n].dirty[id]; !newer {
					q.line[n].dirty[id] = c
				}
			}
		}
	}
	for _, o := range group {
		if err == nil {
			o.then()
		}
	}
	q.mu.Unlock()
	for _, o := range group {
		o.done <- err
	}
}

func (c change) write(tx *bbolt.Tx, n queue.Name, id uint64) error {
	if c.ended {
		return erase(tx, n, id)
	}
	heads := tx.Bucket(bucket(n, "head"))
	h, _, err := decodeHead(heads.Get(dbKey(id)))
	if err != nil {
		return nil //nolint:nilerr // no head: it was dead-lettered in the meantime
	}
	h.Receives, h.Visible = c.receives, c.visible
	return heads.Put(dbKey(id), h.encode())
}
