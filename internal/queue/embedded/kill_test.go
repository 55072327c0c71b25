package embedded_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/embedded"
	"kozamori/internal/testkit/crashtest"
	"kozamori/internal/testkit/disktest"
)

func TestMain(m *testing.M) {
	crashtest.Main(map[string]func(){"mover": mover})
	os.Exit(m.Run())
}

// body is a message that shows whether it is whole.
func body(id string) []byte {
	text := id + " " + strings.Repeat("摘要", 50+len(id)*10)
	return fmt.Appendf(nil, "%s %x", text, sha256.Sum256([]byte(text)))
}

func idOf(t *testing.T, b []byte) string {
	t.Helper()
	id, _, _ := strings.Cut(string(b), " ")
	if string(b) != string(body(id)) {
		t.Errorf("a message of %d bytes is not whole", len(b))
	}
	return id
}

// mover is the child: two senders say what was taken, two consumers say what
// they are about to end, and dead-letter every seventh.
func mover() {
	ctx := context.Background()
	disk, err := disktest.Open(os.Getenv("FILE"), embedded.Options{Visibility: time.Minute})
	if err != nil {
		crashtest.Say("error %v", err)
		return
	}
	q := disk.Queue
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := range 100_000 {
				var out []queue.Outgoing
				var ids []string
				for j := range 1 + i%3 {
					ids = append(ids, fmt.Sprintf("%s.%d.%d.%d", os.Getenv("RUN"), w, i, j))
					out = append(out, queue.Outgoing{Body: body(ids[j]), Group: fmt.Sprint(w)})
				}
				if err := q.Send(ctx, queue.LINE, out...); err != nil {
					crashtest.Say("error %v", err)
					return
				}
				crashtest.Say("sent %s", strings.Join(ids, " "))
			}
		})
		wg.Go(func() {
			for n := 0; ; {
				ms, err := q.Receive(ctx, queue.LINE, 1+n%10, time.Minute)
				if err != nil {
					crashtest.Say("error %v", err)
					return
				}
				for _, m := range ms {
					n++
					id, _, _ := strings.Cut(string(m.Body), " ")
					switch {
					case n%7 == 0:
						if err := q.DeadLetter(ctx, queue.LINE, m, "test"); err != nil {
							crashtest.Say("error %v", err)
							return
						}
						crashtest.Say("buried %s", id)
					case n%3 == 0:
						_ = q.Retry(ctx, queue.LINE, m, 0)
					default:
						crashtest.Say("ending %s", id)
						_ = q.Delete(ctx, queue.LINE, m)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestWhatWasSentOutlivesKillMinus9(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue")
	rng := rand.New(rand.NewPCG(3, 4))
	sent, ending, buried := map[string]bool{}, map[string]bool{}, map[string]bool{}
	read := func(lines ...string) {
		for _, l := range lines {
			words := strings.Fields(l)
			into := map[string]map[string]bool{"sent": sent, "ending": ending, "buried": buried}[words[0]]
			if into == nil {
				t.Fatal(l)
			}
			for _, id := range words[1:] {
				into[id] = true
			}
		}
	}
	for run := range 6 {
		c := crashtest.Start(t, "mover", "FILE="+path, fmt.Sprint("RUN=", run))
		for range 1 + rng.IntN(600) {
			l, ok := c.Line()
			if !ok {
				t.Fatal("the child died by itself")
			}
			read(l)
		}
		read(c.Kill()...)
		checkMoved(t, path, sent, ending, buried)
		if t.Failed() {
			t.Fatalf("after kill %d", run)
		}
	}
}

// checkMoved empties the queue and wants everything sent to be in it, in the
// dead letters, or said to be ended.
func checkMoved(t *testing.T, path string, sent, ending, buried map[string]bool) {
	t.Helper()
	ctx := context.Background()
	disk, err := disktest.Open(path, embedded.Options{Visibility: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	q := disk.Queue
	defer func() {
		if err := disk.Close(); err != nil {
			t.Error(err)
		}
	}()
	waiting, dead := map[string]bool{}, map[string]bool{}
	letters, err := q.Dead(ctx, queue.LINE, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range letters {
		dead[idOf(t, d.Body)] = true
	}
	for {
		ms, err := q.Receive(ctx, queue.LINE, 10, time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		if len(ms) == 0 {
			break
		}
		for _, m := range ms {
			id := idOf(t, m.Body)
			if waiting[id] || dead[id] {
				t.Errorf("%s is there twice", id)
			}
			waiting[id] = true
			ending[id] = true // by this test
		}
		if err := q.Delete(ctx, queue.LINE, ms...); err != nil {
			t.Fatal(err)
		}
	}
	for id := range sent {
		if !waiting[id] && !dead[id] && !ending[id] {
			t.Errorf("%s was sent, and is nowhere", id)
		}
	}
	for id := range buried {
		if !dead[id] {
			t.Errorf("%s was buried, and is no dead letter", id)
		}
	}
	if d, err := q.Depth(ctx, queue.LINE); err != nil || d.Dead != len(dead) || d.Waiting+d.InFlight != 0 {
		t.Errorf("the depth is %+v with %d dead letters, %v", d, len(dead), err)
	}
}
