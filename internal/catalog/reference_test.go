package catalog

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/watch"
)

// The reference decides as Classify does, slowly and plainly: it normalises
// with golang.org/x/text, compares whole strings, and tries every word of the
// catalogue at every place. It shares no code with the fast path but the data.

// refLetter is a letter, and whether a gap, a bracket or a long-vowel mark
// stood before it.
type refLetter struct {
	r                  rune
	gap, bracket, dash bool
}

func refFold(s string) []refLetter {
	s = strings.ToValidUTF8(s, "")
	s = strings.NewReplacer("\u309B", "\u3099", "\uFF9E", "\u3099", "\u309C", "\u309A", "\uFF9F", "\u309A").Replace(s)
	var out []refLetter
	var next refLetter
	kanaBefore := false
	for _, r := range norm.NFKD.String(s) {
		if r >= 0x3041 && r <= 0x3096 {
			r += 0x60
		}
		if i := slices.Index([]rune("ァィゥェォッャュョヮヵヶ"), r); i >= 0 {
			r = []rune("アイウエオツヤユヨワカケ")[i]
		}
		if !unicode.IsMark(r) { // U+0345 has a capital that is a letter
			r = unicode.ToUpper(r)
		}
		switch {
		case r == 0x3099 || r == 0x309A:
			if len(out) > 0 && refClass(out[len(out)-1].r) == "mark" {
				continue
			}
			out = append(out, refLetter{r: r})
			next, kanaBefore = refLetter{}, true
		case strings.ContainsRune("-‐‑‒–—―−─━゠ー〜~", r):
			if kanaBefore {
				next.dash = true
			} else {
				next.gap = true
			}
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			next.r = r
			out = append(out, next)
			next, kanaBefore = refLetter{}, refClass(r) == "kana"
		case unicode.IsMark(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r):
		default:
			next.gap = true
			next.bracket = next.bracket || strings.ContainsRune("()[]{}<>「」『』【】〔〕〈〉《》", r)
		}
	}
	return append(out, next) // the end
}

func refClass(r rune) string {
	switch {
	case r == 0x3099 || r == 0x309A:
		return "mark"
	case strings.ContainsRune("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヰヱヲン", r):
		return "kana"
	case r >= 'A' && r <= 'Z':
		return "latin"
	case r >= '0' && r <= '9':
		return "digit"
	}
	return "other"
}

func refString(ls []refLetter) string {
	var b strings.Builder
	for _, l := range ls {
		b.WriteRune(l.r)
	}
	return b.String()
}

// refWord is a word of the catalogue, folded by the reference.
type refWord struct {
	*word
	s string
	n int // letters and marks
}

type reference struct {
	d     *data
	lines []refWord
	tails []refWord
}

func newReference(d *data) *reference {
	ref := &reference{d: d}
	for _, w := range d.words {
		f := refFold(w.text)
		x := refWord{w, refString(f[:len(f)-1]), len(f) - 1}
		if w.kind == kindBill || w.kind == kindMore || w.kind == kindCompany {
			ref.tails = append(ref.tails, x)
		} else {
			ref.lines = append(ref.lines, x)
		}
	}
	return ref
}

// refLine is a descriptor that the reference looks at.
type refLine struct {
	*reference
	bank, text string
	ls         []refLetter // with the end

	marks, front map[int]bool // where marks ended, and nothing but marks stood before
}

func (l *refLine) n() int { return len(l.ls) - 1 }

// from are the letters from i on.
func (l *refLine) from(i int) string { return refString(l.ls[i:l.n()]) }

func (l *refLine) begins(i int) bool {
	if i == 0 || i == l.n() || l.ls[i].gap {
		return true
	}
	was, is := refClass(l.ls[i-1].r), refClass(l.ls[i].r)
	if was == "mark" {
		was = "kana"
	}
	return is != "mark" && is != was
}

// plain counts letters without marks.
func plain(s string) int {
	return len([]rune(strings.NewReplacer("\u3099", "", "\u309A", "").Replace(s)))
}

// refFound is what the reference came to.
type refFound struct {
	name, trap *word
	confidence watch.Confidence
}

