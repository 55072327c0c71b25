package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// countedReads counts reads, and lets them fail.
type countedReads struct {
	store.Table
	n      int
	broken bool
}

func (c *countedReads) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	c.n++
	if c.broken {
		return nil, errors.New("the table is out")
	}
	return c.Table.Get(ctx, keys...)
}

func TestWhatABankIsCalledIsReadOnceAMinute(t *testing.T) {
	ctx := context.Background()
	table := worldtest.Table(t, time.Now)
	reads := &countedReads{Table: table}
	s := store.New(reads)
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	names := app.NewNames(s, func() time.Time { return now })
	call := func(name string) {
		t.Helper()
		b, err := s.Bank(ctx, "0125")
		if errors.Is(err, store.ErrNotFound) {
			b, err = &store.Bank{Code: "0125"}, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		b.Name = name
		if err := s.Write(ctx, store.PutBank(b)); err != nil {
			t.Fatal(err)
		}
		reads.n = 0
	}
	want := func(when, name string, n int) {
		t.Helper()
		for range 10 {
			if got, _ := names.Bank(ctx, "0125", watch.Japanese); got != name {
				t.Errorf("%s: %s, want %s", when, got, name)
			}
		}
		if reads.n != n {
			t.Errorf("%s: %d reads, want %d", when, reads.n, n)
		}
		reads.n = 0
	}
	reads.broken = true
	want("before it could ever be read", "七十七銀行", 1) // the catalogue's
	reads.broken = false
	call("七七銀行")
	now = now.Add(2 * time.Second)
	want("at first", "七七銀行", 1)
	call("ななしち銀行")
	now = now.Add(59 * time.Second)
	want("within a minute of its change", "七七銀行", 0)
	reads.broken = true
	now = now.Add(2 * time.Second)
	want("while it cannot be read again", "七七銀行", 1)
	reads.broken = false
	now = now.Add(2 * time.Second)
	want("afterwards", "ななしち銀行", 1)
}
