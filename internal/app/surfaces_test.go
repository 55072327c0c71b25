package app_test

import (
	"encoding/json"
	"flag"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// TestEverySurfaceSaysHowAReportStands walks an account through what can become of a
// report, and writes down what each surface says of it then: lists in the chat, the page
// of the alert, the lists and the file on the pages, the claim sheet, and what the bank
// reads. A new debit of another service came after the first: what it is called for must
// not outlive the report.
func TestEverySurfaceSaysHowAReportStands(t *testing.T) {
	t.Parallel()
	more := func(h *town) {
		h.goes(time.Minute)
		h.sends(h.reported(watch.Debit, "k", "acc_1", "KYASH", 9600))
		h.goes(7 * time.Second)
	}
	reports := func(h *town, p *person) {
		p.pressesOn("t", "a=notmine")
		more(h)
	}
	takesBack := func(h *town, o *person) {
		reports(h, o)
		o.says("一覧")
		o.pressesOn("t", "a=undo")
		o.taps("a=undo") // once more: others know of it
		h.goes(7 * time.Second)
	}
	var out strings.Builder
	for _, c := range []struct {
		state string
		does  func(h *town, owner, guardian *person)
	}{
		{"open", func(h *town, _, _ *person) { more(h) }},
		{"answered: mine", func(h *town, o, _ *person) { o.pressesOn("t", "a=mine"); more(h) }},
		{"mine, and trusted", func(h *town, o, _ *person) { o.pressesOn("t", "a=mine"); o.taps("a=trust"); more(h) }},
		{"reported", func(h *town, o, _ *person) { reports(h, o) }},
		{"reported by the guardian", func(h *town, _, g *person) { reports(h, g) }},
		{"taken back by who reported", func(h *town, o, _ *person) { takesBack(h, o) }},
		{"taken back by another", func(h *town, o, g *person) {
			reports(h, g)
			o.details()
			o.submits("undo", nil)
			o.submits("undo", nil) // the second step names it
			h.goes(7 * time.Second)
		}},
		{"taken back and reported again", func(h *town, o, _ *person) {
			takesBack(h, o)
			o.pressesOn("t", "a=notmine")
			h.goes(7 * time.Second)
		}},
		{"closed by the bank", func(h *town, o, _ *person) {
			reports(h, o)
			id := h.call(http.MethodGet, "/disputes", "")["disputes"].([]any)[0].(map[string]any)["dispute_id"].(string)
			h.call(http.MethodPost, "/disputes/"+id+"/status", `{"status":"closed"}`)
			h.goes(7 * time.Second)
		}},
	} {
		h, owner, guardian := family(t)
		first := []string{h.debit("t", 30000)}
		if !strings.Contains(c.state, "trusted") { // a new link is not to be trusted
			first = append(first, h.reported(watch.LinkRegistered, "l", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0))
		}
		h.sends(first...)
		h.goes(17 * time.Minute) // the family is called
		c.does(h, owner, guardian)
		out.WriteString("== " + c.state + "\n")
		for _, s := range owner.surfaces() {
			out.WriteString(s + "\n")
		}
	}
	file := filepath.Join("testdata", "surfaces.txt")
	if *updateSurfaces {
		if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Error(diff)
	}
}

var updateSurfaces = flag.Bool("update-surfaces", false, "write down what the surfaces say")

// pressesOn presses, on the latest message whose buttons are about a transaction's
// incident, the one whose data begins so; what only a card or a receipt offers is looked
// for from the newest message on.
func (p *person) pressesOn(txn, begins string) {
	p.t.Helper()
	for _, m := range slices.Backward(p.heard()) {
		if _, after, ok := strings.Cut(m, `"data":"`+begins); ok {
			data, _, _ := strings.Cut(after, `"`)
			if err := p.line.Tap(p.id, begins+data, ""); err != nil {
				p.t.Fatal(err)
			}
			p.settle()
			return
		}
	}
	p.t.Fatalf("no message about %s offers %s", txn, begins)
}

var (
	shownTexts = regexp.MustCompile(`"(?:text|altText)":"([^"]*)"`)
	htmlTags   = regexp.MustCompile(`(?s)<style.*?</style>|<svg.*?</svg>|<[^>]*>`)
	ofStanding = regexp.MustCompile(`KZ-|緊急|確認$|お知らせ$|回答|心当たりがある|取り消|取消|連絡済|連絡中|申し出|知らせない|終わ|対応|withdrawn|closed|opened|信頼|d払い.*|Kyash.*|円$`)
	number     = regexp.MustCompile(`KZ-[0-9A-Z]{4}-[0-9A-Z]{4}`)
)

// surfaces are what a person, and their bank, can look at, each with its lines that say
// how something stands.
func (p *person) surfaces() (out []string) {
	p.t.Helper()
	add := func(name string, lines []string) {
		var keep []string
		for _, l := range lines {
			if l = strings.TrimSpace(number.ReplaceAllString(l, "KZ-")); ofStanding.MatchString(l) && !slices.Contains(keep, l) {
				keep = append(keep, l)
			}
		}
		out = append(out, name+": "+strings.Join(keep, " / "))
	}
	chat := func(word string) {
		p.says(word)
		var lines []string
		for _, m := range shownTexts.FindAllStringSubmatch(p.reads(), -1) {
			lines = append(lines, m[1])
		}
		add("chat "+word, lines)
	}
	chat("一覧")
	chat("最近のお知らせ")
	page := func(name string) {
		add(name, strings.Split(htmlTags.ReplaceAllString(p.html, "\n"), "\n"))
	}
	p.visits("history")
	page("history")
	list, links := p.at.String(), regexp.MustCompile(`href="(/a/[^"]*)"`).FindAllStringSubmatch(p.html, -1)
	for _, l := range links {
		to := p.at.ResolveReference(addressOf(p.t, l[1]))
		p.shows(p.browser.Get(to.String()))
		page("alert")
		if strings.Contains(p.html, wording.SheetMark) {
			p.at.RawQuery = wording.SheetMark
			p.shows(p.browser.Get(p.at.String()))
			page("sheet")
		}
	}
	p.shows(p.browser.Get(list + ".csv"))
	add("file", strings.Split(p.html, "\n"))
	p.visits("services")
	page("services")
	b, err := json.Marshal(p.call(http.MethodGet, "/disputes", "")["disputes"])
	if err != nil {
		p.t.Fatal(err)
	}
	var bank []struct {
		Status       string `json:"status"`
		Reference    string `json:"reference"`
		Transactions []struct {
			ID string `json:"transaction_id"`
		} `json:"transactions"`
	}
	if err := json.Unmarshal(b, &bank); err != nil {
		p.t.Fatal(err)
	}
	var lines []string
	for _, d := range bank {
		line := d.Reference + " " + d.Status
		for _, t := range d.Transactions {
			line += " " + t.ID
		}
		lines = append(lines, line)
	}
	add("bank", lines)
	return out
}

func addressOf(t *testing.T, href string) *url.URL {
	t.Helper()
	u, err := url.Parse(html.UnescapeString(href))
	if err != nil {
		t.Fatal(err)
	}
	return u
}
