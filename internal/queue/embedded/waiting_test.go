package embedded_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/embedded"
)

// Since when the oldest waits that was never received is what a list of all messages
// says, whatever was sent, received, tried again and deleted, and after a restart.
func TestSinceWhenTheOldestOfAGroupWaits(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	path, o := filepath.Join(t.TempDir(), "queue"), embedded.Options{Now: func() time.Time { return at }, Visibility: time.Hour}
	disk := open(t, path, o)
	type sent struct {
		body, group string
		at          time.Time
	}
	var waits []sent
	var taken []queue.Message
	r := rand.New(rand.NewPCG(3, 0))
	groups := []string{"0125", "0125.1", "0125!1", "0168"}
	for step := range 600 {
		q := disk.Queue
		at = at.Add(time.Duration(r.IntN(900)) * time.Millisecond)
		switch r.IntN(8) {
		case 0, 1, 2:
			m := queue.Outgoing{Body: []byte(fmt.Sprint(step)), Group: groups[r.IntN(len(groups))]}
			if r.IntN(5) == 0 {
				m.Delay = time.Minute
			} else {
				waits = append(waits, sent{string(m.Body), m.Group, at})
			}
			must(t, q.Send(t.Context(), queue.Events, m))
		case 3, 4, 5:
			ms, err := q.Receive(t.Context(), queue.Events, 1+r.IntN(3), 0)
			must(t, err)
			for _, m := range ms {
				waits = slices.DeleteFunc(waits, func(s sent) bool { return s.body == string(m.Body) })
			}
			taken = append(taken, ms...)
		case 6:
			for _, m := range taken {
				if r.IntN(2) == 0 {
					must(t, q.Delete(t.Context(), queue.Events, m))
				} else {
					must(t, q.Retry(t.Context(), queue.Events, m, time.Second))
				}
			}
			taken = nil
		default:
			if r.IntN(10) == 0 && len(taken) == 0 {
				must(t, disk.Close())
				disk = open(t, path, o)
				q = disk.Queue
			}
		}
		for _, of := range [][]string{{"0125", "0125.1", "0125!1"}, {"0168"}, {"0001"}} {
			var want time.Time
			for _, s := range waits {
				if slices.Contains(of, s.group) && (want.IsZero() || s.at.Before(want)) {
					want = s.at
				}
			}
			if got := q.Waiting(queue.Events, of...); !got.Equal(want) {
				t.Fatalf("step %d: the oldest of %q waits since %v, want %v", step, of, got, want)
			}
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
