package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

func TestTheOwnersMineTakesNoReportOfAGuardianBack(t *testing.T) {
	t.Parallel()
	h, owner, guardian := family(t)
	h.sends(h.reported(watch.LinkRegistered, "l", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0), h.debit("t1", 30000))
	h.goes(10 * time.Second)
	alert := owner.reads("a=mine")
	h.goes(16 * time.Minute) // the family is called
	guardian.taps("a=notmine")
	number := reference(guardian.reads("KZ-"))
	h.Add(2 * time.Second)
	owner.reads(number, "長女")
	_, data, _ := strings.Cut(alert, `"data":"a=mine`)
	data, _, _ = strings.Cut(data, `"`)
	n := guardian.count()
	if err := h.line.Tap(owner.id, "a=mine"+data, ""); err != nil {
		t.Fatal(err)
	}
	h.goes(10 * time.Second)
	if m := owner.reads(number); strings.Contains(m, "a=trust") || strings.Contains(m, "ありがとう") {
		t.Error("the owner is thanked: " + m)
	}
	if n := len(h.bank.callbacks("dispute.withdrawn")); n != 0 {
		t.Error("the report is withdrawn")
	}
	// Taking it back names it, wants a second step, and is told to the guardian.
	if err := h.line.Tap(owner.id, "a=undo"+data, ""); err != nil {
		t.Fatal(err)
	}
	h.settle()
	owner.reads(number, "長女", "回答日時", "取り消しますか")
	if got := guardian.since(n); len(got) != 0 || len(h.bank.callbacks("dispute.withdrawn")) != 0 {
		t.Errorf("one press took it back: %v", got)
	}
	owner.taps("a=undo")
	h.goes(10 * time.Second)
	if got := guardian.since(n); len(got) != 1 || !strings.Contains(got[0], number) || len(h.bank.callbacks("dispute.withdrawn")) != 1 {
		t.Errorf("the guardian reads %v", got)
	}
}

func TestTwoAccountsWithOneServiceAreToldApart(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	p.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_2","account_mask":"普通 ***8901"}`)["code"].(string))
	alerts := map[string]string{}
	for ref, mask := range map[string]string{"acc_1": "普通 ***4005", "acc_2": "普通 ***8901"} {
		h.sends(h.reported(watch.Debit, "t"+ref, ref, "ﾄﾞｺﾓｺｳｻﾞ", 30000))
		h.goes(10 * time.Second)
		alerts[ref] = p.reads("身に覚えがない（七十七銀行 "+mask+"）", "心当たりがある（七十七銀行 "+mask+"）")
	}
	if err := h.line.Tap(p.id, tapOf(t, alerts["acc_2"]), ""); err != nil {
		t.Fatal(err)
	}
	h.settle()
	p.reads("取り消す（", "普通 ***8901）")
	if opened := h.bank.callbacks("dispute.opened"); len(opened) != 1 || opened[0]["account_ref"] != "acc_2" {
		t.Errorf("the bank hears %v", opened)
	}
}

func TestTheFamilyIsCalledWithin16MinutesAndToldWhy(t *testing.T) {
	t.Parallel()
	h, owner, guardian := family(t)
	// What the guardian's own rules do not ask for.
	if _, err := h.store.UpdateAccount(context.Background(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, func(a *watch.Account) ([]store.Write, error) {
		for i := range a.Watchers {
			if a.Watchers[i].Role == watch.Guardian {
				a.Watchers[i].Rules = watch.Rules{}
			}
		}
		return nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	h.sends(h.reported(watch.LinkRegistered, "l", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0))
	start, n := h.Now(), guardian.count()
	h.settle()
	owner.reads("【緊急】")
	for guardian.count() == n && h.Now().Sub(start) < time.Hour {
		h.goes(time.Minute)
	}
	if took := h.Now().Sub(start); took > 16*time.Minute {
		t.Errorf("the family is called after %v", took)
	}
	guardian.reads("They have not answered yet")
	// And not at all if it was answered.
	h.sends(h.reported(watch.LinkRegistered, "l2", "acc_1", "KYASH", 0))
	h.goes(10 * time.Second)
	n = guardian.count()
	owner.taps("a=mine")
	told := guardian.count()
	h.goes(20 * time.Minute)
	if guardian.count() != told || told > n+1 {
		t.Errorf("the family is called though it was answered: %v", guardian.since(n))
	}
}

func TestAnAlertThatLINERefusesGoesAsText(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.line.Fail(1, sim.BadRequest)
	h.sends(h.debit("t1", 30000))
	h.goes(10 * time.Second)
	if m := p.reads("d払い（ドコモ口座）の引き落としがありました", "30,000円", "七十七銀行 普通 ***4005", "/a/"); strings.Contains(m, "flex") {
		t.Error(m)
	}
}
