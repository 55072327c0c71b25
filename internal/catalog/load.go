package catalog

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed services.rec
var servicesRec string

//go:embed banks.rec
var banksRec string

//go:embed words.rec
var wordsRec string

// source is the text of the data files.
type source struct{ services, banks, words string }

// file is a text of records with its name, and the bank that it is of, if it
// says what that bank adds.
type file struct{ name, text, bank string }

func (s source) files() []file {
	return []file{{name: "banks.rec", text: s.banks}, {name: "services.rec", text: s.services}, {name: "words.rec", text: s.words}}
}

// builtIn is what the program carries.
var builtIn = source{servicesRec, banksRec, wordsRec}

// data is the catalogue, ready to be looked at.
type data struct {
	*alphabet
	files      []file
	forBank    string // empty if for all
	version    string // and its date
	named      sync.Once
	ident      string // see id
	services   map[string]*Service
	order      []*Service
	collectors map[string]*Service // by 委託者コード
	banks      map[string]*Bank
	codes      []string
	groups     []*Group
	words      []*word // as they are written in the files
	same       [][]string
	lines      *trie // what can begin on a line: names, traps, marks
	tails      *trie // what can follow a name
	lengths    []int // of descriptors, at banks that are not known
}

func must(d *data, err error) *data {
	if err != nil {
		panic(err)
	}
	return d
}

// read makes the catalogue of its files. What it refuses is what it cannot
// read; whether the entries go together is for check.
func read(src source) (*data, error) { return readFiles("", src.files()...) }

// readFiles reads files that hold records of all kinds: what a record is, its
// first line tells. A bank's file may add to what all banks have, and not to
// services and banks.
func readFiles(bank string, files ...file) (*data, error) {
	d := &data{files: files, forBank: bank, alphabet: newAlphabet(), services: map[string]*Service{}, collectors: map[string]*Service{}, banks: map[string]*Bank{}}
	var banks, services, words [][]field
	for _, f := range files {
		recs, err := records(f.name, f.text)
		if err != nil {
			return nil, err
		}
		for _, r := range recs {
			for i := range r {
				r[i].own = f.bank != ""
			}
			if n := r[0].name; f.bank != "" && (n == "Bank" || n == "Group" || n == "Service" || n == "Version") {
				return nil, wrong(r[0].place, "a bank adds names (Of) and words for itself, no %s", n)
			}
			switch r[0].name {
			case "Bank", "Group":
				banks = append(banks, r)
			case "Service", "Of":
				services = append(services, r)
			default:
				words = append(words, r)
			}
		}
	}
	for _, part := range []struct {
		recs [][]field
		each func([]field) error
	}{{banks, d.bank}, {services, d.service}, {words, d.wordList}} {
		for _, r := range part.recs {
			if err := part.each(r); err != nil {
				return nil, err
			}
		}
	}
	if err := d.index(); err != nil {
		return nil, err
	}
	return d, nil
}

// index builds the tries of the words and their other spellings.
func (d *data) index() error {
	var lines, tails []*word
	for _, w := range append(slices.Clone(d.words), d.spellings()...) {
		if w.kind <= kindFront {
			lines = append(lines, w)
		} else {
			tails = append(tails, w)
		}
	}
	var err error
	if d.lines, err = newTrie(lines, int(d.next)); err != nil {
		return err
	}
	if d.tails, err = newTrie(tails, int(d.next)); err != nil {
		return err
	}
	d.extend()
	if d.heads = newHeads(d.lines.words); d.heads == nil {
		return errFull
	}
	d.complete()
	return nil
}

// extend tells each trap which name it begins with, and each name which marks it
// can end in.
func (d *data) extend() {
	t := d.lines
	for _, w := range t.words {
		if w.kind == kindName {
			w.crossed = t.crossing(w)
		}
		if w.kind != kindTrap {
			continue
		}
		n := uint16(0)
		for k, u := range w.units {
			for _, x := range t.enders(n) {
				if x.kind == kindName && w.begins(x) && w.extends == 0 {
					w.extends = k
				}
			}
			n = t.step(n, u)
		}
	}
}

// crossing are the units of a name at which a mark can begin that ends behind it.
func (t *trie) crossing(name *word) (bits uint64) {
	for k := 1; k < len(name.units); k++ {
		n := t.start(name.units[k])
		for _, u := range name.units[k+1:] {
			if n == 0 {
				break
			}
			n = t.step(n, u)
		}
		if n != 0 && t.nodes[n].below.has(kindFront) {
			bits |= 1 << k
		}
	}
	return bits
}

