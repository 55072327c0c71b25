package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// After "not me" on one account no account of the person offers to be told less,
// and a button that was shown before does nothing, for 30 days.
func TestNoTrustIsOfferedAfterAReport(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	p.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_2","account_mask":"普通 ***8901"}`)["code"].(string))
	debit := func(txn, ref string) string {
		h.sends(h.reported(watch.Debit, txn, ref, "ﾄﾞｺﾓｺｳｻﾞ", 5000))
		h.goes(7 * time.Second)
		return p.reads("a=notmine")
	}
	mine := func() string {
		p.taps("a=mine")
		return p.reads("記録しました")
	}
	debit("t1", "acc_2")
	offered := mine()
	if !strings.Contains(offered, "a=trust") {
		t.Fatalf("nothing is offered: %s", offered)
	}
	debit("t2", "acc_1")
	p.taps("a=notmine")
	p.reads("KZ-")
	h.later(26 * time.Hour)
	debit("t3", "acc_2")
	if m := mine(); strings.Contains(m, "a=trust") {
		t.Errorf("trust is offered after a report: %s", m)
	}
	_, data, _ := strings.Cut(offered, `"data":"a=trust`)
	data, _, _ = strings.Cut(data, `"`)
	if err := h.line.Tap(p.id, "a=trust"+data, ""); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if m := p.reads(); strings.Contains(m, "お知らせの設定を変更しました") {
		t.Errorf("an old button makes us tell less: %s", m)
	}
	h.later(30 * 24 * time.Hour)
	debit("t4", "acc_2")
	if m := mine(); !strings.Contains(m, "a=trust") {
		t.Errorf("nothing is offered after 30 days: %s", m)
	}
}

// "Not me" on one account ends the trust in the service on the person's others, and
// what that had kept from them there is told, once, and asked about apart: it is
// another bank account's, and no part of the report.
func TestWhatWasSilentOnAnotherAccountIsToldToo(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	p.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_2","account_mask":"普通 ***8901"}`)["code"].(string))
	debit := func(txn, ref string, yen int64) {
		h.sends(h.reported(watch.Debit, txn, ref, "ﾄﾞｺﾓｺｳｻﾞ", yen))
		h.goes(7 * time.Second)
	}
	debit("t1", "acc_2", 5000)
	p.taps("a=mine")
	p.taps("a=trust")
	h.later(26 * time.Hour)
	n := p.count()
	debit("t2", "acc_2", 4000)
	if more := p.since(n); len(more) != 0 {
		t.Fatalf("a debit under trust is told: %v", more)
	}
	debit("t3", "acc_1", 30000)
	n = p.count()
	p.taps("a=notmine")
	h.goes(10 * time.Second)
	var of []string
	for _, m := range p.since(n) {
		if strings.Contains(m, "4,000円") {
			of = append(of, m)
		}
	}
	if len(of) != 1 || !strings.Contains(of[0], "「知らせない」と設定されていたあいだの引き落としです") || !strings.Contains(of[0], "***8901") || !strings.Contains(of[0], "a=notmine") {
		t.Fatalf("of what was silent it is told: %v", of)
	}
	if opened := h.bank.callbacks("dispute.opened"); len(opened) != 1 || len(opened[0]["transactions"].([]any)) != 1 {
		t.Errorf("the bank hears %v", opened)
	}
	debit("t4", "acc_2", 4500) // the trust is over
	p.reads("4,500円")
}
