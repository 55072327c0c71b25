package main

import (
	"strings"
	"testing"
)

// What a bank offers to stop is said of it, and is taken away by none.
func TestABankOffersWhatItsCustomersCanAskItFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctl := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := w.ctl(args...)
		if code != want {
			t.Fatalf("%v: %d, %s %s", args, code, out, errs)
		}
		return out
	}
	out := ctl(0, "bank", "add", "-offers", "stop_links,stop_service", "0005")
	if !strings.Contains(out, "once it has a -callback") {
		t.Errorf("without an endpoint: %s", out)
	}
	out = ctl(0, "bank", "add", "-callback", "https://bank.example/kozamori", "0005")
	if !strings.Contains(out, "They can ask it for: stop_service, stop_links.") {
		t.Errorf("with an endpoint: %s", out)
	}
	if out = ctl(0, "bank", "list", "-json"); !strings.Contains(out, `"stop_links"`) {
		t.Errorf("in the list: %s", out)
	}
	ctl(2, "bank", "add", "-offers", "stop_cards", "0005")
	if out = ctl(0, "bank", "add", "-offers", "none", "0005"); strings.Contains(out, "stop") {
		t.Errorf("none: %s", out)
	}
}
