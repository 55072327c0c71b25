package statement

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// layout is the names of the columns of a bank's file, in their order.
type layout struct {
	bank string
	head string
}

// layouts were seen in a real file, or in two sources that do not depend on each
// other.
var layouts = []layout{
	{"三菱UFJ銀行", "日付,摘要,摘要内容,支払い金額,預かり金額,差引残高,メモ,未資金化区分,入払区分"},
	{"三井住友銀行", "年月日,お引出し,お預入れ,お取り扱い内容,残高,メモ,ラベル"},
	{"ゆうちょ銀行", "取引日,入出金明細ＩＤ,受入金額（円）,払出金額（円）,詳細１,詳細２,現在（貸付）高,"},
	{"楽天銀行", "取引日,入出金(円),取引後残高(円),入出金内容"},
	{"住信SBIネット銀行", "日付,内容,出金金額(円),入金金額(円),残高(円),メモ"},
	{"PayPay銀行", "操作日(年),操作日(月),操作日(日),操作時刻(時),操作時刻(分),操作時刻(秒),取引順番号,摘要,お支払金額,お預り金額,残高,メモ"},
	{"SBI新生銀行", "取引日,摘要,出金金額,入金金額,残高"},
	{"ソニー銀行", "お取り引き日,摘要,参考情報,お預け入れ額,お引き出し額,差し引き残高"},
	{"ＪＡバンク", "番号,明細区分,取扱日付,起算日,お支払金額,お預り金額,取引区分,残高,摘要"},
	{"地方銀行（ANSER）", "照会口座,番号,勘定日,(起算日),出金金額(円),入金金額(円),小切手区分,残高(円),取引区分,明細区分,金融機関名,支店名,摘要"},
}

// What banks call the columns of their files, the likelier first.
var (
	dayNames     = []string{"日付", "年月日", "取引日", "お取り引き日", "お取引日", "取引年月日", "取扱日付", "勘定日", "操作日", "取扱日", "ご利用日", "利用日"}
	textNames    = []string{"摘要", "お取り扱い内容", "お取扱内容", "入出金内容", "取引内容", "お取引内容", "内容", "詳細1", "取引名", "ご利用内容"}
	detailNames  = []string{"摘要内容", "詳細2", "参考情報"}
	outNames     = []string{"支払い金額", "お引出し", "お引き出し額", "お引出金額", "お引出し金額", "払出金額", "出金金額", "お支払金額", "お支払い金額", "支払金額", "出金額", "出金"}
	inNames      = []string{"預かり金額", "お預入れ", "お預け入れ額", "お預入金額", "お預入れ金額", "受入金額", "入金金額", "お預り金額", "お預かり金額", "預り金額", "入金額", "入金"}
	bothNames    = []string{"入出金", "入出金額", "金額", "取引金額"}
	balanceNames = []string{"差引残高", "残高", "現在(貸付)高", "取引後残高", "差し引き残高", "お取引後残高"}
	sideNames    = []string{"取引名(入金/支払)", "入払区分", "入出金区分", "区分"}
)

// columns is where a file has what; -1 where it has not.
type columns struct {
	day, month, mday              int // month and mday only where a date takes three columns
	text, detail                  int
	out, in, both, side, balances int
}

// headerWithin is how many lines may stand above the names of the columns.
const headerWithin = 30

// name is a heading without its unit, in the one way that the lists write it.
func name(heading string) string {
	return strings.ReplaceAll(plain(strings.Trim(heading, "\"' \uFEFF")), " ", "")
}

// column finds the first of some names: whole, or with a unit behind it.
func column(head, names []string) int {
	for _, n := range names {
		for i, h := range head {
			if h == n || strings.HasPrefix(h, n+"(") && h != "操作日(月)" && h != "操作日(日)" {
				return i
			}
		}
	}
	return -1
}

func find(head []string) (c columns, ok bool) {
	c = columns{day: column(head, dayNames), month: -1, mday: -1, text: column(head, textNames), detail: column(head, detailNames),
		out: column(head, outNames), in: column(head, inNames), both: column(head, bothNames), side: column(head, sideNames), balances: column(head, balanceNames)}
	if i := slices.IndexFunc(head, func(h string) bool { return strings.HasPrefix(h, "取扱日付年") }); i >= 0 {
		c.day = i
	}
	if c.day >= 0 && c.day+2 < len(head) && strings.Contains(head[c.day+1], "月") && strings.Contains(head[c.day+2], "日") && !strings.Contains(head[c.day+1], "年") {
		c.month, c.mday = c.day+1, c.day+2
	}
	if c.out >= 0 || c.in >= 0 {
		c.both = -1
	}
	return c, c.day >= 0 && c.text >= 0 && (c.out >= 0 || c.both >= 0)
}

