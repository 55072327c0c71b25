package detect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// An event leads to the record that tells of what it said, though others of its
// id changed with it.
func TestAnEventLeadsToTheRecordThatItWentInto(t *testing.T) {
	const day = 24 * time.Hour
	h := newHouse(t)
	for _, e := range []jsontext.Value{say("debit", "a", "9998", 2*day, 3000, ""), say("debit", "b", "9998", day, 4000, pending),
		say("debit", "c", "9998", day-time.Hour, 4500, ""), say("debit", "d", "p1", 5*time.Hour, 700, pending), say("debit", "e", "t1", time.Hour, 800, `,"replaces":"p1"`)} {
		h.send(t, e)
	}
	for event, yen := range map[string]int64{"a": 3000, "b": 4500, "c": 4500, "d": 800, "e": 800} {
		traces, err := h.store.Traced(t.Context(), "0125", event)
		if err != nil || len(traces) != 1 {
			t.Errorf("event %s leads to %+v (%v)", event, traces, err)
			continue
		}
		if r := h.Record(traces[0].Record); r.Amount != yen {
			t.Errorf("event %s leads to a debit of %d yen, want %d", event, r.Amount, yen)
		}
	}
	// An id that only leads elsewhere keeps the day of its debit: it goes when
	// that is long enough ago.
	own := h.Record((&watch.Event{Bank: "0125", AccountRef: "acc_1", TransactionID: "t1", Kind: watch.Debit}).RecordID())
	if own.Alias == "" || own.Kind != watch.Debit || !own.OccurredAt.Equal(received.Add(-time.Hour)) || !own.ReceivedAt.Equal(received) {
		t.Errorf("the id that replaces another has %+v", own)
	}
}

// A link that the bank named when it bound the account is no news, however
// lately it was made and however long ago others began to watch.
func TestTheRegistrationOfALinkThatWasNamedIsNoNews(t *testing.T) {
	h := newHouse(t)
	h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Since = received.AddDate(0, -6, 0) })
	since := received.Add(-48 * time.Hour).In(watch.JST)
	since = time.Date(since.Year(), since.Month(), since.Day(), 0, 0, 0, 0, watch.JST)
	h.seed(t, watch.Seed{Service: "paypay", Since: since, DateOnly: true})
	h.send(t, say("charge_link.registered", "e1", "lnk-1", received.Sub(since.Add(time.Hour)), 0, `,"service":"paypay"`))
	if r := h.history(t)[0]; r.Txn != "lnk-1" || r.IsAlert() || !r.Past || len(h.deliveries(t)) != 0 {
		t.Errorf("it rings: %+v", r)
	}
}

// Since when an account's debits are on record is noted once they are.
func TestHistoryIsKnownOnceItsEventsAreOnRecord(t *testing.T) {
	h := newHouse(t)
	from := received.AddDate(-1, 0, 0)
	again, unsaid := 0, true
	for at := 1; at < 20; at++ {
		s := newStage(h, fmt.Sprint("acc_w", at))
		s.at, s.how = at, fails
		body := wire.EncodeHistory(wire.History{Bank: "0125", Account: s.key.Ref, From: from}, received,
			[]jsontext.Value{debit(s.key.Ref, "1", 1, 3000, "PAYPAY", ""), debit(s.key.Ref, "2", 2, 3000, "PAYPAY", "")}, 1<<20)[0]
		v := s.stage.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}})[0]
		act, err := s.store.Activity(t.Context(), s.key)
		if err != nil {
			t.Fatal(err)
		}
		known := len(s.history(t))
		if !act.HistoryFrom.IsZero() && known != 2 {
			t.Errorf("call %d fails: %d of two debits are on record, and it is known since %s", at, known, act.HistoryFrom)
		}
		if !v.Done {
			again++
			unsaid = unsaid && !strings.Contains(s.log.String(), "since when an account's history is known cannot be kept yet")
		}
	}
	if again < 4 {
		t.Errorf("only %d calls that fail bring the message again", again)
	}
	if unsaid {
		t.Error("since when the history is known was not kept, and nothing says so")
	}
}
