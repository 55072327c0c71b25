package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kozamori/internal/sim"
	"kozamori/internal/testkit/browsertest"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// poll waits until an expression is true on the page. It asks from outside:
// a page that the browser does not draw, because others keep the machine
// busy, gets no frames in which it could look by itself.
func poll(t *testing.T, ctx context.Context, what, expression string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err == nil && is {
			return
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			t.Fatalf("%s: %v %v", what, ctx.Err(), err)
		}
	}
}

// do runs steps, and says which one took too long.
func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for i, s := range steps {
		if err := chromedp.Do(ctx, s); err != nil {
			b, _ := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if dir := os.Getenv("KOZAMORI_SHOTS"); dir != "" {
				_ = os.WriteFile(filepath.Join(dir, "stuck.png"), b, 0o600)
			}
			t.Fatalf("step %d: %v", i+1, err)
		}
	}
}

// press clicks what a selector finds, in its own tab of the page if that is
// narrow.
func press(t *testing.T, ctx context.Context, tab, selector string) {
	t.Helper()
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=`+tab+`]`)), chromedp.Click(chromedp.CSS(selector)))
}

// sound fails if the page is wider than its window or complained.
func sound(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	// The chat and the quick replies scroll inside of themselves.
	out, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if err != nil || out > 0 {
		t.Errorf("%s sticks out %d px to the right: %v", name, out, err)
	}
	browsertest.Shot(t, ctx, "local "+name)
}

func TestThroughThePageOnAPhone(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	s := up(t, t.TempDir(), noEnv)
	browsertest.Look(t, ctx, browsertest.View{Scripts: true})
	browsertest.Go(t, ctx, chromedp.Navigate(s.Page+"/"))
	poll(t, ctx, "the page comes up", `document.body.dataset.ready === "yes"`)
	sound(t, ctx, "bank")

	press(t, ctx, "bank", `[data-file="0125-overdrawn.json"]`)
	poll(t, ctx, "the bank is answered", `document.querySelector(".said:not(:empty)")?.textContent.includes("1 accepted")`)
	poll(t, ctx, "the phone shows the alert", `[...document.querySelectorAll(".msg.bot")].some(m => m.textContent.includes("100,000円") && m.textContent.includes("緊急"))`)
	poll(t, ctx, "the phone tab tells of it", `document.querySelector("[data-to=phones]").classList.contains("news")`)
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=phones]`)))
	sound(t, ctx, "phone with an alert")
	do(t, ctx, chromedp.Click(chromedp.CSS(".menu .open")))
	poll(t, ctx, "the menu has its six areas", `document.querySelectorAll(".menu .map:not([hidden]) button").length === 6 && document.querySelector(".menu img").naturalWidth > 0`)
	sound(t, ctx, "phone with its menu")
	do(t, ctx, chromedp.Click(chromedp.CSS(".menu .open")))
	notMine(t, ctx)
	poll(t, ctx, "the phone says that it was taken", `document.querySelector(".msg.bot:last-child").textContent.includes("KZ-")`)
	sound(t, ctx, "phone with the answer")

	poll(t, ctx, "the bank has the dispute, signed", `document.querySelector(".dispute .signed")?.textContent.includes("signature valid")`)
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=bank]`)))
	do(t, ctx, chromedp.ScrollIntoView(chromedp.CSS(".dispute")))
	sound(t, ctx, "bank with a dispute")
	before := s.pushes()
	do(t, ctx, chromedp.SendKeys(chromedp.CSS(".dispute input"), "口座を止めました。"), chromedp.Click(chromedp.CSS(".dispute [data-set=frozen]")))
	poll(t, ctx, "the books say so", `document.querySelector(".dispute").dataset.status === "frozen"`)
	eventually(t, s, "the person is told", func() bool { return s.pushes() == before+1 })
	poll(t, ctx, "the phone shows the bank's words", `document.querySelector(".msg.bot:last-child").textContent.includes("口座を止めました。")`)

	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=records]`)))
	poll(t, ctx, "every step has its time", `(() => { const t = document.querySelector(".trace").textContent; return ["occurred","received","alerted","LINE accepted","answered","bank told"].every(s => t.includes(s)) && t.includes("ms"); })()`)
	sound(t, ctx, "records")
}

