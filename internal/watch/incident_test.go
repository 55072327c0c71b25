package watch

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// alerted is a debit of docomo that tells the watcher w.
func alerted(id string, yen int64, at time.Time, why Reason) *Record {
	return &Record{ID: id, Txn: "t-" + id, Kind: Debit, Event: "e-" + id, OccurredAt: at, ReceivedAt: at, RecordedAt: at, Amount: yen,
		Status: Posted, Service: "docomo", Complete: true, Notices: []Notice{{Watcher: "w", Reasons: Because(why)}}}
}

func ids(parts []*Record) string {
	var out []string
	for _, p := range parts {
		out = append(out, p.ID)
	}
	return strings.Join(out, " ")
}

func TestAnIncidentTellsOfARecordAsTheRecordDoes(t *testing.T) {
	lead, o := &Record{}, &Record{}
	fill(t, reflect.ValueOf(lead).Elem(), 1)
	fill(t, reflect.ValueOf(o).Elem(), 2)
	for complete := range 2 {
		lead.ID, o.ID, o.Lead, o.Complete, lead.Members = "lead", "o", "", complete == 1, nil
		lead.OnAccount, o.OnAccount = On(AccountKey{Bank: "0125", Ref: "a"}), On(AccountKey{Bank: "0125", Ref: "a"})
		o.Notices = []Notice{{Watcher: "w", Reasons: Because(Burst)}}
		lead.Lead = ""
		lead.Join(o)
		if lead.IncidentID() != "lead" || o.IncidentID() != "lead" {
			t.Errorf("the incident is %q and %q", lead.IncidentID(), o.IncidentID())
		}
		p, ok := lead.Part("o")
		if !ok {
			t.Fatal("what joined is no part")
		}
		if diff := cmp.Diff(facts(o), facts(p)); diff != "" {
			t.Errorf("its facts:\n%s", diff)
		}
		want := Record{ID: "o", OnAccount: lead.OnAccount, Mask: lead.Mask, Kind: o.Kind, Event: o.Event, Txn: o.Txn, Route: o.Route, Lead: "lead",
			ReceivedAt: o.ReceivedAt, RecordedAt: o.RecordedAt, Complete: o.Complete, Notices: o.Notices, Said: &Shown{}}
		if diff := cmp.Diff(&want, p.As(&Shown{})); diff != "" {
			t.Errorf("what else it is:\n%s", diff)
		}
		if o.Notices[0].Watcher = "x"; p.Notices[0].Watcher != "w" {
			t.Error("the incident's copy is not its own")
		}
	}
	if self, ok := lead.Part("lead"); self != lead || !ok {
		t.Error("the lead is no part of its own incident")
	}
	if p, ok := lead.Part("other"); p != nil || ok {
		t.Errorf("a record that never joined is part %v", p)
	}
}

func TestARecordThatJoinsAgainIsBroughtUpToDate(t *testing.T) {
	lead, a, b := alerted("lead", 1, noon, Burst), alerted("a", 2, noon.Add(1), Burst), alerted("b", 3, noon.Add(2), Burst)
	lead.Join(a)
	lead.Join(b)
	was := lead.Members
	lead.Members[0].Unknown = jsontext.Value(`{"x":1}`)
	a.Amount = 20
	lead.Join(a)
	if got := ids(lead.Parts()); got != "lead a b" {
		t.Errorf("parts %s", got)
	}
	if p, _ := lead.Part("a"); p.Amount != 20 || string(lead.Members[0].Unknown) != `{"x":1}` {
		t.Errorf("brought up to date it is of %d yen, and keeps %s of a newer version", p.Amount, lead.Members[0].Unknown)
	}
	if was[0].Is.Amount != 2 {
		t.Error("what was read before is changed")
	}
}

