package detect_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// What a bank sends again counts as known already in its feed's hour, but not what
// it gives of the past again, which it does in whole years.
func TestWhatIsKnownAlreadyIsCountedOfTheFeedAlone(t *testing.T) {
	h := newHouse(t)
	known := func() int {
		h.Add(store.SaveEvery)
		h.send(t, debit("acc_1", "later", 3, 100, "PAYPAY", "")) // what was counted is written with it
		hours, err := h.store.Hours(t.Context(), "0125", 3, h.World.Now())
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, hour := range hours {
			n += hour.Known
		}
		return n
	}
	h.send(t, debit("acc_1", "1", 1, 3000, "PAYPAY", ""), debit("acc_1", "1", 1, 3000, "PAYPAY", ""))
	first := known()
	if first != 1 {
		t.Errorf("%d events are known already, want one", first)
	}
	past := wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1", From: received.AddDate(-1, 0, 0)}, received, []jsontext.Value{debit("acc_1", "1", 1, 3000, "PAYPAY", "")}, 1<<20)[0]
	for range 2 {
		if v := h.Handle(t.Context(), []queue.Message{{ID: "p", Body: past, Receives: 1}})[0]; !v.Done {
			t.Fatalf("the past is %+v", v)
		}
	}
	if n := known(); n != first+1 { // the event that writes the count, sent again
		t.Errorf("%d are known already after the past was given twice, want %d", n, first+1)
	}
}

// A text that names no one, of a debit whose pending event named its service and
// said the same, is that debit's event, and leads to it.
func TestAnEventThatNamesNoOneLeadsToTheDebitOfItsID(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit", "a", "t", 10*time.Minute, 3000, ""))
	h.send(t, say("debit", "b", "t", 10*time.Minute, 3000, `,"descriptor":"ｺｳｻﾞﾌﾘｶｴ"`))
	traces, err := h.store.Traced(t.Context(), "0125", "b")
	if err != nil || len(traces) != 1 || h.Record(traces[0].Record).Amount != 3000 {
		t.Errorf("the second leads to %+v (%v)", traces, err)
	}
	if n := len(h.history(t)); n != 1 {
		t.Errorf("%d records", n)
	}
}

// vanishing is a table of which an item is erased just before it is read.
type vanishing struct {
	store.Table
	item store.Write
}

func (v *vanishing) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if slices.Contains(keys, v.item.Item.Key) {
		if err := v.Table.Write(ctx, v.item); err != nil {
			return nil, err
		}
	}
	return v.Table.Get(ctx, keys...)
}

// What is erased while it is sent again is told as if it had never been; the undoing of
// what is erased waits for it, and is told to no one.
func TestWhatIsErasedWhileItIsSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		first, again jsontext.Value
		told         bool
	}{
		"a debit":      {say("debit", "a", "t", time.Minute, 3000, ""), say("debit", "a", "t", time.Minute, 3000, ""), true},
		"a link":       {say("charge_link.registered", "a", "t", time.Minute, 0, `,"service":"docomo"`), say("charge_link.registered", "a", "t", time.Minute, 0, `,"service":"docomo"`), true},
		"its undoing":  {say("debit", "a", "t", time.Minute, 3000, ""), say("debit.reversed", "b", "t", 0, 3000, ""), false},
		"its removal":  {say("charge_link.registered", "a", "t", time.Minute, 0, `,"service":"docomo"`), say("charge_link.removed", "b", "t", 0, 0, `,"service":"docomo"`), false},
		"under a word": {say("debit", "a", "t", time.Minute, 3000, ""), say("debit", "b", "t", time.Minute, 3000, `,"descriptor":"ｺｳｻﾞﾌﾘｶｴ"`), false},
	} {
		h := newHouse(t)
		h.send(t, c.first)
		gone := store.PutRecord(h.of(t, "t"))
		gone.Delete, gone.If = true, store.Any
		config := h.Config
		config.Store = store.New(&vanishing{h.Table, gone})
		h.Stage = detect.New(config)
		h.send(t, c.again)
		if told := slices.ContainsFunc(h.history(t), (*watch.Record).IsAlert); told != c.told {
			t.Errorf("%s: it is told %v", name, told)
		}
	}
}

// A record bears the file that last said something new of it as news: not one that says
// the same again, nor what is told of the past.
func TestARecordBearsTheFileOfItsLatestNews(t *testing.T) {
	h := newHouse(t)
	first, more := say("debit", "a", "t", 10*time.Minute, 3000, pending), say("debit", "b", "t", 9*time.Minute, 4000, "")
	back := say("debit.reversed", "c", "t", 5*time.Minute, 1000, "")
	for _, c := range []struct {
		bodies [][]byte
		want   string
	}{
		{wire.EncodeFile("0125", "f1", received, []jsontext.Value{first}, 1<<20), "f1"},
		{wire.EncodeFile("0125", "f2", received, []jsontext.Value{first}, 1<<20), "f1"},
		{wire.EncodeFile("0125", "f3", received, []jsontext.Value{more}, 1<<20), "f3"},
		{wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1"}, received, []jsontext.Value{back}, 1<<20), "f3"},
	} {
		for _, body := range c.bodies {
			if v := h.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}})[0]; !v.Done {
				t.Errorf("it is %+v", v)
			}
		}
		if got := h.of(t, "t").File; got != c.want {
			t.Errorf("it bears the file %q, want %q", got, c.want)
		}
	}
	if r := h.of(t, "t"); r.Returned != 1000 {
		t.Errorf("of it %d came back", r.Returned)
	}
}
