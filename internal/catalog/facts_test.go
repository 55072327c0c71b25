package catalog

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// with reads the built-in files and more services and banks.
func with(services, banks string) (*data, error) {
	return read(source{servicesRec + "\n" + services + "\n", banksRec + "\n" + banks + "\n", wordsRec})
}

const kemu = "Service: kemu\nJa: ケムペイ\nEn: Kemu Pay\nDebit: charge\nName: ケムペイ | guessed\n"

// What is written of a service or bank is taken up to its bound, and refused
// beyond it.
func TestFactsAreTakenUpToTheirBounds(t *testing.T) {
	t.Parallel()
	bank := "Bank: 9998\nJa: 検査銀行\nEn: Test\n"
	for _, c := range []struct {
		name     string
		services string
		banks    string
		taken    bool
	}{
		{"a telephone number of two digits", kemu + "Phone: 12 | x | 2026-11 | y", "", false},
		{"a telephone number of three", kemu + "Phone: 110 | x | 2026-11 | y", "", true},
		{"a telephone number of eleven", kemu + "Phone: 090-1234-5678 | x | 2026-11 | y", "", true},
		{"a telephone number of one network", kemu + "Phone: #9785 | x | 2026-11 | y", "", true},
		{"a telephone number with a key to press", kemu + "Phone: 090-1234-567#8 | x | 2026-11 | y", "", false},
		{"a telephone number that is charged for what is heard", kemu + "Phone: 0990-123-456 | x | 2026-11 | y", "", false},
		{"a telephone number of twelve", kemu + "Phone: 090-1234-56789 | x | 2026-11 | y", "", false},
		{"a number whose source is none", kemu + "Phone: 110 | x | 2026-11", "", false},
		{"a number of an official page", kemu + "Phone: 110 | x | 2026-11 | y | official", "", true},
		{"a number of a page that is perhaps official", kemu + "Phone: 110 | x | 2026-11 | y | perhaps", "", false},
		{"a claim of no days", kemu + "Claim: 0 | loss | x | 2026-11 | y", "", false},
		{"a claim of a day", kemu + "Claim: 1 | loss | x | 2026-11 | y", "", true},
		{"a claim of ten years", kemu + "Claim: 3660 | notice | x | 2026-11 | y", "", true},
		{"a claim of more", kemu + "Claim: 3661 | notice | x | 2026-11 | y", "", false},
		{"a claim that runs from nothing known", kemu + "Claim: 30 | today | x | 2026-11 | y", "", false},
		{"a claim in which nothing has to be done", kemu + "Claim: 30 | loss | | 2026-11 | y", "", false},
		{"a claim of no date", kemu + "Claim: 30 | loss | x | | y", "", false},
		{"a claim of no source", kemu + "Claim: 30 | loss | x | 2026-11", "", false},
		{"a form without a place", kemu + "Ask: | x | 2026-11 | y", "", false},
		{"a form of no date", kemu + "Ask: x | x | | y", "", false},
		{"a form of no source", kemu + "Ask: x | x | 2026-11", "", false},
		{"a form", kemu + "Ask: x | | 2026-11 | y", "", true},
		{"a limit of a yen", kemu + "Once: 1 | 2026-11 | y", "", true},
		{"a limit of a hundred million", kemu + "Once: 100000000 | 2026-11 | y", "", true},
		{"a limit of more", kemu + "Once: 100000001 | 2026-11 | y", "", false},
		{"as much in a month as at once", kemu + "Once: 100 | 2026-11 | y\nMonth: 100 | 2026-11 | y", "", true},
		{"less in a month than at once", kemu + "Once: 100 | 2026-11 | y\nMonth: 99 | 2026-11 | y", "", false},
		{"a limit of a month, and none at once", kemu + "Month: 99 | 2026-11 | y", "", true},
		{"a day of 1999", kemu + "From: 1999-12-31 | y", "", false},
		{"the first day of 2000", kemu + "From: 2000-01-01 | y", "", true},
		{"the last day of 2099", kemu + "Until: 2099-12-31 | y", "", true},
		{"a day of 2100", kemu + "Until: 2100-01-01 | y", "", false},
		{"a service of a day", kemu + "From: 2026-01-01 | y\nUntil: 2026-01-01 | y", "", true},
		{"a service that ended the day before", kemu + "From: 2026-01-02 | y\nUntil: 2026-01-01 | y", "", false},
		{"a day of no source", kemu + "From: 2026-01-02", "", false},
		{"two first days", kemu + "From: 2026-01-02 | y\nFrom: 2026-01-03 | y", "", false},
		{"a collector of ten digits", kemu + "Collector: 1234567890 | y", "", true},
		{"a collector of nine", kemu + "Collector: 123456789 | y", "", false},
		{"a collector of eleven", kemu + "Collector: 12345678901 | y", "", false},
		{"a collector with a letter", kemu + "Collector: 123456789X | y", "", false},
		{"a collector of no source", kemu + "Collector: 1234567890", "", false},
		{"a collector of two services", kemu + "Collector: 1234567890 | y\n\nService: k2\nJa: x\nEn: x\nDebit: bill\nCollector: 1234567890 | y", "", false},
		{"another reading at a bank", kemu + "Reads: 中国 | x | y", "", true},
		{"another reading at no bank", kemu + "Reads: | x | y", "", false},
		{"another reading at a bank that there is not", kemu + "Reads: 無限 | x | y", "", false},
		{"another reading that is nothing", kemu + "Reads: 中国 | | y", "", false},
		{"another reading of no source", kemu + "Reads: 中国 | x", "", false},
		{"another bill of the brand", kemu + "Brand: カード | x | y", "", true},
		{"two other bills of the brand", kemu + "Brand: カード | x | y\nBrand: ローン | x | y", "", false},
		{"another bill that is nothing", kemu + "Brand: カード | | y", "", false},
		{"another bill of no source", kemu + "Brand: カード | x", "", false},
		{"a trap that is nothing", kemu + "Not: ケムペイロ", "", false},
		{"too many parts", kemu + "Not: ケムペイロ | x | y | z", "", false},
		{"a service of large letters", strings.Replace(kemu, "kemu", "Kemu", 1), "", false},
		{"what is added to a service", kemu + "\nOf: kemu\nName: ケムハライ | guessed\nNot: ケムペイロ | x\nNote: x\nSource: y", "", true},
		{"a day that is added to a service", kemu + "\nOf: kemu\nFrom: 2026-01-01 | y", "", false},
		{"a descriptor of four cells", "", bank + "Cells: 4 | y", false},
		{"a descriptor of five", "", bank + "Cells: 5 12 | y", true},
		{"a descriptor of 255", "", bank + "Cells: 255 | y", true},
		{"a descriptor of 256", "", bank + "Cells: 256 | y", false},
		{"a bank of no English name", "", "Bank: 9998\nJa: x", false},
		{"a bank's field that there is not", "", bank + "Jp: x", false},
		{"a code with a letter", "", "Bank: 99x8\nJa: x\nEn: x", false},
		{"a former code", "", bank + "Was: 9997 | 昔銀行 | 2024-12-31 | y", true},
		{"a former code of five digits", "", bank + "Was: 99970 | 昔銀行 | 2024-12-31 | y", false},
		{"a former code that is another bank's", "", bank + "Was: 0168 | 昔銀行 | 2024-12-31 | y", false},
		{"a former bank of the same code", "", bank + "Was: 9998 | 昔銀行 | 2024-12-31 | y", true},
		{"a former bank of no name", "", bank + "Was: 9997 | | 2024-12-31 | y", false},
		{"a former bank of no date", "", bank + "Was: 9997 | 昔銀行 | 昔 | y", false},
		{"a group of one code", "", "Group: x\nEn: x\nCodes: 9000-9000", true},
		{"a group of no codes", "", "Group: x\nEn: x", false},
		{"a group that ends before it begins", "", "Group: x\nEn: x\nCodes: 9001-9000", false},
		{"a group whose first code is short", "", "Group: x\nEn: x\nCodes: 12-9000", false},
		{"a group that ends nowhere", "", "Group: x\nEn: x\nCodes: 9000", false},
		{"a group's field that there is not", "", "Group: x\nEn: x\nCodes: 9000-9000\nWas: x", false},
		{"a comment, and white space around a field", "  # Nune: x\n" + strings.ReplaceAll(kemu, "Ja: ", "  Ja:\t "), "", true},
	} {
		_, err := with(c.services, c.banks)
		if (err == nil) != c.taken {
			t.Errorf("%s: %v, want it taken: %v", c.name, err, c.taken)
		}
	}
}

