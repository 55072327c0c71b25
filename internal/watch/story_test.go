package watch

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A record gives back what the bank said, whether it keeps the entries or only
// what follows from them.
func TestARecordTellsWhatItWasTold(t *testing.T) {
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 11))
		for _, chain := range Divide(randomStory(r)) {
			if len(chain) == 1 && r.IntN(2) == 0 {
				yen := int64(-5)
				e := &chain[0]
				e.Descriptor, e.Route, e.DateOnly, e.Balance, e.Confidence = "ﾄﾞｺﾓ", "web", true, &yen, Guessed
				if e.Kind == Debit {
					e.Replaces = r.IntN(2) == 0
				}
			}
			old := int64(1)
			rec := &Record{Balance: &old, Amount: 12345, Returned: 3, Again: 7, Service: "old", UndoneAt: noon} // what it said before is gone
			rec.Tell(chain)
			if diff := cmp.Diff(chain, rec.Story()); diff != "" {
				t.Fatalf("seed %d: told (-) and said (+):\n%s", seed, diff)
			}
			once := rec.Clone()
			rec.Tell(rec.Story())
			if diff := cmp.Diff(once, rec); diff != "" {
				t.Fatalf("seed %d: telling it its own story changes it:\n%s", seed, diff)
			}
		}
	}
}

func TestADebitsFactsAreThoseOfItsFirstDebitOrTheLatest(t *testing.T) {
	yen := func(n int64) *int64 { return &n }
	entries := []Entry{
		{Event: "e0", Kind: Debit, Status: Pending, At: noon, ReceivedAt: noon.Add(1), Amount: 1, Balance: yen(9), Descriptor: "ｶﾘ", Service: "", Route: "r0", DateOnly: true},
		{Event: "e1", Kind: Debit, Status: Pending, At: noon.Add(time.Minute), ReceivedAt: noon.Add(2), Amount: 500, Balance: yen(8), Descriptor: "ﾄﾞｺﾓ", Service: "docomo", Confidence: Seen, Route: "r1"},
		{Event: "e2", Kind: Debit, Status: Posted, At: noon.Add(time.Hour), ReceivedAt: noon.Add(3), Amount: 700, Descriptor: "ｶﾘ", Service: "", Confidence: Cut},
		{Event: "e3", Kind: DebitReversed, At: noon.Add(2 * time.Hour), ReceivedAt: noon.Add(4), Amount: 200, Balance: yen(1)},
	}
	r := NewRecord("r", AccountKey{Bank: "0125", Ref: "a"}, entries[0])
	r.Tell(entries)
	want := &Record{ID: "r", OnAccount: On(AccountKey{Bank: "0125", Ref: "a"}), Kind: Debit, Event: "e0", OccurredAt: noon, ReceivedAt: noon.Add(1), DateOnly: true, Route: "r0",
		Amount: 700, Returned: 200, Status: Posted, Descriptor: "ﾄﾞｺﾓ", Service: "docomo", Confidence: Seen, Balance: yen(8), Complete: true, Entries: entries}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
	// What came back in full says when, and no part of it.
	all := append(slices.Clone(entries), Entry{Event: "e4", Kind: DebitReversed, At: noon.Add(3 * time.Hour), Amount: 500}, Entry{Event: "e5", Kind: DebitReversed, At: noon.Add(150 * time.Minute), Amount: 1})
	if r.Tell(all); r.Returned != 0 || !r.UndoneAt.Equal(noon.Add(3*time.Hour)) || r.Amount != 700 || r.Kept() != 0 {
		t.Errorf("all came back: %+v", r)
	}
	if r.Tell(nil); r.Complete || !r.UndoneAt.IsZero() || r.Story() != nil {
		t.Errorf("a record without entries says %+v", r.Story())
	}
}

