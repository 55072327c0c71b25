package catalog

import (
	"slices"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A rhythm is a bill's: one debit in each of the three months before, about the
// same day, not of round sums alone, and none yet this month.
func TestWhatMakesARhythm(t *testing.T) {
	t.Parallel()
	at := func(days ...string) (out []Past) {
		for i, d := range days {
			out = append(out, Past{on(d), int64(20_001 + i)})
		}
		return out
	}
	of := func(past []Past, yen ...int64) []Past {
		for i := range past {
			past[i].Amount = yen[i]
		}
		return past
	}
	for _, c := range []struct {
		name string
		now  string
		yen  int64
		past []Past
		want bool
	}{
		{"three months", "2026-11-27", 30_001, at("2026-10-27", "2026-09-27", "2026-08-27"), true},
		{"in any order", "2026-11-27", 30_001, at("2026-08-27", "2026-10-27", "2026-09-27"), true},
		{"two months", "2026-11-27", 30_001, at("2026-10-27", "2026-09-27"), false},
		{"three months, the latest missing", "2026-11-27", 30_001, at("2026-09-27", "2026-08-27", "2026-07-27"), false},
		{"three months with a gap", "2026-11-27", 30_001, at("2026-10-27", "2026-08-27", "2026-07-27"), false},
		{"four months, the oldest missing", "2026-11-27", 30_001, at("2026-10-27", "2026-09-27", "2026-08-27", "2026-06-27"), true},
		{"two in a month", "2026-11-27", 30_001, at("2026-10-27", "2026-10-28", "2026-09-27", "2026-08-27"), false},
		{"two in a month long before", "2026-11-27", 30_001, at("2026-10-27", "2026-09-27", "2026-08-27", "2026-06-27", "2026-06-28"), true},
		{"one this month", "2026-11-27", 30_001, at("2026-11-25", "2026-10-27", "2026-09-27", "2026-08-27"), false},
		{"four days before the day", "2026-11-27", 30_001, at("2026-10-23", "2026-09-27", "2026-08-27"), true},
		{"five days before the day", "2026-11-27", 30_001, at("2026-10-22", "2026-09-27", "2026-08-27"), false},
		{"four days after the day", "2026-11-23", 30_001, at("2026-10-27", "2026-09-23", "2026-08-23"), true},
		{"five days after the day", "2026-11-22", 30_001, at("2026-10-27", "2026-09-22", "2026-08-22"), false},
		{"another day, long before", "2026-11-27", 30_001, at("2026-10-27", "2026-09-27", "2026-08-27", "2026-05-10"), false},
		{"another day, more than a year before", "2026-11-27", 30_001, at("2026-10-27", "2026-09-27", "2026-08-27", "2025-11-10"), true},
		{"another day, eleven months before", "2026-11-27", 30_001, at("2026-10-27", "2026-09-27", "2026-08-27", "2025-12-10"), false},
		{"what is dated after it", "2026-11-27", 30_001, at("2026-12-10", "2026-10-27", "2026-09-27", "2026-08-27"), true},
		{"over the end of the year", "2027-01-27", 30_001, at("2026-12-27", "2026-11-27", "2026-10-27"), true},
		{"over the ends of months", "2026-12-01", 30_001, at("2026-11-01", "2026-09-30", "2026-09-01"), false},
		{"on the last day, or the first after it", "2026-12-31", 30_001, at("2026-11-30", "2026-10-31", "2026-09-30"), true},
		{"moved over the end of a month", "2026-10-30", 30_001, at("2026-09-30", "2026-08-01", "2026-07-30"), true},
		{"round sums", "2026-11-27", 500, of(at("2026-10-27", "2026-09-27", "2026-08-27"), 1000, 1500, 10_000), false},
		{"round sums, and now another", "2026-11-27", 501, of(at("2026-10-27", "2026-09-27", "2026-08-27"), 1000, 1500, 10_000), true},
		{"another sum among round ones", "2026-11-27", 500, of(at("2026-10-27", "2026-09-27", "2026-08-27"), 1000, 1499, 10_000), true},
	} {
		d := Decide(&Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", At: on(c.now), Amount: c.yen, Past: c.past})
		if silent := d.Strength == None; silent != c.want || d.Billed() != c.want {
			t.Errorf("%s: %s, want a rhythm: %v", c.name, decided(&d), c.want)
		}
	}
	if d := Decide(&Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", Amount: 30_001, Past: at("2026-10-27", "2026-09-27", "2026-08-27")}); d.Billed() {
		t.Errorf("a debit of no day is silent: %s", decided(&d))
	}
	// Behind a real-time rail it is no bill, whatever its rhythm.
	if d := Decide(&Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", Rail: "realtime", At: on("2026-11-27"), Amount: 30_001, Past: at("2026-10-27", "2026-09-27", "2026-08-27")}); d.Strength == None {
		t.Errorf("behind a real-time rail: %s", decided(&d))
	}
}

// A link explains a debit for 72 hours, and for as long as it stands is a sign
// of the wallet; one that was removed, or of another service, is none.
func TestWhatLinksSay(t *testing.T) {
	t.Parallel()
	now := on("2026-11-27")
	for _, c := range []struct {
		name  string
		links []Linked
		none  bool // the moment of the debit is not known
		want  string
	}{
		{"no link", nil, false, "likely | merpay: name guessed"},
		{"a link of that moment", []Linked{{Service: "merpay", At: now}}, false, "sure | merpay: name guessed, linked within the last 72 hours"},
		{"a link 72 hours old", []Linked{{Service: "merpay", At: now.Add(-72 * time.Hour)}}, false, "sure | merpay: name guessed, linked within the last 72 hours"},
		{"an older link", []Linked{{Service: "merpay", At: now.Add(-72*time.Hour - 1)}}, false, "sure | merpay: name guessed, linked with the account"},
		{"a link made afterwards", []Linked{{Service: "merpay", At: now.Add(1)}}, false, "sure | merpay: name guessed, linked with the account"},
		{"an old link and a new one", []Linked{{Service: "merpay", At: now.AddDate(-1, 0, 0)}, {Service: "merpay", At: now.Add(-time.Hour)}}, false, "sure | merpay: name guessed, linked within the last 72 hours"},
		{"a new link and an old one", []Linked{{Service: "merpay", At: now.Add(-time.Hour)}, {Service: "merpay", At: now.AddDate(-1, 0, 0)}}, false, "sure | merpay: name guessed, linked within the last 72 hours"},
		{"a link that was removed", []Linked{{Service: "merpay", At: now.Add(-time.Hour), Removed: true}}, false, "likely | merpay: name guessed"},
		{"a link that was removed, and one that stands", []Linked{{Service: "merpay", Removed: true}, {Service: "merpay", At: now.AddDate(-1, 0, 0)}}, false, "sure | merpay: name guessed, linked with the account"},
		{"a link of another service", []Linked{{Service: "paypay", At: now}}, false, "likely | merpay: name guessed"},
		{"a debit of no day", []Linked{{Service: "merpay", At: now}}, true, "sure | merpay: name guessed, linked with the account"},
	} {
		e := Evidence{Bank: "0168", Descriptor: "ﾒﾙﾍﾟｲ", At: now, Links: c.links}
		if c.none {
			e.At = time.Time{}
		}
		if d := Decide(&e); decided(&d) != c.want {
			t.Errorf("%s: %s, want %s", c.name, decided(&d), c.want)
		}
	}
	// A common name with an old link alone may still be another's.
	if d := Decide(&Evidence{Bank: "0168", Descriptor: "口座振替 イデア（カ", At: now, Links: []Linked{{Service: "idare", At: now.AddDate(-1, 0, 0)}}}); d.Strength != Two {
		t.Errorf("a common name, linked a year before: %s", decided(&d))
	}
	// A name that is a bill at this bank is the service's right after its link.
	for at, want := range map[time.Time]Strength{now: Two, now.Add(-72 * time.Hour): Two, now.Add(-72*time.Hour - 1): None, now.AddDate(-1, 0, 0): None} {
		if d := Decide(&Evidence{Bank: "0005", Descriptor: "口座振替３", Detail: "メルペイ", At: now, Links: []Linked{{Service: "merpay", At: at}}}); d.Strength != want {
			t.Errorf("a bill at this bank, linked at %s: %s, want %s", at, decided(&d), want)
		}
	}
	// What the links say counts for debits alone.
	if d := Decide(&Evidence{Bank: "0168", Descriptor: "ﾒﾙﾍﾟｲ", Link: true, At: now, Links: []Linked{{Service: "merpay", At: now}}}); d.Strength != Likely {
		t.Errorf("a link: %s", decided(&d))
	}
}

// The account's links may decide what the text does not, and only there.
func TestWhatHingesOnLinks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		e    Evidence
		want bool
	}{
		{Evidence{Bank: "0168", Descriptor: "ﾄﾞｺﾓ"}, true},
		{Evidence{Bank: "0168", Descriptor: "口座振替 イデア（カ"}, true},
		{Evidence{Bank: "0005", Descriptor: "口座振替３", Detail: "メルペイ"}, true},
		{Evidence{Bank: "0168", Descriptor: "ｶﾞｽﾘﾖｳｷﾝ"}, false},
		{Evidence{Bank: "0168", Descriptor: "PAYPAYｶ-ﾄﾞ"}, false},
		{Evidence{Bank: "0168", Descriptor: "PAYPAY"}, false}, // it is told already
		{Evidence{Bank: "0168", Descriptor: "ﾄﾞｺﾓ", Link: true}, false},
		{Evidence{Bank: "0168", Descriptor: "ﾄﾞｺﾓ", Links: []Linked{{Service: "paypay"}}}, false}, // they are known
		{Evidence{Bank: "0168", Descriptor: "ﾄﾞｺﾓ", In: true}, false},
	} {
		if d := Decide(&c.e); d.Hinges() != c.want {
			t.Errorf("%+v (%s) hinges on links: %v", c.e, decided(&d), d.Hinges())
		}
	}
}

