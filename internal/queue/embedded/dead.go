package embedded

import (
	"bytes"
	"context"
	"time"

	"kozamori/internal/kv"
	"kozamori/internal/queue"
)

// DeadLetter moves a message to the dead letters, durably.
func (q *Queue) DeadLetter(ctx context.Context, n queue.Name, m queue.Message, why string) error {
	l, err := q.find(n)
	if err != nil {
		return err
	}
	q.mu.Lock()
	e := l.current(m.Receipt)
	q.mu.Unlock()
	if e == nil {
		return nil
	}
	died := q.o.Now().UnixNano()
	var letter []byte // nil: it ended in the meantime
	return q.db.Commit(ctx, kv.Part{
		Check: func(r kv.Reader) error {
			v, err := r.Get(key(n, heads, e.id))
			if v == nil || err != nil {
				return err
			}
			h, _, err := decodeHead(v)
			if err != nil {
				return err
			}
			h.Receives, h.Why, h.Died = m.Receives, why, died
			body, err := r.Get(key(n, bodies, e.id))
			letter = append(h.encode(), body...)
			return err
		},
		Stage: func(w kv.Writer) {
			if letter != nil {
				w.Set(key(n, dead, e.id), letter)
				erase(w, n, e.id)
			}
		},
		Then: func() {
			if letter != nil {
				q.mu.Lock()
				l.remove(e)
				delete(l.dirty, e.id) // a state written later would outlive the message
				l.dead++
				q.mu.Unlock()
			}
		},
	})
}

// Dead lists dead letters that are not older than queue.KeepDead.
func (q *Queue) Dead(_ context.Context, n queue.Name, most int) ([]queue.Dead, error) {
	if _, err := q.find(n); err != nil {
		return nil, err
	}
	var out []queue.Dead
	if most < 1 {
		return nil, nil
	}
	err := q.db.View(func(r kv.Reader) error {
		return walk(r, n, dead, func(id uint64, v []byte) (bool, error) {
			h, body, err := decodeHead(v)
			if err != nil {
				return false, err
			}
			e := entry{id: id, sent: h.Sent, receives: bounded(h.Receives)}
			d := queue.Dead{Message: e.message(), Why: h.Why, DiedAt: time.Unix(0, h.Died)}
			if q.o.Now().Sub(d.DiedAt) < queue.KeepDead {
				d.Group, d.Trace, d.Body = h.Group, h.Trace, bytes.Clone(body)
				out = append(out, d)
			}
			return len(out) < most, nil
		})
	})
	return out, err
}

// purgeEvery is how often dead letters that are too old are removed.
const purgeEvery = time.Hour

func (q *Queue) purging() {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_, _ = q.Purge(context.Background()) // what fails is too old in an hour as well
		case <-q.closed:
			return
		}
	}
}

// Purge removes the dead letters that are older than queue.KeepDead and says how many
// there were. It is done every hour by itself.
func (q *Queue) Purge(ctx context.Context) (int, error) {
	total := 0
	for _, n := range q.names() {
		var old []uint64
		err := q.db.Commit(ctx, kv.Part{
			Check: func(r kv.Reader) error {
				return walk(r, n, dead, func(id uint64, v []byte) (bool, error) {
					h, _, err := decodeHead(v)
					if err == nil && q.o.Now().Sub(time.Unix(0, h.Died)) >= queue.KeepDead {
						old = append(old, id)
					}
					return true, err
				})
			},
			Stage: func(w kv.Writer) {
				for _, id := range old {
					w.Delete(key(n, dead, id))
				}
			},
			Then: func() {
				q.mu.Lock()
				q.line[n].dead -= len(old)
				q.mu.Unlock()
				total += len(old)
			},
		})
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// Redrive sends every dead letter back, each in one transaction and as a new
// message: a receipt of its former life must not end it.
func (q *Queue) Redrive(ctx context.Context, n queue.Name) (int, error) {
	letters, err := q.Dead(ctx, n, 1<<30)
	if err != nil {
		return 0, err
	}
	l := q.line[n]
	for i, d := range letters {
		old, _, _ := parseReceipt(d.Receipt)
		id := q.number(1)
		h := head{Group: d.Group, Trace: d.Trace, Sent: d.SentAt.UnixNano()}
		there := false // false: another call sent it back
		err := q.db.Commit(ctx, kv.Part{
			Check: func(r kv.Reader) error {
				v, err := r.Get(key(n, dead, old))
				there = v != nil
				return err
			},
			Stage: func(w kv.Writer) {
				if there {
					putMessage(w, n, id, h, d.Body)
					w.Delete(key(n, dead, old))
				}
			},
			Then: func() {
				if there {
					q.mu.Lock()
					l.add(h.Group, &entry{id: id, sent: h.Sent})
					l.dead--
					q.mu.Unlock()
					l.ring()
				}
			},
		})
		if err != nil {
			return i, err
		}
	}
	return len(letters), nil
}
