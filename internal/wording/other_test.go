package wording

import (
	"strings"
	"testing"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
)

// Whatever the catalogue says that a debit may be instead reads as a whole in
// both languages: what cannot be translated is said only of another of that name.
func TestWhatADebitMayBeInsteadIsSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	bills := map[string]string{}
	for _, line := range strings.Split(string(catalog.Text()), "\n") {
		kind, value, ok := strings.Cut(line, ": ")
		if !ok || !strings.Contains("Bill Not Brand Front", kind) {
			continue
		}
		word, _, _ := strings.Cut(value, " |")
		letters := []rune(word)
		for _, name := range []string{"PAYPAY", "ペイペイ", "ファミペイ", "メルペイ", "エーユーペイ", "ラクテンペイ", ""} {
			for k := range len(letters) + 1 {
				for _, text := range []string{name + string(letters[:k]), word + "　" + name} {
					d := catalog.Decide(&catalog.Evidence{Bank: "0005", Descriptor: text})
					if bill := d.Bill(); bill != "" {
						bills[bill] = text
					}
				}
			}
		}
	}
	if len(bills) < 15 {
		t.Errorf("only %d: %v", len(bills), bills)
	}
	for bill, text := range bills {
		r := &watch.Record{Confidence: watch.Undecided, Other: bill}
		en := itWas(watch.English, r)
		if strings.Contains(en, tOtherNamesake.en) {
			t.Errorf("%s (%s) is %q", bill, text, en)
		}
		if ja := itWas(watch.Japanese, r); len([]rune(ja)) > labelRoom || len([]rune(en)) > labelRoom {
			t.Errorf("%q or %q is more than a button has room for", ja, en)
		}
	}
}

// Where one of the debits may be something else, no title and no list says that
// the service took them.
func TestWhatMayBeSomethingElseIsNowhereSaidToBeTheServices(t *testing.T) {
	t.Parallel()
	part := func(id string, c watch.Confidence) *watch.Record {
		r := debit()
		r.ID, r.Service, r.Complete, r.Confidence = id, "paypay", true, c
		r.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}
		if c == watch.Undecided {
			r.Other = "PayPayカードの請求"
		}
		return r
	}
	for name, c := range map[string]struct {
		parts []*watch.Record // the newest first
		some  bool
	}{
		"two that are sure":    {[]*watch.Record{part("b", watch.Seen), part("a", watch.Seen)}, false},
		"a doubtful one last":  {[]*watch.Record{part("b", watch.Undecided), part("a", watch.Seen)}, true},
		"a doubtful one first": {[]*watch.Record{part("b", watch.Seen), part("a", watch.Undecided)}, true},
		"two doubtful ones":    {[]*watch.Record{part("b", watch.Undecided), part("a", watch.Undecided)}, true},
		"a doubtful one":       {[]*watch.Record{part("b", watch.Undecided)}, true},
		"a sure one":           {[]*watch.Record{part("b", watch.Seen)}, false},
	} {
		for lang, word := range map[watch.Lang]string{watch.Japanese: "ほかの支払い", watch.English: "something else"} {
			said := map[string]string{}
			e := HistoryEntry{Record: c.parts[len(c.parts)-1], Parts: c.parts, Service: "PayPay"}
			said["a list"] = e.label(lang, false)
			lead := part("lead", c.parts[0].Confidence)
			for _, p := range c.parts[1:] {
				lead.Join(p)
			}
			it := OpenItem{Lead: lead, Watcher: "w1", ServiceName: "PayPay"}
			said["what waits"] = it.card(lang, false, lead.OccurredAt).Title
			if len(c.parts) > 1 {
				f := IncidentFacts{Debits: len(c.parts), Yen: 2000, First: lead.OccurredAt, Last: lead.OccurredAt}
				for _, p := range c.parts {
					f.Parts = append(f.Parts, AlertFacts{Record: p, Delivery: watch.Delivery{Lang: lang}, ServiceName: "PayPay", CanAnswer: true})
				}
				said["a message"] = Incident(f).Title
				f.Debits++
				said["a message of more"] = Incident(f).Title
			}
			for where, got := range said {
				if strings.Contains(got, word) != c.some {
					t.Errorf("%s: %s says %q", name, where, got)
				}
			}
		}
	}
	for _, confidence := range []watch.Confidence{watch.Undecided, watch.Seen} { // others of the month may be doubtful
		a := AlertFacts{Record: part("a", confidence), Notice: watch.Notice{Watcher: "w1", Reasons: watch.Because(watch.MonthlyTotal)}, ServiceName: "PayPay"}
		if got := strings.Join(a.why(), ""); !strings.Contains(got, "PayPayとみられる引き落とし") || !strings.Contains(got, "合計") {
			t.Errorf("of the month's sum it is said: %q", got)
		}
	}
	for _, why := range []watch.Reasons{watch.Because(watch.FirstSeen), watch.Because(watch.FirstWatched), watch.Because(watch.FirstWatched | watch.FirstLately)} {
		for confidence, word := range map[watch.Confidence]string{watch.Undecided: "PayPayとみられる引き落とし", watch.Seen: "PayPayの引き落とし"} {
			a := AlertFacts{Record: part("a", confidence), Notice: watch.Notice{Watcher: "w1", Reasons: why}, ServiceName: "PayPay"}
			if got := strings.Join(a.why(), ""); !strings.Contains(got, word) {
				t.Errorf("of the first %s it is said: %q", confidence, got)
			}
		}
	}
	own := part("a", watch.Undecided)
	own.Answer = &watch.Answer{Value: watch.Mine, Other: true}
	if got := (&HistoryEntry{Record: own, Service: "PayPay"}).label(watch.Japanese, true); got != "PayPayカードの請求" {
		t.Errorf("of what the person said to be the card's bill a list says %q", got)
	}
}

// The third answer is of one debit alone: of an incident with more, or that goes
// on from a full one, "it was the card" would be said of all.
func TestItWasTheCardIsAskedOfOneDebitAlone(t *testing.T) {
	t.Parallel()
	r := debit()
	r.Confidence, r.Other = watch.Undecided, "PayPayカードの請求"
	for among, want := range map[bool]int{false: 1, true: 0} {
		a := AlertFacts{Record: r, Delivery: watch.Delivery{Watcher: "w1", ID: "d1"}, ServiceName: "PayPay", CanAnswer: true, Among: among}
		n := 0
		for _, b := range a.buttons() {
			if strings.Contains(b.Postback, "o=1") {
				n++
			}
		}
		if n != want {
			t.Errorf("among others: %v, and %d buttons say that it was the card", among, n)
		}
	}
}
