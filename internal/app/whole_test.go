package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// An incident that is kept in pieces is one story wherever it is listed: one line,
// one sum, one pair of answers, and a page that shows all of it.
func TestAnIncidentInPiecesIsListedAsOne(t *testing.T) {
	t.Parallel()
	for lang, say := range map[string]struct {
		list, sum, waits, more, mine string
	}{
		"ja": {"一覧", "120件", "まだ回答がありません", "120件・127,140円", "120件・合計127,140円"},
		"en": {"list", "120 debits", "Not answered yet", "120 debits, ¥127,140", "120 debits, ¥127,140 in all"},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			h := newTown(t)
			p := h.person("花子", lang)
			p.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567"}`)["code"].(string))
			h.storm(0, 120)
			// 一覧 has one card, whose first button asks about all of it.
			p.says(say.list)
			if m := p.reads(say.sum, "127,140"); strings.Count(m, `"data":"a=ask`) != 1 || strings.Count(m, `"data":"a=mine`) != 1 {
				t.Errorf("one incident is offered as several: %s", m)
			}
			list := p.reads()
			p.taps("a=ask")
			p.reads(say.more, "a=notmine", "a=mine")
			// The month has one line, and the file one number.
			p.visits("history")
			if strings.Count(p.html, say.waits) != 1 || !strings.Contains(p.html, "127,140") {
				t.Errorf("the month lists %s", p.html)
			}
			page := p.details
			if page(); strings.Count(p.html, `name="part"`) != 120 || !strings.Contains(p.html, say.more) {
				t.Errorf("the page shows %d boxes: %s", strings.Count(p.html, `name="part"`), p.html)
			}
			// "Mine" of the list, which is older than what came since, asks again; then it
			// is said of all.
			h.storm(120, 121)
			p.taps0(list, "a=mine")
			p.reads("121", "a=mine")
			p.taps("a=mine")
			p.reads("121", "128,260")
			p.says(say.list)
			if m := p.reads("128,260"); strings.Contains(m, say.waits) || strings.Count(m, "128,260") != 1 {
				t.Errorf("after the answer the list reads %s", m)
			}
		})
	}
}

// taps0 presses a button of an older message.
func (p *person) taps0(m, begins string) {
	p.t.Helper()
	_, after, ok := strings.Cut(m, `"data":"`+begins)
	if !ok {
		p.t.Fatalf("no button %q in %s", begins, m)
	}
	data, _, _ := strings.Cut(after, `"`)
	if err := p.line.Tap(p.id, begins+data, ""); err != nil {
		p.t.Fatal(err)
	}
	p.settle()
}

// The page of an incident in pieces reports what is ticked in any of them, under
// one number; what is unticked stays the owner's, piece by piece, and can be
// reported later. Whichever piece a message led to, the page is the same.
func TestThePageOfAnIncidentInPiecesAnswersAllOfIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ticked func(boxes []string) []string
		bank   int
	}{
		"all":                    {func(b []string) []string { return b }, 120},
		"one of the last piece":  {func(b []string) []string { return b[119:] }, 1},
		"one of the first piece": {func(b []string) []string { return b[:1] }, 1},
		"all but the first":      {func(b []string) []string { return b[60:] }, 60},
		"one of each":            {func(b []string) []string { return []string{b[0], b[60], b[119]} }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newTown(t)
			p := h.alone("acc_1")
			h.storm(0, 120)
			p.details()
			boxes := p.boxes()
			if len(boxes) != 120 {
				t.Fatalf("%d boxes", len(boxes))
			}
			p.submits("notmine", url.Values{"part": c.ticked(boxes)})
			h.goes(7 * time.Second)
			opened := h.bank.callbacks("dispute.opened")
			if len(opened) != 1 || len(opened[0]["transactions"].([]any)) != c.bank {
				t.Fatalf("the bank hears of %d: %v", h.transactions(), len(opened))
			}
			number := opened[0]["reference"].(string)
			if !strings.Contains(p.html, number) {
				t.Errorf("the page does not show the receipt %s: %s", number, p.html)
			}
			rest := p.boxes()
			if len(rest) != 120-c.bank {
				t.Errorf("%d of the rest can be reported later", len(rest))
			}
			p.says("一覧")
			if m := p.reads(number); strings.Contains(m, "まだ回答がありません") || strings.Contains(m, "a=mine") || strings.Count(m, number) != 1 {
				t.Errorf("the list reads %s", m)
			}
			if len(rest) > 0 {
				p.details()
				p.submits("notmine", url.Values{"part": {rest[0], rest[len(rest)-1]}})
				h.goes(7 * time.Second)
				if n := h.transactions(); n != min(120, c.bank+2) || len(h.bank.booked()) != 1 {
					t.Errorf("after more was reported the bank hears of %d", n)
				}
			}
			// What follows joins the report.
			h.storm(120, 122)
			for _, of := range h.bank.booked() {
				if len(of) != min(120, c.bank+2)+2 {
					t.Errorf("what follows is not reported: %d", len(of))
				}
			}
			p.details()
			p.submits("undo", nil) // more had joined it, so it is named first
			p.submits("undo", nil)
			h.goes(7 * time.Second)
			p.says("一覧")
			p.reads("122件", "a=ask")
		})
	}
}