// What is written is what is known.
func TestFactsAreKeptAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	d, err := with(kemu+"Operator: 検査\nAlso: けむ\nLimit: 一日一万円\nOnce: 10000 | 2026-11 | y\nMonth: 50000 | 2026-10 | z\nFrom: 2020-04 | y\nUntil: 2027-03-31 | y\n"+
		"Phone: 0120-000-001 | 昼 | 2026-11 | y\nPhone: 0120-000-002 | 夜 | 2026-10-05 | z | official\nClaim: 30 | notice | 届け出る | 2026-11 | y\nAsk: アプリ | 誰でも | 2026-09 | y\nNote: n\nSource: s\nCollector: 1234567890 | y\n",
		"Bank: 9998\nJa: 検査銀行\nEn: Test Bank\nKind: 信用金庫\nCells: 12 24 | y\nPrints: ZZ\nDocomo: 止めた\nPhone: 0120-000-003 | 夜 | 2026-11 | y\nWas: 9997 | 昔銀行 | 2024-12-31 | q\nNote: n\nSource: s\nClaim: 60 | loss | 届け出る | 2026-11 | y\n\n"+
			"Group: 検査組合\nEn: Test Union\nCodes: 9590-9595\nCells: 14 | y\nPrints: YY | p | 2026-11\nSource: s")
	if err != nil {
		t.Fatal(err)
	}
	s := d.services["kemu"]
	switch {
	case s.Operator != "検査" || !slices.Equal(s.Also, []string{"けむ"}) || !slices.Equal(s.Limits, []string{"一日一万円"}) || s.Once != (Limit{10_000, "2026-11", "y"}) || s.Month != (Limit{50_000, "2026-10", "z"}):
		t.Errorf("%+v", s)
	case len(s.Contacts) != 2 || s.Contact != s.Contacts[0] || s.Contacts[0] != (Contact{"0120-000-001", "昼", "2026-11", "y", false}) || !s.Contacts[1].Official || s.Phone != "0120-000-001" || s.PhoneChecked != "2026-11":
		t.Errorf("the numbers are %+v", s.Contacts)
	case len(s.Claims) != 1 || s.Claims[0] != (Claim{30, "notice", "届け出る", "2026-11", "y"}) || len(s.Asks) != 1 || s.Asks[0] != (Ask{"アプリ", "誰でも", "2026-09", "y"}):
		t.Errorf("%+v %+v", s.Claims, s.Asks)
	case s.From != "2020-04" || s.Until != "2027-03-31" || !slices.Equal(s.Notes, []string{"n"}) || !slices.Equal(s.Sources, []string{"s"}) || d.collectors["1234567890"] != s:
		t.Errorf("%+v", s)
	case s.Name(watch.Japanese) != "ケムペイ" || s.Name(watch.English) != "Kemu Pay":
		t.Errorf("%q, %q", s.Name(watch.Japanese), s.Name(watch.English))
	}
	b := d.banks["9998"]
	switch {
	case b.Name(watch.Japanese) != "検査銀行" || b.Name(watch.English) != "Test Bank" || b.Group != "信用金庫" || !slices.Equal(b.Cells, []int{12, 24}) || !slices.Equal(b.Prints, []Print{{Mark: "ZZ"}}):
		t.Errorf("%+v", b)
	case b.Docomo != "止めた" || b.Contact.Phone != "0120-000-003" || len(b.Claims) != 1 || !slices.Equal(b.Notes, []string{"n"}) || !slices.Equal(b.Sources, []string{"s"}):
		t.Errorf("%+v", b)
	case d.banks["9997"] != b || len(b.Former) != 1 || b.Former[0] != (Former{"9997", "昔銀行", "2024-12-31", "q"}):
		t.Errorf("%+v", b.Former)
	}
	for code, in := range map[string]bool{"9589": false, "9590": true, "9595": true, "9596": false, "959": false, "95901": false} {
		if g := d.groupOf(code); (g != nil) != in || in && (g.NameEn != "Test Union" || !slices.Equal(g.Cells, []int{14}) || !slices.Equal(g.Prints, []Print{{"YY", Origin{"p", "2026-11"}}}) || !slices.Equal(g.Sources, []string{"s"})) {
			t.Errorf("%s is of the group %+v", code, g)
		}
	}
}

