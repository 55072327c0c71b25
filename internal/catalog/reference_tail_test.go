package catalog

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/watch"
)

// refCells counts half-width cells.
func refCells(s string) int {
	s = strings.NewReplacer("\u309B", "\u3099", "\u309C", "\u309A").Replace(strings.ToValidUTF8(s, ""))
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Hangul, r) && unicode.IsLetter(r) { // a syllable is one character, whatever it is made of
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

// name decides on a name that stands from i to j.
func (l *refLine) name(w *refWord, how string, i, j int, front bool) (refFound, int) {
	what, tail, end := l.follow(w, j)
	across, apart := l.across(i, j)
	switch {
	case across != nil && apart,
		w.has(flagWhole) && what != tailBill && !(front && l.onlyMarks(j) && !l.trans),
		w.has(flagRail) && (!l.rail || what != tailNone),
		what == tailWord:
		return refFound{}, 0
	case what == tailBill:
		return refFound{trap: tail}, end
	case l.other != nil:
		return refFound{trap: l.other}, j
	}
	f := refFound{name: w.word, confidence: watch.Guessed}
	switch {
	case how == "cut":
		f.confidence = watch.Cut
	case how == "exact" && w.has(flagSeen) && w.banks[l.bank]:
		f.confidence = watch.Seen
	case how == "exact" && w.has(flagSeen):
		f.confidence = watch.Elsewhere
	}
	r := w.service.readings[l.bank]
	if l.rail {
		r = nil
	}
	switch {
	case r != nil && l.debit:
		return refFound{trap: r}, j
	case r != nil:
		f.trap = r
	case what == tailUndecided:
		f.trap = tail
	case across != nil:
		f.trap = unknownTail
	case what == tailUnknown:
		f.trap = unknownTail
	case l.doubt != nil:
		f.trap = l.doubt
	case l.trans:
		f.trap = transferred
	case w.service.brand != nil && l.brimful(i, j):
		f.trap = w.service.brand
	case w.has(flagCommon) && !l.rail:
		f.trap = namesake
	}
	if f.trap != nil {
		f.confidence = watch.Undecided
	}
	return f, j
}

// brimful tells whether a line that ends with a name is as long as the bank's
// are.
func (l *refLine) brimful(i, j int) bool {
	if end := l.ls[l.n()]; i == 0 || j < l.n() || l.rail || end.gap || end.dash {
		return false
	}
	if b := l.d.banks[l.bank]; b != nil && len(b.Cells) > 0 {
		parts := strings.FieldsFunc(l.text, unicode.IsSpace)
		last := refLine{reference: l.reference, bank: l.bank, text: parts[len(parts)-1]}
		return last.full(1000)
	}
	return l.full(1000)
}

// across is a mark that begins inside a name and ends behind it.
func (l *refLine) across(i, j int) (*word, bool) {
	for k := i + 1; k < j; k++ {
		var shortest *refWord
		for _, w := range l.lines[l.ls[k].r] {
			if w.kind == kindFront && k+w.n() > j && l.lost(&w, k) == 0 && (shortest == nil || w.n() < shortest.n()) {
				shortest = &w
			}
		}
		if shortest != nil {
			return shortest.word, l.ls[k].gap
		}
	}
	return nil, false
}

func (l *refLine) closes(k int) bool {
	return k == l.n() || l.ls[k].gap || refClass(l.ls[k].r) == "digit"
}

func (l *refLine) whole(k int) bool {
	if l.closes(k) || l.begins(k) {
		return true
	}
	_, _, _, ok := l.chain(k, 0)
	return ok
}

// chain reads known words from j on, up to a border.
func (l *refLine) chain(j, depth int) (what tail, w *word, end int, ok bool) {
	what, w, end, _, ok = l.chained(j, depth)
	return what, w, end, ok
}

// chained is chain, and tells with how many letters of a known word the line ends,
// behind a bill's word if it returns that.
func (l *refLine) chained(j, depth int) (what tail, w *word, end, left int, ok bool) {
	if depth > 0 && l.closes(j) {
		return tailNone, nil, j, 0, true
	}
	if depth == 6 {
		return tailNone, nil, 0, 0, false
	}
	var here []refWord
	cut := false
	var bill *word
	for _, w := range l.tails[l.ls[j].r] {
		lost := l.lost(&w, j)
		if (lost == 0 || lost == 1 && l.lastLost(&w, j, lost)) && (w.kind != kindCompany || l.company(&w, j)) {
			here = append(here, w)
		}
		if depth > 0 && l.inside(&w, j) {
			if cut = true; w.kind == kindBill {
				bill = w.word
			}
		}
	}
	slices.SortStableFunc(here, func(x, y refWord) int { return x.n() - y.n() })
	here = here[:min(len(here), 8)]
	for _, w := range slices.Backward(here) {
		to := j + w.n()
		what, tail, end, left, ok := l.chained(to, depth+1)
		switch {
		case !ok:
			continue
		case w.kind == kindBill && left > 0 && (l.ls[j].gap || left == 1 && w.weight() < 4 || !l.full(1000)):
			return tailUnknown, w.word, to, left, true
		case w.kind == kindBill:
			return tailBill, w.word, to, left, true
		case what == tailBill && left > 0 && l.ls[j].gap:
			return tailUnknown, tail, end, left, true
		case what == tailBill:
			return what, tail, end, left, true
		case w.kind == kindRefund:
			return tailUndecided, w.word, to, 0, true
		case what == tailUndecided, what == tailUnknown:
			return what, tail, end, left, true
		}
		return tailNone, w.word, to, left, true
	}
	switch left = l.n() - j; {
	case bill != nil && left == 1:
		return tailUnknown, nil, l.n(), left, true
	case bill != nil:
		return tailUndecided, bill, l.n(), left, true
	}
	return tailNone, nil, l.n(), left, cut
}

// follow tells what stands behind a name that ends at j.
func (l *refLine) follow(name *refWord, j int) (what tail, w *word, end int) {
	if j == l.n() || refClass(l.ls[j].r) == "digit" {
		return tailNone, nil, j
	}
	what, w, end, left, ok := l.chained(j, 0)
	own := func(w *word) bool {
		return name.service.brand != nil && Fold(w.of.text) == Fold(name.service.brand.text)
	}
	if ok && what == tailUnknown && left > 0 && w != nil && own(w) {
		what = tailBill
	}
	if ok && what == tailBill && l.ls[j].gap && !own(w) && end < l.n() && l.ls[end].gap && refClass(l.ls[end].r) != "digit" {
		if _, _, _, known := l.chain(end, 0); !known {
			return tailUnknown, nil, j
		}
	}
	for to, next, known := end, what, ok; known && next == tailNone && what == tailNone && to < l.n(); {
		var bill *word
		if next, bill, to, known = l.chain(to, 0); known && (next == tailBill || next == tailUndecided) {
			what, w, end = tailUndecided, bill, to
		}
	}
	if ok && what != tailUndecided && what != tailUnknown {
		return what, w, end
	}
	var bills, others []refWord
	mild, branded := false, false
	for _, w := range l.tails[l.ls[j].r] {
		switch {
		case l.inside(&w, j) && w.kind == kindBill:
			bills = append(bills, w)
			branded = branded || own(w.word)
		case l.inside(&w, j):
			others = append(others, w)
		}
		mild = mild || j+w.n() == l.n() && l.lost(&w, j) == 0
	}
	// Of less than a whole word only the brand's own bill is known, joined to the
	// name: by a long-vowel mark, or by letters that begin no other word.
	one := l.n()-j == 1
	known := branded && !l.ls[j].gap && (l.ls[l.n()].dash || !mild && len(others) == 0 && !(one && l.begins(j)))
	switch {
	case len(bills) > 0 && known:
		return tailBill, bills[0].word, l.n()
	case ok:
		return what, w, end
	case len(bills) == 0 && len(others) > 0:
		return tailNone, nil, l.n()
	case len(bills) > 0 && (one || l.ls[j].gap) && !branded:
		return tailUnknown, nil, l.n()
	case len(bills) > 0:
		return tailUndecided, bills[0].word, l.n()
	}
	if l.ls[j].gap {
		return tailUnknown, nil, j
	}
	if name.weight() < 4 || l.ls[j].r == 'ン' && !l.begins(j) {
		return tailWord, nil, j
	}
	return tailUnknown, nil, j
}

// stands tells whether a mark that ends before j is a word of its own.
func (l *refLine) stands(w *refWord, j int) bool {
	return w.kind == kindFront && w.flags == 0 || l.parts(j, 0)
}

func (l *refLine) parts(j, depth int) bool {
	if l.whole(j) {
		return true
	}
	return depth < 6 && slices.ContainsFunc(l.lines[l.ls[j].r], func(x refWord) bool {
		return l.lost(&x, j) == 0 && (x.kind == kindName || x.kind == kindTrap || x.kind == kindFront && l.parts(j+x.n(), depth+1))
	})
}

func (l *refLine) company(w *refWord, j int) bool {
	return w.n() > 1 || l.ls[j].bracket || l.ls[j+w.n()].bracket
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
	for _, w := range l.tails[l.ls[i].r] {
		if w.kind == kindCompany && l.lost(&w, i) == 0 && l.company(&w, i) && (best == 0 || w.n() < best) {
			best = w.n()
		}
	}
	return i + best
}

func (l *refLine) onlyMarks(i int) bool {
	for i < l.n() {
		k := l.filler(i)
		for _, words := range [][]refWord{l.lines[l.ls[i].r], l.tails[l.ls[i].r]} {
			if k > i {
				break
			}
			for _, w := range words {
				if (w.kind == kindFront || w.kind == kindMore && w.has(flagWhole)) && l.lost(&w, i) == 0 {
					k = max(k, i+w.n())
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

func (l *refLine) full(missing int) bool {
	lengths := l.d.lengths
	if b := l.d.banks[l.bank]; b != nil && len(b.Cells) > 0 {
		lengths = b.Cells
	} else if missing <= 2 {
		return true
	}
	line := strings.TrimSpace(l.text)
	for i, r := range line {
		if refParting(r) && slices.Contains(lengths, refCells(strings.TrimLeftFunc(line[i:], refParting))) {
			return true
		}
	}
	return slices.Contains(lengths, refCells(line))
}

func refParting(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("/／", r) }

// weight counts an ideograph twice.
func (w *refWord) weight() int {
	n := 0
	for _, l := range w.ls {
		if n++; refClass(l.r) == "other" {
			n++
		}
	}
	return n
}
