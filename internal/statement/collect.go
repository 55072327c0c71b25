package statement

import (
	"fmt"
	"strconv"
	"strings"
)

// collect takes a record of 口座振替. The same form asks for debits and tells what
// became of them: only the trailer says which.
func (z *zengin) collect(rec []byte) {
	switch rec[0] {
	case '1':
		z.undone()
		name, err := jis(rec[14:54])
		z.account = account{open: true, name: name, collector: strings.TrimSpace(string(rec[4:14])), first: len(z.Rows)}
		if err != nil {
			z.problem("委託者名", "it is no text in JIS X 0201 or Shift_JIS")
		}
		z.date.Month, _ = strconv.Atoi(string(rec[54:56]))
		z.date.Day, _ = strconv.Atoi(string(rec[56:58]))
	case '2':
		row, failed, problem := z.collected(rec)
		switch {
		case problem != nil:
			problem.Line = z.n
			z.Unread = append(z.Unread, *problem)
		case failed:
			z.failures, z.failed = z.failures+1, z.failed+row.Out
			z.Skipped = append(z.Skipped, Problem{z.n, "振替結果コード", fmt.Sprintf("%q: it was not collected", rec[111])})
		case row.Out == 0:
			z.outs++
			z.Skipped = append(z.Skipped, Problem{z.n, "引落金額", "it moves no money"})
		default:
			z.outs, z.out = z.outs+1, z.out+row.Out
			z.Rows = append(z.Rows, row)
		}
	case '8':
		z.collectedTotals(rec)
		z.account = account{}
	case '9':
		z.undone()
		z.other(rec)
	default:
		z.other(rec)
	}
}

// collected reads one debit.
func (z *zengin) collected(rec []byte) (r Row, failed bool, problem *Problem) {
	if !z.open {
		return r, false, &Problem{Field: "データ区分", Reason: "no header above it says whose it is"}
	}
	d := date{Month: z.date.Month, Day: z.date.Day}
	if _, ok := d.in(2000); !ok {
		return r, false, &Problem{Field: "引落日", Reason: fmt.Sprintf("the header's %02d%02d is no day (MMDD)", d.Month, d.Day)}
	}
	yen, err := yenOf(rec[80:90])
	if err != nil {
		return r, false, &Problem{Field: "引落金額", Reason: fmt.Sprintf("%q is no amount of yen", rec[80:90])}
	}
	if rec[111] < '0' || rec[111] > '9' {
		return r, false, &Problem{Field: "振替結果コード", Reason: fmt.Sprintf("%q is none", rec[111])}
	}
	r = Row{Line: z.n, Out: yen, Text: z.name, Collector: z.collector,
		Account: strings.Join(strings.Fields(string(rec[1:5])+" "+string(rec[20:23])+" "+string(rec[42:50])), "-")}
	r.Day = years([]date{d}, z.now)[0]
	return r, rec[111] != '0', nil
}

// undone ends an account without a trailer: whether its debits were only asked
// for is not known.
func (z *zengin) undone() {
	if z.open {
		for _, r := range z.Rows[z.first:] {
			z.Unread = append(z.Unread, Problem{r.Line, "振替結果コード", "no trailer tells whether it was collected or only asked for"})
		}
		z.Rows = z.Rows[:z.first]
	}
	z.close()
}

// collectedTotals holds the trailer against the rows.
func (z *zengin) collectedTotals(rec []byte) {
	if !z.open {
		z.misfit("データ区分", "an account ends here that did not begin")
		return
	}
	done := string(rec[19:55])
	if strings.Trim(done, "0") == "" && z.outs > 0 {
		for _, r := range z.Rows[z.first:] {
			z.Skipped = append(z.Skipped, Problem{r.Line, "振替結果コード", "it is asked for, and not yet collected"})
		}
		z.Rows = z.Rows[:z.first]
	} else {
		z.total(rec, "振替済件数", 19, 25, z.outs)
		z.total(rec, "振替済金額", 25, 37, z.out)
		z.total(rec, "振替不能件数", 37, 43, z.failures)
		z.total(rec, "振替不能金額", 43, 55, z.failed)
	}
	z.total(rec, "合計件数", 1, 7, z.outs+z.failures)
	z.total(rec, "合計金額", 7, 19, z.out+z.failed)
}
