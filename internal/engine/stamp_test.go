package engine

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"kozamori/internal/kv"
	"kozamori/internal/testkit/kvtest"
)

// Whoever keeps what they read, and is told that it was not written since, never has what is
// older than a commit that was acknowledged before they asked: whoever writes meanwhile,
// whatever commits share a moment, and whichever are refused.
func TestWhatIsSaidToBeUnwrittenIsNotOlderThanWhatWasAcknowledged(t *testing.T) {
	disk, err := Open(filepath.Join(t.TempDir(), "store"), Options{Scratch: true})
	must(t, err)
	memory := &kvtest.Memory{}
	for name, db := range map[string]interface {
		kv.DB
		Close() error
	}{"engine": disk, "memory": memory} {
		t.Run(name, func(t *testing.T) {
			const keys, writers, keepers, rounds = 40, 4, 4, 2000
			key := func(i int) []byte { return []byte(fmt.Sprint("k", i)) }
			var acknowledged [keys]atomic.Uint64
			var kept, again atomic.Int64
			var wg, writing sync.WaitGroup
			for w := range writers {
				writing.Add(1)
				wg.Go(func() {
					defer writing.Done()
					r := rand.New(rand.NewPCG(uint64(w), 1))
					for n := range rounds {
						i := r.IntN(keys/writers)*writers + w // each writes its own
						refuse := r.IntN(5) == 0
						err := db.Commit(context.Background(), kv.Part{Stage: func(w kv.Writer) { w.Set(key(i), binary.BigEndian.AppendUint64(nil, uint64(n+1))) },
							Check: func(kv.Reader) error {
								if refuse {
									return errRefused
								}
								return nil
							}})
						if err == nil {
							acknowledged[i].Store(uint64(n + 1))
						} else if !errors.Is(err, errRefused) {
							t.Error(err)
						}
					}
				})
			}
			done := make(chan struct{})
			go func() { writing.Wait(); close(done) }()
			for k := range keepers {
				wg.Go(func() {
					r := rand.New(rand.NewPCG(uint64(k), 2))
					var has [keys]struct{ since, value uint64 }
					for over := false; !over; {
						select {
						case <-done:
							over = true // once more, when all is quiet
						default:
						}
						for range 4 * keys {
							i := r.IntN(keys)
							least := acknowledged[i].Load()
							if h := &has[i]; h.since > 0 && db.Unwritten(key(i), h.since) {
								if kept.Add(1); h.value < least {
									t.Errorf("%s is said to be as it was: %d, and %d was acknowledged", key(i), h.value, least)
								}
								continue
							}
							again.Add(1)
							has[i].since = db.Stamp()
							if err := db.View(func(rd kv.Reader) error {
								v, err := rd.Get(key(i))
								if has[i].value = 0; len(v) == 8 {
									has[i].value = binary.BigEndian.Uint64(v)
								}
								return err
							}); err != nil {
								t.Error(err)
							}
						}
					}
				})
			}
			wg.Wait()
			if kept.Load() < keys || again.Load() < keys {
				t.Errorf("%d were kept, %d read: nothing is shown", kept.Load(), again.Load())
			}
			must(t, db.Close())
		})
	}
}

var errRefused = errors.New("refused")
