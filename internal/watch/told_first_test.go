package watch

import (
	"testing"
	"time"
)

// What the first message of an incident was to whom is said to those who are
// called later.
func TestTheFamilyHearsSinceWhenTheOwnerHasNotAnswered(t *testing.T) {
	accepted := func(id, watcher string, kind DeliveryKind, after time.Duration) Delivery {
		return Delivery{ID: id, Kind: kind, Watcher: watcher, Channel: LINE, State: Accepted, AcceptedAt: noon.Add(after)}
	}
	a := &Account{Watchers: []Watcher{
		{ID: "w", Role: Owner, Channels: []Channel{{Kind: LINE}}},
		{ID: "g", Role: Guardian, Channels: []Channel{{Kind: LINE}}}, {ID: "h", Role: Guardian, Channels: []Channel{{Kind: LINE}}},
	}}
	for name, c := range map[string]struct {
		why        Call
		deliveries []Delivery
		want       time.Time
	}{
		"the owner's first message":           {CallUnanswered, []Delivery{accepted("1", "w", TellAlert, 5*time.Minute), accepted("2", "w", TellMore, 2*time.Minute)}, noon.Add(2 * time.Minute)},
		"the earliest, wherever it stands":    {CallUnanswered, []Delivery{accepted("1", "w", TellAlert, 2*time.Minute), accepted("2", "w", TellMore, 5*time.Minute)}, noon.Add(2 * time.Minute)},
		"not what is about no alert":          {CallUnanswered, []Delivery{accepted("1", "w", TellDispute, 1), accepted("2", "w", TellAlert, time.Minute)}, noon.Add(time.Minute)},
		"not what did not reach them":         {CallUnanswered, []Delivery{{ID: "1", Kind: TellAlert, Watcher: "w", State: Undelivered, AcceptedAt: noon}}, time.Time{}},
		"not another guardian's":              {CallUnanswered, []Delivery{accepted("1", "h", TellAlert, time.Minute)}, time.Time{}},
		"nor of a report, which was answered": {CallReported, []Delivery{accepted("1", "w", TellAlert, time.Minute)}, time.Time{}},
	} {
		r := alerted("r", 100, noon, FirstSeen)
		r.Deliveries = c.deliveries
		r.Call(a, c.why, "h", noon.Add(time.Hour))
		n, ok := r.Notice("g")
		if !ok || n.Called != c.why || !n.Asked.Equal(c.want) {
			t.Errorf("%s: %+v, want %v", name, n, c.want)
		}
		if n, ok := r.Notice("h"); ok && n.Called != "" {
			t.Errorf("%s: the one who answered is called", name)
		}
	}
}

func TestADebitOfWhichOneYenIsLeftIsNotUndone(t *testing.T) {
	for back, undone := range map[int64]bool{2999: false, 3000: true} {
		r := &Record{ID: "r", Kind: Debit}
		r.Tell([]Entry{
			{Event: "a", Kind: Debit, Status: Posted, At: noon, ReceivedAt: noon, Amount: 3000, Service: "docomo"},
			{Event: "b", Kind: DebitReversed, At: noon.Add(time.Hour), ReceivedAt: noon.Add(time.Hour), Amount: back},
		})
		if r.UndoneAt.IsZero() == undone || r.Kept() != 3000-back {
			t.Errorf("of %d yen back: undone at %v, %d kept", back, r.UndoneAt, r.Kept())
		}
	}
}

// A record of one plain debit holds it in its members alone; what they cannot
// hold stays an entry.
func TestARecordKeepsTheEntriesThatItsMembersDoNotTell(t *testing.T) {
	plain := Entry{Event: "a", Kind: Debit, Status: Posted, At: noon, ReceivedAt: noon, Amount: 3000, Service: "docomo"}
	for name, c := range map[string]struct {
		change func(*Entry)
		kept   bool
	}{
		"a plain debit":                   {func(*Entry) {}, false},
		"one that took another's place":   {func(e *Entry) { e.Replaces = true }, true},
		"one with an id of its own":       {func(e *Entry) { e.Txn = "own" }, true},
		"one that a newer program told":   {func(e *Entry) { e.Unknown = []byte(`{"x":1}`) }, true},
		"what came back before its debit": {func(e *Entry) { e.Kind = DebitReversed }, true},
	} {
		e := plain
		c.change(&e)
		r := &Record{ID: "r", Kind: Debit}
		r.Tell([]Entry{e})
		if got := len(r.Entries) == 1; got != c.kept {
			t.Errorf("%s: kept %v", name, got)
		}
	}
}

func TestARecordCountsItsSummaries(t *testing.T) {
	r := &Record{}
	for i, d := range []Delivery{{Kind: TellAlert, Seq: 7}, {Kind: TellSummary, Seq: 0}, {Kind: TellSummary, Seq: 2}, {Kind: TellSummary, Seq: 1}} {
		r.Deliveries = append(r.Deliveries, d)
		if want := []int{0, 1, 3, 3}[i]; r.Summaries() != want {
			t.Errorf("after %d deliveries it has %d summaries, want %d", i+1, r.Summaries(), want)
		}
	}
}

// Pages that an older program drew are answered at a newer one, and the other
// way round: what they say of money reads the same.
func TestWhatAPageSaysOfMoneyStaysTheSameAcrossVersions(t *testing.T) {
	r := alerted("r", 3000, noon, ServiceDebit)
	if got := Saw([]*Record{r})["r"]; got != "45sdf8m5" {
		t.Errorf("a page says %q", got)
	}
	if got := r.Mark(); got != "83g52rdj" {
		t.Errorf("an incident is marked %q", got)
	}
}

// An answer "mine" on a page that showed less than was told since does not make
// more known than the person has seen, and nothing else does.
func TestWhatIsKnownSinceAnAnswer(t *testing.T) {
	shown := func(yen int64) *Shown { return &Shown{Amount: yen, Service: "docomo"} }
	told := shown(3000)
	for name, c := range map[string]struct {
		answer *Answer
		kept   int64
		want   int64
	}{
		"no answer":                           {nil, 3000, 3000},
		"mine, of less":                       {&Answer{Value: Mine, Watcher: "w", At: noon.Add(1), Shows: shown(100)}, 3000, 100},
		"not mine, of less":                   {&Answer{Value: NotMine, Watcher: "w", At: noon.Add(1), Shows: shown(100)}, 3000, 3000},
		"another's":                           {&Answer{Value: Mine, Watcher: "x", At: noon.Add(1), Shows: shown(100)}, 3000, 3000},
		"given as the message was made":       {&Answer{Value: Mine, Watcher: "w", At: noon, Shows: shown(100)}, 3000, 3000},
		"of as much as was told":              {&Answer{Value: Mine, Watcher: "w", At: noon.Add(1), Shows: shown(3000)}, 3000, 3000},
		"of less, which is all that there is": {&Answer{Value: Mine, Watcher: "w", At: noon.Add(1), Shows: shown(100)}, 100, 3000},
	} {
		r := alerted("r", c.kept, noon, ServiceDebit)
		r.Answer = c.answer
		if got := r.answeredSince(r, &Delivery{Watcher: "w", CreatedAt: noon}, told); got.Amount != c.want {
			t.Errorf("%s: %d yen are known, want %d", name, got.Amount, c.want)
		}
	}
}