func (ref *reference) classify(bank, text string) refFound {
	l := &refLine{ref, bank, text, refFold(text), map[int]bool{}, map[int]bool{}}
	var refused *word
	begin, front := true, true
	for i := 0; i < l.n(); {
		front = front || l.front[i]
		if !begin && !l.marks[i] && !l.begins(i) {
			front = false
			i++
			continue
		}
		f, end, mark := l.look(i, front)
		switch {
		case f.name != nil || f.trap != nil && f.trap.kind == kindCredit:
			return f
		case f.trap != nil:
			if refused == nil {
				refused = f.trap
			}
			i, begin, front = end, false, false
			continue
		case mark > i:
			i, begin = mark, true
			continue
		}
		begin = false
		if front {
			if k := l.filler(i); k > i {
				i, begin = k, true
				continue
			}
			front = false
		}
		i++
	}
	return refFound{trap: refused}
}

// look finds what the words that begin at i come to: the longest decides.
func (l *refLine) look(i int, front bool) (best refFound, end, mark int) {
	rest := l.from(i)
	var passed []refWord // names that stand here, short ones first
	var inside []refWord // words that the line ends inside of
	var whole []refWord
	for _, w := range l.lines {
		if strings.HasPrefix(rest, w.s) {
			whole = append(whole, w)
		} else if strings.HasPrefix(w.s, rest) {
			inside = append(inside, w)
		}
	}
	slices.SortFunc(whole, func(x, y refWord) int { return x.n - y.n })
	for _, w := range whole {
		to := i + w.n
		switch w.kind {
		case kindFront:
			if mark == 0 {
				mark = to
			} else {
				l.marks[to] = true
				l.front[to] = l.front[to] || front
			}
		case kindTrap:
			best, end = refFound{trap: w.word}, to
		case kindCredit:
			if front {
				return refFound{trap: w.word}, to, 0
			}
		case kindName:
			passed = append(passed, w)
			if f, e := l.name(w, to, front); f != (refFound{}) {
				best, end = f, e
			}
		}
	}
	if len(inside) == 0 {
		return best, end, mark
	}
	traps := slices.DeleteFunc(slices.Clone(inside), func(w refWord) bool { return w.kind != kindTrap })
	names := slices.DeleteFunc(slices.Clone(inside), func(w refWord) bool { return w.kind != kindName })
	switch {
	case len(passed) > 0 && passed[len(passed)-1].n < l.n()-i && len(traps) > 0 && best.trap == nil:
		at := i + passed[len(passed)-1].n
		if _, tail, _ := l.follow(at); tail != nil && best.name != nil {
			break
		}
		if best.name != nil && plain(l.from(at)) == 1 {
			best.trap, best.confidence = traps[0].word, watch.Undecided
		} else if end < l.n() {
			best, end = refFound{trap: traps[0].word}, l.n()
		}
	case len(names) > 0 && best == (refFound{}):
		best, end = l.cut(names, traps, i, front), l.n()
	}
	return best, end, mark
}

// cut decides on a line that ends inside names of the catalogue.
func (l *refLine) cut(names, traps []refWord, i int, front bool) refFound {
	rest := l.from(i)
	shortest := names[0]
	for _, w := range names {
		if w.service != names[0].service {
			return refFound{}
		}
		if w.n < shortest.n {
			shortest = w
		}
	}
	missing := plain(shortest.s) - plain(rest)
	have := plain(rest)
	mark := 0
	for _, w := range l.lines {
		if w.kind == kindFront && strings.HasPrefix(rest, w.s) {
			mark = max(mark, plain(w.s))
		}
	}
	have -= mark
	if shortest.whole && !front {
		return refFound{}
	}
	f := refFound{name: shortest.word, confidence: watch.Cut}
	if missing == 0 {
		if have < 3 {
			return refFound{}
		}
		return f
	}
	if have < 5 {
		return refFound{}
	}
	for _, t := range traps { // but for those that only lengthen such a name
		if !slices.ContainsFunc(names, func(w refWord) bool { return strings.HasPrefix(t.s, w.s) }) {
			return refFound{trap: t.word}
		}
	}
	lengths := l.d.lengths
	if b := l.d.banks[l.bank]; b != nil && len(b.Cells) > 0 {
		lengths = b.Cells
	} else if missing <= 2 {
		return f
	}
	line := strings.TrimRightFunc(l.text, unicode.IsSpace)
	for i, r := range line {
		if i == 0 || unicode.IsSpace(r) {
			if slices.Contains(lengths, refCells(strings.TrimSpace(line[i:]))) {
				return f
			}
		}
	}
	return refFound{}
}

