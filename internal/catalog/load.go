package catalog

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
)

//go:embed services.rec
var servicesRec string

//go:embed banks.rec
var banksRec string

//go:embed words.rec
var wordsRec string

// std is what the program carries. The tests read the same files, so that it
// cannot fail to load in a program that was tested.
var std = must(read(source{servicesRec, banksRec, wordsRec}))

// source is the text of the data files.
type source struct{ services, banks, words string }

// data is the catalogue, ready to be looked at.
type data struct {
	*alphabet
	services map[string]*Service
	order    []*Service
	banks    map[string]*Bank
	codes    []string
	words    []*word
	lines    *trie // what can begin on a line: names, traps, marks
	tails    *trie // what can follow a name
	lengths  []int // of descriptors, at banks that are not known
}

func must(d *data, err error) *data {
	if err != nil {
		panic(err)
	}
	return d
}

// read makes the catalogue of its files. What it refuses is what it cannot
// read; whether the entries go together is for check.
func read(src source) (*data, error) {
	d := &data{alphabet: newAlphabet(), services: map[string]*Service{}, banks: map[string]*Bank{}}
	for _, f := range []struct {
		name, text string
		each       func([]field) error
	}{
		{"services.rec", src.services, d.service},
		{"banks.rec", src.banks, d.bank},
		{"words.rec", src.words, d.wordList},
	} {
		recs, err := records(f.name, f.text)
		if err != nil {
			return nil, err
		}
		for _, r := range recs {
			if err := f.each(r); err != nil {
				return nil, err
			}
		}
	}
	d.index()
	return d, nil
}

// index builds the tries of the words.
func (d *data) index() {
	var lines, tails []*word
	for _, w := range d.words {
		if w.kind <= kindFront {
			lines = append(lines, w)
		} else {
			tails = append(tails, w)
		}
	}
	d.lines, d.tails = newTrie(lines), newTrie(tails)
}

// service reads one record of services.rec.
func (d *data) service(rec []field) error {
	if rec[0].name != "Service" {
		return wrong(rec[0].place, "a service begins with Service, not %s", rec[0].name)
	}
	s := &Service{ID: rec[0].value, place: rec[0].place}
	if old := d.services[s.ID]; old != nil {
		return &Problem{Place: s.place.String(), Other: old.place.String(), What: "service " + s.ID + " is there twice"}
	}
	for i := range rec[1:] {
		f := &rec[i+1]
		var err error
		switch f.name {
		case "Ja":
			s.NameJa = f.value
		case "En":
			s.NameEn = f.value
		case "Operator":
			s.Operator = f.value
		case "Debit":
			if s.Debit = Debit(f.value); !slices.Contains([]Debit{Charge, Payment, Bill, Rail}, s.Debit) {
				err = wrong(f.place, "a debit is a charge, a payment, a bill or a rail, not %q", f.value)
			}
		case "Also":
			s.Also = append(s.Also, f.value)
		case "Limit":
			s.Limits = append(s.Limits, f.value)
		case "Once":
			s.Once, err = limit(f, s.Once)
		case "Month":
			s.Month, err = limit(f, s.Month)
		case "Note":
			s.Notes = append(s.Notes, f.value)
		case "Source":
			s.Sources = append(s.Sources, f.value)
		case "Phone":
			s.Contact, err = contact(f)
			s.Phone, s.PhoneChecked = s.Contact.Phone, s.Contact.Checked
		case "Name":
			err = d.name(s, f)
		case "Not":
			err = d.trap(s, f)
		default:
			err = wrong(f.place, "a service has no %s", f.name)
		}
		if err != nil {
			return err
		}
	}
	if s.NameJa == "" || s.NameEn == "" || s.Debit == "" {
		return wrong(s.place, "service %s lacks Ja, En or Debit", s.ID)
	}
	if s.Month.Yen > 0 && s.Month.Yen < s.Once.Yen {
		return wrong(s.place, "service %s takes more at once than in a month", s.ID)
	}
	d.services[s.ID] = s
	d.order = append(d.order, s)
	// The names of bills and rails are no charges of anything.
	if s.Debit == Bill || s.Debit == Rail {
		for _, w := range d.words {
			if w.service == s && w.kind == kindName {
				w.kind, w.why = kindTrap, string(s.Debit)+" ("+s.NameJa+")"
			}
		}
	}
	return nil
}

