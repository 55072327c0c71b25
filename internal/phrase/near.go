package phrase

import (
	"bytes"
	"compress/bzip2"
	_ "embed" // the tables
	"io"
	"math"
	"slices"
	"strings"
	"sync"
)

// examplesPacked are the phrases of the tests as the rules read them, each below
// its meaning: what no rule knows is taken as those are that are most like it. It
// is made of them by the tests, with -update.
//
//go:embed examples.bz2
var examplesPacked []byte

const (
	neighbours = 25 // how many of the nearest examples are asked

	// What the neighbours say is taken if this much of it is one meaning, the nearest
	// is so like the text, and so little of it is a denial. Of the 2,300 denials among
	// the examples, each read by the others alone, five would be taken for something
	// else; the rules know them.
	oneMeaning, nearEnough, littleDenial = 0.45, 0.2, 0.1
	// hardlyADenial is for what takes something back or ends it.
	hardlyADenial = 0.05
	// mostlyDenial is when the whole is taken for a denial.
	mostlyDenial = 0.5

	// What it takes to believe them and not the rules, but where those say that it is a
	// denial.
	nearlyAll, muchLike, noDenial = 0.75, 0.4, 0.03
)

// example is a phrase that was written by people.
type example struct {
	text    string
	meaning Meaning
	norm    float64
}

// near finds the examples of one side, Japanese or English, by the pieces that
// they consist of.
type nearby struct {
	all    []example
	pieces map[string][]uint16
}

var examples struct {
	once              sync.Once
	japanese, english nearby
}

// unpack reads a table. bzip2 makes a fifth less of these texts than gzip, in each
// function that reads phrases.
func unpack(packed []byte) string {
	b, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(packed)))
	if err != nil {
		panic("phrase: a table is broken: " + err.Error()) // a build's fault, which each test shows
	}
	return string(b)
}

func readExamples(text string) (japanese, english nearby) {
	japanese.pieces, english.pieces = map[string][]uint16{}, map[string][]uint16{}
	m := Unsure
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "":
		case line[0] == '=':
			m = Meaning(line[1:])
		case strings.ContainsFunc(line, isJapanese):
			japanese.add(example{text: line, meaning: m})
		default:
			english.add(example{text: line, meaning: m})
		}
	}
	japanese.weigh()
	english.weigh()
	return japanese, english
}

func (n *nearby) add(e example) {
	at := uint16(len(n.all))
	n.all = append(n.all, e)
	for p := range piecesOf(e.text) {
		n.pieces[p] = append(n.pieces[p], at)
	}
}

func (n *nearby) weigh() {
	for _, of := range n.pieces {
		w := n.weight(len(of))
		for _, i := range of {
			n.all[i].norm += w
		}
	}
}

// weight is what a piece tells that stands in so many examples: the rarer, the more.
func (n *nearby) weight(in int) float64 {
	w := math.Log(1 + float64(len(n.all))/float64(in))
	return w * w
}

// piecesOf are the pieces of a folded text: of Japanese one to three letters that
// follow each other, of English one to three words, and two with one between.
func piecesOf(text string) map[string]bool {
	out := map[string]bool{}
	if !strings.ContainsFunc(text, isJapanese) {
		words := slices.Concat([]string{"^"}, strings.Fields(text), []string{"$"})
		for i, w := range words {
			if i > 0 && i < len(words)-1 {
				out[w] = true
			}
			if i+1 < len(words) {
				out[w+" "+words[i+1]] = true
			}
			if i+2 < len(words) {
				out[w+" "+words[i+1]+" "+words[i+2]] = true
				out[w+" * "+words[i+2]] = true
			}
		}
		return out
	}
	letters := []rune("^" + text + "$")
	for i := range letters {
		for n := 1; n <= 3 && i+n <= len(letters); n++ {
			if p := string(letters[i : i+n]); p != "^" && p != "$" {
				out[p] = true
			}
		}
	}
	return out
}

// unknown is what nothing is like.
const unknown Meaning = "unknown"

// said is what the examples nearest to a folded text mean: how much of what they
// say each meaning is, and how like the text the nearest is, at most 1. The example
// of the very same text counts only if it is wanted.
func (n *nearby) said(text string, same bool) (share map[Meaning]float64, top Meaning, near float64) {
	like := make([]float64, len(n.all))
	norm := 0.0
	for p := range piecesOf(text) {
		of := n.pieces[p]
		w := n.weight(max(1, len(of)))
		norm += w
		for _, i := range of {
			like[i] += w
		}
	}
	var found []int // the nearest, in that order
	for i := range like {
		if like[i] == 0 || !same && n.all[i].text == text {
			continue
		}
		like[i] /= math.Sqrt(norm * n.all[i].norm)
		at := len(found)
		for at > 0 && like[i] > like[found[at-1]] {
			at--
		}
		if at < neighbours {
			found = slices.Insert(found, at, i)
			found = found[:min(len(found), neighbours)]
		}
	}
	share, top = map[Meaning]float64{}, unknown
	all := 0.0
	for _, i := range found {
		near = max(near, like[i])
		share[n.all[i].meaning] += like[i] * like[i] * like[i]
		all += like[i] * like[i] * like[i]
	}
	for m := range share {
		share[m] /= all
		if top == unknown || share[m] > share[top] || share[m] == share[top] && m < top {
			top = m
		}
	}
	return share, top, near
}

// nearest is what most of the examples mean that are most like a text; nothing if
// they are of several minds, far from it, or some of them a denial.
func nearest(text string) Meaning { return judge(ask(text)) }

// sides are the Japanese examples and the English ones.
func sides() [2]*nearby {
	examples.once.Do(func() { examples.japanese, examples.english = readExamples(unpack(examplesPacked)) })
	return [2]*nearby{&examples.japanese, &examples.english}
}

func ask(text string) (share map[Meaning]float64, top Meaning, near float64) {
	folded, all := told(text), sides()
	side := all[1]
	if strings.ContainsFunc(folded, isJapanese) {
		side = all[0]
	}
	return side.said(folded, true)
}

// otherwise is what nearly all of the examples mean that are much like a text of
// which the rules say something else, and of which none is a denial; else m.
func otherwise(text string, m Meaning) Meaning {
	share, top, near := ask(text)
	if near < muchLike || share[top] < nearlyAll || share[Dispute] > noDenial || top == Unsure {
		return m
	}
	return top
}

func judge(share map[Meaning]float64, top Meaning, near float64) Meaning {
	switch denial := share[Dispute]; {
	case near < nearEnough, share[top] < oneMeaning:
		return Unsure
	case top == Dispute:
		if denial < mostlyDenial {
			return Unsure
		}
	case denial > littleDenial, denial > hardlyADenial && (top == Mine || top == Undo || top == Leave):
		return Unsure
	}
	return top
}

// told is a text without what stands around it, as the examples are written.
func told(text string) string {
	core := bare(text)
	if !much(core) {
		core = text
	}
	t := fold(core, false)
	if t.latin {
		return strings.TrimSpace(t.english)
	}
	return t.japanese
}
