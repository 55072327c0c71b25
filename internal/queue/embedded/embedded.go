// Package embedded keeps the queues in one file on this machine. A message is
// on disk before Send returns; what was received, retried or deleted reaches
// the disk a moment later, because losing that only means receiving it again.
//
// In memory a message that waits costs about 60 bytes, whatever its size: its
// body, its group and its trace stay in the file until it is received.
package embedded

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"kozamori/internal/queue"
)

// Options of the queues; zero values are sensible.
type Options struct {
	Visibility  time.Duration // how long what was received stays hidden; 1 minute
	MaxReceives int           // more receives than this dead-letter a message; 100
	Now         func() time.Time
	// Scratch is for a file that need not outlive the machine, as in tests:
	// nothing waits for the disk, and the file stays small.
	Scratch bool
	More    []queue.Name // queues in addition to queue.Names
}

const (
	scratchGrowth = 64 << 10 // bytes by which a scratch file grows
	// queueMost is the longest that a message may wait: see queue.Queue.Retry.
	queueMost = 12 * time.Hour
)

// Queue is a queue.Queue in a bbolt file.
type Queue struct {
	o      Options
	clock  clock // of what is visible in memory; the file has the time of day
	db     *bbolt.DB
	ops    chan op
	dirt   chan struct{} // rings when something awaits the next commit
	closed chan struct{}
	once   sync.Once
	done   sync.WaitGroup

	mu   sync.Mutex // guards what follows
	line map[queue.Name]*line
	seq  uint64
}

var (
	_         queue.Queue = (*Queue)(nil)
	errClosed             = errors.New("queue: closed")
)

// The buckets of a queue: body and head by id, and dead letters (both
// together) by id.
func bucket(n queue.Name, what string) []byte { return []byte(string(n) + "." + what) }

func dbKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

// Open opens or makes the file. A file that another process holds is an error.
func Open(path string, o Options) (*Queue, error) {
	if o.Visibility == 0 {
		o.Visibility = time.Minute
	}
	if o.MaxReceives == 0 {
		o.MaxReceives = 100
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 200 * time.Millisecond,
		FreelistType: bbolt.FreelistMapType, NoFreelistSync: true, InitialMmapSize: 1 << 28})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another process", path)
	}
	if err != nil {
		return nil, fmt.Errorf("the queues cannot be opened: %w", err)
	}
	if o.Scratch {
		db.NoSync, db.NoGrowSync, db.AllocSize = true, true, scratchGrowth
	}
	q := &Queue{o: o, clock: clock{wall: o.Now}, db: db, ops: make(chan op, maxGroup), dirt: make(chan struct{}, 1),
		closed: make(chan struct{}), line: map[queue.Name]*line{}}
	if err := q.load(); err != nil {
		_ = db.Close()
		return nil, err
	}
	q.done.Go(q.commit)
	q.done.Go(q.purging)
	return q, nil
}

func (q *Queue) names() []queue.Name { return slices.Concat(queue.Names, q.o.More) }

// load reads what waits; whatever was in flight when the process died is
// visible again at once.
func (q *Queue) load() error {
	now := q.clock.now()
	return q.db.Update(func(tx *bbolt.Tx) error {
		for _, n := range q.names() {
			for _, what := range []string{"head", "body", "dead"} {
				if _, err := tx.CreateBucketIfNotExists(bucket(n, what)); err != nil {
					return fmt.Errorf("the queues cannot be written: %w", err)
				}
			}
			l := newLine()
			q.line[n] = l
			err := tx.Bucket(bucket(n, "head")).ForEach(func(k, v []byte) error {
				h, _, err := decodeHead(v)
				if err != nil {
					return fmt.Errorf("the queue %s is damaged: %w", n, err)
				}
				id := binary.BigEndian.Uint64(k)
				q.seq = max(q.seq, id)
				visible := h.Visible
				if visible > now.Add(queueMost).UnixNano() {
					visible = 0 // no message waits so long: the clock was set back
				}
				l.add(h.Group, &entry{id: id, sent: h.Sent, visible: visible, receives: h.Receives})
				return nil
			})
			if err != nil {
				return err
			}
			dead := tx.Bucket(bucket(n, "dead"))
			if k, _ := dead.Cursor().Last(); k != nil {
				q.seq = max(q.seq, binary.BigEndian.Uint64(k))
			}
			l.dead = dead.Stats().KeyN
		}
		return nil
	})
}

// Close ends the queues after the writes under way.
func (q *Queue) Close() error {
	q.once.Do(func() { close(q.closed) })
	q.done.Wait()
	return q.db.Close()
}

func (q *Queue) find(n queue.Name) (*line, error) {
	if l := q.line[n]; l != nil { // the map never changes after load
		return l, nil
	}
	return nil, fmt.Errorf("%w: %q", queue.ErrNoQueue, n)
}

