package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/sim"
	"kozamori/internal/watch"
)

// The cases that incidents were made for, each by its name, tried as people and
// banks would.

// reported is one event of a bank's, on an account.
func (h *town) reported(kind watch.Kind, txn, ref, descriptor string, yen int64) string {
	e := map[string]any{"id": "e-" + txn + "-" + string(kind), "type": kind, "transaction_id": txn, "account_ref": ref, "occurred_at": h.Now().Format(time.RFC3339)}
	if descriptor != "" {
		e["descriptor"] = descriptor
	}
	if yen > 0 {
		e["amount"], e["currency"] = yen, "JPY"
	}
	b, err := json.Marshal(e)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(b)
}

func (h *town) debit(txn string, yen int64) string {
	return h.reported(watch.Debit, txn, "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", yen)
}

// sends has the bank report events in one POST.
func (h *town) sends(events ...string) {
	h.t.Helper()
	body := `{"events":[` + strings.Join(events, ",") + `]}`
	wh, err := webhooks.NewWebhook(h.bank.secret)
	if err != nil {
		h.t.Fatal(err)
	}
	id := watch.Derive(events...)
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
	if rec.Code != http.StatusAccepted || !strings.Contains(rec.Body.String(), `"rejected":[]`) {
		h.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

// goes lets time pass second by second, with a sweep each minute.
func (h *town) goes(d time.Duration) {
	h.t.Helper()
	for i := time.Duration(0); i < d; i += time.Second {
		h.settle()
		h.Add(time.Second)
		if i%time.Minute == 0 {
			if _, err := h.system.Sweep().Sweep(context.Background()); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	h.settle()
}

// alone is an owner with a phone.
func (h *town) alone(ref string) *person {
	h.t.Helper()
	p := h.person("花子", "ja")
	p.says(h.call(http.MethodPost, "/codes", fmt.Sprintf(`{"account_ref":%q,"account_mask":"普通 ***%04d"}`, ref, len(ref)+4000))["code"].(string))
	return p
}

// since are the messages that came to a phone after the first n.
func (p *person) since(n int) []string { return p.heard()[n:] }

func (p *person) count() int { return len(p.heard()) }

func urgent(m string) bool {
	return strings.Contains(m, "【緊急】") || strings.Contains(m, "[Urgent]")
}

// callbacks are what the bank was told, of a type.
func (b *bank) callbacks(kind string) (out []map[string]any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, v := range b.taken {
		if v["type"] == kind {
			out = append(out, v)
		}
	}
	return out
}

func TestFourDebitsOf75SecondsAreOneStoryOneTapAndOneNumber(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	for i, yen := range []int64{100000, 90000, 90000, 20000} {
		h.sends(h.debit(fmt.Sprint("t", i), yen))
		h.goes(25 * time.Second)
	}
	if last := p.since(n); len(last) != 4 || !strings.Contains(last[3], "4件・300,000円（75秒間）") {
		t.Fatalf("%d messages, the last is %s", len(last), last[len(last)-1])
	}
	if err := h.line.Tap(p.id, tapOf(t, p.since(n)[0]), ""); err != nil { // on the first bubble
		t.Fatal(err)
	}
	h.settle()
	p.reads("KZ-")
	opened := h.bank.callbacks("dispute.opened")
	if len(opened) != 1 || len(opened[0]["transactions"].([]any)) != 4 {
		t.Errorf("the bank hears %v", opened)
	}
}

// tapOf is what the button "not me" of a message carries.
func tapOf(t *testing.T, m string) string {
	t.Helper()
	_, after, ok := strings.Cut(m, `"data":"a=notmine`)
	if !ok {
		t.Fatalf("nothing to press in %s", m)
	}
	data, _, _ := strings.Cut(after, `"`)
	return "a=notmine" + data
}

func TestTwentyDebitsOfASecondAreTwoMessages(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	for i := range 20 {
		h.sends(h.debit(fmt.Sprint("t", i), 1000+int64(i)))
		h.settle()
	}
	h.goes(time.Minute)
	if got := p.since(n); len(got) > 2 || !strings.Contains(got[len(got)-1], "20件・20,190円") {
		t.Errorf("%d messages; the last is %s", len(got), got[len(got)-1])
	}
}

func TestADebitAndItsReversalOfOnePOSTAreNeverUrgent(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	for i := range 8 {
		ref := fmt.Sprint("acc_r", i)
		p := h.alone(ref)
		n := p.count()
		d, r := h.reported(watch.Debit, ref, ref, "ﾄﾞｺﾓｺｳｻﾞ", 50000), h.reported(watch.DebitReversed, ref, ref, "", 0)
		if i%2 == 1 {
			d, r = r, d
		}
		h.sends(d, r)
		h.goes(20 * time.Second)
		for _, m := range p.since(n) {
			if urgent(m) {
				t.Errorf("account %d: what is undone is urgent: %s", i, m)
			}
		}
	}
}

func TestALinkComesBeforeItsDebitWhateverTheOrderOfTheBank(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	for i := range 8 {
		ref := fmt.Sprint("acc_l", i)
		p := h.alone(ref)
		n := p.count()
		link := h.reported(watch.LinkRegistered, "l"+ref, ref, "ﾄﾞｺﾓｺｳｻﾞ", 0)
		h.Add(time.Second)
		debit := h.reported(watch.Debit, ref, ref, "ﾄﾞｺﾓｺｳｻﾞ", 50000)
		if i%2 == 1 {
			link, debit = debit, link
		}
		if i < 4 {
			h.sends(link, debit)
		} else {
			h.sends(link)
			h.sends(debit)
		}
		h.goes(20 * time.Second)
		all := strings.Join(p.since(n), "\n")
		if l, d := strings.Index(all, "登録され"), strings.Index(all, "50,000円"); l < 0 || d < 0 || len(p.since(n)) > 2 {
			t.Errorf("account %d: link at %d, debit at %d, of %d messages: %s", i, l, d, len(p.since(n)), all)
		}
		if err := h.line.Tap(p.id, tapOf(t, p.since(n)[p.count()-n-1]), ""); err != nil {
			t.Fatal(err)
		}
		h.settle()
		opened := h.bank.callbacks("dispute.opened")
		if len(opened) != i+1 || len(opened[i]["transactions"].([]any)) != 2 {
			t.Errorf("account %d: one tap is not about both: %v", i, opened[len(opened)-1])
		}
	}
}

func TestEightDebitsComeInOrderThoughAPushFails(t *testing.T) {
	t.Parallel()
	for _, fault := range []sim.Fault{sim.ServerError, sim.RateLimited, sim.AcceptThenDrop} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			h := newTown(t)
			p := h.alone("acc_1")
			n := p.count()
			for i := range 8 {
				if i == 2 {
					h.line.Fail(1, fault)
				}
				h.sends(h.debit(fmt.Sprint("t", i), 1000*int64(i+1)))
				h.goes(3 * time.Second)
			}
			h.goes(5 * time.Minute)
			debits := 0
			for _, m := range p.since(n) {
				so := 1
				if _, sum, ok := strings.Cut(m, `"合計"`); ok {
					sum = sum[strings.Index(sum, `"text":"`)+len(`"text":"`):]
					if _, err := fmt.Sscanf(sum, "%d件", &so); err != nil {
						t.Fatal(err, sum)
					}
				}
				if so <= debits {
					t.Errorf("after %d debits come %d: %s", debits, so, m)
				}
				debits = so
			}
			if !strings.Contains(p.reads(), "8件・36,000円") {
				t.Error("the last one is not the last: " + p.reads())
			}
			if v := h.line.Violations(); len(v) > 0 {
				t.Error(v)
			}
		})
	}
}

func TestTheLastThingOnTheScreenIsNotAnUrgentMessageOfWhatIsUndone(t *testing.T) {
	t.Parallel()
	for _, fault := range []sim.Fault{sim.ServerError, sim.RateLimited} {
		h := newTown(t)
		p := h.alone("acc_1")
		h.line.Fail(1, fault)
		h.sends(h.debit("t", 50000))
		h.settle()
		h.sends(h.reported(watch.DebitReversed, "t", "acc_1", "", 0))
		h.goes(5 * time.Minute)
		if m := p.reads("取り消"); urgent(m) {
			t.Errorf("%s: %s", fault, m)
		}
	}
}

func TestAPendingDebitThatIsPostedWhileItsAlertIsTriedKeepsItsWords(t *testing.T) {
	t.Parallel()
	for _, fault := range []sim.Fault{sim.ServerError, sim.AcceptThenDrop, sim.Timeout} {
		h := newTownOn(t, impatient)
		p := h.alone("acc_1")
		n := p.count()
		h.line.Fail(1, fault)
		pending := strings.Replace(h.debit("t", 50000), `"type"`, `"status":"pending","type"`, 1)
		h.sends(pending)
		h.settle()
		h.Add(time.Second)
		h.sends(strings.Replace(h.debit("t", 50000), `"e-t-debit"`, `"e-posted"`, 1))
		h.goes(5 * time.Minute)
		if v := h.line.Violations(); len(v) > 0 || len(p.since(n)) != 1 {
			t.Errorf("%s: %d messages, %v", fault, len(p.since(n)), v)
		}
	}
}

func TestNotMineEndsTheTrustThatTheSameAlertGave(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.sends(h.debit("t1", 30000))
	h.settle()
	alert := p.reads("30,000円")
	p.taps("a=mine")
	p.taps("a=trust")
	p.reads("お知らせしません")
	if err := h.line.Tap(p.id, tapOf(t, alert), ""); err != nil {
		t.Fatal(err)
	}
	h.settle()
	p.reads("KZ-")
	h.goes(10 * time.Second)
	h.sends(h.debit("t2", 29000))
	h.goes(10 * time.Second)
	p.reads("29,000円", "お申し出（KZ-")
}

func TestAfterAReportTheSameServiceAndANewLinkJoinIt(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.sends(h.debit("t1", 30000))
	h.settle()
	p.taps("a=notmine")
	number := reference(p.reads("KZ-"))
	h.goes(10 * time.Second)
	for _, e := range []struct{ event, says string }{
		{h.debit("t2", 90000), "90,000円"},
		{h.reported(watch.LinkRegistered, "k1", "acc_1", "KYASH", 0), "Kyash"},
	} {
		h.sends(e.event)
		h.goes(10 * time.Second)
		m := p.reads(e.says, "お申し出（"+number+"）のあとに", "【緊急】")
		if strings.Contains(m, "a=notmine") {
			t.Error("it asks for another tap: " + m)
		}
	}
	updated := h.bank.callbacks("dispute.updated")
	if len(updated) != 2 || len(updated[1]["transactions"].([]any)) != 3 || updated[1]["reference"] != number {
		t.Errorf("the bank hears %v", updated)
	}
}

// reference is the report number in a message.
func reference(m string) string {
	_, after, _ := strings.Cut(m, "KZ-")
	return "KZ-" + after[:min(len(after), len("7F3K-9Q4M"))]
}

func TestWhatComesAfterTheBankClosedAReportIsAStoryOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.sends(h.debit("t1", 30000))
	h.settle()
	p.taps("a=notmine")
	id := h.bank.callbacks("dispute.opened")[0]["dispute_id"].(string)
	h.call(http.MethodPost, "/disputes/"+id+"/status", `{"status":"closed"}`)
	h.goes(10 * time.Second)
	h.sends(h.debit("t2", 90000))
	h.goes(10 * time.Second)
	if m := p.reads("90,000円", "【緊急】"); strings.Contains(m, "お申し出（KZ-") {
		t.Error("it is added to what is closed: " + m)
	}
	p.taps("a=notmine")
	if opened := h.bank.callbacks("dispute.opened"); len(opened) != 2 || opened[0]["reference"] == opened[1]["reference"] {
		t.Errorf("the bank hears %v", opened)
	}
	if n := len(h.bank.callbacks("dispute.updated")); n != 0 {
		t.Errorf("%d updates of what is closed", n)
	}
}