// refCells counts half-width cells.
func refCells(s string) int {
	s = strings.NewReplacer("\u309B", "\u3099", "\u309C", "\u309A").Replace(strings.ToValidUTF8(s, ""))
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Hangul, r) { // a syllable is one character, whatever it is made of
			n += 2
			continue
		}
		n += refCellsOf(r)
	}
	return n
}

func refCellsOf(r rune) int {
	n := 0
	for _, r := range norm.NFKD.String(string(r)) {
		kept := unicode.IsLetter(r) || unicode.IsNumber(r)
		switch {
		case kept && !strings.ContainsRune("ー", r) && refClass([]rune(Fold(string(r)))[0]) == "other":
			n += 2
		case r != 0x3099 && r != 0x309A && (unicode.IsMark(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r)):
		default:
			n++
		}
	}
	return n
}

// name decides on a name that ends at to.
func (l *refLine) name(w refWord, to int, front bool) (refFound, int) {
	what, tail, end := l.follow(to)
	if w.whole && what != "bill" && !(front && l.onlyMarks(to) && !l.transfer(to-w.n)) {
		return refFound{}, 0
	}
	f := refFound{name: w.word, confidence: watch.Guessed}
	if w.seen {
		f.confidence = watch.Seen
	}
	switch what {
	case "word":
		return refFound{}, 0
	case "bill":
		return refFound{trap: tail}, end
	case "undecided":
		f.trap, f.confidence = tail, watch.Undecided
	case "joined":
		f.confidence = watch.Guessed
	}
	return f, to
}

// follow tells what stands behind a name that ends at j.
func (l *refLine) follow(j int) (what string, tail *word, end int) {
	rest := l.from(j)
	if rest == "" {
		return "none", nil, j
	}
	var longest *refWord
	var bills, others []refWord
	company := false
	for _, w := range l.tails {
		switch {
		case strings.HasPrefix(rest, w.s):
			if w.kind == kindCompany && !l.company(w, j) {
				company = company || rest == w.s
				continue
			}
			if longest == nil || w.n > longest.n {
				longest = &w
			}
		case strings.HasPrefix(w.s, rest) && w.kind == kindBill:
			bills = append(bills, w)
		case strings.HasPrefix(w.s, rest):
			others = append(others, w)
		}
	}
	switch {
	case longest != nil && longest.kind == kindBill:
		return "bill", longest.word, j + longest.n
	case longest != nil:
		return "none", longest.word, j + longest.n
	case len(bills) == 0 && len(others) > 0:
		return "none", nil, l.n()
	case len(bills) > 0:
		could := company || len(others) > 0 || l.begins(j) && plain(rest) == 1
		if could && !l.ls[l.n()].dash {
			return "undecided", bills[0].word, l.n()
		}
		return "bill", bills[0].word, l.n()
	case !l.begins(j):
		return "word", nil, j
	case !l.ls[j].gap && refClass(l.ls[j].r) != "digit":
		return "joined", nil, j
	}
	return "none", nil, j
}

func (l *refLine) company(w refWord, j int) bool {
	return plain(w.s) > 1 || l.ls[j].bracket || l.ls[j+w.n].bracket
}

func (l *refLine) filler(i int) int {
	j := i
	for j < l.n() && refClass(l.ls[j].r) == "digit" {
		j++
	}
	if j > i {
		return j
	}
	best := 0
	for _, w := range l.tails {
		if w.kind == kindCompany && strings.HasPrefix(l.from(i), w.s) && l.company(w, i) && (best == 0 || w.n < best) {
			best = w.n
		}
	}
	return i + best
}

func (l *refLine) transfer(i int) bool {
	before := refString(l.ls[:i])
	return slices.ContainsFunc(l.lines, func(w refWord) bool {
		return w.kind == kindFront && w.whole && strings.Contains(before, w.s)
	})
}

func (l *refLine) onlyMarks(i int) bool {
	for i < l.n() {
		k := l.filler(i)
		for _, words := range [][]refWord{l.lines, l.tails} {
			if k > i {
				break
			}
			for _, w := range words {
				if (w.kind == kindFront || w.kind == kindMore && w.whole) && strings.HasPrefix(l.from(i), w.s) {
					k = max(k, i+w.n)
				}
			}
		}
		if k == i {
			return false
		}
		i = k
	}
	return true
}
