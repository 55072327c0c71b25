package catalog

import (
	"errors"
	"strings"
	"testing"
)

func TestTheCatalogueGoesTogether(t *testing.T) {
	t.Parallel()
	for _, err := range Check() {
		t.Error(err)
	}
}

// A mistake in the files is refused, and both lines of it are named.
func TestMistakesInTheFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		services, banks, words string // added to the files
		want                   []string
	}{
		"a name that is there twice":       {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: ﾄﾞｺﾓｺｳｻﾞ | guessed", want: []string{"ﾄﾞｺﾓｺｳｻﾞ is there twice", "ドコモコウザ at services.rec:"}},
		"a name of two services":           {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: メルペイ　チャージ | guessed", want: []string{"is ambiguous", "メルペイ at services.rec:"}},
		"a name that another covers":       {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: ケムペイ | guessed\nName: RTK ケムペイ | guessed", want: []string{"RTK ケムペイ is not needed", "ケムペイ at services.rec:"}},
		"a name that begins with a trap":   {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: ドコモデンキヌネ | guessed", want: []string{"begins with a trap", "ドコモデンキ at services.rec:"}},
		"a name behind a credit":           {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: 利息ペイ | guessed", want: []string{"is never reached", "利息 at words.rec:"}},
		"a trap that a shorter one covers": {words: "Not: ヤフーケツサイサービス | x", want: []string{"is not needed: another trap already decides", "ヤフーケツサイ at words.rec:"}},
		"a trap that a tail covers":        {words: "Not: ペイペイカード | x", want: []string{"is not needed", "カード at words.rec:"}},
		"a trap longer than its tail":      {words: "Not: PAYPAYカードリヨウ | x", want: []string{"is not needed", "カード at words.rec:"}},
		"a trap on a name":                 {words: "Not: ペイペイ | x", want: []string{"is there twice", "ペイペイ at services.rec:"}},
		"a mark made of marks":             {words: "Front: RTK RS", want: []string{"is not needed: it is made of other marks"}},
		"a name that another decides":      {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: ケムペイ | guessed\nName: ケムペイチヤージ | guessed", want: []string{"ケムペイチヤージ is not needed: another name already decides"}},
		"a name of two letters":            {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: ヌネ | guessed", want: []string{"ヌネ is too short"}},
		"a name of three kana":             {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: ヌネノ | guessed", want: []string{"ヌネノ is too short"}},
		"a name of two ideographs":         {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: 金亀 | guessed", want: []string{"金亀 is too short"}},
		"a name that is a common word":     {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nName: カード | guessed", want: []string{"is a common word"}},
		"a service without names":          {services: "Service: x\nJa: x\nEn: x\nDebit: charge", want: []string{"service x has no name"}},
		"a service that is there twice":    {services: "Service: paypay\nJa: x\nEn: x\nDebit: charge", want: []string{"service paypay is there twice", "services.rec:"}},
		"a service without an English name": {services: "Service: x\nJa: x\nDebit: charge",
			want: []string{"service x lacks"}},
		"a field that there is not":      {services: "Service: x\nJp: x", want: []string{"a service has no Jp"}},
		"a name neither seen or guessed": {services: "Service: x\nName: ケムペイ | perhaps", want: []string{"seen or guessed"}},
		"a name seen nowhere":            {services: "Service: x\nName: ケムペイ | seen", want: []string{"says at which bank"}},
		"a name that nobody saw":         {services: "Service: x\nName: ケムペイ | seen | 中国", want: []string{"and where"}},
		"a name without letters":         {services: "Service: x\nName: ー（） | guessed", want: []string{"has no letters"}},
		"a name with a rare character":   {services: "Service: x\nName: 𩸽ペイ | guessed", want: []string{"cannot be told apart"}},
		"a number without a date":        {services: "Service: x\nPhone: 0120-000-000", want: []string{"when (2026-11) and where"}},
		"a number that is none":          {services: "Service: x\nPhone: たぶんあれ | x | 2026-11 | y", want: []string{"no telephone number"}},
		"a month that there is not":      {services: "Service: x\nPhone: 0120-000-000 | x | 2026-99 | y", want: []string{"when (2026-11)"}},
		"a limit in words":               {services: "Service: x\nOnce: 10万円 | 2026-11 | y", want: []string{"no number of yen"}},
		"a limit of nothing":             {services: "Service: x\nMonth: 0 | 2026-11 | y", want: []string{"no number of yen"}},
		"a limit of no date":             {services: "Service: x\nOnce: 100000 | now | y", want: []string{"day or month"}},
		"a limit of no source":           {services: "Service: x\nOnce: 100000 | 2026-11", want: []string{"where it was read"}},
		"a limit that is there twice":    {services: "Service: x\nOnce: 100000 | 2026-11 | y\nOnce: 200000 | 2026-11 | y", want: []string{"Once is there twice"}},
		"a month below a single charge":  {services: "Service: x\nJa: x\nEn: x\nDebit: charge\nOnce: 100000 | 2026-11 | y\nMonth: 90000 | 2026-11 | y", want: []string{"more at once than in a month"}},
		"a kind of debit that is none":   {services: "Service: x\nDebit: wallet", want: []string{"a debit is a charge"}},
		"a bank that is there twice":     {banks: "Bank: 0168\nJa: x\nEn: x", want: []string{"bank 0168 is there twice", "banks.rec:"}},
		"a code of three digits":         {banks: "Bank: 168\nJa: x\nEn: x", want: []string{"four digits"}},
		"a length of nothing":            {banks: "Bank: 9998\nJa: x\nEn: x\nCells: many", want: []string{"no number of cells"}},
		"words of no kind":               {words: "Maybe: x", want: []string{"no words of the kind"}},
		"a field of nothing":             {words: "Front:", want: []string{"is not \"Field: value\""}},
		"a line that is no field":        {words: "ペイペイ", want: []string{"is not \"Field: value\""}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := read(source{servicesRec + "\n" + c.services + "\n", banksRec + "\n" + c.banks + "\n", wordsRec + "\n" + c.words + "\n"})
			if err == nil {
				err = errors.Join(d.check()...)
			}
			if err == nil {
				t.Fatal("it is not refused")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the problem does not say %q:\n%v", want, err)
				}
			}
		})
	}
}

// What is long enough, or needed, is not complained of.
func TestEntriesThatGoTogether(t *testing.T) {
	t.Parallel()
	service := func(names string) string { return "Service: x\nJa: x\nEn: x\nDebit: charge\n" + names }
	for name, c := range map[string]struct{ services, words string }{
		"a name of four kana":               {services: service("Name: ヌネノヘ | guessed")},
		"a name of three kana, alone":       {services: service("Name: ヌネノ | guessed alone")},
		"a name of three ideographs":        {services: service("Name: 金亀鶴 | guessed")},
		"a trap that begins with a name":    {words: "Not: ペイペイヌネノ | x"},
		"a mark of its own":                 {words: "Front: ヌネノヘ"},
		"two services of unlike names":      {services: service("Name: ヌネノペイ | guessed") + "\n\nService: y\nJa: y\nEn: y\nDebit: charge\nName: ヘホムペイ | guessed"},
		"a name seen where one was guessed": {services: service("Name: ヌネノペイ | guessed\nName: ヌネノペイチヤ | seen | 中国 | passbook")},
	} {
		d, err := read(source{servicesRec + "\n" + c.services + "\n", banksRec, wordsRec + "\n" + c.words + "\n"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, p := range d.check() {
			t.Errorf("%s: %v", name, p)
		}
	}
}

// A new service is one entry, and no code.
func TestABrandNewServiceNeedsOneEntry(t *testing.T) {
	t.Parallel()
	d, err := read(source{servicesRec + "\nService: kemupay\nJa: ケムペイ\nEn: Kemu Pay\nDebit: charge\nName: ケムペイ | guessed\n", banksRec, wordsRec})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range d.check() {
		t.Error(p)
	}
	for line, want := range map[string]string{"RTK ｹﾑﾍﾟｲ": "kemupay", "ケムペイ（カ": "kemupay", "ｹﾑﾍﾟｲｶｰﾄﾞ": "", "PAYPAY": "paypay"} {
		if got := d.classify("", line); got.Service != want {
			t.Errorf("%q is %+v, want %q", line, got, want)
		}
	}
}

// Whatever is written into the files, reading and checking them ends, and
// what they make classifies.
func FuzzRead(f *testing.F) {
	f.Add("Service: x\nJa: x\nEn: x\nDebit: charge\nName: ペイ | guessed alone", "Bank: 0001\nJa: x\nEn: x\nCells: 12", "Front: RK\nBill: カード | x")
	f.Fuzz(func(_ *testing.T, services, banks, words string) {
		d, err := read(source{services, banks, words})
		if err != nil {
			return
		}
		_ = d.check()
		for _, s := range d.order {
			_ = d.explain("0001", s.NameJa, false)
		}
	})
}