// A name is somebody else's on a day or for a sum that its service does not
// take, unless the bank itself names it.
func TestADayOrASumThatTheServiceDoesNotTake(t *testing.T) {
	t.Parallel()
	e, err := With(File{"more.rec", []byte(kemu + "Once: 10000 | 2026-11 | y\nFrom: 2020-04-01 | y\nUntil: 2027-03-31 | y\nBrand: カード | けむカードの請求 | y\n")})
	if err != nil {
		t.Fatal(err)
	}
	likely, ended, tooMuch := "likely | kemu: name guessed", "two readings | kemu: name guessed, service had ended or not begun on that day | 別の支払い: service had ended or not begun on that day",
		"two readings | kemu: name guessed, more than the service takes at once | 別の支払い: more than the service takes at once"
	for _, c := range []struct {
		name string
		ev   Evidence
		want string
	}{
		{"on its first day, for the most that it takes", Evidence{At: on("2020-04-01"), Amount: 10_000}, likely},
		{"before it began", Evidence{At: on("2020-03-31"), Amount: 1}, ended},
		{"after it ended", Evidence{At: on("2027-04-01"), Amount: 1}, ended},
		{"on a day that is not known", Evidence{Amount: 10_000}, likely},
		{"for a yen too much, on a day that is not known", Evidence{Amount: 10_001}, tooMuch},
		{"for a yen too much", Evidence{At: on("2026-11-27"), Amount: 10_001}, tooMuch},
		{"for a yen too much, in an earlier year", Evidence{At: on("2025-11-27"), Amount: 10_001}, tooMuch},
		{"for a yen too much, in a year after the limit was read", Evidence{At: on("2027-01-05"), Amount: 10_001}, likely},
		{"for too much, and named by the bank", Evidence{At: on("2026-11-27"), Amount: 10_001, Service: "kemu"}, "sure | kemu: name guessed, named by the bank"},
		{"for too much, behind a real-time rail", Evidence{At: on("2026-11-27"), Amount: 10_001, Rail: "RTK"},
			"two readings | kemu: name guessed, real-time rail, more than the service takes at once | 別の支払い: more than the service takes at once"},
	} {
		c.ev.Bank, c.ev.Descriptor = "0168", "ｹﾑﾍﾟｲ"
		d := e.Decide(&c.ev)
		if got := decided(&d); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if d.Gap() != NoGap {
			t.Errorf("%s: the catalogue lacks %d", c.name, d.Gap())
		}
	}
}

