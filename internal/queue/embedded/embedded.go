// Package embedded keeps the queues on this machine. A message is on disk
// before Send returns; what was received, retried or deleted reaches the disk a
// moment later, because losing that only means receiving it again.
//
// In memory a message that waits costs about 70 bytes, whatever its size: its
// body, its group and its trace stay on disk until it is received.
package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"kozamori/internal/kv"
	"kozamori/internal/queue"
)

// Options of the queues; zero values are sensible.
type Options struct {
	Visibility  time.Duration // how long what was received stays hidden; 1 minute
	MaxReceives int           // more receives than this dead-letter a message; 100
	Now         func() time.Time
	More        []queue.Name // queues in addition to queue.Names
}

// What no call waits for goes to disk with the next commit, or by itself after this. How
// often a message was received is counted soon, because it may be what ends the process
// again and again. That one ended may be lost with the process: it is received once more,
// and its stage finds that all of it is done.
const (
	receivedWithin = 20 * time.Millisecond
	endedWithin    = 500 * time.Millisecond
)

// queueMost is the longest that a message may wait: see queue.Queue.Retry.
const queueMost = 12 * time.Hour

// Queue is a queue.Queue in an kv.
type Queue struct {
	o      Options
	clock  clock // of what is visible in memory; the disk has the time of day
	db     kv.DB
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

// What lies in the engine of a message, by the queue's name and its id: what
// is known of it, its body, how often it was received and until when it is
// hidden, and the whole of it once it is dead.
const (
	heads  = "head"
	bodies = "body"
	states = "seen"
	dead   = "dead"
)

func space(n queue.Name, what string) []byte { return []byte("q/" + string(n) + "/" + what + "/") }

func key(n queue.Name, what string, id uint64) []byte {
	return binary.BigEndian.AppendUint64(space(n, what), id)
}

// idIn is the message that a key is of.
func idIn(k []byte) uint64 { return binary.BigEndian.Uint64(k[len(k)-8:]) }

// walk visits what lies in a space.
func walk(r kv.Reader, n queue.Name, what string, f func(id uint64, v []byte) (more bool, err error)) error {
	from := space(n, what)
	before := append(space(n, what), "\xff\xff\xff\xff\xff\xff\xff\xff\xff"...)
	return r.Walk(from, before, false, func(k, v []byte) (bool, error) {
		if len(k) != len(from)+8 {
			return false, fmt.Errorf("%w: a key of the queue %s", kv.ErrDamaged, n)
		}
		return f(idIn(k), v)
	})
}

// On are the queues in an engine, which a table may share. Only one may be made
// for an engine, before anything is written to it. Close ends the queues; what
// they still have to write is written when the engine is closed.
func On(db kv.DB, o Options) (*Queue, error) {
	if o.Visibility == 0 {
		o.Visibility = time.Minute
	}
	if o.MaxReceives == 0 {
		o.MaxReceives = 100
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	q := &Queue{o: o, clock: clock{wall: o.Now}, db: db, closed: make(chan struct{}), line: map[queue.Name]*line{}}
	if err := db.View(q.load); err != nil {
		return nil, err
	}
	db.Attach(q.unwritten)
	q.done.Go(q.purging)
	return q, nil
}

func (q *Queue) names() []queue.Name { return slices.Concat(queue.Names, q.o.More) }

// load reads what waits; whatever was in flight when the process died is
// visible again at once.
func (q *Queue) load(r kv.Reader) error {
	last := q.clock.now().Add(queueMost).UnixNano()
	for _, n := range q.names() {
		l := newLine()
		q.line[n] = l
		seen := map[uint64]change{}
		err := walk(r, n, states, func(id uint64, v []byte) (bool, error) {
			c, err := decodeState(v)
			seen[id] = c
			q.seq = max(q.seq, id) // also of a message that is gone: a new one must not find it
			return true, err
		})
		if err != nil {
			return err
		}
		err = walk(r, n, heads, func(id uint64, v []byte) (bool, error) {
			h, _, err := decodeHead(v)
			if err != nil {
				return false, fmt.Errorf("%w: a message of the queue %s", kv.ErrDamaged, n)
			}
			if c, ok := seen[id]; ok {
				h.Receives, h.Visible = c.receives, c.visible
			}
			if h.Visible > last {
				h.Visible = 0 // no message waits so long: the clock was set back
			}
			q.seq = max(q.seq, id)
			l.add(h.Group, &entry{id: id, sent: h.Sent, visible: h.Visible, receives: bounded(h.Receives)})
			return true, nil
		})
		if err != nil {
			return err
		}
		err = walk(r, n, dead, func(id uint64, _ []byte) (bool, error) {
			q.seq = max(q.seq, id)
			l.dead++
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Close ends the queues after the writes under way.
func (q *Queue) Close() error {
	q.once.Do(func() { close(q.closed) })
	q.done.Wait()
	return nil
}

func (q *Queue) find(n queue.Name) (*line, error) {
	if l := q.line[n]; l != nil { // the map never changes after load
		return l, nil
	}
	return nil, fmt.Errorf("%w: %q", queue.ErrNoQueue, n)
}

// Send makes messages durable.
func (q *Queue) Send(ctx context.Context, n queue.Name, msgs ...queue.Outgoing) error {
	part, err := q.Part(n, msgs...)
	if err != nil || len(msgs) == 0 {
		return err
	}
	return q.db.Commit(ctx, part)
}

// Part is what Send does, to be committed together with parts of others.
func (q *Queue) Part(n queue.Name, msgs ...queue.Outgoing) (kv.Part, error) {
	l, err := q.find(n)
	if err != nil {
		return kv.Part{}, err
	}
	size := 0
	for _, m := range msgs {
		if err := queue.CheckBody(m); err != nil {
			return kv.Part{}, err
		}
		size += len(m.Body)
	}
	now, ahead := q.o.Now(), q.clock.ahead()
	sent := make([]head, len(msgs))
	for i, m := range msgs {
		sent[i] = head{Group: m.Group, Trace: m.Trace, Sent: now.UnixNano()}
		if m.Delay > 0 {
			sent[i].Visible = now.Add(m.Delay).UnixNano()
		}
	}
	first := q.number(len(msgs))
	return kv.Part{
		Stage: func(w kv.Writer) {
			for i, m := range msgs {
				putMessage(w, n, first+uint64(i), sent[i], m.Body)
			}
		},
		Then: func() {
			q.mu.Lock()
			for i, h := range sent {
				e := &entry{id: first + uint64(i), sent: h.Sent, visible: h.Visible, size: bounded(len(msgs[i].Body))}
				if e.visible > 0 {
					e.visible += int64(ahead)
				}
				l.add(h.Group, e)
			}
			l.sent.count(q.clock.now(), len(sent))
			q.mu.Unlock()
			l.ring()
		},
		Size: size,
	}, nil
}

// bounded is a count that an entry holds.
func bounded(n int) int32 { return int32(min(n, math.MaxInt32)) }

// number gives out ids that no message has had.
func (q *Queue) number(n int) (first uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	first = q.seq + 1
	q.seq += uint64(n)
	return first
}

func putMessage(w kv.Writer, n queue.Name, id uint64, h head, body []byte) {
	w.Set(key(n, heads, id), h.encode())
	w.Set(key(n, bodies, id), body)
}

func erase(w kv.Writer, n queue.Name, id uint64) {
	for _, what := range [...]string{heads, bodies, states} {
		w.Delete(key(n, what, id))
	}
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
	err := q.db.View(func(r kv.Reader) error {
		for _, m := range taken {
			id, _, _ := parseReceipt(m.Receipt)
			v, err := r.Get(key(n, heads, id))
			if err != nil {
				return err
			}
			if v == nil {
				continue // it ended in the meantime
			}
			h, _, err := decodeHead(v)
			if err != nil {
				return err
			}
			if m.Body, err = r.Get(key(n, bodies, id)); err != nil {
				return err
			}
			m.Group, m.Trace = h.Group, h.Trace
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
			q.line[n].dirty[e.id] = change{receives: int(e.receives)} // after a crash it is visible at once
		}
	}
	q.mu.Unlock()
	q.db.Soon(receivedWithin)
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
			l.done.count(q.clock.now(), 1)
		}
	}
	q.mu.Unlock()
	q.db.Soon(endedWithin)
	return nil
}

// Retry makes a message visible again after the delay.
func (q *Queue) Retry(_ context.Context, n queue.Name, m queue.Message, delay time.Duration) error {
	l, err := q.find(n)
	if err != nil {
		return err
	}
	if delay < 0 || delay > queueMost {
		return fmt.Errorf("queue: a delay of %v, from 0 to %v", delay, queueMost)
	}
	q.mu.Lock()
	if e := l.current(m.Receipt); e != nil {
		l.show(e, q.clock.now().Add(delay).UnixNano())
		l.dirty[e.id] = change{receives: int(e.receives), visible: q.o.Now().Add(delay).UnixNano()}
	}
	q.mu.Unlock()
	q.db.Soon(receivedWithin)
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