// notMine taps 「身に覚えがない」 of the newest message on the phone.
func notMine(t *testing.T, ctx context.Context) {
	t.Helper()
	const button = ".msg.bot:last-child .part-footer button"
	poll(t, ctx, "the button is there", `document.querySelector("`+button+`")?.textContent.startsWith("身に覚えがない")`)
	do(t, ctx, chromedp.Click(chromedp.CSS(button)))
}

var mailedLink = regexp.MustCompile(`http://\S+/a/\S+`)

func TestThroughTheMailOnAPhone(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	s := up(t, t.TempDir(), noEnv)
	browsertest.Look(t, ctx, browsertest.View{Scripts: true})
	browsertest.Go(t, ctx, chromedp.Navigate(s.Page+"/"))
	poll(t, ctx, "the page comes up", `document.body.dataset.ready === "yes"`)
	// Blocked on the phone: LINE does not reach them, so the mail does.
	press(t, ctx, "phones", ".block")
	poll(t, ctx, "the phone has blocked us", `document.querySelector(".did:last-child")?.textContent.includes("ブロック")`)
	eventually(t, s, "Kozamori knows that it is blocked", func() bool {
		p, err := s.System.Store.Person(t.Context(), s.LINE.Users()[0].ID)
		return err == nil && !p.UnfollowedAt.IsZero()
	})
	press(t, ctx, "bank", `[data-file="0125-overdrawn.json"]`)
	poll(t, ctx, "the mail is in the mailbox", `document.querySelectorAll(".letter").length === 1`)
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=mail]`)), chromedp.WaitVisible(chromedp.CSS("#letter")))
	sound(t, ctx, "mail")

	var mails struct{ Messages []sim.Mail }
	get(t, s.Page+"/sim/mail/messages", &mails)
	link := mailedLink.FindString(mails.Messages[0].Text)
	if link == "" {
		t.Fatal("the mail has no link to the alert")
	}
	// A link from a mail opens elsewhere, on a page without scripts.
	browsertest.Look(t, ctx, browsertest.View{})
	browsertest.Go(t, ctx, chromedp.Navigate(link))
	browsertest.Shot(t, ctx, "local page from the mail")
	browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`button[value="notmine"]`)))
	browsertest.Shot(t, ctx, "local page answered")
	eventually(t, s, "the bank hears the dispute", func() bool { return len(s.disputes()) == 1 })

	browsertest.Look(t, ctx, browsertest.View{Scripts: true})
	browsertest.Go(t, ctx, chromedp.Navigate(s.Page+"/"))
	poll(t, ctx, "the bank has the dispute, signed", `document.querySelector(".dispute .signed")?.textContent.includes("signature valid")`)
	reference := s.disputes()[0].Reference
	poll(t, ctx, "it is the same one", fmt.Sprintf(`document.querySelector(".dispute b").textContent === %q`, reference))
}

func TestThePageIsWholeOnADesk(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	s := up(t, t.TempDir(), noEnv)
	for _, width := range []int64{1500, 1100, 821} {
		browsertest.Look(t, ctx, browsertest.View{Width: width, Scripts: true})
		browsertest.Go(t, ctx, chromedp.Navigate(s.Page+"/"))
		poll(t, ctx, "the page comes up", `document.body.dataset.ready === "yes"`)
		do(t, ctx, chromedp.Click(chromedp.CSS(`[data-file="0125-four-debits.json"]`)))
		poll(t, ctx, "the records show it", `document.querySelectorAll(".trace").length >= 4`)
		sound(t, ctx, fmt.Sprintf("desk %d", width))
	}
	notMine(t, ctx)
	poll(t, ctx, "the bank's book has the sum of all that is reported", `/^七十七銀行 · [0-9,]+円 \([0-9]+ debits\)$/.test(document.querySelector(".dispute .sum")?.textContent)`)
	var all struct{ Transactions []struct{ Amount int64 } }
	if err := json.Unmarshal(s.disputes()[0].Last, &all); err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, x := range all.Transactions {
		sum += x.Amount
	}
	poll(t, ctx, "and no part of it", fmt.Sprintf(`document.querySelector(".dispute .sum").textContent.replace(/,/g, "").includes(" %d円 (%d ")`, sum, len(all.Transactions)))
}
