package statement

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

const plainHead = "取引日,摘要,出金金額,入金金額,残高\n"

// reported are the lines of a file of which something is said, each once.
func reported(t *testing.T, s *Statement) map[int]bool {
	t.Helper()
	lines := map[int]bool{}
	add := func(line int) {
		if lines[line] {
			t.Errorf("line %d is told of twice", line)
		}
		lines[line] = true
	}
	for _, r := range s.Rows {
		add(r.Line)
		if r.Day.IsZero() || (r.Out > 0) == (r.In > 0) || r.Out < 0 || r.In < 0 || r.Out > maxYen || r.In > maxYen {
			t.Errorf("%+v", r)
		}
	}
	for _, p := range slices.Concat(s.Unread, s.Skipped) {
		add(p.Line)
		if p.Field == "" || p.Reason == "" {
			t.Errorf("%+v", p)
		}
	}
	return lines
}

// missing is the first line below the names of the columns that is neither read
// nor reported; 0 if there is none. A line may be the rest of a field in
// quotation marks of a row above it, unless it is a row by itself.
func missing(body string, lines map[int]bool) int {
	all := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(body), "\n")
	quoted := false // above it, since the last line that is told of
	for i, l := range all {
		n := i + 2
		if lines[n] {
			quoted = strings.Contains(l, `"`)
			continue
		}
		if strings.Trim(l, ",\" \t\u3000\x1A\uFEFF\v\f\u0085\u00A0\x00") == "" {
			continue
		}
		fields, open := split(l, ',')
		_, err := day(fields[0])
		closed := false
		for k := i; k < len(all) && !lines[k+2]; k++ {
			closed = closed || strings.Contains(all[k], `"`)
		}
		if !quoted || !closed || err == nil && !open {
			return n
		}
	}
	return 0
}