func TestPartsAreWhatStandsInTheOrderInWhichItHappened(t *testing.T) {
	lead := func(complete bool) *Record {
		r := alerted("lead", 1, noon, Burst)
		r.Complete = complete
		return r
	}
	join := func(r *Record, id string, after time.Duration, complete bool) {
		m := alerted(id, 1, noon.Add(after), Burst)
		m.Complete = complete
		r.Join(m)
	}
	for name, c := range map[string]struct {
		lead bool
		join func(r *Record)
		want string
	}{
		"alone":                           {true, func(*Record) {}, "lead"},
		"alone, and only undone":          {false, func(*Record) {}, "lead"},
		"before and after":                {true, func(r *Record) { join(r, "z", time.Hour, true); join(r, "y", -time.Hour, true) }, "y lead z"},
		"at one moment":                   {true, func(r *Record) { join(r, "b", 0, true); join(r, "a", 0, true) }, "lead b a"},
		"another's transaction":           {true, func(r *Record) { join(r, "a", 1, false); join(r, "b", 2, true) }, "lead b"},
		"the lead's is another's":         {false, func(r *Record) { join(r, "a", 1, true); join(r, "b", 2, true) }, "a b"},
		"all turned out to be another's":  {false, func(r *Record) { join(r, "a", 1, false) }, "lead"},
		"all but the lead are another's":  {true, func(r *Record) { join(r, "a", 1, false) }, "lead"},
		"one that is its own again later": {true, func(r *Record) { join(r, "a", 1, false); join(r, "a", 1, true) }, "lead a"},
	} {
		r := lead(c.lead)
		c.join(r)
		parts := r.Parts()
		if got := ids(parts); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if i := slices.IndexFunc(parts, func(p *Record) bool { return p.ID == "lead" }); i >= 0 && parts[i] != r {
			t.Errorf("%s: the lead's part is a copy, without its deliveries", name)
		}
	}
}

func TestAnIncidentIsOverOnceEachPartIsUndone(t *testing.T) {
	lead, a, void := alerted("lead", 1, noon, Burst), alerted("a", 2, noon.Add(1), Burst), alerted("v", 2, noon.Add(1), Burst)
	void.Complete = false
	lead.Join(a)
	lead.Join(void)
	for undone := range 4 {
		lead.UndoneAt, a.UndoneAt = time.Time{}, time.Time{}
		if undone&1 != 0 {
			lead.UndoneAt = noon.Add(time.Hour)
		}
		if undone&2 != 0 {
			a.UndoneAt = noon.Add(time.Hour)
		}
		lead.Join(a)
		if lead.Over() != (undone == 3) {
			t.Errorf("undone as in %b: over %v", undone, lead.Over())
		}
	}
}

func TestAPersonIsToldForTheirOwnReasonsOrIfCalledForThoseOfTheOthers(t *testing.T) {
	lead := alerted("lead", 1, noon, ServiceDebit)
	part := alerted("a", 2, noon.Add(1), Burst)
	part.Notices = append(part.Notices, Notice{Watcher: "x", Reasons: Because(Overdrawn)}, Notice{Watcher: "newer", Reasons: Reasons{Unknown: "storm"}}, Notice{Watcher: "none"})
	lead.Join(part)
	lead.Notices = append(lead.Notices, Notice{Watcher: "family", Called: CallReported}, Notice{Watcher: "none", Called: CallUnanswered}, Notice{Watcher: "mute"}, Notice{Watcher: "x", Called: CallReported})
	p, _ := lead.Part("a")
	for watcher, want := range map[string]Reasons{
		"w": Because(Burst), "x": Because(Overdrawn), "newer": {Unknown: "storm"},
		"family": Because(Burst | Overdrawn), "none": Because(Burst | Overdrawn), "mute": {}, "stranger": {},
	} {
		if got := lead.ReasonsFor(p, watcher); got != want {
			t.Errorf("%s: %v, want %v", watcher, got, want)
		}
	}
	if got := lead.ReasonsFor(lead, "family"); got != Because(ServiceDebit) {
		t.Errorf("of the lead the family hears for %v", got)
	}
}

