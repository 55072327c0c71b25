package phrase

import (
	"bytes"
	"encoding/csv"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/testkit/breadth"
)

var update = flag.Bool("update", false, "pack the examples and the rules")

// packed is what the tables have to hold.
func packed(t *testing.T) (examples string) {
	t.Helper()
	ready()
	files, err := filepath.Glob("testdata/*.tsv")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	by, seen := map[string][]string{}, map[string]bool{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(b))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, 2
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			if text := told(row[0]); text != "" && !seen[text] {
				seen[text] = true
				by[row[1]] = append(by[row[1]], text)
			}
		}
	}
	var b strings.Builder
	for _, m := range slices.Sorted(maps.Keys(by)) {
		b.WriteString("=" + m + "\n")
		slices.Sort(by[m])
		for _, text := range by[m] {
			b.WriteString(text + "\n")
		}
	}
	return b.String()
}

// pack writes a table. The standard library only reads bzip2: the program of that
// name packs it.
func pack(t *testing.T, file, text string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bzip2", "-9")
	cmd.Stdin = strings.NewReader(text)
	b, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

// The tables that programs carry are made of what stands here.
func TestTheTablesHoldWhatIsWritten(t *testing.T) {
	t.Parallel()
	rules, err := os.ReadFile("rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	if *update { // by this test alone: the examples are folded by the rules' words
		rulesPacked = pack(t, "rules.bz2", string(rules))
		pack(t, "examples.bz2", packed(t))
		return
	}
	text := packed(t)
	if unpack(rulesPacked) != string(rules) {
		t.Error("rules.bz2 is not rules.txt: run this test alone with -update")
	}
	if unpack(examplesPacked) != text {
		t.Error("examples.bz2 is not what the lists say: run this test alone with -update")
	}
}

// Every other phrase that people wrote, looked for among all the others: most are found by
// those that are like them, and hardly a denial is taken for another thing, though
// no rule has a say.
func TestExamplesAreToldByTheOthers(t *testing.T) {
	t.Parallel()
	for _, n := range sides() {
		denials, taken, right, wrong := 0, 0, 0, 0
		each := breadth.Of(7, 2)
		for i := 0; i < len(n.all); i += each {
			e := n.all[i]
			got := judge(n.said(e.text, false))
			switch {
			case e.meaning == Dispute:
				denials++
				if got != Dispute && got != Unsure {
					taken++
					t.Logf("the denial %q would be taken as %q", e.text, got)
				}
			case got == e.meaning:
				right++
			case got != Unsure:
				wrong++
			}
		}
		t.Logf("%d denials, %d taken for something else; of the others %d right, %d wrong", denials, taken, right, wrong)
		if taken*200 > denials {
			t.Errorf("%d of %d denials would be taken for something else", taken, denials)
		}
		if wrong*9 > right {
			t.Errorf("%d are taken for something else, %d as they are meant", wrong, right)
		}
	}
}

// Of the examples that no list of the rules holds, nearly all are understood.
func TestExamplesAreUnderstood(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/examples.tsv")
	if err != nil {
		t.Fatal(err)
	}
	at, n, right := 0, 0, 0
	for line := range strings.Lines(string(b)) {
		text, meaning, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if at++; at%breadth.Of(3, 1) != 0 {
			continue
		}
		n++
		switch got := Read(text); {
		case string(got) == meaning:
			right++
		case meaning == string(Mine) && got == Unsure, meaning != string(Dispute):
		default:
			t.Errorf("%q, a denial, was taken as %q", text, got)
		}
	}
	if at < 600 || right*100 < n*96 {
		t.Errorf("%d of %d understood", right, n)
	}
}
