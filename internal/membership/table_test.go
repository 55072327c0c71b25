package membership_test

import (
	"context"
	"errors"
	"testing"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
)

// everything reads the whole table: what the store's own methods would never
// show is seen too.
func (w *world) everything() map[string]string { return worldtest.Everything(w.t, w.file) }

var errDied = errors.New("the process died")

// dying is a table whose process dies at its nth write: before the disk has
// it, or after. From then on nothing works.
type dying struct {
	store.Table
	n     int
	after bool
	dead  bool
}

func (d *dying) Write(ctx context.Context, writes ...store.Write) error {
	if d.dead {
		return errDied
	}
	if d.n--; d.n > 0 {
		return d.Table.Write(ctx, writes...)
	}
	d.dead = true
	if d.after {
		if err := d.Table.Write(ctx, writes...); err != nil {
			return err
		}
	}
	return errDied
}

func (d *dying) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if d.dead {
		return nil, errDied
	}
	return d.Table.Get(ctx, keys...)
}

func (d *dying) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if d.dead {
		return store.Page{}, errDied
	}
	return d.Table.Query(ctx, q)
}

// eachDeath runs act with a process that dies at its first write, its second,
// and so on, until it lives through the act; then again repeats it with one
// that lives, and what must be so is checked.
func eachDeath(t *testing.T, prepare func(*world), act func(*membership.Service) error, check func(*world)) {
	t.Helper()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			if n > 50 {
				t.Fatal("the act never ends")
			}
			w := newWorld(t)
			prepare(w)
			table := &dying{Table: w.table, n: n, after: after}
			mortal := *w.members
			mortal.Store = store.New(table)
			err := act(&mortal)
			if n == 1 && err == nil {
				t.Error("death at the first write was told as success")
			}
			if err := act(w.members); err != nil {
				t.Errorf("again after death at write %d (after it: %v): %v", n, after, err)
			}
			check(w)
			if !table.dead {
				break
			}
		}
	}
}
