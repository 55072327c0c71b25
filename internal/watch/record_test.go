package watch

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChangingACloneLeavesTheRecord(t *testing.T) {
	yen := int64(5)
	r := &Record{ID: "r", Balance: &yen, Answer: &Answer{Value: Mine}, Entries: []Entry{{Event: "e"}}, Twins: []Twin{{Record: "t"}},
		Notices: []Notice{{Watcher: "w"}}, Deliveries: []Delivery{{ID: "d"}}}
	before, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Clone()
	if diff := cmp.Diff(r, c); diff != "" {
		t.Errorf("the clone is another: %s", diff)
	}
	*c.Balance, c.Answer.Value, c.Entries[0].Event, c.Twins[0].Record, c.Notices[0].Watcher, c.Deliveries[0].ID, c.ID = 9, NotMine, "x", "x", "x", "x", "x"
	if after, err := json.Marshal(r); err != nil || string(after) != string(before) {
		t.Errorf("%s (%v)\nbefore\n%s", after, err, before)
	}
	if empty := (&Record{}).Clone(); empty.Balance != nil || empty.Answer != nil {
		t.Errorf("the clone of nothing is %+v", empty)
	}
}

func TestChangingACloneLeavesTheActivity(t *testing.T) {
	a := &Activity{}
	a.Apply(&Record{ID: "1", Kind: Debit, Service: "docomo", Amount: 5, Complete: true, OccurredAt: noon})
	a.Apply(&Record{ID: "2", Kind: LinkRegistered, Service: "docomo", Complete: true, OccurredAt: noon})
	a.Sum(nil, &Record{ID: "3", Kind: Debit}, noon)
	before, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	c := a.Clone()
	if diff := cmp.Diff(a, c); diff != "" {
		t.Errorf("the clone is another: %s", diff)
	}
	c.Recent[0].Amount, c.Summary.Debits = 9, 9
	s := c.Services["docomo"]
	s.Debits, s.Months["2026-11"], s.Links[0].Route, c.Services["paypay"] = 9, 9, "x", s
	if after, err := json.Marshal(a); err != nil || string(after) != string(before) {
		t.Errorf("%s (%v)\nbefore\n%s", after, err, before)
	}
	if empty := (&Activity{}).Clone(); empty.Summary != nil {
		t.Error("the clone of nothing has a summary")
	}
}

func TestADeliveryEndsOnce(t *testing.T) {
	var ended, waits []DeliveryState
	for _, s := range []DeliveryState{Queued, Held, Sending, Accepted, Undelivered, Cancelled, "a state of a newer program"} {
		if s.Ended() {
			ended = append(ended, s)
		}
		if s.Waits() {
			waits = append(waits, s)
		}
	}
	if !slices.Equal(waits, []DeliveryState{Queued, Held, Sending}) {
		t.Errorf("there is something to do for %q", waits)
	}
	if !slices.Equal(ended, []DeliveryState{Accepted, Undelivered, Cancelled}) {
		t.Errorf("ended: %q", ended)
	}
}

func TestARecordIsAsCriticalAsItsWorstNotice(t *testing.T) {
	calm, loud := Notice{Watcher: "w", Reasons: Because(ServiceDebit)}, Notice{Watcher: "g", Reasons: Because(Burst)}
	for _, c := range []struct {
		notices         []Notice
		alert, critical bool
	}{{nil, false, false}, {[]Notice{calm}, true, false}, {[]Notice{loud}, true, true}, {[]Notice{calm, loud}, true, true}, {[]Notice{loud, calm}, true, true}} {
		r := &Record{Notices: c.notices}
		if r.IsAlert() != c.alert || r.Critical() != c.critical {
			t.Errorf("%v: alert %v, critical %v", c.notices, r.IsAlert(), r.Critical())
		}
	}
	r := &Record{Notices: []Notice{calm, loud}, Deliveries: []Delivery{{ID: "a"}, {ID: "b"}}}
	if n, ok := r.Notice("g"); !ok || n != &r.Notices[1] {
		t.Errorf("the notice %v %v", n, ok)
	}
	if n, ok := r.Notice("x"); ok || n != nil {
		t.Errorf("a stranger's notice %v %v", n, ok)
	}
	if d, ok := r.Delivery("b"); !ok || d != &r.Deliveries[1] {
		t.Errorf("the delivery %v %v", d, ok)
	}
	if d, ok := r.Delivery("x"); ok || d != nil {
		t.Errorf("a delivery that is none: %v %v", d, ok)
	}
}

