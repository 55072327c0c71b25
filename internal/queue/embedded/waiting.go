package embedded

import (
	"time"

	"kozamori/internal/queue"
)

var _ queue.Waiter = (*Queue)(nil)

// Waiting is when the oldest message of some groups was sent that was never received.
func (q *Queue) Waiting(n queue.Name, groups ...string) time.Time {
	l, err := q.find(n)
	if err != nil {
		return time.Time{}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	oldest := int64(0)
	for _, g := range groups {
		// What was never received is first in its lane, in the order in which it was sent.
		if ln := l.lanes[g]; ln != nil && ln.entries[0].visible == 0 && (oldest == 0 || ln.entries[0].sent < oldest) {
			oldest = ln.entries[0].sent
		}
	}
	if oldest == 0 {
		return time.Time{}
	}
	return time.Unix(0, oldest)
}
