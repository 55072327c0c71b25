package app_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// details opens the page that the newest message leads to.
func (p *person) details() {
	p.t.Helper()
	for _, m := range slices.Backward(p.heard()) {
		var v any
		if err := json.Unmarshal([]byte(m), &v); err != nil {
			p.t.Fatal(err)
		}
		for _, label := range []string{"くわしく見る", "See details"} {
			if to := buttonOf(v, label, "uri"); to != "" {
				p.shows(p.browser.Get(to))
				return
			}
		}
	}
	p.t.Fatal("nothing leads to a page")
}

// boxes are the values of the boxes of a page, in order.
func (p *person) boxes() (out []string) {
	for _, m := range regexp.MustCompile(`<input type="checkbox" name="part" value="([^"]*)"`).FindAllStringSubmatch(p.html, -1) {
		out = append(out, m[1])
	}
	return out
}

func (h *town) transactions() int {
	h.bank.mu.Lock()
	defer h.bank.mu.Unlock()
	return len(h.bank.taken[len(h.bank.taken)-1]["transactions"].([]any))
}

// A page that was drawn before more was taken reports all of it, and says so.
func TestAReportOnAStalePageSaysWhatItTookIn(t *testing.T) {
	t.Parallel()
	pending := func(e string) string { return strings.Replace(e, `"type"`, `"status":"pending","type"`, 1) }
	for name, c := range map[string]struct {
		first []string
		then  func(h *town) string
		says  string
		parts int
	}{
		"several and one more": {[]string{"t", "u"}, func(h *town) string { return h.debit("v", 30000) }, "ご覧のあいだに増えた分（30,000円）", 3},
		"one and one more":     {[]string{"t"}, func(h *town) string { return h.debit("v", 30000) }, "ご覧のあいだに増えた分（30,000円）", 2},
		"one and a link": {[]string{"t"}, func(h *town) string {
			return h.reported(watch.LinkRegistered, "l", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0)
		}, "ご覧のあいだに増えた分（口座の登録）", 2},
		"one that grows": {[]string{"p"}, func(h *town) string { return strings.Replace(h.debit("p", 90000), `-debit"`, `-posted"`, 1) }, "ご覧のあいだに内容が変わりました", 1},
		"nothing":        {[]string{"t", "u"}, nil, "", 2},
		"one and one more that is undone": {[]string{"t"}, func(h *town) string {
			return h.debit("v", 30000) + "," + h.reported(watch.DebitReversed, "v", "acc_1", "", 0)
		}, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTown(t)
			p := h.alone("acc_1")
			for _, id := range c.first {
				e := h.debit(id, 10000)
				if id == "p" {
					e = pending(e)
				}
				h.sends(e)
				h.goes(7 * time.Second)
			}
			p.details()
			form := url.Values{"part": p.boxes()}
			if c.then != nil {
				h.sends(c.then(h))
				h.goes(7 * time.Second)
			}
			p.submits("notmine", form)
			h.goes(7 * time.Second)
			if got := strings.Contains(p.html, "ご覧のあいだに"); got != (c.says != "") || !strings.Contains(p.html, c.says) || !strings.Contains(p.html, "KZ-") {
				t.Errorf("the page says %s", p.html)
			}
			if n := h.transactions(); n != c.parts {
				t.Errorf("the bank hears of %d", n)
			}
		})
	}
}

// "Mine" on a page stands for what it showed: of what came and was undone while
// the person looked nothing was taken, and of what stands they are asked.
func TestMineOnAStalePage(t *testing.T) {
	t.Parallel()
	for undone, says := range map[bool]string{true: "ご本人の利用として記録しました", false: "内容が変わりました"} {
		h := newTown(t)
		p := h.alone("acc_1")
		h.debits("t", 10000)
		p.details()
		h.sends(h.debit("v", 30000))
		if undone {
			h.sends(h.reported(watch.DebitReversed, "v", "acc_1", "", 0))
		}
		h.settle()
		form := url.Values{"do": {"mine"}}
		for _, f := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(p.html, -1) {
			form.Set(f[1], f[2])
		}
		res, err := p.browser.PostForm(p.at.String(), form)
		if err != nil {
			t.Fatal(err)
		}
		res.StatusCode = 200 // a refusal is a page as well
		p.shows(res, nil)
		if !strings.Contains(p.html, says) {
			t.Errorf("undone %v: the page says %s", undone, p.html)
		}
	}
}

