package store_test

import (
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// How long each thing is kept, as pages, banks' engineers and the people on
// duty are told. A number of the list is a promise: it is changed together with
// what tells it.
func TestEverythingIsKeptForAsLongAsIsTold(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 3, 4, 5, 6, 0, time.UTC)
	on := watch.On(watched)
	s := store.New(nil)
	for name, c := range map[string]struct {
		w    store.Write
		from time.Time
		days int
	}{
		"a record":                    {store.PutRecord(&watch.Record{ID: "r", OnAccount: on, RecordedAt: at}), at, 400},
		"a debit nobody is told of":   {store.PutRecord(&watch.Record{ID: "r", OnAccount: on, RecordedAt: at, Kind: watch.Debit, Complete: true}), at, 30},
		"one whose id has another":    {store.PutRecord(&watch.Record{ID: "r", OnAccount: on, RecordedAt: at, Kind: watch.Debit, Complete: true, Twins: []watch.Twin{{Record: "x"}}}), at, 400},
		"a debit somebody is told of": {store.PutRecord(&watch.Record{ID: "r", OnAccount: on, RecordedAt: at, Kind: watch.Debit, Complete: true, Notices: []watch.Notice{{}}}), at, 400},
		"where an event went":         {store.PutTrace(&store.Trace{Bank: "0168", Event: "e", Record: "r", At: at}), at, 90},
		"a refused event":             {store.PutRefused(&store.Refused{ID: "q", Bank: "0168", At: at})[0], at, 90},
		"a dispute, from its opening": {s.PutDispute(&watch.Dispute{ID: "d", OnAccount: on, AnsweredAt: at}), at, 5 * 365},
		"what a month taught":         {store.PutLessons(&store.Lessons{Bank: "0168", Month: "2026-11", Process: "p"}), time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), 130},
	} {
		if got := c.w.Item.Expires.Sub(c.from); got != time.Duration(c.days)*24*time.Hour {
			t.Errorf("%s is kept for %v, want %d days", name, got, c.days)
		}
	}
	s.KeepDispute = 30 * 24 * time.Hour
	if got := s.PutDispute(&watch.Dispute{ID: "d", OnAccount: on, AnsweredAt: at}).Item.Expires; !got.Equal(at.AddDate(0, 0, 30)) {
		t.Errorf("a deployment's own 30 days end on %v", got)
	}
}
