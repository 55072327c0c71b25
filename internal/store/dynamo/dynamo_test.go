package dynamo_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
	"kozamori/internal/testkit/emulator"
	"kozamori/internal/testkit/storetest"
)

var ctx = context.Background()

// open makes an empty table.
func open(t *testing.T, endpoint string, now func() time.Time, change ...func(*dynamo.Config)) *dynamo.Table {
	t.Helper()
	c := dynamo.Config{AWS: emulator.AWS(t), Endpoint: endpoint, Table: "kozamori-test-" + rand.Text(), Now: now}
	if err := dynamo.Create(ctx, c); err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(&c)
	}
	return dynamo.New(c)
}

func TestTheWholeTableIsWalked(t *testing.T) {
	t.Parallel()
	c := dynamo.Config{AWS: emulator.AWS(t), Endpoint: emulator.DynamoDB(t), Table: "kozamori-test-" + rand.Text()}
	if err := dynamo.Create(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	storetest.Walk(t, dynamo.New(c), func(ctx context.Context, prefix, cursor string) (store.Page, error) {
		return dynamo.Walk(ctx, c, prefix, cursor)
	})
}

func TestTable(t *testing.T) {
	t.Parallel()
	endpoint := emulator.DynamoDB(t)
	storetest.Run(t, func(t *testing.T, now func() time.Time) store.Table { return open(t, endpoint, now) })
}
