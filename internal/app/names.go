package app

import (
	"context"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/notify"
	"kozamori/internal/phone"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Names is what people call banks and services: the bank's own entry first,
// then the catalogue. A literal reads a bank's entry each time; NewNames keeps
// it for a minute.
type Names struct {
	Store *store.Store
	banks *banks
	at    time.Time // for whom to call, if it is not now
}

// At names whom to call at a time: a message is worded the same whenever it is.
func (n Names) At(at time.Time) notify.Names {
	n.at = at
	return n
}

func (n Names) now() time.Time {
	switch {
	case !n.at.IsZero():
		return n.at
	case n.banks != nil && n.banks.now != nil:
		return n.banks.now()
	}
	return time.Now()
}

// NewNames makes Names that keep what they read of a bank for a minute.
func NewNames(s *store.Store, now func() time.Time) Names {
	return Names{Store: s, banks: &banks{now: now, kept: map[string]keptBank{}}}
}

// Bank names a bank. A bank that is not known is named by its code.
func (n Names) Bank(ctx context.Context, code string, lang watch.Lang) (string, wording.Contact) {
	name, contact := code, wording.Contact{}
	if b, ok := catalog.BankByCode(code); ok {
		name, contact = b.Name(lang), toCall(b.Contacts, n.now())
		contact.Claims = claimsOf(b.Claims)
	}
	if b, err := n.banks.get(ctx, n.Store, code); err == nil {
		if c := n.own(b); c.Phone != "" && !(n.closed(c.Hours) && n.answered(contact)) {
			contact.Phone, contact.For, contact.Hours, contact.CheckedOn = phone.Japans(c.Phone), c.For, c.Hours, c.On
		}
		switch {
		case lang == watch.English && b.NameEn != "":
			name = b.NameEn
		case lang != watch.English && b.Name != "":
			name = b.Name
		}
	}
	return name, contact
}

// Service names a payment service; empty if it is not known.
func (n Names) Service(id string, lang watch.Lang) (string, wording.Contact) {
	s, ok := catalog.ByID(id)
	if !ok {
		return "", wording.Contact{}
	}
	contact := toCall(s.Contacts, n.now())
	contact.Claims = claimsOf(s.Claims)
	return s.Name(lang), contact
}

// claimsOf are the terms of the catalogue within which a loss can be claimed.
func claimsOf(claims []catalog.Claim) []wording.ClaimFact {
	var out []wording.ClaimFact
	for _, c := range claims {
		out = append(out, wording.ClaimFact{Days: c.Days, FromLoss: c.Since == "loss", AsOf: c.AsOf, Doubtful: c.SecondHand(), Like: c.Like()})
	}
	return out
}

// own is the number that a bank gives itself: the first that is answered now, else
// the first of which that is not known, else the first.
func (n Names) own(b *store.Bank) store.Contact {
	var best store.Contact
	rank := -1
	for _, c := range b.Contacts() {
		// A bank of before may have one that is refused now.
		if r := ranked(c.Hours, n.now()); r > rank && phone.Dials(c.Phone) {
			best, rank = c, r
		}
	}
	return best
}

// ranked orders numbers by when they are answered: 2 now, 1 not known, 0 not now.
func ranked(hours string, now time.Time) int {
	switch open, known := watch.Answered(hours, now); {
	case open:
		return 2
	case known:
		return 0
	}
	return 1
}

// closed tells whether a bank says of its number that it is not answered now, and
// answered whether that of the catalogue is: at night the night line goes first.
func (n Names) closed(hours string) bool {
	open, known := watch.Answered(hours, n.now())
	return known && !open
}

func (n Names) answered(c wording.Contact) bool {
	open, _ := watch.Answered(c.For, n.now())
	return c.Phone != "" && open
}

// oldNumbers counts the numbers of the catalogue that are not told any more because
// they were looked up too long ago. What was too old already when the newest one was
// looked up never was told: nothing has changed, and it is no alarm.
func oldNumbers(now time.Time) int {
	var all []catalog.Contact
	for _, s := range catalog.Services() {
		all = append(all, s.Contacts...)
	}
	for _, code := range catalog.BankCodes() {
		if b, ok := catalog.BankByCode(code); ok {
			all = append(all, b.Contacts...)
		}
	}
	return expired(all, now)
}

func expired(all []catalog.Contact, now time.Time) (n int) {
	var newest time.Time
	for i := range all {
		if at, ok := all[i].LookedUp(); ok && at.After(newest) {
			newest = at
		}
	}
	for i := range all {
		if c := &all[i]; c.Official && phone.Dials(c.Phone) && c.Stale(now) && !c.Stale(newest) {
			n++
		}
	}
	return n
}

// toCall is a number of the catalogue that a page of its owner gives, that any
// telephone dials, and that was looked up within a year: the first that is
// answered now, else the first of which nothing is known, else the first. A number
// that is wrong costs somebody in fear more than none: without one the words say
// where it stands.
func toCall(contacts []catalog.Contact, now time.Time) wording.Contact {
	var best *catalog.Contact
	rank := -1
	for i := range contacts {
		c := &contacts[i]
		if !c.Official || !phone.Dials(c.Phone) || c.Stale(now) {
			continue
		}
		if r := ranked(c.For, now); r > rank {
			best, rank = c, r
		}
	}
	if best == nil {
		return wording.Contact{}
	}
	return wording.Contact{Phone: phone.Japans(best.Phone), For: best.For, CheckedOn: best.Checked}
}

// Services lists the payment services to choose from.
func (n Names) Services(lang watch.Lang) []wording.Choice {
	var out []wording.Choice
	for _, s := range catalog.Offered(n.now()) {
		out = append(out, wording.Choice{ID: s.ID, Name: s.Name(lang)})
	}
	return out
}

// IsService tells whether a payment service is known by this id.
func (n Names) IsService(id string) bool { _, ok := catalog.ByID(id); return ok }

// Fold brings the spellings of a descriptor together, as the rules about
// words compare them.
func (n Names) Fold(s string) string { return catalog.Fold(s) }

// LimitsOf is the most yen that a service takes at once and in a calendar
// month; 0 is not known.
func (n Names) LimitsOf(service string) (once, month int64) { return catalog.LimitsOf(service) }
