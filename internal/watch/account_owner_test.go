package watch_test

import (
	"testing"

	"kozamori/internal/watch"
)

func TestWhoLeavesWithWhomAndWhoMayErase(t *testing.T) {
	t.Parallel()
	a := &watch.Account{Watchers: []watch.Watcher{{ID: "o1", Role: watch.Owner}, {ID: "g1", Role: watch.Guardian}, {ID: "g2", Role: watch.Guardian}}}
	two := &watch.Account{Watchers: append([]watch.Watcher{{ID: "o2", Role: watch.Owner}}, a.Watchers...)}
	for _, c := range []struct {
		account *watch.Account
		id      string
		leaving int
		sole    bool
	}{{a, "o1", 3, true}, {a, "g1", 1, false}, {two, "o1", 1, false}, {two, "o2", 1, false}, {two, "g2", 1, false}, {a, "x", 0, false}} {
		if n := len(c.account.Leaving(c.id)); n != c.leaving || c.account.SoleOwner(c.id) != c.sole {
			t.Errorf("%s of %d: %d leave, sole owner %v", c.id, len(c.account.Watchers), n, c.account.SoleOwner(c.id))
		}
	}
}
