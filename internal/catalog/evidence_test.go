package catalog

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

func on(day string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" 14:05", watch.JST)
	if err != nil {
		panic(err)
	}
	return t
}

// monthly are debits on about the same day of the months before November 2026.
func monthly(amounts ...int64) []Past {
	var out []Past
	for i, a := range amounts {
		out = append(out, Past{on("2026-10-27").AddDate(0, -i, i%3-1), a})
	}
	return out
}

// decided says a decision in a line: its strength, and each reading with its
// reasons.
func decided(d *Decision) string {
	out := []string{d.Strength.String()}
	for _, r := range d.Readings() {
		out = append(out, r.String())
	}
	return strings.Join(out, " | ")
}

func TestDecide(t *testing.T) {
	t.Parallel()
	now := on("2026-11-27")
	linked := func(s string, before time.Duration) []Linked { return []Linked{{Service: s, At: now.Add(-before)}} }
	for _, c := range []struct {
		name string
		e    Evidence
		want string
	}{
		{"a name seen at this bank", Evidence{Bank: "0005", Descriptor: "口座振替", Detail: "ＲＴＫ　ペイペイ"}, "sure | paypay: name seen at this bank, real-time rail"},
		{"a name seen at other banks", Evidence{Bank: "0168", Descriptor: "ペイペイ"}, "likely | paypay: name seen at other banks"},
		{"a name that is a guess", Evidence{Bank: "0168", Descriptor: "ﾒﾙﾍﾟｲ"}, "likely | merpay: name guessed"},
		{"a guess behind a real-time rail", Evidence{Bank: "0168", Descriptor: "RK ﾒﾙﾍﾟｲ"}, "sure | merpay: name guessed, real-time rail"},
		{"the rail that the bank tells apart", Evidence{Bank: "0168", Descriptor: "ﾒﾙﾍﾟｲ", Rail: "realtime"}, "sure | merpay: name guessed, real-time rail"},
		{"a guess of a linked service", Evidence{Bank: "0168", Descriptor: "ﾒﾙﾍﾟｲ", At: now, Links: linked("merpay", 200*time.Hour)}, "sure | merpay: name guessed, linked with the account"},
		{"money that came in", Evidence{Bank: "0168", Descriptor: "PAYPAY", In: true}, "none"},
		{"a card's bill", Evidence{Bank: "0001", Descriptor: "ＰＡＹＰＡＹカ－ド"}, "none | カードの請求: word next to the name"},
		{"a card's bill by the bank's mark", Evidence{Bank: "0138", Descriptor: "ｸﾚｼﾞﾂﾄ   PAYPAY"}, "none | カードの請求: mark in front of the name"},
		{"the bill of a card at one bank", Evidence{Bank: "0005", Descriptor: "口座振替３", Detail: "メルペイ"}, "none | メルカードの請求: what the name is at this bank"},
		{"the same after a new link", Evidence{Bank: "0005", Descriptor: "口座振替３", Detail: "メルペイ", At: now, Links: linked("merpay", time.Hour)},
			"two readings | merpay: name guessed, linked within the last 72 hours | メルカードの請求: what the name is at this bank"},
		{"the same name behind a real-time rail", Evidence{Bank: "0005", Descriptor: "口座振替", Detail: "ＲＴＫ　メルペイ"}, "sure | merpay: name guessed, real-time rail"},
		{"the same name at another bank", Evidence{Bank: "9900", Descriptor: "自払 ﾒﾙﾍﾟｲ"}, "likely | merpay: name guessed"},
		{"no mark at that bank", Evidence{Bank: "0005", Descriptor: "メルペイ"}, "two readings | merpay: name guessed | メルカードの請求: what the name is at this bank"},
		{"a line that is cut where a card would follow", Evidence{Bank: "0009", Descriptor: "口座振替 PAYPAY"}, "two readings | paypay: name seen at this bank | PayPayカードの請求: the bank cuts its lines there"},
		{"a line cut inside a name and another's", Evidence{Descriptor: "ラクテンペ"}, "two readings | rakutenpay: name cut off by the bank | 保険: word next to the name"},
		{"the line of a cut card", Evidence{Bank: "0009", Descriptor: "PAYPAYｶ"}, "two readings | paypay: name seen at this bank | PayPayカードの請求: word next to the name"},
		{"the same each month", Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", At: now, Amount: 31_872, Past: monthly(28_110, 40_005, 19_333)},
			"none | PayPayカードの請求: word next to the name, same day of each month | paypay: name seen at this bank"},
		{"the same each month, with a link", Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", At: now, Amount: 31_872, Past: monthly(28_110, 40_005, 19_333), Links: linked("paypay", time.Minute)},
			"two readings | PayPayカードの請求: word next to the name, same day of each month | paypay: name seen at this bank, linked within the last 72 hours"},
		{"round sums each month", Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", At: now, Amount: 10_000, Past: monthly(10_000, 10_000, 10_000)},
			"two readings | paypay: name seen at this bank | PayPayカードの請求: word next to the name"},
		{"a name that is sure is not silenced by its rhythm", Evidence{Bank: "0009", Descriptor: "PAYPAY", At: now, Amount: 31_872, Past: monthly(28_110, 40_005, 19_333)},
			"sure | paypay: name seen at this bank"},
		{"the person said it is the card", Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", Answers: []Answered{{Mine: true}}}, "none | PayPayカードの請求: word next to the name, chosen before | paypay: name seen at this bank"},
		{"the person said it is the wallet", Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", Answers: []Answered{{Service: "paypay", Mine: true}}}, "likely | paypay: name seen at this bank, chosen before"},
		{"the person said not mine", Evidence{Bank: "0009", Descriptor: "PAYPAYｶ", Answers: []Answered{{Service: "paypay"}}, At: now, Amount: 31_872, Past: monthly(28_110, 40_005, 19_333)},
			"likely | paypay: name seen at this bank, such a debit was answered \"not mine\""},
		{"an unknown word behind the name", Evidence{Bank: "0009", Descriptor: "PAYPAYｸﾞﾙﾒ"}, "two readings | paypay: name seen at this bank | 別の支払い: unknown word next to the name"},
		{"what strangers write makes no refund", Evidence{Bank: "0009", Descriptor: "PAYPAY 返金窓口03"}, "two readings | paypay: name seen at this bank | 別の支払い: unknown word next to the name"},
		{"nor does the bank's own word", Evidence{Bank: "0009", Descriptor: "取消 PAYPAY"}, "two readings | paypay: name seen at this bank | 取り消し: mark in front of the name"},
		{"a common word", Evidence{Bank: "0168", Descriptor: "口座振替 イデア（カ"}, "none | 同じ名前の別の会社: common word | idare: name guessed"},
		{"a common word behind a real-time rail", Evidence{Bank: "0168", Descriptor: "RK イデア（カ"}, "sure | idare: name guessed, real-time rail"},
		{"a common word with a link", Evidence{Bank: "0168", Descriptor: "口座振替 イデア（カ", At: now, Links: linked("idare", time.Hour)}, "likely | idare: name guessed, linked within the last 72 hours"},
		{"a common word that the bank names", Evidence{Bank: "0168", Descriptor: "口座振替 イデア（カ", Service: "idare"}, "sure | idare: name guessed, named by the bank"},
		{"a telephone bill", Evidence{Bank: "0168", Descriptor: "ﾄﾞｺﾓ ｺｳｻﾞﾌﾘｶｴ"}, "none"},
		{"a telephone bill after a link", Evidence{Bank: "0168", Descriptor: "ﾄﾞｺﾓ", At: now, Links: linked("docomo", time.Minute)},
			"two readings | docomo: name guessed, linked within the last 72 hours | 同じ名前の別の会社: common word"},
		{"the bare name behind a rail", Evidence{Bank: "0005", Descriptor: "RTK ﾄﾞｺﾓ"}, "sure | docomo: name guessed, real-time rail"},
		{"a debit that the bank names", Evidence{Bank: "0168", Descriptor: "ｼﾞﾄﾞｳﾌﾘｶｴ", Service: "paypay"}, "sure | paypay: named by the bank"},
		{"a debit that the bank names in its own words", Evidence{Bank: "0168", Descriptor: "ｼﾞﾄﾞｳﾌﾘｶｴ", Service: "ペイペイ"}, "sure | paypay: named by the bank"},
		{"a service that only the bank knows", Evidence{Bank: "0168", Descriptor: "ｼﾞﾄﾞｳﾌﾘｶｴ", Service: "nunepay"}, "likely | nunepay: named by the bank"},
		{"a bill that the bank names", Evidence{Bank: "0168", Descriptor: "ｼﾞﾄﾞｳﾌﾘｶｴ", Service: "paidy"}, "none | ペイディ（あと払い）: named by the bank"},
		{"the bank and the text disagree", Evidence{Bank: "0009", Descriptor: "PAYPAY", Service: "merpay"}, "two readings | merpay: named by the bank | paypay: name in the text"},
		{"the bank names a card, the text a wallet", Evidence{Bank: "0009", Descriptor: "PAYPAY", Service: "PayPayカード"}, "two readings | paypay: name seen at this bank | カードの請求: named by the bank"},
		{"a service that has ended", Evidence{Bank: "0009", Descriptor: "ﾗｲﾝﾍﾟｲ(ｶ", At: now}, "two readings | linepay: name seen at this bank, service had ended or not begun on that day | 別の支払い: service had ended or not begun on that day"},
		{"the same before its end", Evidence{Bank: "0009", Descriptor: "ﾗｲﾝﾍﾟｲ(ｶ", At: on("2020-09-03")}, "sure | linepay: name seen at this bank"},
		{"more than the service takes at once", Evidence{Bank: "0009", Descriptor: "PAYPAY", At: now, Amount: 800_000}, "two readings | paypay: name seen at this bank, more than the service takes at once | 別の支払い: more than the service takes at once"},
		{"an ordinary line", Evidence{Bank: "0009", Descriptor: "ｺｳｻﾞﾌﾘｶｴ ALSOK", At: now, Links: linked("paypay", time.Hour)}, "none"},
	} {
		d := Decide(&c.e)
		if got := decided(&d); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if d.Strength == None && (d.Service() != "" || d.Confidence() != "") || d.Strength > None && d.Confidence() == "" {
			t.Errorf("%s: %s is of service %q, %q", c.name, decided(&d), d.Service(), d.Confidence())
		}
	}
}

func TestDecisionsTellWhatElseItIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		e          Evidence
		confidence watch.Confidence
		other      string
	}{
		{Evidence{Bank: "0009", Descriptor: "PAYPAY"}, watch.Seen, ""},
		{Evidence{Bank: "0168", Descriptor: "PAYPAY"}, watch.Elsewhere, ""},
		{Evidence{Bank: "0009", Descriptor: "PAYPAYｶ"}, watch.Undecided, "PayPayカードの請求"},
		{Evidence{Bank: "0009", Descriptor: "PAYPAY", Service: "merpay"}, watch.Undecided, "PayPay"},
		{Evidence{Bank: "0009", Descriptor: "x", Service: "merpay"}, watch.Named, ""},
		{Evidence{Bank: "0009", Descriptor: "イデア", Links: []Linked{{Service: "idare"}}}, watch.Undecided, "同じ名前の別の会社"},
	} {
		d := Decide(&c.e)
		if d.Confidence() != c.confidence || d.Other() != c.other {
			t.Errorf("%+v: %s, %q or %q", c.e, decided(&d), d.Confidence(), d.Other())
		}
	}
}