// People leave out 銀行, and mean a bank by what it was called before.
func TestBanksAreFoundByWhatPeopleCallThem(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"みずほ": "0001", "みずほ銀行": "0001", "七十七": "0125", "青森": "0117", "無限": "", "銀行": ""} {
		at, err := std().banksOf(&field{}, " "+name+" ,")
		if want == "" {
			if err == nil {
				t.Errorf("%s is %v", name, at)
			}
			continue
		}
		if err != nil || !at[want] {
			t.Errorf("%s is %v (%v), want %s", name, at, err, want)
		}
	}
	if at, err := std().banksOf(&field{}, "みずほ, 七十七"); err != nil || !at["0001"] || !at["0125"] {
		t.Errorf("two banks are %v (%v)", at, err)
	}
}

// A number that was looked up on a day, or some time in a month, is shown for a
// year and a day from the last moment that it may have been.
func TestANumberIsShownForAYear(t *testing.T) {
	t.Parallel()
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		checked string
		last    time.Time
	}{{"2026-11-28", day(2026, 11, 28).Add(CheckedFor)}, {"2026-11", day(2026, 12, 1).Add(CheckedFor)}} {
		n := Contact{Checked: c.checked}
		if n.Stale(c.last) || !n.Stale(c.last.Add(1)) || n.Stale(day(2026, 11, 1)) {
			t.Errorf("looked up %s: stale at its last moment %v, after it %v", c.checked, n.Stale(c.last), n.Stale(c.last.Add(1)))
		}
	}
	if n := (Contact{Checked: "昔"}); !n.Stale(day(2026, 11, 28)) {
		t.Error("what was looked up at no time is shown")
	}
	e, err := With(File{"more.rec", []byte(kemu + "Phone: 0120-000-001 | x | 2020-09 | y\nPhone: 0120-000-002 | x | 2026-11 | y\n\nBank: 9998\nJa: 検査銀行\nEn: x\nPhone: 0120-000-003 | x | 2020-10-01 | y\n")})
	if err != nil {
		t.Fatal(err)
	}
	got := e.StaleContacts(day(2026, 11, 28))
	for _, want := range []string{"service kemu ケムペイ 0120-000-001 (2020-09)", "bank 9998 検査銀行 0120-000-003 (2020-10-01)"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
	if slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "0120-000-002") }) {
		t.Errorf("a fresh number is among %q", got)
	}
}

