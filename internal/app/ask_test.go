package app_test

import (
	"strings"
	"testing"
	"time"
)

// "Not me" of the list of services asks once, about each incident of the service
// on the account that waits for an answer, and reports all of it under one number.
func TestNotMeOfAServiceIsAboutAllThatWaits(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.debits("t", 10000, 20000)
	h.later(30 * time.Hour)
	h.debits("u", 30000)
	h.later(30 * time.Hour)
	h.debits("v", 40000)
	p.says("つながっているサービス")
	p.taps("a=ask")
	p.reads("4件・100,000円", "10,000円", "20,000円", "30,000円", "40,000円", "a=notmine")
	if m := p.reads(); strings.Contains(m, `"data":"a=mine`) {
		t.Error("one answer says that all of it is theirs: " + m)
	}
	asked := p.reads()
	h.later(26 * time.Hour)
	h.debits("w", 50000) // what comes after it was shown is not what was meant
	if err := h.line.Tap(p.id, tapOf(t, asked), ""); err != nil {
		t.Fatal(err)
	}
	h.goes(7 * time.Second)
	p.reads("4件・合計100,000円", "KZ-")
	if opened := h.bank.callbacks("dispute.opened"); len(opened) != 1 || len(opened[0]["transactions"].([]any)) != 4 {
		t.Errorf("the bank hears %v", opened)
	}
	if err := h.line.Tap(p.id, tapOf(t, asked), ""); err != nil {
		t.Fatal(err)
	}
	h.goes(7 * time.Second)
	p.reads("すでに受け付けています")
	p.says("つながっているサービス")
	p.taps("a=ask")
	p.reads("50,000円", "a=notmine")
	p.taps("a=notmine")
	p.reads("50,000円", "KZ-")
}

// A card of 一覧 that is about several debits shows them before they are reported.
func TestACardOfSeveralDebitsAsksFirst(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.debits("t", 10000, 20000, 30000)
	p.says("一覧")
	p.reads("3件", "60,000円", "a=mine")
	p.taps("a=ask")
	p.reads("3件・60,000円", "10,000円", "20,000円", "30,000円")
	if opened := h.bank.callbacks("dispute.opened"); len(opened) != 0 {
		t.Errorf("the bank hears %v", opened)
	}
	p.taps("a=notmine")
	p.reads("3件・合計60,000円", "KZ-")
	h.later(40 * time.Hour)
	h.sends(h.debit("x", 7000))
	h.goes(7 * time.Second)
}
