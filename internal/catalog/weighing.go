package catalog

import (
	"slices"

	"kozamori/internal/watch"
)

// weighing is a decision in the making: a payment service or none, something
// else or nothing, and the reasons of each.
type weighing struct {
	*data
	e        *Evidence
	marks    flags
	strength Strength
	service  *Service
	why      Why
	second   *Service // a payment service too
	also     Why      // the reason of that
	other    string   // what else, in Japanese
	otherWhy Why
	bare     bool     // the name is one that needs more than the text
	read     *Service // the service whose name is a bill at this bank
	silent   bool     // the other reading came first
	railable bool     // see scan
	strange  bool     // the bank named a service that is not known
}

// text takes what the text alone says.
func (w *weighing) text(f *weighed) {
	if f.trap != nil {
		w.other, w.otherWhy = f.trap.why, WhyWord
		switch f.trap {
		case unknownTail, unknownHead:
			w.other, w.otherWhy = otherUnknown, WhyUnknownWord
		case transferred:
			w.other, w.otherWhy = otherTransfer, WhyMark
		case several:
			w.other, w.otherWhy = otherUnknown, WhyCut
		case namesake:
			w.other, w.otherWhy = otherNamesake, WhyCommon
		}
		if s := f.trap.service; s != nil && s.readings[w.e.Bank] == f.trap {
			w.read, w.otherWhy = s, WhyAtBank
		}
		if f.name != nil && f.trap == f.name.service.brand {
			w.otherWhy = WhyFull
		}
		if f.name != nil && f.trap.of != nil && f.name.service.brand != nil && slices.Equal(f.trap.of.units, f.name.service.brand.units) {
			w.other = f.name.service.brand.why
		}
		if f.trap.kind == kindFront || f.trap.kind == kindCredit {
			w.otherWhy = WhyMark
		}
	}
	if f.name == nil {
		return
	}
	w.service = f.name.service
	if f.trap != nil && f.trap.kind == kindName {
		w.other, w.otherWhy = "", 0
		w.second, w.also = f.trap.service, WhyCut
	}
	switch f.sure {
	case seen:
		w.strength, w.why = Sure, WhySeen
	case elsewhere:
		w.strength, w.why = Likely, WhyElsewhere
	case guessed:
		w.strength, w.why = Likely, WhyGuessed
	case cutOff:
		w.strength, w.why = Likely, WhyCut
	case cutDoubt:
		w.strength, w.why = Two, WhyCut
	case undecided:
		w.strength, w.why = Two, WhyGuessed
		if f.name.has(flagSeen) {
			w.why = WhySeen
			if !f.name.banks[w.e.Bank] {
				w.why = WhyElsewhere
			}
		}
		// Whatever else it may be: others are called so too.
		if w.bare = f.name.has(flagCommon) && w.marks&flagRail == 0; w.bare {
			w.strength = None
		}
	}
	if w.marks&flagRail != 0 {
		w.why |= WhyRail
		if w.strength == Likely {
			w.strength = Sure
		}
	}
}

// What else an undecided debit is, where the files do not say.
const (
	otherUnknown  = "別の支払い"
	otherNamesake = "同じ名前の別の会社"
	otherTransfer = "ご自分の振込"
)

// named takes the bank's own word for the service.
func (w *weighing) named() {
	if w.e.Service == "" {
		return
	}
	s := w.services[w.e.Service]
	what := ""
	if s == nil {
		var f weighed
		w.look(w.e.Bank, w.e.Service, asked{flagRail, true}, &f)
		switch {
		case f.name != nil:
			s = f.name.service
		case f.trap != nil:
			what = f.trap.why
		default:
			what, w.strange = w.e.Service, true
			if w.service == nil {
				// The bank knows a service that the catalogue does not.
				w.strength = Likely
			}
		}
	}
	w.choose(s)
	switch {
	case s != nil && s.Rings() && (w.service == nil || w.service == s):
		w.service, w.strength, w.other = s, Sure, ""
		w.why |= WhyNamed
	case s != nil && s.Rings():
		// The text and the bank disagree: both are told.
		w.second, w.also, w.service, w.strength = w.service, WhyText, s, Two
		w.other, w.why = "", WhyNamed
	case w.service != nil && w.strength > None:
		if s != nil {
			what = s.NameJa
		}
		w.strength, w.other, w.otherWhy = Two, what, WhyNamed
	default:
		if s != nil {
			what = s.NameJa
		}
		w.service, w.other, w.otherWhy = nil, what, WhyNamed
	}
}

// choose takes the service that something else than the text tells of, or nil for
// none, where the text is the beginning of two.
func (w *weighing) choose(s *Service) {
	if w.second != nil && w.second == s {
		w.service = s
	}
	w.second = nil
}

// collected takes the code of who collects.
func (w *weighing) collected() {
	if w.e.Collector == "" {
		return
	}
	s := w.collectors[w.e.Collector]
	if s == nil || !s.Rings() {
		return
	}
	if w.second == s && w.also == WhyCut {
		w.choose(s)
	}
	if w.service == nil || w.service == s {
		w.service, w.strength, w.other = s, Sure, ""
		w.why |= WhyCollector
	}
}