// "Mine" is of all that its message sums up; on one that sums up less than there is by
// now it is of nothing, and what is new is shown.
func TestMineIsOfAllThatItsMessageSumsUp(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	h.storm(0, 60)
	all := p.since(n)
	for i, m := range all { // 20, 40, 50, and all 60 of them
		p.taps0(m, "a=mine")
		if i < len(all)-1 {
			p.reads("60", "61,770円", "回答はまだ記録していません")
		} else {
			p.reads("60件・合計61,770円", "ご本人の利用として記録しました")
		}
	}
	p.says("最近のお知らせ")
	p.reads("60件 61,770円", "心当たりがある")
}

// A piece that was answered by its message alone, as messages of versions before sum
// up their own piece, stands apart, and says so; the page of either leads to the
// other.
func TestPiecesThatStandApartAreOneLine(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	h.storm(0, 60)
	all := p.since(n)
	// The record of its buttons tells which piece a message is of.
	piece := regexp.MustCompile(`a=mine[^"]*r=(\w+)`)
	of := func(m string) string { return append(piece.FindStringSubmatch(m), "", "")[1] }
	first := len(all) - 1
	for first >= 0 && (of(all[first]) == "" || of(all[first]) != of(all[0])) {
		first--
	}
	if first < 0 {
		t.Fatalf("no message asks about the first piece: %s", all)
	}
	if _, err := h.system.Store.UpdateRecord(t.Context(), of(all[first]), func(r *watch.Record) error {
		for i := range r.Deliveries {
			r.Deliveries[i].Sum = nil
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	p.taps0(all[first], "a=mine")
	p.says("最近のお知らせ")
	p.reads("60件 61,770円", "9件：まだ回答がありません、51件：心当たりがある")
	p.says("一覧") // only what waits is offered
	p.reads("9件", "a=ask")
	p.taps("a=ask")
	p.taps("a=notmine")
	h.goes(7 * time.Second)
	if n := h.transactions(); n != 9 {
		t.Errorf("the bank hears of %d", n)
	}
	p.details()
	for range 2 { // from one page to the other, and back
		if !strings.Contains(p.html, "この案件のほかの") {
			t.Fatalf("no way to the other pieces: %s", p.html)
		}
		p.shows(p.browser.Get(p.at.ResolveReference(&url.URL{Path: regexp.MustCompile(`href="(/a/[^"?]*)`).FindStringSubmatch(p.html)[1]}).String()))
	}
	if !strings.Contains(p.html, "KZ-") || strings.Contains(p.html, "51件・") {
		t.Errorf("the page says %s", p.html)
	}
	p.shows(p.browser.Get(p.at.ResolveReference(&url.URL{Path: regexp.MustCompile(`href="(/a/[^"?]*)`).FindStringSubmatch(p.html)[1]}).String()))
	p.submits("notmine", url.Values{"part": p.boxes()}) // what was said to be theirs was not
	h.goes(7 * time.Second)
	for id, of := range h.bank.booked() {
		if len(of) != 60 {
			t.Errorf("%s is about %d", id, len(of))
		}
	}
}
