package statement

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"
)

// collection writes a file of 口座振替: day is what the header says from 引落日 on,
// each row is a result and an amount.
func collection(end, day string, rows []string) []byte {
	record := func(text string) []byte {
		b, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(text))
		if err != nil {
			panic(err)
		}
		return append(append(b, bytes.Repeat([]byte(" "), collectRecord-len(b))...), end...)
	}
	out := record("1910" + "0000012345" + "ﾄﾞｺﾓｺｳｻﾞ" + strings.Repeat(" ", 32) + day[3:] + fmt.Sprintf("0125%-15s123%-15s11234567", "ｼﾁｼﾞﾕｳｼﾁ", "ﾎﾝﾃﾝ"))
	var n, yen [3]int // all, done, not done
	for i, r := range rows {
		var result string
		var amount int
		if _, err := fmt.Sscan(r, &result, &amount); err != nil {
			panic(err)
		}
		k := 2
		if result == "0" {
			k = 1
		}
		n[0], yen[0], n[k], yen[k] = n[0]+1, yen[0]+amount, n[k]+1, yen[k]+amount
		out = append(out, record(fmt.Sprintf("20125%-15s123%-15s%4s1%07d%-30s%010d1%-20d%s", "ｼﾁｼﾞﾕｳｼﾁ", "ﾎﾝﾃﾝ", "", 1234567+i, "ﾏﾂﾓﾄ ﾊﾅｺ", amount, i, result))...)
	}
	out = append(out, record(fmt.Sprintf("8%06d%012d%06d%012d%06d%012d", n[0], yen[0], n[1], yen[1], n[2], yen[2]))...)
	return append(out, record("9")...)
}

func TestDebitsThatWereCollectedAreTold(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"", "\r\n"} {
		data := collection(end, "0081102", []string{"0 28000", "1 5000", "0 300"})
		s, err := Read(data, now)
		if err != nil || len(s.Rows) != 2 || len(s.Skipped) != 1 || len(s.Unread) > 0 || len(s.Misfits) > 0 || !s.Known {
			t.Fatalf("%v %+v", err, s)
		}
		r := s.Rows[0]
		if r.Out != 28000 || r.Text != "ﾄﾞｺﾓｺｳｻﾞ" || r.Collector != "0000012345" || r.Account != "0125-123-11234567" || r.Day.Format(time.DateOnly) != "2026-11-02" {
			t.Errorf("%+v", r)
		}
		if s.Rows[1].Account == r.Account {
			t.Error("two accounts are one")
		}
		// The same form asks for debits: then nothing was taken.
		size := collectRecord + len(end)
		asks := slices.Clone(data)
		copy(asks[4*size+19:], strings.Repeat("0", 36))
		copy(asks[2*size+111:], "0")
		if s, err = Read(asks, now); err != nil || len(s.Rows) != 0 || len(s.Skipped) != 3 || len(s.Misfits) > 0 {
			t.Errorf("%v %+v", err, s)
		}
		// Without a trailer it is not known which it is.
		cut := append(slices.Clone(data[:4*size]), data[5*size:]...)
		if s, err = Read(cut, now); err != nil || len(s.Rows) != 0 || len(s.Unread) != 2 || len(s.Misfits) == 0 {
			t.Errorf("%v %+v", err, s)
		}
		bad := slices.Clone(data)
		copy(bad[4*size+1:], "000007")
		copy(bad[3*size+80:], "00x")
		if s, err = Read(bad, now); err != nil || len(s.Rows) != 1 || len(s.Unread) != 1 || len(s.Misfits) == 0 {
			t.Errorf("%v %+v", err, s)
		}
	}
}

// What of a file is lost, and where: each row that is there is read or reported,
// and what is lost is noticed.
func TestNothingOfANationalFileIsLostUnnoticed(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"", "\n", "\r\n"} {
		whole := national(end, "080901 2 3000 ﾍﾟｲﾍﾟｲ", "081015 1 10000 ｷﾕｳﾖ", "081102 2 28000 ﾄﾞｺﾓｺｳｻﾞ")
		if s, err := Read(whole, now); err != nil || len(s.Rows) != 3 || len(s.Misfits) > 0 {
			t.Fatalf("%v %+v", err, s)
		}
		size := zenginRecord + len(end)
		for n := 1; n < 6; n++ { // a record is lost
			s, err := Read(slices.Concat(whole[:n*size], whole[(n+1)*size:]), now)
			if err != nil || len(s.Misfits) == 0 {
				t.Errorf("%q without record %d: %v %+v", end, n+1, err, s)
			}
		}
		for at := zenginRecord + len(end); at < len(whole); at += 7 { // a byte is lost, or there is one more
			changes := [][]byte{slices.Concat(whole[:at], whole[at+1:]), whole[:at]}
			if at < len(whole)-size { // behind it are blanks only
				changes = append(changes, slices.Concat(whole[:at], []byte("0"), whole[at:]))
			}
			for _, data := range changes {
				s, err := Read(data, now)
				if err != nil {
					t.Fatal(err)
				}
				if len(s.Misfits) == 0 && len(s.Unread) == 0 && !bytes.Contains([]byte("\r\n"), whole[at:at+1]) {
					t.Errorf("%q: a change at byte %d is not noticed", end, at)
				}
				reported(t, s)
			}
		}
	}
	text, err := japanese.ShiftJIS.NewDecoder().Bytes(national("\n", "080901 2 3000 ﾍﾟｲﾍﾟｲ"))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Read(text, now); err != nil || len(s.Rows) != 1 || s.Rows[0].Text != "ﾍﾟｲﾍﾟｲ" || len(s.Misfits)+len(s.Unread) > 0 {
		t.Errorf("saved as UTF-8: %v %+v", err, s)
	}
}