// Records were written without entries before there were any.
func TestTheStoryOfARecordWithoutEntries(t *testing.T) {
	for kind, undoing := range map[Kind]Kind{Debit: DebitReversed, LinkRegistered: LinkRemoved} {
		whole := &Record{Kind: kind, Event: "e", OccurredAt: noon, ReceivedAt: noon.Add(1), Amount: 5, Service: "docomo", Complete: true}
		first := Entry{Event: "e", Kind: kind, At: noon, ReceivedAt: noon.Add(1), Amount: 5, Service: "docomo"}
		last := Entry{Event: "e", Kind: undoing, At: noon.Add(time.Hour), ReceivedAt: noon.Add(1)}
		undone := whole.Clone()
		undone.UndoneAt = noon.Add(time.Hour)
		half := undone.Clone()
		half.Complete = false
		for want, r := range map[int]*Record{1: whole, 2: undone} {
			if diff := cmp.Diff([]Entry{first, last}[:want], r.Story()); diff != "" {
				t.Errorf("%s:\n%s", kind, diff)
			}
		}
		if diff := cmp.Diff([]Entry{last}, half.Story()); diff != "" {
			t.Errorf("%s alone:\n%s", undoing, diff)
		}
		// And an undoing may stand before its debit in what was written.
		r := &Record{}
		r.Tell([]Entry{last, first})
		if !r.Complete || r.Kind != kind || !r.UndoneAt.Equal(last.At) {
			t.Errorf("told the other way round: %+v", r)
		}
		r.Tell([]Entry{last, first, {Event: "x", Kind: kind, At: noon.Add(2 * time.Hour), Amount: 5, Service: "docomo"}})
		if !r.UndoneAt.IsZero() || r.Again != 1 {
			t.Errorf("undone once and there again: %+v", r)
		}
	}
}

func TestAnUndoingThatCameFirstWaitsForWhatItUndoes(t *testing.T) {
	for _, kinds := range [][2]Kind{{Debit, DebitReversed}, {LinkRegistered, LinkRemoved}} {
		back := []Entry{{Event: "e1", Kind: kinds[1], At: noon.Add(time.Hour), ReceivedAt: noon.Add(2), Amount: 30},
			{Event: "e2", Kind: kinds[1], At: noon.Add(2 * time.Hour), ReceivedAt: noon.Add(3), Amount: 20}}
		if kinds[0] == LinkRegistered {
			back[0].Amount, back[1].Amount = 0, 0
		}
		r := NewRecord("r", AccountKey{}, back[0])
		if r.Complete || r.Kind != kinds[0] || r.Event != "e1" || !r.OccurredAt.Equal(back[0].At) || !r.UndoneAt.Equal(back[0].At) || r.Amount != back[0].Amount {
			t.Errorf("%s alone: %+v", kinds[1], r)
		}
		if _, fresh, err := Add([]*Record{r}, back[1]); err != nil || len(fresh) != 0 || r.Complete || !r.UndoneAt.Equal(back[1].At) {
			t.Errorf("two of %s: %+v, and %v for other records (%v)", kinds[1], r, fresh, err)
		}
		open := Entry{Event: "e0", Kind: kinds[0], At: noon.Add(3 * time.Hour), ReceivedAt: noon.Add(4), Amount: back[0].Amount * 2, Service: "docomo"}
		if kinds[0] == LinkRegistered {
			open.At = noon // what is removed before a link is registered is another one
		}
		changed, fresh, err := Add([]*Record{r}, open)
		if err != nil || len(changed) != 1 || len(fresh) != 0 || !r.Complete || r.Event != "e0" || r.Service != "docomo" || len(r.Story()) != 3 {
			t.Fatalf("%s at last: %+v (%v, %v)", kinds[0], r, fresh, err)
		}
		if kinds[0] == Debit && (r.Returned != 50 || !r.UndoneAt.IsZero()) || kinds[0] == LinkRegistered && !r.UndoneAt.Equal(back[0].At) {
			t.Errorf("%s that was undone before: returned %d, undone at %s", kinds[0], r.Returned, r.UndoneAt)
		}
	}
}

func TestOfWhatIsSaidTwiceTheFirstReceivedIsKept(t *testing.T) {
	e := Entry{Event: "b", Kind: Debit, Status: Posted, At: noon, ReceivedAt: noon.Add(time.Minute), Amount: 5, Service: "docomo"}
	for name, c := range map[string]struct {
		change func(*Entry)
		kept   string
	}{
		"received later":                      {func(e *Entry) { e.Event, e.ReceivedAt = "a", e.ReceivedAt.Add(1) }, "b"},
		"received earlier":                    {func(e *Entry) { e.Event, e.ReceivedAt = "c", e.ReceivedAt.Add(-1) }, "c"},
		"received at once, by a smaller id":   {func(e *Entry) { e.Event = "a" }, "a"},
		"received at once, by a greater id":   {func(e *Entry) { e.Event = "c" }, "b"},
		"received at once, under the same id": {func(*Entry) {}, "b"},
	} {
		r := NewRecord("r", AccountKey{}, e)
		again := e
		c.change(&again)
		changed, fresh, err := Add([]*Record{r}, again)
		if err != nil || fresh != nil || r.Event != c.kept || (len(changed) == 1) != (c.kept != "b") || len(r.Story()) != 1 {
			t.Errorf("%s: %q is kept, changed %v, other records %v (%v)", name, r.Event, changed, fresh, err)
		}
	}
}

