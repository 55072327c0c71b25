// Package embedded keeps the queues in one file on this machine. A message is
// on disk before Send returns; what was received, retried or deleted reaches
// the disk a moment later, because losing that only means receiving it again.
package embedded

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"kozamori/internal/queue"
)

// Options of the queues; zero values are sensible.
type Options struct {
	Visibility  time.Duration // how long what was received stays hidden; 1 minute
	MaxReceives int           // more receives than this bury a message; 100
	Now         func() time.Time
}

const keepDead = 14 * 24 * time.Hour

// Queue is a queue.Queue in a bbolt file.
type Queue struct {
	o      Options
	db     *bbolt.DB
	ops    chan op
	closed chan struct{}
	once   sync.Once
	done   sync.WaitGroup

	mu   sync.Mutex
	line map[queue.Name]*line
	seq  uint64
}

var _ queue.Queue = (*Queue)(nil)

// op is something to do in the next commit; done, if any, hears of the end.
type op struct {
	do   func(*bbolt.Tx) error
	done chan error
}

// meta is what the file knows of a message besides its body.
type meta struct {
	Group    string    `json:"g,omitempty"`
	Trace    string    `json:"t,omitempty"`
	SentAt   time.Time `json:"s"`
	Visible  time.Time `json:"v,omitzero"`
	Receives int       `json:"r,omitempty"`
	Why      string    `json:"w,omitempty"`
	DiedAt   time.Time `json:"d,omitzero"`
}

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
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 200 * time.Millisecond, FreelistType: bbolt.FreelistMapType, NoFreelistSync: true})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another process", path)
	}
	if err != nil {
		return nil, fmt.Errorf("the queues cannot be opened: %w", err)
	}
	q := &Queue{o: o, db: db, ops: make(chan op, 1024), closed: make(chan struct{}), line: map[queue.Name]*line{}}
	if err := q.load(); err != nil {
		_ = db.Close()
		return nil, err
	}
	q.done.Go(q.commit)
	return q, nil
}

func bucket(n queue.Name, what string) []byte { return []byte(string(n) + "." + what) }

