package detect_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// The bank's API has no event for money that comes in: an event that says it
// is one is refused before it reaches this stage, whatever its descriptor. A
// refund of a debit is its reversal.
func TestMoneyThatComesInIsNoEvent(t *testing.T) {
	refused := func(raw, field string) {
		t.Helper()
		read, err := wire.ReadBody([]byte(raw), "0125", received)
		if err != nil || len(read.Events) != 1 || !read.Events[0].Refused() || read.Events[0].Problems[0].Field != field {
			t.Errorf("%s is read as %+v, %v, and not refused because of its %s", raw, read.Events, err, field)
		}
	}
	for _, kind := range []string{"credit", "deposit", "refund", "debit.refunded", "DEBIT", ""} {
		refused(fmt.Sprintf(`{"id":"evt_1","type":%q,"transaction_id":"1","account_ref":"acc_1","occurred_at":"2020-10-03T14:05:01+09:00","amount":1000,"currency":"JPY","descriptor":"PAYPAY"}`, kind), "type")
	}
	refused(string(debit("acc_1", "1", 1, -1000, "PAYPAY", "")), "amount")
}

// Money that went out is no refund, whatever the line says, and what stands
// behind a name strangers write: both are told as what may be something else.
func TestALineThatSaysMoneyCameInSilencesNoDebit(t *testing.T) {
	h := newHouse(t)
	h.send(t, debit("acc_1", "1", 1, 1000, "振込入金＊　ペイペイ（カ", ""), debit("acc_1", "2", 2, 1000, "還付金　PAYPAY", ""),
		debit("acc_1", "3", 3, 1000, "取消 PAYPAY", ""), debit("acc_1", "4", 4, 1000, "PAYPAY ﾍﾝｷﾝ", ""), debit("acc_1", "5", 5, 1000, "給与＊　ペイペイ（カ", ""))
	got := h.history(t)
	if len(got) != 4 {
		t.Fatalf("%d records, want all but the salary's", len(got))
	}
	for _, r := range got {
		if r.Service != "paypay" || r.Confidence != watch.Undecided {
			t.Errorf("%q is %s, %s", r.Descriptor, r.Service, r.Confidence)
		}
	}
}

// A common word is a payment service only with more than the text.
func TestACommonWordNeedsALink(t *testing.T) {
	h := newHouse(t)
	h.send(t, debit("acc_1", "1", 1, 1000, "口座振替 ｲﾃﾞｱ(ｶ", ""), debit("acc_1", "2", 2, 1000, "ﾄﾞｺﾓ", ""))
	if got := h.history(t); len(got) != 0 {
		t.Fatalf("%d records of firms that are called so, and of telephone bills", len(got))
	}
	h.send(t, linked("acc_1", "3", 3, "idare"), debit("acc_1", "4", 4, 1000, "口座振替 ｲﾃﾞｱ(ｶ", ""), linked("acc_1", "5", 5, "docomo"), debit("acc_1", "6", 6, 1000, "ﾄﾞｺﾓ", ""))
	services := map[string]int{}
	for _, r := range h.history(t) {
		if r.Kind == watch.Debit {
			services[r.Service]++
		}
	}
	if services["idare"] != 1 || services["docomo"] != 1 {
		t.Errorf("debits behind links are %v", services)
	}
}

// A reversal settles the alert it belongs to: it is told as undone to those
// who were told, whatever text the bank prints for it, and never as an alert.
func TestAReversalSettlesItsAlert(t *testing.T) {
	h := newHouse(t)
	h.send(t, debit("acc_1", "1", 1, 1000, "PAYPAY", ""))
	if n := len(h.deliveries(t)); n != 1 {
		t.Fatalf("%d deliveries of the alert", n)
	}
	h.accept(t)
	h.send(t, jsontext.Value(`{"id":"evt_r","type":"debit.reversed","transaction_id":"1","account_ref":"acc_1","occurred_at":"2020-10-03T14:05:59+09:00","amount":1000,"currency":"JPY","descriptor":"PAYPAY"}`))
	h.send(t, reversal("never-seen"))
	got := h.history(t)
	alerts := 0
	for _, r := range got {
		if r.IsAlert() {
			alerts++
			if r.UndoneAt.IsZero() {
				t.Errorf("the alert still stands: %+v", r)
			}
		}
	}
	if alerts != 1 {
		t.Errorf("%d alerts, want the one", alerts)
	}
	act, err := h.store.Activity(context.Background(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	if s := act.Services["paypay"]; s.Months["2020-10"] != 0 {
		t.Errorf("the month's total is %d after the reversal", s.Months["2020-10"])
	}
	undone := 0
	for _, r := range got {
		for _, d := range r.Deliveries {
			if d.Kind == watch.TellUndone {
				undone++
			}
		}
	}
	if undone != 1 {
		t.Errorf("%d deliveries say that the debit is undone, want 1", undone)
	}
}

// Undecided is told by default, and left out for somebody who chose so.
func TestUndecidedIsTreatedAsThePersonChose(t *testing.T) {
	for _, ignore := range []bool{false, true} {
		h := newHouse(t)
		a := &watch.Account{AccountKey: h.key, Mask: "普通 ***4567", Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner,
			LineUser: lineUser, Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}}
		a.Watchers[0].Rules.IgnoreUndecided = ignore
		a.Version = 1
		if err := h.store.Write(context.Background(), store.PutAccount(a)); err != nil {
			t.Fatal(err)
		}
		h.send(t, debit("acc_1", "1", 1, 1000, "PAYPAYｶ", ""))
		want := 1
		if ignore {
			want = 0
		}
		if n := len(h.deliveries(t)); n != want {
			t.Errorf("ignoring undecided is %v: %d deliveries, want %d", ignore, n, want)
		}
	}
}

// linked is a new charge link with a service.
func linked(ref, txn string, second int, service string) jsontext.Value {
	return jsontext.Value(fmt.Sprintf(`{"id":"evt_%s","type":"charge_link.registered","transaction_id":%q,"account_ref":%q,"occurred_at":"2020-10-03T14:05:%02d+09:00","service":%q}`,
		txn, txn, ref, second, service))
}