func TestABankThatSaysTooMuchOfOneTransactionIsRefused(t *testing.T) {
	r := NewRecord("r", AccountKey{}, Entry{Event: "e0", Kind: Debit, At: noon, Amount: 100000})
	back := func(i int) Entry {
		return Entry{Event: fmt.Sprint("e", i), Kind: DebitReversed, At: noon.Add(time.Duration(i) * time.Second), Amount: 1}
	}
	for i := 1; i < 100; i++ {
		if _, _, err := Add([]*Record{r}, back(i)); err != nil {
			t.Fatalf("entry %d: %v", i+1, err)
		}
	}
	before := r.Clone()
	if _, _, err := Add([]*Record{r}, back(100)); !errors.Is(err, ErrEntries) {
		t.Errorf("entry 101: %v", err)
	}
	if diff := cmp.Diff(before, r); diff != "" {
		t.Errorf("it is refused, and yet changes the record:\n%s", diff)
	}
	other := Entry{Event: "o", Kind: Debit, Status: Posted, At: noon.AddDate(0, 0, 3), Amount: 7}
	if _, fresh, err := Add([]*Record{r}, other); err != nil || len(fresh) != 1 {
		t.Errorf("another transaction of the id: %v (%v)", fresh, err)
	}
}

// A transaction stays with the record that people know it by.
func TestARecordKeepsTheTransactionThatItWasKnownBy(t *testing.T) {
	entries := said(t, "posted 3000 +1d", "posted 3000", "pending 500 +2d", "posted 500 +3d")
	records := []*Record{NewRecord("root", AccountKey{}, entries[0])}
	for i, e := range entries[1:] {
		_, fresh, err := Add(records, e)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fresh {
			r := &Record{ID: fmt.Sprint("twin", i)}
			r.Tell(f)
			records = append(records, r)
		}
	}
	got := map[string]string{}
	for _, r := range records {
		got[r.ID] = shape([]*Record{r})
	}
	want := map[string]string{"root": "03.12:00 posted 3000", "twin0": "02.12:00 posted 3000", "twin1": "04.12:00 posted 500"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// One that turns out to be a stage of another's is left without any.
	pending, posted := said(t, "pending 900")[0], said(t, "posted 900", "posted 900 +9d")[1]
	a, b := NewRecord("a", AccountKey{}, pending), NewRecord("b", AccountKey{}, posted)
	changed, fresh, err := Add([]*Record{a, b}, said(t, "", "", "back 10 +10d")[2])
	if err != nil || fresh != nil || len(changed) != 2 {
		t.Fatalf("changed %v, other records %v (%v)", changed, fresh, err)
	}
	if got := shape([]*Record{a, b}); got != "02.12:00 posted 900 back 10" || len(a.Story())+len(b.Story()) != 3 {
		t.Errorf("%s, in %d and %d entries", got, len(a.Story()), len(b.Story()))
	}
}

func TestTwinsAreNamedOnceInOrderAndTheOldestGo(t *testing.T) {
	r := &Record{}
	at := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	r.TwinOf(Twin{Record: "b", At: at(5)})
	r.TwinOf(Twin{Record: "a", At: at(5)})
	r.TwinOf(Twin{Record: "c", At: at(1)})
	was := r.Twins
	r.TwinOf(Twin{Record: "b", At: at(0)})
	if diff := cmp.Diff([]Twin{{Record: "b", At: at(0)}, {Record: "c", At: at(1)}, {Record: "a", At: at(5)}}, r.Twins); diff != "" {
		t.Error(diff)
	}
	if was[2].Record != "b" {
		t.Error("what was read before is changed")
	}
	for i := range 100 {
		r.TwinOf(Twin{Record: fmt.Sprint(i), At: at(10 + i)})
	}
	if len(r.Twins) != 60 || r.Twins[0].Record != "40" || r.Twins[59].Record != "99" {
		t.Errorf("%d twins, from %s on", len(r.Twins), r.Twins[0].Record)
	}
	if diff := cmp.Diff([]string{"70", "69", "71", "68", "72", "67", "73", "66"}, r.Near(at(80).Add(-time.Minute))); diff != "" {
		t.Errorf("the nearest to a moment:\n%s", diff)
	}
	two := &Record{Twins: []Twin{{Record: "y", At: at(2)}, {Record: "x", At: at(0)}}}
	if diff := cmp.Diff([]string{"x", "y"}, two.Near(at(1))); diff != "" {
		t.Errorf("as near as each other:\n%s", diff)
	}
	if two.Twins[0].Record != "y" {
		t.Error("looking for the nearest changes their order")
	}
	if near := (&Record{}).Near(noon); near != nil {
		t.Errorf("nothing is near %v", near)
	}
}

// That a debit replaces another may be said the second time it is sent, and
// stays said.
func TestThatADebitReplacesAnotherIsKept(t *testing.T) {
	e := Entry{Event: "a", Kind: Debit, Status: Posted, At: noon, ReceivedAt: noon, Amount: 5, Service: "docomo"}
	for name, c := range map[string]struct {
		first, then bool
		event       string
		changed     bool
	}{
		"said at first":               {true, false, "b", false},
		"said later":                  {false, true, "b", true},
		"said later, by the same id":  {false, true, "a", true},
		"said both times":             {true, true, "b", false},
		"never said":                  {false, false, "b", false},
		"said at first, by one event": {true, false, "a", false},
	} {
		first, then := e, e
		first.Replaces, then.Replaces, then.Event = c.first, c.then, c.event
		r := NewRecord("r", AccountKey{}, first)
		changed, fresh, err := Add([]*Record{r}, then)
		if err != nil || fresh != nil || (len(changed) == 1) != c.changed {
			t.Errorf("%s: changed %v, other records %v (%v)", name, changed, fresh, err)
		}
		if story := r.Story(); len(story) != 1 || story[0].Replaces != (c.first || c.then) || story[0].Event != "a" {
			t.Errorf("%s: it says %+v", name, story)
		}
	}
}

// A record that tells of nothing any more takes nothing that is not its own.
func TestAnEmptyRecordStaysEmpty(t *testing.T) {
	empty := &Record{ID: "r"}
	empty.Tell(nil)
	changed, fresh, err := Add([]*Record{empty}, Entry{Event: "a", Kind: Debit, Status: Posted, At: noon, Amount: 5})
	if err != nil || changed != nil || len(fresh) != 1 || len(empty.Story()) != 0 {
		t.Errorf("changed %v, of its own %v, it says %v (%v)", changed, fresh, empty.Story(), err)
	}
}

// A transaction goes to the record by which people know it: by the amount and
// status that it was last told with, not by the order of the records.
func TestATransactionGoesToTheRecordThatWasToldOfIt(t *testing.T) {
	pending, posted := said(t, "pending 900")[0], said(t, "posted 900", "posted 900 +9d")[1]
	for _, first := range []string{"a", "b"} {
		a, b := NewRecord("a", AccountKey{}, pending), NewRecord("b", AccountKey{}, posted)
		records := []*Record{a, b}
		if first == "b" {
			slices.Reverse(records)
		}
		replaces := posted
		replaces.Event, replaces.Replaces = "again", true
		if _, fresh, err := Add(records, replaces); err != nil || fresh != nil || a.Complete == b.Complete {
			t.Fatalf("%s first: %v and %v tell of it (%v, %v)", first, a.Story(), b.Story(), fresh, err)
		}
	}
}

// Each record leaves its own id out of its entries: as another record's, they name
// the first id and leave out the other.
func TestEntriesAsAnotherRecordHasThem(t *testing.T) {
	of := []Entry{{Event: "own"}, {Event: "other", Txn: "p"}, {Event: "third", Txn: "x"}, {Event: "replaces", Replaces: true, Of: "p"}}
	var got []string
	for _, e := range relative(of, "t", "p") {
		got = append(got, e.Event+" "+e.Txn+" "+e.Of)
	}
	if s := strings.Join(got, ", "); s != "own t , other  , third x , replaces t " {
		t.Errorf("they are %q", s)
	}
	if of[0].Txn != "" || of[3].Of != "p" {
		t.Error("the entries of the first record are changed")
	}
	for i, e := range relative(of, "t", "t") {
		if e.Txn != of[i].Txn || e.Of != of[i].Of {
			t.Errorf("as its own record has it, %s is of %q and %q", e.Event, e.Txn, e.Of)
		}
	}
}
