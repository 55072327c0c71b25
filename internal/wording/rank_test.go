package wording

import (
	"slices"
	"testing"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// People are told that 「お知らせ」 is for the record and asks for no answer: what has an
// answer to give, or a change to take back, is never called so.
func TestWhatIsForTheRecordAsksNothing(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		asked := 0
		for _, all := range []map[string]message.Message{messages(lang), incidents(lang), chatMessages(lang), loweredMails(lang)} {
			for name, m := range all {
				for _, b := range m.Buttons {
					if !asks(b) {
						continue
					}
					if asked++; m.Badge == tNotice.in(lang) {
						t.Errorf("%s in %s is %s and asks: %q", name, lang, m.Badge, b.Label)
					}
				}
			}
		}
		if asked < 20 {
			t.Errorf("only %d messages ask in %s", asked, lang)
		}
	}
}

// asks tells whether a button answers an alert or takes a change back.
func asks(b message.Button) bool {
	p, _ := button.Parse(b.Postback)
	return b.Postback != "" && slices.Contains([]button.Verb{button.NotMine, button.Mine, button.Restore}, p.Verb)
}

// A small debit that follows a link of which its reader was told asks for no more than
// the link did; whatever else is new is urgent, and so is all of it to whom the link
// never reached.
func TestOnlyASmallDebitAfterItsOwnLinkIsLessThanUrgent(t *testing.T) {
	t.Parallel()
	const first = watch.AfterNewLink | watch.FirstSeen | watch.ServiceDebit
	for name, c := range map[string]struct {
		yen    int64
		why    watch.Reason
		change func(lead *watch.Record, to *watch.Delivery)
		links  int // that it follows
		urgent bool
	}{
		"a small one":            {yen: 3000, links: 1, why: first},
		"a small one at night":   {yen: 3000, links: 1, why: first | watch.Night},
		"more than a small one":  {yen: 30000, why: first, urgent: true},
		"a burst":                {yen: 1000, links: 1, why: first | watch.Burst, urgent: true},
		"an overdraft":           {yen: 3000, links: 1, why: first | watch.Overdrawn, urgent: true},
		"after a report":         {yen: 3000, links: 1, why: first | watch.AfterDispute, urgent: true},
		"near what can be taken": {yen: 3000, links: 1, why: first | watch.NearLimit, urgent: true},
		"of another service":     {yen: 3000, links: 1, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { lead.Members[0].Is.Service = "docomo" }, urgent: true},
		"of two names": {yen: 3000, links: 1, why: first, change: func(lead *watch.Record, _ *watch.Delivery) {
			lead.Members[0].Is.Second = &watch.Second{Service: "docomo"}
		}, urgent: true},
		"over another channel":          {yen: 3000, links: 1, why: first, change: func(_ *watch.Record, to *watch.Delivery) { to.Channel = watch.Email }, urgent: true},
		"to somebody else":              {yen: 3000, links: 1, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { lead.Deliveries[0].Watcher = "w2" }, urgent: true},
		"where the link did not arrive": {yen: 3000, links: 1, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { lead.Deliveries[0].State = watch.Undelivered }, urgent: true},
		"where the link was no alarm":   {yen: 3000, links: 1, why: first, change: func(lead *watch.Record, _ *watch.Delivery) { lead.Notices = nil }, urgent: true},
		"to who is called":              {yen: 3000, links: 1, why: first, change: func(_ *watch.Record, to *watch.Delivery) { to.Called = watch.CallUnanswered }, urgent: true},
		"in a report":                   {yen: 3000, links: 1, why: first, change: func(_ *watch.Record, to *watch.Delivery) { to.Report = "x" }, urgent: true},
	} {
		lead := link()
		lead.Complete, lead.Notices = true, []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.NewLink)}}
		at := lead.RecordedAt
		lead.Deliveries = []watch.Delivery{{ID: "d0", Kind: watch.TellAlert, Watcher: "w1", Channel: watch.LINE, State: watch.Accepted, CreatedAt: at}}
		r := debit()
		r.ID, r.Service, r.Amount, r.Complete = "a", lead.Service, c.yen, true
		r.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(c.why)}}
		lead.Join(r)
		lead.Deliveries = append(lead.Deliveries, watch.Delivery{ID: "d1", Kind: watch.TellMore, Watcher: "w1", Channel: watch.LINE, State: watch.Queued,
			CreatedAt: at.Add(time.Minute), Says: []watch.Said{{Record: "a"}}})
		to := &lead.Deliveries[1]
		if c.change != nil {
			c.change(lead, to)
		}
		says := func(d watch.Delivery) message.Message {
			f := IncidentOf(lead, d.Says, d, &watch.Watcher{ID: "w1"}, Names{Bank: func(string) (string, Contact) { return "", Contact{} }, Service: func(id string) (string, Contact) { return id, Contact{} }}, "", false)
			if err := f.Follow(func(*watch.Record) ([]*watch.Record, error) { return []*watch.Record{lead}[:c.links], nil }); err != nil {
				t.Fatal(err)
			}
			return Incident(f)
		}
		m := says(*to)
		want := tCheck
		if c.urgent {
			want = tUrgent
		}
		if m.Badge != want.ja || (m.Tone == message.Critical) != c.urgent {
			t.Errorf("%s is %q and %s: %q", name, m.Badge, m.Tone, m.Alt)
		}
		lead.Deliveries[0].Says = []watch.Said{{Record: lead.ID}}
		if m = says(lead.Deliveries[0]); lead.Notices != nil && m.Badge != tUrgent.ja {
			t.Errorf("%s: the link itself is %q", name, m.Badge)
		}
	}
}
