package app_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/markuptest"
	"kozamori/internal/watch"
)

// person is somebody with a phone, and the browser on it.
type person struct {
	*town
	id      string
	browser http.Client
	at      *url.URL // what the browser shows
	mailbox string   // where they read, who have no phone
	html    string
}

func (h *town) person(name, lang string) *person {
	h.t.Helper()
	p := &person{town: h, id: h.line.AddUser(sim.User{Name: name, Lang: lang}), browser: browser(h.t)}
	if err := h.line.Follow(p.id); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	return p
}

// browser keeps what pages have it keep.
func browser(t *testing.T) http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return http.Client{Jar: jar}
}

func (p *person) says(text string) {
	p.t.Helper()
	if err := p.line.Say(p.id, text); err != nil {
		p.t.Fatal(err)
	}
	p.settle()
}

// heard are the messages on the phone, or in the mailbox, oldest first.
func (p *person) heard() []string {
	var out []string
	if p.mailbox != "" {
		for _, m := range p.mail.Messages() {
			if m.To == p.mailbox {
				out = append(out, m.Subject+"\n"+m.Text)
			}
		}
		return out
	}
	for _, it := range p.line.Chat(p.id) {
		if it.From == sim.FromBot {
			out = append(out, strings.ReplaceAll(string(it.Message), `\u0026`, "&"))
		}
	}
	return out
}

// reads fails unless the newest message holds every part.
func (p *person) reads(parts ...string) string {
	p.t.Helper()
	all := p.heard()
	if len(all) == 0 {
		p.t.Fatalf("the phone shows nothing, want %v", parts)
	}
	for _, part := range parts {
		if !strings.Contains(all[len(all)-1], part) {
			p.t.Errorf("the phone does not show %q: %s", part, all[len(all)-1])
		}
	}
	return all[len(all)-1]
}

// taps presses the button of the newest message whose data begins so.
func (p *person) taps(begins string) {
	p.t.Helper()
	_, after, ok := strings.Cut(p.reads(), `"data":"`+begins)
	if !ok {
		p.t.Fatalf("no button %q in %s", begins, p.reads())
	}
	data, _, _ := strings.Cut(after, `"`)
	if err := p.line.Tap(p.id, begins+data, ""); err != nil {
		p.t.Fatal(err)
	}
	p.settle()
}

// visits opens the person's pages from the chat, and there the first link
// that ends so.
func (p *person) visits(page string) {
	p.t.Helper()
	p.says("設定")
	_, door, ok := strings.Cut(p.reads(), `"uri":"`)
	if !ok {
		p.t.Fatalf("no link to the pages in %s", p.reads())
	}
	door, _, _ = strings.Cut(door, `"`)
	p.shows(p.browser.Get(door))
	p.submits("enter", nil)
	p.follows(page)
}

// follows the link of a page that ends so.
func (p *person) follows(page string) {
	p.t.Helper()
	link := regexp.MustCompile(`href="([^"]*/` + page + `)"`).FindStringSubmatch(p.html)
	if link == nil {
		p.t.Fatalf("no link to %s in %s", page, p.html)
	}
	p.shows(p.browser.Get(p.at.ResolveReference(&url.URL{Path: link[1]}).String()))
}

func (p *person) shows(res *http.Response, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		p.t.Fatalf("%s answers %d %v: %s", res.Request.URL.Path, res.StatusCode, err, b)
	}
	p.at, p.html = res.Request.URL, markuptest.Unmarked(string(b))
}

// submits presses a button of the page, with the hidden fields of it all.
func (p *person) submits(do string, v url.Values) {
	p.t.Helper()
	if v == nil {
		v = url.Values{}
	}
	for _, f := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(p.html, -1) {
		v.Set(f[1], f[2])
	}
	v.Set("do", do)
	p.shows(p.browser.PostForm(p.at.String(), v))
}

// family is an owner and a guardian they invited, both with a phone.
func family(t *testing.T) (h *town, owner, guardian *person) {
	h = newTown(t)
	owner, guardian = h.family()
	return h, owner, guardian
}

