package watch

import (
	"testing"
	"time"
)

// What is most urgent of all that a record waits for says how urgent it is.
func TestTheLaneOfARecordIsThatOfItsMostUrgent(t *testing.T) {
	t.Parallel()
	held, queued, parked, ended := Delivery{State: Held}, Delivery{State: Queued}, Delivery{State: Queued, Parked: true}, Delivery{State: Accepted, Parked: true}
	for name, c := range map[string]struct {
		critical, escalates bool
		deliveries          []Delivery
		want                Lane
	}{
		"nothing":                             {false, false, nil, LaneRest},
		"it is to escalate":                   {false, true, []Delivery{held}, LaneCritical},
		"critical, and not told":              {true, false, []Delivery{queued}, LaneCritical},
		"critical, of which a part is held":   {true, false, []Delivery{held}, LaneHeld},
		"critical, and told":                  {true, false, []Delivery{ended}, LaneRest},
		"a provider is down":                  {false, false, []Delivery{parked}, LaneLost},
		"a provider is down, and one is held": {false, false, []Delivery{parked, held}, LaneLost},
		"held, and a provider is down":        {false, false, []Delivery{held, parked}, LaneLost},
		"held, and on its way":                {false, false, []Delivery{held, queued}, LaneHeld},
		"on its way":                          {false, false, []Delivery{queued}, LaneRest},
		"all is over":                         {false, false, []Delivery{ended}, LaneRest},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		if c.critical {
			r.Notices[0].Reasons = Because(AfterDispute)
		}
		if c.escalates {
			r.Notices[0].EscalateAt = noon
		}
		if r.Deliveries = c.deliveries; r.Lane() != c.want {
			t.Errorf("%s: %s, want %s", name, r.Lane(), c.want)
		}
	}
	for i, a := range Lanes {
		for j, b := range Lanes {
			if a.Before(b) != (i < j) {
				t.Errorf("%s before %s: %v", a, b, a.Before(b))
			}
		}
	}
}

// What came in a bank's file and is not urgent goes with others in the morning's
// message; nothing that was tried, that calls somebody, or that is in pieces does.
func TestWhatGoesIntoTheMorningsMessage(t *testing.T) {
	t.Parallel()
	w := &Watcher{ID: "w", Channels: []Channel{{Kind: LINE}}}
	for name, c := range map[string]struct {
		change func(r *Record, d *Delivery)
		want   bool
	}{
		"as it is":             {func(*Record, *Delivery) {}, true},
		"it is queued":         {func(_ *Record, d *Delivery) { d.State = Queued }, true},
		"it was taken":         {func(_ *Record, d *Delivery) { d.State = Accepted }, false},
		"it was tried":         {func(_ *Record, d *Delivery) { d.Tried = true }, false},
		"it is being sent":     {func(_ *Record, d *Delivery) { d.Calling = true }, false},
		"it has an attempt":    {func(_ *Record, d *Delivery) { d.Attempts = 1 }, false},
		"a provider is down":   {func(_ *Record, d *Delivery) { d.Parked = true }, false},
		"it calls somebody":    {func(_ *Record, d *Delivery) { d.Called = CallReported }, false},
		"it carries others":    {func(_ *Record, d *Delivery) { d.Gathers = []Other{{Record: "x"}} }, false},
		"it goes with another": {func(_ *Record, d *Delivery) { d.Within = &Other{Record: "x"} }, false},
		"a piece":              {func(r *Record, _ *Delivery) { r.Continues = "x" }, true},
		"it is of a report":    {func(_ *Record, d *Delivery) { d.Report = "d" }, true},
		"a first, and a burst": {func(r *Record, _ *Delivery) {
			r.Notices[0].Reasons = Because(FirstSeen | Burst | Overdrawn | ServiceDebit)
		}, true},
		"near a limit, and first": {func(r *Record, _ *Delivery) { r.Notices[0].Reasons = Because(FirstSeen | NearLimit) }, false},
		"it follows a link":       {func(r *Record, _ *Delivery) { r.Notices[0].Reasons = Because(AfterNewLink) }, false},
		"it came as a webhook":    {func(r *Record, _ *Delivery) { r.File = "" }, false},
		"it is critical":          {func(r *Record, _ *Delivery) { r.Notices[0].Reasons = Because(AfterDispute) }, false},
	} {
		r, lead := alerted("r", 100, noon, ServiceDebit), alerted("lead", 100, noon, ServiceDebit)
		r.File = "night"
		d, _ := r.Bring(w, LINE, noon)
		if d.State != Held {
			t.Fatalf("at first it is %s", d.State)
		}
		c.change(r, d)
		if got := r.OfMorning(d); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if !c.want {
			continue
		}
		carrier := &Delivery{ID: "carrier"}
		if !r.GoWith(d, lead, carrier, noon) || d.State != Gathered || d.Within == nil || d.Within.Record != "lead" || d.Within.Delivery != "carrier" ||
			len(carrier.Gathers) != 1 || carrier.Gathers[0].Record != "r" || carrier.Gathers[0].Delivery != d.ID || !r.Due.Equal(noon.Add(GatheredFor)) {
			t.Errorf("%s: it goes as %+v with %+v, due at %s", name, d, carrier, r.Due)
		}
	}
	r, carrier := alerted("r", 100, noon, ServiceDebit), &Delivery{}
	r.File = "night"
	r.Join(alerted("o", 100, noon, ServiceDebit))
	d, _ := r.Bring(w, LINE, noon)
	r.Complete, r.Members[0].Void = false, true // both turned out to be others'
	if r.GoWith(d, r, carrier, noon) || len(carrier.Gathers) != 0 || d.Within != nil {
		t.Errorf("of which nothing is left to tell, it goes as %+v", d)
	}
}

// A summary of what came in files is told in the morning, any other once its reader's
// quiet hours are over.
func TestASummaryIsToldWhenItsReaderMayBe(t *testing.T) {
	t.Parallel()
	night := time.Date(2026, 11, 27, 2, 0, 0, 0, JST)
	quiet := &Watcher{Rules: Rules{Quiet: &Quiet{From: 22 * 60, To: 6 * 60}}}
	for name, c := range map[string]struct {
		file string
		w    *Watcher
		hour time.Duration // after midnight
	}{
		"a webhook's":              {"", &Watcher{}, 2 * time.Hour},
		"a webhook's, quiet hours": {"", quiet, 6 * time.Hour},
		"a file's":                 {"f", &Watcher{}, FilesAt * time.Minute},
		"a file's, quiet hours":    {"f", quiet, 6 * time.Hour},
	} {
		r := &Record{File: c.file}
		if got, want := r.SummaryUntil(c.w, night), midnight(night).Add(c.hour); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
