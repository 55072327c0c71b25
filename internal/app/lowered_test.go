package app_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/watch"
)

var restoreLink = regexp.MustCompile(`http://\S+/r/\S+`)

// confirms gives the owner a mail address, by the page and the mail that asks.
func (p *person) confirms(address string) {
	p.t.Helper()
	p.visits("settings")
	p.submits("save", everything(p, url.Values{"email": {address}}))
	p.settle()
	all := p.mail.Messages()
	link := regexp.MustCompile(`http://\S+/mail/\S+`).FindString(all[len(all)-1].Text)
	p.shows(p.browser.Get(link))
	p.submits("confirm", nil)
	p.settle()
}

// everything are the fields of the page's form as they stand, with some of them
// changed.
func everything(p *person, change url.Values) url.Values {
	p.t.Helper()
	v := url.Values{}
	for _, f := range regexp.MustCompile(`<input[^>]*>`).FindAllString(p.html, -1) {
		get := func(name string) string {
			m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(f)
			if m == nil {
				return ""
			}
			return m[1]
		}
		if kind := get("type"); kind == "checkbox" && !strings.Contains(f, " checked") || get("name") == "" {
			continue
		}
		value := get("value")
		if value == "" && get("type") == "checkbox" {
			value = "on"
		}
		v.Add(get("name"), value)
	}
	v.Set("lang", "ja")
	for name, values := range change {
		v[name] = values
	}
	return v
}

func (p *person) told(n int, text string) int {
	p.t.Helper()
	count := 0
	for _, m := range p.since(n) {
		if strings.Contains(m, text) {
			count++
		}
	}
	return count
}

// A pause on the phone of an owner who is talked into it: their family hears of
// it, and sets it back in one tap, which the owner hears.
func TestAPauseIsToldToTheFamilyWhichEndsIt(t *testing.T) {
	t.Parallel()
	h, owner, guardian := family(t)
	owner.says("お知らせを休む")
	g, o := guardian.count(), owner.count()
	owner.taps("a=pause")
	if n := owner.told(o, "お知らせが届きにくくなる"); n != 0 {
		t.Errorf("the owner, who pressed it here, reads of it %d times", n)
	}
	if n := guardian.told(g, "A change makes alerts less likely to arrive"); n != 1 {
		t.Fatalf("the family hears of it %d times", n)
	}
	if a := h.watcher(owner.id); !a.Rules.PausedUntil.After(h.Now()) {
		t.Fatal("there is no pause")
	}
	guardian.reads("Set it back")
	o = owner.count()
	guardian.taps("a=restore")
	guardian.reads("The settings are as they were before")
	if a := h.watcher(owner.id); !a.Rules.PausedUntil.IsZero() {
		t.Errorf("paused until %v", a.Rules.PausedUntil)
	}
	if n := owner.told(o, "変更が元に戻されました"); n != 1 {
		t.Errorf("the owner hears of it %d times", n)
	}
}

// Somebody at an unlocked phone replaces the address: the owner's old mailbox
// hears of it, gets what comes for a day, and brings the address back.
func TestAnAddressThatIsReplacedHearsOfItAndComesBack(t *testing.T) {
	t.Parallel()
	h := newMailTown(t)
	owner := h.alone("acc_1")
	owner.confirms("old@example.jp")
	if w := h.watcher(owner.id); len(w.Former) != 0 {
		t.Fatalf("former addresses: %+v", w.Former)
	}
	before := len(h.mail.Messages())
	owner.confirms("thief@example.jp")
	mails := h.mail.Messages()[before:]
	i := slices.IndexFunc(mails, func(m sim.Mail) bool {
		return m.To == "old@example.jp" && strings.Contains(m.Text, "お知らせが届きにくくなる変更がありました")
	})
	if i < 0 {
		t.Fatalf("the old mailbox has not heard of it: %+v", mails)
	}
	if strings.Contains(mails[i].Text, "thief@example.jp") {
		t.Error("an address is written out")
	}
	reaches := func(at string) []string {
		h.sends(h.debit("t"+at, 3000))
		h.goes(2 * time.Minute) // LINE is told first
		var out []string
		for _, m := range h.mail.Messages()[before:] {
			if strings.Contains(m.Text, "3,000円") {
				out = append(out, append([]string{m.To}, m.Bcc...)...)
			}
		}
		before = len(h.mail.Messages())
		return out
	}
	h.line.Fail(9999, sim.QuotaSpent)
	before = len(h.mail.Messages())
	if got := reaches("1"); !slices.Equal(got, []string{"thief@example.jp", "old@example.jp"}) {
		t.Errorf("within a day mails reach %v", got)
	}
	h.Add(watch.CopyFor)
	if got := reaches("2"); !slices.Equal(got, []string{"thief@example.jp"}) {
		t.Errorf("after a day mails reach %v", got)
	}
	// A week is what they have: from any browser, by the link alone.
	reader := h.person("", "ja")
	link := restoreLink.FindString(mails[i].Text)
	reader.shows(reader.browser.Get(link))
	if w := h.watcher(owner.id); w.Channels[len(w.Channels)-1].Address != "thief@example.jp" {
		t.Fatal("opening the link did something")
	}
	reader.submits("restore", nil)
	if !strings.Contains(reader.html, "変える前の設定に戻しました") {
		t.Error(reader.html)
	}
	if w := h.watcher(owner.id); w.Channels[len(w.Channels)-1].Address != "old@example.jp" {
		t.Errorf("mails go to %+v", w.Channels)
	}
	h.Add(watch.RestoreFor)
	res, err := reader.browser.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != 403 {
		t.Errorf("after a week the link answers %d", res.StatusCode)
	}
}

// watcher is what is stored of a person on the town's first account.
func (h *town) watcher(user string) watch.Watcher {
	h.t.Helper()
	a, err := h.store.Account(h.t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"})
	if err != nil {
		h.t.Fatal(err)
	}
	w, ok := a.WatcherOf(user)
	if !ok {
		h.t.Fatal("they do not watch")
	}
	return *w
}
