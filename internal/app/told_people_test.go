package app_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/presstest"
	"kozamori/internal/watch"
)

// other is somebody who watches the account with the owner of a story.
type other struct {
	*person
	name  string
	mail  string // empty if none
	heard int    // messages that were told
}

// joins has somebody watch the account.
func (s *story) joins(rest string) {
	s.t.Helper()
	words := strings.Fields(rest)
	o, lang, role, over := &other{name: words[0]}, "ja", "owner", "line"
	for _, w := range words[1:] {
		switch key, value, _ := strings.Cut(w, "="); key {
		case "lang":
			lang = value
		case "role":
			role = value
		case "over":
			over = value
		default:
			s.t.Fatalf("joins: what is %q", w)
		}
	}
	o.person = s.person(o.name, lang)
	if role == "owner" {
		o.says(s.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567"}`)["code"].(string))
	} else {
		s.owner.visits("family")
		s.owner.follows("invite")
		s.owner.submits("invite", url.Values{"name": {o.name}})
		o.says(regexp.MustCompile(`[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}`).FindString(s.owner.html))
		o.taps("a=join")
	}
	if over != "line" {
		o.mail = strings.ToLower(o.name) + "@example.jp"
		if _, err := s.store.UpdateAccount(s.t.Context(), watch.AccountKey{Bank: "0125", Ref: storyRef}, func(a *watch.Account) ([]store.Write, error) {
			w, _ := a.WatcherOf(o.id)
			if over == "mail" {
				w.Channels = nil
			}
			w.Channels = append(w.Channels, watch.Channel{Kind: watch.Email, Address: o.mail})
			return nil, nil
		}); err != nil {
			s.t.Fatal(err)
		}
	}
	s.others = append(s.others, o)
	s.settle()
	o.heard, s.heard, s.mailed = len(o.person.heard()), len(s.owner.heard()), len(s.box.Messages())
	for _, x := range s.others {
		x.heard = len(x.person.heard())
	}
}

// does what somebody else does.
func (s *story) does(name, what string) {
	s.t.Helper()
	i := slices.IndexFunc(s.others, func(o *other) bool { return o.name == name })
	if i < 0 {
		s.t.Fatalf("who is %q", name)
	}
	o := s.others[i]
	word, rest, _ := strings.Cut(what, " ")
	switch word {
	case "tap":
		s.taps(o.person, rest)
	case "says":
		o.says(rest)
	case "opens":
		o.shows(o.browser.Get(s.newestLink(o)))
		s.pageOf(o.person)
	case "presses":
		boxes := o.boxes()
		do, theirs, unticks := strings.Cut(rest, " ")
		if n, err := strconv.Atoi(theirs); unticks && err == nil {
			boxes = slices.Delete(boxes, n-1, n)
		}
		o.submits(do, url.Values{"part": boxes})
		s.pageOf(o.person)
	default:
		s.t.Fatalf("what is %q", what)
	}
}

// newestLink leads to the page of an alert: of the newest mail, or message.
func (s *story) newestLink(o *other) string {
	s.t.Helper()
	for _, m := range slices.Backward(s.box.Messages()) {
		if to := answerLink.FindString(m.Text); to != "" && m.To == o.mail {
			return to
		}
	}
	for _, m := range slices.Backward(o.person.heard()) {
		var v any
		if err := json.Unmarshal([]byte(m), &v); err != nil {
			s.t.Fatal(err)
		}
		for _, label := range []string{"くわしく見る", "See details"} {
			if to := buttonOf(v, label, "uri"); to != "" {
				return to
			}
		}
	}
	s.t.Fatalf("nothing leads %s to a page", o.name)
	return ""
}

// lineIs has LINE take nothing, or everything again.
func (s *story) lineIs(how string) {
	s.t.Helper()
	switch how {
	case "down":
		s.town.line.Fail(1000, sim.QuotaSpent)
	case "up":
		s.town.line.Works()
	default:
		s.t.Fatalf("LINE is %q", how)
	}
}

var anyLink = regexp.MustCompile(`https?://\S+`)

// othersHear lists what the others have heard, in the chat and by mail.
func (s *story) othersHear() (now []string) {
	for _, o := range s.others {
		all := o.person.heard()
		for i, m := range all[o.heard:] {
			var v any
			if err := json.Unmarshal([]byte(m), &v); err != nil {
				s.t.Fatal(err)
			}
			var out []string
			words(v, &out)
			s.presses(o.person, o.heard+i, out)
			now = append(now, "  "+o.name+": "+strings.ReplaceAll(strings.Join(out, " / "), "\n", " "))
		}
		o.heard = len(all)
	}
	mails := s.box.Messages()
	for _, m := range mails[s.mailed:] {
		lines := strings.Split(strings.ReplaceAll(m.Text, "\r", ""), "\n")
		var labels []string
		for i, l := range lines[1:] {
			if anyLink.MatchString(l) {
				labels = append(labels, lines[i])
			}
		}
		if lost := presstest.Missing(lines, labels, nil); len(lost) > 0 && !strings.Contains(m.Text, "このメールにないボタンは") {
			s.t.Errorf("a mail asks to press what is not there: %q", lost)
		}
		now = append(now, "  mail to "+m.To+": "+m.Subject+" / "+strings.Join(strings.Fields(anyLink.ReplaceAllString(m.Text, "(link)")), " "))
	}
	s.mailed = len(mails)
	return now
}

// presses complains of what a message asks to press that its reader cannot.
func (s *story) presses(p *person, n int, says []string) {
	s.t.Helper()
	var here, before []string
	for i, m := range p.heard()[:n+1] {
		var v any
		if err := json.Unmarshal([]byte(m), &v); err != nil {
			s.t.Fatal(err)
		}
		if before = append(before, here...); i <= n {
			here = presstest.Labels(v)
		}
	}
	if lost := presstest.Missing(says, here, before); len(lost) > 0 {
		s.t.Errorf("a message asks to press what is not there: %q", lost)
	}
}

var linkOnPage = regexp.MustCompile(`(?s)<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>`)

// follows opens what a link on the owner's page leads to that begins so.
func (s *story) follows(label string) {
	s.t.Helper()
	for _, m := range linkOnPage.FindAllStringSubmatch(s.owner.html, -1) {
		if strings.HasPrefix(strings.TrimSpace(anyTag.ReplaceAllString(m[2], "")), label) {
			to, err := s.owner.at.Parse(html.UnescapeString(m[1]))
			if err != nil {
				s.t.Fatal(err)
			}
			s.owner.shows(s.owner.browser.Get(to.String()))
			return
		}
	}
	s.t.Fatalf("no link is called %q on %s", label, s.owner.html)
}
