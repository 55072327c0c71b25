package phrase

import (
	_ "embed" // rules.txt
	"slices"
	"strings"
	"sync"
)

// rule is one way in which a meaning is said: a word of each group stands in
// the text, and none of not.
type rule struct {
	meaning Meaning
	all     [][]word
	not     []word
}

// rulesText is all rules in the order in which they are tried. It is a text and
// no Go: as Go it was 60 KB of code in each function that reads phrases.
//
//go:embed rules.txt
var rulesText string

var rules []rule

// meant are the names of rules.txt that are not written like their meaning.
var meant = map[string]Meaning{"unsure": Unsure, "balance": Balance}

// readRules reads rules.txt, which the tests read too.
func readRules(text string) []rule {
	var out []rule
	lists := map[string][]string{}
	for line := range strings.SplitSeq(text, "\n") {
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case kind == "" || kind[0] == '#':
		case kind[0] == '$':
			lists[kind[1:]] = expand(strings.TrimPrefix(rest, "= "), lists)
		case kind == "+":
			r := &out[len(out)-1]
			r.all = append(r.all, words(expand(rest, lists)))
		case kind == "-":
			out[len(out)-1].not = words(expand(rest, lists))
		default:
			m, ok := meant[strings.ToLower(kind)]
			if !ok {
				m = Meaning(strings.ToLower(kind))
			}
			out = append(out, rule{meaning: m})
		}
	}
	return out
}

// expand lists what an expression stands for.
func expand(expr string, lists map[string][]string) []string {
	var out []string
	for _, one := range split(expr, '|') {
		product := []string{""}
		for _, factor := range split(one, '>') {
			var of []string
			switch {
			case strings.HasPrefix(factor, "$"):
				of = lists[factor[1:]]
			case strings.HasPrefix(factor, "("):
				of = expand(factor[1:len(factor)-1], lists)
			default:
				of = []string{factor}
			}
			next := make([]string, 0, len(product)*len(of))
			for _, x := range product {
				for _, y := range of {
					next = append(next, x+y)
				}
			}
			product = next
		}
		out = append(out, product...)
	}
	return out
}

// split divides an expression where a separator stands outside of parentheses.
func split(expr string, at byte) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(expr) {
		switch {
		case expr[i] == '(':
			depth++
		case expr[i] == ')':
			depth--
		case expr[i] == at && depth == 0:
			out = append(out, expr[from:i])
			from = i + 1
		}
	}
	return append(out, expr[from:])
}

// words reads a list of words as the texts are read.
func words(list []string) []word {
	var out []word
	for _, w := range list {
		switch {
		case w == "":
		case w[0] == '~':
			out = append(out, word{text: kana(w[1:], false), slack: kana(w[1:], true)})
		case w[0] >= 'a' && w[0] <= 'z':
			text := " " + strings.TrimSuffix(w, "*")
			if !strings.HasSuffix(w, "*") {
				text += " "
			}
			out = append(out, word{text: text, english: true})
		default:
			out = append(out, word{text: kana(w, false), slack: kana(w, true)})
		}
	}
	return out
}

// known are the English words of the rules, and longWords those in which a slip
// is forgiven.
var (
	known     map[string]bool
	longWords []string
)

func vocabulary() (map[string]bool, []string) {
	all := map[string]bool{}
	for _, r := range rules {
		for _, group := range append(slices.Clone(r.all), r.not) {
			for _, w := range group {
				if w.english {
					for part := range strings.FieldsSeq(w.text) {
						all[part] = true
					}
				}
			}
		}
	}
	// Beginnings stand in the rules; these are the whole words.
	for _, w := range strings.Fields("recognise recognize recognised recognized unauthorised unauthorized authorise authorize authorised authorized transaction transactions withdrawal fraudulent notifications notification phishing purchase registered subscribe") {
		all[w] = true
	}
	var long []string
	for w := range all {
		if len(w) >= 6 {
			long = append(long, w)
		}
	}
	slices.Sort(long)
	return all, long
}

var once sync.Once

// ready builds the tables when the first text is read: programs that read none
// neither wait for them nor hold them.
func ready() {
	once.Do(func() {
		spellings, slackSpellings = spelt(false), spelt(true)
		spared, keptOn = patterns()
		rules = readRules(rulesText)
		whole = map[bool]map[string]Meaning{false: wholes(false), true: wholes(true)}
		known, longWords = vocabulary()
		fillMine()
	})
}
