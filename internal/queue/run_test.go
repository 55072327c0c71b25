package queue_test

import (
	"testing"
	"time"

	"kozamori/internal/queue"
)

func TestBackoffGrowsToABoundAndIsNeverTheSame(t *testing.T) {
	for _, c := range []struct {
		attempt          int
		base, most, want time.Duration // want is the bound
	}{
		{1, time.Second, time.Hour, time.Second},
		{2, time.Second, time.Hour, 2 * time.Second},
		{5, time.Second, time.Hour, 16 * time.Second},
		{30, time.Second, time.Hour, time.Hour},
		{1 << 30, time.Second, time.Hour, time.Hour},
		{0, time.Second, time.Hour, time.Second}, // a count that cannot be read
		{1, time.Hour, time.Second, time.Second},
	} {
		seen := map[time.Duration]bool{}
		for range 100 {
			d := queue.Backoff(c.attempt, c.base, c.most)
			if d < c.want/2 || d > c.want {
				t.Fatalf("attempt %d waits %v, want from half of %v to the whole", c.attempt, d, c.want)
			}
			seen[d] = true
		}
		// All that failed together must not come back together.
		if len(seen) < 90 {
			t.Errorf("attempt %d: of 100 delays only %d differ", c.attempt, len(seen))
		}
	}
}
