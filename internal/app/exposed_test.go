package app_test

import (
	"net/url"
	"testing"
	"time"

	"kozamori/internal/watch"
)

const (
	exposed = "お知らせしない設定の引き落としがあります"
	month   = 31 * 24 * time.Hour
)

// Settings that keep a payment service's debits from an owner are said once a
// month in the chat, until they do not.
func TestAnUnprotectedOwnerIsRemindedEachMonth(t *testing.T) {
	t.Parallel()
	h, owner, guardian := family(t)
	owner.visits("settings")
	owner.submits("save", everything(owner, url.Values{"service_min": {"50000"}}))
	owner.settle()
	saved := owner.count()
	hears := func(after time.Duration, want int) {
		t.Helper()
		n := owner.count()
		h.later(after)
		if got := owner.told(n, exposed); got != want {
			t.Errorf("%s: after %s it is said %d times, want %d", h.Now().In(watch.JST), after, got, want)
		}
	}
	at := h.watcher(owner.id).RemindAt
	if hour := at.In(watch.JST).Hour(); hour != 10 || at.Before(h.Now().Add(27*24*time.Hour)) || at.After(h.Now().Add(month+24*time.Hour)) {
		t.Fatalf("reminded at %s", at.In(watch.JST))
	}
	hears(at.Sub(h.Now())-time.Minute, 0)
	hears(2*time.Minute, 1)
	owner.reads("30,000円を引き落としても", "「設定」と送ると", "毎月お送りします")
	hears(24*time.Hour, 0)
	hears(month, 1)
	// A pause is waited for.
	h.later(h.watcher(owner.id).RemindAt.Sub(h.Now()) - 30*time.Minute)
	owner.says("お知らせを休む")
	owner.taps("a=pause") // for an hour
	hears(45*time.Minute, 0)
	hears(time.Hour, 1)
	// So are quiet hours.
	owner.visits("settings")
	owner.submits("save", everything(owner, url.Values{"quiet": {"on"}, "quiet_from": {"09:00"}, "quiet_to": {"11:00"}}))
	owner.settle()
	h.later(h.watcher(owner.id).RemindAt.Sub(h.Now()) - 30*time.Minute)
	hears(40*time.Minute, 0)
	hears(time.Hour, 1)
	owner.visits("settings")
	owner.submits("save", everything(owner, url.Values{"service_min": {"1"}}))
	owner.settle()
	if at := h.watcher(owner.id).RemindAt; !at.IsZero() {
		t.Errorf("still reminded at %s", at)
	}
	hears(2*month, 0)
	if guardian.told(saved, exposed) != 0 || guardian.told(saved, "Some debits are not told to you") != 0 {
		t.Error("the guardian is reminded of the owner's settings")
	}
}

// Who has no LINE, or blocked it, is reminded by mail.
func TestAnUnprotectedOwnerWhoBlockedUsIsRemindedByMail(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner := h.alone("acc_1")
	owner.confirms("a@example.jp")
	owner.visits("settings")
	owner.submits("save", everything(owner, url.Values{"service_min": {"50000"}}))
	owner.settle()
	if err := h.line.Block(owner.id); err != nil {
		t.Fatal(err)
	}
	owner.settle()
	before := len(h.mail.Messages())
	h.later(h.watcher(owner.id).RemindAt.Sub(h.Now()) + time.Minute)
	n := 0
	for _, m := range h.mail.Messages()[before:] {
		if m.To == "a@example.jp" && m.Subject == exposed {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d mails: %+v", n, h.mail.Messages()[before:])
	}
}

// An address that was replaced is deleted after the days in which it can be
// brought back, without anybody doing anything.
func TestAnAddressThatWasReplacedIsDeletedByItself(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner := h.alone("acc_1")
	owner.confirms("old@example.jp")
	owner.confirms("new@example.jp")
	if w := h.watcher(owner.id); len(w.Former) != 1 {
		t.Fatalf("former addresses: %+v", w.Former)
	}
	h.later(watch.RestoreFor - time.Hour)
	if w := h.watcher(owner.id); len(w.Former) != 1 {
		t.Error("it is deleted while it can be brought back")
	}
	h.later(2 * time.Hour)
	if w := h.watcher(owner.id); len(w.Former) != 0 {
		t.Errorf("it is still kept: %+v", w.Former)
	}
}

// Who ends their watching, or has it ended by somebody who holds their telephone,
// hears of it where they are reached apart from the chat.
func TestWhoLeavesHearsOfItByMail(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner := h.alone("acc_1")
	owner.confirms("a@example.jp")
	before := len(h.mail.Messages())
	owner.says("解除")
	owner.taps("a=leave")
	owner.settle()
	n := 0
	for _, m := range h.mail.Messages()[before:] {
		if m.To == "a@example.jp" && m.Subject == "口座の見守りをやめる手続きがありました" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d mails: %+v", n, h.mail.Messages()[before:])
	}
}

// A guardian who leaves is told of to the owner over LINE and mail, as each change
// that protects less.
func TestAGuardianWhoLeavesIsToldOfOverEveryChannel(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner, guardian := h.family()
	owner.confirms("owner@example.jp")
	before, o := len(h.mail.Messages()), owner.count()
	guardian.says("leave")
	guardian.taps("a=leave")
	h.settle()
	if n := owner.told(o, "見守り家族が見守りをやめました"); n != 1 {
		t.Errorf("the owner's phone hears of it %d times: %s", n, owner.reads())
	}
	n := 0
	for _, m := range h.mail.Messages()[before:] {
		if m.To == "owner@example.jp" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d mails: %+v", n, h.mail.Messages()[before:])
	}
}

// "Mine" on an urgent alert is told to all who watch, over each of their channels
// but the one by which it was said.
func TestMineOnAnUrgentAlertIsToldOverEveryChannel(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner, guardian := h.family()
	owner.confirms("owner@example.jp")
	guardian.confirms("family@example.jp")
	h.sends(h.reported(watch.LinkRegistered, "l1", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0))
	h.sends(h.debit("t1", 30000))
	h.settle()
	before, g := len(h.mail.Messages()), guardian.count()
	owner.reads("緊急")
	owner.taps("a=mine")
	h.goes(10 * time.Second)
	mails := map[string]int{}
	for _, m := range h.mail.Messages()[before:] {
		mails[m.To]++
	}
	if mails["owner@example.jp"] != 1 || mails["family@example.jp"] != 1 {
		t.Errorf("mails: %v", mails)
	}
	if n := len(guardian.since(g)); n != 1 {
		t.Errorf("the guardian's phone hears of it %d times: %v", n, guardian.since(g))
	}
}