func TestWhereARecordBelongs(t *testing.T) {
	debit := func(service string, at time.Duration) *Record {
		return &Record{ID: "r", Kind: Debit, Service: service, OccurredAt: noon.Add(at)}
	}
	link := func(service string, at time.Duration) *Record {
		return &Record{ID: "r", Kind: LinkRegistered, Service: service, OccurredAt: noon.Add(at)}
	}
	at := func(lead, service string, link bool) []Story {
		return []Story{{Lead: lead, Service: service, At: noon, Link: link}}
	}
	reported := func(at time.Duration) []Reported {
		return []Reported{{Dispute: "d", Lead: "rep", Service: "docomo", At: noon.Add(at)}}
	}
	ofTwo := func(r *Record) *Record {
		r.Second = &Second{Service: "merpay"}
		return r
	}
	ofTwoNames := func() (a Activity) {
		a.Tell("l", ofTwo(link("docomo", 0)))
		return a
	}
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		a     Activity
		r     *Record
		isNew bool
		want  string
	}{
		"the first of all":                        {Activity{}, debit("docomo", 0), true, ""},
		"the same service a day later":            {Activity{Stories: at("s", "docomo", false)}, debit("docomo", day), false, "s"},
		"a moment more":                           {Activity{Stories: at("s", "docomo", false)}, debit("docomo", day+1), false, ""},
		"the same service a day before":           {Activity{Stories: at("s", "docomo", false)}, debit("docomo", -day), false, "s"},
		"more than a day before":                  {Activity{Stories: at("s", "docomo", false)}, debit("docomo", -day-1), false, ""},
		"another service":                         {Activity{Stories: at("s", "docomo", false)}, debit("paypay", 1), false, ""},
		"two debits of no service":                {Activity{Stories: at("s", "", false)}, debit("", 1), false, ""},
		"a debit of a service after one of none":  {Activity{Stories: at("s", "", false)}, debit("docomo", 1), false, ""},
		"a debit three days after its link":       {Activity{Stories: at("s", "docomo", true)}, debit("docomo", 3*day), false, "s"},
		"a moment more after it":                  {Activity{Stories: at("s", "docomo", true)}, debit("docomo", 3*day+1), false, ""},
		"a debit after a link of no service":      {Activity{Stories: at("s", "", true)}, debit("docomo", 3*day), false, "s"},
		"at the moment of a link":                 {Activity{Stories: at("s", "", true)}, debit("docomo", 0), false, "s"},
		"before a link of no service":             {Activity{Stories: at("s", "", true)}, debit("docomo", -1), false, ""},
		"a debit of none after a link of none":    {Activity{Stories: at("s", "", true)}, debit("", 1), false, ""},
		"after a link of another service":         {Activity{Stories: at("s", "paypay", true)}, debit("docomo", 1), false, ""},
		"a link that comes after its debit":       {Activity{Stories: at("s", "docomo", false)}, link("docomo", -day), false, "s"},
		"one more than a day earlier":             {Activity{Stories: at("s", "docomo", false)}, link("docomo", -day-1), false, ""},
		"a link of no service before a debit":     {Activity{Stories: at("s", "docomo", false)}, link("", -day), false, "s"},
		"at its moment":                           {Activity{Stories: at("s", "docomo", false)}, link("", 0), false, "s"},
		"a link of no service, earlier than that": {Activity{Stories: at("s", "docomo", false)}, link("", -day-1), false, ""},
		"a link of no service after a debit":      {Activity{Stories: at("s", "docomo", false)}, link("", 1), false, ""},
		"a link of another service":               {Activity{Stories: at("s", "docomo", false)}, link("paypay", -1), false, ""},
		"after a link, by its first name":         {ofTwoNames(), debit("docomo", 3*day), false, "l"},
		"by its second":                           {ofTwoNames(), debit("merpay", 3*day), false, "l"},
		"of both names":                           {ofTwoNames(), ofTwo(debit("docomo", 1)), false, "l"},
		"of another":                              {ofTwoNames(), debit("paypay", 1), false, ""},
		"after its second, and before it":         {ofTwoNames(), debit("merpay", -day-1), false, ""},
		"a debit, of whose names one is a link's": {Activity{Stories: at("s", "merpay", true)}, ofTwo(debit("docomo", 1)), false, "s"},
		"of whose names one is a debit's":         {Activity{Stories: at("s", "merpay", false)}, ofTwo(debit("docomo", 1)), false, ""},
		"a link of two names after its debit":     {Activity{Stories: at("s", "merpay", false)}, ofTwo(link("docomo", -1)), false, "s"},
		"the newest first":                        {Activity{Stories: slices.Concat(at("old", "docomo", false), at("new", "docomo", false))}, debit("docomo", 1), false, "new old"},
		"what was reported goes on":               {Activity{Reported: reported(0), Stories: at("s", "docomo", false)}, debit("docomo", 1), false, "rep s"},
		"it goes on for 30 days":                  {Activity{Reported: reported(-30 * day)}, debit("docomo", 0), false, "rep"},
		"and no longer":                           {Activity{Reported: reported(-30*day - 1)}, debit("docomo", 0), false, ""},
		"another service after a report":          {Activity{Reported: reported(0)}, debit("paypay", 1), false, ""},
		"a new one after a report":                {Activity{Reported: reported(0)}, debit("paypay", 1), true, "rep"},
		"a new one, long after it":                {Activity{Reported: reported(-30*day - 1)}, debit("paypay", 0), true, ""},
		"no service after a report of none":       {Activity{Reported: []Reported{{Lead: "rep", At: noon}}}, debit("", 1), false, ""},
		"a report from before there were leads":   {Activity{Reported: []Reported{{Service: "docomo", At: noon}}}, debit("docomo", 1), true, ""},
		"the newest report first": {Activity{Reported: []Reported{{Lead: "one", Service: "docomo", At: noon}, {Lead: "two", Service: "docomo", At: noon}}},
			debit("docomo", 1), false, "two one"},
	} {
		if got := strings.Join(c.a.Goes(c.r, c.isNew, noon), " "); got != c.want {
			t.Errorf("%s: it may belong to %q, want %q", name, got, c.want)
		}
	}
}

