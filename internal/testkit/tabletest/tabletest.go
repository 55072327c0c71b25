// Package tabletest opens an empty table of each kind that there is. It stands
// apart from worlds, most of which need no AWS: each test program that links the
// SDK takes a second longer to build.
package tabletest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
	"kozamori/internal/testkit/emulator"
	"kozamori/internal/testkit/worldtest"
)

// Kind is a kind of store.
type Kind string

// The stores that there are.
const (
	Embedded Kind = "embedded"
	Dynamo   Kind = "dynamo" // on the emulator
)

// OnEach runs a test once for each kind of store. Where there is no emulator
// that half is skipped, and says so.
func OnEach(t *testing.T, test func(t *testing.T, kind Kind)) {
	t.Helper()
	for _, kind := range []Kind{Embedded, Dynamo} {
		t.Run(string(kind), func(t *testing.T) { test(t, kind) })
	}
}

// On is an empty table of a kind.
func On(t testing.TB, kind Kind, now func() time.Time) store.Table {
	t.Helper()
	if kind != Dynamo {
		return worldtest.Table(t, now)
	}
	c := dynamo.Config{AWS: emulator.AWS(t), Endpoint: emulator.DynamoDB(t), Table: "kozamori-" + rand.Text(), Now: now}
	if err := dynamo.Create(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	return dynamo.New(c)
}

// World has a world stand on a table of a kind.
func World(kind Kind) worldtest.Option {
	if kind != Dynamo {
		return func(*worldtest.Begin) {}
	}
	return worldtest.On(func(t testing.TB, now func() time.Time) store.Table { return On(t, Dynamo, now) })
}
