package watch_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

func TestAnIncidentHasOneOfFourStates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	part := func(id string, yen int64) *watch.Record {
		return &watch.Record{ID: id, Kind: watch.Debit, Amount: yen, Complete: true, OccurredAt: at, RecordedAt: at}
	}
	mine, notMine := &watch.Answer{Value: watch.Mine, At: at}, &watch.Answer{Value: watch.NotMine, At: at}
	undo := func(r *watch.Record) {
		r.UndoneAt = at
		for _, p := range r.Parts() {
			if p.ID != r.ID {
				p.UndoneAt = at
				r.Join(p)
			}
		}
	}
	for name, c := range map[string]struct {
		answer  *watch.Answer
		dispute *watch.Dispute
		change  func(*watch.Record)
		want    watch.State
	}{
		"nobody has answered":              {nil, nil, nil, watch.StateOpen},
		"it was theirs":                    {mine, nil, nil, watch.StateAnswered},
		"and more was taken since":         {mine, nil, func(r *watch.Record) { was := r.Clone(); r.Amount++; r.KeepPart(was) }, watch.StateOpen},
		"it was not":                       {notMine, &watch.Dispute{Status: watch.DisputeOpened}, nil, watch.StateReported},
		"the bank is at it":                {notMine, &watch.Dispute{Status: watch.DisputeFrozen}, nil, watch.StateReported},
		"the bank has paid it back":        {notMine, &watch.Dispute{Status: watch.DisputeRefunded}, undo, watch.StateReported},
		"the bank has closed it":           {notMine, &watch.Dispute{Status: watch.DisputeClosed}, nil, watch.StateClosed},
		"it was taken back":                {nil, &watch.Dispute{Status: watch.DisputeWithdrawn}, nil, watch.StateOpen},
		"all of it is reversed":            {nil, nil, undo, watch.StateClosed},
		"one of the two is reversed":       {nil, nil, func(r *watch.Record) { r.UndoneAt = at }, watch.StateOpen},
		"reversed after it was called own": {mine, nil, undo, watch.StateClosed},
	} {
		t.Run(name, func(t *testing.T) {
			r := part("a", 100)
			r.Join(part("b", 200))
			r.Answer = c.answer
			if c.change != nil {
				c.change(r)
			}
			if got := r.State(c.dispute); got != c.want {
				t.Errorf("it is %s, and is to be %s", got, c.want)
			}
		})
	}
}
