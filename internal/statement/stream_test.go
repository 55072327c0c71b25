package statement

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// streamOf reads a file by a stream, and where each row of it begins.
func streamOf(t *testing.T, data []byte, missing map[int]int64) (*Statement, []int64, map[int]int64) {
	t.Helper()
	out, at := &Statement{}, []int64(nil)
	s := &Stream{
		Row:     func(r *Row, n int64) error { out.Rows, at = append(out.Rows, *r), append(at, n); return nil },
		Unread:  func(p Problem, _ int64) { out.Unread = append(out.Unread, p) },
		Misfit:  func(p Problem, _ int64) { out.Misfits = append(out.Misfits, p) },
		Missing: missing,
	}
	s.Days = func(from, to time.Time) {
		if to.Before(from) {
			t.Errorf("a header speaks of %v to %v", from, to)
		}
	}
	if err := s.Read(iotest.HalfReader(bytes.NewReader(data)), now); err != nil {
		t.Fatal(err)
	}
	return out, at, s.Missing
}

// However a file is spoilt, a stream reads of it what the whole file tells.
func TestAStreamReadsWhatTheWholeFileTells(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(18, 7))
	for _, end := range []string{"", "\n", "\r\n", "\r"} {
		whole := national(end, "080901 2 3000 ﾍﾟｲﾍﾟｲ", "081015 1 10000 ｷﾕｳﾖ", "081102 2 28000 ﾄﾞｺﾓｺｳｻﾞ", "081102 2 28000 ﾄﾞｺﾓｺｳｻﾞ")
		for i := range 300 {
			data := slices.Clone(whole)
			if i == 1 {
				data = append(data, 0x1A)
			}
			if at := zenginRecord + rng.IntN(len(data)-zenginRecord); i > 1 && i%3 == 0 {
				data[at] = "0129x \xB1"[rng.IntN(7)]
			} else if i > 1 {
				data = slices.Concat(data[:at], []byte("01")[:rng.IntN(2)], data[at+rng.IntN(3)*(len(end)+zenginRecord)/2%(len(data)-at):])
			}
			if !Streams(data[:min(len(data), 4096)]) {
				t.Fatalf("%q, %d: it does not stream", end, i)
			}
			want, err := Read(data, now)
			if err != nil {
				t.Fatal(err)
			}
			got, at, _ := streamOf(t, data, nil)
			if d := cmp.Diff([]any{want.Rows, want.Unread, want.Misfits}, []any{got.Rows, got.Unread, got.Misfits}); d != "" {
				t.Fatalf("%q, %d:\n%s", end, i, d)
			}
			for _, n := range at {
				if data[n] != '2' {
					t.Errorf("%q, %d: a row does not begin at byte %d", end, i, n)
				}
			}
		}
	}
}

// Whatever the bytes are, a stream reads of them what the whole file tells, and the
// bytes that rows begin at are theirs.
func FuzzAStreamReadsWhatTheWholeFileTells(f *testing.F) {
	for _, end := range []string{"", "\n", "\r\n", "\r"} {
		f.Add(national(end, "080901 2 3000 ﾍﾟｲﾍﾟｲ", "081015 1 10000 ｷﾕｳﾖ", "081102 2 28000 ﾄﾞｺﾓｺｳｻﾞ"))
	}
	file := national("\n", "080901 2 3000 ﾍﾟｲﾍﾟｲ") // whose header is too long
	f.Add(slices.Concat(file[:zenginRecord], bytes.Repeat([]byte(" "), 71), file[zenginRecord:]))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > streamed || !Streams(data) { // behind its head a file may be UTF-8, which only the whole tells
			t.Skip("no stream reads this: the whole file does")
		}
		want, err := Read(data, now)
		if err != nil {
			t.Fatal(err)
		}
		got, at, _ := streamOf(t, data, nil)
		if d := cmp.Diff([]any{want.Rows, want.Unread, want.Misfits}, []any{got.Rows, got.Unread, got.Misfits}); d != "" {
			t.Error(d)
		}
		for _, n := range at {
			if n < 0 || n >= int64(len(data)) || data[n] != '2' {
				t.Errorf("a row does not begin at byte %d", n)
			}
		}
	})
}

func TestABadRowCostsItselfAndTheBalanceBehindItIsKnown(t *testing.T) {
	t.Parallel()
	rows := []string{"080901 2 3000 ﾍﾟｲﾍﾟｲ", "081015 1 10000 ｷﾕｳﾖ", "081102 2 28000 ﾄﾞｺﾓｺｳｻﾞ"}
	want, err := Read(national("\n", rows...), now)
	if err != nil {
		t.Fatal(err)
	}
	for bad := range rows {
		data := national("\n", rows...)
		copy(data[(1+bad)*(zenginRecord+1)+15:], "999999999999") // both days
		copy(data[(1+bad)*(zenginRecord+1)+9:], "999999")
		first, _, missing := streamOf(t, data, nil)
		if len(first.Unread) != 1 || len(first.Misfits) > 0 || len(missing) != 1 {
			t.Fatalf("row %d: %+v, %v", bad, first, missing)
		}
		again, _, _ := streamOf(t, data, missing)
		if d := cmp.Diff(slices.Delete(slices.Clone(want.Rows), bad, bad+1), again.Rows); d != "" {
			t.Errorf("row %d:\n%s", bad, d)
		}
		// What is missing is not what the row can be.
		for field, at := range map[string]int{"入金件数": 1, "入金額合計": 7, "出金件数": 20, "出金額合計": 26, "取引後残高": 40} {
			wrong := slices.Clone(data)
			copy(wrong[4*(zenginRecord+1)+at:], "000007")
			if s, err := Read(wrong, now); err != nil || len(s.Misfits) == 0 {
				t.Errorf("row %d, %s: %v %+v", bad, field, err, s)
			}
		}
	}
}

func TestOnlyWhatCanBeStreamedIs(t *testing.T) {
	t.Parallel()
	file := national("\n", "080901 2 3000 "+strings.Repeat("ﾍ", 20))
	for name, c := range map[string]struct {
		head []byte
		want bool
	}{
		"in Shift_JIS":  {file, true},
		"in ASCII":      {national("", "080901 2 3000 ABC"), true},
		"in UTF-8":      {[]byte(strings.Replace(string(national("\n", "080901 2 3000 ABC")), "ABC", "ﾍﾟｲﾍﾟｲ", 1)), false},
		"of kind 91":    {collection("", "0081102", []string{"0 28000"}), false},
		"a CSV":         {[]byte(plainHead), false},
		"not a header":  {file[zenginRecord+1:], false},
		"a mark before": {append([]byte("\xEF\xBB\xBF"), file...), false},
		"nothing":       {nil, false},
	} {
		if got := Streams(c.head); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