// Send makes messages durable.
func (q *Queue) Send(ctx context.Context, n queue.Name, msgs ...queue.Outgoing) error {
	l, err := q.find(n)
	if err != nil {
		return err
	}
	for _, m := range msgs {
		if err := queue.CheckBody(m); err != nil {
			return err
		}
	}
	if len(msgs) == 0 {
		return nil
	}
	now, ahead := q.o.Now(), q.clock.ahead()
	heads := make([]head, len(msgs))
	q.mu.Lock()
	first := q.seq + 1
	q.seq += uint64(len(msgs))
	q.mu.Unlock()
	for i, m := range msgs {
		heads[i] = head{Group: m.Group, Trace: m.Trace, Sent: now.UnixNano()}
		if m.Delay > 0 {
			heads[i].Visible = now.Add(m.Delay).UnixNano()
		}
	}
	return q.durable(ctx, func(tx *bbolt.Tx) error {
		for i, m := range msgs {
			if err := putMessage(tx, n, first+uint64(i), heads[i], m.Body); err != nil {
				return err
			}
		}
		return nil
	}, func() {
		for i, h := range heads {
			e := &entry{id: first + uint64(i), sent: h.Sent, visible: h.Visible}
			if e.visible > 0 {
				e.visible += int64(ahead)
			}
			l.add(h.Group, e)
		}
		l.ring()
	})
}

func putMessage(tx *bbolt.Tx, n queue.Name, id uint64, h head, body []byte) error {
	if err := putAppending(tx, bucket(n, "head"), id, h.encode()); err != nil {
		return err
	}
	return putAppending(tx, bucket(n, "body"), id, body)
}

// putAppending fills pages to the brim: ids only grow.
func putAppending(tx *bbolt.Tx, name []byte, id uint64, v []byte) error {
	b := tx.Bucket(name)
	b.FillPercent = 1
	return b.Put(dbKey(id), v)
}

func erase(tx *bbolt.Tx, n queue.Name, id uint64) error {
	if err := tx.Bucket(bucket(n, "head")).Delete(dbKey(id)); err != nil {
		return err
	}
	return tx.Bucket(bucket(n, "body")).Delete(dbKey(id))
}

// Receive takes messages, the groups in turn.
func (q *Queue) Receive(ctx context.Context, n queue.Name, most int, wait time.Duration) ([]queue.Message, error) {
	l, err := q.find(n)
	if err != nil {
		return nil, err
	}
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		q.mu.Lock()
		now := q.clock.now()
		taken := l.take(min(max(most, 1), 10), now.UnixNano(), now.Add(q.o.Visibility).UnixNano())
		out := make([]queue.Message, 0, len(taken))
		for _, e := range taken {
			out = append(out, e.message())
		}
		next := l.next()
		q.mu.Unlock()
		if len(out) > 0 {
			if out, err = q.read(ctx, n, out); err != nil || len(out) > 0 {
				return out, err
			}
			continue
		}
		var due <-chan time.Time
		if next != 0 {
			t := time.NewTimer(max(time.Unix(0, next).Sub(now), time.Millisecond))
			defer t.Stop()
			due = t.C
		}
		select {
		case <-l.bell:
		case <-due:
		case <-timeout.C:
			return nil, nil
		case <-q.closed:
			return nil, errClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// read fetches the bodies of messages just taken, dead-letters those received too
// often, and notes the receives of the others.
func (q *Queue) read(ctx context.Context, n queue.Name, taken []queue.Message) ([]queue.Message, error) {
	out := taken[:0]
	var over []queue.Message
	err := q.db.View(func(tx *bbolt.Tx) error {
		heads, bodies := tx.Bucket(bucket(n, "head")), tx.Bucket(bucket(n, "body"))
		for _, m := range taken {
			id, _, _ := parseReceipt(m.Receipt)
			h, _, err := decodeHead(heads.Get(dbKey(id)))
			if err != nil {
				continue // it ended in the meantime
			}
			m.Group, m.Trace, m.Body = h.Group, h.Trace, bytes.Clone(bodies.Get(dbKey(id)))
			if m.Receives > q.o.MaxReceives {
				over = append(over, m)
			} else {
				out = append(out, m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err // they come back when their visibility ends
	}
	q.mu.Lock()
	for _, m := range out {
		if e := q.line[n].current(m.Receipt); e != nil {
			q.line[n].dirty[e.id] = change{receives: e.receives} // after a crash it is visible at once
		}
	}
	q.mu.Unlock()
	q.soon()
	for _, m := range over {
		if err := q.DeadLetter(ctx, n, m, "received too often"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Delete ends messages. A receipt that is no longer the message's latest
// changes nothing.
func (q *Queue) Delete(_ context.Context, n queue.Name, msgs ...queue.Message) error {
	l, err := q.find(n)
	if err != nil {
		return err
	}
	q.mu.Lock()
	for _, m := range msgs {
		if e := l.current(m.Receipt); e != nil {
			l.remove(e)
			l.dirty[e.id] = change{ended: true}
		}
	}
	q.mu.Unlock()
	q.soon()
	return nil
}

// Retry makes a message visible again after the delay.
func (q *Queue) Retry(_ context.Context, n queue.Name, m queue.Message, delay time.Duration) error {
	l, err := q.find(n)
	if err != nil {
		return err
	}
	if delay < 0 || delay > queueMost {
		return fmt.Errorf("queue: a delay of %v, from 0 to 12 hours", delay)
	}
	q.mu.Lock()
	if e := l.current(m.Receipt); e != nil {
		l.show(e, q.clock.now().Add(delay).UnixNano())
		l.dirty[e.id] = change{receives: e.receives, visible: q.o.Now().Add(delay).UnixNano()}
	}
	q.mu.Unlock()
	q.soon()
	l.ring()
	return nil
}

// Depth counts a queue's messages.
func (q *Queue) Depth(_ context.Context, n queue.Name) (queue.Depth, error) {
	l, err := q.find(n)
	if err != nil {
		return queue.Depth{}, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return l.depth(q.clock.now()), nil
}
