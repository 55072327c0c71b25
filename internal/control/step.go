package control

import (
	"time"

	"kozamori/internal/watch"
)

// Said is what a step of the trail, and a message, say of a control at a change of it.
func Said(c *watch.Control, x *watch.ControlChange, now time.Time) watch.ControlStep {
	is := watch.ControlStep{ID: c.ID, Seq: x.Seq, Reference: c.Reference, Kind: c.Kind, Service: c.Service, State: x.State, Text: x.Text}
	if asked := c.Asked(); asked != nil {
		is.Asked = asked.State
	}
	if wish := c.Wish(); wish != nil {
		is.Terms = wish.Terms
	}
	force, _ := c.InForce(now)
	is.Stands = force != nil
	return is
}

// stepOf is the step of the trail that tells of the latest change of a control.
func stepOf(c *watch.Control, now time.Time) *watch.Step {
	x := c.Last()
	is := Said(c, x, now)
	step := &watch.Step{ID: watch.NewStepID(), OnAccount: c.OnAccount, At: now, Kind: watch.StepControl, Control: &is}
	step.Lowered = x.State == watch.ControlWithdrawn || x.State == watch.ControlLifted || x.State == watch.ControlEnded
	return step
}
