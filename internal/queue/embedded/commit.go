package embedded

import (
	"encoding/binary"
	"fmt"

	"kozamori/internal/kv"
	"kozamori/internal/queue"
)

// change is what is not on disk yet of a message.
type change struct {
	ended    bool
	receives int
	visible  int64
}

// unwritten writes what was received, retried and deleted since the last
// commit.
func (q *Queue) unwritten(w kv.Writer) (undo func()) {
	dirty := map[queue.Name]map[uint64]change{}
	q.mu.Lock()
	for n, l := range q.line {
		if len(l.dirty) > 0 {
			dirty[n], l.dirty = l.dirty, map[uint64]change{}
		}
	}
	q.mu.Unlock()
	for n, changes := range dirty {
		for id, c := range changes {
			if c.ended {
				erase(w, n, id)
			} else {
				w.Set(key(n, states, id), c.encode())
			}
		}
	}
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		for n, changes := range dirty {
			for id, c := range changes {
				if _, newer := q.line[n].dirty[id]; !newer {
					q.line[n].dirty[id] = c
				}
			}
		}
	}
}

func (c change) encode() []byte {
	return binary.AppendVarint(binary.AppendVarint([]byte{headForm}, int64(c.receives)), c.visible)
}

func decodeState(b []byte) (c change, err error) {
	damaged := fmt.Errorf("%w: how often a message was received", kv.ErrDamaged)
	if len(b) == 0 || b[0] != headForm {
		return c, damaged
	}
	receives, n := binary.Varint(b[1:])
	if n <= 0 {
		return c, damaged
	}
	visible, m := binary.Varint(b[1+n:])
	if m <= 0 {
		return c, damaged
	}
	return change{receives: int(receives), visible: visible}, nil
}
