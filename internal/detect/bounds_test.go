package detect_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// silent is a table that does not answer for the radar until it is waited for no more.
type silent struct{ store.Table }

func (s *silent) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if strings.HasPrefix(keys[0].PK, "RADAR#") {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.Table.Get(ctx, keys...)
}

// A radar that does not answer delays what people are told by a tenth of a second, and a
// call by half a second more, once its deliveries are queued.
func TestASilentRadarIsNotWaitedForLong(t *testing.T) {
	for name, c := range map[string]struct {
		event jsontext.Value
		want  time.Duration
	}{
		"how campaigns stand": {say("debit", "a", "t", time.Minute, 3000, ""), 100 * time.Millisecond},
		"what it counts":      {seen("charge_link.refused", "a", "acc_1", time.Minute, 0), 500 * time.Millisecond},
		"a shop's debit":      {say("debit", "a", "t", time.Minute, 3000, `,"descriptor":"ｽ-ﾊﾟ-"`), 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouseOn(t, tabletest.Embedded)
			config := h.Config
			config.Store = store.New(&silent{h.Table})
			h.Stage = detect.New(config)
			start := time.Now()
			if h.send(t, c.event); time.Since(start) != c.want {
				t.Errorf("%s: it takes %s, want %s", name, time.Since(start), c.want)
			}
		})
	}
}

// What names another business, and is of another day than the debit of its id, is no
// stage of that: it leaves nothing.
func TestADebitOfAnotherBusinessUnderAnIDThatIsKnownLeavesNothing(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit", "a", "t", 6*24*time.Hour, 3000, ""))
	h.send(t, say("debit", "b", "t", time.Minute, 500, `,"descriptor":"NTTﾄﾞｺﾓ"`))
	if rs := h.history(t); len(rs) != 1 || rs[0].Amount != 3000 {
		t.Errorf("%d are on record, the latest of %d yen", len(rs), rs[0].Amount)
	}
}

// A reversal is of no bill, whatever its text: what is remembered of bills is not read
// for it.
func TestAReversalReadsNoBills(t *testing.T) {
	bills := store.PutBills(watch.AccountKey{Bank: "0125", Ref: "acc_1"}, &watch.Bills{}).Item.Key
	for kind, reads := range map[string]bool{"debit": true, "debit.reversed": false} {
		h := newHouse(t)
		asked := h.counting()
		h.send(t, say(kind, "a", "t", time.Minute, 3000, `,"descriptor":"PAYPAYｶ"`))
		if got := slices.Contains(asked.read, bills); got != reads {
			t.Errorf("%s: bills are read: %v, want %v", kind, got, reads)
		}
	}
}

// A word that needs a charge link needs one that stood when the debit happened.
func TestALinkExplainsDebitsUntilItIsRemoved(t *testing.T) {
	for _, c := range []struct {
		removed time.Duration // before receipt; 0 if it stands
		told    bool
	}{{0, true}, {time.Hour, false}, {10 * time.Minute, false}, {10*time.Minute - time.Second, true}} {
		h := newHouse(t)
		events := []jsontext.Value{say("charge_link.registered", "l", "l", 300*time.Hour, 0, `,"service":"docomo"`)}
		if c.removed > 0 {
			events = append(events, say("charge_link.removed", "r", "l", c.removed, 0, `,"service":"docomo"`))
		}
		h.send(t, events...)
		h.send(t, say("debit", "d", "t", 10*time.Minute, 1000, `,"descriptor":"ﾄﾞｺﾓ"`))
		if got := slices.ContainsFunc(h.history(t), func(r *watch.Record) bool { return r.Txn == "t" }); got != c.told {
			t.Errorf("removed %s before receipt: told %v, want %v", c.removed, got, c.told)
		}
	}
}

// What happened before one of those who watch began to is history to them, and news to
// the others.
func TestWhatHappenedBeforeSomebodyWatchedIsHistoryToThemAlone(t *testing.T) {
	h := newHouse(t)
	h.Change(h.key, func(a *watch.Account) {
		late := worldtest.Owner("w2", "U00000000000000000000000000000002", worldtest.ByLINE)
		late.Since = received.Add(-time.Hour)
		a.Watchers = append(a.Watchers, late)
	})
	h.send(t, say("debit", "a", "before", 3*time.Hour, 3000, ""), say("debit", "b", "after", time.Minute, 3000, ""))
	for txn, want := range map[string]bool{"before": false, "after": true} {
		r := h.of(t, txn)
		_, first := r.Notice("w1")
		if _, late := r.Notice("w2"); !first || late != want {
			t.Errorf("%s is told to the first %v, to the later %v", txn, first, late)
		}
	}
}

// Whatever holds a call up is in the log, with what went wrong, and brings its messages
// again, after a fifth of a second at most; but not one that is dead. What is not held
// up says nothing.
func TestWhatHoldsACallUpIsInTheLog(t *testing.T) {
	want := map[string]bool{"accounts cannot be read": false, "records cannot be read": false, "an event cannot be recorded yet": false, "deliveries cannot be queued": false}
	for _, e := range []jsontext.Value{say("debit", "a", "t", time.Minute, 3000, ""), say("debit", "a", "t", time.Minute, 3000, `,"descriptor":"ｽ-ﾊﾟ-"`)} {
		for at := range 12 { // none fails, the first one, ...
			s := newStage(newHouse(t), "acc_d")
			s.at, s.how = at, fails
			body := wire.EncodeBatch("0125", received, []jsontext.Value{jsontext.Value(strings.Replace(string(e), "acc_1", "acc_d", 1))}, 1<<20)[0]
			v := s.stage.Handle(t.Context(), []queue.Message{{ID: "dead", Receives: 1, Body: []byte("{}")}, {ID: "m", Body: body, Receives: 1}})
			log, said := s.log.String(), false
			for what := range want {
				if strings.Contains(log, `msg="`+what+`"`) && strings.Contains(log, errFault.Error()) {
					want[what], said = true, true
				}
			}
			if v[1].Done == said || said && (v[1].Delay < 100*time.Millisecond || v[1].Delay > 200*time.Millisecond) || at == 0 && strings.Contains(log, "cannot") {
				t.Errorf("call %d fails: it is %+v; the log says\n%s", at, v[1], log)
			}
			if v[0].DeadLetter == "" {
				t.Errorf("call %d fails: what is no batch is %+v", at, v[0])
			}
		}
	}
	for what, said := range want {
		if !said {
			t.Errorf("nothing says that %s", what)
		}
	}
}

// A message of a version to come waits for some seconds at first, and up to five minutes.
func TestHowLongAMessageOfAVersionToComeWaits(t *testing.T) {
	h := newHouse(t)
	for receives, most := range map[int]time.Duration{1: 5 * time.Second, 2: 10 * time.Second, 4: 40 * time.Second, 40: 5 * time.Minute} {
		var longest time.Duration
		shortest := most
		for range 100 {
			v := h.Handle(t.Context(), []queue.Message{{ID: "m", Receives: receives, Body: []byte("k9 and whatever comes\n{}\n")}})[0]
			longest, shortest = max(longest, v.Delay), min(shortest, v.Delay)
		}
		if longest > most || longest < most*9/10 || shortest < most/2 || shortest > most*6/10 {
			t.Errorf("received %d times it waits from %s to %s, want half of %s to all of it", receives, shortest, longest, most)
		}
	}
}
