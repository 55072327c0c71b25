package detect

import (
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
)

// recognised is what an event is a debit or link of.
type recognised struct {
	match catalog.Match
	other string // what bill it may be instead, if the catalogue knows it
	// second is what the other of the bank and the descriptor says it is.
	second *watch.Second
	// form names debits like it, if it may be a bill; billed tells that it is
	// taken for one.
	form   string
	billed bool
	// hinges tells that the account's charge links may make another match.
	hinges bool
	gap    catalog.Gap // what the catalogue does not know of it
}

// recognise tells what an event is a debit or link of, by all that the bank
// says, and by what the account tells if it is known: its links, what was
// reported, and earlier debits of the same form, which may be a bill's.
func recognise(e *watch.Event, account *watch.Activity, bills []watch.BillDebit, now time.Time) (r recognised) {
	if e.IsLink() {
		r.match = catalog.Link(e.Service, e.Descriptor.Raw(), e.Bank)
		if id := catalog.OtherLink(r.match, e.Descriptor.Raw(), e.Bank); id != "" {
			r.second = &watch.Second{Service: id}
		}
		return r
	}
	ev := catalog.Evidence{
		Bank: e.Bank, Descriptor: e.Descriptor.Raw(), Detail: e.Detail.Raw(), Service: e.Service, Rail: e.Rail, Collector: e.Collector,
		Amount: e.Amount, At: e.OccurredAt,
	}
	if account != nil {
		for id, s := range account.Services {
			for _, l := range s.Links {
				ev.Links = append(ev.Links, catalog.Linked{Service: id, At: l.RegisteredAt, Removed: !l.RemovedAt.IsZero() && !l.RemovedAt.After(e.OccurredAt)})
			}
		}
	}
	d := catalog.Decide(&ev)
	if bill := d.Bill(); bill != "" && account != nil && e.Kind == watch.Debit {
		r.form = catalog.Form(e.Descriptor.Raw() + e.Detail.Raw())
		for _, b := range bills {
			ev.Past = append(ev.Past, catalog.Past{At: b.At, Amount: b.Amount})
		}
		if _, ok := account.ReportedOf(d.Service(), now); ok {
			ev.Answers = append(ev.Answers, catalog.Answered{Service: d.Service()})
		}
		d = catalog.Decide(&ev)
		r.billed = d.Billed()
	}
	if id := d.Service(); id != "" {
		r.match.Service, r.match.Confidence, r.other = id, d.Confidence(), d.Bill()
		r.disagreement(e, &d)
	} else if d.Gap() == catalog.UnknownService {
		// The bank says that a payment service took it. Which one we cannot
		// say, but silence would hide it.
		r.match.Service, r.match.Confidence = watch.Unlisted, watch.Named
	}
	if r.match.Service != "" && d.Match.Service == "" && d.Match.Trap != "" {
		r.second = &watch.Second{} // by the descriptor it is a bill or a shop that the catalogue knows
	}
	r.hinges, r.gap = d.Hinges(), d.Gap()
	return r
}

// disagreement notes that the bank names one thing and the descriptor another.
// It is no doubt whether a payment service took the money: the more alarming of
// the two is told of, and the other is told with it.
func (r *recognised) disagreement(e *watch.Event, d *catalog.Decision) {
	readings := d.Readings()
	if len(readings) < 2 {
		return
	}
	first, other := readings[0], readings[1]
	if first.Service != r.match.Service {
		first, other = other, first
	}
	switch {
	case first.Why.Has(catalog.WhyNamed) && other.Service != "":
		r.match.Confidence, r.second = watch.Named, &watch.Second{Service: other.Service}
	case other.Why.Has(catalog.WhyNamed) && !first.Why.Has(catalog.WhyNamed):
		// Of a word that the catalogue does not know it cannot be said that it
		// is another's.
		if s, ok := catalog.ByID(e.Service); ok {
			r.second = &watch.Second{Service: s.ID, Bank: true}
		}
		if d.Match.Service == r.match.Service {
			r.match.Confidence = d.Match.Confidence
		}
	}
}
