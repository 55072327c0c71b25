package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"kozamori/events"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
)

// reaches fails unless the page can be used with the keyboard and heard.
func reaches(t *testing.T, ctx context.Context, what string) {
	t.Helper()
	for _, p := range browsertest.Keyboard(t, ctx) {
		t.Errorf("%s, with the keyboard alone: %s", what, p)
	}
	for _, p := range browsertest.Heard(t, ctx) {
		t.Errorf("%s, to a screen reader: %s", what, p)
	}
}

// The page can be used with the keyboard alone. What it draws again, because
// something happened, takes neither the focus nor what somebody types.
func TestThePageIsUsedWithTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	s := up(t, t.TempDir(), noEnv)
	browsertest.Look(t, ctx, browsertest.View{Width: 1700, Scripts: true})
	browsertest.Go(t, ctx, chromedp.Navigate(s.Page+"/"))
	poll(t, ctx, "the page comes up", `document.body.dataset.ready === "yes"`)
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-file="0125-four-debits.json"]`)))
	poll(t, ctx, "the records show it", `document.querySelectorAll(".trace").length >= 4`)
	notMine(t, ctx)
	poll(t, ctx, "the bank has the report", `document.querySelectorAll(".dispute input").length === 1`)
	unfold := func() {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => { for (const d of document.querySelectorAll("details")) d.open = true; return true; })()`)); err != nil {
			t.Fatal(err)
		}
	}
	poll(t, ctx, "the bodies are shown", `document.querySelectorAll("#talked details").length >= 2`)
	unfold()
	reaches(t, ctx, "on a desk")

	amount := int64(0)
	happens := func() {
		t.Helper()
		amount++
		if asks(t, s.Page+"/sim/events", composed{Bank: "0125", Type: "debit", Descriptor: "PAYPAY", Amount: amount}, nil) != 200 {
			t.Fatal("not taken")
		}
		poll(t, ctx, "it is drawn", fmt.Sprintf(`[...document.querySelectorAll(".trace .yen")].some(y => y.textContent === "%d円")`, amount))
		poll(t, ctx, "and told", fmt.Sprintf(`[...document.querySelectorAll(".trace")].some(x => x.querySelector(".yen")?.textContent === "%d円" && x.textContent.includes("LINE accepted"))`, amount))
	}
	for what, css := range map[string]string{"a record": ".trace:last-child summary", "a body": "#talked details:last-child summary", "a report": ".dispute input", "a quick reply": ".quick button:last-child"} {
		if what == "a quick reply" {
			do(t, ctx, chromedp.SetValue(chromedp.CSS(".say input"), "一覧"), chromedp.Click(chromedp.CSS(".say button")))
			poll(t, ctx, "it is answered", `document.querySelector(".quick button:last-child") !== null`)
		}
		mark := `(() => { const e = document.querySelector("` + css + `"); e.focus(); if (e.value !== undefined) { e.value = "abc"; if (e.setSelectionRange) e.setSelectionRange(1, 2); } window.was = e.closest("[data-id]")?.dataset.id + e.textContent; return document.activeElement === e; })()`
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](mark)); err != nil || !ok {
			t.Fatalf("%s takes no focus: %v", what, err)
		}
		if what == "a quick reply" { // a message ends it, but not a minute
			if asks(t, s.Page+"/sim/clock", map[string]any{"minutes": 1}, nil) != 200 {
				t.Fatal("no minute passes")
			}
			poll(t, ctx, "the minute is shown", `document.querySelector("#clock-now").textContent.includes("ahead")`)
		} else {
			happens()
		}
		if what == "a report" { // its status changes
			d := s.disputes()[0]
			if asks(t, s.Page+"/sim/bank/0125/disputes/"+d.DisputeID+"/status", map[string]string{"status": "frozen"}, nil) != 200 {
				t.Fatal("the bank says nothing")
			}
			poll(t, ctx, "the status is shown", `document.querySelector(".dispute").dataset.status === "frozen"`)
		}
		is, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { const e = document.activeElement; return e.closest("[data-id]")?.dataset.id + e.textContent === window.was && (e.tagName !== "INPUT" || e.value + e.selectionStart + e.selectionEnd === "abc12") ? "" : e.outerHTML.slice(0, 200); })()`))
		if err != nil || is != "" {
			t.Errorf("%s lost the focus to %q (%v)", what, is, err)
		}
	}

	browsertest.Look(t, ctx, browsertest.View{Scripts: true})
	for _, tab := range []string{"bank", "phones", "records", "mail"} {
		do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=`+tab+`]`)))
		unfold()
		reaches(t, ctx, tab+" on a phone")
	}
}

// A message that no worker takes, and the oldest telling that waits by its channel,
// stand under 調子.
func TestWhatIsDeadAndWhatWaitsIsShownInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	s := up(t, t.TempDir(), noEnv)
	browsertest.Look(t, ctx, browsertest.View{Width: 1700, Scripts: true})
	browsertest.Go(t, ctx, chromedp.Navigate(s.Page+"/"))
	poll(t, ctx, "the page comes up", `document.body.dataset.ready === "yes"`)
	poll(t, ctx, "nothing waits at first", `document.querySelector("#health-now").textContent.includes("nothing waits")`)
	k := watch.AccountKey{Bank: "0125", Ref: events.Accounts["0125"].Ref}
	if _, err := s.System.Store.UpdateAccount(t.Context(), k, func(a *watch.Account) ([]store.Write, error) { return quietAtNight(a) }); err != nil {
		t.Fatal(err)
	}
	if asks(t, s.Page+"/sim/clock", map[string]any{"until": "22:30"}, nil) != 200 || asks(t, s.Page+"/sim/events", composed{Bank: "0125", Type: "debit", Descriptor: "PAYPAY", Amount: 1234}, nil) != 200 {
		t.Fatal("no night, or no event")
	}
	eventually(t, s, "it is held", func() bool { return s.amounts(t)[1234] == 1 })
	if asks(t, s.Page+"/sim/clock", map[string]any{"minutes": 60}, nil) != 200 {
		t.Fatal("no hour passes")
	}
	poll(t, ctx, "what waits is shown by its channel", `[...document.querySelectorAll("#health-now tr")].some(r => r.firstElementChild.textContent === "line" && r.textContent.includes("60 min"))`)
	var jobs queue.Jobs
	jobs.Letter(watch.Email, "gone", "somebody") // a mail that is not on record
	if err := jobs.Send(t.Context(), s.System.Queue); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Click(chromedp.CSS("#health details:has(#dead) summary")))
	poll(t, ctx, "the dead letter is shown", `document.querySelector("#dead-count").textContent === "1" && document.querySelector("#dead").textContent.includes("not on record")`)
	browsertest.Axe(t, ctx, "with a dead letter")
	sound(t, ctx, "health on a desk")
}