func (h *town) family() (owner, guardian *person) {
	owner, guardian = h.person("花子", "ja"), h.person("Bob", "en")
	owner.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567"}`)["code"].(string))
	owner.visits("family")
	owner.follows("invite")
	owner.submits("invite", url.Values{"name": {"長女"}})
	code := regexp.MustCompile(`[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}`).FindString(owner.html)
	guardian.says(code)
	guardian.taps("a=join")
	owner.reads("見守り家族が加わりました", "長女")
	return owner, guardian
}

func TestTheOtherSideHearsWhoEndsItOnPageAndInChat(t *testing.T) {
	const dismissed, left = "has ended your watching", "見守り家族が見守りをやめました"
	ended, erased := "has stopped having it watched, and", "asked for its records to be erased"
	for name, c := range map[string]struct {
		does  func(owner, guardian *person)
		owner bool // hears of it, else the guardian
		says  string
	}{
		"an owner dismisses a guardian on the page": {func(o, _ *person) { o.visits("family"); o.submits("dismiss", nil) }, false, dismissed},
		"a guardian leaves in the chat":             {func(_, g *person) { g.says("leave"); g.taps("a=leave") }, true, left},
		"a guardian leaves on the page":             {func(_, g *person) { g.visits("leave"); g.submits("leave", nil) }, true, left},
		"an owner leaves in the chat":               {func(o, _ *person) { o.says("解除"); o.taps("a=leave") }, false, ended},
		"an owner leaves on the page":               {func(o, _ *person) { o.visits("leave"); o.submits("leave", nil) }, false, ended},
		"an owner erases in the chat": {func(o, _ *person) {
			o.says("解除")
			o.taps("a=erase")
			o.reads("見守りをやめて、記録も消しますか", "5年間")
			o.taps("a=erase")
			o.reads("見守りをやめました。記録もあとで消します")
		}, false, erased},
		"an owner erases on the page": {func(o, _ *person) {
			o.visits("leave")
			o.submits("erase", url.Values{"sure": {"1"}})
		}, false, erased},
	} {
		t.Run(name, func(t *testing.T) {
			h, owner, guardian := family(t)
			told := guardian
			if c.owner {
				told = owner
			}
			before := len(told.heard())
			h.line.Duplicate(1)
			c.does(owner, guardian)
			h.Add(time.Minute)
			h.settle()
			var news []string
			for _, m := range told.heard()[before:] {
				if strings.Contains(m, c.says) {
					news = append(news, m)
				}
			}
			if len(news) != 1 || !strings.Contains(news[0], "七十七銀行") && !strings.Contains(news[0], "77") || !strings.Contains(news[0], "***4567") {
				t.Errorf("heard %d times: %v, of %v", len(news), news, told.heard())
			}
			if v := h.line.Violations(); len(v) > 0 {
				t.Error(v)
			}
			if d, err := h.queue.Dead(context.Background(), queue.Chat, 10); err != nil || len(d) > 0 {
				t.Errorf("dead letters %v %v", d, err)
			}
		})
	}
}

// deadly is a table at whose first write a process dies.
type deadly struct{ store.Table }

func (deadly) Write(context.Context, ...store.Write) error { panic("the process is dead") }

func TestEverybodyHearsThatTheBankHadTheAccountForgotten(t *testing.T) {
	h, owner, guardian := family(t)
	before := len(owner.heard()) + len(guardian.heard())
	for range 2 { // and once more, as the bank does whenever it got no answer
		h.erase("acc_1")
		h.settle()
	}
	owner.reads("口座の見守りが終わりました", "七十七銀行", "***4567")
	guardian.reads("Your account is no longer watched", "***4567")
	if n := len(owner.heard()) + len(guardian.heard()) - before; n != 2 {
		t.Errorf("the phones ring %d times", n)
	}
}

// erase has an account forgotten, as the bank does.
func (h *town) erase(ref string) {
	h.t.Helper()
	req, err := http.NewRequest(http.MethodDelete, h.url+"/v1/banks/0125/accounts/"+ref, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.key)
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusNoContent {
		h.t.Fatal(res, err)
	}
	_ = res.Body.Close()
}

