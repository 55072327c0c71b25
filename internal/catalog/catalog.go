// Package catalog knows banks and payment services, and recognises a service
// in the text that a bank prints for a debit. It is pure, and never decides
// whether anybody is told.
//
// What it knows is in services.rec, banks.rec and words.rec, which somebody
// who has just seen a new line in a passbook can read and correct; the tests
// check them as a whole.
package catalog

import (
	"unicode/utf8"

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

// Debit says what it means that a service took money from an account.
type Debit string

// Debits of a Bill or over a Rail are recognised so as to stay silent.
const (
	Charge  Debit = "charge"  // a wallet was charged
	Payment Debit = "payment" // a merchant was paid
	Bill    Debit = "bill"    // a card's or a deferred payment's bill
	Rail    Debit = "rail"    // a way to pay, not a service of its own
)

// Contact is how people reach somebody, and how we know.
type Contact struct {
	Phone   string // absent unless a source says so
	For     string // whom it is for, and when it is answered
	Checked string // the day or month somebody looked it up: 2026-11
	Source  string
}

// Service is a payment service. What is not known is absent.
type Service struct {
	ID, NameJa, NameEn string
	Operator           string
	Debit              Debit
	Also               []string // other and former names, with dates
	Limits             []string // of charging, as the sources say them
	Once, Month        Limit    // the same for programs: at once, and in a calendar month
	Phone              string   // Contact's
	PhoneChecked       string
	Contact            Contact
	Notes, Sources     []string

	place place
}

// Name is what people call the service.
func (s *Service) Name(lang watch.Lang) string {
	if lang == watch.English {
		return s.NameEn
	}
	return s.NameJa
}

// Bank is a bank as people and its descriptors know it. What is not known is
// absent.
type Bank struct {
	Code, NameJa, NameEn string
	Cells                []int    // lengths that it cuts descriptors at, in half-width cells
	Prints               []string // marks in front of names, as it prints them
	Docomo               string   // what it did in September 2020
	Contact              Contact
	Notes, Sources       []string

	place place
}

// Name is what people call the bank.
func (b *Bank) Name(lang watch.Lang) string {
	if lang == watch.English {
		return b.NameEn
	}
	return b.NameJa
}

// ByID finds a service.
func ByID(id string) (*Service, bool) { s, ok := std.services[id]; return s, ok }

// BankByCode finds a bank by its 金融機関コード.
func BankByCode(code string) (*Bank, bool) { b, ok := std.banks[code]; return b, ok }

// Services are all services in the order of the file.
func Services() []*Service { return std.order }

// BankCodes are the codes of all banks in the order of the file.
func BankCodes() []string { return std.codes }

// Classify recognises the payment service of a debit, if any. The bank's code
// tells where it cuts descriptors, and may be empty. Traps win over the names
// that they overlap: a card bill of the same brand is no wallet charge. Of a
// text longer than any bank's, only the beginning is read.
func Classify(bank, descriptor string) Match {
	return std.classify(bank, descriptor)
}

// shortCells hold nearly every bank's line; clearing more would take longer
// than reading it.
const shortCells = 80

func (d *data) classify(bank, descriptor string) (m Match) {
	if len(descriptor) <= 3*shortCells {
		var cells [shortCells]cell
		var s scan
		s.data, s.text, s.bank = d, descriptor, bank
		n, after, more := d.fold(descriptor, cells[:])
		if s.cells, s.after = cells[:n], after; !more {
			if f := s.run(); f.name != nil || f.trap != nil {
				s.match(f, &m)
			}
			return m
		}
	}
	d.classifyLong(bank, descriptor, &m)
	return m
}

func (d *data) classifyLong(bank, descriptor string, m *Match) {
	var cells [maxCells]cell
	s := scan{data: d, text: descriptor, bank: bank}
	n, after, more := d.fold(descriptor, cells[:])
	s.cells, s.after, s.more = cells[:n], after, more
	s.match(s.run(), m)
}

// look classifies with a trace, and at leisure.
func (d *data) look(bank, descriptor string, trace *[]note) (*scan, found) {
	s := &scan{data: d, text: descriptor, bank: bank, trace: trace}
	cells := make([]cell, maxCells)
	n, after, more := d.fold(descriptor, cells)
	s.cells, s.after, s.more = cells[:n], after, more
	return s, s.run()
}

// match tells what was found in terms of the descriptor.
func (s *scan) match(f found, m *Match) {
	m.Confidence = confidences[f.sure]
	if f.trap != nil {
		m.Trap = f.trap.text
	}
	if f.name != nil {
		m.Service, m.Pattern = f.name.service.ID, f.name.text
	}
	if f.to > f.from {
		m.Start, m.End = int(s.cells[f.from].at), int(s.cells[f.to-1].at)
		_, n := utf8.DecodeRuneInString(s.text[m.End:])
		m.End += n
	}
}

// Link recognises the service of a charge link: the bank's own word for it
// decides, else the descriptor.
func Link(service, descriptor, bank string) Match {
	if service != "" {
		if s, ok := std.services[service]; ok && (s.Debit == Charge || s.Debit == Payment) {
			return Match{Service: service, Confidence: watch.Named}
		}
		if m := Classify(bank, service); m.Service != "" {
			m.Confidence = watch.Named
			return m
		}
	}
	return Classify(bank, descriptor)
}
