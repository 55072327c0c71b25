package detect_test

import (
	"strings"
	"testing"

	"kozamori/internal/watch"
)

func TestTheOperatorHearsOnceOfAWatcherWhomNothingReaches(t *testing.T) {
	h := newHouse(t)
	h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Channels[0].UnreachableSince = received })
	for range 2 { // the bank sends it twice
		h.send(t, debit("acc_1", "t1", 1, 3000, "ﾄﾞｺﾓｺｳｻﾞ", ""))
	}
	if n := strings.Count(h.Log.String(), "a watcher cannot be reached at all"); n != 1 {
		t.Errorf("said %d times:\n%s", n, h.Log)
	}
}
