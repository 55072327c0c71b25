package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kozamori/events"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// fill types into fields of the page that is open, by name, and unfolds the group
// in which the first of them stands.
func (p *handset) fill(pairs ...string) {
	p.Helper()
	do(p.T, p.ctx, chromedp.Click(chromedp.CSS(`details:not([open]):has([name="`+pairs[0]+`"]) > summary`)), chromedp.WaitVisible(chromedp.CSS(`[name="`+pairs[0]+`"]`)))
	for i := 0; i+1 < len(pairs); i += 2 {
		do(p.T, p.ctx, chromedp.SetValue(chromedp.CSS(`[name="`+pairs[i]+`"]`), pairs[i+1]))
	}
}

// bank shows the bank's side of the page, unfolded.
func (p *handset) bank() {
	p.Helper()
	do(p.T, p.ctx, chromedp.Click(chromedp.CSS(`[data-to=bank]`)))
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](`(() => { for (const d of document.querySelectorAll("#bank details")) d.open = true; return true; })()`)); err != nil {
		p.Fatal(err)
	}
}

// happens has the bank send an event of the page's builder.
func (p *handset) happens(descriptor, yen string) {
	p.Helper()
	p.bank()
	do(p.T, p.ctx, chromedp.SetValue(chromedp.CSS("#own-descriptor"), descriptor), chromedp.SetValue(chromedp.CSS("#own-amount"), yen), chromedp.Click(chromedp.CSS("#own button")))
	poll(p.T, p.ctx, "the event is taken", `document.querySelector("#own-said").textContent.includes("1 accepted")`)
}

// gets waits until some message of the phone holds all of these: what else the night
// or the morning brings may come behind it.
func (p *handset) gets(what string, parts ...string) {
	p.Helper()
	poll(p.T, p.ctx, what, fmt.Sprintf(`[...document.querySelectorAll(%q)].some(m => %q.split("|").every(part => m.textContent.includes(part)))`, p.in(".msg.bot"), strings.Join(parts, "|")))
}

// shows tells whether the phone shows a text now.
func (p *handset) shows(text string) bool {
	p.Helper()
	is, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q).textContent.includes(%q)`, p.in(""), text)))
	if err != nil {
		p.Fatal(err)
	}
	return is
}

// An owner sets quiet hours on the settings page, in a browser without scripts. What
// is ordinary waits for the morning, what is urgent does not, and the morning tells
// of what waited, with its answers.
func TestQuietHoursEndInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	s := up(t, t.TempDir(), noEnv)
	p := &handset{t, ctx, s, s.LINE.Users()[0].ID}
	browsertest.Look(t, ctx, browsertest.View{Scripts: true})
	p.back()
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=phones]`)))
	p.say(wording.Word(watch.Japanese, wording.CmdSettings))
	poll(t, ctx, "the chat gives the page", fmt.Sprintf(`document.querySelector(%q) !== null`, p.newest("a.fbutton")))
	browsertest.Look(t, ctx, browsertest.View{})
	p.follow()
	p.press(wording.DoEnter)
	browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`a[href$="/settings"]`)))
	p.fill("quiet_from", "22:00", "quiet_to", "07:00")
	p.press(wording.DoSave)
	poll(t, ctx, "it is saved", `document.body.textContent.includes("保存しました")`)
	k := watch.AccountKey{Bank: "0125", Ref: events.Accounts["0125"].Ref}
	if a, err := s.System.Store.Account(t.Context(), k); err != nil || a.Watchers[0].Rules.Quiet == nil {
		t.Fatalf("no quiet hours are set: %v", err)
	}

	browsertest.Look(t, ctx, browsertest.View{Scripts: true})
	p.back()
	p.bank()
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-skip*="22:30"]`)))
	poll(t, ctx, "it is evening", `document.querySelector("#clock-now").textContent.includes("22:3")`)
	poll(t, ctx, "on the phone, too", `document.querySelector(".bar .clock").textContent.startsWith("22:3")`)
	p.happens("PAYPAY", "1234")
	eventually(t, s, "it is on record", func() bool { return s.amounts(t)[1234] == 1 })
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-file="0125-overdrawn.json"]`)), chromedp.Click(chromedp.CSS(`[data-to=phones]`)))
	p.gets("what is urgent comes at night", "緊急", "100,000円")
	if p.shows("1,234円") {
		t.Error("the night tells of what is ordinary")
	}
	sound(t, ctx, "phone at night")
	p.bank()
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-skip*="07:00"]`)), chromedp.Click(chromedp.CSS(`[data-to=phones]`)))
	p.gets("the morning tells of the rest", "1,234円", "身に覚えがない")
	if p.shows("合計") {
		t.Error("what waited is told as a part of something else")
	}
	sound(t, ctx, "phone in the morning")
}
