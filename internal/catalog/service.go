package catalog

import (
	"slices"
	"strings"
	"time"

	"kozamori/internal/watch"
)

// Debit says what it means that a service took money from an account.
type Debit string

// Debits of a Bill or over a Rail are recognised so as to stay silent.
const (
	Charge  Debit = "charge"  // a wallet was charged
	Payment Debit = "payment" // a merchant was paid
	Bill    Debit = "bill"    // a card's or a deferred payment's bill
	Rail    Debit = "rail"    // a way to pay, not a service of its own
)

// Service is a payment service. What is not known is absent.
type Service struct {
	ID, NameJa, NameEn string
	Operator           string
	Debit              Debit
	Also               []string // other and former names, with dates
	Limits             []string // of charging, as the sources say them
	Once, Month        Limit    // the same for programs: at once, and in a calendar month
	From, Until        string   // the first and the last day or month that it could take money
	Phone              string   // Contact's
	PhoneChecked       string
	Contact            Contact // the first of Contacts
	Contacts           []Contact
	Claims             []Claim
	Asks               []Ask // other ways to report than by telephone
	Notes, Sources     []string

	readings map[string]*word // by bank: what else the name means there
	brand    *word            // a bill that the name goes on to, where it is not cut off
	place    place
}

// Name is what people call the service.
func (s *Service) Name(lang watch.Lang) string {
	if lang == watch.English {
		return s.NameEn
	}
	return s.NameJa
}

// Rings tells whether a debit of the service is something to be told of: its
// bills and rails never are.
func (s *Service) Rings() bool { return s.Debit == Charge || s.Debit == Payment }

// On tells whether the service could take money on a day. What is not known
// counts as yes.
func (s *Service) On(day time.Time) bool {
	if s.From == "" && s.Until == "" {
		return true // as of most, whose day need not be worked out
	}
	d := day.In(watch.JST).Format(time.DateOnly)
	return d >= s.From && (s.Until == "" || d[:min(len(d), len(s.Until))] <= s.Until)
}

// service reads one record of services.rec.
func (d *data) service(rec []field) error {
	if rec[0].name == "Of" {
		return d.addTo(rec)
	}
	if rec[0].name != "Service" {
		return wrong(rec[0].place, "a service begins with Service, not %s", rec[0].name)
	}
	s := &Service{ID: rec[0].value, place: rec[0].place}
	if strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return wrong(s.place, "the name of a service is small letters, digits and dashes, not %q", s.ID)
	}
	if old := d.services[s.ID]; old != nil {
		return &Problem{Place: s.place.String(), Other: old.place.String(), What: "service " + s.ID + " is there twice"}
	}
	for i := range rec[1:] {
		if err := d.serviceField(s, &rec[i+1]); err != nil {
			return err
		}
	}
	switch {
	case s.NameJa == "" || s.NameEn == "" || s.Debit == "":
		return wrong(s.place, "service %s lacks Ja, En or Debit", s.ID)
	case s.Month.Yen > 0 && s.Month.Yen < s.Once.Yen:
		return wrong(s.place, "service %s takes more at once than in a month", s.ID)
	case s.Until != "" && s.Until < s.From:
		return wrong(s.place, "service %s ended before it began", s.ID)
	}
	if len(s.Contacts) > 0 {
		s.Contact = s.Contacts[0]
		s.Phone, s.PhoneChecked = s.Contact.Phone, s.Contact.Checked
	}
	d.services[s.ID] = s
	d.order = append(d.order, s)
	d.silence(s)
	return nil
}

// addTo reads one record that adds to a service that is there: names, and what
// is not meant by them.
func (d *data) addTo(rec []field) error {
	s := d.services[rec[0].value]
	if s == nil {
		return wrong(rec[0].place, "there is no service %s to add to", rec[0].value)
	}
	for i := range rec[1:] {
		f := &rec[i+1]
		if !slices.Contains([]string{"Name", "Not", "Collector", "Reads", "Note", "Source"}, f.name) {
			return wrong(f.place, "what is added to a service is a Name, Not, Collector or Reads, no %s", f.name)
		}
		if err := d.serviceField(s, f); err != nil {
			return err
		}
	}
	d.silence(s)
	return nil
}

// silence makes traps of the names of a bill or rail: they are no charges of
// anything.
func (d *data) silence(s *Service) {
	if s.Rings() {
		return
	}
	for _, w := range d.words {
		if w.service == s && w.kind == kindName {
			w.kind, w.why = kindTrap, string(s.Debit)+" ("+s.NameJa+")"
		}
	}
}