// name reads "TEXT | seen or guessed [alone] | bank | source".
func (d *data) name(s *Service, f *field) error {
	p, err := f.parts(4)
	if err != nil {
		return err
	}
	sure, alone := strings.CutSuffix(p[1], " alone")
	if sure != "seen" && sure != "guessed" {
		return wrong(f.place, "a name is seen or guessed, and perhaps alone, not %q", p[1])
	}
	if sure == "seen" && p[2] == "" && p[3] == "" {
		return wrong(f.place, "a name that was seen says at which bank, or where")
	}
	return d.word(&word{place: f.place, kind: kindName, text: p[0], service: s, seen: sure == "seen", whole: alone, bank: p[2], source: p[3]})
}

// trap reads "TEXT | why | source".
func (d *data) trap(s *Service, f *field) error {
	p, err := f.parts(3)
	if err != nil {
		return err
	}
	if p[1] == "" {
		return wrong(f.place, "a trap says what it is")
	}
	return d.word(&word{place: f.place, kind: kindTrap, text: p[0], service: s, why: p[1], source: p[2]})
}

func (d *data) word(w *word) error {
	if w.units = d.units(w.text); len(w.units) == 0 {
		return wrong(w.place, "%q has no letters", w.text)
	}
	if slices.Contains(w.units, unitOther) {
		return wrong(w.place, "%q has a character that cannot be told apart: a rare one, or one more than the %d others that the files may hold", w.text, unitOther-firstHan)
	}
	d.words = append(d.words, w)
	return nil
}

// contact reads "number | for whom and when | day it was looked up | source".
func contact(f *field) (Contact, error) {
	p, err := f.parts(4)
	if err != nil {
		return Contact{}, err
	}
	switch {
	case strings.Trim(p[0], "0123456789-#") != "" || len(p[0]) < 3:
		return Contact{}, wrong(f.place, "%q is no telephone number", p[0])
	case !isDate(p[2]) || p[3] == "":
		return Contact{}, wrong(f.place, "a number says when (2026-11) and where it was looked up")
	}
	return Contact{Phone: p[0], For: p[1], Checked: p[2], Source: p[3]}, nil
}

// bank reads one record of banks.rec.
func (d *data) bank(rec []field) error {
	if rec[0].name != "Bank" {
		return wrong(rec[0].place, "a bank begins with Bank, not %s", rec[0].name)
	}
	b := &Bank{Code: rec[0].value, place: rec[0].place}
	if _, err := strconv.ParseUint(b.Code, 10, 16); len(b.Code) != 4 || err != nil {
		return wrong(b.place, "%q is no 金融機関コード of four digits", b.Code)
	}
	if old := d.banks[b.Code]; old != nil {
		return &Problem{Place: b.place.String(), Other: old.place.String(), What: "bank " + b.Code + " is there twice"}
	}
	for i := range rec[1:] {
		f := &rec[i+1]
		var err error
		switch f.name {
		case "Ja":
			b.NameJa = f.value
		case "En":
			b.NameEn = f.value
		case "Cells":
			b.Cells, err = numbers(f)
		case "Prints":
			b.Prints = append(b.Prints, f.value)
		case "Docomo":
			b.Docomo = f.value
		case "Phone":
			b.Contact, err = contact(f)
		case "Note":
			b.Notes = append(b.Notes, f.value)
		case "Source":
			b.Sources = append(b.Sources, f.value)
		default:
			err = wrong(f.place, "a bank has no %s", f.name)
		}
		if err != nil {
			return err
		}
	}
	if b.NameJa == "" || b.NameEn == "" {
		return wrong(b.place, "bank %s lacks Ja or En", b.Code)
	}
	d.banks[b.Code] = b
	d.codes = append(d.codes, b.Code)
	return nil
}

// numbers reads "12 15 | source".
func numbers(f *field) ([]int, error) {
	p, err := f.parts(2)
	if err != nil {
		return nil, err
	}
	var out []int
	for s := range strings.FieldsSeq(p[0]) {
		n, err := strconv.Atoi(s)
		if err != nil || n < minCut || n > 255 {
			return nil, wrong(f.place, "%q is no number of cells", s)
		}
		out = append(out, n)
	}
	return out, nil
}

var wordKinds = map[string]kind{"Front": kindFront, "Bill": kindBill, "More": kindMore, "Company": kindCompany, "Credit": kindCredit, "Not": kindTrap}

// wordList reads one record of words.rec: "TEXT | what it is | source".
func (d *data) wordList(rec []field) error {
	for i := range rec {
		f := &rec[i]
		if f.name == "Cells" {
			var err error
			if d.lengths, err = numbers(f); err != nil {
				return err
			}
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
		if err := d.word(&word{place: f.place, kind: k, text: p[0], why: p[1], source: p[2], whole: k == kindMore && p[1] == "alone" || k == kindFront && p[1] == "transfer"}); err != nil {
			return err
		}
	}
	return nil
}