// The code of who collects names the service, unless something else does.
func TestTheCodeOfWhoCollects(t *testing.T) {
	t.Parallel()
	e, err := With(File{"more.rec", []byte(kemu + "Collector: 1234567890 | y\n\nService: k2\nJa: x\nEn: x\nDebit: bill\nName: ヌネバライ | guessed\nCollector: 1234567891 | y\n")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, code, want string }{
		{"ｺｳｻﾞﾌﾘｶｴ", "1234567890", "sure | kemu: collector's code"},
		{"ｹﾑﾍﾟｲ", "1234567890", "sure | kemu: name guessed, collector's code"},
		{"ｹﾑﾍﾟｲｸﾞﾙﾒ", "1234567890", "sure | kemu: name guessed, collector's code"},
		{"ﾒﾙﾍﾟｲ", "1234567890", "likely | merpay: name guessed"},
		{"ｺｳｻﾞﾌﾘｶｴ", "1234567891", "none"},
		{"ｺｳｻﾞﾌﾘｶｴ", "1234567892", "none"},
		{"ｺｳｻﾞﾌﾘｶｴ", "", "none"},
	} {
		if d := e.Decide(&Evidence{Bank: "0168", Descriptor: c.text, Collector: c.code}); decided(&d) != c.want {
			t.Errorf("%s collected by %q: %s, want %s", c.text, c.code, decided(&d), c.want)
		}
	}
}

// What the person said before chooses between two readings; "not mine" makes
// no debit silent, and nothing that is sure follows an answer.
func TestWhatThePersonSaidBefore(t *testing.T) {
	t.Parallel()
	card, wallet, notMine, other := Answered{Mine: true}, Answered{Service: "paypay", Mine: true}, Answered{Service: "paypay"}, Answered{Service: "merpay", Mine: true}
	for _, c := range []struct {
		text    string
		answers []Answered
		want    Strength
		first   string // service of the first reading
	}{
		{"PAYPAYｶ", nil, Two, "paypay"},
		{"PAYPAYｶ", []Answered{card}, None, ""},
		{"PAYPAYｶ", []Answered{card, card}, None, ""},
		{"PAYPAYｶ", []Answered{wallet}, Likely, "paypay"},
		{"PAYPAYｶ", []Answered{card, wallet}, Two, "paypay"},
		{"PAYPAYｶ", []Answered{wallet, card}, Two, "paypay"},
		{"PAYPAYｶ", []Answered{other}, Two, "paypay"},
		{"PAYPAYｶ", []Answered{other, card}, None, ""},
		{"PAYPAYｶ", []Answered{notMine}, Likely, "paypay"},
		{"PAYPAYｶ", []Answered{card, notMine}, Likely, "paypay"},
		{"PAYPAY", []Answered{card}, Sure, "paypay"},
		{"PAYPAY", []Answered{wallet}, Sure, "paypay"},
		{"PAYPAY", []Answered{notMine}, Sure, "paypay"},
		{"ｶﾞｽﾘﾖｳｷﾝ", []Answered{notMine}, None, ""},
	} {
		d := Decide(&Evidence{Bank: "0009", Descriptor: c.text, Answers: c.answers})
		first := ""
		if len(d.Readings()) > 0 {
			first = d.Readings()[0].Service
		}
		if d.Strength != c.want || first != c.first {
			t.Errorf("%s after %+v: %s, want %s", c.text, c.answers, decided(&d), c.want)
		}
		if said := slices.ContainsFunc(c.answers, func(a Answered) bool { return !a.Mine }); d.n > 0 && d.readings[0].Why.Has(WhyNotMine) != said {
			t.Errorf("%s after %+v: %s", c.text, c.answers, decided(&d))
		}
	}
	// Where the bank and the text disagree no answer chooses.
	for _, a := range [][]Answered{{card}, {wallet}, {other}} {
		if d := Decide(&Evidence{Bank: "0009", Descriptor: "PAYPAY", Service: "merpay", Answers: a}); d.Strength != Two {
			t.Errorf("the bank and the text disagree, after %+v: %s", a, decided(&d))
		}
	}
	// Nor does "not mine" about a day or sum that the service does not take.
	if d := Decide(&Evidence{Bank: "0009", Descriptor: "PAYPAY", At: on("2026-11-27"), Amount: 800_000, Answers: []Answered{notMine}}); d.Strength != Two {
		t.Errorf("too much, and such a debit was not theirs: %s", decided(&d))
	}
}

// What the catalogue lacks is told, and never of a transfer.
func TestWhatTheCatalogueLacks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		e    Evidence
		want Gap
	}{
		{Evidence{Descriptor: "PAYPAYｸﾞﾙﾒ"}, UnknownWord},
		{Evidence{Descriptor: "PAYPAYｶ"}, NoGap},
		{Evidence{Descriptor: "RTK ﾇﾈﾊﾗｲ"}, UnknownName},
		{Evidence{Descriptor: "ﾇﾈﾊﾗｲ", Rail: "realtime"}, UnknownName},
		{Evidence{Descriptor: "ﾇﾈﾊﾗｲ"}, NoGap},
		{Evidence{Descriptor: "RTK PAYPAY"}, NoGap},
		{Evidence{Descriptor: "RTK PAYPAYｶ-ﾄﾞ"}, NoGap},
		{Evidence{Descriptor: "ﾇﾈﾊﾗｲ", Service: "nunepay"}, UnknownService},
		{Evidence{Descriptor: "ﾇﾈﾊﾗｲ", Service: "paypay"}, NoGap},
		{Evidence{Descriptor: "振込 PAYPAYｸﾞﾙﾒ"}, NoGap},
		{Evidence{Descriptor: "PAYPAYｸﾞﾙﾒ", Rail: "振込"}, NoGap},
	} {
		c.e.Bank = "0168"
		if d := Decide(&c.e); d.Gap() != c.want {
			t.Errorf("of %+v (%s) the catalogue lacks %d, want %d", c.e, decided(&d), d.Gap(), c.want)
		}
	}
	for rail, want := range map[string]bool{"": false, "RTK": true, " realtime ": true, "口座振替": true, "ｺｳｻﾞﾌﾘｶｴ": false, "Direct_Debit": true, "振込": true, "QX": false} {
		if KnownRail(rail) != want {
			t.Errorf("the rail %q is known: %v", rail, !want)
		}
	}
}

