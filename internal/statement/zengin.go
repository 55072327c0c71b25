package statement

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// The files of 全銀協's formats: records of one length in JIS X 0201 or
// Shift_JIS, with or without ends of lines.
const (
	zenginRecord  = 200 // 入出金取引明細, kind 03
	collectRecord = 120 // 口座振替, kind 91
)

// zenginLength is the length of the records if a file begins with the header of
// such a file; 0 if not.
func zenginLength(data []byte) int {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	for kind, n := range map[string]int{"103": zenginRecord, "191": collectRecord} {
		if len(data) >= n && bytes.HasPrefix(data, []byte(kind)) && (data[3] == '0' || data[3] == '1') && digits(data[4:14]) {
			return n
		}
	}
	return 0
}

func digits(b []byte) bool { return strings.Trim(string(b), "0123456789 ") == "" }

// yenOf reads an amount of so many digits.
func yenOf(b []byte) (int64, error) {
	s := strings.TrimSpace(string(b))
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, errAmount
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, errAmount
	}
	return n, nil
}

// zengin reads the records of one file, account by account.
type zengin struct {
	*Statement
	now     time.Time
	n       int // number of the record, from 1
	records int64
	end     bool
	stream  *Stream // nil if the whole file is read at once
	nth     int     // of the account, from 1
	account
}

// account is what a header began and its trailer ends.
type account struct {
	open      bool
	name      string
	in, out   int64
	ins, outs int64
	balance   *int64 // nil if it is not known
	run       int64  // the balance but for what could not be read
	lost      int64  // rows that could not be read
	// Of kind 91:
	collector        string // 委託者コード; the name is 委託者名
	date             date   // 引落日
	failed, failures int64  // yen and number of what could not be collected
	first            int    // where its rows begin
}

func readZengin(data []byte, length int, now time.Time) *Statement {
	z := &zengin{Statement: &Statement{Charset: "JIS X 0201", Layout: "全銀 入出金取引明細", Known: true}, now: now}
	take := z.detail
	if length == collectRecord {
		z.Layout, take = "全銀 口座振替", z.collect
	}
	for rec := range zenginRecords(data, length) {
		z.record(rec, length, take)
	}
	if length == collectRecord {
		z.undone()
	} else {
		z.close()
	}
	z.ended()
	return z.Statement
}

// record takes a record of the file, if it has its length.
func (z *zengin) record(rec []byte, length int, take func([]byte)) {
	z.n++
	if len(rec) != length { // the mark of the end of a file of long ago
		rec = bytes.TrimRight(rec[:min(len(rec), maxRecord)], "\x1A")
	}
	switch {
	case len(bytes.Trim(rec, " \x1A")) == 0:
	case len(rec) == maxRecord: // a stream has no more of it
		z.balance = nil
		z.problem("record", "it has %d bytes or more and not %d", maxRecord, length)
	case len(rec) != length:
		z.balance = nil
		z.problem("record", "it has %d bytes and not %d", len(rec), length)
	default:
		z.records++
		take(rec)
	}
}

func (z *zengin) ended() {
	if !z.end {
		z.misfit("エンドレコード", "there is none: the end of the file may be missing")
	}
}

// zenginRecords gives the records: the lines, or pieces of one length where there
// are no lines.
func zenginRecords(data []byte, length int) func(yield func([]byte) bool) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(data) { // somebody saved it as UTF-8
		if sjis, err := japanese.ShiftJIS.NewEncoder().Bytes(data); err == nil {
			data = sjis
		}
	}
	lines := bytes.ContainsAny(data, "\r\n")
	return func(yield func([]byte) bool) {
		for len(data) > 0 {
			n := min(length, len(data))
			if lines {
				if n = bytes.IndexAny(data, "\r\n"); n < 0 {
					n = len(data)
				}
			}
			rec := data[:n]
			if data = data[n:]; lines && len(data) > 0 {
				skip := 1
				if bytes.HasPrefix(data, []byte("\r\n")) {
					skip = 2
				}
				data = data[skip:]
			}
			if !yield(rec) {
				return
			}
		}
	}
}

func (z *zengin) problem(field, reason string, args ...any) {
	z.Unread = append(z.Unread, Problem{z.n, field, fmt.Sprintf(reason, args...)})
}

func (z *zengin) misfit(field, reason string, args ...any) {
	z.Misfits = append(z.Misfits, Problem{z.n, field, fmt.Sprintf(reason, args...)})
}

// close ends an account that has no trailer.
func (z *zengin) close() {
	if z.open {
		z.misfit("トレーラレコード", "the account has none: rows of it may be missing")
	}
	z.account = account{}
}

// other takes the records that all kinds have.
func (z *zengin) other(rec []byte) {
	switch rec[0] {
	case '9':
		z.close()
		z.end = true
	default:
		z.problem("データ区分", "%q is no kind of record", rec[0])
	}
}