// What was recognised while the rest was reported can be reported later, on the
// page and in the chat, under the same number.
func TestWhatWasUntickedCanBeReportedLater(t *testing.T) {
	t.Parallel()
	for _, page := range []bool{true, false} {
		h := newTown(t)
		p := h.alone("acc_1")
		h.debits("t", 10000, 20000, 30000)
		alert := p.reads("a=notmine")
		p.details()
		p.submits("notmine", url.Values{"part": p.boxes()[:1]})
		h.goes(7 * time.Second)
		if n := h.transactions(); n != 1 {
			t.Fatalf("the bank hears of %d", n)
		}
		want := 3
		if page {
			want = 2
			p.submits("notmine", url.Values{"part": p.boxes()[:1]})
		} else {
			if err := h.line.Tap(p.id, tapOf(t, alert), ""); err != nil {
				t.Fatal(err)
			}
			h.settle()
			if n := h.transactions(); n != 1 {
				t.Errorf("an old button adds what was recognised: %d", n)
			}
			p.reads("すでに受け付けています", "2件・合計50,000円", "残りも身に覚えがない")
			p.taps("a=notmine")
			p.reads("KZ-", "3件・合計60,000円")
		}
		h.goes(7 * time.Second)
		opened := h.bank.callbacks("dispute.opened")
		if n := h.transactions(); n != want || opened[0]["reference"] != opened[len(opened)-1]["reference"] {
			t.Errorf("page %v: the bank hears of %d: %v", page, n, opened)
		}
	}
}

// What was recognised while the rest was reported can be reported also when the
// bank has closed that: under a number of its own, which names the first. Taken
// back, the first stands as it was.
func TestWhatWasUntickedIsReportedAfterTheBankHasClosed(t *testing.T) {
	t.Parallel()
	for _, page := range []bool{true, false} {
		h := newTown(t)
		p := h.alone("acc_1")
		h.debits("t", 10000, 20000, 30000)
		alert := p.reads("a=notmine")
		p.details()
		p.submits("notmine", url.Values{"part": p.boxes()[:1]})
		h.goes(7 * time.Second)
		first := h.bank.callbacks("dispute.opened")[0]
		id, number := first["dispute_id"].(string), first["reference"].(string)
		h.call(http.MethodPost, "/disputes/"+id+"/status", `{"status":"closed","text":"返金しました。"}`)
		h.goes(7 * time.Second)

		reports := func() {
			if page {
				p.details()
				if !strings.Contains(p.html, "お申し出（"+number+"）は終了しています") {
					t.Errorf("the page says %s", p.html)
				}
				p.submits("notmine", url.Values{"part": p.boxes()[:1]})
			} else {
				if err := h.line.Tap(p.id, tapOf(t, alert), ""); err != nil {
					t.Fatal(err)
				}
				h.settle()
				p.reads("残りも身に覚えがない", "お申し出（"+number+"）は終了しています", "一部だけを選ぶときは")
				p.taps("a=notmine")
			}
			h.goes(7 * time.Second)
		}
		reports()
		opened := h.bank.callbacks("dispute.opened")
		want := map[bool]int{true: 1, false: 2}[page]
		if len(opened) != 2 || opened[1]["dispute_id"] == id || opened[1]["follows"] != id || opened[1]["follows_reference"] != number || len(opened[1]["transactions"].([]any)) != want {
			t.Fatalf("the bank hears %v", opened)
		}
		later := opened[1]["reference"].(string)
		if !page {
			p.reads("KZ-")
			p.details()
		}
		if !strings.Contains(p.html, later) || !strings.Contains(p.html, "先のお申し出") || !strings.Contains(p.html, number) {
			t.Errorf("the page says %s", p.html)
		}
		// What becomes of the first one's debit reaches the bank under the first, and
		// what follows joins the second.
		h.sends(h.reported(watch.DebitReversed, "ta", "acc_1", "", 0))
		h.sends(h.debit("x", 5000))
		h.goes(7 * time.Second)
		updated := map[any]int{}
		for _, u := range h.bank.callbacks("dispute.updated") {
			updated[u["dispute_id"]]++
		}
		if updated[id] != 1 || updated[opened[1]["dispute_id"]] != 1 {
			t.Errorf("the bank hears updates %v", updated)
		}
		p.details()
		p.submits("undo", nil) // a debit had joined it, so it is named first
		p.submits("undo", nil)
		h.goes(7 * time.Second)
		if back := h.bank.callbacks("dispute.withdrawn"); len(back) != 1 || back[0]["dispute_id"] != opened[1]["dispute_id"] {
			t.Errorf("taken back is %v", back)
		}
		p.details()
		if !strings.Contains(p.html, number) || strings.Contains(p.html, "先のお申し出") {
			t.Errorf("the page says %s", p.html)
		}
	}
}

