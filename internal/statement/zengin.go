package statement

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/japanese"
)

// The file of 全銀協's format for 入出金取引明細 (kind 03): records of 200 bytes in
// JIS X 0201 or Shift_JIS, with or without ends of lines.
const zenginRecord = 200

// looksZengin tells whether a file begins with the header of such a file.
func looksZengin(data []byte) bool {
	return len(data) >= zenginRecord && bytes.HasPrefix(data, []byte("103")) && (data[3] == '0' || data[3] == '1') && digits(data[4:22])
}

func digits(b []byte) bool { return strings.Trim(string(b), "0123456789 ") == "" }

// yenOf reads an amount of so many digits.
func yenOf(b []byte) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return 0, errAmount
	}
	return n, nil
}

func readZengin(data []byte, now time.Time) (*Statement, error) {
	s := &Statement{Charset: "JIS X 0201", Layout: "全銀 入出金取引明細", Known: true}
	var in, out, ins, outs, all int64 // since the last header
	var balance *int64
	for n := 1; len(data) > 0; n++ {
		data = bytes.TrimLeft(data, "\r\n\x1A")
		if len(data) == 0 {
			break
		}
		if len(data) < zenginRecord {
			s.Unread = append(s.Unread, Problem{n, "record", fmt.Sprintf("it has %d bytes and not %d", len(data), zenginRecord)})
			break
		}
		rec := data[:zenginRecord]
		if i := bytes.IndexAny(rec, "\r\n"); i >= 0 { // a record of another length costs itself
			s.Unread = append(s.Unread, Problem{n, "record", fmt.Sprintf("it has %d bytes and not %d", i, zenginRecord)})
			data = data[i:]
			continue
		}
		data = data[zenginRecord:]
		all++
		switch rec[0] {
		case '1':
			in, out, ins, outs, balance = 0, 0, 0, 0, nil
			if b, err := yenOf(rec[115:129]); err == nil {
				balance = &b
			}
		case '2':
			row, problem := zenginRow(rec, now)
			if problem != nil {
				problem.Line = n
				s.Unread = append(s.Unread, *problem)
				continue
			}
			row.Line = n
			if balance != nil {
				b := *balance + row.In - row.Out
				balance, row.Balance = &b, &b
			}
			if row.In > 0 {
				in, ins = in+row.In, ins+1
			} else {
				out, outs = out+row.Out, outs+1
			}
			s.Rows = append(s.Rows, row)
		case '8':
			s.totals(rec, n, in, out, ins, outs, balance)
		case '9':
			if want, err := yenOf(rec[1:11]); err == nil && want != all {
				s.Misfits = append(s.Misfits, Problem{n, "総件数", fmt.Sprintf("it says %d records, and there are %d", want, all)})
			}
		default:
			s.Unread = append(s.Unread, Problem{n, "データ区分", fmt.Sprintf("%q is no kind of record", rec[0])})
		}
	}
	return s, nil
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
	if err != nil || bytes.ContainsRune(out, '\uFFFD') {
		return "", ErrNoText
	}
	return strings.TrimSpace(string(out)), nil
}

// totals holds what the end of an account says against its rows.
func (s *Statement) totals(rec []byte, n int, in, out, ins, outs int64, balance *int64) {
	for _, t := range []struct {
		name     string
		from, to int
		is       int64
	}{{"入金件数", 1, 7, ins}, {"入金額合計", 7, 20, in}, {"出金件数", 20, 26, outs}, {"出金額合計", 26, 39, out}} {
		if want, err := yenOf(rec[t.from:t.to]); err != nil || want != t.is {
			s.Misfits = append(s.Misfits, Problem{n, t.name, fmt.Sprintf("it says %s, and the rows come to %d", strings.TrimSpace(string(rec[t.from:t.to])), t.is)})
		}
	}
	if want, err := yenOf(rec[40:54]); err == nil && balance != nil {
		if rec[39] == '2' {
			want = -want
		}
		if want != *balance {
			s.Misfits = append(s.Misfits, Problem{n, "取引後残高", fmt.Sprintf("it says %d, and the rows come to %d", want, *balance)})
		}
	}
}
