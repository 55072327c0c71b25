package phrase

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"kozamori/internal/testkit/breadth"
)

// grammar is testdata/grammar.txt, read.
type grammar struct {
	lists map[string][]string
	ways  [][2]string // a meaning, and a text with lists in it
}

func readGrammar(t *testing.T, file string) grammar {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g := grammar{lists: map[string][]string{}}
	for line := range strings.SplitSeq(string(b), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if name, list, ok := strings.Cut(line, " = "); ok {
			for _, one := range outside(list) {
				g.lists[name] = append(g.lists[name], strings.ReplaceAll(strings.TrimSpace(one), "_", " ")) // _ is a space that counts
			}
			continue
		}
		meaning, text, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("%q is neither a list nor a way", line)
		}
		g.ways = append(g.ways, [2]string{meaning, text})
	}
	return g
}

// outside divides a text at each | that stands outside of braces.
func outside(text string) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(text) {
		switch {
		case text[i] == '{':
			depth++
		case text[i] == '}':
			depth--
		case text[i] == '|' && depth == 0:
			out = append(out, text[from:i])
			from = i + 1
		}
	}
	return append(out, text[from:])
}

// say writes one sentence of a text.
func (g grammar) say(text string, r *rand.Rand) string {
	var b strings.Builder
	for text != "" {
		at := strings.IndexByte(text, '{')
		if at < 0 {
			break
		}
		b.WriteString(text[:at])
		depth, end := 0, at
		for ; end < len(text); end++ {
			if text[end] == '{' {
				depth++
			} else if text[end] == '}' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		list := outside(text[at+1 : end])
		if named, ok := g.lists[list[0]]; ok && len(list) == 1 {
			list = named
		} else if len(list) == 2 && list[1] == "" && g.lists[list[0]] != nil { // {name|}
			list = append([]string{""}, g.lists[list[0]]...)
		}
		one := list[r.IntN(len(list))]
		if named, ok := g.lists[one]; ok {
			one = named[r.IntN(len(named))]
		}
		b.WriteString(g.say(one, r))
		text = text[end+1:]
	}
	b.WriteString(text)
	return b.String()
}

// Sentences put together by a grammar of how people write are understood: of
// each way to say a thing a sample that is the same in each run.
func TestSentencesOfTheGrammarAreUnderstood(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"testdata/grammar.txt", "testdata/spoken.txt", "testdata/english.txt"} {
		understandsGrammar(t, file)
	}
}

func understandsGrammar(t *testing.T, file string) {
	t.Helper()
	g := readGrammar(t, file)
	each := breadth.Of(2, 16)
	right, all := map[string]int{}, map[string]int{}
	for i, way := range g.ways {
		r := rand.New(rand.NewPCG(uint64(i), 15))
		for range each {
			text := g.say(way[1], r)
			all[way[0]]++
			switch got := Read(text); {
			case string(got) == way[0]:
				right[way[0]]++
			default:
				t.Logf("%s: %q was taken as %q", way[0], text, got)
				if way[0] == string(Dispute) && got != Unsure {
					t.Errorf("not me: %q was taken as %q", text, got)
				}
			}
		}
	}
	for m, n := range all {
		if right[m]*100 < n*93 && n-right[m] > 3 { // of few, a few may be missed
			t.Errorf("%s: %s: %d of %d understood", file, m, right[m], n)
		}
	}
}