func TestAnActivityNamesTheIncidentsThatMayGoOn(t *testing.T) {
	debit := func(service string, at time.Duration) *Record {
		return &Record{Kind: Debit, Service: service, OccurredAt: noon.Add(at)}
	}
	told := func(lead, service string, at time.Duration, link bool) Story {
		return Story{Lead: lead, Service: service, At: noon.Add(at), Link: link}
	}
	check := func(what string, a *Activity, want ...Story) {
		t.Helper()
		if diff := cmp.Diff(want, a.Stories); diff != "" {
			t.Errorf("%s:\n%s", what, diff)
		}
	}
	a := &Activity{}
	a.Tell("s", &Record{Kind: LinkRegistered, Service: "docomo", OccurredAt: noon})
	check("a link", a, told("s", "docomo", 0, true))
	was := a.Stories
	was[0].Unknown = jsontext.Value(`{"x":1}`)
	a.Tell("s", debit("docomo", time.Hour))
	want := told("s", "docomo", time.Hour, true)
	want.Unknown = was[0].Unknown
	check("its debit", a, want)
	if !was[0].At.Equal(noon) {
		t.Error("what was read before is changed")
	}
	a.Tell("s", debit("docomo", -time.Hour)) // one that comes late
	check("a late one", a, want)
	a.Tell("s", debit("paypay", time.Hour))
	a.Tell("other", debit("docomo", time.Hour))
	check("others", a, want, told("s", "paypay", time.Hour, false), told("other", "docomo", time.Hour, false))
	a.Tell("s", debit("docomo", 2*time.Hour))
	want.At = noon.Add(2 * time.Hour)
	check("the one that goes on is the newest", a, told("s", "paypay", time.Hour, false), told("other", "docomo", time.Hour, false), want)

	a = &Activity{}
	a.Tell("a", debit("docomo", 0))
	a.Tell("b", debit("docomo", 72*time.Hour))
	check("for three days", a, told("a", "docomo", 0, false), told("b", "docomo", 72*time.Hour, false))
	a.Tell("c", debit("docomo", 72*time.Hour+1))
	check("and no longer", a, told("b", "docomo", 72*time.Hour, false), told("c", "docomo", 72*time.Hour+1, false))

	a = &Activity{}
	var last []Story
	for i := range 10 {
		a.Tell(strconv.Itoa(i), debit("docomo", time.Duration(i)))
		last = append(last, told(strconv.Itoa(i), "docomo", time.Duration(i), false))
	}
	check("the latest eight", a, last[2:]...)
}

