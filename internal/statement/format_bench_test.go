package statement

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkEachFormatOf10000Rows reads files of 10,000 debits. The aim is 300 ms and
// 50 MB for each.
func BenchmarkEachFormatOf10000Rows(b *testing.B) {
	const n = 10_000
	rows, collected := make([]string, n), make([]string, n)
	var entries strings.Builder
	anser := "照会口座,番号,勘定日,(起算日),出金金額(円),入金金額(円),小切手区分,残高(円),取引区分,明細区分,金融機関名,支店名,摘要\n"
	lines := []string{anser}
	for i := range n {
		rows[i], collected[i] = fmt.Sprintf("0811%02d 2 %d ﾄﾞｺﾓｺｳｻﾞ", 1+i%28, 1+i%7), fmt.Sprintf("0 %d", 100+i%7)
		entries.WriteString(entry(8, fmt.Sprint(100+i%7), "DBIT", "BOOK", "<Dt>2026-11-02</Dt>", "<AddtlNtryInf>ﾄﾞｺﾓｺｳｻﾞ</AddtlNtryInf>"))
		lines = append(lines, fmt.Sprintf("acc_%d,%d,2026/11/%02d,,%d,,,%d,,,,,ﾄﾞｺﾓｺｳｻﾞ\n", i, i, 1+i%28, 100+i%7, 1_000_000))
	}
	for _, c := range []struct {
		name string
		data []byte
	}{{"全銀 03", national("\r\n", rows...)}, {"全銀 91", collection("\r\n", "0081102", collected)}, {"ANSER", []byte(strings.Join(lines, ""))}, {"camt.053", []byte(message("053", 8, entries.String()))}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.data)))
			b.ReportAllocs()
			for b.Loop() {
				if s, err := Read(c.data, now); err != nil || len(s.Rows) != n || len(s.Unread) > 0 {
					b.Fatal(err, len(s.Rows), s.Unread)
				}
			}
		})
	}
	for whose, text := range files { // each bank's CSV, in the writing that most of them have
		if whose == "ＪＡバンク" {
			text = ja()
		}
		above, rows, below, _ := takenApart(text)
		lines := slices.Concat(above, slices.Repeat(rows, n/len(rows)+1)[:n], below)
		data := charsets["Shift_JIS"](strings.Join(lines, "\r\n"))
		b.Run(whose, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if s, err := Read(data, now); err != nil || len(s.Rows) != n || len(s.Unread) > 0 {
					b.Fatal(err, len(s.Rows), s.Unread[:min(len(s.Unread), 3)])
				}
			}
		})
	}
	data := national("\r\n", rows...)
	b.Run("全銀 03, as a stream", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			k := 0
			s := &Stream{Row: func(*Row, int64) error { k++; return nil }, Unread: func(p Problem, _ int64) { b.Fatal(p) }, Misfit: func(p Problem, _ int64) { b.Fatal(p) }, Days: func(time.Time, time.Time) {}}
			if err := s.Read(bytes.NewReader(data), now); err != nil || k != n {
				b.Fatal(err, k)
			}
		}
	})
}
