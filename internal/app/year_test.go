package app_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/testkit/breadth"
	"kozamori/internal/watch"
)

// happening is one event of somebody's year.
type happening struct {
	at        time.Time
	kind      watch.Kind
	txn, text string
	yen       int64
	more      string // members of the event as JSON, after a comma
}

// life is how somebody uses an account in a year.
type life struct {
	name    string
	history bool // the bank gives the year before
	answers bool // they say 心当たりがある of what is urgent
	linked  bool // they begin to use another service, and charge it within the hour
	way     reading
}

// reading is how people read their alerts, and where they answer.
type reading int

const (
	inTheChat reading = iota
	inEnglish
	onThePage
	byMail
	byMailInEnglish
	withFamily // whoever watches beside them is called if they do not answer
)

// linkMonth is when another service is linked, of those who do, from 0.
const linkMonth = 6

// charges is how often a wallet is charged in a month: at least, and at most.
var charges = [2]int{2, 6}

var lives = []life{
	{"a wallet, and the bank gives its past", true, true, false, inTheChat},
	{"a wallet, without a past", false, true, false, inTheChat},
	{"another service is linked", true, true, true, inTheChat},
	{"another service is linked, and no one answers", true, false, true, inTheChat},
	{"another service is linked, without a past", false, true, true, inTheChat},
	{"nor a past, nor an answer", false, false, true, inTheChat},
	{"answered on the page", true, true, true, onThePage},
	{"answered in English", true, true, true, inEnglish},
	{"not answered in English", false, false, true, inEnglish},
	{"answered by mail", true, true, true, byMail},
	{"not answered by mail", true, false, true, byMail},
	{"not answered by mail in English, without a past", false, false, true, byMailInEnglish},
	{"with a guardian who is called", true, false, true, withFamily},
}

// readers are who reads what is told of the account, in a way.
func (l life) readers(h *town) []*person {
	switch l.way {
	case byMail, byMailInEnglish:
		lang := map[reading]string{byMail: "ja", byMailInEnglish: "en"}[l.way]
		made := h.call(http.MethodPost, "/mail-enrolments", `{"role":"owner","email":"fumi@example.jp","lang":"`+lang+`","accounts":[{"account_ref":"acc_1"}]}`)
		h.joinsBy("fumi@example.jp", fmt.Sprint(made["code"]))
		return []*person{{town: h, browser: browser(h.t), mailbox: "fumi@example.jp"}}
	case withFamily:
		owner, guardian := h.family()
		return []*person{owner, guardian}
	case inEnglish:
		p := h.person("Hanako", "en")
		p.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1"}`)["code"].(string))
		return []*person{p}
	}
	return []*person{h.alone("acc_1")}
}

// recognises says 心当たりがある to an alert, where its reader does.
func (l life) recognises(p *person, m string) {
	p.t.Helper()
	if l.way != onThePage && p.mailbox == "" {
		p.taps0(m, "a=mine")
		return
	}
	p.shows(p.browser.Get(regexp.MustCompile(`http://[^\s"]+/a/[^\s"]+`).FindString(m)))
	p.submits("mine", nil)
	p.settle()
}

