package watch

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// reader is a watcher with these channels.
func reader(id string, kinds ...ChannelKind) *Watcher {
	w := &Watcher{ID: id, Lang: Japanese}
	for _, k := range kinds {
		w.Channels = append(w.Channels, Channel{Kind: k})
	}
	return w
}

// bring has a message made that must be made.
func bring(t *testing.T, r *Record, w *Watcher, ch ChannelKind, now time.Time) *Delivery {
	t.Helper()
	d, ok := r.Bring(w, ch, now)
	if !ok {
		t.Fatalf("nothing is brought to %s over %s; untold are %+v", w.ID, ch, r.Untold(w.ID, ch, len(r.Deliveries)))
	}
	return d
}

// change has a record say something else, as detect does: the incident's
// messages keep what they said.
func change(lead, part *Record, how func(*Record)) {
	lead.KeepPart(part.Clone())
	how(part)
	if part != lead {
		lead.Join(part)
	}
}

func TestWhatAMessageIsOf(t *testing.T) {
	undone := func(r *Record) { r.UndoneAt = noon.Add(time.Hour) }
	more := func(r *Record) { r.Amount += 50 }
	join := func(r *Record) { r.Join(alerted("a", 7, noon.Add(1), Burst)) }
	for name, c := range map[string]struct {
		between func(r *Record) // after the first message
		kind    DeliveryKind
		was     bool
		says    int // in a message of the incident
	}{
		"more was taken":                        {more, TellChanged, true, 0},
		"it was undone":                         {undone, TellUndone, true, 0},
		"undone, in an incident of more":        {func(r *Record) { undone(r); join(r); r.Members[0].Notices = nil }, TellUndone, true, 0},
		"another alert":                         {join, TellMore, false, 1},
		"another alert, and the first one more": {func(r *Record) { more(r); join(r) }, TellMore, false, 2},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		first := bring(t, r, reader("w", LINE), LINE, noon)
		if first.Kind != TellAlert || first.Shows != nil || first.Was != nil || first.Says != nil {
			t.Errorf("%s: the first message is %+v", name, first)
		}
		first.State = Accepted
		r.KeepPart(r.Clone())
		c.between(r)
		d := bring(t, r, reader("w", LINE), LINE, noon.Add(time.Minute))
		if d.Kind != c.kind || len(d.Says) != c.says || (d.Was != nil) != c.was || d.Was != nil && d.Was.Amount != 100 {
			t.Errorf("%s: the next message is %+v", name, d)
		}
	}
	r := alerted("r", 100, noon, ServiceDebit)
	r.Join(alerted("a", 7, noon.Add(1), Burst))
	if d := bring(t, r, reader("w", LINE), LINE, noon); d.Kind != TellMore || len(d.Says) != 2 || d.Shows != nil {
		t.Errorf("two at once are told as %+v", d)
	}
	r = alerted("r", 100, noon, 0)
	r.Join(alerted("a", 7, noon.Add(1), Burst))
	if d := bring(t, r, reader("w", LINE), LINE, noon); d.Kind != TellMore || len(d.Says) != 1 || d.Says[0].Record != "a" {
		t.Errorf("one that only joined matters to them, and they are told %+v", d)
	}
	r = alerted("r", 100, noon, ServiceDebit)
	r.Join(alerted("a", 7, noon.Add(1), 0))
	if d := bring(t, r, reader("w", LINE), LINE, noon); d.Kind != TellMore || len(d.Says) != 1 || d.Says[0].Record != "r" {
		t.Errorf("the lead alone, of an incident of two, is told as %+v", d)
	}
	for name, change := range map[string]func(r *Record){ // undone already when they first heard of it
		"still undone": func(r *Record) { r.Amount += 10 },
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		undone(r)
		bring(t, r, reader("w", LINE), LINE, noon).State = Accepted
		r.KeepPart(r.Clone())
		change(r)
		if d := bring(t, r, reader("w", LINE), LINE, noon.Add(time.Minute)); d.Kind != TellChanged {
			t.Errorf("%s: told as %s", name, d.Kind)
		}
	}
}

