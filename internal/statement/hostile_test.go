package statement

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// told is what a file tells, line by line.
func told(s *Statement) (out []string) {
	for _, r := range s.Rows {
		out = append(out, fmt.Sprintf("%s -%d +%d %s", r.Day.Format(time.DateOnly), r.Out, r.In, strings.TrimSpace(r.Text+" "+r.Detail)))
	}
	return out
}

// Banks whose layout nobody has shown us are read by what people call the columns,
// however it is spelt, and that is said.
func TestHeadingsAreKnownInEachSpelling(t *testing.T) {
	t.Parallel()
	for _, head := range []string{
		"取引日,お支払金額,お預り金額,残高,お取引内容", "お取引日,お引き出し金額,お預け入れ金額,差引残高,お取引内容", "取引日,お引き出し,お預け入れ,残高,摘要",
		"年月日,お支払い,お預かり,差引残高,摘要", "取引日時,ご出金額,ご入金額,残高,摘要", "日付,出金,入金,残高,適用", "取引日,お支払い額,お預かり額,お取引後の残高,お取引の内容",
		"入出金日,出金金額（円）,入金金額（円）,残高（円）,内容", "取引月日,お払戻し金額,お預入れ額,残高,摘要", "日 付,お引落し額,受取額,残高,お 取 引 内 容",
		"月日,出金,入金,残高,摘要", "取引日,出金額,入金額,残高,入出金先内容", "取引日,引落金額,入金金額,残高,備考", "Date,Withdrawal,Deposit,Balance,Description", "Transaction Date,Debit (JPY),Credit (JPY),Balance (JPY),Details",
	} {
		for _, sep := range []string{",", "\t", ";"} {
			text := strings.ReplaceAll(head+"\n2026/9/1,3000,,97000,ﾍﾟｲﾍﾟｲ\n2026/10/15,,10000,107000,給料\n2026/11/2,28000,,79000,ﾄﾞｺﾓｺｳｻﾞ\n", ",", sep)
			s, err := Read([]byte(text), now)
			if err != nil || s.Known || len(s.Unread)+len(s.Misfits) > 0 {
				t.Errorf("%s: %v %+v", head, err, s)
				continue
			}
			if diff := cmp.Diff([]string{"2026-09-01 -3000 +0 ﾍﾟｲﾍﾟｲ", "2026-10-15 -0 +10000 給料", "2026-11-02 -28000 +0 ﾄﾞｺﾓｺｳｻﾞ"}, told(s)); diff != "" || *s.Rows[2].Balance != 79000 {
				t.Errorf("%s: %s", head, diff)
			}
		}
	}
	// Whose money 借方 is depends on who writes it.
	if s, err := Read([]byte("日付,摘要,借方,貸方\n2026/9/1,ﾍﾟｲﾍﾟｲ,3000,\n"), now); err == nil {
		t.Errorf("%+v", s)
	}
}

// A day takes three columns, whatever those are called; next to a whole day the year
// and the month are nothing.
func TestADayInThreeColumnsIsRead(t *testing.T) {
	t.Parallel()
	for head, day := range map[string]string{
		"年,月,日": "2024,4,15", "取引年,取引月,取引日": "2024,04,15", "取引日(年),取引日(月),取引日(日)": "2024,4,15", "お取引日　年,お取引日　月,お取引日　日": "２０２４,４,１５",
		"対象年,対象月,取引日": "2024,4,2024/4/15", "日付,照会年,照会月,照会日": "2024/4/15,2026,11,29",
	} {
		s, err := Read([]byte(head+",摘要,出金額,入金額,残高\n"+day+",ﾍﾟｲﾍﾟｲ,300,,700\n"), now)
		if err != nil || len(s.Unread) > 0 {
			t.Errorf("%s: %v %+v", head, err, s)
			continue
		}
		if diff := cmp.Diff([]string{"2024-04-15 -300 +0 ﾍﾟｲﾍﾟｲ"}, told(s)); diff != "" {
			t.Errorf("%s: %s", head, diff)
		}
	}
	// A year of an era that no column names is none.
	if s, err := Read([]byte("年,月,日,摘要,出金額\n6,4,15,ﾍﾟｲﾍﾟｲ,300\n2024,4,16,ﾍﾟｲﾍﾟｲ,300\n"), now); err != nil || len(s.Rows) != 1 || len(s.Unread) != 1 {
		t.Errorf("%v %+v", err, s)
	}
}