// detail takes a record of 入出金取引明細.
func (z *zengin) detail(rec []byte) {
	switch rec[0] {
	case '1':
		z.close()
		z.nth++
		z.account = account{open: true, name: strings.Join(strings.Fields(string(rec[22:26])+" "+string(rec[41:44])+" "+string(rec[62:73])), "-")}
		if !digits(rec[22:26]) || !digits(rec[41:44]) || !digits(rec[62:73]) {
			z.problem("口座番号", "the header names no account")
			z.name = fmt.Sprint("record ", z.n)
		}
		b, err := yenOf(rec[115:129])
		if rec[113] == '2' { // overdrawn
			b = -b
		}
		if err != nil || !strings.Contains("012 ", string(rec[113:114])) {
			z.misfit("取引前残高", "%q (%q) is no balance", rec[115:129], rec[113])
			return
		}
		z.balance, z.run = &b, b
		z.stream.period(string(rec[10:16]), string(rec[16:22]), z.now)
	case '2':
		row, problem := zenginRow(rec, z.now)
		if problem == nil && !z.open {
			problem = &Problem{Field: "データ区分", Reason: "no header above it says whose it is"}
		}
		if problem != nil {
			problem.Line = z.n
			z.Unread = append(z.Unread, *problem)
			z.lost++
			z.balance = z.stream.repaired(z.nth, z.balance)
			return
		}
		row.Line, row.Account = z.n, z.name
		z.run += row.In - row.Out
		if z.balance != nil {
			b := *z.balance + row.In - row.Out
			z.balance, row.Balance = &b, &b
		}
		if row.In > 0 {
			z.in, z.ins = z.in+row.In, z.ins+1
		} else {
			z.out, z.outs = z.out+row.Out, z.outs+1
		}
		z.Rows = append(z.Rows, row)
	case '8':
		z.totals(rec)
		z.account = account{}
	case '9':
		z.other(rec)
		if want, err := yenOf(rec[1:11]); err != nil || want != z.records {
			z.misfit("総件数", "it says %s records, and there are %d", strings.TrimSpace(string(rec[1:11])), z.records)
		}
		z.counted(rec, "口座数", 11, 16, int64(z.nth))
	default:
		z.other(rec)
	}
}

func zenginRow(rec []byte, now time.Time) (r Row, problem *Problem) {
	var err error
	if r.Day, err = zenginDay(string(rec[15:21]), now); err != nil {
		if r.Day, err = zenginDay(string(rec[9:15]), now); err != nil {
			return r, &Problem{Field: "預入・払出日", Reason: fmt.Sprintf("%q is no day (YYMMDD)", rec[15:21])}
		}
	}
	yen, err := yenOf(rec[24:36])
	if err != nil || yen <= 0 {
		return r, &Problem{Field: "取引金額", Reason: fmt.Sprintf("%q is no amount of yen", rec[24:36])}
	}
	switch rec[21] {
	case '1':
		r.In = yen
	case '2':
		r.Out = yen
	default:
		return r, &Problem{Field: "入払区分", Reason: fmt.Sprintf("%q is neither 1 (in) nor 2 (out)", rec[21])}
	}
	if r.Text, err = jis(rec[159:179]); err == nil {
		r.Detail, err = jis(rec[81:129])
	}
	if err != nil {
		return r, &Problem{Field: "摘要内容", Reason: "it is no text in JIS X 0201 or Shift_JIS"}
	}
	if r.Text == "" {
		r.Text, r.Detail = r.Detail, ""
	}
	return r, nil
}

// jis reads JIS X 0201, of which Shift_JIS holds all.
func jis(b []byte) (string, error) {
	out, err := japanese.ShiftJIS.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", ErrNoText
	}
	return strings.TrimSpace(string(out)), nil
}

// totals holds what the end of an account says against its rows.
func (z *zengin) totals(rec []byte) {
	if !z.open {
		z.misfit("データ区分", "an account ends here that did not begin")
		return
	}
	want, err := yenOf(rec[40:54])
	if rec[39] == '2' {
		want = -want
	}
	z.counted(rec, "データレコード件数", 54, 61, z.ins+z.outs+z.lost)
	if z.lost > 0 {
		z.missing(rec, want, err)
		return
	}
	z.total(rec, "入金件数", 1, 7, z.ins)
	z.total(rec, "入金額合計", 7, 20, z.in)
	z.total(rec, "出金件数", 20, 26, z.outs)
	z.total(rec, "出金額合計", 26, 39, z.out)
	switch {
	case err != nil:
		z.misfit("取引後残高", "%q is no balance", rec[40:54])
	case z.balance != nil:
		if want != *z.balance {
			z.misfit("取引後残高", "it says %d, and the rows come to %d", want, *z.balance)
		}
	}
}

func (z *zengin) total(rec []byte, name string, from, to int, is int64) {
	if want, err := yenOf(rec[from:to]); err != nil || want != is {
		z.misfit(name, "it says %s, and the rows come to %d", strings.TrimSpace(string(rec[from:to])), is)
	}
}

// counted holds a number that not all banks write against what it counts.
func (z *zengin) counted(rec []byte, name string, from, to int, is int64) {
	if len(bytes.TrimSpace(rec[from:to])) > 0 {
		z.total(rec, name, from, to, is)
	}
}

// missing holds the totals of an account against its rows, where some could not
// be read: the rest must be what these can be.
func (z *zengin) missing(rec []byte, closing int64, err error) {
	var left [4]int64
	for i, t := range [4]struct {
		name     string
		from, to int
		is       int64
	}{{"入金件数", 1, 7, z.ins}, {"入金額合計", 7, 20, z.in}, {"出金件数", 20, 26, z.outs}, {"出金額合計", 26, 39, z.out}} {
		want, err := yenOf(rec[t.from:t.to])
		if left[i] = want - t.is; err != nil || left[i] < 0 {
			z.total(rec, t.name, t.from, t.to, t.is)
			return
		}
	}
	switch {
	case left[0]+left[2] != z.lost:
		z.misfit("件数", "%d rows are missing, and %d could not be read", left[0]+left[2], z.lost)
	case err != nil || z.run+left[1]-left[3] != closing:
		z.misfit("取引後残高", "it says %q, and with what is missing the rows come to %d", rec[39:54], z.run+left[1]-left[3])
	case z.lost == 1:
		z.stream.lost(z.nth, left[1]-left[3])
	}
}
