package bankapi_test

import (
	"context"
	"fmt"
	"strings"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// statementRow is a row of the files made here: "24 2 3000 PAYPAY" is a debit (1 is
// a credit) of November 24.
type statementRow struct {
	day, side, yen int
	text           string
	balance        int // behind it
}

// accountOfFile is what the files made here call their account.
const accountOfFile = "0168-123-11234567"

// statementRows reads rows, of which the first begins with an opening balance.
func statementRows(opening int, rows ...string) (out []statementRow, in, paid, ins, outs, closing int) {
	for _, s := range rows {
		var r statementRow
		if _, err := fmt.Sscan(s, &r.day, &r.side, &r.yen, &r.text); err != nil {
			panic(err)
		}
		if r.side == 1 {
			in, ins, opening = in+r.yen, ins+1, opening+r.yen
		} else {
			paid, outs, opening = paid+r.yen, outs+1, opening-r.yen
		}
		r.balance = opening
		out = append(out, r)
	}
	return out, in, paid, ins, outs, opening
}

// national writes 全銀 入出金取引明細.
func national(opening int, rows ...string) string {
	list, in, paid, ins, outs, closing := statementRows(opening, rows...)
	record := func(s string) string { return fmt.Sprintf("%-200s", s) }
	var b strings.Builder
	b.WriteString(record(fmt.Sprintf("1030%s%s%s%-4s%-15s%-3s%-15s%3s%-11s%-40s1 %014d", "081129", "081124", "081129", "0168", "", "123", "", "", "11234567", "", opening)))
	for i, r := range list {
		b.WriteString(record(fmt.Sprintf("2%08d0811%02d0811%02d%d14%012d%-123s%s", i+1, r.day, r.day, r.side, r.yen, "", r.text)))
	}
	b.WriteString(record(fmt.Sprintf("8%06d%013d%06d%013d1%014d%07d", ins, in, outs, paid, closing, len(list))))
	b.WriteString(record(fmt.Sprintf("9%010d%05d", len(list)+3, 1)))
	return b.String()
}

// anser writes the 13 columns that many regional banks share.
func anser(opening int, rows ...string) string {
	list, _, _, _, _, _ := statementRows(opening, rows...)
	out := "照会口座,番号,勘定日,(起算日),出金金額(円),入金金額(円),小切手区分,残高(円),取引区分,明細区分,金融機関名,支店名,摘要\n"
	for i, r := range list {
		yen := [2]string{"", fmt.Sprint(r.yen)}
		if r.side == 2 {
			yen[0], yen[1] = yen[1], yen[0]
		}
		out += fmt.Sprintf("%s,%d,2026/11/%02d,,%s,%s,,%d,,,,,%s\n", accountOfFile, i+1, r.day, yen[0], yen[1], r.balance, r.text)
	}
	return out
}

// camt writes a camt.053 of version 8.
func camt(opening int, rows ...string) string {
	list, _, _, _, _, closing := statementRows(opening, rows...)
	balance := func(code string, yen int) string {
		return fmt.Sprintf(`<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy="JPY">%d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-24</Dt></Dt></Bal>`, code, yen)
	}
	out := `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>` + accountOfFile + `</Id></Othr></Id></Acct>` + balance("OPBD", opening) + balance("CLBD", closing)
	for _, r := range list {
		side := map[int]string{1: "CRDT", 2: "DBIT"}[r.side]
		out += fmt.Sprintf(`<Ntry><Amt Ccy="JPY">%d</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-%02d</Dt></BookgDt><AddtlNtryInf>%s</AddtlNtryInf></Ntry>`+"\n", r.yen, side, r.day, r.text)
	}
	return out + `</Stmt></BkToCstmrStmt></Document>`
}

// events are those that wait in the events queue, which ends them.
func (w *world) events() (out []watch.Event) {
	w.t.Helper()
	for {
		ms, err := w.queue.Receive(context.Background(), queue.Events, 10, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(ms) == 0 {
			return out
		}
		for _, m := range ms {
			b, err := wire.DecodeBatch(m.Body)
			if err != nil {
				w.t.Fatal(err)
			}
			out = append(out, b.Events...)
		}
		if err := w.queue.Delete(context.Background(), queue.Events, ms...); err != nil {
			w.t.Fatal(err)
		}
	}
}
