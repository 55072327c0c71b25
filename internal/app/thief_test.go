package app_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/watch"
)

// mailTo is the newest mail to an address that holds a text.
func (h *town) mailTo(address, text string) (sim.Mail, bool) {
	list := h.mail.Messages()
	slices.Reverse(list)
	i := slices.IndexFunc(list, func(m sim.Mail) bool { return m.To == address && strings.Contains(m.Text, text) })
	if i < 0 {
		return sim.Mail{}, false
	}
	return list[i], true
}

// A person who holds the unlocked telephone puts an address of their own in the place
// of the owner's, and has the watching end: the owner's mailbox hears of it and
// brings it all back.
func TestAThiefWhoReplacesTheAddressAndLeavesIsHeardOf(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner := h.alone("acc_1")
	owner.confirms("old@example.jp")
	owner.confirms("thief@example.jp")
	replaced, ok := h.mailTo("old@example.jp", "お知らせが届きにくくなる変更がありました")
	if !ok {
		t.Fatal("the old mailbox has not heard of the other address")
	}
	owner.says("解除")
	owner.taps("a=leave")
	// The bank hears of it where it hears of all that lowers protection.
	steps := h.call(http.MethodGet, "/accounts/acc_1/trail", "")["steps"].([]any)
	if !slices.ContainsFunc(steps, func(s any) bool {
		step := s.(map[string]any)
		return step["kind"] == "left" && step["lowered"] == true && step["by"] == "owner"
	}) {
		t.Errorf("the bank reads %v", steps)
	}
	h.Add(2 * time.Minute)
	if _, err := h.system.Sweep().Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	var heard []string
	for _, e := range h.call(http.MethodGet, "/audit?limit=100", "")["entries"].([]any) {
		heard = append(heard, e.(map[string]any)["entry"].(map[string]any)["act"].(string))
	}
	if !slices.Contains(heard, "trail.left") {
		t.Errorf("the audit list says %v", heard)
	}
	m, ok := h.mailTo("old@example.jp", "口座の見守りをやめる手続きがありました")
	if !ok {
		t.Fatal("the old mailbox has not heard of the leaving")
	}
	reader := h.person("", "ja")
	reader.shows(reader.browser.Get(restoreLink.FindString(m.Text)))
	reader.submits("restore", nil)
	if !strings.Contains(reader.html, "見守りを元に戻しました") {
		t.Error(reader.html)
	}
	reader.shows(reader.browser.Get(restoreLink.FindString(replaced.Text)))
	reader.submits("restore", nil)
	w := h.watcher(owner.id)
	if c, ok := w.Mail(); !ok || c.Address != "old@example.jp" {
		t.Errorf("mails go to %+v", w.Channels)
	}
}

// A thief who has all erased is heard of at the owner's mailbox, also at the one of
// before the address was replaced, and one press there brings it all back.
func TestAnErasureByTheTelephoneIsTakenBackByMail(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner := h.alone("acc_1")
	owner.confirms("old@example.jp")
	owner.confirms("thief@example.jp")
	owner.says("解除")
	owner.taps("a=erase")
	before := len(h.mail.Messages())
	owner.taps("a=erase")
	owner.reads("見守りをやめました。記録もあとで消します")
	var way string
	for _, address := range []string{"thief@example.jp", "old@example.jp"} {
		m, ok := h.mailTo(address, "見守りをやめ、記録を消す手続きがありました")
		if !ok {
			t.Fatalf("%s has not heard of it", address)
		}
		if strings.Contains(m.Text, "登録コード") {
			t.Errorf("%s reads of a code, where one press is enough: %s", address, m.Text)
		}
		way = restoreLink.FindString(m.Text)
	}
	if n := len(h.mail.Messages()) - before; n != 2 {
		t.Errorf("%d mails went out", n)
	}
	reader := h.person("", "ja")
	reader.shows(reader.browser.Get(way))
	reader.submits("restore", nil)
	if !strings.Contains(reader.html, "見守りを元に戻しました") {
		t.Error(reader.html)
	}
	h.Add(watch.RestoreFor + time.Hour)
	h.settle()
	if h.watcher(owner.id).Role != watch.Owner {
		t.Error("they do not watch")
	}
}

// An owner without an address, whose telephone somebody used to leave, may find nothing
// in the chat: whatever they write that needs an account offers the way back, for as
// long as there is one.
func TestAnOwnerWithoutAnAddressFindsTheWayBackInTheChat(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"一覧", "設定", "身に覚えがない", "家族", "サービス", "履歴", "お知らせを休む", "見守りをやめる"} {
		t.Run(word, func(t *testing.T) {
			h := newMailTown(t)
			owner := h.alone("acc_1")
			owner.says("見守りをやめる")
			owner.taps("a=leave")
			owner.says(word)
			owner.reads("この口座の見守りは、少し前に終わりました")
			owner.taps("a=restore")
			owner.says(word)
			if h.watcher(owner.id).Role != watch.Owner {
				t.Error("they do not watch")
			}
		})
	}
	h := newMailTown(t)
	owner := h.alone("acc_1")
	owner.says("見守りをやめる")
	owner.taps("a=leave")
	h.Add(watch.RestoreFor + time.Hour)
	owner.says("一覧")
	owner.reads("始めるには、口座のある銀行で登録コードを受け取り")
}
