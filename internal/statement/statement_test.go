package statement

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"
)

var now = time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)

func jst(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t
}

// files are one of each layout, with its oddities; each tells the same: 3,000
// yen taken, 10,000 yen put in, 28,000 yen taken.
var files = map[string]string{
	"三菱UFJ銀行":       "\"日付\",\"摘要\",\"摘要内容\",\"支払い金額\",\"預かり金額\",\"差引残高\",\"メモ\",\"未資金化区分\",\"入払区分\"\r\n\"2026/9/1\",\"口座振替３\",\"ﾍﾟｲﾍﾟｲ\",\"3,000\",\"\",\"97,000\",\"\",\"\",\"支払い\"\r\n\"2026/10/15\",\"給料\",\"\",\"\",\"10,000\",\"107,000\",\"\",\"\",\"入金\"\r\n\"2026/11/2\",\"口座振替３\",\"ﾄﾞｺﾓｺｳｻﾞ\",\"28,000\",\"\",\"79,000\",\"\",\"\",\"支払い\"\r\n",
	"三井住友銀行":        "年月日,お引出し,お預入れ,お取り扱い内容,残高,メモ,ラベル\n2026/11/2,28000,,\"ﾄﾞｺﾓｺｳｻﾞ\",79000,,\n2026/10/15,,10000,\"給料\",107000,,\n2026/9/1,3000,,\"ﾍﾟｲﾍﾟｲ\",97000,,\n",
	"ゆうちょ銀行":        "お客さま口座情報\n,記号,12345\n,番号,1234567\n\n照会期間,2026年9月1日～2026年11月2日\n\n取引日,入出金明細ＩＤ,受入金額（円）,払出金額（円）,詳細１,詳細２,現在（貸付）高,\n20260901,1,,3000,自払,ﾍﾟｲﾍﾟｲ,97000,\n20261015,2,10000,,給与,,107000,\n20261102,3,,28000,自払,ﾄﾞｺﾓｺｳｻﾞ,79000,\n",
	"楽天銀行":          "取引日,入出金(円),取引後残高(円),入出金内容\n20260901,-3000,97000,ﾍﾟｲﾍﾟｲ\n20261015,10000,107000,給料\n20261102,-28000,79000,ﾄﾞｺﾓｺｳｻﾞ\n",
	"住信SBIネット銀行":    "日付,内容,出金金額(円),入金金額(円),残高(円),メモ\n2026/11/02,\"ﾄﾞｺﾓｺｳｻﾞ\",\"28,000\",,\"79,000\",-\n2026/10/15,\"給料\",,\"10,000\",\"107,000\",-\n2026/09/01,\"ﾍﾟｲﾍﾟｲ\",\"3,000\",,\"97,000\",-\n",
	"PayPay銀行":      "操作日(年),操作日(月),操作日(日),操作時刻(時),操作時刻(分),操作時刻(秒),取引順番号,摘要,お支払金額,お預り金額,残高,メモ\n2026,9,1,10,0,0,00001,ﾍﾟｲﾍﾟｲ,3000,,97000,-\n2026,10,15,10,0,0,00002,給料,,10000,107000,-\n2026,11,2,10,0,0,00003,ﾄﾞｺﾓｺｳｻﾞ,28000,,79000,-\n",
	"SBI新生銀行":       "\uFEFF取引日,摘要,出金金額,入金金額,残高\n2026/11/02,ﾄﾞｺﾓｺｳｻﾞ,\"28,000\",,\"79,000\"\n2026/10/15,給料,,\"10,000\",\"107,000\"\n2026/09/01,ﾍﾟｲﾍﾟｲ,\"3,000\",,\"97,000\"\n",
	"ソニー銀行":         "お取り引き日,摘要,参考情報,お預け入れ額,お引き出し額,差し引き残高\n2026年09月01日,ﾍﾟｲﾍﾟｲ,,,3000,97000\n2026年10月15日,給料,,10000,,107000\n2026年11月02日,ﾄﾞｺﾓｺｳｻﾞ,,,28000,79000\n",
	"ＪＡバンク":         "番号,明細区分,取扱日付,起算日,お支払金額,お預り金額,取引区分,残高,摘要\n1,出金,9月1日,,\\3,000,,振替,\\97,000,ﾍﾟｲﾍﾟｲ\n",
	"地方銀行（ANSER）":   "照会口座,番号,勘定日,（起算日）,出金金額（円）,入金金額（円）,小切手区分,残高（円）,取引区分,明細区分,金融機関名,支店名,摘要\n普通1234567,1,2026年9月1日,,\"３，０００\",,,\"９７，０００\",振替,,,,ﾍﾟｲﾍﾟｲ\n普通1234567,2,2026年10月15日,,,\"10,000\",,\"107,000\",給与,,,,給料\n普通1234567,3,2026年11月2日,,\"28,000\",,,\"79,000\",振替,,,,ﾄﾞｺﾓｺｳｻﾞ\n",
	"りそな銀行":         "レコード区分,年,月,日,時,分,連絡先名,金融機関名,支店名,口座番号区分,口座種別,口座番号,再送表示,取引名,取扱日付　年,取扱日付　月,取扱日付　日,金額,取引後残高,摘要,コメント\n明細,2026,11,29,10,0,,りそな,本店,,普通,1234567,,支払,2026,09,01,3000,97000,ﾍﾟｲﾍﾟｲ,\n明細,2026,11,29,10,0,,りそな,本店,,普通,1234567,,入金,2026,10,15,10000,107000,給料,\n明細,2026,11,29,10,0,,りそな,本店,,普通,1234567,,支払,2026,11,02,28000,79000,ﾄﾞｺﾓｺｳｻﾞ,\n",
	"みずほ銀行":         "入出金明細\n\nお取引店,本店\n科目,普通\n口座番号,1234567\n照会日時,2026.11.29 10:00\n\n件数,3\n\n明細通番,日付,お引出金額,お預入金額,残高,お取引内容\n1,2026.09.01,3000,-,97000,ﾍﾟｲﾍﾟｲ\n2,2026.10.15,-,10000,107000,給料\n3,2026.11.02,28000,-,79000,ﾄﾞｺﾓｺｳｻﾞ\n※他行の取引は表示されません\n",
	"りそな, by names": "レコード区分,年,月,日,時,分,連絡先名,金融機関名,支店名,口座番号区分,口座種別,口座番号,再送表示,取引名(入金/支払),取扱日付　年,月,日,金額,取引後残高,摘要,コメント\n2,2026,11,29,10,0,,りそな,本店,,普通,1234567,,支払,2026,9,1,3000,97000,ﾍﾟｲﾍﾟｲ,\n2,2026,11,29,10,0,,りそな,本店,,普通,1234567,,入金,2026,10,15,10000,107000,給料,\n2,2026,11,29,10,0,,りそな,本店,,普通,1234567,,支払,2026,11,2,28000,79000,ﾄﾞｺﾓｺｳｻﾞ,\n",
	"unknown, tabs": "前書き\n取引日\tご利用内容\t出金額\t入金額\t残高\n令和8年9月1日\tﾍﾟｲﾍﾟｲ\t3000\t\t97000\nR8.10.15\t給料\t\t10000\t107000\n2026-11-02T10:00:00+09:00\tﾄﾞｺﾓｺｳｻﾞ\t28000\t\t79000\n",
}