// year is what happens on the account of an ordinary person: salary, rent, cards,
// utilities, charges of a wallet some times a month, most of them authorised first,
// one that comes back and one that the bank sends twice.
func (l life) year(from time.Time, rng *rand.Rand) (out []happening) {
	say := func(at time.Time, kind watch.Kind, txn, text string, yen int64, more string) {
		out = append(out, happening{at: at, kind: kind, txn: txn, text: text, yen: yen, more: more})
	}
	for m := range 12 {
		month := from.AddDate(0, m, 0)
		on := func(day, hour int) time.Time {
			return month.AddDate(0, 0, day-1).Add(time.Duration(hour)*time.Hour + time.Duration(rng.IntN(3600))*time.Second)
		}
		for i, bill := range []struct {
			day  int
			text string
			yen  int64
		}{{27, "ｺｳｻﾞﾌﾘｶｴ ﾔﾁﾝ", 82000}, {10, "PAYPAYｶ-ﾄﾞ", 31000}, {26, "ﾗｸﾃﾝｶ-ﾄﾞ", 45000}, {20, "ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", 9800}, {28, "NTTﾄﾞｺﾓ", 7200}, {5, "ｽｲﾄﾞｳ", 4300}} {
			say(on(bill.day, 9), watch.Debit, fmt.Sprintf("bill-%d-%d", m, i), bill.text, bill.yen+int64(rng.IntN(3000)), "")
		}
		for i := range charges[0] + rng.IntN(charges[1]-charges[0]+1) {
			at, txn, yen := on(1+rng.IntN(28), 8+rng.IntN(13)), fmt.Sprintf("pay-%d-%d", m, i), int64(1+rng.IntN(10))*1000
			if rng.IntN(2) == 0 {
				say(at, watch.Debit, txn, "PAYPAY", yen, `,"status":"pending"`)
				at = at.Add(26 * time.Hour)
			}
			say(at, watch.Debit, txn, "PAYPAY", yen, "")
			if m == 5 && i == 0 {
				say(at.Add(30*time.Hour), watch.DebitReversed, txn, "", 0, "")
			}
			if m == 8 && i == 0 { // the bank sends it again
				say(at.Add(time.Minute), watch.Debit, txn, "PAYPAY", yen, "")
			}
		}
		if l.linked && m >= linkMonth {
			if m == linkMonth {
				say(on(12, 20), watch.LinkRegistered, "link", "ﾒﾙﾍﾟｲ", 0, "")
				say(on(12, 21), watch.Debit, "mer-first", "ﾒﾙﾍﾟｲ", 3000, "")
				say(on(13, 12), watch.Debit, "mer-second", "ﾒﾙﾍﾟｲ", 5000, "")
			}
			say(on(18, 19), watch.Debit, fmt.Sprint("mer-", m), "ﾒﾙﾍﾟｲ", 2000, "")
		}
	}
	slices.SortStableFunc(out, func(a, b happening) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	return out
}

// year is what a phone showed in one: how many messages of a rank, by month.
type year map[string]*[12]int

func (y year) sum(rank string) (n int) {
	if months := y[rank]; months != nil {
		for _, x := range months {
			n += x
		}
	}
	return n
}

// hears counts what came to a reader after the first n messages, and answers it.
func (y year) hears(p *person, n int, from time.Time, l life) {
	for _, m := range p.since(n) {
		for rank, as := range ranks {
			if strings.Contains(m, as[0]) || strings.Contains(m, as[1]) {
				if y[rank] == nil {
					y[rank] = &[12]int{}
				}
				y[rank][min(11, int(p.Now().Sub(from).Hours()/24/30.5))]++
			}
		}
		if l.answers && urgent(m) {
			l.recognises(p, m)
		}
	}
}

// ranks are how the ranks begin what a locked phone shows, and a mail's subject.
var ranks = map[string][2]string{"緊急": {"【緊急】", "[Urgent]"}, "確認": {"【確認】", "[Please check]"}, "お知らせ": {"【お知らせ】", "[Notice]"}}

// happens has the bank report it when it happens, and some minutes pass.
func (h *town) happens(i int, e happening) {
	h.t.Helper()
	if e.at.After(h.Now()) {
		h.Set(e.at)
	}
	more := e.more
	if e.text != "" {
		more += fmt.Sprintf(`,"descriptor":%q`, e.text)
	}
	if e.yen > 0 {
		more += fmt.Sprintf(`,"amount":%d,"currency":"JPY"`, e.yen)
	}
	h.posts(fmt.Sprint("post-", i), h.event(fmt.Sprint("ev-", i), string(e.kind), e.txn, more))
	for range 3 {
		h.later(10 * time.Second)
	}
}

// In an ordinary year one message is urgent at most to anybody: that of a new link,
// whose owner goes on to charge it, whether they answer, and wherever they read it. What a thief does at the year's
// end is urgent.
func TestInAnOrdinaryYearNothingIsUrgentButANewLink(t *testing.T) {
	t.Parallel()
	for i, l := range lives {
		if i%6 != 0 && !breadth.Whole() {
			continue
		}
		seeds := 1
		if l.way == inTheChat {
			seeds = breadth.Of(1, 2)
		}
		for seed := range uint64(seeds) {
			t.Run(fmt.Sprintf("%s, %d", l.name, seed), func(t *testing.T) {
				t.Parallel()
				h := newMailTown(t)
				from := time.Date(2027, 1, 1, 0, 0, 0, 0, watch.JST)
				h.Set(from)
				people := l.readers(h)
				if l.history {
					h.call(http.MethodPost, "/accounts/acc_1/history", pastYear(from))
				}
				h.settle() // else that would wait for days, and the bank with it
				all, heard := l.year(from, rand.New(rand.NewPCG(seed, 1))), make([]year, len(people))
				for i, e := range all {
					before := make([]int, len(people))
					for j, p := range people {
						before[j] = p.count()
					}
					h.happens(i, e)
					h.later(20 * time.Minute)
					for j, p := range people {
						if heard[j] == nil {
							heard[j] = year{}
						}
						heard[j].hears(p, before[j], from, l)
					}
				}
				for j, y := range heard {
					for rank, months := range y {
						t.Logf("%d reads %s by month %v, %d in all", j, rank, *months, y.sum(rank))
					}
					want := 0
					if l.linked {
						want = 1
					}
					if n := y.sum("緊急"); n != want || n > 0 && y["緊急"][linkMonth] != n {
						t.Errorf("%d: %d messages are urgent, want that of the link alone: %v", j, n, y["緊急"])
					}
					if n := y.sum("確認"); j == 0 && n < 12*charges[0] {
						t.Errorf("%d ordinary alerts in a year", n)
					}
				}
				p := people[0]
				// A thief at two in the morning, some days after.
				night := from.AddDate(1, 0, 4).Add(2 * time.Hour)
				row := night.AddDate(0, 0, 9)
				for i, theft := range [][]happening{
					{{at: night, kind: watch.LinkRegistered, txn: "theft-link", text: "ﾄﾞｺﾓｺｳｻﾞ"}, {at: night.Add(time.Minute), kind: watch.Debit, txn: "theft-1", text: "ﾄﾞｺﾓｺｳｻﾞ", yen: 100000}},
					{{at: row, kind: watch.Debit, txn: "theft-2", text: "PAYPAY", yen: 30000}, {at: row.Add(time.Minute), kind: watch.Debit, txn: "theft-3", text: "PAYPAY", yen: 30000}, {at: row.Add(2 * time.Minute), kind: watch.Debit, txn: "theft-4", text: "PAYPAY", yen: 30000}},
				} {
					n := p.count()
					for j, e := range theft {
						h.happens(len(all)+10*i+j, e)
					}
					if !slices.ContainsFunc(p.since(n), urgent) {
						t.Errorf("theft %d is not urgent: %q", i, p.since(n))
					}
				}
			})
		}
	}
}

// pastYear is the year before, as the bank gives it.
func pastYear(from time.Time) string {
	var events []string
	for m := range 12 {
		at := from.AddDate(-1, m, 9).Format(time.RFC3339)
		events = append(events, fmt.Sprintf(`{"id":"p%d","type":"debit","transaction_id":"p%d","occurred_at":%q,"amount":3000,"currency":"JPY","descriptor":"PAYPAY"}`, m, m, at))
	}
	return fmt.Sprintf(`{"from":%q,"events":[%s]}`, from.AddDate(-1, 0, 0).Format(time.RFC3339), strings.Join(events, ","))
}
