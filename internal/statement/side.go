package statement

import "slices"

// side is whether money came in or went out.
type side int

const (
	in  side = 1
	out side = 2
)

// sides are the words that banks have for it.
var sides = map[string]side{
	"入金": in, "入": in, "預入": in, "預入れ": in, "お預入れ": in, "お預け入れ": in, "預り": in, "預かり": in, "お預り": in, "お預かり": in, "受入": in, "受入れ": in, "受": in,
	"出金": out, "出": out, "払出": out, "払出し": out, "支払": out, "支払い": out, "お支払": out, "お支払い": out, "払": out, "引出": out, "引出し": out, "お引出": out, "お引出し": out, "お引き出し": out, "引落": out, "引落し": out, "引き落とし": out, "払戻": out, "払戻し": out,
}

// sideOf reads the word for a side; said is false if it is none.
func sideOf(word string, digits bool) (s side, said bool) {
	word = plain(word)
	if digits {
		switch word {
		case "1":
			return in, true
		case "2":
			return out, true
		}
	}
	s, said = sides[word]
	return s, said
}

// money is what the columns of a row say.
type money struct{ out, in, both, balance int64 }

// sign is what the side of a row rests on.
type sign int

const (
	sure     sign = iota
	unsure        // nothing tells the side
	outMinus      // a minus in the column of what went out: a sign for that, or a correction
	inMinus       // a minus in the column of what came in
	against       // a minus, and a word for the side
	bySign        // an amount with or without a minus in a layout that is not known
	signKinds
)

// take reads the side and the amount. Where the side is not sure, the row says
// how it would be read by its sign.
func (p *parsed) take(m *money, s side, said bool, c *columns) *Problem {
	if m.out != 0 && m.in != 0 {
		return &Problem{Field: "money out", Reason: "money both in and out"}
	}
	switch {
	case m.out > 0:
		p.Out = m.out
	case m.out < 0:
		p.Out, p.sign = -m.out, outMinus
	case m.in > 0:
		p.In = m.in
	case m.in < 0:
		p.In, p.sign = -m.in, inMinus
	case m.both == 0:
		return nil
	case said && s == out:
		p.Out = max(m.both, -m.both)
	case said:
		p.In = max(m.both, -m.both)
	case m.both < 0:
		p.Out, p.sign = -m.both, bySign
	default:
		p.In, p.sign = m.both, bySign
	}
	switch {
	case c.both >= 0 && said && m.both < 0:
		p.sign = against
	case c.both >= 0 && c.signed && p.sign == bySign:
		p.sign = sure
	case c.both < 0 && said && p.sign == sure && (s == out) != (p.Out > 0):
		return &Problem{Field: "side", Reason: "its column and its word for the side say different things"}
	}
	return nil
}

// swap takes the other side.
func (p *parsed) swap() { p.In, p.Out = p.Out, p.In }

// settle decides the sides that a row alone does not tell, by the balances before
// and after it: of each row, and of rows with the same kind of sign if all that
// could be told agree. The others are unsure.
func settle(rows []parsed, accounts []string, byAccount map[string][]int) {
	minus := slices.ContainsFunc(rows, func(p parsed) bool { return p.sign == bySign && p.Out > 0 })
	if !minus { // no amount has a sign, so that none means anything
		for i := range rows {
			if rows[i].sign == bySign {
				rows[i].sign = unsure
			}
		}
	}
	if !slices.ContainsFunc(rows, func(p parsed) bool { return p.sign != sure }) {
		return
	}
	told := make([]side, len(rows)) // by the balances
	for _, a := range accounts {
		byBalance(rows, byAccount[a], told)
	}
	var same, other [signKinds]int
	for i := range rows {
		switch p := &rows[i]; {
		case told[i] == 0:
		case (told[i] == out) == (p.Out > 0):
			same[p.sign]++
		default:
			other[p.sign]++
		}
	}
	for i := range rows {
		p := &rows[i]
		switch kind := p.sign; {
		case kind == sure:
		case told[i] != 0:
			if (told[i] == out) != (p.Out > 0) {
				p.swap()
			}
			p.sign = sure
		case kind == unsure:
		case other[kind] == 0 && (same[kind] > 0 || kind == bySign && p.Balance == nil): // as banks write signs
			p.sign = sure
		case same[kind] == 0 && other[kind] > 0:
			p.swap()
			p.sign = sure
		default:
			p.sign = unsure
		}
	}
}

// byBalance tells the sides of an account's rows by their balances, if the order
// of the rows can be told.
func byBalance(rows []parsed, at []int, told []side) {
	try := func(step int) (sides []side, fits int) {
		sides = make([]side, len(at))
		for k := range at {
			before := k - step
			if before < 0 || before >= len(at) {
				continue
			}
			a, b := &rows[at[before]], &rows[at[k]]
			if a.Balance == nil || b.Balance == nil {
				continue
			}
			yen := b.Out + b.In
			if s, ok := map[int64]side{yen: in, -yen: out}[*b.Balance-*a.Balance]; ok && (b.sign != sure || (s == out) == (b.Out > 0)) {
				sides[k] = s
				fits++
			}
		}
		return sides, fits
	}
	older, n := try(1)
	newer, m := try(-1)
	if n == m {
		first, last := rows[at[0]].Day, rows[at[len(at)-1]].Day
		switch {
		case first.Before(last):
			m = -1
		case first.After(last):
			n = -1
		default:
			return
		}
	}
	if m > n {
		older = newer
	}
	for k, i := range at {
		told[i] = older[k]
	}
}
