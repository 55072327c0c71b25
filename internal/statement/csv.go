package statement

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// headerWithin is how many lines may stand above the names of the columns.
const headerWithin = 30

// errNoHeader says what a file lacks.
var errNoHeader = errors.New("no line of it names the columns: a statement has one for the day, the text (摘要), and the money that went out")

// parsed is a row before the whole file tells what its signs and its days mean.
type parsed struct {
	Row
	date date
	sign sign
}

// table reads a CSV section by section: a section begins with the names of its
// columns, and a file may have several.
type table struct {
	*Statement
	comma byte
	cols  columns
	width int // of the row that names the columns
	// account is what the lines above the columns call it; a column may say more.
	account string
	title   string // those lines above the first section, where they call it nothing
	rows    []parsed
	last    int // line of the last row or names of columns
	notes   int // how many of Unread, at its end, stand below it and are no rows
}

func readCSV(text, charset string, now time.Time) (*Statement, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	t := &table{Statement: &Statement{Charset: charset}}
	start := t.header(lines)
	if start < 0 {
		return nil, errNoHeader
	}
	for i, l := range lines[:start] {
		if fields, _ := split(l, t.comma); t.cols.isRow(fields) && len(fields) >= t.cols.least() {
			t.Unread = append(t.Unread, Problem{i + 1, "row", "it stands above the names of the columns"})
		}
	}
	for _, r := range records(lines[start+1:], t.comma, t.width, t.cols.isRow) {
		t.record(&r, start+1, lines)
	}
	t.decide(until(lines[:start], now))
	return t.Statement, nil
}

// until is the end of the period that the lines above the columns name, by which days
// without a year are told; now where they name none.
func until(above []string, now time.Time) time.Time {
	for _, l := range above {
		for _, to := range []string{"～", "〜", "~", "から"} {
			_, rest, ok := strings.Cut(l, to)
			rest = strings.TrimSuffix(strings.Trim(rest, " 　\"',"), "まで")
			if d, err := day(rest); ok && err == nil && d.Year != 0 {
				if end, _ := d.in(d.Year); end.Before(now) {
					return end
				}
			}
		}
	}
	return now
}

// header finds the first line that names the columns; -1 if there is none.
func (t *table) header(lines []string) int {
	for i, l := range lines[:min(headerWithin, len(lines))] {
		for _, comma := range []byte(",\t;") {
			head, open := split(l, comma)
			if open || len(head) < 3 {
				continue
			}
			if t.section(head) {
				t.comma, t.last, t.title = comma, i+1, strings.Join(lines[:i], "\n")
				t.account = t.accountBetween(lines[:i])
				return i
			}
		}
	}
	return -1
}

// accountBetween is what lines above a section call the account. Other lines than
// above the first section are of another account, even if they call it nothing;
// the same ones, or none, are those of another page.
func (t *table) accountBetween(lines []string) string {
	if digits := accountAbove(lines); digits != "" {
		return digits
	}
	switch title := strings.TrimSpace(strings.Join(lines, "\n")); title {
	case "":
		return t.account
	case strings.TrimSpace(t.title):
		return ""
	default:
		return title
	}
}

// section takes the names of the columns, if a row is that.
func (t *table) section(head []string) bool {
	names := make([]string, len(head))
	for i, h := range head {
		names[i] = name(h)
	}
	c, ok := find(names)
	if !ok {
		return false
	}
	layout, known := known(names)
	if t.Layout != "" && layout != t.Layout {
		known, layout = false, "several, by the names of their columns"
	}
	c.signed = known
	t.cols, t.width, t.Layout, t.Known = c, len(head), layout, known
	return true
}

