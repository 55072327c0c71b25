package catalog

import (
	"bytes"
	"fmt"
)

// Edition is one state of the catalogue. The functions of the package work
// with the one in use, which is the built-in one until another is Used.
type Edition struct{ d *data }

// BuiltIn is the edition that the program carries.
func BuiltIn() *Edition { return &Edition{must(read(builtIn))} }

// Current is the edition in use.
func Current() *Edition { return &Edition{std()} }

// Parse reads an edition from one text with the records of all kinds. What
// does not go together is for Check.
func Parse(name string, text []byte) (*Edition, error) {
	d, err := readFiles(file{name, string(bytes.TrimPrefix(text, []byte("\uFEFF")))})
	if err != nil {
		return nil, err
	}
	return &Edition{d}, nil
}

// With is the built-in edition and more entries, of a bank or on trial.
func With(name string, text []byte) (*Edition, error) {
	d, err := readFiles(append(builtIn.files(), file{name, string(bytes.TrimPrefix(text, []byte("\uFEFF")))})...)
	if err != nil {
		return nil, err
	}
	return &Edition{d}, nil
}

// Text is the built-in edition as one text, as Parse reads it.
func Text() []byte {
	var b bytes.Buffer
	for _, f := range builtIn.files() {
		fmt.Fprintf(&b, "%s\n", f.text)
	}
	return b.Bytes()
}

// Use makes the edition the one in use.
func (e *Edition) Use() { current.Store(e.d) }

// Version is the day of the edition.
func (e *Edition) Version() string { return e.d.version }

// Version is the day of the edition in use.
func Version() string { return std().version }

// Check is the package's Check of this edition.
func (e *Edition) Check() []error { return e.d.check() }

// Classify is the package's Classify by this edition.
func (e *Edition) Classify(bank, descriptor string) Match { return e.d.classify(bank, descriptor) }

// Decide is the package's Decide by this edition.
func (e *Edition) Decide(ev *Evidence) Decision { return e.d.decideOn(ev) }

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
