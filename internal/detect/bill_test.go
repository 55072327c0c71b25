package detect_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/catalog"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// on is a debit of a day.
func on(day, descriptor string, amount int, more string) jsontext.Value {
	return jsontext.Value(fmt.Sprintf(`{"id":"evt_%s%s","type":"debit","transaction_id":"%s%s","account_ref":"acc_1","occurred_at":"%sT09:05:01+09:00","amount":%d,"currency":"JPY","descriptor":%q%s}`,
		day, descriptor, day, descriptor, day, amount, descriptor, more))
}

// months are debits of the months before October 2020, of which each is like
// a card's bill.
func months(descriptor string) []jsontext.Value {
	return []jsontext.Value{on("2020-06-02", descriptor, 21_987, ""), on("2020-07-01", descriptor, 28_110, ""), on("2020-08-03", descriptor, 40_005, ""), on("2020-09-01", descriptor, 19_333, "")}
}

// told are the descriptors of the debits that rang.
func (h *house) told(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, r := range h.history(t) {
		if r.IsAlert() && r.Kind == watch.Debit && !r.Past {
			out[r.Descriptor.Raw()]++
		}
	}
	return out
}

// What may be a bill and comes each month as one is silent, and so is the next
// month's; what may be something unknown is told, as is a bill's double.
func TestABillIsToldByItsRhythm(t *testing.T) {
	h := newHouse(t)
	for _, descriptor := range []string{"PAYPAYｶ", "PAYPAYｸﾞﾙﾒ", "PAYPAY"} {
		h.send(t, months(descriptor)...)
		h.send(t, on("2020-10-01", descriptor, 31_872, ""))
	}
	if got := h.told(t); got["PAYPAYｶ"] != 0 || got["PAYPAYｸﾞﾙﾒ"] != 1 || got["PAYPAY"] != 1 {
		t.Errorf("told of %v", got)
	}
	bills, err := h.store.Bills(t.Context(), h.key)
	if err != nil || len(bills.Forms) != 1 || len(bills.Forms[0].Debits) != 5 {
		t.Errorf("remembered are %+v (%v)", bills, err)
	}
	if act, err := h.store.Activity(t.Context(), h.key); err != nil || act.Bills != nil {
		t.Errorf("each alert would write %+v (%v)", act.Bills, err)
	}
	h.send(t, on("2020-10-01", "PAYPAYｶ", 31_872, "")) // once more
	h.send(t, on("2020-10-03", "PAYPAYｶ", 9_000, ""))  // a second one in the month
	if got := h.told(t); got["PAYPAYｶ"] != 1 {
		t.Errorf("told of %v", got)
	}
}

// A bill of which somebody wants to hear all the same is a bill: the next month's
// rests on it, too.
func TestABillThatIsToldForAnotherReasonIsRemembered(t *testing.T) {
	h := newHouse(t)
	h.rules(func(r *watch.Rules) { r.AnyDebit = 1 })
	h.send(t, months("PAYPAYｶ")...)
	h.send(t, on("2020-10-01", "PAYPAYｶ", 31_872, ""))
	if rs := h.history(t); rs[0].Service != "" || !rs[0].IsAlert() {
		t.Errorf("told is %+v", rs[0])
	}
	bills, err := h.store.Bills(t.Context(), h.key)
	if err != nil || len(bills.Forms) != 1 || len(bills.Forms[0].Debits) != 5 {
		t.Errorf("remembered are %+v (%v)", bills, err)
	}
}

// A bill is remembered though its bank says that it replaces the debit of its own id.
func TestABillThatReplacesItselfIsRemembered(t *testing.T) {
	h := newHouse(t)
	h.send(t, months("PAYPAYｶ")...)
	h.send(t, on("2020-10-01", "PAYPAYｶ", 31_872, `,"replaces":"2020-10-01PAYPAYｶ"`))
	if bills, err := h.store.Bills(t.Context(), h.key); err != nil || len(bills.Forms) != 1 || len(bills.Forms[0].Debits) != 5 {
		t.Errorf("remembered are %+v (%v)", bills, err)
	}
	if got := h.told(t); got["PAYPAYｶ"] != 0 {
		t.Errorf("told of %v", got)
	}
}

