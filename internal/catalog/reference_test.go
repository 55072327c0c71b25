package catalog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/watch"
)

// The reference decides as Classify does, slowly and plainly: it normalises
// with golang.org/x/text, compares whole words, and tries every word of the
// catalogue at every place. It shares no code with the fast path but the data.

// refLetter is a letter with its voicing mark, and whether a gap, a bracket or
// a long-vowel mark stood before it.
type refLetter struct {
	r, mark            rune
	gap, bracket, dash bool
}

const refKana = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヰヱヲン"

func refFold(s string) []refLetter {
	var out []refLetter
	var next refLetter
	isKana := func() bool { return len(out) > 0 && refClass(out[len(out)-1].r) == "kana" }
	one := func(r rune) {
		if i := slices.Index([]rune("ァィゥェォッャュョヮヵヶ"), r); i >= 0 {
			r = []rune("アイウエオツヤユヨワカケ")[i]
		}
		if !unicode.IsMark(r) { // U+0345 has a capital that is a letter
			r = unicode.ToUpper(r)
		}
		switch {
		case r == 0x3099 || r == 0x309A:
			if isKana() && out[len(out)-1].mark == 0 {
				out[len(out)-1].mark = r
				next = refLetter{}
			}
		case strings.ContainsRune("-‐‑‒–—―−─━゠ー〜~", r):
			if isKana() {
				next.dash = true
			} else {
				next.gap = true
			}
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			next.r = r
			out = append(out, next)
			next = refLetter{}
		case unicode.IsMark(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r):
		default:
			next.gap = true
			next.bracket = next.bracket || strings.ContainsRune("()[]{}<>「」『』【】〔〕〈〉《》", r)
		}
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		s = s[n:]
		if r == utf8.RuneError && n == 1 {
			continue
		}
		if behind, _ := utf8.DecodeRuneInString(s); r == '一' && isKana() && refIsKana(behind) {
			next.dash = true
			continue
		}
		if i := strings.IndexRune("\u309B\uFF9E\u309C\uFF9F", r); i >= 0 {
			r = []rune("\u3099\u3099\u309A\u309A")[i/3]
		}
		for _, r := range norm.NFKD.String(string(r)) {
			if r >= 0x3041 && r <= 0x3096 {
				r += 0x60
			}
			one(r)
		}
	}
	return append(out, next) // the end
}

// refIsKana tells whether a character as it is written is a kana.
func refIsKana(r rune) bool {
	return r >= 0x3041 && r <= 0x30FF && !strings.ContainsRune("\u3097\u3098\u3099\u309A\u309B\u309C\u309D\u309E\u309F\u30A0・ーヽヾヿ", r) || r >= 0xFF66 && r <= 0xFF9D && r != 0xFF70
}

func refClass(r rune) string {
	switch {
	case strings.ContainsRune(refKana, r):
		return "kana"
	case r >= 'A' && r <= 'Z':
		return "latin"
	case r >= '0' && r <= '9':
		return "digit"
	}
	return "other"
}

// refWord is a word of the catalogue, folded by the reference.
type refWord struct {
	*word
	ls []refLetter
}

func (w *refWord) n() int { return len(w.ls) }

type reference struct {
	d            *data
	lines, tails map[rune][]refWord // by their first letter
}

func newReference(d *data) *reference {
	by := func(words []*word) map[rune][]refWord {
		out := map[rune][]refWord{}
		for _, w := range words {
			f := refFold(w.text)
			out[f[0].r] = append(out[f[0].r], refWord{w, f[:len(f)-1]})
		}
		return out
	}
	return &reference{d, by(d.lines.words), by(d.tails.words)}
}

// refLine is a descriptor that the reference looks at.
type refLine struct {
	*reference
	bank  string
	text  string
	ls    []refLetter // with the end
	out   bool
	other *word
	doubt *word
	rail  bool
	trans bool
	debit bool

	marks, front map[int]bool // where marks ended, and nothing but marks stood before
}

func (l *refLine) n() int { return len(l.ls) - 1 }

func (l *refLine) begins(i int) bool {
	return i == 0 || i == l.n() || l.ls[i].gap || refClass(l.ls[i-1].r) != refClass(l.ls[i].r)
}

// lost is how many marks of a word are missing where it stands at i; -1 if it
// does not stand there.
func (l *refLine) lost(w *refWord, i int) int {
	if i+w.n() > l.n() {
		return -1
	}
	lost := 0
	for k, x := range w.ls {
		y := l.ls[i+k]
		switch {
		case x.r != y.r || y.mark != 0 && x.mark != y.mark:
			return -1
		case x.mark != y.mark:
			lost++
		}
	}
	return lost
}

// inside tells whether the line ends inside a word that begins at i.
func (l *refLine) inside(w *refWord, i int) bool {
	have := l.n() - i
	if have >= w.n() {
		return false
	}
	for k, x := range w.ls[:have] {
		y := l.ls[i+k]
		if x.r != y.r || x.mark != y.mark && (y.mark != 0 || k < have-1) {
			return false
		}
	}
	return true
}

