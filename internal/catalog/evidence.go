package catalog

import (
	"strings"
	"time"

	"kozamori/internal/watch"
)

// Evidence is all that a decision about one debit or link can rest on: what
// the bank says of it, and what the account tells. Of what is absent nothing
// is concluded.
type Evidence struct {
	Bank       string // 金融機関コード
	Descriptor string // 摘要
	Detail     string // 摘要内容, where the bank keeps it apart
	Service    string // the bank's own word for the service
	Rail       string // how the money moved, as the bank calls it; see RailOf
	Collector  string // 委託者コード
	Link       bool   // a charge link and no debit
	In         bool   // money came in
	Amount     int64  // yen
	At         time.Time
	Links      []Linked // charge links of the account
	Past       []Past   // earlier debits of the same form (see Form), in any order
	Answers    []Answered
}

// Linked is a charge link of the account.
type Linked struct {
	Service string
	At      time.Time
	Removed bool
}

// Past is an earlier debit of the same form.
type Past struct {
	At     time.Time
	Amount int64
}

// Answered is what the person said of an earlier debit of the same form.
type Answered struct {
	Service string // what it was told as, or chosen to be; empty for the other reading
	Mine    bool
}

// Strength says how sure a decision is. The more, the surer.
type Strength uint8

// All but None is something to be told of.
const (
	None   Strength = iota // no payment service
	Two                    // two readings
	Likely                 // a payment service, by a name that was not seen at this bank
	Sure                   // a payment service
)

func (s Strength) String() string { return [...]string{"none", "two readings", "likely", "sure"}[s] }

// Reading is one thing that a debit can be.
type Reading struct {
	Service string // catalogue id; empty if it is no payment service
	What    string // what else it is, in Japanese
	Why     Why
}

// Decision is what the evidence comes to. The first of the readings is the
// likeliest.
type Decision struct {
	Strength Strength
	Match    Match // what the text alone came to
	hinges   bool
	gap      Gap
	noBill   bool // the other reading is money that came in, which strangers can write, or a transfer
	n        uint8
	readings [2]Reading
}

// Readings are what the debit can be, the likeliest first; a decision of None
// has at most the reading that it is silent for.
func (d *Decision) Readings() []Reading { return d.readings[:d.n] }

// Service is the payment service to tell of; empty if there is none.
func (d *Decision) Service() string {
	if d.Strength > None {
		for _, r := range d.Readings() {
			if r.Service != "" {
				return r.Service
			}
		}
	}
	return ""
}

// Other is what else a decision of Two may be, in Japanese; empty if it is not
// known.
func (d *Decision) Other() string {
	if d.Strength == Two {
		for _, r := range d.Readings() {
			if r.What != "" {
				return r.What
			}
			if s, ok := ByID(r.Service); ok && r.Service != d.Service() {
				return s.NameJa
			}
		}
	}
	return ""
}

// Bill is what other business a debit of two readings may be, in Japanese, if
// the catalogue knows it: カードの請求. It is empty for an unknown word next to
// the name, for what others write, for money that came back, for a transfer, and for a service that takes money too.
func (d *Decision) Bill() string {
	if d.Strength != Two || d.noBill {
		return ""
	}
	for _, r := range d.Readings() {
		if r.Service == "" && !r.Why.Has(WhyUnknownWord|WhyCommon|WhyNamed|WhyEnded|WhyTooMuch) {
			return r.What
		}
	}
	return ""
}

// Billed tells that a debit is silent for coming each month, as a bill does.
func (d *Decision) Billed() bool {
	return d.Strength == None && d.n > 1 && d.readings[0].Why.Has(WhyRhythm)
}

// Gap is what the catalogue does not know of a debit.
type Gap uint8

// What may be missing. Of transfers nothing is: they are to anybody.
const (
	NoGap          Gap = iota
	UnknownWord        // next to a service's name
	UnknownName        // behind a real-time rail
	UnknownService     // that the bank named
)

// Gap is what the catalogue does not know of the debit.
func (d *Decision) Gap() Gap { return d.gap }

// Hinges tells that the account's links, if it has the right one, would change
// a decision of None.
func (d *Decision) Hinges() bool { return d.hinges }

// Confidence is how a record words the decision.
func (d *Decision) Confidence() watch.Confidence {
	switch {
	case d.Strength == None:
		return ""
	case d.Strength == Two:
		return watch.Undecided
	case d.readings[0].Why.Has(WhyNamed):
		return watch.Named
	case d.Match.Service == d.readings[0].Service && d.Match.Confidence != watch.Undecided:
		return d.Match.Confidence
	}
	return watch.Guessed
}

// freshLink is how long a new link explains a debit: for as long as a debit after
// it is told of so.
const freshLink = watch.AfterNewLinkWindow

// Decide weighs the evidence.
func Decide(e *Evidence) Decision { return of(e.Bank).decideOn(e) }

func (d *data) decideOn(e *Evidence) (out Decision) {
	if e.In {
		return out
	}
	text, marks := e.Descriptor, railFlags(e.Rail)
	if e.Detail != "" {
		text += "　" + e.Detail
	}
	var f weighed
	d.look(e.Bank, text, asked{marks, true}, &f)
	var w weighing // field by field, as in weighIn
	w.data, w.e, w.marks, w.railable = d, e, marks|f.marks, f.railable
	w.text(&f)
	out.noBill = f.trap != nil && (f.trap.kind == kindRefund || f.trap.kind == kindCredit || f.trap.kind == kindName || f.trap == transferred || f.trap == several)
	w.named()
	w.collected()
	w.linked(text)
	w.dated()
	w.repeated()
	w.answered()
	f.match(&out.Match)
	out.gap = w.gap()
	out.Strength, out.readings, out.n = w.finish()
	if out.Strength == None && len(e.Links) == 0 && !e.Link {
		out.hinges = w.bare || w.read != nil || w.railed(text) != nil
	}
	return out
}

// railNames are what banks call the ways that money moves, folded.
var railNames = map[string]flags{}

func init() {
	for f, names := range map[flags][]string{
		flagRail:     {"realtime", "real_time", "instant", "instant_debit", "即時", "リアルタイム", "即時口座振替", "ソクジフリカエ", "リアルタイム口座振替", "web_charge", "charge", "RTK", "RK", "RS"},
		flagDebit:    {"direct_debit", "batch", "口座振替", "自払", "自動払込", "kouza_furikae"},
		flagTransfer: {"transfer", "振込", "送金", "furikomi", "kotora", "ことら"},
	} {
		for _, n := range names {
			railNames[Fold(n)] = f
		}
	}
}

// railFlags is what the bank's word for a rail says. An unknown word says
// nothing.
func railFlags(rail string) flags {
	if rail == "" {
		return 0
	}
	if f, ok := railNames[rail]; ok {
		return f
	}
	return railNames[Fold(rail)]
}

// KnownRail tells whether the bank's word for a rail says anything here.
func KnownRail(rail string) bool { return railFlags(strings.TrimSpace(rail)) != 0 }