func TestAMessageKeepsTheAnswerAndTheReportItSpeaksOf(t *testing.T) {
	late := func(r *Record) { // an alert after the answer
		a := alerted("a", 7, noon.Add(time.Hour), Burst)
		r.Join(a)
	}
	told := func(r *Record, by string) {
		if len(r.Untold(by, LINE, 0)) == 0 {
			return
		}
		bring(t, r, reader(by, LINE), LINE, noon.Add(-time.Hour)).State = Accepted
	}
	lateAlone := func(r *Record) { told(r, "w"); told(r, "family"); late(r) }
	grown := func(r *Record) {
		told(r, "w")
		r.KeepPart(r.Clone())
		r.Amount += 10
	}
	gone := func(r *Record) {
		lateAlone(r)
		r.Members[0].Is.UndoneAt = noon.Add(time.Hour)
	}
	for name, c := range map[string]struct {
		answer  *Answer
		called  Call
		join    func(r *Record)
		mine    bool
		report  string
		covered bool
		watcher string
	}{
		"no answer":                                 {nil, "", late, false, "", false, "w"},
		"mine":                                      {&Answer{Value: Mine, At: noon}, "", late, true, "", false, "w"},
		"it joined a report":                        {&Answer{Value: NotMine, At: noon}, "", lateAlone, false, "d", false, "w"},
		"one joined, one was there":                 {&Answer{Value: NotMine, At: noon}, "", late, false, "d", true, "w"},
		"what was told has grown":                   {&Answer{Value: NotMine, At: noon}, "", grown, false, "d", true, "w"},
		"what was recognised grew":                  {&Answer{Value: NotMine, At: noon, Except: []string{"r"}}, "", grown, false, "", false, "w"},
		"it came and was undone":                    {&Answer{Value: NotMine, At: noon}, "", gone, false, "", false, "w"},
		"the report was taken back":                 {nil, CallReported, lateAlone, false, "", false, "family"},
		"answered since the call":                   {&Answer{Value: NotMine, At: noon}, CallUnanswered, lateAlone, false, "d", false, "family"},
		"it was there when reported":                {&Answer{Value: NotMine, At: noon.Add(time.Hour)}, "", late, false, "d", true, "w"},
		"it was recognised while the other was not": {&Answer{Value: NotMine, At: noon.Add(time.Hour), Except: []string{"a"}}, "", late, false, "", false, "w"},
		"called because of a report":                {&Answer{Value: NotMine, At: noon.Add(time.Hour)}, CallReported, late, false, "d", true, "family"},
		"called, and one was recognised":            {&Answer{Value: NotMine, At: noon.Add(time.Hour), Except: []string{"a"}}, CallReported, late, false, "d", false, "family"},
		"called without an answer":                  {nil, CallUnanswered, late, false, "", false, "family"},
		"called, and a report was taken back":       {nil, CallUnanswered, late, false, "", false, "family"},
		"called, and then it is mine":               {&Answer{Value: Mine, At: noon}, CallUnanswered, late, true, "", false, "family"},
	} {
		r := alerted("r", 100, noon.Add(-time.Hour), ServiceDebit)
		if r.Dispute, r.Answer = "d", c.answer; name == "called without an answer" || name == "no answer" {
			r.Dispute = "" // it was never reported
		}
		r.Notices = append(r.Notices, Notice{Watcher: "family", Called: c.called})
		c.join(r)
		d := bring(t, r, reader(c.watcher, LINE), LINE, noon.Add(2*time.Hour))
		called := c.called
		if c.answer == nil && called == CallReported || (c.answer != nil || r.Dispute != "") && called == CallUnanswered {
			called = "" // it is so no longer
		}
		if (d.Answer != nil) != c.mine || d.Report != c.report || d.Covered != c.covered || d.Called != called {
			t.Errorf("%s: answer %v, report %q, covered %v, called %q", name, d.Answer, d.Report, d.Covered, d.Called)
		}
		if d.Answer != nil && d.Answer == r.Answer {
			t.Errorf("%s: the message's answer changes with the record's", name)
		}
	}
}

