package catalog

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"kozamori/internal/watch"
)

// descriptors are the lines that the project began with; moreLines are those
// that were seen, or thought of, since.
//
//go:embed testdata/descriptors.tsv
var descriptors string

//go:embed testdata/lines.tsv
var moreLines string

// hardLines are made to be hard: names in odd spellings, and words of other
// businesses. Of the latter two readings are right too.
//
//go:embed testdata/lines2.tsv
var hardLines string

// line is a row of testdata: a descriptor, and what it is.
type line struct{ text, service, bank string }

func lines(t testing.TB, tsv string) []line {
	t.Helper()
	var out []line
	for i, l := range strings.Split(strings.TrimSpace(tsv), "\n") {
		p := strings.Split(l, "\t")
		if len(p) < 3 {
			t.Fatalf("line %d of the table has %d columns", i+1, len(p))
		}
		if i == 0 {
			continue
		}
		if p[1] == "none" {
			p[1] = ""
		}
		out = append(out, line{p[0], p[1], code(p[2])})
	}
	return out
}

// code finds a bank by the name in a table.
func code(name string) string {
	name, _, _ = strings.Cut(name, "(")
	for _, c := range BankCodes() {
		if b, _ := BankByCode(c); name != "" && b.NameJa == name {
			return c
		}
	}
	return ""
}

// tally counts what was recognised, service by service.
type tally struct {
	of    map[string]*[4]int // lines, recognised, missed, false alerts
	banks map[string]*[4]int // the same by bank, lines of no service left out
	wrong int
}

func (y *tally) add(t *testing.T, l line) {
	if y.of == nil {
		y.of, y.banks = map[string]*[4]int{}, map[string]*[4]int{}
	}
	at := func(id string) *[4]int {
		if y.of[id] == nil {
			y.of[id] = &[4]int{}
		}
		return y.of[id]
	}
	got := Classify(l.bank, l.text)
	row, bank := at(l.service), y.banks[l.bank]
	if bank == nil {
		bank = &[4]int{}
		y.banks[l.bank] = bank
	}
	row[0]++
	if l.service != "" {
		bank[0]++
	}
	switch {
	case got.Service == l.service:
		row[1]++
		if l.service != "" {
			bank[1]++
		}
		return
	case l.service != "":
		row[2]++
		bank[2]++
	}
	if got.Service != "" {
		at(got.Service)[3]++
		bank[3]++
	}
	if y.wrong++; y.wrong > 25 {
		t.Fail()
		return
	}
	t.Errorf("%q of bank %q is %q (%+v), want %q", l.text, l.bank, got.Service, got, l.service)
}

func (y *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-14s %7s %10s %7s %6s %12s\n", "service", "lines", "recognised", "missed", "recall", "false alerts")
	ids := []string{}
	for _, s := range Services() {
		ids = append(ids, s.ID)
	}
	for _, id := range append(ids, "") {
		n := y.of[id]
		if n == nil {
			continue
		}
		if id == "" {
			fmt.Fprintf(&b, "%-14s %7d %10s\n", "(none)", n[0], fmt.Sprintf("%d silent", n[1]))
			continue
		}
		recall := 1.0
		if n[0] > 0 {
			recall = float64(n[1]) / float64(n[0])
		}
		fmt.Fprintf(&b, "%-14s %7d %10d %7d %5.1f%% %12d\n", id, n[0], n[1], n[2], 100*recall, n[3])
	}
	fmt.Fprintf(&b, "%-14s %7s %10s %7s %6s %12s\n", "bank", "lines", "recognised", "missed", "recall", "false alerts")
	for _, code := range append([]string{""}, BankCodes()...) {
		n := y.banks[code]
		if n == nil {
			continue
		}
		recall := 1.0
		if n[0] > 0 {
			recall = float64(n[1]) / float64(n[0])
		}
		fmt.Fprintf(&b, "%-14s %7d %10d %7d %5.1f%% %12d\n", code, n[0], n[1], n[2], 100*recall, n[3])
	}
	return b.String()
}

func TestTheHardLines(t *testing.T) {
	t.Parallel()
	for _, l := range lines(t, hardLines) {
		m := Classify(l.bank, l.text)
		if m.Service != l.service && (l.service != "" || m.Confidence != watch.Undecided) {
			t.Errorf("%q of bank %q is %+v, want %q", l.text, l.bank, m, l.service)
		}
	}
}

func TestEveryLineOfTheTables(t *testing.T) {
	t.Parallel()
	var y tally
	for _, l := range append(lines(t, descriptors), lines(t, moreLines)...) {
		y.add(t, l)
		l.bank = "" // and if the bank is not known it was
		y.add(t, l)
	}
	t.Log("\n" + y.String())
}

// A spelling is seen at a bank; of a line whose bank is not known it can only be
// said that it was seen somewhere.
func TestSeenIsSaidOfABankOnly(t *testing.T) {
	t.Parallel()
	elsewhere := 0
	for _, l := range lines(t, descriptors) {
		m, d := Classify("", l.text), Decide(&Evidence{Descriptor: l.text})
		if m.Confidence == watch.Seen || d.Confidence() == watch.Seen {
			t.Errorf("%q is seen at no bank: %+v", l.text, m)
		}
		for _, r := range d.Readings() {
			if r.Why.Has(WhySeen) {
				t.Errorf("%q: %s", l.text, r)
			}
		}
		if m.Confidence == watch.Elsewhere {
			elsewhere++
		}
	}
	if elsewhere == 0 {
		t.Error("nothing was seen elsewhere")
	}
}
