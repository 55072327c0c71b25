package watch_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

// TestIDsAreDerivedAsEver pins the ids that are derived from what banks and
// people did: another version must come to the same, or it tells twice and
// finds nothing. The values are never changed.
func TestIDsAreDerivedAsEver(t *testing.T) {
	t.Parallel()
	debit := watch.Event{Kind: watch.Debit, Bank: "0125", AccountRef: "acc_1", TransactionID: "t1"}
	undone, link, removed := debit, debit, debit
	undone.Kind, link.Kind, removed.Kind = watch.DebitReversed, watch.LinkRegistered, watch.LinkRemoved
	var r watch.Record
	w := &watch.Watcher{ID: "w1"}
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	first, _ := r.Deliver(watch.TellAlert, w, watch.LINE, 0, now, now)
	firstID, firstKey := first.ID, first.RetryKey("rec_1")
	second, _ := r.Deliver(watch.TellChanged, w, watch.Email, 2, now, now)
	news := watch.News{Kind: watch.NewsJoined, Guardian: watch.NewsOf{Watcher: "w2"}, To: watch.NewsTo{Watcher: "w1"}, Turn: "x"}
	for name, c := range map[string]struct{ got, want string }{
		"the record of a debit":        {debit.RecordID(), "dzp8c7mz70c498v747ncw4afbf"},
		"the record of a reversal":     {undone.RecordID(), "dzp8c7mz70c498v747ncw4afbf"},
		"the record of a link":         {link.RecordID(), "dzsb5g26j02yx0ms5qg71eppcw"},
		"the record of a removal":      {removed.RecordID(), "dzsb5g26j02yx0ms5qg71eppcw"},
		"the first delivery":           {firstID, "alert-w1-line"},
		"its retry key":                {firstKey, "117c9d6c-b53f-531f-b839-82cd7d1ed4f6"},
		"the delivery of a later news": {second.ID, "changed-w1-email-2"},
		"the key of news of people":    {news.Key(), "0af00bd0-c5c2-5ef4-8cb1-f4b164f941d5"},
		"an id":                        {watch.Derive("a", "b"), "b6s73bgvqjrx67a1jac1fx5hdy"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}
