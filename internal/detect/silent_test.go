package detect_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// doubting is a table that says of each record that there may be one, so that no
// event is finished on the short way.
type doubting struct{ store.Table }

func (d doubting) Glance(_ context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	out := map[store.Key]store.Item{}
	for _, k := range keys {
		out[k] = store.Item{Key: k}
	}
	return out, nil
}

// theLongWay has a house decode each account for each call, and take no short way.
func (h *house) theLongWay() {
	config := h.Config
	config.Store = store.New(doubting{h.Table})
	h.Stage = detect.New(config)
	h.Forget()
}

var latest = regexp.MustCompile(`"conflict":"[^"]*",`)

// together has a house commit what an event leaves with the jobs that follow from it, as
// where store and queues are one, and queue nothing by itself.
func (h *house) together() {
	config := h.Config
	config.Together = func(ctx context.Context, writes []store.Write, jobs *queue.Jobs) error {
		if err := h.store.Write(ctx, writes...); err != nil {
			return err
		}
		return jobs.Send(ctx, h.queue)
	}
	h.Stage = detect.New(config)
}

// left is all that a house has written and queued.
func (h *house) left(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for k, v := range worldtest.Everything(t, h.File) {
		if strings.HasPrefix(k, "items N#") { // what is counted of a feed, by each process, with the latest of those that came together
			k, v = k[:strings.LastIndex(k, " ")], latest.ReplaceAllString(v, "")
		}
		out[k] = v
	}
	var jobs []string
	for k, v := range worldtest.Everything(t, h.File+".queue") {
		if strings.Contains(k, ".body ") {
			jobs = append(jobs, k[:strings.Index(k, " ")]+" "+v)
		}
	}
	slices.Sort(jobs)
	out["jobs"] = strings.Join(jobs, "\n")
	return out
}

// randomChange changes an account as people do, or ends it and begins it again, with other
// rules at the same version.
func randomChange(r *rand.Rand, k watch.AccountKey) func(h *house) {
	rules := watch.DefaultRules()
	rules.Overdrawn, rules.Burst, rules.FirstSeen = r.IntN(3) == 0, r.IntN(2) == 0, r.IntN(2) == 0
	if r.IntN(3) == 0 {
		rules.AnyDebit = 1 + r.Int64N(9000)
	}
	for range r.IntN(4) {
		rules.Keywords = append(rules.Keywords, []string{"ヤチン", "ガス", "NTT", "デンキ"}[r.IntN(4)])
	}
	again, who, hide := r.IntN(3) == 0, r.IntN(3), r.IntN(2) == 0
	return func(h *house) {
		if again {
			a, err := h.store.Account(context.Background(), k)
			if err == nil {
				h.Put(store.DeleteAccount(a))
			}
			a = worldtest.Account(k, worldtest.Owner("w1", lineUser, worldtest.ByLINE))
			a.Watchers[0].Rules = rules
			h.Put(store.PutAccount(a))
			return
		}
		h.Change(k, func(a *watch.Account) {
			for len(a.Watchers) <= who {
				n := len(a.Watchers) + 1
				a.Watchers = append(a.Watchers, worldtest.Guardian(fmt.Sprint("w", n), fmt.Sprintf("U%032d", n), worldtest.ByLINE))
			}
			a.Watchers[who].Rules, a.Watchers[who].HideAmount = rules, hide
		})
	}
}

// said is a debit of which a bank may say more.
type said struct {
	ref, txn string
	yen      int64
	event    jsontext.Value
}

// randomEvents are of a call; now and then they are what became of earlier debits.
func randomEvents(r *rand.Rand, before *[]said) (out []jsontext.Value) {
	texts := []string{"ﾔﾁﾝ ﾌﾘｶｴ", "ﾄｳｷﾖｳｶﾞｽ", "NTTﾄﾞｺﾓ", "ﾃﾞﾝｷ", "ﾌﾘｶｴ", "", "1234", "PAYPAY", "ﾄﾞｺﾓｺｳｻﾞ", "PAYPAYｶ"}
	later := len(*before) > 0 && r.IntN(3) == 0
	for range 1 + r.IntN(4) {
		n := len(*before)
		d := said{fmt.Sprint("acc_", 1+r.IntN(3)), fmt.Sprint("t", n), 1 + r.Int64N(9000), nil}
		text, more := texts[r.IntN(len(texts))], ""
		if later {
			if d = (*before)[r.IntN(n)]; r.IntN(2) == 0 {
				out = append(out, d.event) // sent again
				continue
			}
			if text = texts[r.IntN(4)]; r.IntN(3) == 0 {
				more = fmt.Sprintf(`,"replaces":%q`, (*before)[r.IntN(n)].txn)
			}
		}
		if r.IntN(4) == 0 {
			more += fmt.Sprintf(`,"balance_after":%d`, r.IntN(9)-4)
		}
		if !later && r.IntN(2) == 0 {
			more += pending
		}
		e := string(debit(d.ref, d.txn, r.IntN(60), d.yen, text, more))
		d.event = jsontext.Value(strings.Replace(e, `"id":"evt_`, fmt.Sprintf(`"id":"evt_%d_`, n), 1))
		*before = append(*before, d)
		out = append(out, d.event)
	}
	return out
}

