package watch

import (
	"testing"
	"time"
)

// A watcher was asked by a message of the incident that reached them or may yet,
// and that covers nothing that was reported.
func TestWhoWasAskedOfAnIncident(t *testing.T) {
	asks := Delivery{Watcher: "w", Kind: TellAlert, State: Accepted}
	for name, c := range map[string]struct {
		change func(*Delivery)
		want   bool
	}{
		"it reached them":            {func(*Delivery) {}, true},
		"it waits":                   {func(d *Delivery) { d.State = Queued }, true},
		"it is held":                 {func(d *Delivery) { d.State = Held }, true},
		"another's, that waits":      {func(d *Delivery) { d.Watcher, d.State = "g", Queued }, false},
		"it was given up":            {func(d *Delivery) { d.State = Undelivered }, false},
		"it is not needed":           {func(d *Delivery) { d.State = Cancelled }, false},
		"another's":                  {func(d *Delivery) { d.Watcher = "g" }, false},
		"a summary of the past":      {func(d *Delivery) { d.Kind = TellSummary }, false},
		"it is of what was reported": {func(d *Delivery) { d.Report = "d1" }, false},
	} {
		d := asks
		c.change(&d)
		if got := (&Record{Deliveries: []Delivery{d}}).AskedOf("w"); got != c.want {
			t.Errorf("%s: asked %v", name, got)
		}
	}
}

// More that was taken is worse than what was shown, unless it is certain that
// nothing stands.
func TestWhatIsWorseThanWhatWasShown(t *testing.T) {
	shown := &Shown{Amount: 1000, Service: "docomo"}
	for name, c := range map[string]struct {
		r    Record
		want bool
	}{
		"as much":                 {Record{Amount: 1000, Service: "docomo"}, false},
		"more":                    {Record{Amount: 1001, Service: "docomo"}, true},
		"less":                    {Record{Amount: 999, Service: "docomo"}, false},
		"another service":         {Record{Amount: 1000, Service: "paypay"}, true},
		"more, and all came back": {Record{Amount: 1001, Service: "docomo", UndoneAt: noon}, false},
		"as much, and came back":  {Record{Amount: 1000, Service: "docomo", UndoneAt: noon}, false},
	} {
		if got := shown.Worse(&c.r); got != c.want {
			t.Errorf("%s: worse %v", name, got)
		}
	}
}

// A debit is news when it was first known who took it, however early it was
// received without a name: of two events that name one, the first counts.
func TestADebitIsNewsOnceItIsKnownWhoTookIt(t *testing.T) {
	at := noon
	entry := func(id, service string, received time.Duration) Entry {
		return Entry{Event: id, Kind: Debit, Status: Posted, At: at, ReceivedAt: at.Add(received), Amount: 1000, Service: service, Confidence: Seen}
	}
	for name, c := range map[string]struct {
		entries []Entry
		want    time.Duration
	}{
		"named at once":                {[]Entry{entry("a", "docomo", time.Second), entry("b", "docomo", time.Hour)}, time.Second},
		"named by the second":          {[]Entry{entry("a", "", time.Second), entry("b", "docomo", time.Hour)}, time.Hour},
		"named by the second of three": {[]Entry{entry("a", "", 0), entry("b", "docomo", time.Hour), entry("c", "docomo", 2*time.Hour)}, time.Hour},
	} {
		r := NewRecord("r", AccountKey{Bank: "0125", Ref: "a"}, c.entries[0])
		r.Tell(c.entries)
		if _, received, _ := r.news(); !received.Equal(at.Add(c.want)) {
			t.Errorf("%s: news at %s, want %s", name, received.Sub(at), c.want)
		}
	}
}