// linked takes the account's charge links. A name that needs more than the
// text has it in a link; one that the text says nothing of may be short for
// the service that was linked.
func (w *weighing) linked(text string) {
	if len(w.e.Links) == 0 || w.e.Link {
		return
	}
	if s := w.railed(text); s != nil && w.link(s) != 0 {
		w.service, w.strength, w.why = s, Two, WhyGuessed
		w.other, w.otherWhy = otherNamesake, WhyCommon
	}
	if w.service == nil && w.read != nil && w.link(w.read) == WhyNewLink {
		w.service, w.strength, w.why = w.read, Two, WhyGuessed
	}
	if w.service == nil {
		return
	}
	if w.second != nil && w.also == WhyCut && w.link(w.second) > w.link(w.service) {
		w.service, w.second = w.second, w.service
	}
	switch why := w.link(w.service); {
	case why == 0:
	case w.bare:
		w.strength, w.why = Likely, w.why|why
		if why == WhyLink || !w.otherWhy.Has(WhyCommon) {
			w.strength = Two
		}
	case w.strength == Likely:
		w.strength, w.why = Sure, w.why|why
	default:
		w.why |= why
	}
}

// railed is the service that a text of which nothing else is known would name
// behind a real-time rail; nil if none.
func (w *weighing) railed(text string) *Service {
	if !w.railable || w.service != nil || w.other != "" || w.marks&flagRail != 0 {
		return nil
	}
	var f weighed
	if w.look(w.e.Bank, text, asked{w.marks | flagRail, true}, &f); f.name != nil {
		return f.name.service
	}
	return nil
}

// link tells whether the account has a link with a service, and a new one.
func (w *weighing) link(s *Service) (why Why) {
	for _, l := range w.e.Links {
		if l.Service != s.ID || l.Removed {
			continue
		}
		if since := w.e.At.Sub(l.At); !w.e.At.IsZero() && since >= 0 && since <= freshLink {
			return WhyNewLink
		}
		why = WhyLink
	}
	return why
}

// dated takes the day and the amount: of a service that has ended, or that
// takes less at once, the name is somebody else's.
func (w *weighing) dated() {
	if w.service == nil || w.strength == None || w.why.Has(WhyNamed) {
		return
	}
	var against Why
	switch {
	case !w.e.At.IsZero() && !w.service.On(w.e.At):
		against = WhyEnded
	case w.service.Once.Yen > 0 && w.e.Amount > w.service.Once.Yen && w.service.Once.AsOf >= w.year():
		against = WhyTooMuch
	default:
		return
	}
	w.strength, w.why = min(w.strength, Two), w.why|against
	if w.other == "" {
		w.other, w.otherWhy = otherUnknown, against
	}
}

// year is the debit's; a limit of another time says nothing of it.
func (w *weighing) year() string {
	if w.e.At.IsZero() {
		return ""
	}
	return w.e.At.In(watch.JST).Format("2006")
}

// answered takes what the person said of such debits before.
func (w *weighing) answered() {
	if w.service == nil {
		return
	}
	mine, other := false, false
	for _, a := range w.e.Answers {
		switch {
		case !a.Mine:
			if w.strength == Two && w.second == nil && !w.why.Has(WhyEnded|WhyTooMuch) {
				w.strength = Likely
			}
			w.why |= WhyNotMine
			w.silent = false
			return
		case a.Service == "":
			other = true
		case a.Service == w.service.ID:
			mine = true
		}
	}
	if w.strength == Two && other && !mine && w.second == nil {
		w.silent = true
		w.otherWhy |= WhyChosen
	}
	if w.strength == Two && mine && !other && w.second == nil {
		w.strength = Likely
		w.why |= WhyChosen
	}
}

// gap is what is not known.
func (w *weighing) gap() Gap {
	switch {
	case w.strange:
		return UnknownService
	case w.marks&flagTransfer != 0 || w.why.Has(WhyEnded|WhyTooMuch):
	case w.strength == Two && w.otherWhy == WhyUnknownWord:
		return UnknownWord
	case w.service == nil && w.other == "" && w.marks&flagRail != 0:
		return UnknownName
	}
	return NoGap
}

// finish puts the readings in order. It returns values, because what is
// written through a pointer keeps the evidence on the heap.
func (w *weighing) finish() (strength Strength, readings [2]Reading, n uint8) {
	add := func(r Reading) {
		if int(n) < len(readings) {
			readings[n] = r
			n++
		}
	}
	strength = w.strength
	if w.silent {
		strength = None
	}
	otherFirst := strength == None || w.strength == Two && w.otherWhy.Has(WhyRhythm)
	if otherFirst && w.other != "" {
		add(Reading{What: w.other, Why: w.otherWhy})
		w.other = ""
	}
	if w.service != nil && (strength > None || w.strength > None || w.bare) {
		add(Reading{Service: w.service.ID, Why: w.why})
	}
	if w.second != nil {
		add(Reading{Service: w.second.ID, Why: w.also})
	}
	if (w.strength == Two || w.strength == Likely && w.service == nil) && w.other != "" && n < 2 {
		add(Reading{What: w.other, Why: w.otherWhy})
	}
	return strength, readings, n
}
