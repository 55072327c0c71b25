package lookback_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"kozamori/internal/lookback"
	"kozamori/internal/statement"
)

// manyRows are the rows of a file of some twenty years.
const manyRows = 10_000

// large are files of so many rows, of each kind.
func large(tb testing.TB) map[string][]byte {
	tb.Helper()
	texts := []string{"ﾄﾞｺﾓｺｳｻﾞ", "PAYPAY", "ﾃﾞﾝｷ", "ｶ)ｴﾇｼﾞｪｲﾃｸﾉﾛｼﾞ", "ﾏﾂﾓﾄ ﾊﾅｺ", "ﾍﾟｲﾍﾟｲ", "AMAZON.CO.JP"}
	var csv, camt, zengin strings.Builder
	csv.WriteString("取引日,摘要,出金金額,入金金額,残高\n")
	camt.WriteString(`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>1234567</Id></Othr></Id></Acct>`)
	fmt.Fprintf(&zengin, "%-200s", fmt.Sprintf("1030%06d%06d%06d0125%-15s123%-15s00010001234567%-40s11%014d", 81129, 80101, 81129, "", "", "", 0))
	balance, total := int64(100_000_000), int64(0)
	first := now.AddDate(0, 0, -manyRows/4)
	for i := range int64(manyRows) {
		yen, text, day := 100+i%9000, texts[i%int64(len(texts))], first.AddDate(0, 0, int(i/4))
		balance, total = balance-yen, total+yen
		fmt.Fprintf(&csv, "%s,%s,\"%d\",,\"%d\"\n", day.Format("2006/01/02"), text, yen, balance)
		fmt.Fprintf(&camt, "<Ntry><Amt Ccy=\"JPY\">%d</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><AddtlNtryInf>%s</AddtlNtryInf></Ntry>\n", yen, day.Format(time.DateOnly), text)
		era := fmt.Sprintf("%02d%s", day.Year()-2018, day.Format("0102"))
		if day.Year() < 2019 {
			era = fmt.Sprintf("%02d%s", day.Year()-1988, day.Format("0102"))
		}
		row := fmt.Sprintf("2%08d%s%s214%012d%s", i, era, era, yen, strings.Repeat(" ", 123)) + text
		zengin.WriteString(row + strings.Repeat(" ", 200-len([]rune(row))))
	}
	camt.WriteString("</Stmt></BkToCstmrStmt></Document>")
	fmt.Fprintf(&zengin, "%-200s%-200s", fmt.Sprintf("8%06d%013d%06d%013d2%014d%07d", 0, 0, manyRows, total, total, manyRows), fmt.Sprintf("9%010d%05d", manyRows+3, 1))
	sjis := func(s string) []byte {
		b, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(s))
		if err != nil {
			tb.Fatal(err)
		}
		return b
	}
	return map[string][]byte{"CSV in UTF-8": []byte(csv.String()), "CSV in Shift_JIS": sjis(csv.String()), "全銀": sjis(zengin.String()), "camt": []byte(camt.String())}
}

// look reads a file and looks through it.
func look(tb testing.TB, data []byte) {
	tb.Helper()
	s, err := statement.Read(data, now)
	if err != nil || len(s.Rows) != manyRows || len(s.Unread)+len(s.Misfits) > 0 {
		tb.Fatal(err, len(s.Rows), s.Unread[:min(len(s.Unread), 3)], s.Misfits[:min(len(s.Misfits), 3)])
	}
	l := lookback.Looker{Bank: "0125"}
	l.Add("f", s)
	if r := l.Report(); r.Rows != manyRows || len(r.Debits) < manyRows/4 {
		tb.Fatal(r.Rows, len(r.Debits))
	}
}

// A function of 128 MB looks through a file of ten thousand rows with ease: all that
// is allocated for it, whether it is let go or not, is no more than 50 MB.
func TestALargeFileTakesLittleMemory(t *testing.T) {
	files := large(t)
	for name, data := range files {
		look(t, data) // what is made once is made
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		look(t, data)
		runtime.ReadMemStats(&after)
		mb := (after.TotalAlloc - before.TotalAlloc) >> 20
		if t.Logf("%s: %d MB for a file of %d KB", name, mb, len(data)>>10); mb > 50 {
			t.Errorf("%s: %d MB", name, mb)
		}
	}
}

func BenchmarkLook(b *testing.B) {
	for name, data := range large(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				look(b, data)
			}
		})
	}
}
