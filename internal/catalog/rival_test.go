package catalog

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cloudflare/ahocorasick"
	"golang.org/x/text/unicode/norm"
)

// rival is another way to tell whether a line holds a service's name and no trap.
// The rivals look for the catalogue's words without its rules about what may
// stand around them, so that they do less than Classify does.
type rival struct {
	name string
	is   func(string) bool
}

func rivals() []rival {
	traps, names := rivalWords()
	quoted := func(words []string) string {
		ws := slices.Clone(words)
		for i := range ws {
			ws[i] = regexp.QuoteMeta(ws[i])
		}
		return strings.Join(ws, "|")
	}
	trapRe, nameRe := regexp.MustCompile(quoted(traps)), regexp.MustCompile(quoted(names))
	trapAC, nameAC := ahocorasick.NewStringMatcher(traps), ahocorasick.NewStringMatcher(names)
	contains := func(words []string, s string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
	}
	dense := newDense(traps, names)
	return []rival{
		{"DenseAutomaton", dense.is},
		{"NFKC+substrings", func(s string) bool { f := rivalFold(s); return !contains(traps, f) && contains(names, f) }},
		{"NFKC+regexp", func(s string) bool { f := rivalFold(s); return !trapRe.MatchString(f) && nameRe.MatchString(f) }},
		{"NFKC+AhoCorasick", func(s string) bool { f := []byte(rivalFold(s)); return !trapAC.Contains(f) && nameAC.Contains(f) }},
	}
}

func rivalWords() (traps, names []string) {
	for _, w := range std().words {
		switch w.kind {
		case kindName:
			names = append(names, rivalFold(w.text))
		case kindTrap:
			traps = append(traps, rivalFold(w.text))
		}
	}
	return traps, names
}

// rivalFold is the plain way: separate voicing marks, NFKC, capitals, large
// kana, no dashes and spaces.
func rivalFold(s string) string {
	return rivalDrop.Replace(strings.ToUpper(norm.NFKC.String(rivalMarks.Replace(s))))
}

var (
	rivalMarks = strings.NewReplacer("\u309B", "\u3099", "\u309C", "\u309A")
	rivalDrop  = strings.NewReplacer("ー", "", "-", "", "−", "", "―", "", "‐", "", "–", "", "—", "", " ", "", "*", "", "/", "", "・", "", "(", "", ")", "", ".", "",
		"ァ", "ア", "ィ", "イ", "ゥ", "ウ", "ェ", "エ", "ォ", "オ", "ッ", "ツ", "ャ", "ヤ", "ュ", "ユ", "ョ", "ヨ")
)

// dense is Aho and Corasick's automaton with a full table: one step for each
// character, which a table of the basic plane makes a code of or leaves out. Of
// voicing marks that stand apart it knows nothing: they are left out on a line
// as in a word.
type dense struct {
	code  [1 << 16]uint16 // 0 is left out
	codes int
	next  []uint16
	out   []uint8 // 1: a trap, 2: a name
}

func newDense(traps, names []string) *dense {
	d := &dense{codes: 2} // code 1 is any that no word holds
	known := map[string]uint16{}
	bare := func(s string) string {
		return strings.NewReplacer("\u3099", "", "\u309A", "").Replace(norm.NFD.String(s))
	}
	for _, w := range slices.Concat(traps, names) {
		for _, r := range bare(w) {
			if known[string(r)] == 0 {
				known[string(r)] = uint16(d.codes)
				d.codes++
			}
		}
	}
	for r := range d.code {
		switch f := bare(rivalFold(string(rune(r)))); {
		case f == "" || f == "\uFFFD":
		case known[f] != 0:
			d.code[r] = known[f]
		default:
			d.code[r] = 1
		}
	}
	d.grow()
	for kind, words := range [][]string{1: traps, 2: names} {
		for _, w := range words {
			at := 0
			for _, r := range bare(w) {
				step := &d.next[at*d.codes+int(known[string(r)])]
				if *step == 0 {
					n := uint16(len(d.out))
					*step = n
					d.grow()
				}
				at = int(d.next[at*d.codes+int(known[string(r)])])
			}
			d.out[at] |= uint8(kind)
		}
	}
	d.fill()
	return d
}

func (d *dense) grow() {
	d.next, d.out = append(d.next, make([]uint16, d.codes)...), append(d.out, 0)
}

// fill makes the trie an automaton, breadth first.
func (d *dense) fill() {
	fail := make([]uint16, len(d.out))
	queue := []uint16{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		d.out[at] |= d.out[fail[at]]
		for c := range d.codes {
			step := &d.next[int(at)*d.codes+c]
			behind := uint16(0)
			if at != 0 {
				behind = d.next[int(fail[at])*d.codes+c]
			}
			if *step == 0 {
				*step = behind
				continue
			}
			fail[*step] = behind
			queue = append(queue, *step)
		}
	}
}

func (d *dense) is(s string) bool {
	at, out := 0, uint8(0)
	for _, r := range s {
		if c := d.code[r&0xFFFF]; c != 0 {
			at = int(d.next[at*d.codes+int(c)])
			out |= d.out[at]
		}
	}
	return out == 2
}