// Who was called because of a report is told of what comes after it as the others
// are: a second message does not call again.
func TestOneCallIsSaidOnce(t *testing.T) {
	r := alerted("r", 100, noon.Add(-time.Hour), ServiceDebit)
	r.Dispute, r.Answer = "d", &Answer{Value: NotMine, At: noon}
	r.Notices = append(r.Notices, Notice{Watcher: "family", Called: CallReported})
	first := bring(t, r, reader("family", LINE), LINE, noon.Add(time.Minute))
	if first.Called != CallReported || !first.Covered {
		t.Fatalf("the call says %+v", first)
	}
	first.State = Accepted
	late := alerted("a", 7, noon.Add(time.Hour), Burst)
	r.Join(late)
	if d := bring(t, r, reader("family", LINE), LINE, noon.Add(time.Hour)); d.Called != "" || d.Report != "d" || d.Covered {
		t.Errorf("after the report it says: called %q, report %q, covered %v", d.Called, d.Report, d.Covered)
	}
	if d := bring(t, r, reader("family", Email), Email, noon.Add(time.Hour)); d.Called != CallReported || !d.Covered {
		t.Errorf("the first over another channel says: called %q, covered %v", d.Called, d.Covered)
	}
}

func TestWhatWasToldStaysAsItWas(t *testing.T) {
	lead, a := alerted("r", 100, noon, ServiceDebit), alerted("a", 7, noon.Add(1), Burst)
	lead.Notices = append(lead.Notices, Notice{Watcher: "x", Reasons: Because(Overdrawn)})
	lead.Join(a)
	lead.Deliveries = []Delivery{
		{ID: "1", Kind: TellAlert, Watcher: "w", State: Accepted},
		{ID: "2", Kind: TellMore, Watcher: "x", State: Accepted, Says: []Said{{Record: "r"}, {Record: "a"}}},
		{ID: "3", Kind: TellChanged, Watcher: "w", State: Accepted, Shows: &Shown{Amount: 50}},
		{ID: "4", Kind: TellSummary, Watcher: "w"},
		{ID: "5", Kind: TellAnswer, Watcher: "w"},
		{ID: "6", Kind: TellDispute, Watcher: "w"},
		{ID: "7", Kind: TellMore, Watcher: "w", State: Accepted, Says: []Said{{Record: "a", Is: &Shown{Amount: 5}}}},
	}
	lead.Answer = &Answer{Value: NotMine, Watcher: "x"}
	was, wasDeliveries := lead.Clone(), lead.Deliveries
	wasSays := slices.Clone(lead.Deliveries[1].Says)
	change(lead, a, func(r *Record) { r.Amount = 9 })
	change(lead, lead, func(r *Record) { r.Amount = 200 })
	change(lead, a, func(r *Record) { r.Amount = 11 })
	change(lead, lead, func(r *Record) { r.Amount = 300 })
	got := map[string]int64{}
	for i := range lead.Deliveries {
		d := &lead.Deliveries[i]
		got[d.ID] = d.Shows.Yen()
		for _, s := range d.Says {
			got[d.ID+s.Record] = s.Is.Yen()
		}
	}
	got["answer"] = lead.Answer.Shows.Yen()
	for _, s := range lead.Answer.Says {
		got["answer"+s.Record] += s.Is.Yen()
	}
	want := map[string]int64{"1": 100, "2": 0, "2r": 100, "2a": 7, "3": 50, "4": 0, "5": 100, "6": 100, "7": 0, "7a": 5, "answer": 100, "answera": 7}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("yen that each said:\n%s", diff)
	}
	if why := lead.Deliveries[0].Shows.Reasons; why != Because(ServiceDebit) {
		t.Errorf("w was told for %v", why)
	}
	if why := lead.Deliveries[1].Says[0].Is.Reasons; why != Because(Overdrawn) {
		t.Errorf("x was told for %v", why)
	}
	if why := lead.Answer.Shows.Reasons; why != Because(Overdrawn) {
		t.Errorf("x answered what was told for %v", why)
	}
	if was.Answer.Shows != nil || was.Answer.Says != nil || wasDeliveries[0].Shows != nil || wasSays[0].Is != nil || was.Deliveries[1].Says[0].Is != nil {
		t.Error("what was read before is changed")
	}
	b := alerted("b", 3, noon.Add(2), Burst)
	lead.Join(b)
	change(lead, b, func(r *Record) { r.Amount = 4 })
	if says := lead.Answer.Says; len(says) != 2 || says[1].Record != "b" || says[1].Is.Amount != 3 {
		t.Errorf("an answer to three parts keeps %+v", says)
	}
	none := alerted("r", 100, noon, ServiceDebit)
	if none.KeepPart(none.Clone()); none.Answer != nil {
		t.Error("without an answer there is one")
	}
}