func TestAWatchersChannels(t *testing.T) {
	w := &Watcher{Channels: []Channel{{Kind: LINE, UnreachableSince: noon}, {Kind: Email, Address: "a@example.jp", Unknown: []byte(`{"x":1}`)}}}
	if r := w.Reachable(); len(r) != 1 || r[0].Kind != Email {
		t.Errorf("reachable over %v", r)
	}
	w.SetChannel(Channel{Kind: Email, Address: "b@example.jp"})
	if c, ok := w.Channel(Email); !ok || c.Address != "b@example.jp" || string(c.Unknown) != `{"x":1}` {
		t.Errorf("the address is %+v, and what another program wrote must stay", c)
	}
	w.SetChannel(Channel{Kind: Email, Unknown: []byte(`{"y":2}`)})
	if c, _ := w.Channel(Email); string(c.Unknown) != `{"y":2}` {
		t.Errorf("what the caller knows is lost: %+v", c)
	}
	w.SetChannel(Channel{Kind: Bank})
	if len(w.Channels) != 3 || w.Channels[2].Kind != Bank {
		t.Errorf("a new channel comes last: %v", w.Channels)
	}
	was := w.Channels
	if !w.DropChannel(LINE) || w.DropChannel(LINE) {
		t.Error("a channel is dropped once")
	}
	if _, ok := w.Channel(LINE); ok || len(w.Channels) != 2 || was[0].Kind != LINE {
		t.Errorf("after dropping LINE: %v; the list that was read before: %v", w.Channels, was)
	}
}

func TestNewsHaveOneKeyHoweverOftenTheyAreQueued(t *testing.T) {
	n := News{Kind: NewsJoined, Bank: "0125", Mask: "m", To: NewsTo{LineUser: "U1", Watcher: "w"}, Guardian: NewsOf{LineUser: "U2", Watcher: "g", Name: "x"}, Turn: "1"}
	with := func(change func(*News)) string { o := n; change(&o); return o.Key() }
	for name, same := range map[string]string{
		"mask": with(func(n *News) { n.Mask = "" }), "name": with(func(n *News) { n.Guardian.Name = "y" }), "language": with(func(n *News) { n.To.Lang = English }),
	} {
		if same != n.Key() {
			t.Errorf("another %s makes it other news", name)
		}
	}
	for name, other := range map[string]string{
		"kind": with(func(n *News) { n.Kind = NewsLeft }), "guardian": with(func(n *News) { n.Guardian.Watcher = "h" }),
		"reader": with(func(n *News) { n.To.Watcher = "v" }), "turn": with(func(n *News) { n.Turn = "2" }),
	} {
		if other == n.Key() {
			t.Errorf("another %s has the same key", name)
		}
	}
}

// What it may be instead is said of a doubtful debit that is told by itself, if it
// is known.
func TestWhichRecordMayBeABillAsWell(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		r    Record
		want bool
	}{
		"doubtful":                 {Record{Confidence: Undecided, Other: "カードの請求"}, true},
		"doubtful, but unknown":    {Record{Confidence: Undecided}, false},
		"sure":                     {Record{Confidence: Seen, Other: "カードの請求"}, false},
		"doubtful, and one of two": {Record{Confidence: Undecided, Other: "カードの請求", Members: []Member{{Record: "r2"}}}, false},
	} {
		if got := c.r.Either(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
