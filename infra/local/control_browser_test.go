package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kozamori/internal/testkit/browsertest"
)

// A service is stopped by one press on the phone and one in the bank's column; that it is
// stopped is said after that, and not before.
func TestAStopIsAskedForAndAnswered(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	post(t, s.Page+"/sim/send/0125-overdrawn.json", "")
	eventually(t, s, "the phone rings", func() bool { return s.pushes() == 1 })
	notMineByScript(t, s)
	user := s.LINE.Users()[0].ID
	said := func(text string) func() bool {
		return func() bool { return strings.Contains(readBy(s, user), text) }
	}
	eventually(t, s, "the bank hears the dispute", func() bool { return len(s.disputes()) == 1 })
	eventually(t, s, "the stop is offered", said("を止める"))
	_, data, _ := strings.Cut(readBy(s, user), `a=control`)
	data, _, _ = strings.Cut(data, `"`)
	data = strings.TrimSuffix(data, `\`)
	if status, body := post(t, s.Page+"/sim/line/users/"+user+"/tap", `{"data":"a=control`+data+`"}`); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	eventually(t, s, "the bank is asked", func() bool { return len(s.controls()) == 1 })
	eventually(t, s, "it is not stopped yet", said("まだ止まっていません"))
	if said("停止しました。")() || said("が停止しました")() {
		t.Error("it is said to be stopped")
	}
	ctx := browsertest.Open(t)
	browsertest.Look(t, ctx, browsertest.View{Scripts: true})
	browsertest.Go(t, ctx, chromedp.Navigate(s.Page+"/"))
	poll(t, ctx, "the page comes up", `document.body.dataset.ready === "yes"`)
	poll(t, ctx, "the column shows it", `document.querySelector(".stop")?.dataset.status === "requested"`)
	do(t, ctx, chromedp.ScrollIntoView(chromedp.CSS(".stop")), chromedp.Click(chromedp.CSS(".stop [data-set=applied]")))
	poll(t, ctx, "the books say so", `document.querySelector(".stop").dataset.status === "applied"`)
	eventually(t, s, "the person hears of it", said("が停止しました"))
	if v := s.Banks["0125"].Violations(); len(v) > 0 {
		t.Error(v)
	}
}

// readBy is all that a person reads in the chat.
func readBy(s *stack, user string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s.LINE.Chat(user)) // a builder takes everything
	return b.String()
}