// What a person has seen is what the last message says that reached them.
func TestWhatAPersonHasSeen(t *testing.T) {
	r := alerted("r", 100, noon, ServiceDebit)
	r.Join(alerted("a", 7, noon.Add(1), Burst))
	say := func(watcher string, ch ChannelKind, state DeliveryState, record string, yen int64) Delivery {
		d := Delivery{Kind: TellMore, Watcher: watcher, Channel: ch, State: state, Says: []Said{{Record: record, Is: &Shown{Amount: yen}}}}
		if yen == 0 {
			d.Says[0].Is = nil
		}
		return d
	}
	r.Deliveries = []Delivery{
		say("w", LINE, Accepted, "r", 1), say("x", LINE, Accepted, "r", 2), say("w", Email, Sending, "r", 3), say("w", LINE, Accepted, "a", 4),
		say("w", LINE, Undelivered, "r", 5), say("w", LINE, Cancelled, "r", 6), say("w", LINE, Queued, "r", 0),
		{Kind: TellDispute, Watcher: "w", Channel: LINE, State: Accepted, Shows: &Shown{Amount: 8}},
	}
	for name, c := range map[string]struct {
		part, watcher string
		ch            ChannelKind
		n             int
		want          int64 // 0 if nothing
	}{
		"by nothing":                      {"r", "w", LINE, 0, 0},
		"by the first":                    {"r", "w", LINE, 1, 1},
		"over another channel":            {"r", "w", Email, 2, 0},
		"over that channel":               {"r", "w", Email, 3, 3},
		"over any, the latest":            {"r", "w", "", 3, 3},
		"over LINE, whatever was mailed":  {"r", "w", LINE, 3, 1},
		"another part":                    {"a", "w", LINE, 4, 4},
		"another part, before that":       {"a", "w", LINE, 3, 0},
		"what never arrived told nothing": {"r", "w", LINE, 5, 1},
		"nor what was cancelled":          {"r", "w", LINE, 6, 1},
		"what is true, as it is now":      {"r", "w", LINE, 7, 100},
		"and what tells of a dispute not": {"r", "w", LINE, 8, 100},
		"another person":                  {"r", "x", LINE, 8, 2},
		"a stranger":                      {"r", "y", "", 8, 0},
	} {
		part, _ := r.Part(c.part)
		s, ok := r.Seen(part, c.watcher, c.ch, c.n)
		if ok != (c.want != 0) || s.Yen() != c.want {
			t.Errorf("%s: %d yen (%v), want %d", name, s.Yen(), ok, c.want)
		}
	}
	if s, _ := r.Seen(r, "w", LINE, 7); s.Reasons != Because(ServiceDebit) {
		t.Errorf("what is true now is told for %v", s.Reasons)
	}
}

func TestWhatIsUntoldMattersAndStands(t *testing.T) {
	r := alerted("r", 100, noon, ServiceDebit)
	quiet, spared, back, void := alerted("q", 1, noon.Add(1), 0), alerted("s", 2, noon.Add(2), Burst), alerted("b", 3, noon.Add(3), Burst), alerted("v", 4, noon.Add(4), Burst)
	spared.UndoneAt, spared.Notices[0].Spared = noon.Add(time.Hour), true
	back.UndoneAt = noon.Add(time.Hour)
	void.Complete = false
	for _, m := range []*Record{quiet, spared, back, void} {
		r.Join(m)
	}
	want := []Said{{Record: "r"}, {Record: "b"}}
	if diff := cmp.Diff(want, r.Untold("w", LINE, 0)); diff != "" {
		t.Errorf("untold:\n%s", diff)
	}
	if got := r.Untold("y", LINE, 0); got != nil {
		t.Errorf("a stranger is to be told %+v", got)
	}
	// One that stands again, although its first message was spared.
	spared.UndoneAt = time.Time{}
	r.Join(spared)
	if got := r.Untold("w", LINE, 0); len(got) != 3 {
		t.Errorf("once it stands again %+v is untold", got)
	}
	half := alerted("r", 100, noon, ServiceDebit)
	half.Complete = false
	if got := half.Untold("w", LINE, 0); got != nil {
		t.Errorf("of half a record %+v is untold", got)
	}
	// What failed to reach them is untold, and was tried.
	r = alerted("r", 100, noon, ServiceDebit)
	if !r.Untried("w", LINE) {
		t.Error("nothing was tried, and nothing is left to try")
	}
	d := bring(t, r, reader("w", LINE, Email), LINE, noon)
	for state, want := range map[DeliveryState][2]bool{Queued: {false, false}, Accepted: {false, false}, Undelivered: {true, false}, Cancelled: {true, true}} {
		d.State = state
		if untold, untried := len(r.Untold("w", LINE, 1)) > 0, r.Untried("w", LINE); untold != want[0] || untried != want[1] {
			t.Errorf("%s: untold %v, untried %v", state, untold, untried)
		}
	}
	if d.State = Undelivered; !r.Untried("w", Email) {
		t.Error("what failed over LINE is taken for tried by mail")
	}
}