// A record's wording of a decision.
func TestHowADecisionIsWorded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		e     Evidence
		want  watch.Confidence
		other string
		bill  string
	}{
		{Evidence{Bank: "0009", Descriptor: "PAYPAY"}, watch.Seen, "", ""},
		{Evidence{Descriptor: "PAYPAY"}, watch.Elsewhere, "", ""},
		{Evidence{Bank: "0168", Descriptor: "ﾒﾙﾍﾟｲ"}, watch.Guessed, "", ""},
		{Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", Answers: []Answered{{Service: "paypay", Mine: true}}}, watch.Guessed, "", ""},
		{Evidence{Bank: "0168", Descriptor: "x", Service: "paypay"}, watch.Named, "", ""},
		{Evidence{Bank: "0009", Descriptor: "PAYPAY", Service: "paidy"}, watch.Undecided, "ペイディ（あと払い）", ""},
		{Evidence{Bank: "0009", Descriptor: "PAYPAY", Service: "merpay"}, watch.Undecided, "PayPay", ""},
		{Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", Answers: []Answered{{Mine: true}}}, "", "", ""},
		{Evidence{Bank: "0009", Descriptor: "PAYPAYｶ"}, watch.Undecided, "PayPayカードの請求", "PayPayカードの請求"},
	} {
		d := Decide(&c.e)
		if d.Confidence() != c.want || d.Other() != c.other || d.Bill() != c.bill {
			t.Errorf("%+v (%s): %q, or %q, the bill %q", c.e, decided(&d), d.Confidence(), d.Other(), d.Bill())
		}
	}
}
