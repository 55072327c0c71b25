package engine

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"kozamori/internal/kv"
	"kozamori/internal/testkit/kvtest"
)

// What tests have in memory does what the engine does: the same calls leave the
// same, and are told the same.
func TestTheMemoryOfTestsDoesWhatTheEngineDoes(t *testing.T) {
	disk, err := Open(filepath.Join(t.TempDir(), "store"), Options{Scratch: true})
	must(t, err)
	t.Cleanup(func() { _ = disk.Close() })
	memory := &kvtest.Memory{}
	both := []kv.DB{disk, memory}
	r := rand.New(rand.NewPCG(11, 0))
	key := func() []byte { return []byte(fmt.Sprint("k", r.IntN(60))) }
	refuse := errors.New("refused")
	for step := range 3000 {
		seed := r.Uint64()
		var said [2]string
		for i, db := range both {
			r = rand.New(rand.NewPCG(seed, 0))
			var out bytes.Buffer
			note := func(k, v []byte) (bool, error) { fmt.Fprintf(&out, "%s=%s ", k, v); return r.IntN(20) > 0, nil }
			switch r.IntN(3) {
			case 0:
				err := db.View(func(reader kv.Reader) error {
					v, err := reader.Get(key())
					fmt.Fprintf(&out, "%s %v: ", v, v == nil)
					return errors.Join(err, reader.Walk(key(), key(), r.IntN(2) == 0, note))
				})
				fmt.Fprint(&out, err)
			default:
				then := 0
				part := func() kv.Part {
					k, gone, bad := key(), r.IntN(3) == 0, r.IntN(8) == 0
					return kv.Part{Check: func(reader kv.Reader) error {
						v, err := reader.Get(k)
						fmt.Fprintf(&out, "%s was %s; ", k, v)
						if bad {
							return refuse
						}
						return err
					}, Stage: func(w kv.Writer) {
						if gone {
							w.Delete(k)
						} else {
							w.Set(k, []byte(fmt.Sprint(step)))
						}
					}, Then: func() { then++ }}
				}
				err := db.Commit(t.Context(), part(), part())
				fmt.Fprint(&out, err, then)
			}
			said[i] = out.String()
		}
		if said[0] != said[1] {
			t.Fatalf("step %d: the engine says %q, memory %q", step, said[0], said[1])
		}
		r = rand.New(rand.NewPCG(seed, 1))
	}
	for _, db := range []interface{ Close() error }{disk, memory} {
		must(t, db.Close())
	}
	for _, db := range both {
		if err := db.Commit(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("a commit after the end: %v", err)
		}
		if err := db.View(func(kv.Reader) error { return nil }); !errors.Is(err, ErrClosed) {
			t.Errorf("a read after the end: %v", err)
		}
	}
}
