package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// Edition is one state of the catalogue: for all banks, or with what one bank
// adds for itself. The functions of the package work with those in use: the
// built-in one until others are Used.
type Edition struct{ d *data }

// inUse are the editions that the package works with. It is replaced as a
// whole, so that a decision never sees half of a change.
type inUse struct {
	base  *data
	banks map[string]*data // those of single banks, by all their codes
}

var current atomic.Pointer[inUse]

// The tests read the same files, so that they cannot fail to load in a program
// that was tested.
func init() { current.Store(&inUse{base: must(read(builtIn))}) }

func std() *data { return current.Load().base }

// of is the edition by which a bank's debits are decided.
func of(bank string) *data {
	u := current.Load()
	if u.banks != nil {
		if d := u.banks[bank]; d != nil {
			return d
		}
	}
	return u.base
}

// BuiltIn is the edition that the program carries.
func BuiltIn() *Edition { return &Edition{must(read(builtIn))} }

// Current is the edition in use, at banks that add nothing.
func Current() *Edition { return &Edition{std()} }

// CurrentOf is the edition in use at a bank.
func CurrentOf(bank string) *Edition { return &Edition{of(bank)} }

// File is a text of entries, by the name that problems call it.
type File struct {
	Name string
	Text []byte
}

// Parse reads an edition from one text with the records of all kinds. What
// does not go together is for Check.
func Parse(name string, text []byte) (*Edition, error) {
	return edition("", fileOf(File{name, text}))
}

// With is the built-in edition and more entries, of an operator or on trial.
func With(more ...File) (*Edition, error) {
	files := builtIn.files()
	for _, f := range more {
		files = append(files, fileOf(f))
	}
	return edition("", files...)
}

// For is the edition and what a bank adds for itself: marks and other words,
// and names of services that are known (records that begin with Of). It
// decides as the edition does but for that bank.
func (e *Edition) For(bank string, own ...File) (*Edition, error) {
	if e.d.forBank != "" {
		return nil, fmt.Errorf("the edition is that of bank %s already", e.d.forBank)
	}
	if e.d.banks[bank] == nil && e.d.groupOf(bank) == nil {
		return nil, fmt.Errorf("there is no bank %s in the catalogue", bank)
	}
	files := slices.Clone(e.d.files)
	for _, f := range own {
		file := fileOf(f)
		file.bank = bank
		files = append(files, file)
	}
	return edition(bank, files...)
}

func edition(bank string, files ...file) (*Edition, error) {
	d, err := readFiles(bank, files...)
	if err != nil {
		return nil, err
	}
	return &Edition{d}, nil
}

// fileOf is a text without the mark that some programs begin it with.
func fileOf(f File) file {
	return file{name: f.Name, text: string(bytes.TrimPrefix(f.Text, []byte("\uFEFF")))}
}

// Text is the edition as one text, as Parse reads it.
func (e *Edition) Text() []byte {
	var b bytes.Buffer
	for _, f := range e.d.files {
		fmt.Fprintf(&b, "%s\n", f.text)
	}
	return b.Bytes()
}

// Text is the built-in edition as one text, as Parse reads it.
func Text() []byte { return (&Edition{&data{files: builtIn.files()}}).Text() }

// Use makes the edition the one in use at all banks, or at the bank that it is
// For; at that one, until another edition for all banks is Used.
func (e *Edition) Use() {
	for {
		old := current.Load()
		now := &inUse{base: e.d}
		if e.d.forBank != "" {
			now.base, now.banks = old.base, maps.Clone(old.banks)
			now.add(e.d)
		}
		if current.CompareAndSwap(old, now) {
			return
		}
	}
}

// Use makes an edition, and those of single banks, the ones in use, all at
// once.
func Use(base *Edition, banks ...*Edition) {
	now := &inUse{base: base.d}
	for _, e := range banks {
		now.add(e.d)
	}
	current.Store(now)
}