func TestAnEscalationRunsOnceAndHalvesForASecondChannel(t *testing.T) {
	one := &Watcher{ID: "w", Channels: []Channel{{Kind: LINE}, {Kind: Email, UnreachableSince: noon}}}
	two := &Watcher{ID: "w", Channels: []Channel{{Kind: LINE}, {Kind: Email}}}
	for name, c := range map[string]struct {
		w       *Watcher
		notices []Notice
		want    time.Time
	}{
		"one channel":                     {one, []Notice{{Watcher: "w"}}, noon.Add(time.Hour)},
		"two channels":                    {two, []Notice{{Watcher: "w"}}, noon.Add(30 * time.Minute)},
		"no notice yet":                   {one, nil, noon.Add(time.Hour)},
		"another's notice":                {one, []Notice{{Watcher: "x"}}, noon.Add(time.Hour)},
		"an escalation that runs goes on": {one, []Notice{{Watcher: "w", EscalateAt: noon.Add(1)}}, noon.Add(1)},
	} {
		r := &Record{Notices: c.notices}
		r.EscalateFor(c.w, noon, time.Hour)
		if n, ok := r.Notice("w"); !ok || !n.EscalateAt.Equal(c.want) {
			t.Errorf("%s: %+v", name, r.Notices)
		}
		if n, ok := r.Notice("x"); ok && !n.EscalateAt.IsZero() {
			t.Errorf("%s: another's escalation begins, too", name)
		}
	}
}

func TestTheFamilyIsCalledOverTheFirstChannelThatReaches(t *testing.T) {
	channels := func(kinds ...ChannelKind) (out []Channel) {
		for _, k := range kinds {
			out = append(out, Channel{Kind: k})
		}
		return out
	}
	family := &Account{Watchers: []Watcher{
		{ID: "w", Role: Owner, Channels: channels(LINE)},
		{ID: "line", Role: Guardian, Channels: channels(LINE, Email)},
		{ID: "mail", Role: Guardian, Channels: []Channel{{Kind: LINE, UnreachableSince: noon}, {Kind: Email}}},
		{ID: "lost", Role: Guardian, Channels: []Channel{{Kind: LINE, UnreachableSince: noon}}},
		{ID: "told", Role: Guardian, Channels: channels(LINE)},
		{ID: "who", Role: Guardian, Channels: channels(LINE)},
		{ID: "off", Role: Guardian, Channels: channels(LINE)},
	}}
	r := alerted("r", 100, noon, ServiceDebit)
	r.Notices = append(r.Notices, Notice{Watcher: "told", Reasons: Because(ServiceDebit)})
	r.Deliveries = []Delivery{
		{ID: "1", Kind: TellAlert, Watcher: "told", Channel: LINE, State: Accepted},
		{ID: "2", Kind: TellAlert, Watcher: "off", Channel: LINE, State: Cancelled},
		{ID: "3", Kind: TellSummary, Watcher: "off", Channel: LINE, State: Accepted},
	}
	r.Call(family, CallUnanswered, "who", noon)
	var got []string
	for _, d := range r.Deliveries[3:] {
		got = append(got, d.Watcher+" "+string(d.Channel)+" "+string(d.Kind))
	}
	if diff := cmp.Diff([]string{"line line alert", "mail email alert", "lost bank unreachable", "off line alert"}, got); diff != "" {
		t.Errorf("called:\n%s", diff)
	}
	for _, n := range r.Notices {
		if called := n.Watcher != "w" && n.Watcher != "told"; called != (n.Called == CallUnanswered) {
			t.Errorf("%s is called for %q", n.Watcher, n.Called)
		}
	}
	before := len(r.Deliveries)
	if r.Call(family, CallReported, "who", noon); len(r.Deliveries) != before {
		t.Errorf("called twice they are told %d times more", len(r.Deliveries)-before)
	}
}
