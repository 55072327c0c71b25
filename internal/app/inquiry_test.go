package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// asks has the bank ask about what items name.
func (h *town) asks(items ...string) []map[string]any {
	h.t.Helper()
	rep := h.call(http.MethodPost, "/inquiries", `{"items":[`+strings.Join(items, ",")+`]}`)
	h.settle()
	return inquiriesOf(rep)
}

func inquiriesOf(rep map[string]any) (out []map[string]any) {
	for _, q := range rep["inquiries"].([]any) {
		out = append(out, q.(map[string]any))
	}
	return out
}

// asked reads the request of an inquiry again.
func (h *town) asked(q map[string]any, query string) []map[string]any {
	h.t.Helper()
	return inquiriesOf(h.call(http.MethodGet, fmt.Sprint("/inquiries/", q["request_id"], query), ""))
}

func aboutTxn(ref, txn string) string {
	return fmt.Sprintf(`{"account_ref":%q,"transaction_id":%q}`, ref, txn)
}

// A bank asks, the person presses one of the two buttons of an alert, and the bank hears
// which: also what is taken back.
func TestABankAsksAndHearsWhatIsAnswered(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.sends(h.reported(watch.LinkRegistered, "l1", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0))
	h.later(30 * time.Hour)
	h.sends(h.debit("t1", 90000))
	h.later(30 * time.Hour)
	h.sends(h.reported(watch.Debit, "t2", "acc_1", "PAYPAY", 3000))
	h.later(time.Hour)

	link := h.asks(aboutTxn("acc_1", "t2"))[0]
	if link["state"] != "asked" || link["kind"] != "debit" || link["to_phone"] != false {
		t.Errorf("it is %v", link)
	}
	p.reads("七十七銀行からの確認です。これは、あなたですか？", "までにお答えください", "3,000円", "a=notmine", "a=mine")
	if m := p.reads(); strings.Contains(m, `"altText":"【お知らせ】`) || !strings.Contains(m, `"altText":"【確認】銀行から`) {
		t.Error("a locked phone shows " + m)
	}
	p.taps("a=mine")
	h.later(time.Minute)
	got := h.bank.callbacks("inquiry.answered")
	if len(got) != 1 || got[0]["state"] != "mine" || got[0]["answered_by"] != "owner" || got[0]["via"] != "line" || got[0]["transaction_id"] != "t2" || got[0]["account_ref"] != "acc_1" || got[0]["inquiry_id"] != link["inquiry_id"] {
		t.Errorf("the bank hears %v", got)
	}
	if is := h.asked(link, "")[0]; is["state"] != "mine" || is["reached_at"] == nil || is["to_phone"] != false {
		t.Errorf("it reads %v", is)
	}

	debit := h.asks(aboutTxn("acc_1", "t1"))[0]
	p.reads("七十七銀行からの確認です")
	p.taps("a=notmine")
	h.later(time.Minute)
	got = h.bank.callbacks("inquiry.answered")
	if n := len(h.bank.callbacks("dispute.opened")); len(got) != 2 || got[1]["state"] != "not_mine" || got[1]["dispute_reference"] == nil || n != 1 {
		t.Errorf("the bank hears %v, and %d reports", got, n)
	}
	p.taps("a=undo")
	h.later(time.Minute)
	if got := h.bank.callbacks("inquiry.withdrawn"); len(got) != 1 || got[0]["withdrawn_at"] == nil || got[0]["answered_at"] != nil {
		t.Errorf("the bank hears %v", got)
	}
	if left := h.asked(debit, "?to_phone=true"); len(left) != 1 || left[0]["state"] != "withdrawn" {
		t.Errorf("to phone: %v", left)
	}
	if left := h.asked(debit, "?to_phone=false"); len(left) != 0 {
		t.Errorf("not to phone: %v", left)
	}
}

