package web_test

import (
	"context"
	"encoding/csv"
	"strings"
	"testing"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Somebody who may see no amounts sees none on any page and in no file, not
// even those that a bank writes into its note.
func TestWhoeverMaySeeNoAmountsSeesNoneAnywhere(t *testing.T) {
	const note = "98,765円を止めました"
	w := newWorld(t)
	w.change(func(a *watch.Account) { a.Watchers[1].LineUser = "U2" })
	for id, yen := range map[string]int64{"r1": 100000, "r2": 4321} {
		r := w.record(id, yen)
		r.Notices = append(r.Notices, watch.Notice{Watcher: "g1", Reasons: watch.Because(watch.ServiceDebit)})
		_, v := w.stored(id)
		r.Version = v
		w.put(store.PutRecord(r))
	}
	w.put(store.PutActivity(account, &watch.Activity{Services: map[string]*watch.ServiceActivity{
		"paypay": {FirstAt: w.now(), LastAt: w.now(), Debits: 2, LastAmount: 4321}}}))
	guardian, home := w.login("U2", watch.English)
	mine := w.srv.URL + home.room(t)
	guardian.press(guardian.open(w.link("r1", "g1")), wording.DoNotMine).says(t, 200, "We have your report")
	if _, err := w.disputes.SetStatus(context.Background(), account.Bank, watch.Derive("dispute", "r1"), watch.DisputeFrozen, note); err != nil {
		t.Fatal(err)
	}
	theirs := guardian.open(w.link("r1", "g1"))
	theirs.says(t, 200, "The 77 Bank has stopped further debits", "There is a note by The 77 Bank, which the owner of the account can read.")
	theirs.body += home.body
	c := &watch.Control{ID: watch.ControlID(account, watch.LimitDebits, ""), OnAccount: watch.On(account), Kind: watch.LimitDebits, Reference: "KZ-4H7M-9QXC"}
	c.Note(watch.ControlChange{State: watch.ControlRequested, At: w.now(), Terms: watch.ControlTerms{PerCharge: 98765, PerMonth: 100_000}, By: watch.Owner, Watcher: "w1"})
	c.Note(watch.ControlChange{State: watch.ControlRefused, At: w.now(), Text: note})
	w.put(store.PutControl(c))
	w.offering(watch.ControlKinds()...)
	for _, room := range []string{"/history", "/history.csv", "/trail", "/controls", "/services", "/settings", "/family", "/leave"} {
		p := guardian.open(mine + room)
		p.says(t, 200)
		theirs.body += p.body
	}
	theirs.saysNot(t, "98,765", "100,000", "100000", "4,321", "4321", note)

	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(guardian.open(mine+"/history.csv").body, "\uFEFF"))).ReadAll()
	if err != nil || len(lines) != 4 || lines[1][3] != "PAYPAY" && lines[1][4] != "PayPay" {
		t.Fatalf("%q, %v", lines, err)
	}
	for _, l := range lines[1:] {
		if l[6] != "" || l[7] != "" {
			t.Errorf("an amount: %q", l)
		}
	}
	b := w.browser()
	b.open(w.link("r1", "w1")).says(t, 200, "七十七銀行からのご連絡：「"+note+"」")
}