// A page of the version before does not say what it showed: a report on it says
// what it took in that the page does not list, and "mine" covers none of that.
func TestAPageThatDoesNotSayWhatItShowed(t *testing.T) {
	t.Parallel()
	for shown := range 3 {
		for _, do := range []string{"notmine", "mine"} {
			h := newTown(t)
			p := h.alone("acc_1")
			h.debits("t", []int64{10000, 20000, 40000}[:shown+1]...)
			p.details()
			form := url.Values{"do": {do}, "part": p.boxes()}
			for _, f := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(p.html, -1) {
				if f[1] != "saw" && f[1] != "shown" {
					form.Set(f[1], f[2])
				}
			}
			h.debits("v", 80000)
			res, err := p.browser.PostForm(p.at.String(), form)
			if err != nil {
				t.Fatal(err)
			}
			res.StatusCode = http.StatusOK // a refusal is a page as well
			p.shows(res, nil)
			h.goes(7 * time.Second)
			says := map[string]string{"notmine": "ご覧のあいだに増えた分（80,000円）", "mine": "内容が変わりました"}[do]
			if !strings.Contains(p.html, says) {
				t.Errorf("%s on a page of %d: %s", do, shown+1, p.html)
			}
			if opened := h.bank.callbacks("dispute.opened"); do == "mine" && len(opened) > 0 || do == "notmine" && len(opened) != 1 {
				t.Errorf("%s on a page of %d: the bank hears %v", do, shown+1, opened)
			}
		}
	}
}

// What the house told the bank after a report is not called the bank's word, and
// the first message is not called more of something.
func TestTheTimelineSaysWhoToldWhom(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.sends(h.debit("a", 10000), h.debit("b", 20000))
	h.goes(7 * time.Second)
	if err := h.line.Tap(p.id, tapOf(t, p.heard()[p.count()-1]), ""); err != nil {
		t.Fatal(err)
	}
	h.goes(7 * time.Second)
	h.debits("c", 30000, 40000)
	h.sends(h.reported(watch.DebitReversed, "a", "acc_1", "", 0))
	h.goes(7 * time.Second)
	p.details()
	for what, times := range map[string]int{"銀行から対応の連絡がありました": 0, "お申し出のあとの2件を、追加で七十七銀行に伝えました": 1, "内容の変更を七十七銀行に伝えました": 1,
		"LINEであなたにお知らせしました": 1, "LINEで、続きをあなたにお知らせしました": 2} {
		if n := strings.Count(p.html, what); n != times {
			t.Errorf("%q stands there %d times, want %d: %s", what, n, times, p.html[strings.Index(p.html, "これまでの流れ"):])
		}
	}
	h.storm(0, 80)
	if m := p.heard()[p.count()-1]; !strings.Contains(m, `"お申し出の合計"`) || !strings.Contains(m, "83件・173,160円") {
		t.Errorf("the sum is not that of all that was reported: %s", m)
	}
}