func ja() string { // a file in which amounts are quoted, and the year is left out
	return "番号,明細区分,取扱日付,起算日,お支払金額,お預り金額,取引区分,残高,摘要\n1,出金,9月1日,,\"\\3,000\",,振替,\"\\97,000\",ﾍﾟｲﾍﾟｲ\n2,入金,10月15日,,,\"\\10,000\",給与,\"\\107,000\",給料\n3,出金,11月2日,,\"\\28,000\",,振替,\"\\79,000\",ﾄﾞｺﾓｺｳｻﾞ\n"
}

// charsets are the ways that a text is written; nil if it cannot be.
var charsets = map[string]func(string) []byte{
	"UTF-8":             func(s string) []byte { return []byte(s) },
	"UTF-8 with a mark": func(s string) []byte { return append([]byte("\xEF\xBB\xBF"), s...) },
	"Shift_JIS":         func(s string) []byte { b, _ := japanese.ShiftJIS.NewEncoder().Bytes([]byte(s)); return b },
	"EUC-JP":            func(s string) []byte { b, _ := japanese.EUCJP.NewEncoder().Bytes([]byte(s)); return b },
	"UTF-16":            func(s string) []byte { return wide(s, true) },
	"UTF-16 plain":      func(s string) []byte { return wide(s, false) },
}

