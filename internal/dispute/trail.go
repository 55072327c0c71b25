package dispute

import (
	"slices"

	"kozamori/internal/watch"
)

// steps are what an answer adds to the trail: a report, with the trust of each
// watcher that it ended, a report taken back, and "mine" of something critical.
// ended are those watchers as they were.
func (f *file) steps(o Outcome, ended []*watch.Watcher) []*watch.Step {
	kind := watch.StepMine
	switch {
	case o == Opened:
		kind = watch.StepReported
	case o == Withdrawn:
		kind = watch.StepWithdrawn
	case !slices.ContainsFunc(f.about().Parts(), (*watch.Record).Critical):
		return nil
	}
	step := func() *watch.Step {
		return &watch.Step{ID: watch.NewStepID(), OnAccount: watch.On(f.account.AccountKey), At: f.now, Kind: kind, Way: f.who.Way,
			By: f.watcher.ID, ByRole: f.watcher.Role, Record: f.record.ID}
	}
	first := step()
	first.Lowered = kind != watch.StepReported
	out := []*watch.Step{first}
	for _, was := range ended {
		if w, ok := f.account.Watcher(was.ID); ok {
			s := step()
			s.Of, s.OfRole = w.ID, w.Role
			s.Turns, _ = watch.Compare(was, w, f.now)
			out = append(out, s)
		}
	}
	return out
}