// A service takes money from its first day to its last, in Japan; of a month,
// from its first to its last day.
func TestAServiceTakesMoneyFromItsFirstDayToItsLast(t *testing.T) {
	t.Parallel()
	jst := func(y, m, d, h int) time.Time { return time.Date(y, time.Month(m), d, h, 30, 0, 0, watch.JST) }
	for _, c := range []struct {
		from, until string
		at          time.Time
		want        bool
	}{
		{"", "", jst(1999, 1, 1, 0), true},
		{"2020-04-02", "", jst(2020, 4, 1, 23), false}, {"2020-04-02", "", jst(2020, 4, 2, 0), true},
		{"2020-04", "", jst(2020, 3, 31, 23), false}, {"2020-04", "", jst(2020, 4, 1, 0), true},
		{"", "2025-04-30", jst(2025, 4, 30, 23), true}, {"", "2025-04-30", jst(2025, 5, 1, 0), false},
		{"", "2025-04", jst(2025, 4, 30, 23), true}, {"", "2025-04", jst(2025, 5, 1, 0), false},
		{"2020-04", "2025-04", jst(2026, 1, 1, 0), false}, {"2020-04", "2025-04", jst(2019, 1, 1, 0), false}, {"2020-04", "2025-04", jst(2022, 1, 1, 0), true},
	} {
		if s := (&Service{From: c.from, Until: c.until}); s.On(c.at.UTC()) != c.want {
			t.Errorf("from %q until %q: on %s it takes money: %v", c.from, c.until, c.at, !c.want)
		}
	}
	for debit, want := range map[Debit]bool{Charge: true, Payment: true, Bill: false, Rail: false} {
		if s := (&Service{Debit: debit}); s.Rings() != want {
			t.Errorf("a %s is told of: %v", debit, !want)
		}
	}
}

