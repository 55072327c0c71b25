// Package catalog knows banks and payment services, and recognises a service
// in the text that a bank prints for a debit. It is pure, and never decides
// whether anybody is told.
//
// What it knows is in services.rec, banks.rec and words.rec, which somebody
// who has just seen a new line in a passbook can read and correct; the tests
// check them as a whole.
package catalog

import (
	"time"

	"kozamori/internal/watch"
)

// Match says what a descriptor was recognised as.
type Match struct {
	Service    string // catalogue id; empty if no payment service
	Confidence watch.Confidence
	Pattern    string // the name that decided, as the catalogue writes it
	Trap       string // what refused a name, or may be meant instead of it
	// Start and End are the bytes of the descriptor that decided.
	Start, End int
}

// ByID finds a service.
func ByID(id string) (*Service, bool) { s, ok := std().services[id]; return s, ok }

// BankByCode finds a bank by its 金融機関コード, or by one that it had before.
func BankByCode(code string) (*Bank, bool) { b, ok := std().banks[code]; return b, ok }

// Services are all services in the order of the file.
func Services() []*Service { return std().order }

// Offered are the services that can take money on a day and that somebody can
// be told of, in the order of the file. Those that ended are still recognised.
func Offered(day time.Time) []*Service {
	var out []*Service
	for _, s := range std().order {
		if s.Rings() && s.On(day) {
			out = append(out, s)
		}
	}
	return out
}

// BankCodes are the codes of all banks in the order of the file.
func BankCodes() []string { return std().codes }

// Classify recognises the payment service of a debit, if any. The bank's code
// tells where it cuts descriptors, and may be empty. Traps win over the names
// that they overlap: a card bill of the same brand is no wallet charge. Of a
// text longer than any bank's, only the beginning is read.
func Classify(bank, descriptor string) (m Match) {
	var w weighed
	of(bank).look(bank, descriptor, asked{}, &w)
	w.match(&m)
	return m
}

// classify looks a text up whose sort of debit is not known.
func (d *data) classify(bank, descriptor string) (m Match) {
	var w weighed
	d.look(bank, descriptor, asked{}, &w)
	w.match(&m)
	return m
}

// scan reads a descriptor at leisure.
func (d *data) scan(bank, descriptor string) *scan {
	s := &scan{data: d, text: descriptor, bank: bank}
	f := folding{cells: make([]cell, min(maxCells, 6*len(descriptor)+16))}
	d.fold(descriptor, &f)
	s.cells, s.after, s.more, s.voiced = f.cells[:f.n], f.before, f.more, f.voiced()
	return s
}

// bytes are those of a stretch of cells.
func (s *scan) bytes(x stretch) (start, end uint16) {
	if x.from >= x.to {
		return 0, 0
	}
	end = uint16(s.cells[x.to-1].at())
	return uint16(s.cells[x.from].at()), end + length(s.text[end])
}

// length is that of a character, by its first byte.
func length(first byte) uint16 {
	switch {
	case first < 0xC0:
		return 1
	case first < 0xE0:
		return 2
	case first < 0xF0:
		return 3
	}
	return 4
}

// Link recognises the service of a charge link: the bank's own word for it
// decides, else the descriptor.
func Link(service, descriptor, bank string) Match {
	if service != "" {
		if s, ok := std().services[service]; ok && (s.Rings()) {
			return Match{Service: service, Confidence: watch.Named}
		}
		if m := Classify(bank, service); m.Service != "" {
			m.Confidence = watch.Named
			return m
		}
	}
	return Classify(bank, descriptor)
}

// OtherLink is the service that the descriptor of a link names, if the bank named
// another one, which match is; empty if it did not.
func OtherLink(match Match, descriptor, bank string) string {
	if match.Confidence != watch.Named {
		return ""
	}
	if d := Classify(bank, descriptor); d.Service != match.Service {
		return d.Service
	}
	return ""
}
