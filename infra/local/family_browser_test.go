package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kozamori/events"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// handset is one of the phones on the page.
type handset struct {
	*testing.T
	ctx context.Context
	s   *stack
	id  string // LINE user
}

// in is a selector within this phone.
func (p *handset) in(css string) string { return `.phone[data-user="` + p.id + `"] ` + css }

// newest is the newest message that came from us.
func (p *handset) newest(css string) string { return p.in(".msg.bot:last-child " + css) }

func (p *handset) say(text string) {
	p.Helper()
	do(p.T, p.ctx, chromedp.SendKeys(chromedp.CSS(p.in(".say input")), text), chromedp.Click(chromedp.CSS(p.in(".say button"))))
}

// reads waits until the newest message holds all of these.
func (p *handset) reads(what string, parts ...string) {
	p.Helper()
	for _, part := range parts {
		poll(p.T, p.ctx, what+": "+part, fmt.Sprintf(`document.querySelector(%q)?.parentElement.textContent.includes(%q)`, p.newest(".face"), part))
	}
}

// follow opens the first link of the newest message in this phone's browser.
func (p *handset) follow() {
	p.Helper()
	href, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q).href`, p.newest("a.fbutton"))))
	if err != nil {
		p.Fatal(err)
	}
	browsertest.Go(p.T, p.ctx, chromedp.Navigate(href))
}

// back returns to the page with the phones.
func (p *handset) back() {
	p.Helper()
	browsertest.Go(p.T, p.ctx, chromedp.Navigate(p.s.Page+"/"))
	poll(p.T, p.ctx, "the page comes up", `document.body.dataset.ready === "yes"`)
}

// press clicks a button of the person's pages, which opens the next one.
func (p *handset) press(do string) {
	p.Helper()
	browsertest.Go(p.T, p.ctx, chromedp.Click(chromedp.CSS(`button[value="`+do+`"]`)))
}

// invites goes from the chat to the page where somebody is invited.
func (p *handset) invites() {
	p.Helper()
	p.say(wording.Word(watch.Japanese, wording.CmdFamily))
	p.reads("the chat gives the page", "見守り家族のページを開く")
	browsertest.Look(p.T, p.ctx, browsertest.View{}) // which needs no scripts
	p.follow()
	p.press(wording.DoEnter)
	for _, page := range []string{"/family", "/invite"} {
		browsertest.Go(p.T, p.ctx, chromedp.Click(chromedp.CSS(`a[href$="`+page+`"]`)))
	}
}

func TestOptInFromTheBanksSiteInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	s := up(t, t.TempDir(), noEnv)
	p := &handset{t, ctx, s, s.LINE.Users()[0].ID}
	browsertest.Look(t, ctx, browsertest.View{Scripts: true})
	p.back()
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=phones]`)))
	p.say(wording.Word(watch.Japanese, wording.CmdConnect))
	poll(t, ctx, "the chat offers the bank's page", fmt.Sprintf(`document.querySelector(%q)?.href.includes("linkToken")`, p.newest("a.fbutton")))

	browsertest.Look(t, ctx, browsertest.View{}) // the rest needs no scripts
	p.follow()
	at, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	code := ""
	for _, c := range codes {
		if strings.HasSuffix(page.Path, "/sim/bank/"+c+"/login") {
			code = c
		}
	}
	if code == "" {
		t.Fatalf("the link leads to %s", page.Path)
	}
	if out := browsertest.Sideways(t, ctx); out > 0 {
		t.Errorf("the bank's page sticks out %d px", out)
	}
	first, second := events.Accounts[code].Ref, events.Accounts[code].Ref+"_2"
	do(t, ctx, chromedp.Click(chromedp.CSS(`input[value="`+first+`"]`))) // only the second stays ticked
	browsertest.Shot(t, ctx, "local opt-in at the bank")
	browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS("form button")))
	poll(t, ctx, "LINE's dialog says so", `document.body.textContent.includes("連携しました")`)

	browsertest.Look(t, ctx, browsertest.View{Scripts: true})
	p.back()
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=phones]`)))
	p.reads("the phone says that it is connected", "口座の見守りを始めました", "***2201")
	sound(t, ctx, "opt-in connected")
	if ok, err := s.bound(t.Context(), watch.AccountKey{Bank: code, Ref: second}, p.id); err != nil || !ok {
		t.Errorf("the account is not watched: %v", err)
	}
}

func TestFamilyOnTwoPhonesInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	s := up(t, t.TempDir(), func(name string) string {
		return map[string]string{"KOZAMORI_ESCALATE_AFTER": "1s"}[name]
	})
	owner := &handset{t, ctx, s, s.LINE.Users()[0].ID}
	wide := browsertest.View{Width: 1700, Scripts: true}
	browsertest.Look(t, ctx, wide)
	owner.back()

	// The owner invites on the page behind the chat's link.
	owner.invites()
	do(t, ctx, chromedp.SendKeys(chromedp.CSS(`[name="name"]`), "長男"))
	owner.press(wording.DoInvite)
	code, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("dt")].find(d => d.textContent.includes("家族コード"))?.nextElementSibling.textContent.trim() || ""`))
	if err != nil || code == "" {
		t.Fatalf("the page shows no code: %v", err)
	}
	browsertest.Shot(t, ctx, "local family invited")

	// The code is sent on another phone.
	browsertest.Look(t, ctx, wide)
	owner.back()
	do(t, ctx, chromedp.Click(chromedp.CSS("#add-phone")))
	poll(t, ctx, "there are two phones", `document.querySelectorAll(".phone").length === 2`)
	guardian := &handset{t, ctx, s, s.LINE.Users()[1].ID}
	if following := s.LINE.Users()[1].Following; !following {
		do(t, ctx, chromedp.Click(chromedp.CSS(guardian.in(".block"))))
	}
	eventually(t, s, "the second phone is a friend", func() bool { return s.LINE.Users()[1].Following })
	guardian.say(code)
	guardian.reads("the invitation is shown", "見守り家族になりますか")
	do(t, ctx, chromedp.Click(chromedp.CSS(guardian.newest(".part-footer button"))))
	guardian.reads("the guardian is told", "見守り家族になりました")
	owner.reads("the owner is told", "見守り家族が加わりました", "長男")
	sound(t, ctx, "two phones joined")

	// A critical alert that its owner does not answer goes to the guardian.
	k := guarded(t, s, guardian.id)
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-file="`+sampleOf[k.Bank]+`"]`)))
	owner.reads("the owner is alerted", alertOf[k.Bank])
	end := time.Now().Add(20 * time.Second)
	for told := false; !told; {
		if time.Now().After(end) {
			t.Fatal("never: the guardian is told")
		}
		if _, err := s.System.Sweep().Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		told, err = chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q)?.textContent === "本人は身に覚えがない"`, guardian.newest(".part-footer button"))))
		if err != nil {
			t.Fatal(err)
		}
	}
	guardian.reads("the guardian reads the alert", alertOf[k.Bank])
	sound(t, ctx, "two phones alerted")
	do(t, ctx, chromedp.Click(chromedp.CSS(guardian.newest(".part-footer button"))))
	guardian.reads("the guardian's answer is taken", "KZ-")
	owner.reads("the owner hears whose answer it is", "KZ-", "長男")
	sound(t, ctx, "two phones answered")
	eventually(t, s, "the bank hears the dispute", func() bool { return len(s.disputes()) == 1 })

	// The owner takes an invitation back that went to the wrong person, and
	// hides amounts from the guardian, who then reads none, by the bank either.
	owner.invites()
	owner.press(wording.DoInvite)
	browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`a[href$="/family"]`)))
	browsertest.Shot(t, ctx, "local family open invitation")
	owner.press(wording.DoWithdraw)
	poll(t, ctx, "the page says that it was taken back", `document.body.textContent.includes("招待を取り消しました") && !document.querySelector('[name="invitation"]')`)
	owner.press(wording.DoHide)
	poll(t, ctx, "the page says that amounts are hidden", `document.body.textContent.includes("金額を見せない設定にしました") && !!document.querySelector('button[value="show"]')`)
	browsertest.Shot(t, ctx, "local family amounts hidden")
	browsertest.Look(t, ctx, wide)
	owner.back()
	guardian.reads("the guardian hears of it", "金額が表示されなくなりました", "金額は見えません")
	if status, body := post(t, s.Page+"/sim/bank/"+k.Bank+"/disputes/"+s.disputes()[0].DisputeID+"/status", `{"status":"frozen","text":"98,765円を止めました"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	guardian.reads("the guardian hears that there is a note", "引き落としを止めました", "連絡文が届いています")
	sound(t, ctx, "two phones amounts hidden")
	if shown, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q).textContent.includes("98,765")`, guardian.in("")))); err != nil || shown {
		t.Errorf("the guardian reads an amount: %v", err)
	}
}

// sampleOf is a critical sample of each bank, and alertOf what its alert says.
var (
	sampleOf = map[string]string{"0125": "0125-overdrawn.json", "0168": "0168-rk-debit.json"}
	alertOf  = map[string]string{"0125": "100,000円", "0168": "円"}
)

// guarded is the account that somebody watches.
func guarded(t *testing.T, s *stack, user string) watch.AccountKey {
	t.Helper()
	for _, code := range codes {
		k := watch.AccountKey{Bank: code, Ref: events.Accounts[code].Ref}
		if ok, err := s.bound(t.Context(), k, user); err != nil {
			t.Fatal(err)
		} else if ok {
			return k
		}
	}
	t.Fatal("the guardian watches nothing")
	return watch.AccountKey{}
}
