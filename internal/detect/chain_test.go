package detect_test

import (
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// A debit that was given three ids, one after the other, is one debit.
func TestIDsThatReplaceEachOtherAreOneDebit(t *testing.T) {
	const day = 24 * time.Hour
	h := newHouse(t)
	h.send(t, say("debit", "a", "p", day, 3000, pending))
	h.send(t, say("debit", "b", "t", time.Hour, 3100, `,"status":"pending","replaces":"p"`))
	h.send(t, say("debit", "c", "u", time.Minute, 3200, `,"replaces":"t"`))
	h.send(t, say("debit.reversed", "d", "u", 0, 200, ""))
	var tells []*watch.Record
	for _, r := range h.history(t) {
		if len(r.Story()) > 0 {
			tells = append(tells, r)
		}
	}
	if len(tells) != 1 || tells[0].Amount != 3200 || tells[0].Returned != 200 || tells[0].Status != watch.Posted || len(tells[0].Story()) != 4 {
		t.Errorf("%d debits, the newest %+v", len(tells), tells[0])
	}
}

// What sums up the past waits for the end of quiet hours, like all that is not
// critical.
func TestASummaryWaitsForTheMorning(t *testing.T) {
	h := newHouse(t)
	h.rules(func(r *watch.Rules) { r.Quiet = &watch.Quiet{From: 14 * 60, To: 15 * 60} }) // it is 14:06 in Japan
	h.send(t, say("debit", "a", "t", 20*24*time.Hour, 3000, ""))
	d := h.history(t)[0].Deliveries
	if len(d) != 1 || d[0].ID != "summary-w1-line" || d[0].State != watch.Held || !d[0].Due.Equal(time.Date(2020, 10, 3, 6, 0, 0, 0, time.UTC)) {
		t.Errorf("it is %+v", d)
	}
}

// Two messages of one account's past share what was read, too.
func TestMessagesOfHistoryShareWhatWasRead(t *testing.T) {
	h := newHouse(t)
	h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Since = received })
	h.send(t, say("debit", "a", "t", time.Minute, 3000, ""))
	var msgs []queue.Message
	for i := range 3 {
		body := wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1", From: received.AddDate(-1-i, 0, 0)}, received, nil, 1<<20)[0]
		msgs = append(msgs, queue.Message{ID: "m", Body: body, Receives: 1})
	}
	h.Table.Taken()
	for i, v := range h.Handle(t.Context(), msgs) {
		if !v.Done {
			t.Errorf("message %d is %+v", i, v)
		}
	}
	if reads := h.Table.Taken(); reads != "2" {
		t.Errorf("the reads are of %q items, want one of the account and its activity", reads)
	}
	if act, err := h.store.Activity(t.Context(), h.key); err != nil || !act.HistoryFrom.Equal(received.AddDate(-3, 0, 0)) {
		t.Errorf("the account's debits are on record since %s (%v)", act.HistoryFrom, err)
	}
}