// Days without a year are of the period that the file says it is of.
func TestDaysWithoutAYearAreOfThePeriodAbove(t *testing.T) {
	t.Parallel()
	for _, period := range []string{"照会期間,2023/12/01～2024/02/01", "期間：2023年12月1日から2024年2月1日まで", "\"照会期間\",\"R5.12.1〜R6.2.1\""} {
		s, err := Read([]byte(period+"\n\n月日,摘要,出金,入金,残高\n12/15,ﾍﾟｲﾍﾟｲ,300,,700\n12/31,ﾍﾟｲﾍﾟｲ,100,,600\n1/2,ﾍﾟｲﾍﾟｲ,200,,400\n"), now)
		if err != nil || len(s.Unread) > 0 {
			t.Errorf("%s: %v %+v", period, err, s)
			continue
		}
		if diff := cmp.Diff([]string{"2023-12-15 -300 +0 ﾍﾟｲﾍﾟｲ", "2023-12-31 -100 +0 ﾍﾟｲﾍﾟｲ", "2024-01-02 -200 +0 ﾍﾟｲﾍﾟｲ"}, told(s)); diff != "" {
			t.Errorf("%s: %s", period, diff)
		}
	}
}

func TestDaysAndAmountsAreReadInEachWritingOrReported(t *testing.T) {
	t.Parallel()
	row := func(day, yen string) *Statement {
		s, err := Read([]byte(plainHead+day+",ﾍﾟｲﾍﾟｲ,\""+yen+"\",,\n2024/8/30,x,1,,\n"), now)
		if err != nil {
			t.Fatal(day, yen, err)
		}
		return s
	}
	for _, day := range []string{"2024/08/27(火)", "2024年8月27日（火）", "2024/8/27 (火) 10:00", "R6.8.27", "令06-08-27", "令和６年８月２７日", "2024/08/27(火・祝)"} {
		if s := row(day, "300"); len(s.Rows) != 2 || s.Rows[0].Day.Format(time.DateOnly) != "2024-08-27" {
			t.Errorf("%s: %+v", day, s)
		}
	}
	for _, day := range []string{"24/08/27", "06.08.27", "20240827103000", "27/08/2024", "2024/08/27(x)", "2024/08/27(", "令99.8.27", "2024/02/30(金)"} {
		if s := row(day, "300"); len(s.Rows) != 1 || len(s.Unread) != 1 || s.Unread[0].Line != 2 {
			t.Errorf("%s: %+v", day, s)
		}
	}
	for yen, good := range map[string]bool{"28,000": true, "28，000円": true, "￥28,000": true, "2,8000": false, "28,00": false, "1,28,000": false, ",28000": false, "28,000,": false, "2800,0": false} {
		s := row("2024/8/27", yen)
		if good && (len(s.Rows) != 2 || s.Rows[0].Out != 28000) || !good && (len(s.Rows) != 1 || len(s.Unread) != 1 || s.Unread[0].Line != 2) {
			t.Errorf("%s: %+v", yen, s)
		}
	}
}

// Each number of a trailer and of the end counts: one that does not fit is noticed.
func TestEachNumberOfANationalTrailerCounts(t *testing.T) {
	t.Parallel()
	whole := national("\n", "080901 2 3000 ﾍﾟｲﾍﾟｲ", "081015 1 10000 ｷﾕｳﾖ", "081102 2 28000 ﾄﾞｺﾓｺｳｻﾞ")
	trailer, end := 4*(zenginRecord+1), 5*(zenginRecord+1)
	for name, at := range map[string][2]int{"入金件数": {trailer + 1, 6}, "入金額合計": {trailer + 7, 13}, "出金件数": {trailer + 20, 6}, "出金額合計": {trailer + 26, 13}, "貸越区分": {trailer + 39, 1}, "取引後残高": {trailer + 40, 14}, "データレコード件数": {trailer + 54, 7}, "総件数": {end + 1, 10}, "口座数": {end + 11, 5}} {
		data := append([]byte{}, whole...)
		if data[at[0]+at[1]-1]++; name == "貸越区分" {
			data[at[0]] = '2'
		}
		if s, err := Read(data, now); err != nil || len(s.Misfits) != 1 || len(s.Rows) != 3 {
			t.Errorf("%s: %v %+v", name, err, s)
		}
		if name != "データレコード件数" && name != "口座数" {
			continue
		}
		copy(data[at[0]:at[0]+at[1]], "          ") // not all banks write it
		if s, err := Read(data, now); err != nil || len(s.Misfits) != 0 {
			t.Errorf("%s, blank: %v %+v", name, err, s)
		}
	}
}

