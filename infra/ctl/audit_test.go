package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"kozamori/internal/audit"
	"kozamori/internal/store"
)

func (w *world) chain() {
	w.t.Helper()
	l := &audit.List{Store: w.store, Now: atNoon, Logger: slog.New(slog.DiscardHandler)}
	if err := l.ChainAll(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// What an operator does stands in the list of the bank, with who did it and what
// came of it, and never what was made or for whom.
func TestWhatAnOperatorDoesStandsInTheAuditList(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	bad := refusedEvent(w, "bad", -1, "must be from 1 to 10^12 yen")
	w.answers = "y\n"
	var made []string
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"bank add 0125 -phone 0120-000-000", 0, "bank.add done"},
		{"bank add 0168", 0, ""}, // it is no tenant yet: the house's list has it
		{"bank api-key 0125 -scopes feed -json", 0, "key.make done"},
		{"bank api-key 0125 -list", 0, ""},
		{"bank api-key 0125 -rotate none", 1, "key.rotate failed"},
		{"bank api-key 0125 -revoke none", 1, "key.end failed"},
		{"bank rotate-secret 0125", 0, "secret.begin done"},
		{"bank rotate-secret 0125 -finish", 0, "secret.finish done"},
		{"code acc_1 -bank 0125", 0, "code.issue done"},
		{"code acc_1 -bank 0125 -lang fr", 2, "code.issue refused"},
		{"enrol acc_1 -bank 0125 -email fumi@example.jp", 0, "enrolment.make done"},
		{"enrol acc_2 acc_3 -bank 0125 -email fumi@example.jp -guardian", 1, "enrolment.make failed"},
		{"enrol acc_1 -bank 0125 -email fumi", 2, "enrolment.make refused"},
		{"quarantine replay -bank 0125 " + bad.ID, 1, "refused.replay failed"},
		{"dlq redrive", 0, ""},
		{"bank api-key 9999", 1, ""},
	} {
		code, out, errs := w.ctl(strings.Fields(c.args)...)
		if code != c.code {
			t.Errorf("%s: exit %d: %s", c.args, code, errs)
		}
		made = append(made, strings.Fields(out)...)
		w.chain()
		_, list, _ := w.ctl("audit", "-bank", "0125", "-json")
		lines := strings.Split(strings.TrimSpace(list), "\n")
		last := lines[len(lines)-1]
		what, result, _ := strings.Cut(c.want, " ")
		if c.want != "" && (!strings.Contains(last, `"act":"`+what+`"`) || !strings.Contains(last, `"result":"`+result+`"`) || !strings.Contains(last, `{"id":"somebody","kind":"operator"}`)) {
			t.Errorf("%s: the last entry is %s", c.args, last)
		}
	}
	_, list, _ := w.ctl("audit", "-bank", "0125", "-json", "-n", "1000")
	_, house, _ := w.ctl("audit", "-json")
	for _, s := range made {
		if len(s) > 12 && (strings.HasPrefix(s, "whsec_") || strings.Contains(s, "kozamori_")) && strings.Contains(list+house, s) {
			t.Errorf("the list holds %s", s)
		}
	}
	if strings.Contains(list+house, "acc_1") {
		t.Error("the list names an account")
	}
	if got := strings.Count(house, `"act"`); got != 3 {
		t.Errorf("%d acts are no tenant's, want those of 0168, of the queues and of 9999:\n%s", got, house)
	}
	_, table, _ := w.ctl("audit", "-bank", "0125")
	if !strings.Contains(table, "operator somebody") || !strings.Contains(table, "key.make") {
		t.Errorf("the table is\n%s", table)
	}
}

func TestTheAuditListIsVerified(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	w.ctl("code", "acc_1", "-bank", "0125")
	w.ctl("code", "acc_2", "-bank", "0125")
	w.chain()
	code, out, _ := w.ctl("audit", "-verify", "-bank", "0125")
	_, head, _ := strings.Cut(strings.TrimSpace(out), "The last is ")
	if code != 0 || !strings.Contains(out, "entries 1 to 2 are as they were written") || len(head) < 64 {
		t.Fatalf("exit %d: %s", code, out)
	}
	if code, out, errs := w.ctl("audit", "-verify"); code != 0 || !strings.Contains(out, "No single bank's: nothing is kept") {
		t.Errorf("exit %d: %s %s", code, out, errs)
	}
	if code, _, errs := w.ctl("audit", "-verify", "-bank", "0125", "-head", head); code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, out, _ := w.ctl("audit", "-verify", "-bank", "0125", "-head", "1"+head[1:]); code != 1 || !strings.Contains(out, "remembered") {
		t.Errorf("exit %d: %s", code, out)
	}
	w.put(store.Write{Item: store.Item{Key: store.Key{PK: "CHAIN#0125", SK: fmt.Sprintf("%015d", 1)}}, If: store.Any, Delete: true})
	if code, out, _ := w.ctl("audit", "-verify", "-json"); code != 1 || !strings.Contains(out, "missing") {
		t.Errorf("exit %d: %s", code, out)
	}
	w.transcript("audit", "audit -bank x", "audit -head 1:2", "audit -verify -bank 0125 -head 1:2", "audit -n 0", "audit -bank 0168", "audit more")
}