// The prefilters that are kept, and the short way of what is ordinary, decide what reading
// and deciding all of it does, over whatever happens to accounts and their debits.
func TestTheShortWayDecidesTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(breadth.Of(12, 150)) {
		short, long, one := newHouse(t), newHouse(t), newHouse(t)
		one.together()
		houses := []*house{short, long, one}
		for _, h := range houses {
			for i := 1; i <= 3; i++ { // they watch several accounts
				h.Put(store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc_", i)}), Watcher: "w1"}))
			}
		}
		long.theLongWay()
		r := rand.New(rand.NewPCG(seed, 0))
		var before []said
		for range 2 {
			for i := 1; i <= 3; i++ {
				change := randomChange(r, watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc_", i)})
				for _, h := range houses {
					if i > 1 && len(before) == 0 {
						h.Put(store.PutAccount(worldtest.Account(watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc_", i)}, worldtest.Owner("w1", lineUser, worldtest.ByLINE))))
					}
					change(h)
				}
			}
			for range 8 {
				events := randomEvents(r, &before)
				change := func(*house) {}
				if r.IntN(3) == 0 {
					change = randomChange(r, watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc_", 1+r.IntN(3))})
				}
				for _, h := range houses {
					h.send(t, events...)
					h.Add(time.Second)
					change(h)
				}
			}
		}
		if diff := cmp.Diff(long.left(t), short.left(t)); diff != "" {
			t.Fatalf("seed %d: the short way decides otherwise (- long, + short):\n%s", seed, diff)
		}
		if diff := cmp.Diff(short.left(t), one.left(t)); diff != "" {
			t.Fatalf("seed %d: one commit leaves something else (- in order, + one):\n%s", seed, diff)
		}
		if !short.Kept(t.Context(), t, short.key) || long.Kept(t.Context(), t, long.key) {
			t.Fatalf("seed %d: nothing is kept, or both keep it, which shows nothing", seed)
		}
	}
}

// An ordinary debit that people were told of while they asked for it is no longer asked
// for when it is sent again: what is on record of it is looked at all the same.
func TestWhatIsOnRecordIsLookedAtThoughNoRuleAsksForIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.rules(func(r *watch.Rules) { r.Keywords = []string{"ヤチン"} })
	e := debit("acc_1", "t", 1, 80_000, "ﾔﾁﾝ ﾌﾘｶｴ", "")
	h.send(t, e)
	h.rules(func(r *watch.Rules) { r.Keywords = nil })
	h.send(t, e)
	again := 0
	for _, n := range h.deliveries(t) {
		again += n
	}
	if again != 2 { // the first job may have been lost with the process
		t.Errorf("of a debit that was told and is sent again %d jobs are queued, want 2", again)
	}
}

// An ordinary event of an account that ten people watch, with fifty words each, on the short
// way and on the long one, by which each event went before. The store is in memory.
func BenchmarkOrdinaryEventOfAFamily(b *testing.B) {
	for _, way := range []string{"short", "long"} {
		b.Run(way, func(b *testing.B) {
			w := worldtest.New(b, worldtest.At(received))
			h := &house{World: w, store: w.Store, queue: w.Queue}
			h.Stage = detect.New(detect.Config{Store: w.Store, Queue: w.Queue, Now: w.Now, Logger: slog.New(slog.DiscardHandler)})
			if way == "long" {
				h.theLongWay()
			}
			var events []jsontext.Value
			for i := range 100 {
				a := worldtest.Account(watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc_", i)})
				for p := range watch.MaxWatchers {
					who := worldtest.Guardian(fmt.Sprint("w", p), fmt.Sprintf("U%032d", p), worldtest.ByLINE)
					for word := range 50 {
						who.Rules.Keywords = append(who.Rules.Keywords, fmt.Sprintf("%dカゾ%dクノコトハ", p, word))
					}
					a.Watchers = append(a.Watchers, who)
				}
				h.Put(store.PutAccount(a))
				events = append(events, debit(a.Ref, fmt.Sprint("t", i), 1, 3000, "ﾄｳｷﾖｳｶﾞｽ", ""))
			}
			m := queue.Message{ID: "m", Receives: 1, Body: wire.EncodeBatch("0125", received, events, 1<<20)[0]}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if v := h.Handle(b.Context(), []queue.Message{m}); !v[0].Done {
					b.Fatalf("%+v", v)
				}
				n += len(events)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n), "µs/event")
		})
	}
}
