package chat

import (
	"testing"

	"kozamori/internal/button"
)

func TestEveryVerbOfAButtonIsActedOn(t *testing.T) {
	for _, v := range button.Verbs {
		if presses()[v] == nil {
			t.Errorf("nothing acts on %q", v)
		}
	}
	if len(presses()) != len(button.Verbs) {
		t.Errorf("%d verbs are acted on, of %d", len(presses()), len(button.Verbs))
	}
}
