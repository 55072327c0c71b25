package app_test

import (
	"context"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"kozamori/internal/queue"
)

// memQueue is queue.Queue in memory, on the model's clock: it hands out what is
// visible in any order, some of it again, and waits for as long as the seed says.
type memQueue struct {
	m    *model
	msgs []*memMessage
	dead []queue.Dead
	ids  int
}

type memMessage struct {
	queue.Message
	in      queue.Name
	visible time.Time
}

func (q *memQueue) Send(_ context.Context, n queue.Name, msgs ...queue.Outgoing) error {
	q.m.one.Lock()
	defer q.m.one.Unlock()
	if q.m.dead {
		return errDead
	}
	for _, o := range msgs {
		if err := queue.CheckBody(o); err != nil {
			return err
		}
		q.add(n, queue.Message{Body: o.Body, Group: o.Group, Trace: o.Trace}, o.Delay)
		if q.m.has.twice && !q.m.calm && q.m.rng.IntN(6) == 0 {
			// A copy that was received before, and comes once more.
			q.add(n, queue.Message{Body: o.Body, Group: o.Group, Trace: o.Trace, Receives: 1}, o.Delay+time.Duration(q.m.rng.IntN(5))*time.Second)
		}
	}
	return q.m.step()
}

func (q *memQueue) add(n queue.Name, m queue.Message, delay time.Duration) {
	q.ids++
	m.ID, m.SentAt = fmt.Sprint(q.ids), q.m.Now()
	q.msgs = append(q.msgs, &memMessage{m, n, q.m.Now().Add(delay)})
}

func (q *memQueue) Receive(_ context.Context, n queue.Name, most int, _ time.Duration) ([]queue.Message, error) {
	if q.m.dead {
		return nil, errDead
	}
	var can []*memMessage
	for _, m := range q.msgs {
		if m.in == n && !m.visible.After(q.m.Now()) {
			can = append(can, m)
		}
	}
	q.m.rng.Shuffle(len(can), func(i, j int) { can[i], can[j] = can[j], can[i] })
	var out []queue.Message
	for _, m := range can[:min(most, len(can))] {
		m.Receives++
		m.visible = q.m.Now().Add(time.Minute)
		out = append(out, m.Message)
	}
	return out, nil
}

func (q *memQueue) find(m queue.Message) int {
	return slices.IndexFunc(q.msgs, func(o *memMessage) bool { return o.ID == m.ID })
}

func (q *memQueue) Delete(_ context.Context, _ queue.Name, msgs ...queue.Message) error {
	if q.m.dead {
		return errDead
	}
	for _, m := range msgs {
		if i := q.find(m); i >= 0 {
			q.msgs = slices.Delete(q.msgs, i, i+1)
		}
	}
	return q.m.step()
}

// Retry waits for the end of a backoff's range, so that a seed says it all.
func (q *memQueue) Retry(_ context.Context, _ queue.Name, m queue.Message, d time.Duration) error {
	if q.m.dead {
		return errDead
	}
	if d%time.Second != 0 {
		d = time.Second << bits.Len64(uint64(max(0, d-1)/time.Second))
	}
	if i := q.find(m); i >= 0 {
		q.msgs[i].visible = q.m.Now().Add(d)
	}
	return q.m.step()
}

func (q *memQueue) DeadLetter(_ context.Context, n queue.Name, m queue.Message, why string) error {
	if q.m.dead {
		return errDead
	}
	if i := q.find(m); i >= 0 {
		q.dead = append(q.dead, queue.Dead{Message: m, Why: string(n) + ": " + why, DiedAt: q.m.Now()})
		q.msgs = slices.Delete(q.msgs, i, i+1)
	}
	return q.m.step()
}

func (q *memQueue) Dead(context.Context, queue.Name, int) ([]queue.Dead, error) { return q.dead, nil }
func (q *memQueue) Redrive(context.Context, queue.Name) (int, error)            { return 0, nil }
func (q *memQueue) Depth(context.Context, queue.Name) (queue.Depth, error) {
	return queue.Depth{}, nil
}

// visible are the queues that would hand out something now.
func (q *memQueue) visible() []queue.Name {
	var out []queue.Name
	for _, m := range q.msgs {
		if !m.visible.After(q.m.Now()) && !slices.Contains(out, m.in) {
			out = append(out, m.in)
		}
	}
	return out
}

// next is when something becomes visible.
func (q *memQueue) next() (at time.Time, ok bool) {
	for _, m := range q.msgs {
		if at.IsZero() || m.visible.Before(at) {
			at = m.visible
		}
	}
	return at, len(q.msgs) > 0
}