// The version before kept bills within the activity: they still count, and stay
// there, so that it would know them after a rollback.
func TestBillsOfTheVersionBeforeStillCount(t *testing.T) {
	h := newHouse(t)
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	old := watch.Bill{Form: catalog.Form("PAYPAYｶ")}
	for month, yen := range []int64{21_987, 28_110, 40_005} {
		old.Debits = append(old.Debits, watch.BillDebit{At: time.Date(2020, time.Month(6+month), 2, 0, 0, 0, 0, time.UTC), Amount: yen})
	}
	act.Bills = []watch.Bill{old}
	h.Put(store.PutActivity(h.key, act))
	for _, day := range []string{"2020-09-02", "2020-10-02"} {
		h.send(t, on(day, "PAYPAYｶ", 19_333, ""))
	}
	h.send(t, on("2020-10-03", "PAYPAY", 500, ""))
	if got := h.told(t); got["PAYPAYｶ"] != 0 || got["PAYPAY"] != 1 {
		t.Errorf("told of %v", got)
	}
	if act, err = h.store.Activity(t.Context(), h.key); err != nil || len(act.Bills) != 1 || len(act.Bills[0].Debits) != 3 {
		t.Errorf("the version before would know %+v (%v)", act.Bills, err)
	}
	if bills, err := h.store.Bills(t.Context(), h.key); err != nil || len(bills.Forms) != 1 || len(bills.Forms[0].Debits) != 5 {
		t.Errorf("kept are %+v (%v)", bills, err)
	}
}

func TestARhythmSilencesNothingThatIsLinkedOrWasReported(t *testing.T) {
	for name, before := range map[string]func(*house){
		"linked": func(h *house) { h.send(t, linked("acc_1", "link", 1, "paypay")) },
		"reported": func(h *house) {
			act, err := h.store.Activity(t.Context(), h.key)
			if err != nil {
				t.Fatal(err)
			}
			act.Report(&watch.Dispute{ID: "d1", Service: "paypay", AnsweredAt: received}, true)
			if err := h.store.Write(t.Context(), store.PutActivity(h.key, act)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		h := newHouse(t)
		h.send(t, months("PAYPAYｶ")...)
		before(h)
		h.send(t, on("2020-10-04", "PAYPAYｶ", 31_872, ""))
		if got := h.told(t); got["PAYPAYｶ"] != 1 {
			t.Errorf("%s: told of %v", name, got)
		}
	}
}

// A record says what bill it may be, and the setting that leaves those out
// leaves out nothing else.
func TestIgnoringBillsSilencesNoUnknownWord(t *testing.T) {
	h := newHouse(t)
	a := &watch.Account{AccountKey: h.key, Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: lineUser,
		Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}}
	a.Watchers[0].Rules.IgnoreUndecided = true
	a.Version = 1
	if err := h.store.Write(t.Context(), store.PutAccount(a)); err != nil {
		t.Fatal(err)
	}
	for i, descriptor := range []string{"PAYPAYｶ", "ﾍﾟｲﾍﾟｲｸﾞﾙﾒ", "PAYPAY ﾍﾝｷﾝ", "返金 PAYPAY"} {
		h.send(t, debit("acc_1", fmt.Sprint(i), i, 1000, descriptor, ""))
	}
	if got := h.told(t); got["PAYPAYｶ"] != 0 || len(got) != 3 {
		t.Errorf("told of %v", got)
	}
	for _, r := range h.history(t) {
		if want := map[string]string{"PAYPAYｶ": "PayPayカードの請求"}[r.Descriptor.Raw()]; r.Other != want {
			t.Errorf("%s may be %q, want %q", r.Descriptor, r.Other, want)
		}
	}
}

// What is remembered of a bill is written once, and not again with what the same call
// holds of other debits.
func TestABillIsWrittenOnce(t *testing.T) {
	h := newHouse(t)
	h.send(t, months("PAYPAYｶ")...)
	bills := store.PutBills(h.key, &watch.Bills{}).Item.Key
	c := h.counting()
	h.send(t, on("2020-10-01", "PAYPAYｶ", 31_872, ""), debit("acc_1", "d", 1, 3000, "ﾄﾞｺﾓｺｳｻﾞ", ""), debit("acc_1", "e", 2, 3000, "ﾄﾞｺﾓｺｳｻﾞ", ""))
	n := 0
	for _, k := range c.wrote {
		if k == bills {
			n++
		}
	}
	if n != 1 || c.writes != 3 {
		t.Errorf("bills are written %d times, in %d writes of three debits", n, c.writes)
	}
}
