package lookback

import (
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"

	"kozamori/internal/catalog"
	"kozamori/internal/statement"
)

// Pasted is what came of lines of a passbook or a statement that a person
// pasted into a text. Of lines that no payment service made only the number is
// kept.
type Pasted struct {
	Lines int          `json:"lines"` // that look like a debit or a credit
	Found []PastedLine `json:"found,omitempty"`

	// Unknown is what another version queued with it and this one does not know.
	Unknown jsontext.Value `json:",embed"`
}

// PastedLine is a debit of a payment service, or what would be one.
type PastedLine struct {
	Text    string    `json:"text"`
	Yen     int64     `json:"yen"`
	Day     time.Time `json:"day,omitzero"` // midnight UTC of the day in Japan; zero if the line has none
	Service string    `json:"service"`
	Other   string    `json:"other,omitempty"` // what else it may be, in Japanese

	// Unknown is what another version queued with it and this one does not know.
	Unknown jsontext.Value `json:",embed"`
}

// MaxPasted is how many debits of a text are kept.
const MaxPasted = 30

// Paste finds lines of a statement in a text. It is false for what is a text of
// another sort: one line is a statement's only if a payment service is in it, or
// if it begins with a day; several, if all but a heading are such.
func Paste(text string, now time.Time) (p Pasted, ok bool) {
	others, dated := 0, 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		l, in, isLine := pastedLine(line, now)
		if !isLine {
			others++
			continue
		}
		p.Lines++
		if !l.Day.IsZero() {
			dated++
		}
		d := catalog.Decide(&catalog.Evidence{Descriptor: l.Text, Amount: l.Yen, At: l.Day, In: in})
		if l.Service = d.Service(); l.Service != "" && !in && len(p.Found) < MaxPasted {
			l.Other = d.Other()
			p.Found = append(p.Found, l)
		}
	}
	switch {
	case p.Lines == 0 || others > 1 || others == p.Lines && len(p.Found) == 0:
		return Pasted{}, false
	case len(p.Found) == 0 && dated == 0 && p.Lines < 2:
		return Pasted{}, false
	}
	return p, true
}

// Services are the debits that were found, by service, the largest total first.
func (p *Pasted) Services() []Sum {
	var debits []Debit
	for _, l := range p.Found {
		debits = append(debits, Debit{Row: statement.Row{Day: l.Day, Out: l.Yen, Text: l.Text}, Service: l.Service, Other: l.Other})
	}
	sort.SliceStable(debits, func(i, j int) bool { return debits[i].Day.Before(debits[j].Day) })
	return sum(debits)
}

// sidesOf are the words of a line that tell which way the money went.
var sidesOf = map[string]bool{"入金": true, "お預入れ": true, "預入": true, "お預り": true, "振込入金": true, "出金": false, "支払": false, "お支払": false, "お引出し": false, "引落": false, "引き落とし": false}

// pastedLine takes a line apart: a day if there is one, a text, and an amount, with a
// balance behind it or not. Behind a day the amount may stand before the text, and the
// balance behind it, as some banks have their columns.
func pastedLine(line string, now time.Time) (l PastedLine, in, ok bool) {
	words := strings.Fields(separate(line))
	if len(words) > 1 {
		if day, is := statement.Day(words[0], now); is && len(words[0]) > 2 {
			l.Day, words = day, words[1:]
		}
	}
	words = withoutBalance(words)
	var amounts []int64
	marked := false // as money: by a sign of yen, or by its commas
	for len(words) > 0 {
		last := words[len(words)-1]
		if side, is := sidesOf[last]; is {
			in, words = side, words[:len(words)-1]
			continue
		}
		yen, is, sign := moneyOf(last)
		if !is || len(amounts) == 2 {
			break
		}
		amounts, marked, words = append(amounts, yen), marked || sign, words[:len(words)-1]
	}
	if !l.Day.IsZero() && len(amounts) < 2 {
		before, rest := leading(words, marked)
		amounts, words = append(amounts, before...), rest
	}
	if len(amounts) == 0 || len(words) == 0 || !marked && l.Day.IsZero() && amounts[len(amounts)-1] < 100 {
		return l, false, false
	}
	l.Yen = amounts[len(amounts)-1] // the other is the balance
	if l.Yen < 0 {
		l.Yen = -l.Yen
	}
	if side, is := sidesOf[words[0]]; is && len(words) > 1 {
		in, words = side, words[1:]
	}
	l.Text = strings.Join(words, " ")
	return l, in, l.Yen > 0 && strings.ContainsFunc(l.Text, isLetter)
}

// leading takes the amount, and a balance behind it, that stand before the text; the
// amount is the last of what it gives. A number without a mark is one only where
// amounts behind the text have none, and if no number of a branch can be so large.
func leading(words []string, marked bool) (amounts []int64, rest []string) {
	for len(words) > 1 && len(amounts) < 2 {
		yen, is, sign := moneyOf(words[0])
		if !is || !sign && (marked || yen < 1000) {
			break
		}
		amounts, words = append([]int64{yen}, amounts...), words[1:]
	}
	return amounts, words
}

// withoutBalance leaves out a balance that is called so.
func withoutBalance(words []string) []string {
	for i := 1; i < len(words); i++ {
		rest, is := strings.CutPrefix(strings.TrimPrefix(words[i], "差引"), "残高")
		if !is {
			continue
		}
		behind := words[i+1:]
		if rest = strings.TrimLeft(rest, ":"); rest != "" {
			behind = append([]string{rest}, behind...)
		}
		if !slices.ContainsFunc(behind, func(w string) bool { _, is, _ := moneyOf(w); return !is }) {
			return words[:i]
		}
	}
	return words
}

func isLetter(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= 0x3041 && r <= 0x9FFF || r >= 0xFF21 && r <= 0xFF9F
}

// separate puts spaces between the fields of a line, whatever stood there, and
// writes digits and signs in one way. Kana stay as they are.
func separate(line string) string {
	rs := []rune(strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r == '，' || r == '．' || r == '／' || r == '￥' || r == '－' || r == '＋':
			return []rune(norm.NFKC.String(string(r)))[0]
		case r == '\t' || r == '"' || r == '\u3000' || r == '、' || r == '|' || r == '：':
			return ' '
		}
		return r
	}, line))
	digit := func(i int) bool { return i >= 0 && i < len(rs) && rs[i] >= '0' && rs[i] <= '9' }
	for i, r := range rs {
		if r == ',' && (!digit(i-1) || !digit(i+1) || !digit(i+2) || !digit(i+3) || digit(i+4) || digit(i-1) && digit(i-2) && digit(i-3) && digit(i-4)) {
			rs[i] = ' '
		}
	}
	return string(rs)
}

// moneyOf reads an amount, and tells whether it is marked as one.
func moneyOf(word string) (yen int64, ok, marked bool) {
	digits := strings.Trim(word, "0123456789,")
	if len(word) > 20 || digits == word || strings.Trim(digits, "¥\\円-−+▲△") != "" || !strings.ContainsAny(word, "0123456789") {
		return 0, false, false
	}
	yen, ok = statement.Yen(word)
	return yen, ok, digits != "" || strings.Contains(word, ",")
}
