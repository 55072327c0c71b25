package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Whatever is said back of several debits names all of them, to each who hears
// of it: the receipt, the second press, taking back, the bank's word, the news
// to the others, and "mine".
func TestEachReceiptNamesAllThatItIsAbout(t *testing.T) {
	t.Parallel()
	const ja, en = "3件・合計60,000円", "3 debits, ¥60,000 in all"
	h, owner, guardian := family(t)
	h.debits("t", 10000, 20000, 30000)
	alert := owner.reads("a=mine")
	press := func(p *person, verb string) {
		t.Helper()
		_, data, _ := strings.Cut(alert, `"data":"a=mine`)
		data, _, _ = strings.Cut(data, `"`)
		if err := h.line.Tap(p.id, "a="+verb+data, ""); err != nil {
			t.Fatal(err)
		}
		h.goes(8 * time.Second)
	}
	press(guardian, "mine")
	guardian.reads(en, "We have noted")
	owner.reads(ja, "本人の利用です")
	press(owner, "mine")
	owner.reads(ja)
	press(guardian, "notmine")
	guardian.reads(en, "KZ-")
	owner.reads(ja, "身に覚えがない", "KZ-")
	press(guardian, "notmine")
	guardian.reads(en, "already")
	press(owner, "mine")
	owner.reads(ja, "すでに回答があります")
	press(owner, "undo")
	owner.reads(ja, "取り消しますか")
	owner.taps("a=undo")
	h.goes(8 * time.Second)
	owner.reads(ja, "取り消しました")
	guardian.reads(en, "took back")
	press(owner, "notmine")
	owner.reads(ja, "KZ-")
	guardian.reads("¥60,000", "KZ-") // called: it reads as the alert that it is
	id := h.bank.callbacks("dispute.opened")[0]["dispute_id"].(string)
	h.call(http.MethodPost, "/disputes/"+id+"/status", `{"status":"frozen"}`)
	h.goes(8 * time.Second)
	owner.reads(ja, "引き落としを止めました")
	h.debits("u", 40000)
	h.call(http.MethodPost, "/disputes/"+id+"/status", `{"status":"refunded"}`)
	h.goes(8 * time.Second)
	owner.reads("4件・合計100,000円", "返金しました")
}

// debits has the bank report debits of d払い, one each seven seconds.
func (h *town) debits(name string, yen ...int64) {
	h.t.Helper()
	for i, y := range yen {
		h.sends(h.debit(name+string(rune('a'+i)), y))
		h.goes(7 * time.Second)
	}
}