// errNoHeader says what a file lacks.
var errNoHeader = errors.New("no line of it names the columns: a statement has one for the day, the text (摘要), and the money that went out")

func readCSV(text string, now time.Time) (*Statement, error) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	lines := strings.SplitAfter(text, "\n")
	comma, start, cols, s := ',', -1, columns{}, &Statement{}
	for i, l := range lines[:min(headerWithin, len(lines))] {
		for _, sep := range []rune{',', '\t', ';'} {
			head, err := reader(l, sep).Read()
			if err != nil || len(head) < 3 {
				continue
			}
			for k := range head {
				head[k] = name(head[k])
			}
			if c, ok := find(head); ok {
				comma, start, cols = sep, i+1, c
				s.known(head)
				break
			}
		}
		if start >= 0 {
			break
		}
	}
	if start < 0 {
		return nil, errNoHeader
	}
	s.rows(reader(strings.Join(lines[start:], ""), comma), start, cols, now)
	return s, nil
}

func reader(text string, comma rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, true, -1
	return r
}

// known tells whose layout it is.
func (s *Statement) known(head []string) {
	for _, l := range layouts {
		want := strings.Split(l.head, ",")
		for k := range want {
			want[k] = name(want[k])
		}
		trim := func(h []string) []string {
			for len(h) > 0 && h[len(h)-1] == "" {
				h = h[:len(h)-1]
			}
			return h
		}
		if slices.Equal(trim(slices.Clone(head)), trim(want)) {
			s.Layout, s.Known = l.bank, true
			return
		}
	}
	s.Layout = "by the names of its columns"
}

func (s *Statement) rows(r *csv.Reader, above int, c columns, now time.Time) {
	var days []date
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := r.FieldPos(0)
		line += above
		if err != nil {
			s.Unread = append(s.Unread, Problem{line, "row", err.Error()})
			continue
		}
		if strings.TrimSpace(strings.Join(rec, "")) == "" {
			continue
		}
		row, d, problem := c.row(rec)
		switch {
		case problem != nil:
			problem.Line = line
			s.Unread = append(s.Unread, *problem)
		case row.Out == 0 && row.In == 0:
			s.Skipped++
		default:
			row.Line = line
			s.Rows, days = append(s.Rows, row), append(days, d)
		}
	}
	for i, t := range years(days, now) {
		s.Rows[i].Day = t
	}
}

func (c columns) row(rec []string) (r Row, d date, problem *Problem) {
	at := func(i int) string {
		if i < 0 || i >= len(rec) {
			return ""
		}
		return strings.TrimSpace(strings.Trim(rec[i], "\u3000"))
	}
	when := at(c.day)
	if c.month >= 0 {
		when = at(c.day) + "/" + at(c.month) + "/" + at(c.mday)
	}
	d, err := day(when)
	if err != nil {
		return r, d, &Problem{Field: "day", Reason: fmt.Sprintf("%q is no day", short(when))}
	}
	r.Text, r.Detail = at(c.text), at(c.detail)
	var yen [4]int64
	for k, i := range []int{c.out, c.in, c.both, c.balances} {
		if yen[k], err = amount(at(i)); err != nil {
			return r, d, &Problem{Field: [...]string{"money out", "money in", "amount", "balance"}[k], Reason: fmt.Sprintf("%q is no amount of yen", short(at(i)))}
		}
	}
	r.Out, r.In = yen[0], yen[1]
	if c.both >= 0 {
		switch side := at(c.side); {
		case c.side >= 0 && strings.ContainsAny(side, "出払引") && yen[2] > 0:
			r.Out = yen[2]
		case yen[2] < 0:
			r.Out = -yen[2]
		default:
			r.In = yen[2]
		}
	}
	if r.Out < 0 { // money that came back
		r.In, r.Out = r.In-r.Out, 0
	}
	if r.In < 0 {
		r.Out, r.In = r.Out-r.In, 0
	}
	if r.Out > 0 && r.In > 0 {
		return r, d, &Problem{Field: "money out", Reason: "money both in and out"}
	}
	if c.balances >= 0 && at(c.balances) != "" {
		r.Balance = &yen[3]
	}
	return r, d, nil
}

// short is enough of a field to find it by.
func short(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}
