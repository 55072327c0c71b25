package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kozamori/internal/statement"
)

// row is a line of a bank, and what its columns tell.
type row struct {
	text   string // 摘要
	detail string // 摘要内容, where it has a column of its own
	amount int64
	in     bool // money came in
}

// line is the row as a person reads it.
func (r *row) line() string {
	if r.detail == "" {
		return r.text
	}
	return r.text + "　" + r.detail
}

// fileName is what a person types to name a file. One that is not there is no line
// of a passbook, and must not be told as one that is none.
var fileName = regexp.MustCompile(`(?i)\.(csv|tsv|txt|dat|json|rec|xml|zip|xlsx?|pdf)$`)

// maxFile is more than a bank prints in years for one person.
const maxFile = 256 << 20

// eachRow gives each row of the arguments to do. An argument that is the name of
// a file stands for its rows, and - or no argument at all for those of standard
// input. Of each file, told says how it was read.
func eachRow(in io.Reader, args []string, told func(name, how string), do func(*row) error) error {
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, arg := range args {
		name := arg
		var data []byte
		var err error
		if arg == "-" {
			name = "Standard input"
			data, err = io.ReadAll(io.LimitReader(in, maxFile+1))
		} else if info, serr := os.Stat(arg); serr != nil || !info.Mode().IsRegular() {
			switch {
			case serr == nil && info.IsDir():
				return unread(arg, errors.New("it is a folder"))
			case serr != nil && fileName.MatchString(arg):
				return unread(arg, serr)
			}
			if err := do(&row{text: arg}); err != nil {
				return err
			}
			continue
		} else {
			data, err = os.ReadFile(arg)
		}
		if err == nil && len(data) > maxFile {
			err = fmt.Errorf("it is larger than %d MB", maxFile>>20)
		}
		if err != nil {
			return unread(name, err)
		}
		text, charset, err := statement.Decode(data)
		if err != nil {
			return unread(name, err)
		}
		rows, how, err := split(text)
		if err != nil {
			return unread(name, err)
		}
		told(name, charset+", "+how)
		for i := range rows {
			if err := do(&rows[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// What banks call the columns of their files.
var (
	textColumns   = []string{"摘要", "お取り扱い内容", "お取扱内容", "入出金内容", "取引内容", "内容", "詳細１", "詳細1", "取引名", "お取引内容"}
	detailColumns = []string{"摘要内容", "詳細２", "詳細2", "参考情報"}
	outColumns    = []string{"支払い金額", "お引出し", "お引き出し額", "お引出金額", "払出金額", "出金金額", "お支払金額", "支払金額", "出金額"}
	inColumns     = []string{"預かり金額", "お預入れ", "お預け入れ額", "お預入金額", "受入金額", "入金金額", "お預り金額", "預り金額", "入金額"}
	bothColumns   = []string{"入出金", "入出金(円)", "入出金額"}
)

// headerWithin is how many lines a bank may print above the names of columns.
const headerWithin = 16

// commas are what stands between columns.
const commas = ",\t;"

// split takes a text apart: the rows of a CSV by its columns' names, or else
// one row a line. It says which.
func split(text string) ([]row, string, error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for i, l := range lines[:min(headerWithin, len(lines))] {
		c, head, ok := columnsOf(l)
		if !ok {
			continue
		}
		how := fmt.Sprintf("a CSV with the column %s", strings.TrimSpace(head[c.text]))
		if c.detail >= 0 {
			how += " and " + strings.TrimSpace(head[c.detail])
		}
		rows, err := c.rows(strings.Join(lines[i+1:], "\n"), i+1)
		return rows, how, err
	}
	rows := make([]row, len(lines))
	for i, l := range lines {
		rows[i].text = strings.TrimRight(l, "\r")
	}
	return rows, "one line a row", nil
}

// columns is where a CSV has what; -1 if it has not.
type columns struct {
	comma                       rune
	text, detail, out, in, both int
	n                           int // how many there are
}

// columnsOf reads a line of columns' names, if it is one.
func columnsOf(line string) (c columns, head []string, ok bool) {
	for _, comma := range commas {
		r := csv.NewReader(strings.NewReader(line))
		r.LazyQuotes, r.Comma = true, comma
		head, err := r.Read()
		if err != nil || len(head) < 3 {
			continue
		}
		c := columns{comma, column(head, textColumns), column(head, detailColumns), column(head, outColumns), column(head, inColumns), column(head, bothColumns), len(head)}
		if c.text >= 0 && (c.out >= 0 || c.both >= 0) {
			return c, head, true
		}
	}
	return c, nil, false
}

// column finds the first of some names, whole, or with a unit behind it.
func column(head, names []string) int {
	for _, name := range names {
		for i, h := range head {
			h = strings.TrimSpace(h)
			if h == name || strings.HasPrefix(h, name+"(") || strings.HasPrefix(h, name+"（") {
				return i
			}
		}
	}
	return -1
}

// rows reads the rows of a text, above which so many lines stand.
func (c columns) rows(text string, above int) ([]row, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.LazyQuotes, r.FieldsPerRecord, r.Comma = true, -1, c.comma
	var out []row
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("behind line %d: %w", above, err)
		}
		if c.swallows(rec) {
			line, _ := r.FieldPos(0)
			return nil, fmt.Errorf("line %d: a quotation mark that is not closed swallows the lines behind it", above+line)
		}
		at := func(i int) string {
			if i < 0 || i >= len(rec) {
				return ""
			}
			return strings.TrimSpace(rec[i])
		}
		x := row{text: at(c.text), detail: at(c.detail)}
		if x.text == "" && x.detail == "" {
			continue
		}
		switch out, in, both := yen(at(c.out)), yen(at(c.in)), yen(at(c.both)); {
		case out != 0:
			x.amount = out
		case in != 0:
			x.amount, x.in = in, true
		case both < 0:
			x.amount = -both
		case both > 0:
			x.amount, x.in = both, true
		}
		out = append(out, x)
	}
}

// swallows tells whether a column holds other rows.
func (c columns) swallows(rec []string) bool {
	return slices.ContainsFunc(rec, func(s string) bool {
		_, behind, _ := strings.Cut(s, "\n")
		return slices.ContainsFunc(strings.Split(behind, "\n"), func(l string) bool { return strings.Count(l, string(c.comma)) >= c.n-1 })
	})
}

// yen reads an amount as banks write it: 1,000 or \7,000 or "￥100円".
func yen(s string) int64 {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= '0' && r <= '9' || r == '-':
			return r
		}
		return -1
	}, s)
	n, _ := strconv.ParseInt(s, 10, 64) // an empty column is no amount
	return n
}
