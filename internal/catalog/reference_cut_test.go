package catalog

import (
	"slices"

	"kozamori/internal/watch"
)

// cut decides on a line that ends inside names of the catalogue.
func (l *refLine) cut(names, traps []refWord, i int, front bool) (f refFound) {
	var shortest *refWord
	services := map[*Service]*word{} // by the name that is shortest, or first in the files
	for _, w := range names {
		if w.has(flagCommon) || w.has(flagRail) {
			continue
		}
		less := func(n int, line int) bool { return w.n() < n || w.n() == n && w.line < line }
		if x := services[w.service]; x == nil || less(len(x.units), x.line) {
			services[w.service] = w.word
		}
		if shortest == nil || less(shortest.n(), shortest.line) {
			shortest = &w
		}
	}
	if shortest == nil || shortest.has(flagWhole) && !front {
		return refFound{}
	}
	missing := shortest.n() - (l.n() - i)
	mark := 0
	for _, w := range l.lines[l.ls[i].r] {
		if w.kind == kindFront && l.lost(&w, i) == 0 {
			mark = max(mark, w.n())
		}
	}
	if l.n()-i-mark < 5 {
		return refFound{}
	}
	for _, t := range traps { // but for those that lengthen a name that is not there yet
		longer := slices.ContainsFunc(l.lines[l.ls[i].r], func(w refWord) bool {
			return w.kind == kindName && w.n() > l.n()-i && w.n() < t.n() && t.word.begins(w.word)
		}) && !slices.ContainsFunc(l.lines[l.ls[i].r], func(w refWord) bool {
			return w.kind == kindName && w.n() <= l.n()-i && t.word.begins(w.word)
		})
		if !longer {
			f.trap = t.word
		}
	}
	if !l.full(missing) {
		return f
	} else if l.other != nil {
		return refFound{trap: l.other}
	}
	for s, w := range services {
		if s == shortest.service {
			continue
		}
		if f.trap == nil {
			f.trap = w
		} else {
			f.trap = several
		}
	}
	if f.trap != nil {
		return refFound{shortest.word, f.trap, watch.Undecided}
	}
	return refFound{name: shortest.word, confidence: watch.Cut}
}
