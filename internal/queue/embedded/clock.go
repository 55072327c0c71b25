package embedded

import (
	"sync"
	"time"
)

// clock is by what messages become visible. It never goes back, and it goes on
// by the machine's monotonic clock when the time of day is set back: a retry
// waits for as long as it was told, whatever becomes of that. When the time of
// day is set forward, as after the machine slept, what was to wait so long
// becomes visible.
type clock struct {
	wall func() time.Time

	mu   sync.Mutex
	at   time.Time // what it last told
	seen time.Time // of wall, when it did
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.wall()
	if c.seen.IsZero() {
		c.at, c.seen = seen.Round(0), seen
		return c.at
	}
	// Sub goes by the monotonic clock if both have it, and Round takes it away.
	gone := max(seen.Sub(c.seen), seen.Round(0).Sub(c.seen.Round(0)), 0)
	c.at, c.seen = c.at.Add(gone), seen
	return c.at
}

// ahead is by how much it is ahead of the time of day.
func (c *clock) ahead() time.Duration {
	at := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	return at.Sub(c.seen.Round(0))
}
