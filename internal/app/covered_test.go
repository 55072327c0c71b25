package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/watch"
)

// What comes to the phone after "not me" was pressed, and was reported with it,
// says so and asks nothing: it is red, and the person has just answered.
func TestWhatIsToldAfterAReportThatCoversItAsksNothing(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	h.sends(h.debit("t0", 100000))
	h.settle()
	h.Add(time.Second)
	h.sends(h.debit("t1", 100000))
	h.sends(h.debit("t2", 50000))
	h.settle()
	if came := p.since(n); len(came) != 1 {
		t.Fatalf("%d messages before the answer", len(came))
	}
	if err := h.line.Tap(p.id, tapOf(t, p.since(n)[0]), ""); err != nil {
		t.Fatal(err)
	}
	h.goes(10 * time.Second)
	opened := h.bank.callbacks("dispute.opened")
	if len(opened) != 1 || len(opened[0]["transactions"].([]any)) != 3 {
		t.Fatalf("the bank hears %v", opened)
	}
	last := p.since(n)[p.count()-n-1]
	if !strings.Contains(last, "150,000円") || !strings.Contains(last, "お申し出（KZ-") || !strings.Contains(last, "に含めて銀行へ伝えています") || strings.Contains(last, "a=notmine") || strings.Contains(last, "a=mine") {
		t.Errorf("the follow-up says %s", last)
	}
}

// household is an owner, a second owner, who is told over a channel, and a
// guardian of one account.
type household struct {
	*town
	people map[string]*person
	box    *sim.Mailbox
}