// add puts the edition of a bank under each code that the bank had.
func (u *inUse) add(d *data) {
	if u.banks == nil {
		u.banks = map[string]*data{}
	}
	u.banks[d.forBank] = d
	b := d.banks[d.forBank]
	if b == nil {
		return
	}
	u.banks[b.Code] = d
	for _, w := range b.Former {
		if d.banks[w.Code] == b {
			u.banks[w.Code] = d
		}
	}
}

// Bank is the bank that the edition is for; empty if for all.
func (e *Edition) Bank() string { return e.d.forBank }

// Version is the day of the edition.
func (e *Edition) Version() string { return e.d.version }

// ID names the edition: its day, and the beginning of its text's hash.
func (e *Edition) ID() string { return e.d.id() }

// Version is the day of the edition in use.
func Version() string { return std().version }

// IDOf names the edition by which a bank's debits are decided, as records
// keep it.
func IDOf(bank string) string { return of(bank).id() }

// id is made once: hashing takes longer than a decision.
func (d *data) id() string {
	d.named.Do(func() {
		h := sha256.New()
		for _, f := range d.files {
			_, _ = fmt.Fprintf(h, "%s\n", f.text) // a hash takes all
		}
		d.ident = d.version + "." + hex.EncodeToString(h.Sum(nil)[:3])
	})
	return d.ident
}

// Check is the package's Check of this edition.
func (e *Edition) Check() []error { return e.d.check() }

// Classify is the package's Classify by this edition.
func (e *Edition) Classify(bank, descriptor string) Match { return e.d.classify(bank, descriptor) }

// Decide is the package's Decide by this edition.
func (e *Edition) Decide(ev *Evidence) Decision { return e.d.decideOn(ev) }

// StaleContacts lists the numbers to call that were looked up too long ago to
// be shown: "bank 0168 中国銀行 0120-234-273 (2020-09)".
func (e *Edition) StaleContacts(now time.Time) []string {
	var out []string
	add := func(what string, contacts []Contact) {
		for i := range contacts {
			if c := &contacts[i]; c.Stale(now) {
				out = append(out, what+" "+c.Phone+" ("+c.Checked+")")
			}
		}
	}
	for _, s := range e.d.order {
		add("service "+s.ID+" "+s.NameJa, s.Contacts)
	}
	for _, code := range e.d.codes {
		add("bank "+code+" "+e.d.banks[code].NameJa, e.d.banks[code].Contacts)
	}
	return out
}

// Size counts what the edition holds.
func (e *Edition) Size() (services, banks, words int) {
	return len(e.d.order), len(e.d.codes), len(e.d.words)
}

// Place is where the file has the name of a service; empty if it has not.
func (e *Edition) Place(service, name string) string {
	for _, w := range e.d.words {
		if w.kind == kindName && w.service.ID == service && w.text == name {
			return w.place.String()
		}
	}
	return ""
}

// sound are lines that every edition reads so, whatever else it says: what the
// house began with, and what it must not ring on.
var sound = [...]struct{ bank, text, service string }{
	{"0125", "ドコモコウザ", "docomo"}, {"0168", "RKデイ―バライ", "docomo"}, {"0009", "PAYPAY", "paypay"}, {"0005", "口座振替　ＲＴＫ　ペイペイ", "paypay"},
	{"0001", "ＰＡＹＰＡＹカ－ド", ""}, {"0009", "電話 ドコモケイタイ", ""}, {"0134", "ｺｳｻﾞﾌﾘｶｴ SMBC(ﾁﾝﾘﾖｳﾄｳ", ""}, {"9900", "自払 アメツクス", ""}, {"0010", "利息", ""},
}

// Sound tells what makes an edition one that must not be used: it has no day,
// or no longer knows what every edition does. It is quick, unlike Check.
func (e *Edition) Sound() error {
	if e.d.version == "" {
		return fmt.Errorf("the edition does not say its Version")
	}
	for _, l := range sound {
		d := e.Decide(&Evidence{Bank: l.bank, Descriptor: l.text})
		if got := d.Service(); got != l.service {
			return fmt.Errorf("the edition takes %q for %q, not for %q", l.text, got, l.service)
		}
	}
	return nil
}
