package watch

import (
	"testing"
	"time"
)

func TestAFileIsToldAtTheHourThatAPersonWakes(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("02 15:04", s, JST)
		if err != nil {
			t.Fatal(err)
		}
		return v.AddDate(2026, 10, 0)
	}
	night := &Quiet{From: 22 * 60, To: 6 * 60}
	for _, c := range []struct {
		quiet     *Quiet
		now, told string
	}{
		{nil, "28 05:10", "28 07:30"},
		{nil, "28 07:30", "28 07:30"},
		{nil, "28 07:31", "29 07:30"},
		{nil, "27 23:50", "28 07:30"},
		{night, "28 05:10", "28 06:00"},
		{night, "28 06:01", "29 06:00"},
		{&Quiet{From: 60, To: 60}, "28 05:10", "28 07:30"}, // no hours at all
	} {
		r := Rules{Quiet: c.quiet}
		if got := r.FilesAt(at(c.now)); !got.Equal(at(c.told)) {
			t.Errorf("a file of %s is told at %v, want %s", c.now, got, c.told)
		}
	}
}

// ofFile is an alert of a debit that came in a file, and who is told of it.
func ofFile(reasons Reason, now time.Time) (*Record, *Watcher) {
	w := &Watcher{ID: "w", Channels: []Channel{{Kind: LINE}}}
	r := &Record{ID: "r", Kind: Debit, Complete: true, Amount: 100, Service: "paypay", File: "file_1", OccurredAt: now.Add(-24 * time.Hour), DateOnly: true, ReceivedAt: now, RecordedAt: now,
		Notices: []Notice{{Watcher: "w", Reasons: Because(reasons)}}}
	return r, w
}

func TestWhatCameInAFileWaitsUnlessItIsCritical(t *testing.T) {
	now := time.Date(2026, 11, 28, 5, 10, 0, 0, JST)
	morning := time.Date(2026, 11, 28, 7, 30, 0, 0, JST)
	for _, c := range []struct {
		why   Reason
		state DeliveryState
	}{{ServiceDebit, Held}, {ServiceDebit | AnyDebit | Keyword, Held}, {ServiceDebit | AfterNewLink, Queued}, {ServiceDebit | AfterDispute, Queued}, {NewLink, Queued}} {
		r, w := ofFile(c.why, now)
		d, fresh := r.Bring(w, LINE, now)
		if !fresh || d.State != c.state || c.state == Held && (!d.Due.Equal(morning) || !d.After.Equal(morning)) || c.state == Queued && !d.After.IsZero() {
			t.Errorf("%v: %+v", Because(c.why), d)
		}
	}
	// What happens meanwhile, and came as it happened, is told at once with the rest.
	r, w := ofFile(ServiceDebit, now)
	if _, fresh := r.Bring(w, LINE, now); !fresh {
		t.Fatal("nothing to tell")
	}
	another, _ := ofFile(ServiceDebit, now)
	another.ID, another.File = "r2", ""
	r.Join(another)
	d, fresh := r.Bring(w, LINE, now.Add(time.Hour))
	if !fresh || d.State != Queued || !d.After.IsZero() || len(r.Deliveries) != 1 {
		t.Errorf("%+v", r.Deliveries)
	}
	// A further row of a file waits with it.
	r, w = ofFile(ServiceDebit, now)
	_, _ = r.Bring(w, LINE, now)
	another, _ = ofFile(ServiceDebit, now)
	another.ID = "r2"
	r.Join(another)
	if _, fresh := r.Bring(w, LINE, now.Add(time.Hour)); fresh || r.Deliveries[0].State != Held || len(r.Deliveries) != 1 {
		t.Errorf("%+v", r.Deliveries)
	}
}

// Three debits of which the bank told the day alone are not three within an hour.
func TestDaysAreNoBurst(t *testing.T) {
	day := time.Date(2026, 11, 27, 0, 0, 0, 0, JST)
	a := &Activity{}
	var last *Record
	for i := range 4 {
		last, _ = ofFile(ServiceDebit, day.Add(24*time.Hour))
		last.ID, last.OccurredAt = string(rune('a'+i)), day
		if a.Facts(last).Burst {
			t.Errorf("the debit %d is one of a burst", i)
		}
		a.Replace(nil, last)
	}
	last.ID, last.DateOnly = "x", false
	if a.Facts(last).Burst {
		t.Error("one at midnight is")
	}
}

// What makes one part urgent together with what another part is makes neither urgent.
func TestPartsAreUrgentEachByItself(t *testing.T) {
	r, near := alerted("r", 100, noon, ServiceDebit|FirstWatched), alerted("n", 7, noon.Add(1), ServiceDebit|NearLimit)
	r.Join(near)
	if why := r.Urgency([]Said{{Record: "r"}, {Record: "n"}}, "w"); why == 0 || why.Critical() {
		t.Errorf("they are told because of %s", why)
	}
}