func TestWhatBanksPutAroundAMessageIsNoMatter(t *testing.T) {
	t.Parallel()
	one := entry(8, "28000", "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", "<AddtlNtryInf>ﾄﾞｺﾓｺｳｻﾞ</AddtlNtryInf>")
	m := message("053", 8, one)
	head := `<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>x</BizMsgIdr><Ntry/></AppHdr>`
	wrap := func(before, after string) string {
		return strings.NewReplacer("<Document", before+"<Document", "</Document>", "</Document>"+after).Replace(m)
	}
	var prefixed strings.Builder // each name with the prefix of its namespace
	for i, part := range strings.Split(strings.Replace(m, "Document xmlns=", "Document xmlns:c=", 1), "<") {
		switch {
		case i == 0 || part[0] == '?':
			prefixed.WriteString(strings.Repeat("<", min(i, 1)) + part)
		case part[0] == '/':
			prefixed.WriteString("</c:" + part[1:])
		default:
			prefixed.WriteString("<c:" + part)
		}
	}
	for name, text := range map[string]string{
		"as it is": m, "an envelope": wrap("<BizMsgEnvlp>"+head, "</BizMsgEnvlp>"), "one of SWIFT's": wrap("<DataPDU><Body>"+head, "</Body></DataPDU>"), "prefixes": prefixed.String(),
		"a comment": strings.Replace(m, "28000", "28<!-- x -->000", 1), "two messages": m + m,
	} {
		s, err := Read([]byte(text), now)
		if err != nil || len(s.Unread)+len(s.Misfits) > 0 || !s.Known || len(s.Rows) != strings.Count(text, "</Ntry>")+strings.Count(text, "</c:Ntry>") {
			t.Errorf("%s: %v %+v", name, err, s)
			continue
		}
		if told(s)[0] != "2026-11-02 -28000 +0 ﾄﾞｺﾓｺｳｻﾞ" {
			t.Errorf("%s: %s", name, told(s))
		}
	}
}

// What one page of an account holds is held against what that page says.
func TestEachPageOfAMessageIsSummedByItself(t *testing.T) {
	t.Parallel()
	booked := entry(8, "28000", "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", "")
	pending := entry(8, "500", "DBIT", "PDNG", "<Dt>2026-11-06</Dt>", "")
	page := func(says int, entries string) string {
		return fmt.Sprintf("<TxsSummry><TtlNtries><NbOfNtries>%d</NbOfNtries></TtlNtries><TtlDbtNtries><Sum>%d</Sum></TtlDbtNtries></TxsSummry>%s", strings.Count(entries, "<Ntry>"), says, entries)
	}
	for name, c := range map[string]struct {
		pages [2]string
		unfit int
	}{
		"with what is pending":    {[2]string{page(28500, booked+pending), page(28500, booked+pending)}, 0},
		"without":                 {[2]string{page(28000, booked+pending), page(28000, booked+pending)}, 0},
		"what is on another page": {[2]string{page(28500, booked+pending), page(28500, booked)}, 1},
	} {
		text := strings.Replace(message("053", 8, c.pages[0]), "</Stmt>", "</Stmt><Stmt><Id>2</Id><Acct><Id><Othr><Id>1234567</Id></Othr></Id></Acct>"+c.pages[1]+"</Stmt>", 1)
		if s, err := Read([]byte(text), now); err != nil || len(s.Misfits) != c.unfit {
			t.Errorf("%s: %v %+v", name, err, s)
		}
	}
}

// Who got the money stands in many places of an entry, and not all banks fill in the same.
func TestWhoGotTheMoneyIsFoundWhereverItStands(t *testing.T) {
	t.Parallel()
	for name, details := range map[string]string{
		"structured":         "<TxDtls><RmtInf><Strd><AddtlRmtInf>ﾄﾞｺﾓｺｳｻﾞ</AddtlRmtInf></Strd></RmtInf></TxDtls>",
		"behind the bank":    "<TxDtls><RltdPties><UltmtCdtr><Pty><Nm>ﾄﾞｺﾓｺｳｻﾞ</Nm></Pty></UltmtCdtr></RltdPties></TxDtls>",
		"the same, before 8": "<TxDtls><RltdPties><UltmtCdtr><Nm>ﾄﾞｺﾓｺｳｻﾞ</Nm></UltmtCdtr></RltdPties></TxDtls>",
		"of two alike":       strings.Repeat("<TxDtls><RltdPties><Cdtr><Pty><Nm>ﾄﾞｺﾓｺｳｻﾞ</Nm></Pty></Cdtr></RltdPties></TxDtls>", 2),
	} {
		s, err := Read([]byte(message("054", 8, entry(8, "28000", "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", "<NtryDtls>"+details+"</NtryDtls>"))), now)
		if err != nil || len(s.Rows) != 1 || told(s)[0] != "2026-11-02 -28000 +0 ﾄﾞｺﾓｺｳｻﾞ" {
			t.Errorf("%s: %v %+v", name, err, s)
		}
	}
	// What one of two got is not what both got.
	two := "<NtryDtls><TxDtls><RltdPties><Cdtr><Nm>ﾄﾞｺﾓｺｳｻﾞ</Nm></Cdtr></RltdPties></TxDtls><TxDtls><RltdPties><Cdtr><Nm>ﾃﾞﾝｷ</Nm></Cdtr></RltdPties></TxDtls></NtryDtls>"
	if s, err := Read([]byte(message("054", 8, entry(8, "28000", "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", two))), now); err != nil || len(s.Rows) != 1 || s.Rows[0].Text != "" {
		t.Errorf("%v %+v", err, s)
	}
}
