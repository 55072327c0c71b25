package app_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"kozamori/internal/app"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/presstest"
	"kozamori/internal/testkit/tabletest"
)

// What is told is true: each file of testdata/told is a story between a bank, a
// person and the house. A line that begins with "> " is what one of them does,
// "#" says what must be true, and the rest is what the person and the bank
// learn of it, the same on each kind of store. The doings:
//
//	debit, reversed, link, unlink KEY=VALUE …   an event; several of one batch with " ; " between them
//	past KEY=VALUE … ; …                        debits and links of the account's history
//	raw BODY                                    a batch as it stands; NOW is the time
//	code KEY=VALUE …                            the bank issues a code and the person sends it
//	later 26h                                   time passes, and sweep runs
//	tap LABEL                                   the newest button that is called so; LABEL*2 is that of the message before
//	says TEXT                                   the person writes
//	page NAME, details, follow LABEL            the person looks at one of their pages, at that of the newest message, or
//	                                            where a link on it leads
//	joins NAME role=guardian over=mail          somebody else watches: an owner or a guardian, told over line, mail or both
//	NAME: tap LABEL, NAME: says TEXT            they do so; NAME: opens, NAME: presses notmine   the page of the newest mail or message;
//	                                            presses notmine 2 unticks the second box before that
//	offers KIND …, answers STATE TEXT           what the bank offers to stop, and what it says of the control it heard of last
//	submits DO KEY=VALUE …                      the person presses a button of the page that they look at
//	line down, line up                          LINE takes nothing any more this month, or again
//	event ID, txn ID, health, books, links      what the bank, or the account, has on record
//
// Keys of events are the fields; "yen" is amount and currency, "txn" the
// transaction, "at" how long ago it was (default: now), "on" how many days ago.
func TestWhatIsToldIsTrue(t *testing.T) {
	t.Parallel()
	for i, file := range stories(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
				t.Parallel()
				if kind == tabletest.Dynamo && i%8 != 0 && !breadth.Whole() {
					t.Skip("left out: each story is told over DynamoDB where CI is set")
				}
				newStory(t, kind).is(file)
			})
		})
	}
}

// stories are the files.
func stories(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/told/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	return files
}

// is tells whether a story goes as its file says; with -update it is written there.
func (s *story) is(file string) {
	s.t.Helper()
	want, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	for line := range strings.Lines(string(want)) {
		s.line(strings.TrimSuffix(line, "\n"))
	}
	got := s.out.String()
	if *update && s.plainStore {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		s.t.Errorf("what is told (-want +got):\n%s", diff)
	}
	if v := append(s.town.line.Violations(), s.books.Violations()...); len(v) > 0 {
		s.t.Error(v)
	}
}

// story is a town with a person, and a bank that keeps books.
type story struct {
	*town
	owner *person
	books *sim.Bank
	out   strings.Builder
	n     int // events so far
	heard int // messages that were told
	told  int // callbacks that were told
	// Those who watch the account with the owner, and the mails of all.
	others []*other
	box    *sim.Mailbox
	mailed int
	// plainStore tells that it is played in files, which -update writes.
	plainStore bool
}

const storyRef = "acc_1"

func newStory(t *testing.T, kind tabletest.Kind, alter ...func(*app.Means)) *story {
	box := &sim.Mailbox{}
	h := newTownOn(t, func(m *app.Means) {
		m.Table = tabletest.On(t, kind, m.Now)
		m.MailHTTP, box.Now = &http.Client{Transport: served{box}}, m.Now
		for _, a := range alter {
			a(m)
		}
	})
	s := &story{town: h, owner: h.person("花子", "ja"), box: box, plainStore: kind == tabletest.Embedded && len(alter) == 0}
	s.books = &sim.Bank{Code: "0125", Secrets: []string{h.bank.secret}, APIKey: h.key, API: h.url, Now: h.Now}
	callback := httptest.NewServer(s.books)
	t.Cleanup(callback.Close)
	b, err := h.store.Bank(t.Context(), "0125")
	if err != nil {
		t.Fatal(err)
	}
	b.Callback = callback.URL + "/sim/bank/callback"
	if err := h.store.Write(t.Context(), store.PutBank(b)); err != nil {
		t.Fatal(err)
	}
	s.owner.says("はじめまして")
	s.heard = len(s.owner.heard())
	return s
}

