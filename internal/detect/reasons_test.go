package detect_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// The reasons of an alert are of what the debit is now, for those whom it still
// concerns.
func TestTheReasonsFollowWhatTheDebitIs(t *testing.T) {
	house := `,"descriptor":"ﾔﾁﾝ","status":"pending"`
	for name, c := range map[string]struct {
		first, then jsontext.Value
		history     bool
		want        watch.Reason
	}{
		"it turns out to be another service's": {say("debit", "a", "t", 2*time.Minute, 60_000, `,"descriptor":"PAYPAY","status":"pending"`), say("debit", "b", "t", time.Minute, 60_000, ""), false,
			watch.ServiceDebit},
		"it turns out to be a service's": {say("debit", "a", "t", 2*time.Minute, 3000, house), say("debit", "b", "t", time.Minute, 3000, ""), false,
			watch.ServiceDebit | watch.Keyword},
		"more is taken": {say("debit", "a", "t", 2*time.Minute, 3000, `,"descriptor":"PAYPAY","status":"pending"`), say("debit", "b", "t", time.Minute, 60_000, `,"descriptor":"PAYPAY"`), false,
			watch.ServiceDebit | watch.MonthlyTotal},
		"less is taken, and it was told for more": {say("debit", "a", "t", 2*time.Minute, 60_000, `,"descriptor":"PAYPAY","status":"pending"`), say("debit", "b", "t", time.Minute, 3000, `,"descriptor":"PAYPAY"`), false,
			watch.ServiceDebit | watch.MonthlyTotal},
		"as much is taken, after the word was chosen": {say("debit", "a", "t", 2*time.Minute, 3000, `,"descriptor":"PAYPAY","status":"pending"`), say("debit", "b", "t", time.Minute, 3000, `,"descriptor":"PAYPAY ﾔﾁﾝ"`), false,
			watch.ServiceDebit},
		"more is taken, as the bank's history says": {say("debit", "a", "t", 2*time.Minute, 3000, `,"descriptor":"PAYPAY","status":"pending"`), say("debit", "b", "t", time.Minute, 60_000, `,"descriptor":"PAYPAY"`), true,
			watch.ServiceDebit},
	} {
		h := newHouse(t)
		h.rules(func(r *watch.Rules) {
			*r = plain()
			r.MonthlyTotal, r.Keywords = map[string]int64{"paypay": 50_000}, []string{"ヤチン"}
		})
		h.send(t, c.first)
		bodies := wire.EncodeBatch("0125", received, []jsontext.Value{c.then}, 1<<20)
		if c.history {
			bodies = wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1"}, received, []jsontext.Value{c.then}, 1<<20)
		}
		h.Handle(t.Context(), []queue.Message{{ID: "m", Body: bodies[0], Receives: 1}})
		rs := h.history(t)
		if len(rs) != 1 || len(rs[0].Notices) != 1 || rs[0].Notices[0].Reasons != watch.Because(c.want) {
			t.Errorf("%s: %d records, because of %+v, want %s", name, len(rs), rs[0].Notices, watch.Because(c.want))
		}
	}
}

// What is no payment service's leaves no trace in what the account's services
// did, and is in no summary.
func TestAnOrdinaryDebitThatIsToldTeachesNothing(t *testing.T) {
	ordinary := `,"descriptor":"ﾔﾁﾝ"`
	h := newHouse(t)
	h.rules(func(r *watch.Rules) { r.AnyDebit = 1 })
	h.send(t, say("debit", "a", "t", time.Minute, 80_000, ordinary))
	h.send(t, say("debit", "b", "u", 20*24*time.Hour, 70_000, ordinary+`,"replaces":"p"`)) // too late to be news
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil || act.Version != 0 || len(act.Services) != 0 {
		t.Errorf("the account's activity is %+v (%v)", act, err)
	}
	for _, r := range h.history(t) {
		if late := r.Amount == 70_000; r.Complete && (r.IsAlert() == late || r.Past != late || late && len(r.Deliveries) != 0) {
			t.Errorf("%d yen, past %v, are told in %v", r.Amount, r.Past, states(r))
		}
	}
}

// A record has the mask that the event has, else the account's.
func TestTheMaskIsTheEventsOrElseTheAccounts(t *testing.T) {
	h := newHouse(t)
	h.Change(h.key, func(a *watch.Account) { a.Mask = "普通 ***4567" })
	h.send(t, say("debit", "a", "t", 2*time.Minute, 3000, ""), say("debit", "b", "u", time.Minute, 3000, `,"account_mask":"普通 ***8901"`))
	if rs := h.history(t); rs[1].Mask.Raw() != "普通 ***4567" || rs[0].Mask.Raw() != "普通 ***8901" {
		t.Errorf("the masks are %q and %q", rs[1].Mask.Raw(), rs[0].Mask.Raw())
	}
}

// Who watches other accounts is told of which one a message is.
func TestAMessageToWhoWatchesSeveralAccountsSaysSo(t *testing.T) {
	for _, several := range []bool{false, true} {
		h := newHouse(t)
		h.Put(store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(h.key), Watcher: "w1"}))
		if several {
			h.Put(store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_2"}), Watcher: "w2"}))
		}
		h.send(t, say("debit", "a", "t", time.Minute, 3000, ""))
		if d := h.history(t)[0].Deliveries; len(d) != 1 || d[0].Several != several {
			t.Errorf("several accounts %v: told in %+v", several, d)
		}
	}
}

// Without escalation a critical alert calls no one else.
func TestWithoutEscalationNothingEscalates(t *testing.T) {
	h := newHouse(t)
	h.Stage = detect.New(detect.Config{Store: h.store, Queue: h.queue, Now: h.World.Now, Logger: slog.New(slog.DiscardHandler)})
	h.send(t, say("debit", "a", "t", time.Minute, 3000, ""))
	if r := h.history(t)[0]; len(r.Notices) != 1 || !r.Critical() || !r.Notices[0].EscalateAt.IsZero() {
		t.Errorf("it is noticed as %+v", r.Notices)
	}
}
