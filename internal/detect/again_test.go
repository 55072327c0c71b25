package detect_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// sendAt hands over events that were received at a moment.
func (h *house) sendAt(t *testing.T, at time.Time, events ...jsontext.Value) {
	t.Helper()
	for _, body := range wire.EncodeBatch("0125", at, events, 1<<20) {
		if v := h.Handle(context.Background(), []queue.Message{{ID: "m", Body: body, Receives: 1}}); !v[0].Done {
			t.Errorf("the message is not done: %+v", v[0])
		}
	}
}

// A bank that hears no answer sends an event again, and the two copies may
// change places in the queue.
func TestTheCopyThatWasReceivedFirstMayComeLast(t *testing.T) {
	h := newHouse(t)
	first := debit("acc_1", "1", 1, 5000, "PAYPAY", "")
	second := jsontext.Value(strings.Replace(string(first), "evt_1", "evt_again", 1))
	h.sendAt(t, received.Add(5*time.Second), second)
	h.sendAt(t, received, first)
	rs := h.history(t)
	if len(rs) != 1 || len(rs[0].Notices) != 1 || !rs[0].ReceivedAt.Equal(received) || rs[0].Event != "evt_1" {
		t.Fatalf("%d records, the newest %+v", len(rs), rs[0])
	}
	if told := h.deliveries(t); len(told) != 1 {
		t.Errorf("told as %v", told)
	}
}

// What takes the place of a pending debit may come before it.
func TestADebitMayComeBeforeThePendingOneThatItReplaces(t *testing.T) {
	pending := debit("acc_1", "1", 1, 5000, "PAYPAY", `,"status":"pending"`)
	posted := jsontext.Value(strings.Replace(string(debit("acc_1", "2", 30, 4000, "ﾄﾞｺﾓｺｳｻﾞ", `,"replaces":"1"`)), "2020-10-03", "2020-10-23", 1))
	for name, events := range map[string][]jsontext.Value{"in order": {pending, posted}, "the other way round": {posted, pending}} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.Add(21 * 24 * time.Hour)
			for i, e := range events {
				h.sendAt(t, received.AddDate(0, 0, 20).Add(time.Duration(i)*time.Minute), e)
			}
			var tells []*watch.Record
			for _, r := range h.history(t) {
				if len(r.Story()) > 0 {
					tells = append(tells, r)
				}
			}
			if len(tells) != 1 || tells[0].Amount != 4000 || tells[0].Status != watch.Posted || len(tells[0].Story()) != 2 {
				t.Errorf("%d debits, the newest %+v", len(tells), tells[0])
			}
		})
	}
}
