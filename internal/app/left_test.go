package app_test

import (
	"strings"
	"testing"
)

// told are the mails to an address since the nth.
func (h *town) told(to string, n int) (out []string) {
	for _, m := range h.mail.Messages()[n:] {
		if m.To == to {
			out = append(out, m.Text)
		}
	}
	return out
}

// A guardian leaves: the owner brings them back in one tap in the chat, who
// hears of it and is asked when something urgent comes, as before.
func TestAGuardianWhoLeftIsBroughtBackInOneTap(t *testing.T) {
	t.Parallel()
	h, owner, guardian := family(t)
	was := h.watcher(guardian.id)
	guardian.says("leave")
	guardian.reads("settings are kept for 7 days and deleted then")
	o := owner.count()
	guardian.taps("a=leave")
	guardian.reads("settings are kept for 7 days and deleted then")
	if n := owner.told(o, "「元に戻す」で見守りを元に戻せます"); n != 1 {
		t.Fatalf("the owner reads %d times how they bring them back: %v", n, owner.since(o))
	}
	g := guardian.count()
	asks := owner.reads()
	owner.taps("a=restore")
	owner.reads("見守りを元に戻しました")
	if n := guardian.told(g, "An owner of the account set this back"); n != 1 {
		t.Fatalf("the guardian hears of it %d times: %v", n, guardian.since(g))
	}
	if is := h.watcher(guardian.id); is.ID != was.ID || !is.Since.Equal(was.Since) {
		t.Errorf("they were %+v and are %+v", was, is)
	}
	guardian.visits("settings")
	// The same button again says the same and does nothing.
	g = guardian.count()
	owner.taps0(asks, "a=restore")
	owner.reads("見守りを元に戻しました")
	if n := len(guardian.since(g)); n != 0 {
		t.Errorf("the guardian hears of it again: %v", guardian.since(g))
	}
	// The owner visits the trail, which says it.
	owner.visits("trail")
	if !strings.Contains(owner.html, "やめた人の見守りを再開しました") || !strings.Contains(owner.html, "見守る人が減りました") {
		t.Error(owner.html)
	}
}

// A thief with the owner's phone sends the guardian away on the page: the mailbox
// of the owner hears of it, and its link brings the guardian back, who cannot do that
// alone.
func TestAGuardianWhoWasSentAwayIsBroughtBackFromTheOwnersMailbox(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner, guardian := h.family()
	owner.confirms("old@example.jp")
	was := h.watcher(guardian.id)
	n, g := len(h.mail.Messages()), guardian.count()
	owner.visits("family")
	owner.submits("dismiss", nil)
	h.settle()
	if told := guardian.told(g, "For 7 days, an owner of the account can make you watch it again."); told != 1 {
		t.Errorf("the guardian reads of it %d times: %v", told, guardian.since(g))
	}
	for _, m := range guardian.since(g) {
		if strings.Contains(m, "a=restore") {
			t.Error("the guardian has a button: ", m)
		}
	}
	mails := h.told("old@example.jp", n)
	if len(mails) != 1 || !strings.Contains(mails[0], "「自分ではありません」") {
		t.Fatalf("the owner's mailbox reads %v", mails)
	}
	reader := h.person("", "ja")
	reader.shows(reader.browser.Get(restoreLink.FindString(mails[0])))
	if !strings.Contains(reader.html, "見守る人が減りました") || !strings.Contains(reader.html, "だれの見守りか") {
		t.Error(reader.html)
	}
	g = guardian.count()
	reader.submits("restore", nil)
	h.settle()
	if !strings.Contains(reader.html, "見守りを元に戻しました") {
		t.Error(reader.html)
	}
	if is := h.watcher(guardian.id); is.ID != was.ID {
		t.Errorf("they are %+v", is)
	}
	if told := guardian.told(g, "An owner of the account set this back"); told != 1 {
		t.Errorf("the guardian hears of it %d times", told)
	}
}
