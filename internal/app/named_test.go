package app_test

import (
	"net/http"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A bank calls an account otherwise while its owner has a message in hand and a code of
// the old ref is on its way: the button works, the answer reaches the bank, what comes by
// either ref is told, and the code lets its holder watch the same account.
func TestNobodyWhoWatchesNoticesThatABankCallsTheAccountOtherwise(t *testing.T) {
	h, owner, guardian := family(t)
	second := h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567"}`)["code"].(string)
	h.sends(h.debit("t1", 30_000))
	h.goes(time.Minute)
	got := h.call(http.MethodPost, "/accounts/acc_1/refs", `{"account_ref":"acc_new"}`)
	if got["account_ref"] != "acc_new" {
		t.Fatalf("%v", got)
	}
	h.goes(time.Second)
	owner.taps("a=no") // of the message of before
	h.goes(time.Minute)
	opened := h.bank.callbacks("dispute.opened")
	if len(opened) != 1 || opened[0]["account_ref"] != "acc_new" || opened[0]["transaction_id"] != "t1" {
		t.Fatalf("the bank is told %v", opened)
	}
	for _, ref := range []string{"acc_1", "acc_new"} {
		n, m := owner.count(), guardian.count()
		h.sends(h.reported(watch.Debit, "t-"+ref, ref, "ﾄﾞｺﾓｺｳｻﾞ", 40_000))
		h.goes(time.Minute)
		if owner.count() == n || guardian.count() == m {
			t.Errorf("what came by %s was not told", ref)
		}
	}
	h.sends(h.reported(watch.DebitReversed, "t1", "acc_new", "", 30_000))
	h.goes(time.Minute)
	late := h.person("次郎", "ja")
	late.says(second)
	n := late.count()
	h.sends(h.reported(watch.Debit, "t3", "acc_new", "ﾄﾞｺﾓｺｳｻﾞ", 50_000))
	h.goes(time.Minute)
	if late.count() == n {
		t.Error("who joined by a code of the old ref is told nothing")
	}
	list := h.call(http.MethodGet, "/accounts/acc_new/watchers", "")
	if len(list["watchers"].([]any)) != 3 {
		t.Errorf("%v", list)
	}
}