// record takes a row of the file: it is read, skipped or reported.
func (t *table) record(r *record, above int, lines []string) {
	line := r.from + above
	if r.blank() {
		return
	}
	problem := func(p Problem) {
		p.Line = line
		t.Unread = append(t.Unread, p)
		t.notes = 0
	}
	skip := func(field, why string) { t.Skipped = append(t.Skipped, Problem{line, field, why}) }
	switch filled := count(r.fields); {
	case strings.Contains(strings.Join(r.fields, ""), bad):
		problem(Problem{Field: "row", Reason: "some of its bytes are no text in " + t.Charset})
	case r.open:
		problem(Problem{Field: "row", Reason: "a quotation mark is not closed, or letters stand behind the one that closes it"})
	case t.cols.isRow(r.fields):
		t.last, t.notes = line, 0
		p, bad := t.row(r.fields)
		p.Line = line
		switch {
		case bad != nil:
			problem(*bad)
		case p.Out == 0 && p.In == 0:
			skip("amount", "it moves no money")
		default:
			t.rows = append(t.rows, p)
		}
	case filled >= 3 && t.section(r.fields):
		notes := len(t.Unread) - t.notes
		for _, p := range t.Unread[notes:] {
			t.Skipped = append(t.Skipped, Problem{p.Line, "row", "it stands above the names of the columns"})
		}
		t.account = t.accountBetween(lines[t.last : line-1])
		t.Unread, t.last, t.notes = t.Unread[:notes], line, 0
		skip("row", "it names the columns")
	case filled < 2:
		skip("row", "it has one field, and no day")
	default:
		day := ""
		if t.cols.day < len(r.fields) {
			day = r.fields[t.cols.day]
		}
		t.Unread = append(t.Unread, Problem{line, "day", fmt.Sprintf("%q is no day", short(day))})
		t.notes++
	}
}

// count is how many fields have something in them.
func count(fields []string) (n int) {
	for _, f := range fields {
		if strings.TrimSpace(f) != "" {
			n++
		}
	}
	return n
}

// row reads a row whose day can be read.
func (t *table) row(rec []string) (p parsed, problem *Problem) {
	c := &t.cols
	at := func(i int) string {
		if i < 0 || i >= len(rec) {
			return ""
		}
		return strings.Join(strings.Fields(rec[i]), " ")
	}
	if len(rec) < c.least() || count(rec[min(t.width, len(rec)):]) > 0 {
		return p, &Problem{Field: "row", Reason: fmt.Sprintf("it has %d fields and not %d", len(rec), t.width)}
	}
	p.date, _ = c.dayOf(rec)
	p.Text, p.Detail, p.Account = at(c.text), at(c.detail), t.account
	if n := at(c.account); n != "" {
		p.Account = n
	}
	var m money
	for _, f := range []struct {
		name string
		col  int
		into *int64
		most int64
	}{{"money out", c.out, &m.out, maxYen}, {"money in", c.in, &m.in, maxYen}, {"amount", c.both, &m.both, maxYen}, {"balance", c.balance, &m.balance, maxBalance}} {
		yen, err := amount(at(f.col))
		if err != nil || yen > f.most || yen < -f.most {
			return p, &Problem{Field: f.name, Reason: fmt.Sprintf("%q is no amount of yen", short(at(f.col)))}
		}
		*f.into = yen
	}
	if at(c.balance) != "" {
		p.Balance = &m.balance
	}
	side, said := sideOf(at(c.side), c.sideDigits)
	if problem = p.take(&m, side, said, c); problem != nil {
		return p, problem
	}
	return p, nil
}

// decide settles what only the whole file tells, and keeps the rows.
func (t *table) decide(now time.Time) {
	byAccount := map[string][]int{}
	var accounts []string
	for i := range t.rows {
		a := t.rows[i].Account
		if byAccount[a] == nil {
			accounts = append(accounts, a)
		}
		byAccount[a] = append(byAccount[a], i)
	}
	for _, a := range accounts {
		at := byAccount[a]
		days := make([]date, len(at))
		for k, i := range at {
			days[k] = t.rows[i].date
		}
		for k, day := range years(days, now) {
			t.rows[at[k]].Day = day
		}
	}
	settle(t.rows, accounts, byAccount)
	for i := range t.rows {
		if t.rows[i].sign == unsure {
			t.Unread = append(t.Unread, Problem{t.rows[i].Line, "amount", "whether the money went in or out is not said"})
			continue
		}
		t.Rows = append(t.Rows, t.rows[i].Row)
	}
	slices.SortStableFunc(t.Unread, func(a, b Problem) int { return a.Line - b.Line })
	slices.SortStableFunc(t.Skipped, func(a, b Problem) int { return a.Line - b.Line })
}

// short is enough of a field to find it by.
func short(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}
