package embedded

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"

	"kozamori/internal/queue"
)

const keepDead = 14 * 24 * time.Hour

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
	dead := false
	return q.durable(ctx, func(tx *bbolt.Tx) error {
		h, _, err := decodeHead(tx.Bucket(bucket(n, "head")).Get(dbKey(e.id)))
		if err != nil {
			return nil //nolint:nilerr // no head: it ended in the meantime
		}
		h.Receives, h.Why, h.Died = m.Receives, why, died
		body := tx.Bucket(bucket(n, "body")).Get(dbKey(e.id))
		if err := tx.Bucket(bucket(n, "dead")).Put(dbKey(e.id), append(h.encode(), body...)); err != nil {
			return err
		}
		dead = true
		return erase(tx, n, e.id)
	}, func() {
		if dead {
			l.remove(e)
			l.dead++
		}
	})
}

// Dead lists dead letters that are not older than 14 days.
func (q *Queue) Dead(_ context.Context, n queue.Name, most int) ([]queue.Dead, error) {
	if _, err := q.find(n); err != nil {
		return nil, err
	}
	var out []queue.Dead
	err := q.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucket(n, "dead")).Cursor()
		for k, v := c.First(); k != nil && len(out) < most; k, v = c.Next() {
			h, body, err := decodeHead(v)
			if err != nil {
				return err
			}
			e := entry{id: binary.BigEndian.Uint64(k), sent: h.Sent, receives: h.Receives}
			d := queue.Dead{Message: e.message(), Why: h.Why, DiedAt: time.Unix(0, h.Died)}
			if q.o.Now().Sub(d.DiedAt) < keepDead {
				d.Group, d.Trace, d.Body = h.Group, h.Trace, bytes.Clone(body)
				out = append(out, d)
			}
		}
		return nil
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

// Purge removes the dead letters that are older than 14 days and says how many
// there were. It is done every hour by itself.
func (q *Queue) Purge(ctx context.Context) (int, error) {
	total := 0
	for _, n := range q.names() {
		gone := 0
		err := q.durable(ctx, func(tx *bbolt.Tx) error {
			gone = 0
			letters := tx.Bucket(bucket(n, "dead"))
			var old [][]byte
			err := letters.ForEach(func(k, v []byte) error {
				h, _, err := decodeHead(v)
				if err == nil && q.o.Now().Sub(time.Unix(0, h.Died)) >= keepDead {
					old = append(old, bytes.Clone(k))
				}
				return err
			})
			for _, k := range old {
				if err == nil {
					err = letters.Delete(k)
				}
			}
			gone = len(old)
			return err
		}, func() {
			q.line[n].dead -= gone
			total += gone
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
	dead, err := q.Dead(ctx, n, 1<<30)
	if err != nil {
		return 0, err
	}
	l := q.line[n]
	for i, d := range dead {
		old, _, _ := parseReceipt(d.Receipt)
		q.mu.Lock()
		q.seq++
		id := q.seq
		q.mu.Unlock()
		h := head{Group: d.Group, Trace: d.Trace, Sent: d.SentAt.UnixNano()}
		there := false
		err := q.durable(ctx, func(tx *bbolt.Tx) error {
			letters := tx.Bucket(bucket(n, "dead"))
			if there = letters.Get(dbKey(old)) != nil; !there {
				return nil // another call sent it back
			}
			if err := putMessage(tx, n, id, h, d.Body); err != nil {
				return err
			}
			return letters.Delete(dbKey(old))
		}, func() {
			if there {
				l.add(h.Group, &entry{id: id, sent: h.Sent})
				l.dead--
				l.ring()
			}
		})
		if err != nil {
			return i, err
		}
	}
	return len(dead), nil
}
