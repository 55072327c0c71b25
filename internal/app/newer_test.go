package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/app"
	"kozamori/internal/queue"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/codectest"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/watch"
)

// blind are places that are written without what was there, and why.
var blind = map[string]string{
	"ACT/ACT":                 "the process that keeps an act as begun writes what came of it, and no other",
	"ACT/ACT actor":           "the same",
	"R/R answer":              "another answer takes its place, and is a new thing",
	"D/D history[]":           "follows from the record each time",
	"D/D changes[] failed":    "gone once the bank takes the callback",
	"A/ACTIVITY summary":      "a later summary takes its place",
	"R/R second":              "follows from the entries each time",
	"R/R members[] is second": "the same",

	// Written whole and unread by each process that comes to the same: what a
	// newer version has there, it would write again.
	"N": "what one process counted", "N accepted[]": "what one process counted", "LESSONS": "what one process counted", "LESSONS counted[]": "what one process counted", "V": "where an event went",
	"D":    "a mark: what is found by it is the report",
	"CTRL": "a mark: what is found by it is the control",
	"Q":    "an event that is refused again", "Q/~E": "where it is found", "Q/~T": "where it is found",
}

// written are the places that the stages must have written over.
var written = []string{
	"A/ACTIVITY", "A/ACTIVITY recent[]", "A/ACTIVITY reported[]", "A/ACTIVITY services *", "A/ACTIVITY services * links[]", "A/ACTIVITY stories[]", "A/ACTIVITY summary",
	"A/BILLS", "A/BILLS forms[]", "A/BILLS forms[] debits[]",
	"A/PROFILE", "A/PROFILE watchers[]", "A/PROFILE watchers[] channels[]", "A/PROFILE watchers[] rules", "A/PROFILE watchers[] rules quiet",
	"A/PROFILE watchers[] rules trusts[]", "B/FEED", "B/KEY", "C/C", "C/C account", "CHAIN/HEAD", "CTRL/CTRL", "CTRL/CTRL account", "CTRL/CTRL changes[]", "CTRL/CTRL changes[] terms",
	"D/D", "D/D also[]", "D/D also[] was", "D/D account", "D/D changes[]", "D/D changes[] further", "D/D changes[] shows", "E/E", "E/E account", "L/L", "L/L account", "L/L turns[]",
	"R/R", "R/R account", "R/R answer", "R/R answer shows", "R/R deliveries[]", "R/R deliveries[] shows", "R/R deliveries[] shows reasons",
	"R/R deliveries[] was", "R/R deliveries[] was reasons", "R/R deliveries[] says[]", "R/R deliveries[] says[] was", "R/R members[]", "R/R members[] is", "R/R members[] notices[]",
	"R/R entries[]", "R/R notices[]", "R/R notices[] reasons",
	"T", "T body", "T body account", "T body accounts[]", "U/A", "U/A account", "U/PERSON", "W/W",
}

// once are places that are written once and never again, and why.
var once = map[string]string{
	"CHAIN": "what is done is added, and never written over", "CHAIN entries[]": "the same", "CHAIN entries[] actor": "the same",
	"C/C links[]": "gone once the code is used", "T body accounts[] links[]": "gone once the nonce is used",
	"CALL/BODY": "what was posted stays as it was", "KEYS/SETTLED": "a mark",
}

// TestWhatANewerVersionWroteIsThereAfterEachStageWroteIt plays everything that
// people and banks do, each story of what is told, and the model with each of its
// troubles, in houses whose tables and queues a newer version uses, too.
func TestWhatANewerVersionWroteIsThereAfterEachStageWroteIt(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	lost, kept, placed := codectest.Places{}, codectest.Places{}, codectest.Places{}
	played := func(t *testing.T) *codectest.Newer {
		// LINE's events are worked on under a lease: no other worker writes there then.
		n := &codectest.Newer{Leaves: func(place string) bool { return place == "W/W" }}
		t.Cleanup(func() {
			mu.Lock()
			defer mu.Unlock()
			for place, times := range n.Lost() {
				if blind[place] == "" {
					t.Errorf("lost %d times: %s", times, place)
				}
			}
			lost.Add(n.Lost())
			kept.Add(n.Kept())
			placed.Add(n.Placed())
		})
		return n
	}
	t.Run("played", func(t *testing.T) {
		for name, play := range map[string]func(*town){"everything": (*town).everything, "a burst": (*town).bursts, "a report of more": (*town).reportsMore, "trusts": (*town).trusts} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := newTownOn(t, newerIn(played(t)))
				play(h)
				h.noneDead()
			})
		}
		for i, file := range stories(t) {
			if i%5 != 0 && !breadth.Whole() {
				continue
			}
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				newStory(t, tabletest.Embedded, newerIn(played(t))).is(file)
			})
		}
		for i := uint64(breadth.Of(3, 0)); i < 4; i++ {
			t.Run(fmt.Sprint("seed ", i), func(t *testing.T) {
				t.Parallel()
				m := newModel(t, *modelFrom+i, troubles{faults: i%2 == 1, deaths: i > 1, twice: i > 1, newer: played(t)})
				m.play()
				m.settle()
				m.check()
			})
		}
	})
	if !breadth.Whole() {
		return // a share of the stories writes over a share of the places
	}
	for _, place := range written {
		if kept[place] == 0 {
			t.Errorf("nothing was written over %s: it is not tested", place)
		}
	}
	for place := range placed {
		again := kept[place]+lost[place] > 0
		switch {
		case !again && once[place] == "" && blind[place] == "":
			t.Errorf("%s is written, and nothing that is played writes over it", place)
		case again && once[place] != "":
			t.Errorf("%s is written over, and is said to be written once", place)
		}
	}
}