// Who is asked of what, and why not; whom the bank is left to phone.
func TestWhoIsAskedAndWhoIsToBePhoned(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.sends(h.debit("t1", 90000), h.reported(watch.Debit, "u1", "acc_9", "PAYPAY", 100))
	h.later(time.Hour)
	n := p.count()
	all := h.asks(aboutTxn("acc_1", "t1"), aboutTxn("acc_1", "none"), aboutTxn("acc_9", "u1"), `{"account_ref":"acc_1","service":"docomo"}`, `{"account_ref":"acc_1","service":"paypay"}`)
	var got []string
	for _, q := range all {
		got = append(got, fmt.Sprint(q["state"], " ", q["reason"], " ", q["to_phone"]))
	}
	want := []string{"asked <nil> false", "not_asked not_known true", "not_asked no_watcher true", "not_asked already_asked false", "not_asked not_known true"}
	if !slices.Equal(got, want) || all[3]["same_as"] != all[0]["inquiry_id"] {
		t.Errorf("%q, want %q: %v", got, want, all[3])
	}
	if p.count() != n+1 {
		t.Errorf("the phone has %d more messages", p.count()-n)
	}
	h.later(25 * time.Hour)
	if got := h.bank.callbacks("inquiry.unanswered"); len(got) != 1 || got[0]["state"] != "unanswered" {
		t.Errorf("the bank hears %v", got)
	}
	if left := h.asked(all[0], "?to_phone=true"); len(left) != 4 {
		t.Errorf("to phone: %v", left)
	}
	p.taps("a=mine") // later than asked for, and heard all the same
	h.later(time.Minute)
	if got := h.bank.callbacks("inquiry.answered"); len(got) != 1 || got[0]["state"] != "mine" {
		t.Errorf("the bank hears %v", got)
	}
	again := h.asks(aboutTxn("acc_1", "t1"))[0]
	if again["state"] != "mine" || again["answered_at"] == nil || p.count() != n+2 {
		t.Errorf("what is answered is %v, %d more messages", again, p.count()-n)
	}
}

// The same request by its key asks no one twice, and another one under it is refused.
func TestARequestThatComesAgainAsksNoOneTwice(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.sends(h.debit("t1", 90000))
	h.later(time.Hour)
	n := p.count()
	post := func(body string) (int, map[string]any) {
		req, err := http.NewRequest(http.MethodPost, h.url+"/v1/banks/0125/inquiries", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Authorization": {"Bearer " + h.key}, "Content-Type": {"application/json"}, "Idempotency-Key": {"monday"}}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var out map[string]any
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
			t.Fatal(err)
		}
		h.settle()
		return res.StatusCode, out
	}
	one := `{"items":[` + aboutTxn("acc_1", "t1") + `],"clerk":"佐藤"}`
	_, first := post(one)
	code, second := post(one)
	if code != 200 || first["request_id"] != second["request_id"] || p.count() != n+1 {
		t.Errorf("%d, %v and %v, %d messages", code, first, second, p.count()-n)
	}
	if code, _ := post(`{"items":[` + aboutTxn("acc_1", "t2") + `],"clerk":"佐藤"}`); code != 409 {
		t.Errorf("another request: %d", code)
	}
	list := h.call(http.MethodGet, "/inquiries", "")["requests"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["clerk"] != "佐藤" {
		t.Errorf("listed: %v", list)
	}
	if names := slices.Sorted(maps.Keys(list[0].(map[string]any))); !slices.Equal(names, []string{"all", "answer_by", "asked_at", "clerk", "request_id"}) {
		t.Errorf("it has %v", names)
	}
}

// What a trust keeps from people is asked about all the same.
func TestAnInquiryReachesThoseWhoWereToldNothing(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	h.sends(h.debit("t1", 500))
	h.later(time.Hour)
	p.taps("a=mine")
	p.taps("a=trust")
	h.later(48 * time.Hour)
	n := p.count()
	h.sends(h.debit("t2", 400))
	h.later(time.Hour)
	if p.count() != n {
		t.Fatalf("a trusted debit rings: %s", p.reads())
	}
	h.asks(aboutTxn("acc_1", "t2"))
	p.reads("七十七銀行からの確認です", "400円")
	p.taps("a=notmine")
	h.later(time.Minute)
	if got := h.bank.callbacks("inquiry.answered"); len(got) != 1 || got[0]["state"] != "not_mine" {
		t.Errorf("the bank hears %v", got)
	}
}

// The people of an account are told of few inquiries a day, whatever its bank sends.
func TestABankAsksAnAccountOfFewThingsADay(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	var items []string
	for i := range watch.MostInquiries + 2 {
		txn := fmt.Sprint("t", i)
		h.sends(h.reported(watch.Debit, txn, "acc_1", []string{"PAYPAY", "ﾄﾞｺﾓｺｳｻﾞ"}[i%2], int64(1000+i)))
		h.later(30 * time.Hour)
		items = append(items, aboutTxn("acc_1", txn))
	}
	n := p.count()
	got := map[any]int{}
	for _, q := range h.asks(items...) {
		got[q["reason"]]++
	}
	if got[nil] != watch.MostInquiries || got["too_many"] != 2 || p.count() != n+watch.MostInquiries {
		t.Errorf("%v, %d messages", got, p.count()-n)
	}
}
