package detect_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

var received = time.Date(2020, 10, 3, 5, 6, 0, 0, time.UTC)

const lineUser = "U00000000000000000000000000000001"

// house is the stage on a world of its own, with one watched account.
type house struct {
	*worldtest.World
	*detect.Stage
	store *store.Store
	queue *qembedded.Queue
	key   watch.AccountKey
}

// onStore lets all of the tests run on the emulator, too, which takes minutes.
var onStore = flag.String("store", string(tabletest.Embedded), "the kind of store for tests that choose none: embedded or dynamo")

func newHouse(t *testing.T) *house { t.Helper(); return newHouseOn(t, tabletest.Kind(*onStore)) }

// onBoth runs a property on each kind of store: on the slower one with a few of
// its cases, every nth from the first.
func onBoth(t *testing.T, cases uint64, nth uint64, test func(t *testing.T, newHouse func(*testing.T) *house, cases []uint64)) {
	t.Helper()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		t.Parallel()
		every := uint64(1)
		if kind != tabletest.Embedded {
			every = nth
		}
		var some []uint64
		for c := uint64(0); c < cases; c += every {
			some = append(some, c)
		}
		test(t, func(t *testing.T) *house { t.Helper(); return newHouseOn(t, kind) }, some)
	})
}

func newHouseOn(t *testing.T, kind tabletest.Kind) *house {
	t.Helper()
	w := worldtest.New(t, worldtest.At(received), tabletest.World(kind))
	h := &house{World: w, store: w.Store, queue: w.Queue, key: watch.AccountKey{Bank: "0125", Ref: "acc_1"}}
	h.Stage = detect.New(detect.Config{Store: w.Store, Queue: w.Queue, EscalateAfter: 15 * time.Minute, Now: w.Now, Logger: w.Logger})
	w.Put(store.PutAccount(worldtest.Account(h.key, worldtest.Owner("w1", lineUser, worldtest.ByLINE))))
	return h
}

func debit(ref, txn string, second int, yen int64, descriptor, extra string) jsontext.Value {
	return jsontext.Value(fmt.Sprintf(`{"id":"evt_%s","type":"debit","transaction_id":%q,"account_ref":%q,"occurred_at":"2020-10-03T14:05:%02d+09:00","amount":%d,"currency":"JPY","descriptor":%q%s}`,
		txn, txn, ref, second, yen, descriptor, extra))
}

func reversal(txn string) jsontext.Value {
	return jsontext.Value(fmt.Sprintf(`{"id":"evt_r%s","type":"debit.reversed","transaction_id":%q,"account_ref":"acc_1","occurred_at":"2020-10-03T14:05:59+09:00"}`, txn, txn))
}

func (h *house) send(t *testing.T, events ...jsontext.Value) {
	t.Helper()
	for _, body := range wire.EncodeBatch("0125", received, events, 1<<20) {
		if v := h.Handle(context.Background(), []queue.Message{{ID: "m", Body: body, Receives: 1}}); !v[0].Done {
			t.Errorf("the message is not done: %+v", v[0])
		}
	}
}

func (h *house) history(t *testing.T) []*watch.Record {
	t.Helper()
	return h.History(h.key)
}

