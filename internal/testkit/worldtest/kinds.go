package worldtest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
	"kozamori/internal/testkit/emulator"
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

// TableOn is an empty table of a kind.
func TableOn(t testing.TB, kind Kind, now func() time.Time) store.Table {
	t.Helper()
	if kind != Dynamo {
		return Table(t, now)
	}
	c := dynamo.Config{AWS: emulator.AWS(t), Endpoint: emulator.DynamoDB(t), Table: "kozamori-" + rand.Text(), Now: now}
	if err := dynamo.Create(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	return dynamo.New(c)
}