func TestUrgentIsWhatIsNewOrWorseAndStands(t *testing.T) {
	r, undone := alerted("r", 100, noon, ServiceDebit), alerted("u", 7, noon.Add(1), AfterNewLink)
	undone.UndoneAt = noon.Add(time.Hour)
	a := alerted("a", 7, noon.Add(2), Burst)
	r.Join(undone)
	r.Join(a)
	less, same := &Shown{Amount: 5, Service: "docomo"}, &Shown{Amount: 7, Service: "docomo"}
	for name, c := range map[string]struct {
		says []Said
		want Reason
	}{
		"nothing":                {nil, 0},
		"new":                    {[]Said{{Record: "r"}}, ServiceDebit},
		"two that are new":       {[]Said{{Record: "r"}, {Record: "a"}}, Burst},
		"more was taken":         {[]Said{{Record: "a", Was: less}}, Burst},
		"changed, and no worse":  {[]Said{{Record: "a", Was: same}}, 0},
		"undone":                 {[]Said{{Record: "u"}}, 0},
		"undone, and another":    {[]Said{{Record: "u"}, {Record: "a"}}, Burst},
		"a record that is none":  {[]Said{{Record: "x"}, {Record: "a"}}, Burst},
		"no worse, and one is":   {[]Said{{Record: "a", Was: same}, {Record: "r"}}, ServiceDebit},
		"no worse after one was": {[]Said{{Record: "r"}, {Record: "a", Was: same}}, ServiceDebit},
	} {
		if got := r.Urgency(c.says, "w"); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWhatWaitsAndWhatWasLastTold(t *testing.T) {
	r := &Record{}
	if d, ok := r.LastTold("w"); ok || d != nil || r.ToldOver("w", LINE) {
		t.Errorf("told is %v of nothing", d)
	}
	r.Deliveries = []Delivery{
		{ID: "0", Kind: TellAlert, Watcher: "w", Channel: LINE, State: Accepted}, {ID: "1", Kind: TellDispute, Watcher: "w", Channel: LINE, State: Queued},
		{ID: "2", Kind: TellMore, Watcher: "w", Channel: Email, State: Queued}, {ID: "3", Kind: TellMore, Watcher: "x", Channel: LINE, State: Held},
		{ID: "4", Kind: TellMore, Watcher: "w", Channel: LINE, State: Held}, {ID: "5", Kind: TellChanged, Watcher: "w", Channel: LINE, State: Cancelled},
		{ID: "6", Kind: TellSummary, Watcher: "w", Channel: LINE, State: Queued}, {ID: "7", Kind: TellAlert, Watcher: "y", Channel: LINE, State: Cancelled},
		{ID: "8", Kind: TellSummary, Watcher: "z", Channel: LINE, State: Queued},
	}
	for to, want := range map[[2]string]string{{"w", "line"}: "4", {"w", "email"}: "2", {"x", "line"}: "3", {"x", "email"}: "", {"y", "line"}: "", {"z", "line"}: ""} {
		d, i := r.Waiting(to[0], ChannelKind(to[1]))
		if (d == nil) != (want == "") || d != nil && (d.ID != want || d != &r.Deliveries[i]) || d == nil && i != -1 {
			t.Errorf("to %v %v waits, want %q", to, d, want)
		}
	}
	for watcher, want := range map[string]string{"w": "4", "x": "3", "y": "", "z": ""} {
		if d, ok := r.LastTold(watcher); ok != (want != "") || ok && d.ID != want {
			t.Errorf("%s was last told %v", watcher, d)
		}
	}
	for to, want := range map[[2]string]bool{{"w", "line"}: true, {"w", "email"}: true, {"x", "line"}: true, {"x", "email"}: false, {"y", "line"}: false, {"z", "line"}: false} {
		if r.ToldOver(to[0], ChannelKind(to[1])) != want {
			t.Errorf("told %v: %v", to, !want)
		}
	}
}