// load reads what waits; whatever was in flight when the process died is
// visible again at once.
func (q *Queue) load() error {
	return q.db.Update(func(tx *bbolt.Tx) error {
		for _, n := range queue.Names {
			for _, what := range []string{"meta", "body", "dead"} {
				if _, err := tx.CreateBucketIfNotExists(bucket(n, what)); err != nil {
					return fmt.Errorf("the queues cannot be written: %w", err)
				}
			}
			l := newLine()
			q.line[n] = l
			err := tx.Bucket(bucket(n, "meta")).ForEach(func(k, v []byte) error {
				var m meta
				if err := json.Unmarshal(v, &m); err != nil {
					return fmt.Errorf("the queue %s is damaged: %w", n, err)
				}
				id := binary.BigEndian.Uint64(k)
				q.seq = max(q.seq, id)
				l.add(&entry{id: id, meta: m})
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

// commit writes whatever gathered while the disk was busy with one sync.
func (q *Queue) commit() {
	var group []op
	for {
		group = group[:0]
		select {
		case o := <-q.ops:
			group = append(group, o)
		case <-q.closed:
			// Nothing is sent after this; what is left is only deletes and
			// receive counts, worth a last commit.
			if group = q.gather(group); len(group) > 0 {
				q.write(group)
			}
			return
		}
		q.write(q.gather(group))
	}
}

func (q *Queue) gather(group []op) []op {
	for len(group) < 1024 {
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
	err := q.db.Update(func(tx *bbolt.Tx) error {
		for _, o := range group {
			if err := o.do(tx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, o := range group {
		if o.done != nil {
			o.done <- err
		}
	}
}

func (q *Queue) durable(ctx context.Context, do func(*bbolt.Tx) error) error {
	done := make(chan error, 1)
	select {
	case q.ops <- op{do, done}:
	case <-q.closed:
		return errors.New("queue: closed")
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// soon writes without waiting for the disk.
func (q *Queue) soon(do func(*bbolt.Tx) error) {
	select {
	case q.ops <- op{do: do}:
	case <-q.closed:
	}
}

func dbKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

func putMeta(n queue.Name, id uint64, m meta) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		v, err := json.Marshal(m)
		if err != nil {
			return err
		}
		b := tx.Bucket(bucket(n, "meta"))
		return b.Put(dbKey(id), v)
	}
}

// Send makes messages durable.
func (q *Queue) Send(ctx context.Context, n queue.Name, msgs ...queue.Outgoing) error {
	for _, m := range msgs {
		if err := queue.CheckBody(m); err != nil {
			return err
		}
	}
	if len(msgs) == 0 {
		return nil
	}
	now := q.o.Now()
	entries := make([]*entry, len(msgs))
	q.mu.Lock()
	l := q.line[n]
	for i, m := range msgs {
		q.seq++
		entries[i] = &entry{id: q.seq, meta: meta{Group: m.Group, Trace: m.Trace, SentAt: now}}
		if m.Delay > 0 {
			entries[i].Visible = now.Add(m.Delay)
		}
	}
	q.mu.Unlock()
	if l == nil {
		return fmt.Errorf("queue: no queue %q", n)
	}
	err := q.durable(ctx, func(tx *bbolt.Tx) error {
		for i, e := range entries {
			if err := putMeta(n, e.id, e.meta)(tx); err != nil {
				return err
			}
			if err := tx.Bucket(bucket(n, "body")).Put(dbKey(e.id), msgs[i].Body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	q.mu.Lock()
	for _, e := range entries {
		l.add(e)
	}
	q.mu.Unlock()
	l.ring()
	return nil
}

// Receive takes messages, the groups in turn.
func (q *Queue) Receive(ctx context.Context, n queue.Name, most int, wait time.Duration) ([]queue.Message, error) {
	l := q.line[n]
	if l == nil {
		return nil, fmt.Errorf("queue: no queue %q", n)
	}
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		q.mu.Lock()
		now := q.o.Now()
		taken := l.take(min(max(most, 1), 10), now)
		var over []*entry
		kept := taken[:0]
		for _, e := range taken {
			e.Receives++
			if e.Receives > q.o.MaxReceives {
				over = append(over, e)
				continue
			}
			e.Visible = now.Add(q.o.Visibility)
			e.receipt = strconv.FormatUint(e.id, 36) + "." + strconv.Itoa(e.Receives)
			l.hide(e)
			kept = append(kept, e)
		}
		next := l.next()
		out := make([]queue.Message, len(kept))
		metas := make([]meta, len(kept))
		for i, e := range kept {
			out[i], metas[i] = e.message(), e.meta
		}
		q.mu.Unlock()
		for _, e := range over {
			if err := q.bury(ctx, n, e, "received too often"); err != nil {
				return nil, err
			}
		}
		if len(out) > 0 {
			return q.bodies(n, out, metas)
		}
		var due <-chan time.Time
		if !next.IsZero() {
			t := time.NewTimer(max(next.Sub(now), time.Millisecond))
			defer t.Stop()
			due = t.C
		}
		select {
		case <-l.bell:
		case <-due:
		case <-timeout.C:
			return nil, nil
		case <-q.closed:
			return nil, errors.New("queue: closed")
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (q *Queue) bodies(n queue.Name, out []queue.Message, metas []meta) ([]queue.Message, error) {
	err := q.db.View(func(tx *bbolt.Tx) error {
		for i := range out {
			id, _ := strconv.ParseUint(out[i].ID, 36, 64)
			out[i].Body = bytes.Clone(tx.Bucket(bucket(n, "body")).Get(dbKey(id)))
		}
		return nil
	})
	for i := range out {
		id, _ := strconv.ParseUint(out[i].ID, 36, 64)
		m := metas[i]
		m.Visible = time.Time{} // after a crash it is visible at once
		q.soon(func(tx *bbolt.Tx) error {
			if tx.Bucket(bucket(n, "meta")).Get(dbKey(id)) == nil {
				return nil // deleted in the meantime
			}
			return putMeta(n, id, m)(tx)
		})
	}
	return out, err
}

// Delete ends messages. A receipt that is no longer the message's latest
// changes nothing.
func (q *Queue) Delete(_ context.Context, n queue.Name, msgs ...queue.Message) error {
	for _, m := range msgs {
		q.mu.Lock()
		e := q.line[n].current(m.Receipt)
		if e != nil {
			q.line[n].remove(e)
		}
		q.mu.Unlock()
		if e != nil {
			q.soon(erase(n, e.id))
		}
	}
	return nil
}

func erase(n queue.Name, id uint64) func(*bbolt.Tx) error {
	return func(tx *bbolt.Tx) error {
		if err := tx.Bucket(bucket(n, "meta")).Delete(dbKey(id)); err != nil {
			return err
		}
		return tx.Bucket(bucket(n, "body")).Delete(dbKey(id))
	}
}

// Retry makes a message visible again after the delay.
func (q *Queue) Retry(_ context.Context, n queue.Name, m queue.Message, delay time.Duration) error {
	if delay < 0 || delay > 12*time.Hour {
		return fmt.Errorf("queue: a delay of %v, from 0 to 12 hours", delay)
	}
	q.mu.Lock()
	l := q.line[n]
	e := l.current(m.Receipt)
	var saved meta
	if e != nil {
		l.remove(e)
		e.Visible, e.receipt = q.o.Now().Add(delay), ""
		l.add(e)
		saved = e.meta
	}
	q.mu.Unlock()
	if e != nil {
		q.soon(putMeta(n, e.id, saved))
		l.ring()
	}
	return nil
}

// Bury moves a message to the dead letters, durably.
func (q *Queue) Bury(ctx context.Context, n queue.Name, m queue.Message, why string) error {
	q.mu.Lock()
	e := q.line[n].current(m.Receipt)
	q.mu.Unlock()
	if e == nil {
		return nil
	}
	return q.bury(ctx, n, e, why)
}

func (q *Queue) bury(ctx context.Context, n queue.Name, e *entry, why string) error {
	m := e.meta
	m.Why, m.DiedAt = why, q.o.Now()
	err := q.durable(ctx, func(tx *bbolt.Tx) error {
		head, err := json.Marshal(m)
		if err != nil {
			return err
		}
		body := tx.Bucket(bucket(n, "body")).Get(dbKey(e.id))
		if err := tx.Bucket(bucket(n, "dead")).Put(dbKey(e.id), append(append(head, '\n'), body...)); err != nil {
			return err
		}
		return erase(n, e.id)(tx)
	})
	if err == nil {
		q.mu.Lock()
		q.line[n].remove(e)
		q.line[n].dead++
		q.mu.Unlock()
	}
	return err
}

// Dead lists dead letters that are not older than 14 days.
func (q *Queue) Dead(_ context.Context, n queue.Name, most int) ([]queue.Dead, error) {
	var out []queue.Dead
	err := q.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket(n, "dead")).ForEach(func(k, v []byte) error {
			head, body, _ := bytes.Cut(v, []byte("\n"))
			var m meta
			if err := json.Unmarshal(head, &m); err != nil {
				return err
			}
			if len(out) < most && q.o.Now().Sub(m.DiedAt) < keepDead {
				e := entry{id: binary.BigEndian.Uint64(k), meta: m}
				d := queue.Dead{Message: e.message(), Why: m.Why, DiedAt: m.DiedAt}
				d.Body = bytes.Clone(body)
				out = append(out, d)
			}
			return nil
		})
	})
	return out, err
}

// Redrive sends every dead letter back, each in one transaction.
func (q *Queue) Redrive(ctx context.Context, n queue.Name) (int, error) {
	dead, err := q.Dead(ctx, n, 1<<30)
	if err != nil {
		return 0, err
	}
	for i, d := range dead {
		id, _ := strconv.ParseUint(d.ID, 36, 64)
		e := &entry{id: id, meta: meta{Group: d.Group, Trace: d.Trace, SentAt: d.SentAt}}
		err := q.durable(ctx, func(tx *bbolt.Tx) error {
			if err := putMeta(n, id, e.meta)(tx); err != nil {
				return err
			}
			if err := tx.Bucket(bucket(n, "body")).Put(dbKey(id), d.Body); err != nil {
				return err
			}
			return tx.Bucket(bucket(n, "dead")).Delete(dbKey(id))
		})
		if err != nil {
			return i, err
		}
		q.mu.Lock()
		q.line[n].add(e)
		q.line[n].dead--
		q.mu.Unlock()
		q.line[n].ring()
	}
	return len(dead), nil
}

// Depth counts a queue's messages.
func (q *Queue) Depth(_ context.Context, n queue.Name) (queue.Depth, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.line[n].depth(q.o.Now()), nil
}