// serviceField reads one line of a service.
func (d *data) serviceField(s *Service, f *field) (err error) {
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
	case "From":
		s.From, err = day(f, s.From)
	case "Until":
		s.Until, err = day(f, s.Until)
	case "Note":
		s.Notes = append(s.Notes, f.value)
	case "Source":
		s.Sources = append(s.Sources, f.value)
	case "Phone":
		err = contact(f, &s.Contacts)
	case "Claim":
		err = claim(f, &s.Claims)
	case "Ask":
		err = ask(f, &s.Asks)
	case "Name":
		err = d.name(s, f)
	case "Not":
		err = d.trap(s, f)
	case "Collector":
		err = d.collector(s, f)
	case "Reads":
		err = d.reads(s, f)
	case "Brand":
		err = d.brand(s, f)
	default:
		err = wrong(f.place, "a service has no %s", f.name)
	}
	return err
}

// nameFlags are what a name may be apart from seen or guessed.
var nameFlags = map[string]flags{"alone": flagWhole, "common": flagWhole | flagCommon, "rail": flagRail}

// name reads "TEXT | seen or guessed [alone|common|rail] | banks | source".
func (d *data) name(s *Service, f *field) error {
	p, err := f.parts(4)
	if err != nil {
		return err
	}
	w := &word{place: f.place, kind: kindName, text: p[0], service: s, source: p[3]}
	sure, how, more := strings.Cut(p[1], " ")
	fl, ok := nameFlags[how]
	if sure != "seen" && sure != "guessed" || more && !ok {
		return wrong(f.place, "a name is seen or guessed, and perhaps alone, common or rail, not %q", p[1])
	}
	w.flags = fl
	if sure == "seen" {
		if p[3] == "" && !f.own {
			return wrong(f.place, "a name that was seen says at which bank, if that is known, and where")
		}
		w.flags |= flagSeen
		if w.banks, err = d.banksOf(f, p[2]); err != nil {
			return err
		}
		if f.own {
			w.banks = banks{d.forBank: true}
		}
	}
	return d.word(w)
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

// collector reads "委託者コード | source".
func (d *data) collector(s *Service, f *field) error {
	p, err := f.parts(2)
	if err != nil {
		return err
	}
	old := d.collectors[p[0]]
	switch {
	case len(p[0]) != 10 || strings.Trim(p[0], "0123456789") != "" || p[1] == "":
		return wrong(f.place, "a collector is a code of ten digits (委託者コード) and where it was seen")
	case old != nil:
		return &Problem{Place: f.place.String(), Other: old.place.String(), What: "collector " + p[0] + " is there twice"}
	}
	d.collectors[p[0]] = s
	return nil
}

// reads reads "banks | what else the name means there | source".
func (d *data) reads(s *Service, f *field) error {
	p, err := f.parts(3)
	if err != nil {
		return err
	}
	at, err := d.banksOf(f, p[0])
	if err != nil {
		return err
	}
	if len(at) == 0 || p[1] == "" || p[2] == "" {
		return wrong(f.place, "another reading says at which bank, what it is, and where that was seen")
	}
	if s.readings == nil {
		s.readings = map[string]*word{}
	}
	for code := range at {
		s.readings[code] = &word{place: f.place, kind: kindTrap, text: p[1], why: p[1], source: p[2], service: s}
	}
	return nil
}

// bills tells whether a word is that of the brand's other bill, in any spelling.
func (s *Service) bills(w *word) bool {
	return s.brand != nil && slices.Equal(w.of.units, s.brand.units) && slices.Equal(w.of.marks, s.brand.marks)
}

// brand reads "word behind the name | what it is then | source".
func (d *data) brand(s *Service, f *field) error {
	p, err := f.parts(3)
	if err != nil {
		return err
	}
	if s.brand != nil || p[0] == "" || p[1] == "" || p[2] == "" {
		return wrong(f.place, "a service has one other bill of its brand: the word behind the name, what it is, and where that was seen")
	}
	s.brand = &word{place: f.place, kind: kindTrap, text: p[0], why: p[1], source: p[2], service: s}
	s.brand.units, s.brand.marks = d.units(p[0])
	return nil
}

// banks are codes of banks.
type banks map[string]bool

// banksOf finds the banks of a list of names as people say them: みずほ, 京都.
func (d *data) banksOf(f *field, list string) (banks, error) {
	out := banks{}
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		found := false
		for code, b := range d.banks {
			if b.called(name) {
				out[code], found = true, true
			}
		}
		if !found {
			return nil, wrong(f.place, "there is no bank %s in banks.rec", name)
		}
	}
	return out, nil
}