// An edition that no longer knows what every edition does is not sound.
func TestAnEditionThatForgetsIsNotSound(t *testing.T) {
	t.Parallel()
	if err := BuiltIn().Sound(); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"without its day":         {strings.Replace(string(Text()), "\nVersion: ", "\n# ", 1), "does not say its Version"},
		"without a service":       {strings.Replace(string(Text()), "Service: docomo\n", "Service: docomo2\n", 1), `"ドコモコウザ" for "docomo2", not for "docomo"`},
		"with a service too many": {string(Text()) + "\n\nService: amets\nJa: x\nEn: x\nDebit: charge\nName: アメツクス | guessed\n", ""},
	} {
		e, err := Parse("all.rec", []byte(c.text))
		if err != nil {
			if c.want != "" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err := e.Sound(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	e, err := With(File{"more.rec", []byte(kemu)})
	if err != nil {
		t.Fatal(err)
	}
	services, banks, words := BuiltIn().Size()
	if s, b, w := e.Size(); s != services+1 || b != banks || w != words+1 {
		t.Errorf("a service more makes %d, %d and %d of %d, %d and %d", s, b, w, services, banks, words)
	}
	if at := e.Place("kemu", "ケムペイ"); at != "more.rec:5" || e.Place("kemu", "ケム") != "" || e.Place("docomo", "ケムペイ") != "" {
		t.Errorf("its name is at %q", at)
	}
}

// Words are taken, or refused, as they are written; and what is taken counts.
func TestWordsAreTakenAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		words string
		taken bool
	}{
		"a word of four parts":  {"Bill: ヌネロ | x | y | z", false},
		"a word of three":       {"Bill: ヌネロ | x | y", true},
		"a second day":          {"Version: 2026-12-01", false},
		"lengths that are none": {"Cells: many", false},
		"lengths":               {"Cells: 17 | y", true},
		"one spelling that is the same as no other":   {"Same: ヌネロ", false},
		"a spelling that is the same as nothing":      {"Same: ヌネロ ー", false},
		"two spellings that are the same":             {"Same: ヌネロ ムメモ", true},
		"a mark of another business that is not told": {"Front: ヌネロ | other", false},
		"a mark of another business":                  {"Front: ヌネロ | other ローン", true},
		"a mark that is doubtful and not told":        {"Front: ヌネロ | doubt", false},
		"a word without letters":                      {"Front: ー", false},
	} {
		if _, err := read(source{servicesRec, banksRec, wordsRec + "\n" + c.words + "\n"}); (err == nil) != c.taken {
			t.Errorf("%s: %v, want it taken: %v", name, err, c.taken)
		}
	}
	if _, err := read(source{servicesRec, banksRec, strings.Replace(wordsRec, "\nVersion: ", "\nVersion: x", 1)}); err == nil {
		t.Error("a version that is no day is taken")
	}
	d, err := read(source{servicesRec + "\n" + kemu, banksRec, wordsRec + "\nFront: ヌネロ | rail 即時\nFront: ムヌロ | other けむローン\nSame: ケムペイ ムメモパイ\nBill: ヌヌロ | けむの請求\n"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{
		{"ケムペイ", "likely | kemu: name guessed"},
		{"ムメモパイ", "likely | kemu: name guessed"},
		{"ヌネロ ケムペイ", "sure | kemu: name guessed, real-time rail"},
		{"ムヌロ ケムペイ", "none | けむローン: mark in front of the name"},
		{"ケムペイヌヌロ", "none | けむの請求: word next to the name"},
		{"ケムペイ ヌヌロ", "none | けむの請求: word next to the name"},
	} {
		if got := d.decideOn(&Evidence{Bank: "0168", Descriptor: c.text}); decided(&got) != c.want {
			t.Errorf("%s: %s, want %s", c.text, decided(&got), c.want)
		}
	}
}

// The 35 banks of September 2020 are known by the names of then, under those and
// the codes of today; and so is what kind the banks are that are not listed.
func TestTheBanksOfTheBeginningAreKnown(t *testing.T) {
	t.Parallel()
	d := std()
	then := strings.Fields("みずほ 三井住友 ゆうちょ イオン 伊予 池田泉州 愛媛 大分 大垣共立 紀陽 京都 滋賀 静岡 七十七 十六 スルガ 仙台 ソニー 但馬 第三 千葉 千葉興業 中国 東邦 鳥取 南都 西日本シティ 八十二 肥後 百十四 広島 福岡 北洋 みちのく 琉球")
	stopped := strings.Fields("七十七 中国 大垣共立 ゆうちょ イオン 池田泉州 大分 紀陽 滋賀 仙台 第三 但馬 鳥取 北洋 みちのく 伊予 東邦 琉球")
	today := map[string]string{"第三": "三十三銀行", "みちのく": "青森みちのく銀行", "八十二": "八十二長野銀行"}
	if len(then) != 35 || len(stopped) != 18 {
		t.Fatalf("%d banks, %d of which stopped first", len(then), len(stopped))
	}
	for _, name := range then {
		var found []*Bank
		for _, code := range BankCodes() {
			if b, _ := BankByCode(code); b.called(name) {
				found = append(found, b)
			}
		}
		if len(found) != 1 {
			t.Errorf("%s is %d banks", name, len(found))
			continue
		}
		if want := today[name]; want != "" && (found[0].NameJa != want || len(found[0].Former) == 0) {
			t.Errorf("%s is %s, formerly %+v", name, found[0].NameJa, found[0].Former)
		}
		if first := strings.Contains(found[0].Docomo, "先に新規登録を止めた18行"); found[0].Docomo == "" || first != slices.Contains(stopped, name) {
			t.Errorf("of %s in 2020 it is said: %q", name, found[0].Docomo)
		}
		for _, w := range found[0].Former {
			if b := d.banks[w.Code]; b != found[0] {
				t.Errorf("the code %s of %s leads to %+v", w.Code, w.NameJa, b)
			}
		}
	}
	for code, kind := range map[string]string{"1250": "信用金庫", "5077": "ＪＡ"} {
		if g := GroupOf(code); g == nil || !strings.Contains(g.NameJa, kind) {
			t.Errorf("%s is %+v, want %s", code, g, kind)
		}
	}
}

// Services that came after 2020, or had ended by then, are known, each with a
// source; none of whose names was seen says that it was.
func TestTheServicesOfTodayAndOfThenAreKnown(t *testing.T) {
	t.Parallel()
	for _, id := range strings.Fields("aeonpay anapay jalpay coinplus ginkopay bankpay-local mobilepasmo mobileicoca waon jra coincheck bitflyer wise origami yahoomoney moneytap linepay onebank") {
		if s, ok := ByID(id); !ok || len(s.Sources) == 0 {
			t.Errorf("%s: %+v", id, s)
		}
	}
	seen := map[string]bool{}
	for _, w := range std().words {
		if w.kind != kindName || w.flags&flagSeen == 0 {
			continue
		}
		seen[w.service.ID] = true
		if w.source == "" {
			t.Errorf("%s of %s was seen, and it is not said where", w.text, w.service.ID)
		}
	}
	if got := strings.Join(slices.Sorted(maps.Keys(seen)), " "); got != "docomo linepay payb paypay" {
		t.Errorf("names were seen of %s", got)
	}
}
