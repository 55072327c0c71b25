package wire_test

import (
	"strings"
	"testing"
)

// An event is refused whose id no address can carry, or whose service cannot be seen.
func TestWhatCannotBeAskedForOrSeenIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"a service that cannot be seen": {`"id"`, `"service":"\u200b","id"`, "0 service control_character"},
		"a service of spaces":           {`"id"`, `"service":"   ","id"`, ""},
		"an id that is a slash":         {`"id":"a"`, `"id":" / "`, "0 id not_allowed"},
		"an id of dots":                 {`"id":"a"`, `"id":".."`, "0 id not_allowed"},
		"an id with dots and slashes":   {`"id":"a"`, `"id":"a/../b"`, ""},
	} {
		_, refused := sorted(read(t, batch(strings.Replace(debit("a"), c.old, c.new, 1))))
		if got := strings.Join(refused, ", "); got != c.want {
			t.Errorf("%s: refused for %q, want %q", name, got, c.want)
		}
	}
}