// maxSpellings bounds how many spellings one entry has.
const maxSpellings = 24

// spellings are the words as their parts are written in other letters: what
// words.rec says is the Same.
func (d *data) spellings() []*word {
	var out []*word
	for _, w := range d.words {
		if w.kind == kindCompany || w.kind == kindFront || w.kind == kindCredit {
			continue
		}
		texts := []string{Fold(w.text)}
		for _, group := range d.same {
			for _, t := range texts {
				for _, part := range group {
					for _, other := range group {
						if s := strings.ReplaceAll(t, part, other); !slices.Contains(texts, s) && len(texts) < maxSpellings {
							texts = append(texts, s)
						}
					}
				}
			}
		}
		for _, s := range romaji(texts[0]) {
			if !slices.Contains(texts, s) {
				texts = append(texts, s)
			}
		}
		for _, t := range texts[1:] {
			x := *w
			x.text, x.flags = t, w.flags&^flagSeen
			x.units, x.marks = d.units(t)
			d.weigh(&x)
			out = append(out, &x)
		}
	}
	return out
}

// weigh weighs a word.
func (a *alphabet) weigh(w *word) {
	w.weight, w.voiced = 0, 0
	for k, m := range w.marks {
		if m != 0 {
			w.voiced++
		}
		if w.weight++; a.class[w.units[k]] == classOther {
			w.weight++
		}
	}
}

func (d *data) word(w *word) error {
	if w.units, w.marks = d.units(w.text); len(w.units) == 0 {
		return wrong(w.place, "%q has no letters", w.text)
	}
	if slices.Contains(w.units, unitOther) {
		return wrong(w.place, "%q has a character that cannot be told apart: a rare one, or one more than the %d others that the files may hold", w.text, unitOther-firstHan)
	}
	if len(w.units) > maxWord {
		return wrong(w.place, "%q is longer than any bank's line", w.text)
	}
	w.of = w
	d.weigh(w)
	d.words = append(d.words, w)
	return nil
}

// maxWord is how many letters an entry may have.
const maxWord = 60

var wordKinds = map[string]kind{
	"Front": kindFront, "Bill": kindBill, "More": kindMore, "Company": kindCompany, "Refund": kindRefund, "Credit": kindCredit, "Not": kindTrap,
}

// wordFlags are the words that may begin what an entry of words.rec is.
var wordFlags = map[kind]map[string]flags{
	kindFront:  {"transfer": flagTransfer, "rail": flagRail, "debit": flagDebit, "other": flagOther, "doubt": flagDoubt},
	kindMore:   {"alone": flagWhole},
	kindCredit: {"salary": flagOther},
}

// wordList reads one record of words.rec: "TEXT | what it is | source".
func (d *data) wordList(rec []field) error {
	for i := range rec {
		f := &rec[i]
		switch f.name {
		case "Version":
			if !isDate(f.value) || d.version != "" {
				return wrong(f.place, "the version is one day (2026-11-28), not %q", f.value)
			}
			d.version = f.value
			continue
		case "Cells":
			n, from, err := numbers(f)
			if err != nil {
				return err
			}
			switch b := d.banks[d.forBank]; {
			case !f.own:
				d.lengths = n
			case b == nil:
				return wrong(f.place, "lengths are those of a bank that is listed by itself")
			default:
				b.Cells, b.CellsFrom = n, from
			}
			continue
		case "Same":
			var group []string
			for s := range strings.FieldsSeq(f.value) {
				group = append(group, Fold(s))
			}
			if len(group) < 2 || slices.Contains(group, "") {
				return wrong(f.place, "Same holds two spellings or more")
			}
			d.same = append(d.same, group)
			continue
		}
		k, ok := wordKinds[f.name]
		if !ok {
			return wrong(f.place, "there are no words of the kind %s", f.name)
		}
		p, err := f.parts(3)
		if err != nil {
			return err
		}
		w := &word{place: f.place, kind: k, text: p[0], why: p[1], source: p[2]}
		first, rest, _ := strings.Cut(p[1], " ")
		if fl, ok := wordFlags[k][first]; ok {
			w.flags, w.why = fl, rest
			if w.why == "" {
				w.why = first
			}
		}
		if w.has(flagOther|flagDoubt) && rest == "" {
			return wrong(f.place, "a mark of another business says of which")
		}
		if err := d.word(w); err != nil {
			return err
		}
	}
	return nil
}
