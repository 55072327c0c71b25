package detect_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"kozamori/internal/store"
)

func TestTheOperatorHearsOnceOfAWatcherWhomNothingReaches(t *testing.T) {
	h := newHouse(t)
	var log bytes.Buffer
	h.Logger = slog.New(slog.NewTextHandler(&log, nil))
	a, err := h.store.Account(context.Background(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	a.Watchers[0].Channels[0].UnreachableSince = received
	if err := h.store.Write(context.Background(), store.PutAccount(a)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the bank sends it twice
		h.send(t, debit("acc_1", "t1", 1, 3000, "ﾄﾞｺﾓｺｳｻﾞ", ""))
	}
	if n := strings.Count(log.String(), "a watcher cannot be reached at all"); n != 1 {
		t.Errorf("said %d times:\n%s", n, &log)
	}
}
