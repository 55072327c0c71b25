package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/testkit/breadth"
	"kozamori/internal/watch"
)

// household4 is two owners and two guardians of one account, by name.
func household4(t *testing.T) (h *town, all map[string]*person) {
	h, owner, guardian := family(t)
	all = map[string]*person{"owner": owner, "guardian": guardian, "other owner": h.person("太郎", "ja"), "other guardian": h.person("次郎", "ja")}
	all["other owner"].says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567"}`)["code"].(string))
	owner.visits("family")
	owner.follows("invite")
	owner.submits("invite", url.Values{"name": {"次男"}})
	all["other guardian"].says(regexp.MustCompile(`[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}`).FindString(owner.html))
	all["other guardian"].taps("a=join")
	return h, all
}

// A report is taken back by the person who made it, in the chat or on its page, and by an
// owner, on the page alone, to which the answer to a press in the chat leads. It takes two
// steps: the second names what is withdrawn, its number, who reported it and when, and
// then everybody else who watches hears of it. Another guardian cannot.
func TestTakingAReportBackTakesTwoStepsAndEverybodyHears(t *testing.T) {
	t.Parallel()
	roles := []string{"owner", "other owner", "guardian", "other guardian"}
	for i, way := range []string{"chat", "page"} {
		for j, reports := range roles {
			for k, takes := range roles {
				if (i+j+k)%breadth.Of(2, 1) != 0 {
					continue
				}
				t.Run(way+", "+reports+" reports, "+takes+" takes back", func(t *testing.T) {
					t.Parallel()
					backInTwo(t, way, reports, takes)
				})
			}
		}
	}
}

func backInTwo(t *testing.T, way, reports, takes string) {
	h, all := household4(t)
	h.sends(h.reported(watch.LinkRegistered, "l", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0), h.debit("t1", 30000))
	h.goes(10 * time.Second)
	h.goes(16 * time.Minute) // the family is called
	reporter, taker := all[reports], all[takes]
	reporter.taps("a=notmine")
	number := reference(reporter.reads("KZ-"))
	h.goes(20 * time.Second)
	heard := map[string]int{}
	for name, p := range all {
		heard[name] = p.count()
	}
	may := takes == reports || strings.HasSuffix(takes, "owner")
	first, second := taker.backIn(way)
	if !may {
		if first() {
			t.Error("a guardian is offered to take somebody else's report back")
		}
		return
	}
	if way == "chat" && takes != reports {
		if first() || len(h.bank.callbacks("dispute.withdrawn")) != 0 {
			t.Error("a press in the chat takes somebody else's report back")
		}
		taker.reads(number)
		taker.details() // which leads to the page
		return
	}
	if !first() {
		t.Fatalf("no way to take it back: %s", taker.reads())
	}
	question := taker.reads()
	if way == "page" {
		question = taker.html
	}
	who := map[bool][]string{true: {"あなた", "You"}, false: {"長女", "次男", "口座の名義人", "owner", "family"}}[takes == reports]
	if !strings.Contains(question, number) || !holdsOne(question, "取り消しますか", "Take this report back?") || !holdsOne(question, "回答日時", "Answered") || !holdsOne(question, who...) {
		t.Errorf("the second step does not name what is taken back: %s", brief(question))
	}
	if len(h.bank.callbacks("dispute.withdrawn")) != 0 {
		t.Error("one press took it back")
	}
	second()
	h.goes(20 * time.Second)
	if n := len(h.bank.callbacks("dispute.withdrawn")); n != 1 {
		t.Errorf("the bank hears %d times that it is taken back", n)
	}
	for name, p := range all {
		if name == takes {
			continue
		}
		told := 0
		for _, m := range p.since(heard[name]) {
			if strings.Contains(m, number) && holdsOne(m, "取り消しました", "taken back", "took back", "withdr") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%s hears %d times that it is taken back: %v", name, told, p.since(heard[name]))
		}
	}
}

// backIn are the two presses by which a report is taken back; the first tells whether
// it is offered.
func (p *person) backIn(way string) (first func() bool, second func()) {
	if way == "chat" {
		return func() bool {
			if !p.presses("a=undo") { // in one's own receipt; else "mine" says that a report stands
				p.presses("a=mine")
				if !strings.Contains(p.reads(), `"data":"a=undo`) {
					return false
				}
				p.taps("a=undo")
			}
			return true
		}, func() { p.taps("a=undo") }
	}
	return func() bool {
		p.details()
		if !strings.Contains(p.html, `value="undo"`) {
			return false
		}
		p.submits("undo", nil)
		return true
	}, func() { p.submits("undo", nil) }
}

// presses presses the newest button in the chat whose data begins so; false if there is
// none.
func (p *person) presses(begins string) bool {
	p.t.Helper()
	for _, m := range slices.Backward(p.heard()) {
		if _, data, ok := strings.Cut(m, `"data":"`+begins); ok {
			data, _, _ = strings.Cut(data, `"`)
			if err := p.line.Tap(p.id, begins+data, ""); err != nil {
				p.t.Fatal(err)
			}
			p.settle()
			return true
		}
	}
	return false
}

// brief is a page without its styles.
func brief(html string) string { return html[max(0, strings.Index(html, "<main>")):] }

func holdsOne(s string, any ...string) bool {
	for _, x := range any {
		if strings.Contains(s, x) {
			return true
		}
	}
	return false
}

func holdsAll(s string, all ...string) bool {
	for _, x := range all {
		if !strings.Contains(s, x) {
			return false
		}
	}
	return true
}