func (s *story) say(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

// line does what a line says, and writes down what comes of it.
func (s *story) line(line string) {
	s.t.Helper()
	do, is := strings.CutPrefix(line, "> ")
	if !is {
		if line == "" || line[0] == '#' {
			s.say("%s", line)
		}
		return
	}
	s.say("%s", line)
	word, rest, _ := strings.Cut(do, " ")
	if name, whose := strings.CutSuffix(word, ":"); whose {
		s.does(name, rest)
		s.passes()
		return
	}
	switch word {
	case "joins":
		s.joins(rest)
	case "line":
		s.lineIs(rest)
	case "debit", "reversed", "link", "unlink":
		s.posts(s.batch(do))
	case "raw":
		s.posts(strings.ReplaceAll(rest, "NOW", s.Now().Format(time.RFC3339)))
	case "past":
		s.answer(http.MethodPost, "/accounts/"+storyRef+"/history", s.batch(rest))
	case "code":
		s.enrols(rest)
	case "later":
		d, err := time.ParseDuration(rest)
		if err != nil {
			s.t.Fatalf("%s: %v", line, err)
		}
		s.town.later(d)
	case "tap":
		s.taps(s.owner, rest)
	case "says":
		s.owner.says(rest)
	case "offers":
		s.offers(rest)
	case "answers":
		s.answers(rest)
	case "submits":
		s.submits(rest)
		s.page()
	case "event":
		s.answer(http.MethodGet, "/events/"+url.PathEscape(rest), "")
	case "txn":
		s.answer(http.MethodGet, "/events?account_ref="+storyRef+"&transaction_id="+url.QueryEscape(rest), "")
	case "health":
		s.answer(http.MethodGet, "/health", "")
	case "books":
		for _, d := range s.books.Disputes() {
			s.say("  in the books: %s %s %d yen, change %d", d.Status, d.Transaction, d.Amount, d.Seq)
		}
	case "links":
		s.links()
	case "page":
		s.owner.visits(rest)
		s.page()
		s.heard = len(s.owner.heard())
	case "details":
		s.details(rest)
		s.page()
	case "follow":
		s.follows(rest)
		s.page()
	default:
		s.t.Fatalf("what is %q", line)
	}
	s.passes()
}

// passes lets what was done come to its end.
func (s *story) passes() {
	s.settle()
	s.Add(6 * time.Second) // what follows a message waits 5
	s.settle()
	s.hears()
}

// hears writes down what the phone and the bank have heard since.
func (s *story) hears() {
	all := s.owner.heard()
	var now []string
	for i, m := range all[s.heard:] {
		var v any
		if err := json.Unmarshal([]byte(m), &v); err != nil {
			s.t.Fatal(err)
		}
		var out []string
		words(v, &out)
		s.presses(s.owner, s.heard+i, out)
		now = append(now, "  phone: "+strings.Join(gist(out), " / "))
		if strings.Contains(m, "00:00") {
			s.t.Errorf("a time that the bank did not tell: %s", m)
		}
	}
	s.heard = len(all)
	now = append(now, s.othersHear()...)
	slices.Sort(now) // what is of two incidents is sent at once
	calls := s.books.Callbacks()
	// Those of a dispute come in their order; what tells of no dispute may come between
	// them.
	of := func(dispute bool) (out []sim.Callback) {
		for _, c := range calls[s.told:] {
			if strings.HasPrefix(c.Type, "dispute.") == dispute {
				out = append(out, c)
			}
		}
		return out
	}
	for _, c := range append(of(true), of(false)...) {
		now = append(now, "  bank: "+c.Type+" "+s.plain(c.Body, "dispute_id", "reference", "at", "type", "bank", "account_ref", "event_id", "service_name", "timeline", "via", "kozamori", "record"))
	}
	s.told = len(calls)
	for _, l := range now {
		s.say("%s", l)
	}
}

var (
	insideMain = regexp.MustCompile(`(?s)<main[^>]*>(.*)</main>`)
	anyTag     = regexp.MustCompile(`<[^>]*>`)
)

// page writes down what a page says, on which no time stands that was not told.
func (s *story) page() { s.pageOf(s.owner) }

func (s *story) pageOf(p *person) {
	s.t.Helper()
	in := insideMain.FindStringSubmatch(p.html)
	if in == nil || strings.Contains(in[1], "00:00") {
		s.t.Fatalf("the page is: %s", p.html)
	}
	if lost := presstest.MissingOn(p.html); len(lost) > 0 {
		s.t.Errorf("a page asks to press what is not on it: %q", lost)
	}
	s.say("  page: %s", strings.Join(strings.Fields(html.UnescapeString(anyTag.ReplaceAllString(in[1], " "))), " "))
}

// details opens what the newest message leads to, of an account if it speaks of several.
func (s *story) details(account string) {
	s.t.Helper()
	for _, m := range slices.Backward(s.owner.heard()) {
		var v any
		if err := json.Unmarshal([]byte(m), &v); err != nil {
			s.t.Fatal(err)
		}
		if to := buttonOf(v, account+"くわしく見る", "uri"); to != "" {
			s.owner.shows(s.owner.browser.Get(to))
			return
		}
	}
	s.t.Fatal("nothing leads to a page")
}

// gist leaves out of a message's texts what each message says.
func gist(all []string) (out []string) {
	for i := 0; i < len(all); i++ {
		switch x := all[i]; {
		case x == "決済サービス" || x == "口座":
			i++
		case strings.HasPrefix(x, "銀行や警察、口座守が"), x == "いま、していただきたいこと", strings.HasPrefix(x, "身に覚えがないときは、すぐに"),
			strings.Contains(x, "にも、身に覚えがないと伝えてください"), strings.HasPrefix(x, "電話 "), x == "くわしく見る", x == "身に覚えがない", x == "心当たりがある", x == "お知らせした理由":
		default:
			out = append(out, strings.ReplaceAll(x, "\n", " "))
		}
	}
	return out
}

// plain is a JSON text on one line, without some members, whose ids are the
// same each time.
func (s *story) plain(raw []byte, without ...string) string {
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		s.t.Fatalf("%s: %v", raw, err)
	}
	var drop func(v any)
	drop = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				if slices.Contains(without, k) || strings.HasSuffix(k, "_at") {
					delete(v, k)
				}
				drop(x)
			}
		case []any:
			for _, x := range v {
				drop(x)
			}
		}
	}
	drop(v)
	b, err := json.Marshal(v)
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(b), `"`, ""), ",", ", ")
}

// taps presses the newest button that is called so; after a "*" stands which.
func (s *story) taps(p *person, label string) {
	s.t.Helper()
	n := 0
	if m := whichButton.FindStringSubmatch(label); m != nil {
		label = m[1]
		n, _ = strconv.Atoi(m[2])
	}
	for _, m := range slices.Backward(p.heard()) {
		var v any
		if err := json.Unmarshal([]byte(m), &v); err != nil {
			s.t.Fatal(err)
		}
		data := buttonOf(v, label, "data")
		if data == "" {
			continue
		}
		if n--; n > 0 {
			continue
		}
		if err := s.town.line.Tap(p.id, data, ""); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	s.t.Fatalf("no button is called %q", label)
}
