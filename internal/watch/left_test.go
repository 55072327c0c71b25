package watch_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

func TestOnlyAnOwnerTakesALeavingBackAndForAWeek(t *testing.T) {
	left := watch.Step{Kind: watch.StepLeft, At: noon, By: "w2", Of: "w2"}
	owner := watch.Watcher{ID: "w1", Role: watch.Owner}
	for name, c := range map[string]struct {
		step   watch.Step
		reader watch.Watcher
		after  time.Duration
		want   bool
	}{
		"an owner, in the week":          {left, owner, watch.RestoreFor - 1, true},
		"an owner, a week later":         {left, owner, watch.RestoreFor, false},
		"another guardian":               {left, watch.Watcher{ID: "w3", Role: watch.Guardian}, 0, false},
		"who left":                       {left, watch.Watcher{ID: "w2", Role: watch.Owner}, 0, false},
		"of a role of another version":   {left, watch.Watcher{ID: "w4", Role: "of_a_version_to_come"}, 0, false},
		"another kind of step":           {watch.Step{Kind: watch.StepJoined, At: noon, Of: "w2"}, owner, 0, false},
		"a step that is about no person": {watch.Step{Kind: watch.StepLeft, At: noon}, owner, 0, false},
	} {
		if got := c.step.Returnable(&c.reader, noon.Add(c.after)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAStepThatSetsSettingsBackBringsBackNoWatcher(t *testing.T) {
	for name, c := range map[string]struct {
		step watch.Step
		want bool
	}{
		"a watcher came back":    {watch.Step{Kind: watch.StepRestored}, true},
		"settings were set back": {watch.Step{Kind: watch.StepRestored, Turns: []watch.Turn{{Name: "burst"}}}, false},
		"settings were changed":  {watch.Step{Kind: watch.StepSettings}, false},
	} {
		if got := c.step.Returned(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
