package catalog

// minName is how many letters a name must have, alone on its line, or with
// others around it: by the class of its last letter, or of an ideograph.
var minName = [...][2]int{classKana: {3, 4}, classLatin: {3, 4}, classDigit: {3, 4}, classOther: {2, 3}}

// checkWords tells of names that are too short for their kind, or that are
// themselves one of the words that stand around names.
func (d *data) checkWords(tell telling) {
	around := map[string]*word{}
	for _, words := range [][]*word{d.lines.words, d.tails.words} {
		for _, w := range words {
			if w.kind != kindName && w.kind != kindTrap {
				around[w.letters()] = w
			}
		}
	}
	for _, w := range d.words {
		if w.kind != kindName {
			continue
		}
		least := minName[d.class[w.units[len(w.units)-1]]]
		for _, u := range w.units {
			if d.class[u] == classOther {
				least = minName[classOther]
			}
		}
		n := least[1]
		if w.flags&(flagWhole|flagRail) != 0 {
			n = least[0]
		}
		if len(w.units) < n {
			tell(w, nil, "is too short to be told from other words: a name needs more letters, or alone")
		}
		if x := around[w.letters()]; x != nil {
			tell(w, x, "is a common word, that stands around names")
		}
	}
}

// letters is how a word is written, whatever its marks.
func (w *word) letters() string {
	b := make([]byte, 0, 2*len(w.units))
	for _, u := range w.units {
		b = append(b, byte(u>>8), byte(u))
	}
	return string(b)
}