func TestFormsOfDescriptors(t *testing.T) {
	t.Parallel()
	if x, y := Form("ﾍﾟｲﾍﾟｲ ２６０７"), Form("ペイペイ　2608"); x != y || x == "" {
		t.Errorf("two months of one payee are %q and %q", x, y)
	}
}

func BenchmarkDecide(b *testing.B) {
	now := on("2026-11-27")
	links := []Linked{{Service: "paypay", At: now.Add(-time.Hour)}, {Service: "docomo", At: now.Add(-time.Minute)}}
	past := monthly(28_110, 40_005, 19_333, 12_345)
	i := 0
	b.ReportAllocs()
	defer cpuTime(b)()
	for b.Loop() {
		e := Evidence{Bank: "0009", Descriptor: benchLines[i%len(benchLines)], At: now, Amount: 31_872, Links: links, Past: past}
		if Decide(&e).Strength > Sure {
			b.Fatal("a strength that is none")
		}
		i++
	}
}

// What else a debit may be is said only if the catalogue knows it.
func TestBillsThatADecisionNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"PAYPAYｶ": "PayPayカードの請求", "ｺｳｻﾞﾌﾘｶｴ PAYPAY": "PayPayカードの請求", "PAYPAYグルメ": "", "ヌネペイペイ": "", "PAYPAY": "", "PAYPAYカード": "", "イデア": "", "カード メルペイ": "カードの請求",
		"PAYPAY 返金": "", "返金 PAYPAY": "",
	} {
		d := Decide(&Evidence{Descriptor: text})
		if d.Bill() != want {
			t.Errorf("%s may be %q, want %q (%s)", text, d.Bill(), want, decided(&d))
		}
	}
	if d := Decide(&Evidence{Bank: "0005", Descriptor: "メルペイ"}); d.Bill() != "メルカードの請求" {
		t.Errorf("%s", decided(&d))
	}
	if d := Decide(&Evidence{Bank: "0009", Descriptor: "PAYPAY", Service: "<b>x</b>"}); d.Bill() != "" {
		t.Errorf("what the bank wrote is said as ours: %s", decided(&d))
	}
}

// Banks call a rail by a word or two; each is known in any width.
func TestTheWordsForRails(t *testing.T) {
	t.Parallel()
	for rail, want := range map[string]Strength{
		"即時": Sure, "リアルタイム": Sure, "ﾘｱﾙﾀｲﾑ": Sure, "即時口座振替": Sure, "ｿｸｼﾞﾌﾘｶｴ": Sure, "Real-Time": Sure, "RTK": Sure,
		"口座振替": None, "自払": None, "振込": None, "": None, "hyper_rail": None,
	} {
		if d := Decide(&Evidence{Bank: "0001", Descriptor: "イデア", Rail: rail}); d.Strength != want {
			t.Errorf("rail %q: %s", rail, decided(&d))
		}
		if KnownRail(rail) != (rail != "" && rail != "hyper_rail") {
			t.Errorf("rail %q is known: %v", rail, KnownRail(rail))
		}
	}
}
