package app_test

import (
	"slices"
	"strings"
	"testing"

	"kozamori/internal/sim"
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

// Erasing cannot be taken back: the owner's mailbox hears of it, and so does that of
// before the address was replaced.
func TestAnErasureByTheTelephoneIsToldByMail(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner := h.alone("acc_1")
	owner.confirms("old@example.jp")
	owner.confirms("thief@example.jp")
	owner.says("解除")
	owner.taps("a=erase")
	before := len(h.mail.Messages())
	owner.taps("a=erase")
	owner.reads("見守りをやめ、記録を消しました")
	for _, address := range []string{"old@example.jp", "thief@example.jp"} {
		m, ok := h.mailTo(address, "見守りをやめ、記録を消す手続きがありました")
		if !ok {
			t.Errorf("%s has not heard of it", address)
		}
		if restoreLink.MatchString(m.Text) {
			t.Errorf("%s reads of a way back, and there is none", address)
		}
	}
	if n := len(h.mail.Messages()) - before; n != 2 {
		t.Errorf("%d mails went out", n)
	}
}
