package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/callback"
	"kozamori/internal/testkit/breadth"
)

// Each type of callback is made to come on the local stack, twice: what a play leaves
// behind is in no other's way.
func TestTriggerMakesEachCallbackCome(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.Start()
	var have []string
	for _, p := range plays {
		have = append(have, p.kind)
	}
	want := slices.Clone(callback.Types)
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("plays are for %q, callbacks are %q", have, want)
	}
	seen := map[string]bool{}
	for round := range breadth.Of(1, 2) {
		for _, p := range plays {
			code, out, errs := ctl(t, nil, "trigger", "-data", s.data, "-json", p.kind)
			var came struct{ Type, ID string }
			line, _, _ := strings.Cut(out, "\n")
			if code != 0 || json.Unmarshal([]byte(line), &came) != nil || came.Type != p.kind || seen[came.ID] {
				t.Fatalf("%s, round %d: exit %d\n%s%s", p.kind, round+1, code, out, errs)
			}
			seen[came.ID] = true
			passes := strings.Contains(p.says, "pass")
			if moved := strings.Contains(errs, "on the local stack now"); passes && !moved {
				t.Errorf("%s lets time pass, and does not say so: %s", p.kind, errs)
			}
		}
	}
}

func TestTriggerSaysWhatACallbackCannotBeTriggeredBy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"of a deployment":   {[]string{"-url", "https://kozamori.example", "feed.gap"}, 1, "is for the local stack"},
		"next to a sample":  {[]string{"feed.gap", "reversal"}, 2, "by commands of their own"},
		"with members":      {[]string{"feed.gap", "-set", "amount=1"}, 2, "-set is for samples"},
		"among the kinds":   {nil, 0, "campaign.suspected"},
		"of a type unknown": {[]string{"feed.lost"}, 2, `no kind "feed.lost"`},
	} {
		env := []string{"KOZAMORI_BANK_SECRET", bankSecret}
		if code, out, errs := ctl(t, env, append([]string{"trigger"}, c.args...)...); code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, errs)
		}
	}
}
