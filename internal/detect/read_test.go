package detect_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// message is a message of the events queue that holds these lines.
func message(receives int, lines ...string) queue.Message {
	return queue.Message{ID: "m", Receives: receives, Body: []byte("k1 0125 2020-10-03T05:06:00Z\n" + strings.Join(lines, "\n") + "\n")}
}

func TestALineThatCannotBeReadCostsItselfAndIsKeptInTheEnd(t *testing.T) {
	h := newHouse(t)
	var log bytes.Buffer
	h.Stage.Logger = slog.New(slog.NewTextHandler(&log, nil))
	toCome := strings.Replace(string(debit("acc_1", "2", 2, 5000, "PAYPAY", "")), `"debit"`, `"debit.authorised"`, 1)
	lines := []string{string(debit("acc_1", "1", 1, 5000, "PAYPAY", "")), toCome, string(debit("acc_1", "3", 3, 6000, "PAYPAY", "")), "{\"broken\":\"\xff"}
	quarantined := func() []*store.Refused {
		t.Helper()
		kept, err := store.Collect(h.store.Quarantine(t.Context(), "0125"))
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	for receives := 1; receives < 6; receives++ {
		if v := h.Handle(t.Context(), []queue.Message{message(receives, lines...)})[0]; v.Done || v.DeadLetter != "" || v.Delay <= 0 {
			t.Fatalf("received %d times it is %+v; the next one to receive it may be of the version that wrote it", receives, v)
		}
		if n := len(h.history(t)); n != 2 {
			t.Fatalf("%d records of the other lines, want 2", n)
		}
	}
	if kept := quarantined(); len(kept) != 0 {
		t.Errorf("in quarantine too soon: %+v", kept)
	}
	for range 2 { // it may come again
		if v := h.Handle(t.Context(), []queue.Message{message(6, lines...)})[0]; !v.Done {
			t.Errorf("in the end it is %+v", v)
		}
	}
	kept := map[string]bool{}
	for _, r := range quarantined() {
		kept[string(r.Bytes())] = true
		if !r.At.Equal(received) || r.Bank != "0125" || !strings.Contains(r.Problem, "was accepted") {
			t.Errorf("kept %+v", r)
		}
	}
	if len(kept) != 2 || !kept[toCome] || !kept[lines[3]] {
		t.Errorf("quarantine holds %v", kept)
	}
	if n := len(h.history(t)); n != 2 {
		t.Errorf("%d records, want those of the two other lines", n)
	}
	// An alarm sums up what such lines say was refused: two of them, twice.
	if strings.Count(log.String(), "msg=\""+wire.LogRefused+"\" bank=0125 events=1\n") != 4 || strings.Contains(log.String(), "acc_1") || strings.Contains(log.String(), "PAYPAY") {
		t.Errorf("the log:\n%s", &log)
	}
	h.reads(t, toCome)
}

// reads tells whether a line of quarantine is read by the version that knows
// it: here the unknown word is put right.
func (h *house) reads(t *testing.T, line string) {
	t.Helper()
	body, err := wire.ReadBody([]byte(strings.Replace(line, "debit.authorised", "debit", 1)), "0125", received)
	if err != nil || len(body.Events) != 1 || body.Events[0].Refused() {
		t.Errorf("%+v, %v", body, err)
	}
}

func TestWhatIsNoBatchIsDeadAtOnceAndAVersionToComeIsWaitedFor(t *testing.T) {
	h := newHouse(t)
	good := message(1, string(debit("acc_1", "1", 1, 5000, "PAYPAY", "")))
	v := h.Handle(t.Context(), []queue.Message{
		{ID: "a", Receives: 1, Body: []byte(`{"events":[]}`)},
		{ID: "b", Receives: 1, Body: []byte("k9 0125 2020-10-03T05:06:00Z\n{}\n")},
		{ID: "c", Receives: 99, Body: []byte("k9 and whatever comes\n{}\n")},
		good,
	})
	if v[0].Done || v[0].DeadLetter == "" {
		t.Errorf("no batch is %+v", v[0])
	}
	for _, v := range v[1:3] {
		if v.Done || v.DeadLetter != "" || v.Delay <= 0 {
			t.Errorf("a version to come is %+v", v)
		}
	}
	if !v[3].Done || len(h.history(t)) != 1 {
		t.Errorf("the other message is %+v, with %d records", v[3], len(h.history(t)))
	}
}

func TestTheEventsOfABatchAreTakenInTheOrderInWhichTheyHappened(t *testing.T) {
	h := newHouse(t)
	h.send(t, debit("acc_1", "late", 50, 3000, "PAYPAY", ""), debit("acc_1", "early", 1, 1000, "PAYPAY", ""), debit("acc_1", "between", 20, 2000, "PAYPAY", ""))
	first := map[string]bool{}
	for _, r := range h.history(t) {
		if n, ok := r.Notice("w1"); ok && n.Reasons.Has(watch.FirstSeen) {
			first[r.Txn] = true
		}
	}
	if len(first) != 1 || !first["early"] {
		t.Errorf("the first of its service is %v", first)
	}
}

func TestTheBanksWordForAServiceCountsForDebitsToo(t *testing.T) {
	for name, c := range map[string]struct {
		descriptor, service, want string
		sure                      watch.Confidence
	}{
		"the text names no service":            {"ﾁﾖｸｾﾂﾋｷｵﾄｼ", "paypay", "paypay", watch.Named},
		"the text names it, too":               {"PAYPAY", "paypay", "paypay", watch.Named},
		"a word that is no id":                 {"ﾁﾖｸｾﾂﾋｷｵﾄｼ", "ペイペイ", "paypay", watch.Named},
		"a service that is not in the list":    {"ﾁﾖｸｾﾂﾋｷｵﾄｼ", "nobody", watch.Unlisted, watch.Named},
		"what is known to be no service":       {"ﾁﾖｸｾﾂﾋｷｵﾄｼ", "PAYPAYｶｰﾄﾞ", "", ""},
		"the text names it, the word does not": {"PAYPAY", "nobody", "paypay", ""},
	} {
		h := newHouse(t)
		h.send(t, debit("acc_1", "1", 1, 5000, c.descriptor, `,"service":"`+c.service+`"`))
		got := h.history(t)
		switch {
		case c.want == "" && len(got) != 0:
			t.Errorf("%s: %+v", name, got[0])
		case c.want != "" && (len(got) != 1 || got[0].Service != c.want || (c.sure != "" && got[0].Confidence != c.sure)):
			t.Errorf("%s: %d records, %+v", name, len(got), *got[0])
		}
	}
}

// Where the bank and the descriptor disagree, it is told, and not left out for
// those who want no doubtful ones: one of the two at least is a wallet.
func TestADisagreementIsToldAndSaid(t *testing.T) {
	for name, c := range map[string]struct {
		descriptor, service, want string
		second                    watch.Second
		sure                      watch.Confidence // of the one that is told: by the bank's word, or as sure as the text is
	}{
		"two wallets":           {"PAYPAY", "docomo", "docomo", watch.Second{Service: "paypay"}, watch.Named},
		"a card by the bank":    {"PAYPAY", "paidy", "paypay", watch.Second{Service: "paidy", Bank: true}, watch.Elsewhere},
		"its own word for one":  {"PAYPAY", "dbarai", "docomo", watch.Second{Service: "paypay"}, watch.Named},
		"an unknown word of it": {"PAYPAY", "nobody", "paypay", watch.Second{}, watch.Elsewhere},
		"a text of no service":  {"ﾁﾖｸｾﾂﾋｷｵﾄｼ", "docomo", "docomo", watch.Second{}, watch.Named},
	} {
		h := newHouse(t)
		h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Rules.IgnoreUndecided = true })
		h.send(t, debit("acc_1", "1", 1, 5000, c.descriptor, `,"service":"`+c.service+`"`))
		got := h.history(t)
		if len(got) != 1 || got[0].Service != c.want || got[0].Confidence != c.sure || !got[0].IsAlert() || (got[0].Second == nil) != (c.second.Service == "") || got[0].Second != nil && !cmp.Equal(*got[0].Second, c.second) {
			t.Errorf("%s: %d records", name, len(got))
			for _, r := range got {
				t.Errorf("%s %s %v %+v", r.Service, r.Confidence, r.IsAlert(), r.Second)
			}
		}
	}
	h := newHouse(t)
	h.send(t, debit("acc_1", "1", 1, 5000, "PAYPAY", `,"service":"paypay"`))
	if got := h.history(t); len(got) != 1 || got[0].Second != nil {
		t.Errorf("they agree: %+v", got[0].Second)
	}
	h.send(t, debit("acc_1", "2", 2, 5000, "PAYPAYｶ-ﾄﾞ", `,"service":"paypay"`)) // by its text it is a card's bill
	if got := h.history(t); len(got) != 2 || got[0].Second == nil || !cmp.Equal(*got[0].Second, watch.Second{}) || got[0].Service != "paypay" {
		t.Errorf("what the catalogue knows to be a card's bill is %+v", got[0])
	}
	h.rules(func(r *watch.Rules) { r.AnyDebit = 1 })
	h.send(t, debit("acc_1", "3", 3, 5000, "PAYPAYｶ-ﾄﾞ", "")) // where the bank names no service, nothing disagrees
	if got := h.history(t); len(got) != 3 || got[0].Second != nil || got[0].Service != "" {
		t.Errorf("a card's bill that somebody asked for is %+v", got[0])
	}
}

func TestALinkIsRecognisedByTheBanksWordAndADebitByItsText(t *testing.T) {
	h := newHouse(t)
	h.send(t, jsontext.Value(`{"id":"evt_l","type":"charge_link.registered","transaction_id":"l","account_ref":"acc_1","occurred_at":"2020-10-03T14:05:01+09:00","descriptor":"PAYPAY","service":"docomo"}`),
		debit("acc_1", "1", 2, 5000, "PAYPAY", ""))
	services := map[watch.Kind]string{}
	for _, r := range h.history(t) {
		services[r.Kind] = r.Service
		if r.Kind == watch.LinkRegistered && (r.Confidence != watch.Named || r.Second == nil || r.Second.Service != "paypay" || r.Other != "") {
			t.Errorf("the link is told as %q, with %+v and %q", r.Confidence, r.Second, r.Other)
		}
	}
	if services[watch.LinkRegistered] != "docomo" || services[watch.Debit] != "paypay" {
		t.Errorf("recognised as %v", services)
	}
}