func wide(s string, mark bool) []byte {
	var b []byte
	if mark {
		b = []byte{0xFF, 0xFE}
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func TestEachBanksFileTellsTheSameInEachWriting(t *testing.T) {
	t.Parallel()
	for whose, text := range files {
		if whose == "ＪＡバンク" {
			text = ja()
		}
		bank, names, _ := strings.Cut(whose, ", ")
		for charset, write := range charsets {
			t.Run(whose+" in "+charset, func(t *testing.T) {
				data := write(strings.TrimPrefix(text, "\uFEFF"))
				if len(data) == 0 {
					t.Skip("this cannot be written so")
				}
				s, err := Read(data, now)
				if err != nil {
					t.Fatal(err)
				}
				if s.Known == (names != "") || s.Known && s.Layout != bank || !strings.HasPrefix(s.Charset, strings.TrimSuffix(charset, " plain")) {
					t.Errorf("layout %q, known %t, in %s", s.Layout, s.Known, s.Charset)
				}
				if len(s.Unread) > 0 || len(s.Misfits) > 0 || len(s.Rows) != 3 {
					t.Fatalf("%d rows, unread %v, misfits %v", len(s.Rows), s.Unread, s.Misfits)
				}
				var got []string
				for _, r := range s.Rows {
					got = append(got, fmt.Sprintf("%s -%d +%d %d", r.Day.Format(time.DateOnly), r.Out, r.In, *r.Balance))
					if r.Out == 28000 && !strings.Contains(r.Text+r.Detail, "ﾄﾞｺﾓｺｳｻﾞ") {
						t.Errorf("its text is %q %q", r.Text, r.Detail)
					}
				}
				want := []string{"2026-09-01 -3000 +0 97000", "2026-10-15 -0 +10000 107000", "2026-11-02 -28000 +0 79000"}
				if got[0] > got[1] {
					want[0], want[2] = want[2], want[0]
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// national writes a file of the national format: header, rows, trailer, end.
func national(end string, rows ...string) []byte {
	record := func(parts ...string) []byte {
		b, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(strings.Join(parts, "")))
		if err != nil {
			panic(err)
		}
		return append(append(b, bytes.Repeat([]byte(" "), zenginRecord-len(b))...), end...)
	}
	head := fmt.Sprintf("1030%s%s%s%-93s%014d", "081129", "080901", "081129", "0125", 100000)
	out := record(head)
	in, paid, ins, outs, balance := 0, 0, 0, 0, 100000
	for i, r := range rows {
		var day, side, text string
		var yen int
		if _, err := fmt.Sscan(r, &day, &side, &yen, &text); err != nil {
			panic(err)
		}
		cell := []rune(text)
		out = append(out, record(fmt.Sprintf("2%08d%s%s%s14%012d%s", i+1, day, day, side, yen, strings.Repeat(" ", 159-36)), string(cell))...)
		if side == "1" {
			in, ins, balance = in+yen, ins+1, balance+yen
		} else {
			paid, outs, balance = paid+yen, outs+1, balance-yen
		}
	}
	out = append(out, record(fmt.Sprintf("8%06d%013d%06d%013d1%014d%07d", ins, in, outs, paid, balance, len(rows)))...)
	return append(out, record(fmt.Sprintf("9%010d%05d", len(rows)+3, 1))...)
}

func TestTheNationalFormatIsReadWithAndWithoutEndsOfLines(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"", "\r\n", "\n"} {
		s, err := Read(national(end, "080901 2 3000 ﾍﾟｲﾍﾟｲ", "081015 1 10000 ｷﾕｳﾖ", "081102 2 28000 ﾄﾞｺﾓｺｳｻﾞ", "060415 2 500 ｴｲﾃｲ-ｴﾑ", "310430 2 700 ﾃﾞﾝｷ"), now)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Rows) != 5 || len(s.Unread) > 0 || len(s.Misfits) > 0 || !s.Known {
			t.Fatalf("%q: %d rows, unread %v, misfits %v", end, len(s.Rows), s.Unread, s.Misfits)
		}
		if r := s.Rows[2]; !r.Day.Equal(jst("2026-11-02")) || r.Out != 28000 || r.Text != "ﾄﾞｺﾓｺｳｻﾞ" || *r.Balance != 79000 {
			t.Errorf("%+v", r)
		}
		if d := s.Rows[3].Day; !d.Equal(jst("2024-04-15")) {
			t.Errorf("060415 is %v", d)
		}
		if d := s.Rows[4].Day; !d.Equal(jst("2019-04-30")) {
			t.Errorf("310430 is %v", d)
		}
	}
}

func TestARowThatCannotBeReadCostsItselfAndIsReported(t *testing.T) {
	t.Parallel()
	s, err := Read([]byte("取引日,摘要,出金金額,入金金額,残高\n2026/9/1,a,3000,,97000\n2026/13/1,b,1,,\n2026/9/3,c,三千,,\n,d,5,,\n2026/9/4,e,1000,,96000\n\n合計,,4000,,\n2026/9/5,繰越,,,96000\n2026/9/6,f,1,1,\n"), now)
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, p := range s.Unread {
		lines = append(lines, p.Line)
		if p.Field == "" || p.Reason == "" {
			t.Errorf("%+v", p)
		}
	}
	if diff := cmp.Diff([]int{3, 4, 5, 8, 10}, lines); diff != "" || len(s.Rows) != 2 || len(s.Skipped) != 1 {
		t.Errorf("%s %d rows, %d skipped", diff, len(s.Rows), len(s.Skipped))
	}
	data := national("\n", "080901 2 3000 ﾍﾟｲﾍﾟｲ", "081015 1 10000 ｷﾕｳﾖ")
	copy(data[201+21:], "9")
	s, err = Read(data, now)
	if err != nil || len(s.Rows) != 1 || len(s.Unread) != 1 || s.Unread[0].Line != 2 || len(s.Misfits) > 0 { // what the totals miss can be that row
		t.Errorf("%v %+v", err, s)
	}
	s, err = Read(data[:len(data)-150], now)
	if err != nil || len(s.Unread) != 2 {
		t.Errorf("what is cut off: %v %+v", err, s.Unread)
	}
}

// A row in UTF-8 among those in Shift_JIS would be read as rare ideographs, and no
// payment service be found in it.
func TestARowInAnotherWritingIsReported(t *testing.T) {
	t.Parallel()
	sjis := func(s string) string { b, _ := japanese.ShiftJIS.NewEncoder().String(s); return b }
	data := sjis("取引日,摘要,出金金額,入金金額,残高\n2026/9/1,ﾃﾞﾝｷ,3000,,97000\n") + "2026/9/2,ペイペイ,1000,,96000\n" + sjis("2026/9/3,ガス,1000,,95000\n")
	s, err := Read([]byte(data), now)
	if err != nil || len(s.Rows) != 2 || len(s.Unread) != 1 || s.Unread[0].Line != 3 {
		t.Errorf("%v, %d rows, %+v", err, len(s.Rows), s.Unread)
	}
	if text, how, err := Decode([]byte(data)); !errors.Is(err, ErrNoText) || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("read as %s: %q, %v", how, text, err)
	}
}

func TestGapsInTheBalancesAreFoundFromEitherEnd(t *testing.T) {
	t.Parallel()
	rows := []string{"2026/9/1,a,1000,,99000", "2026/9/2,b,1000,,98000", "2026/9/3,c,1000,,97000", "2026/9/4,d,,5000,102000", "2026/9/5,e,2000,,100000"}
	for _, lost := range []int{-1, 1, 2, 3} {
		for _, newest := range []bool{false, true} {
			kept := append([]string{}, rows...)
			if lost >= 0 {
				kept = append(kept[:lost], kept[lost+1:]...)
			}
			if newest {
				for i, j := 0, len(kept)-1; i < j; i, j = i+1, j-1 {
					kept[i], kept[j] = kept[j], kept[i]
				}
			}
			s, err := Read([]byte("取引日,摘要,出金金額,入金金額,残高\n"+strings.Join(kept, "\n")), now)
			if err != nil || (len(s.Misfits) == 0) != (lost < 0) || len(s.Misfits) > 1 {
				t.Errorf("without row %d, newest first %t: %v %v", lost, newest, err, s.Misfits)
			}
		}
	}
}

func TestWhatIsNoStatementIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data string
		is   error
		says string
	}{
		"a PDF":              {"%PDF-1.7 …", ErrKind, "CSV"},
		"a picture":          {"\x89PNG\r\n\x1a\n", ErrKind, "picture"},
		"a photograph":       {"\xFF\xD8\xFF\xE0", ErrKind, "picture"},
		"one of a telephone": {"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", ErrKind, "picture"},
		"one of the web":     {"RIFF\x24\x00\x00\x00WEBPVP8 ", ErrKind, "picture"},
		"one of a scanner":   {"II*\x00\x08\x00\x00\x00", ErrKind, "picture"},
		"another scanner's":  {"MM\x00*\x00\x00\x00\x08", ErrKind, "picture"},
		"a spreadsheet":      {"PK\x03\x04", ErrKind, "CSV"},
		"JIS":                {"\x1B$B<h0zF|\x1B(B,\x1B$BE&MW\x1B(B\n", ErrKind, "UTF-8"},
		"nothing":            {"", nil, "empty"},
		"another CSV":        {"name,age\nx,1\n", errNoHeader, "columns"},
		"half a character":   {"取引日,摘要,出金\n\xE3\x81", ErrNoText, "line"},
		"bytes":              {"\x00\x01\x02\x03\xFF", ErrNoText, "text"},
	} {
		_, err := Read([]byte(c.data), now)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDaysWithoutAYearAreTheLastOnesThatTheirOrderAllows(t *testing.T) {
	t.Parallel()
	at := func(days ...string) (out []date) {
		for _, d := range days {
			v, err := day(d)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, v)
		}
		return out
	}
	for _, c := range []struct{ days, want string }{
		{"11月1日 12月30日 1月5日 11月28日", "2025-11-01 2025-12-30 2026-01-05 2026-11-28"},
		{"11月28日 1月5日 12月30日 11月1日", "2026-11-28 2026-01-05 2025-12-30 2025-11-01"},
		{"12月1日", "2025-12-01"},
		{"2/29", "2024-02-29"},
		{"2026/1/5 1/6 1/7", "2026-01-05 2026-01-06 2026-01-07"},
	} {
		var got []string
		for _, d := range years(at(strings.Fields(c.days)...), now) {
			got = append(got, d.Format(time.DateOnly))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s is %v, want %s", c.days, got, c.want)
		}
	}
}

func TestTheSameRowsHaveTheSameKeysInFilesThatOverlap(t *testing.T) {
	t.Parallel()
	head := "取引日,摘要,出金金額,入金金額,残高\n"
	a, err := Read([]byte(head+"2026/9/1,x,100,,\n2026/9/1,x,100,,\n2026/9/2,y,5,,\n"), now)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Read([]byte(head+"2026/9/1,x,100,,\n2026/9/1,x,100,,\n2026/9/2,y,5,,\n2026/9/3,z,6,,\n"), now)
	if err != nil {
		t.Fatal(err)
	}
	all := map[Key]bool{}
	for _, k := range append(a.Keys(), b.Keys()...) {
		all[k] = true
	}
	if len(all) != 4 {
		t.Errorf("%d different rows, want 4", len(all))
	}
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("取引日,摘要,出金金額,入金金額,残高\n")
	balance := 100_000_000
	for i := range 10_000 {
		balance -= 100 + i%7
		fmt.Fprintf(&text, "%s,ﾄﾞｺﾓｺｳｻﾞ %d,\"%d\",,\"%d\"\n", now.AddDate(0, 0, -3000+i/4).Format("2006/01/02"), i, 100+i%7, balance)
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		s, err := Read(data, now)
		if err != nil || len(s.Rows) != 10_000 || len(s.Misfits) > 0 {
			b.Fatal(err, s.Unread, s.Misfits)
		}
	}
}
