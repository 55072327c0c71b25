// Package catalog knows banks and payment services, and recognises a service
// in the text that a bank prints for a debit. It is pure, and never decides
// whether anybody is told.
package catalog

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/watch"
)

// Match says what a descriptor was recognised as.
type Match struct {
	Service    string // catalogue id; empty if no payment service
	Confidence watch.Confidence
	Pattern    string // the folded pattern that decided
	Trap       string // the folded trap that refused it
}

// Service is a payment service.
type Service struct {
	ID, NameJa, NameEn string
	Phone              string // absent unless a source says so
	PhoneChecked       string // when and where it was looked up
}

// Name is what people call the service.
func (s *Service) Name(lang watch.Lang) string {
	if lang == watch.English {
		return s.NameEn
	}
	return s.NameJa
}

// Bank is a bank as people and its descriptors know it.
type Bank struct{ Code, NameJa, NameEn string }

// Name is what people call the bank.
func (b *Bank) Name(lang watch.Lang) string {
	if lang == watch.English && b.NameEn != "" {
		return b.NameEn
	}
	return b.NameJa
}

// ByID finds a service.
func ByID(id string) (*Service, bool) { s, ok := services[id]; return s, ok }

// BankByCode finds a bank by its 金融機関コード.
func BankByCode(code string) (*Bank, bool) { b, ok := banks[code]; return b, ok }

// Classify recognises the payment service of a debit, if any. Traps win over
// names: a card bill of the same brand is no wallet charge.
func Classify(_, descriptor string) Match {
	folded := Fold(descriptor)
	for _, t := range traps {
		if strings.Contains(folded, t) {
			return Match{Trap: t}
		}
	}
	for _, p := range patterns {
		if i := strings.Index(folded, p.text); i >= 0 && (!p.whole || boundary(folded, i, len(p.text))) {
			return Match{Service: p.service, Confidence: p.confidence, Pattern: p.text}
		}
	}
	return Match{}
}

// boundary tells whether nothing but a rail mark or a direct-debit word
// stands before the name, and nothing after it.
func boundary(s string, at, n int) bool {
	if at+n != len(s) {
		return false
	}
	before := s[:at]
	for _, p := range prefixes {
		before = strings.TrimPrefix(before, p)
	}
	return before == ""
}

// Link recognises the service of a charge link: the bank's own word for it
// decides, else the descriptor.
func Link(service, descriptor, bank string) Match {
	if service != "" {
		if _, ok := services[service]; ok {
			return Match{Service: service, Confidence: watch.Named}
		}
		if m := Classify(bank, service); m.Service != "" {
			m.Confidence = watch.Named
			return m
		}
	}
	return Classify(bank, descriptor)
}

// Fold brings the spellings of banks together: width, letter case, the size
// of kana, voicing marks, dashes and long-vowel marks (dropped), spaces and
// brackets (dropped).
func Fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u309B', '\uFF9E':
			return '\u3099'
		case '\u309C', '\uFF9F':
			return '\u309A'
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch r {
		case 'ー', '-', '−', '―', '‐', '–', '—', '‑', ' ', '*', '/', '・', '(', ')', '.', ',':
			return -1
		}
		if r >= 'ぁ' && r <= 'ゖ' {
			r += 'ァ' - 'ぁ'
		}
		if i := strings.IndexRune("ァィゥェォッャュョヮ", r); i >= 0 {
			return []rune("アイウエオツヤユヨワ")[i/3]
		}
		return r
	}, norm.NFKC.String(s)))
}
