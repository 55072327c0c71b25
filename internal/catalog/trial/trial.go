// Package trial tries an edition of the catalogue on ordinary lines before it
// lives: lines as each bank prints them, of electricity, rent, cards, salaries
// and shops, on which no payment service may ring. It is for tests and for the
// operator's tool, and no function carries it.
package trial

import (
	_ "embed"
	"fmt"
	"strings"

	"kozamori/internal/catalog"
)

//go:embed ordinary.tsv
var ordinary string

// Line is an ordinary line of a bank.
type Line struct{ Bank, Kind, Text string }

// Lines are the ordinary lines.
func Lines() []Line {
	var out []Line
	for l := range strings.SplitSeq(ordinary, "\n") {
		if p := strings.Split(l, "\t"); len(p) == 3 {
			out = append(out, Line{p[0], p[1], p[2]})
		}
	}
	return out
}

// Ring is an ordinary line that an edition takes for a payment service.
type Ring struct {
	Line
	Service, Pattern string
	Place            string // of the entry
	Strength         catalog.Strength
}

// Rings tries an edition on the ordinary lines.
func Rings(e *catalog.Edition) []Ring {
	var out []Ring
	for _, l := range Lines() {
		// What needs only a look to ring is what anybody would hear of.
		d := e.Decide(&catalog.Evidence{Bank: l.Bank, Descriptor: l.Text})
		if d.Strength > catalog.None {
			out = append(out, Ring{l, d.Service(), d.Match.Pattern, e.Place(d.Service(), d.Match.Pattern), d.Strength})
		}
	}
	return out
}

// named is how many lines a problem names.
const named = 3

// Check is the edition's own check, and tells of entries that ring on ordinary
// lines. A line of which the built-in edition leaves two readings, because the
// bank cut the word that would decide, may have them in this one too.
func Check(e *catalog.Edition) []error {
	out := e.Check()
	known := map[Line]catalog.Strength{}
	for _, r := range Rings(catalog.BuiltIn()) {
		known[r.Line] = min(r.Strength, catalog.Two)
	}
	lines := map[string][]string{}
	var places []string
	for _, r := range Rings(e) {
		if r.Strength <= known[r.Line] {
			continue
		}
		key := r.Place + ": " + r.Pattern + " of " + r.Service
		if lines[key] == nil {
			places = append(places, key)
		}
		lines[key] = append(lines[key], r.Text)
	}
	for _, key := range places {
		some := lines[key]
		out = append(out, fmt.Errorf("%s rings on %d ordinary lines: %s", key, len(some), strings.Join(some[:min(named, len(some))], " / ")))
	}
	return out
}
