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
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
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