// deliveries are the different jobs in the LINE queue.
func (h *house) deliveries(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	for {
		msgs, err := h.queue.Receive(context.Background(), queue.LINE, 10, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(msgs) == 0 {
			return out
		}
		for _, m := range msgs {
			var j watch.Job
			if err := json.Unmarshal(m.Body, &j); err != nil {
				t.Fatal(err)
			}
			out[j.Record+" "+j.Delivery]++
		}
	}
}

var four = []jsontext.Value{
	debit("acc_1", "1", 1, 100000, "ﾄﾞｺﾓｺｳｻﾞ", ""), debit("acc_1", "2", 20, 90000, "ﾄﾞｺﾓｺｳｻﾞ", ""),
	debit("acc_1", "3", 40, 90000, "ﾄﾞｺﾓｺｳｻﾞ", ""), debit("acc_1", "4", 50, 20000, "ﾄﾞｺﾓｺｳｻﾞ", `,"balance_after":-70000`),
}

func TestFourDebitsOfOneMinuteAreOneIncidentAndOneMessage(t *testing.T) {
	h := newHouse(t)
	h.send(t, four...)
	want := []watch.Reason{ // newest first
		watch.ServiceDebit | watch.Burst | watch.Overdrawn, watch.ServiceDebit | watch.Burst | watch.NearLimit,
		watch.ServiceDebit | watch.NearLimit, watch.ServiceDebit | watch.FirstSeen | watch.NearLimit,
	}
	got := h.history(t)
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i, r := range got {
		if r.Notices[0].Reasons != watch.Because(want[i]) || r.Service != "docomo" {
			t.Errorf("record %d: %s because of %q, want %q", i, r.Service, r.Notices[0].Reasons, want[i])
		}
	}
	if d := h.deliveries(t); len(d) != 1 {
		t.Errorf("%d deliveries queued, want 1", len(d))
	}
	lead := got[len(got)-1]
	for _, r := range got[:len(got)-1] {
		if r.Lead != lead.ID || len(r.Deliveries) != 0 {
			t.Errorf("%s belongs to the incident %q and has %d deliveries", r.Txn, r.Lead, len(r.Deliveries))
		}
	}
	h.accept(t)
	want2 := []string{"alert 100000", "alert 90000", "alert 90000", "alert 20000"}
	all := h.history(t)
	for i, r := range slices.Backward(all) {
		if s := told(r, all); s != want2[len(all)-1-i] {
			t.Errorf("of %s is told %q", r.Txn, s)
		}
	}
	if lead := all[len(all)-1]; len(lead.Deliveries) != 1 || lead.Deliveries[0].Kind != watch.TellMore {
		t.Errorf("told in %+v", lead.Deliveries)
	}
}

func TestOrdinaryDebitsAndStrangersAccountsLeaveNothing(t *testing.T) {
	h := newHouse(t)
	h.send(t, debit("acc_1", "1", 1, 7000, "NTTﾄﾞｺﾓ", ""), debit("acc_1", "2", 2, 30000, "PAYPAYｶ-ﾄﾞ", ""),
		debit("acc_other", "3", 3, 100000, "ﾄﾞｺﾓｺｳｻﾞ", ""))
	if got := h.history(t); len(got) != 0 {
		t.Errorf("%d records, want none", len(got))
	}
	if d := h.deliveries(t); len(d) != 0 {
		t.Errorf("%d deliveries, want none", len(d))
	}
}

func TestWhateverTheOrderAndTheCutNothingIsLostOrDoubled(t *testing.T) {
	onBoth(t, 20, 6, nothingIsLostOrDoubled)
}

func nothingIsLostOrDoubled(t *testing.T, newHouse func(*testing.T) *house, seeds []uint64) {
	for _, seed := range seeds {
		h := newHouse(t)
		rng := rand.New(rand.NewPCG(seed, 1))
		events := append([]jsontext.Value{reversal("2")}, four...)
		for range 5 {
			rng.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			cut := rng.IntN(len(events) + 1)
			h.send(t, events[:cut]...)
			h.send(t, events[cut:]...)
		}
		alerts := 0
		for _, r := range h.history(t) {
			if !r.Complete || len(r.Notices) != 1 {
				t.Errorf("seed %d: record %s complete %v with %d notices", seed, r.Txn, r.Complete, len(r.Notices))
			}
			if (r.Txn == "2") == r.UndoneAt.IsZero() {
				t.Errorf("seed %d: record %s undone at %v", seed, r.Txn, r.UndoneAt)
			}
			alerts++
		}
		if alerts != 4 {
			t.Errorf("seed %d: %d alerts, want 4", seed, alerts)
		}
		act, err := h.store.Activity(context.Background(), h.key)
		if err != nil {
			t.Fatal(err)
		}
		if total := act.Services["docomo"].Months["2020-10"]; total != 210000 {
			t.Errorf("seed %d: the month's total is %d, want 210000", seed, total)
		}
	}
}

func TestManyDetectorsOnOneAccountCountEachDebitOnce(t *testing.T) {
	tabletest.OnEach(t, manyDetectorsOnOneAccount)
}

func manyDetectorsOnOneAccount(t *testing.T, kind tabletest.Kind) {
	h := newHouseOn(t, kind)
	var wg sync.WaitGroup
	for range 4 { // each as in a process of its own
		other := *h
		other.Stage = detect.New(h.Config)
		wg.Go(func() { other.send(t, four...) })
	}
	wg.Wait()
	act, err := h.store.Activity(context.Background(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	if s := act.Services["docomo"]; s.Debits != 4 || s.Months["2020-10"] != 300000 {
		t.Errorf("%d debits of %d yen, want 4 of 300000", s.Debits, s.Months["2020-10"])
	}
	if d := h.deliveries(t); len(d) != 1 {
		t.Errorf("%d different deliveries, want 1", len(d))
	}
}

func TestAPendingDebitAndItsPostedTwinAreOneAlert(t *testing.T) {
	h := newHouse(t)
	h.send(t, debit("acc_1", "1", 1, 1000, "PAYPAY", `,"status":"pending"`))
	h.send(t, debit("acc_1", "1", 1, 1200, "PAYPAY", `,"status":"posted"`))
	h.send(t, debit("acc_1", "1", 1, 1000, "PAYPAY", `,"status":"pending"`))
	got := h.history(t)
	if len(got) != 1 || got[0].Status != watch.Posted || got[0].Amount != 1200 || len(got[0].Notices) != 1 {
		t.Fatalf("records %+v", got)
	}
	act, err := h.store.Activity(context.Background(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	if s := act.Services["paypay"]; s.Debits != 1 || s.Months["2020-10"] != 1200 {
		t.Errorf("activity %+v", s)
	}
}