// lastLost tells whether what a word lacks is the last mark of the line.
func (l *refLine) lastLost(w *refWord, i, lost int) bool {
	return lost == 1 && i+w.n() == l.n() && l.ls[l.n()-1].mark != w.ls[w.n()-1].mark
}

// refFound is what the reference came to.
type refFound struct {
	name, trap *word
	confidence watch.Confidence
}

func (ref *reference) classify(bank, text string) refFound { return ref.judge(bank, text, false) }

func (ref *reference) judge(bank, text string, out bool) refFound {
	l := &refLine{reference: ref, bank: bank, text: text, ls: refFold(text), out: out, marks: map[int]bool{}, front: map[int]bool{}}
	var refused *word
	begin, front := true, true
	for i := 0; i < l.n(); {
		front = front || l.front[i]
		if !begin && !l.marks[i] && !l.begins(i) {
			front = false
			if f := l.inner(i); f.name != nil {
				return f
			}
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

// inner is a long name in the middle of a word, if what follows is known.
func (l *refLine) inner(i int) (best refFound) {
	n := 0
	if c := refClass(l.ls[i].r); c == refClass(l.ls[i-1].r) && i+1 < l.n() && c != refClass(l.ls[i+1].r) {
		return best
	}
	for _, w := range l.lines[l.ls[i].r] {
		if w.kind != kindName || w.weight() < 4 || w.has(flagWhole) || w.has(flagRail) || l.lost(&w, i) != 0 || w.n() < n {
			continue
		}
		if what, _, _ := l.follow(&w, i+w.n()); what == tailNone {
			best, n = refFound{w.word, unknownHead, watch.Undecided}, w.n()
		}
	}
	return best
}

// look finds what the words that begin at i come to: the longest decides.
func (l *refLine) look(i int, front bool) (best refFound, end, mark int) {
	var passed int // where the longest name that stands here ends
	var name *refWord
	var here []refWord
	for _, w := range l.lines[l.ls[i].r] {
		if l.lost(&w, i) >= 0 {
			here = append(here, w)
		}
	}
	slices.SortStableFunc(here, func(x, y refWord) int { return x.n() - y.n() })
	var last *word
	for _, w := range here {
		to, lost := i+w.n(), l.lost(&w, i)
		how := ""
		switch {
		case lost == 0:
			how = "exact"
		case w.has(flagWhole) && !l.rail:
		case l.lastLost(&w, i, lost):
			if w.n() >= 3 {
				how = "cut"
			}
		case lost == 1 && w.n() >= 4 || w.n() >= 6 || l.rail:
			how = "lost"
		}
		switch w.kind {
		case kindFront, kindCredit:
			bracket := slices.ContainsFunc(l.ls[i+1:to], func(x refLetter) bool { return x.bracket })
			if lost > 0 || w.kind == kindCredit && !front || bracket && (w.has(flagOther) || w.has(flagDoubt)) || !l.stands(&w, to) {
				continue
			}
			if w.kind == kindCredit {
				if !l.out || w.has(flagOther) {
					return refFound{trap: w.word}, to, 0
				}
				l.doubt = w.word
			}
			if w.has(flagOther) && front {
				l.other = w.word
			} else if w.has(flagDoubt) && front {
				l.doubt = w.word
			}
			last = w.word
			if mark == 0 {
				mark = to
			} else {
				l.marks[to] = true
				l.front[to] = l.front[to] || front
			}
		case kindTrap:
			if how != "" && l.whole(to) {
				best, end = refFound{trap: w.word}, to
			}
		case kindName:
			if how == "" {
				continue
			}
			f, e := l.name(&w, how, i, to, front)
			within := best.name == nil && best.trap != nil && best.trap.kind == kindBill && end <= to
			if f != (refFound{}) && (f.trap != unknownTail || best.name != nil || best.trap == nil || within) {
				best, end = f, e
			}
			if f != (refFound{}) || !w.has(flagRail) {
				passed, name = to, &w
			}
		}
	}
	if last != nil {
		l.rail = l.rail || last.has(flagRail)
		l.trans = l.trans || last.has(flagTransfer)
		l.debit = l.debit || last.has(flagDebit)
	}
	var names, traps []refWord
	for _, w := range l.lines[l.ls[i].r] {
		if !l.inside(&w, i) {
			continue
		}
		switch w.kind {
		case kindName:
			names = append(names, w)
		case kindTrap:
			traps = append(traps, w)
		}
	}
	switch {
	case passed > 0 && passed < l.n() && len(traps) > 0 && (best.trap == nil || best.trap == unknownTail):
		if _, tail, _ := l.follow(name, passed); tail != nil && best.name != nil && best.trap == nil {
			break
		}
		if best.name != nil {
			best.trap, best.confidence = traps[0].word, watch.Undecided
			if l.n()-passed == 1 || l.ls[passed].gap {
				best.trap = unknownTail
			}
		} else if end < l.n() {
			best, end = refFound{trap: traps[0].word}, l.n()
		}
	case len(names) > 0 && best == (refFound{}):
		best, end = l.cut(names, traps, i, front), l.n()
	}
	return best, end, mark
}