func newHousehold(t *testing.T, over watch.ChannelKind) *household {
	t.Helper()
	box := &sim.Mailbox{}
	h := newTownOn(t, func(m *app.Means) { m.MailHTTP, box.Now = &http.Client{Transport: served{box}}, m.Now })
	owner, guardian := h.family()
	second := h.person("太郎", "ja")
	second.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567"}`)["code"].(string))
	if over == watch.Email {
		if _, err := h.store.UpdateAccount(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, func(a *watch.Account) ([]store.Write, error) {
			w, _ := a.WatcherOf(second.id)
			w.Channels = []watch.Channel{{Kind: over, Address: "taro@example.jp"}}
			return nil, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return &household{h, map[string]*person{"the owner": owner, "the second owner": second, "a guardian": guardian}, box}
}

// heard is how many messages have come to somebody's chat and mailbox.
type heard struct{ chat, mail int }

func (h *household) heard(who string) heard {
	return heard{h.people[who].count(), len(h.box.Messages())}
}

// since are the messages that have come since, over either.
func (h *household) since(who string, n heard) []string {
	out := h.people[who].since(n.chat)
	if who == "the second owner" { // the only one with a mailbox
		for _, m := range h.box.Messages()[n.mail:] {
			out = append(out, m.Text)
		}
	}
	return out
}

// What an account does before or after a report of which the people who watch it
// have not heard yet: whichever of them reports, each who hears of it reads that the report
// covers it, and is asked nothing.
func TestWhatAReportCoversAsksNobody(t *testing.T) {
	t.Parallel()
	pending := func(e string) string { return strings.Replace(e, `"type"`, `"status":"pending","type"`, 1) }
	posted := func(e string) string { return strings.Replace(e, `-debit"`, `-posted"`, 1) }
	for name, c := range map[string]struct {
		first, then func(h *town) string
		says        string // what it is told by; empty if it is not
		asks        bool   // it would ask, were there no report
		parts       int
	}{
		"a second debit":       {func(h *town) string { return h.debit("t", 30000) }, func(h *town) string { return h.debit("u", 20000) }, "20,000", true, 2},
		"a pending debit":      {func(h *town) string { return h.debit("t", 30000) }, func(h *town) string { return pending(h.debit("u", 20000)) }, "20,000", true, 2},
		"it is raised":         {func(h *town) string { return pending(h.debit("t", 100)) }, func(h *town) string { return posted(h.debit("t", 20000)) }, "20,000", true, 1},
		"it is posted":         {func(h *town) string { return pending(h.debit("t", 20000)) }, func(h *town) string { return posted(h.debit("t", 20000)) }, "", false, 1},
		"it is posted at less": {func(h *town) string { return pending(h.debit("t", 20000)) }, func(h *town) string { return posted(h.debit("t", 15000)) }, "", false, 1},
		"it is reversed": {func(h *town) string { return h.debit("t", 20000) },
			func(h *town) string { return h.reported(watch.DebitReversed, "t", "acc_1", "", 0) }, "取り消されました", false, 1},
		"a link": {func(h *town) string { return h.debit("t", 20000) },
			func(h *town) string {
				return h.reported(watch.LinkRegistered, "l", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0)
			}, "登録され", true, 2},
	} {
		for _, reporter := range []string{"the owner", "the second owner", "a guardian"} {
			for _, of := range []struct {
				before bool
				over   watch.ChannelKind
			}{{true, watch.LINE}, {false, watch.LINE}, {true, watch.Email}, {false, watch.Email}} {
				before := of.before
				if !breadth.Whole() && (of.over == watch.Email) != (reporter == "the owner") {
					continue // of an owner's report the second owner hears by mail, of the others' by LINE
				}
				t.Run(fmt.Sprint(name, ", ", reporter, " reports, it came before: ", before, ", the second owner has ", of.over), func(t *testing.T) {
					t.Parallel()
					h := newHousehold(t, of.over)
					people := h.people
					h.sends(c.first(h.town))
					h.settle()
					alert := people["the owner"].reads("a=notmine")
					h.Add(time.Second)
					if before {
						h.sends(c.then(h.town))
						h.settle()
						h.Add(time.Second)
					}
					was := map[string]heard{}
					for who := range people {
						was[who] = h.heard(who)
					}
					if err := h.line.Tap(people[reporter].id, tapOf(t, alert), ""); err != nil {
						t.Fatal(err)
					}
					h.goes(8 * time.Second)
					number := reference(h.since(reporter, was[reporter])[0])
					if !before {
						h.sends(c.then(h.town))
					}
					h.goes(12 * time.Second)
					for who, p := range people {
						told := false
						for _, m := range h.since(who, was[who]) {
							if strings.Contains(m, `"data":"a=notmine`) || strings.Contains(m, `"data":"a=mine`) {
								t.Errorf("%s is asked: %s", who, m)
							}
							of := c.says != "" && (strings.Contains(m, c.says) || who == "a guardian" && (strings.Contains(m, "reversed") || strings.Contains(m, "harge link")) && !c.asks)
							told = told || of
							if of && c.asks && !strings.Contains(m, number) {
								t.Errorf("%s does not read of the report %s: %s", who, number, m)
							}
							if of && !c.asks && urgent(m) {
								t.Errorf("%s is alarmed by what is undone: %s", who, m)
							}
						}
						if c.says != "" && !told && p != people["a guardian"] {
							t.Errorf("%s does not hear of it: %v", who, h.since(who, was[who]))
						}
					}
					h.bank.mu.Lock()
					taken := h.bank.taken
					h.bank.mu.Unlock()
					if last := taken[len(taken)-1]; last["reference"] != number || len(last["transactions"].([]any)) != c.parts {
						t.Errorf("the bank hears last %v", last)
					}
					if v := h.line.Violations(); len(v) > 0 {
						t.Error(v)
					}
				})
			}
		}
	}
}

// A red message of which LINE may have had the first attempt goes again as it
// was; that it is undone follows at once.
func TestARedMessageThatIsFalseByNowIsCorrectedAtOnce(t *testing.T) {
	t.Parallel()
	for _, fault := range []sim.Fault{sim.ServerError, sim.Timeout, sim.AcceptThenDrop} {
		h := newTownOn(t, impatient)
		p := h.alone("acc_1")
		n := p.count()
		h.line.Fail(1, fault)
		h.sends(h.debit("t", 50000))
		h.settle()
		h.sends(h.reported(watch.DebitReversed, "t", "acc_1", "", 0))
		h.goes(time.Minute)
		var red, calm time.Time
		for _, m := range h.line.Messages() {
			switch text := string(m.Messages[0]); {
			case m.To != p.id || m.Via != "push":
			case strings.Contains(text, "a=notmine"):
				red = m.At
			case strings.Contains(text, "取り消されました"):
				calm = m.At
			}
		}
		if got := p.since(n); len(got) != 2 || red.IsZero() || fault != sim.AcceptThenDrop && calm.Sub(red) > time.Second || calm.Before(red) {
			t.Errorf("%s: red at %v, corrected at %v: %v", fault, red, calm, got)
		}
	}
}