func TestAnOwnerHidesAmountsFromAGuardianAndShowsThemAgain(t *testing.T) {
	h, owner, guardian := family(t)
	owner.visits("family")
	before := len(guardian.heard())
	owner.submits("hide", nil)
	h.settle()
	guardian.reads("You see no amounts any more", "***4567", "without amounts")
	if !strings.Contains(owner.html, "金額を見せない設定にしました") || !strings.Contains(owner.html, `value="show"`) {
		t.Errorf("the page says %s", owner.html)
	}
	owner.submits("show", nil)
	owner.submits("show", nil) // pressed twice
	h.settle()
	guardian.reads("You see amounts now", "amounts too")
	owner.submits("hide", nil)
	h.settle()
	guardian.reads("You see no amounts any more")
	if n := len(guardian.heard()) - before; n != 3 {
		t.Errorf("the phone rings %d times", n)
	}

	h.Add(2 * time.Minute)
	// An invitation that shows amounts shows none to who is a guardian already,
	// and the owner reads so.
	owner.follows("invite")
	owner.submits("invite", nil)
	guardian.says(regexp.MustCompile(`[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}`).FindString(owner.html))
	guardian.reads("without amounts")
	guardian.taps("a=join")
	guardian.reads("You are watching over it already", "without amounts")
	owner.reads("招待した方は、すでに見守り家族です", "長女", "金額は見えません")
	if d, err := h.queue.Dead(context.Background(), queue.Chat, 10); err != nil || len(d) > 0 {
		t.Errorf("dead letters %v %v", d, err)
	}
}

func TestNewsThatComesTwiceIsToldOnce(t *testing.T) {
	h, owner, guardian := family(t)
	owner.visits("family")
	before := len(guardian.heard())
	watcher := regexp.MustCompile(`name="watcher" value="([^"]*)"`).FindStringSubmatch(owner.html)[1]
	owner.submits("dismiss", nil)
	ctx := context.Background()
	for range 3 {
		msgs, err := h.queue.Receive(ctx, queue.Chat, 10, 0)
		if err != nil || len(msgs) != 1 {
			t.Fatalf("%d messages wait, %v", len(msgs), err)
		}
		h.stages[queue.Chat](ctx, msgs) // and dies before it says so
		h.Add(10 * time.Minute)
	}
	h.settle()
	if n := len(guardian.heard()) - before; n != 1 {
		t.Errorf("heard %d times", n)
	}

	// News that never came true is dropped, and is no dead letter.
	members, err := h.system.Membership()
	if err != nil {
		t.Fatal(err)
	}
	code, _, err := members.Invite(ctx, owner.id, account, "", false)
	if err != nil {
		t.Fatal(err)
	}
	guardian.says(code)
	guardian.taps("a=join")
	a, err := h.store.Account(ctx, account)
	if err != nil {
		t.Fatal(err)
	}
	g, _ := a.WatcherOf(guardian.id)
	if g == nil || g.ID == watcher {
		t.Fatalf("bound as %+v", g)
	}
	members.Store = store.New(deadly{h.system.Table})
	before = len(guardian.heard())
	func() {
		defer func() { _ = recover() }()
		_, _ = members.Dismiss(ctx, owner.id, account, g.ID)
	}()
	if d, err := h.queue.Depth(ctx, queue.Chat); err != nil || d.Waiting != 1 {
		t.Fatalf("%+v %v", d, err)
	}
	for range 100 {
		h.Add(time.Minute)
		h.settle()
	}
	if n := len(guardian.heard()) - before; n != 0 {
		t.Errorf("heard %d times of what did not happen", n)
	}
	if d, err := h.queue.Depth(ctx, queue.Chat); err != nil || d.Waiting+d.InFlight+d.Dead > 0 {
		t.Errorf("%+v %v", d, err)
	}
}

var account = watch.AccountKey{Bank: "0125", Ref: "acc_1"}

func TestTheOwnerHearsWhichGuardianAnswered(t *testing.T) {
	h, owner, guardian := family(t)
	h.send("t1")
	h.settle()
	guardian.says("services")
	guardian.taps("a=ask")
	guardian.taps("a=notmine")
	owner.reads("長女が「身に覚えがない」と回答しました", "KZ-")
	guardian.taps("a=undo")
	guardian.reads("Take this report back?", "KZ-", "You")
	guardian.taps("a=undo")
	owner.reads("長女が「身に覚えがない」という回答を取り消しました")
}