// newerIn has a newer version use a house's table and queues.
func newerIn(n *codectest.Newer) func(*app.Means) {
	return func(m *app.Means) {
		n.Table = m.Table
		m.Table, m.Queue = n, n.Queue(m.Queue)
	}
}

// noneDead looks for dead letters.
func (h *town) noneDead() {
	h.t.Helper()
	for _, q := range queue.Names {
		d, err := h.queue.Dead(context.Background(), q, 10)
		if err != nil || len(d) > 0 {
			h.t.Errorf("dead letters in %s: %v %v", q, d, err)
		}
	}
}

// posts sends events as the bank does.
func (h *town) posts(id string, events ...string) {
	h.t.Helper()
	body := `{"events":[` + strings.Join(events, ",") + `]}`
	wh, err := webhooks.NewWebhook(h.bank.secret)
	if err != nil {
		h.t.Fatal(err)
	}
	sig, err := wh.Sign(id, h.Now(), []byte(body))
	if err != nil {
		h.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/v1/banks/0125/events", strings.NewReader(body))
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(h.Now().Unix(), 10))
	r.Header.Set("webhook-signature", sig)
	rec := httptest.NewRecorder()
	h.post.ServeHTTP(rec, r)
	if rec.Code >= 300 {
		h.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	h.settle()
}

// event is an event about the account, now.
func (h *town) event(id, kind, txn, more string) string {
	return fmt.Sprintf(`{"id":%q,"type":%q,"transaction_id":%q,"account_ref":"acc_1","occurred_at":%q%s}`, id, kind, txn, h.Now().Format(time.RFC3339), more)
}

// later lets time pass, and sweeps.
func (h *town) later(d time.Duration) {
	h.t.Helper()
	h.Add(d)
	if _, err := h.system.Sweep().Sweep(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
}

// everything is what people and banks do, so that each stage writes what
// others wrote before.
func (h *town) everything() {
	const paypay, docomo = `,"amount":30000,"currency":"JPY","descriptor":"PAYPAY"`, `,"amount":50000,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`
	ctx := context.Background()
	owner, guardian := h.family()
	tap := func(p *person, data string) {
		h.t.Helper()
		if err := h.line.Tap(p.id, data, ""); err != nil {
			h.t.Fatal(err)
		}
		h.settle()
	}

	// What they want.
	for range 2 {
		owner.visits("settings")
		owner.submits("save", url.Values{"quiet_from": {"22:00"}, "quiet_to": {"07:00"}, "service_min": {"1"}, "keywords": {"カシ"}})
		h.settle()
	}
	owner.says("English")
	owner.says("日本語")
	tap(owner, "a=pause&for=1h")
	h.Add(2 * time.Hour)

	// One debit from its authorisation on, a link, and what cannot be taken.
	h.posts("m1", h.event("l1", "charge_link.registered", "l1", `,"service":"paypay"`), h.event("e1", "debit", "t1", paypay+`,"status":"pending"`))
	h.later(time.Minute)
	h.posts("m2", h.event("e2", "debit", "t1", paypay+`,"status":"posted"`), h.event("e3", "debit", "t2", docomo), `{"id":"e4","type":"credit"}`)
	h.posts("m3", h.event("e2", "debit", "t1", paypay+`,"status":"posted"`), `{"id":"e4","type":"credit"}`)
	// What may be a bill: the next month's rests on it.
	const bill = `,"currency":"JPY","descriptor":"PAYPAYｶ","amount":`
	h.posts("b1", h.event("b1", "debit", "b1", bill+"21987"))
	h.posts("b2", h.event("b2", "debit", "b2", bill+"28110"))
	h.later(20 * time.Minute) // no answer
	h.later(20 * time.Minute)
	h.posts("m4", h.event("e5", "debit.reversed", "t1", `,"amount":10000,"currency":"JPY"`))
	h.posts("m5", h.event("l2", "charge_link.removed", "l1", `,"service":"paypay"`))

	// Accounts that no one watches, which are counted.
	for i, ref := range []string{"acc_s1", "acc_s2"} {
		other := func(id, kind, more string) string {
			return strings.Replace(h.event(fmt.Sprint(id, i), kind, fmt.Sprint(id, i), `,"service":"docomo"`+more), "acc_1", ref, 1)
		}
		h.posts(fmt.Sprint("s", i), other("sr", "charge_link.refused", `,"reason":"pin"`), other("sl", "charge_link.registered", ""), other("sd", "debit", `,"amount":95000,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`))
	}

	// Answers, their way through the bank, and back.
	record := h.records()
	for _, r := range record {
		w := "r=" + r.ID
		tap(owner, "a=mine&"+w)
		tap(owner, "a=notmine&"+w)
		tap(owner, "a=undo&"+w)
		tap(guardian, "a=notmine&"+w)
	}
	h.bank.mu.Lock()
	h.bank.down = true
	h.bank.mu.Unlock()
	h.posts("m6", h.event("e6", "debit.reversed", "t2", `,"amount":50000,"currency":"JPY"`), h.event("e7", "debit", "t3", docomo))
	h.later(5 * time.Minute)
	h.bank.mu.Lock()
	h.bank.down = false
	h.bank.mu.Unlock()
	h.later(3 * time.Hour)
	for _, r := range h.records() {
		if r.Dispute != "" {
			h.call(http.MethodPost, "/disputes/"+r.Dispute+"/status", `{"status":"received","text":"確認します。"}`)
			h.call(http.MethodPost, "/disputes/"+r.Dispute+"/status", `{"status":"refunded"}`)
		}
	}
	h.stops(tap, owner)
	h.later(26 * time.Hour)
	h.posts("m10", h.event("e10", "debit", "t10", paypay))
	h.settle()
	tap(owner, "a=mine&r="+h.records()[0].ID)
	trust := watch.Trust{Service: "paypay", UpTo: 1000, Until: h.Now().AddDate(0, 1, 0)}
	if _, err := settings.New(h.store, h.queue).Trust(ctx, account, settings.Who{LineUser: owner.id, At: h.Now()}, trust); err != nil {
		h.t.Fatal(err)
	}
	owner.visits("settings")
	owner.submits("save", url.Values{"service_min": {"500"}})

	// The past, what comes too late, and a bank that is silent.
	h.call(http.MethodPost, "/accounts/acc_1/history", `{"from":"2026-01-01T00:00:00+09:00","events":[{"id":"p1","type":"debit","transaction_id":"p1","occurred_at":"2026-02-03T12:00:00+09:00","amount":1000,"currency":"JPY","descriptor":"PAYPAY"}]}`)
	h.settle()
	old := func(id string) string {
		return fmt.Sprintf(`{"id":%q,"type":"debit","transaction_id":%q,"account_ref":"acc_1","occurred_at":%q%s}`, id, id, h.Now().AddDate(0, 0, -20).Format(time.RFC3339), paypay)
	}
	h.posts("m7", old("o1"))
	h.posts("m8", old("o2"))
	h.later(time.Hour)
	b, err := h.store.Bank(ctx, "0125")
	if err != nil {
		h.t.Fatal(err)
	}
	b.SilentAfter = time.Hour
	if err := h.store.Write(ctx, store.PutBank(b)); err != nil {
		h.t.Fatal(err)
	}
	h.later(3 * time.Hour)
	h.posts("m9", h.event("e9", "debit", "t9", paypay))

	// People come and go, and are erased.
	if err := h.line.Block(guardian.id); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	if err := h.line.Follow(guardian.id); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	owner.visits("family")
	owner.submits("hide", nil)
	owner.follows("invite")
	owner.submits("invite", nil)
	owner.submits("invite", nil)
	h.settle()
	again := h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567","links":[{"service":"paypay","since":"2026-01-05"}]}`)
	guardian.says(again["code"].(string))
	other := h.person("次郎", "ja")
	h.nonce(other, "acc_1", "acc_2")
	members, err := h.system.Membership()
	if err != nil {
		h.t.Fatal(err)
	}
	for range 2 {
		secret, _, err := members.ClaimMail(ctx, owner.id, account, "owner@example.jp")
		if err != nil {
			h.t.Fatal(err)
		}
		if _, err := members.ConfirmMail(ctx, secret); err != nil {
			h.t.Fatal(err)
		}
		h.Add(2 * time.Minute)
	}
	other.visits("leave")
	other.submits("leave", nil)
	h.erase("acc_1")
	h.erase("acc_1")
	h.later(time.Hour)
}