// Whatever the bytes are, each row is read or reported by its line, or the whole
// file is refused.
func FuzzEachRowIsReadOrReported(f *testing.F) {
	f.Add([]byte("2026/9/1,\"x,3000,,97000\n2026/9/2,\"y\",,10000,107000\n2026/9/3,z,28000,,79000\n"))
	f.Add([]byte("2026/9/1,x,3000\n2026/9/2,\"y\nz\",5,,\n,,,,\n繰越\n2026/9/3,,0,,\r2026/9/4,a,1,1,\r\n"))
	f.Add([]byte("2026/9/1,\x82\xA0,3000,,97000\n2026/9/2,\x81\n2026/9/3,\xFF,1,,\n"))
	f.Add([]byte("2026/9/1,x,3000,,97000\n\n口座番号,7654321\n" + plainHead + "2026/9/1,x,3000,,97000\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := Read(append([]byte(plainHead), body...), now)
		if err != nil {
			if !errors.Is(err, ErrNoText) && !errors.Is(err, ErrKind) && !errors.Is(err, errNoHeader) {
				t.Error(err)
			}
			return
		}
		if line := missing(string(body), reported(t, s)); line > 0 {
			t.Errorf("line %d is neither read nor reported: %+v", line, s)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, text := range files {
		f.Add([]byte(text))
	}
	f.Add(national("\n", "080901 2 3000 ﾍﾟｲﾍﾟｲ"))
	f.Add(collection("", "0081102", []string{"0 3000"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := Read(data, now); err == nil {
			reported(t, s)
		}
	})
}

func TestARowThatIsSpoiltCostsNoOther(t *testing.T) {
	t.Parallel()
	good := "2026/9/1,a,3000,,97000\n"
	after := "2026/9/3,\"c\",,5,97005\n2026/9/4,d,28000,,69005\n"
	for name, c := range map[string]struct {
		row    string
		unread []int
		rows   int
	}{
		"a quotation mark that is not closed":         {"2026/9/2,\"b,1000,,96000\n", []int{3}, 3},
		"one at the end of the row":                   {"2026/9/2,b,1000,,\"96000\n", []int{3}, 3},
		"one that closes in a line which is no row":   {"2026/9/2,\"b,1000,,96000\n合計,\"x\",2,,3\n", []int{3, 4}, 3},
		"one that closes in a row":                    {"2026/9/2,\"b,1000,,96000\n2026/9/2,\"x\",2,,3\n", []int{3}, 4},
		"letters behind one":                          {"2026/9/2,\"b\"x,1000,,96000\n", []int{3}, 3},
		"a field over two lines":                      {"2026/9/2,\"b\nb\",1000,,96000\n", nil, 4},
		"two quotation marks for one":                 {"2026/9/2,\"b\"\"b\",1000,,96000\n", nil, 4},
		"too few fields":                              {"2026/9/2,b,1000\n", []int{3}, 3},
		"too few, and no money":                       {"2026/9/2,b\n", []int{3}, 3},
		"only a day":                                  {"2026/9/2\n", []int{3}, 3},
		"too many, by a comma in an amount":           {"2026/9/2,b,1,000,,96000\n", []int{3}, 3},
		"an empty one more":                           {"2026/9/2,b,1000,,96000,\n", nil, 4},
		"an amount that is masked":                    {"2026/9/2,b,***,,96000\n", []int{3}, 3},
		"an amount without digits":                    {"2026/9/2,b,円,,96000\n", []int{3}, 3},
		"a byte that is no text":                      {"2026/9/2,\xFF,1000,,96000\n", []int{3}, 3},
		"a lead byte before the end of the line":      {"2026/9/2,\xE3,1000,,96000\xE3\n", []int{3}, 3},
		"an amount larger than any":                   {"2026/9/2,b,10000000000000,,1\n", []int{3}, 3},
		"an amount larger than a number":              {"2026/9/2,b,99999999999999999999,,1\n", []int{3}, 3},
		"a line of a sum":                             {"合計,,4000,,\n", []int{3}, 3},
		"a note":                                      {"※ 以上\n", nil, 3},
		"the names of the columns again":              {plainHead, nil, 3},
		"a row above the names of another section":    {"口座番号,1\n" + plainHead, nil, 3},
		"what was carried over":                       {"2026/9/2,繰越,,,97000\n", nil, 3},
		"nothing but commas":                          {",,,,\n", nil, 3},
		"the mark of the end of a file of long ago":   {"\x1A\n", nil, 3},
		"an amount below nothing as accountants do":   {"2026/9/2,b,(1000),,96000\n", []int{3}, 3},
		"a balance below nothing, the sign behind it": {"2026/9/2,b,1000,,96000-\n", nil, 4},
	} {
		s, err := Read([]byte(plainHead+good+c.row+after), now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var lines []int
		for _, p := range s.Unread {
			lines = append(lines, p.Line)
		}
		if !slices.Equal(lines, c.unread) || len(s.Rows) != c.rows {
			t.Errorf("%s: %d rows, not read %v, want %d and %v", name, len(s.Rows), s.Unread, c.rows, c.unread)
		}
		if line := missing(good+c.row+after, reported(t, s)); line > 0 {
			t.Errorf("%s: line %d is neither read nor reported", name, line)
		}
	}
}

func TestARowAboveTheNamesOfTheColumnsIsReported(t *testing.T) {
	t.Parallel()
	s, err := Read([]byte("照会期間,2026/9/1\n2026/9/1,a,3000,,97000\n"+plainHead+"2026/9/2,b,1000,,96000\n"), now)
	if err != nil || len(s.Unread) != 1 || s.Unread[0].Line != 2 || len(s.Rows) != 1 {
		t.Errorf("%v %+v", err, s)
	}
}

// movement is a row as it is in truth.
type movement struct {
	out          bool
	yen, balance int64
	day          time.Time
	text         string
}

// ways are how a file can tell the side of a row.
var ways = map[string]struct {
	head string
	row  func(m *movement) string
}{
	"two columns":                {"取引日,摘要,出金金額,入金金額,残高", func(m *movement) string { return two(m, m.yen) }},
	"two, with a minus for out":  {"取引日,摘要,出金金額,入金金額,残高", func(m *movement) string { return two(m, -m.yen) }},
	"signs":                      {"取引日,摘要,金額,残高", func(m *movement) string { return fmt.Sprintf("%s,%d,%d", m.head(), m.signed(), m.balance) }},
	"signs the other way":        {"取引日,摘要,金額,残高", func(m *movement) string { return fmt.Sprintf("%s,%d,%d", m.head(), -m.signed(), m.balance) }},
	"signs without balances":     {"取引日,摘要,金額", func(m *movement) string { return fmt.Sprintf("%s,%d", m.head(), m.signed()) }},
	"no signs":                   {"取引日,摘要,金額,残高", func(m *movement) string { return fmt.Sprintf("%s,%d,%d", m.head(), m.yen, m.balance) }},
	"no signs nor balances":      {"取引日,摘要,金額", func(m *movement) string { return fmt.Sprintf("%s,%d", m.head(), m.yen) }},
	"digits of 全銀":               {"取引日,摘要,入払区分,金額,残高", func(m *movement) string { return fmt.Sprintf("%s,%d,%d,%d", m.head(), m.pick(1, 2), m.yen, m.balance) }},
	"digits of no known meaning": {"取引日,摘要,区分,金額,残高", func(m *movement) string { return fmt.Sprintf("%s,%d,%d,%d", m.head(), m.pick(2, 1), m.yen, m.balance) }},
	"words": {"取引日,摘要,区分,金額,残高", func(m *movement) string {
		return fmt.Sprintf("%s,%s,%d,%d", m.head(), m.word("お預入れ", "お引出し"), m.yen, m.balance)
	}},
	"words and signs": {"取引日,摘要,入出金,金額,残高", func(m *movement) string {
		return fmt.Sprintf("%s,%s,%d,%d", m.head(), m.word("入金", "出金"), m.signed(), m.balance)
	}},
	"other words": {"取引日,摘要,取引区分,金額", func(m *movement) string { return fmt.Sprintf("%s,振替,%d", m.head(), m.yen) }},
}

func (m *movement) head() string { return m.day.Format("2006/1/2") + "," + m.text }

func (m *movement) pick(in, out int) int {
	if m.out {
		return out
	}
	return in
}

func (m *movement) word(in, out string) string {
	if m.out {
		return out
	}
	return in
}

func (m *movement) signed() int64 {
	if m.out {
		return -m.yen
	}
	return m.yen
}

func two(m *movement, out int64) string {
	if m.out {
		return fmt.Sprintf("%s,%d,,%d", m.head(), out, m.balance)
	}
	return fmt.Sprintf("%s,,%d,%d", m.head(), m.yen, m.balance)
}

// In whatever way a file tells the side, of whatever rows it holds and in
// whatever order: money that went out is never read as money that came in, nor
// the other way; where it cannot be told the row is reported.
func TestASideIsReadAsItIsOrNotAtAll(t *testing.T) {
	t.Parallel()
	read := map[string]int{}
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 18))
		var truth []movement
		balance, day := rng.Int64N(200_000)-50_000, time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range 1 + rng.IntN(12) {
			m := movement{out: rng.IntN(5) > 0, yen: 1 + rng.Int64N(90_000), day: day, text: fmt.Sprint("t", i)}
			if m.out {
				balance -= m.yen
			} else {
				balance += m.yen
			}
			m.balance = balance
			if rng.IntN(8) > 0 {
				truth = append(truth, m) // else the row is lost
			}
			day = day.AddDate(0, 0, rng.IntN(3))
		}
		if rng.IntN(2) == 0 {
			slices.Reverse(truth)
		}
		for name, w := range ways {
			text := w.head + "\n"
			for i := range truth {
				text += w.row(&truth[i]) + "\n"
			}
			s, err := Read([]byte(text), now)
			if err != nil {
				t.Fatal(name, err)
			}
			if lines := reported(t, s); len(lines) != len(truth) {
				t.Fatalf("%s, seed %d: %d of %d rows\n%s", name, seed, len(lines), len(truth), text)
			}
			for _, r := range s.Rows {
				m := &truth[r.Line-2]
				read[name]++
				if (r.Out > 0) != m.out || r.Out+r.In != m.yen || r.Text != m.text || !r.Day.Equal(m.day) || r.Balance != nil && *r.Balance != m.balance {
					t.Errorf("%s, seed %d: line %d is read as -%d +%d\n%s", name, seed, r.Line, r.Out, r.In, text)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
	for name := range ways {
		if (read[name] == 0) != (name == "no signs nor balances" || name == "other words") {
			t.Errorf("%s: %d rows were read", name, read[name])
		}
	}
}

func TestTwoAccountsInOneFileAreNotMixed(t *testing.T) {
	t.Parallel()
	one := national("", "080901 2 3000 ﾍﾟｲﾍﾟｲ", "081102 2 28000 ﾄﾞｺﾓｺｳｻﾞ")
	other := national("", "080901 2 3000 ﾍﾟｲﾍﾟｲ")
	copy(other[63:], "7654321")
	both := append(one[:len(one)-zenginRecord], other[:len(other)-zenginRecord]...)
	both = append(both, []byte(fmt.Sprintf("9%010d%05d%184s", 8, 2, ""))...)
	for name, data := range map[string][]byte{
		"全銀":           both,
		"a column":     []byte("照会口座,番号,勘定日,（起算日）,出金金額（円）,入金金額（円）,小切手区分,残高（円）,取引区分,明細区分,金融機関名,支店名,摘要\n普通1,1,2026年9月1日,,3000,,,97000,振替,,,,ﾍﾟｲﾍﾟｲ\n普通2,1,2026年9月1日,,3000,,,5000,振替,,,,ﾍﾟｲﾍﾟｲ\n普通1,2,2026年11月2日,,28000,,,69000,振替,,,,ﾄﾞｺﾓｺｳｻﾞ\n"),
		"two sections": []byte("口座番号,1\n" + plainHead + "2026/9/1,ﾍﾟｲﾍﾟｲ,3000,,97000\n2026/11/2,ﾄﾞｺﾓｺｳｻﾞ,28000,,69000\n\n口座番号,2\n" + plainHead + "2026/9/1,ﾍﾟｲﾍﾟｲ,3000,,5000\n"),
		"two titles":   []byte("生活\n" + plainHead + "2026/9/1,ﾍﾟｲﾍﾟｲ,3000,,97000\n2026/11/2,ﾄﾞｺﾓｺｳｻﾞ,28000,,69000\n\n貯蓄\n" + plainHead + "2026/9/1,ﾍﾟｲﾍﾟｲ,3000,,5000\n"),
	} {
		s, err := Read(data, now)
		if err != nil || len(s.Rows) != 3 || len(s.Unread) > 0 || len(s.Misfits) > 0 {
			t.Errorf("%s: %v %+v", name, err, s)
			continue
		}
		accounts, keys := map[string]int{}, map[Key]bool{}
		for i, k := range s.Keys() {
			accounts[s.Rows[i].Account]++
			keys[k] = true
			if k.Nth > 0 {
				t.Errorf("%s: rows of two accounts count as equal", name)
			}
		}
		if len(accounts) != 2 || len(keys) != 3 {
			t.Errorf("%s: accounts %v, %d keys", name, accounts, len(keys))
		}
	}
	s, err := Read([]byte("明細\n"+plainHead+"2026/9/1,a,3000,,97000\n明細\n"+plainHead+"2026/9/2,b,1000,,96000\n"), now)
	if err != nil || len(s.Rows) != 2 || s.Rows[0].Account != s.Rows[1].Account {
		t.Errorf("two pages of one account: %v %+v", err, s)
	}
}

func TestAnOverdrawnBalanceKeepsItsSign(t *testing.T) {
	t.Parallel()
	data := national("\n", "080901 2 3000 ﾍﾟｲﾍﾟｲ", "081015 1 250000 ｷﾕｳﾖ")
	data[113] = '2' // 100,000 yen below nothing
	copy(data[3*201+39:], fmt.Sprintf("1%014d", 147_000))
	s, err := Read(data, now)
	if err != nil || len(s.Misfits) > 0 || *s.Rows[0].Balance != -103_000 || *s.Rows[1].Balance != 147_000 {
		t.Errorf("%v %+v", err, s)
	}
	for _, sign := range []string{"-", "△", "▲", "−"} {
		s, err = Read([]byte(plainHead+"2026/9/1,a,3000,,"+sign+"103000\n2026/9/2,b,,250000,147000\n"), now)
		if err != nil || len(s.Misfits) > 0 || *s.Rows[0].Balance != -103_000 {
			t.Errorf("%s: %v %+v", sign, err, s)
		}
	}
}
