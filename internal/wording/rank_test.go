package wording

import (
	"testing"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// A small debit that follows a link of which its reader was told asks for no more than
// the link did; whatever else is new is urgent, and so is all of it to whom the link
// never reached.
func TestOnlyASmallDebitAfterItsOwnLinkIsLessThanUrgent(t *testing.T) {
	t.Parallel()
	const first = watch.AfterNewLink | watch.FirstSeen | watch.ServiceDebit
	for name, c := range map[string]struct {
		yen    []int64 // of the debits; the last of them is what is told
		why    watch.Reason
		change func(lead *watch.Record, to *watch.Delivery)
		urgent bool
	}{
		"a small one":            {yen: []int64{3000}, why: first},
		"a small one at night":   {yen: []int64{3000}, why: first | watch.Night},
		"the most, in two":       {yen: []int64{5000, watch.OwnLinkYen - 5000}, why: first},
		"one yen more, in two":   {yen: []int64{5000, watch.OwnLinkYen - 4999}, why: first, urgent: true},
		"a large one":            {yen: []int64{30000}, why: first, urgent: true},
		"a burst":                {yen: []int64{1000, 1000, 1000}, why: first | watch.Burst, urgent: true},
		"an overdraft":           {yen: []int64{3000}, why: first | watch.Overdrawn, urgent: true},
		"after a report":         {yen: []int64{3000}, why: first | watch.AfterDispute, urgent: true},
		"near what can be taken": {yen: []int64{3000}, why: first | watch.NearLimit, urgent: true},
		"of another service":     {yen: []int64{3000}, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { lead.Members[0].Is.Service = "docomo" }, urgent: true},
		"of two names": {yen: []int64{3000}, why: first, change: func(lead *watch.Record, _ *watch.Delivery) {
			lead.Members[0].Is.Second = &watch.Second{Service: "docomo"}
		}, urgent: true},
		"over another channel":          {yen: []int64{3000}, why: first, change: func(_ *watch.Record, to *watch.Delivery) { to.Channel = watch.Email }, urgent: true},
		"to somebody else":              {yen: []int64{3000}, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { lead.Deliveries[0].Watcher = "w2" }, urgent: true},
		"where the link did not arrive": {yen: []int64{3000}, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { lead.Deliveries[0].State = watch.Undelivered }, urgent: true},
		"where the link was no alarm":   {yen: []int64{3000}, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { lead.Notices = nil }, urgent: true},
		"to who is called":              {yen: []int64{3000}, why: first, change: func(_ *watch.Record, to *watch.Delivery) { to.Called = watch.CallUnanswered }, urgent: true},
		"in a report":                   {yen: []int64{3000}, why: first, change: func(_ *watch.Record, to *watch.Delivery) { to.Report = "x" }, urgent: true},
		"with a newer one's reason":     {yen: []int64{3000}, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { lead.Members[0].Notices[0].Reasons.Unknown = "newer" }, urgent: true},
		"what comes while it is tried":  {yen: []int64{3000}, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { joins(lead, "later", 90000, first) }},
	} {
		lead := link()
		lead.Complete, lead.Notices = true, []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.NewLink)}}
		at := lead.RecordedAt
		lead.Deliveries = []watch.Delivery{{ID: "d0", Kind: watch.TellAlert, Watcher: "w1", Channel: watch.LINE, State: watch.Accepted, CreatedAt: at}}
		for i, yen := range c.yen {
			id := string(rune('a' + i))
			joins(lead, id, yen, c.why)
			lead.Deliveries = append(lead.Deliveries, watch.Delivery{ID: "d" + id, Kind: watch.TellMore, Watcher: "w1", Channel: watch.LINE, State: watch.Accepted,
				CreatedAt: at.Add(time.Duration(i+1) * time.Minute), Says: []watch.Said{{Record: id}}})
		}
		to := &lead.Deliveries[len(lead.Deliveries)-1]
		if c.change != nil {
			c.change(lead, to)
		}
		m := Incident(IncidentOf(lead, to.Says, *to, &watch.Watcher{ID: "w1"}, Names{Bank: func(string) (string, Contact) { return "", Contact{} }, Service: func(id string) (string, Contact) { return id, Contact{} }}, "", false))
		want := tCheck
		if c.urgent {
			want = tUrgent
		}
		if m.Badge != want.ja || (m.Tone == message.Critical) != c.urgent {
			t.Errorf("%s is %q and %s: %q", name, m.Badge, m.Tone, m.Alt)
		}
		if m = Incident(IncidentOf(lead, []watch.Said{{Record: lead.ID}}, lead.Deliveries[0], &watch.Watcher{ID: "w1"}, Names{Bank: func(string) (string, Contact) { return "", Contact{} }, Service: func(id string) (string, Contact) { return id, Contact{} }}, "", false)); lead.Notices != nil && m.Badge != tUrgent.ja {
			t.Errorf("%s: the link itself is %q", name, m.Badge)
		}
	}
}

// joins has a debit become part of an incident.
func joins(lead *watch.Record, id string, yen int64, why watch.Reason) {
	r := debit()
	r.ID, r.Service, r.Amount, r.Complete = id, lead.Service, yen, true
	r.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(why)}}
	lead.Join(r)
}
