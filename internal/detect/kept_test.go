package detect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// A line that cannot be read is in quarantine, says why, and is counted, before
// its message is done.
func TestALineIsInQuarantineBeforeItsMessageIsDone(t *testing.T) {
	h := newHouse(t)
	s := newStage(h, "acc_q")
	bad := strings.Replace(string(debit("acc_q", "2", 2, 5000, "PAYPAY", "")), `"debit"`, `"debit.authorised"`, 1)
	handle := func(receives int) queue.Verdict {
		return s.stage.Handle(t.Context(), []queue.Message{message(receives, bad)})[0]
	}
	s.at, s.how = 1, fails
	if v := handle(6); v.Done || v.DeadLetter != "" {
		t.Errorf("quarantine could not be written, and the message is %+v", v)
	}
	if v := handle(7); !v.Done {
		t.Errorf("in the end it is %+v", v)
	}
	kept, err := store.Collect(h.store.Quarantine(t.Context(), "0125"))
	if err != nil || len(kept) != 1 || !strings.Contains(kept[0].Problem, "type") {
		t.Errorf("kept %+v (%v), want why", kept, err)
	}
	days, err := h.store.Tallies(t.Context(), "0125", received)
	if err != nil || len(days) != 1 || days[0].Refused != 2 { // each try is counted
		t.Errorf("counted are %+v (%v)", days, err)
	}
	// Between tries there is time for another version to come by, and none is lost.
	for receives, most := range map[int]time.Duration{1: 5 * time.Second, 2: 10 * time.Second, 20: 5 * time.Minute} {
		var longest time.Duration
		for range 100 {
			v := h.Handle(t.Context(), []queue.Message{{ID: "m", Receives: receives, Body: []byte("k9 x\n")}})[0]
			if v.Done || v.Delay < most/2 || v.Delay > most {
				t.Fatalf("received %d times it comes again after %s, want at most %s", receives, v.Delay, most)
			}
			longest = max(longest, v.Delay)
		}
		if longest < most*9/10 {
			t.Errorf("received %d times it comes again after %s at most, want up to %s", receives, longest, most)
		}
	}
}

// A link is what the bank says, else what its text says in full: nothing that
// a debit's text would only suggest.
func TestALinkIsRecognisedAsOne(t *testing.T) {
	for text, want := range map[string]string{"PAYPAY": "paypay", "PAYPAYｶ-ﾄﾞ": "", "ﾄﾞｺﾓｺｳｻﾞ": "docomo"} {
		h := newHouse(t)
		h.send(t, jsontext.Value(`{"id":"evt_l","type":"charge_link.registered","transaction_id":"l","account_ref":"acc_1","occurred_at":"2020-10-03T14:05:01+09:00","descriptor":"`+text+`"}`))
		rs := h.history(t)
		if len(rs) != 1 || rs[0].Kind != watch.LinkRegistered || rs[0].Service != want || !rs[0].IsAlert() {
			t.Errorf("%q: %d records, of %q, want %q", text, len(rs), rs[0].Service, want)
		}
	}
}

// What was refused and cannot be counted is said, and counted with the next call.
func TestWhatCannotBeCountedNowIsCountedLater(t *testing.T) {
	h := newHouse(t)
	s := newStage(h, "acc_q")
	bad := strings.Replace(string(debit("acc_q", "2", 2, 5000, "PAYPAY", "")), `"debit"`, `"debit.authorised"`, 1)
	s.at, s.how = 2, fails // the first call is that of the quarantine
	if v := s.stage.Handle(t.Context(), []queue.Message{message(6, bad)})[0]; !v.Done {
		t.Errorf("the message is %+v", v)
	}
	if days, err := h.store.Tallies(t.Context(), "0125", received); err != nil || len(days) != 0 || !strings.Contains(s.log.String(), "cannot be counted now") {
		t.Errorf("counted are %+v (%v), and said is %s", days, err, s.log)
	}
	s.stage.Handle(t.Context(), []queue.Message{message(1)})
	if days, err := h.store.Tallies(t.Context(), "0125", received); err != nil || len(days) != 1 || days[0].Refused != 1 {
		t.Errorf("later counted are %+v (%v)", days, err)
	}
}

// An event that cannot be recorded yet, or whose account cannot be read, is said by
// its bank and id, with nothing of the account.
func TestWhatCannotBeRecordedYetIsSaid(t *testing.T) {
	h := newHouse(t)
	s := newStage(h, "acc_q")
	say := func(how string) {
		t.Helper()
		if log := s.log.String(); !strings.Contains(log, `"an event cannot be recorded yet" bank=0125 event=evt_1`) || strings.Contains(log, "acc_q") {
			t.Errorf("%s: the log is\n%s", how, log)
		}
	}
	m := message(1, string(debit("acc_q", "1", 1, 5000, "PAYPAY", "")))
	s.at, s.how = 3, fails // the first call reads the account, the second the bank's campaigns
	if v := s.stage.Handle(t.Context(), []queue.Message{m})[0]; v.Done {
		t.Errorf("the message is %+v", v)
	}
	say("the table is away")

	s = newStage(h, "acc_q2")
	spoilt := mended(s.key)
	spoilt.Item.Body, spoilt.If = []byte(`[]`), store.Any
	h.Put(spoilt)
	m = message(1, string(debit("acc_q2", "1", 1, 5000, "PAYPAY", "")))
	if v := s.stage.Handle(t.Context(), []queue.Message{m})[0]; v.Done {
		t.Errorf("the message is %+v", v)
	}
	say("the account is unreadable")
}
