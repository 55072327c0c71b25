package watch

import (
	"cmp"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/quote"
)

// How far apart the stages of one debit may lie. Longer, and the bank has used
// an id again: a debit too many is told, a debit too few is a theft unheard.
const (
	// PostWithin is how long after its authorisation a debit may be posted.
	PostWithin = 14 * 24 * time.Hour
	// PresentWithin is how long after it came back a debit may be presented
	// again and still be the same one.
	PresentWithin = 35 * 24 * time.Hour
)

// Entry is one thing that the bank said of a transaction or a charge link.
// Entries are never changed; everything else of a Record follows from them, in
// whatever order they came.
type Entry struct {
	Event      string     `json:"event"`
	Kind       Kind       `json:"kind"`
	Status     Status     `json:"status,omitempty"` // of a debit
	At         time.Time  `json:"at"`               // occurred_at
	ReceivedAt time.Time  `json:"received_at"`
	Amount     int64      `json:"amount,omitempty"` // yen; of a reversal 0 means all that is left
	Balance    *int64     `json:"balance,omitempty"`
	Descriptor quote.Text `json:"descriptor,omitempty"`
	Service    string     `json:"service,omitempty"`
	Confidence Confidence `json:"confidence,omitempty"`
	Other      string     `json:"other,omitempty"` // see Record
	Second     *Second    `json:"second,omitempty"`
	Route      string     `json:"route,omitempty"`
	DateOnly   bool       `json:"date_only,omitempty"` // the bank named a day, no time
	Replaces   bool       `json:"replaces,omitempty"`  // the bank says that it takes the place of a pending one

	Unknown jsontext.Value `json:",embed"`
}

// opens tells whether the entry is a debit or a link, not the undoing of one.
func (e *Entry) opens() bool { return e.Kind == Debit || e.Kind == LinkRegistered }

// same tells whether b says nothing that a does not say. A bank that sends an
// event again may give it another id; two reversals of one amount are two
// unless they are of one moment, or of one id where only their day is known.
func (e *Entry) same(b *Entry) bool {
	if e.Kind != b.Kind || e.Status != b.Status || !e.At.Equal(b.At) || e.Amount != b.Amount {
		return false
	}
	if !e.opens() {
		return e.Event == b.Event || !e.DateOnly
	}
	return e.Service == b.Service
}

// before tells which of two entries that say the same was received first.
func (e *Entry) before(b *Entry) bool {
	return cmp.Or(e.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(e.Event, b.Event)) < 0
}

// rank orders what happened at one moment: a debit is authorised, then posted,
// then reversed.
func (e *Entry) rank() int {
	switch {
	case !e.opens():
		return 2
	case e.Status == Pending:
		return 0
	}
	return 1
}

// sortEntries puts entries into the order in which they happened. Of two
// amounts for one moment, the one received later counts.
func sortEntries(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.rank(), b.rank()), a.ReceivedAt.Compare(b.ReceivedAt),
			cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Event, b.Event))
	})
}

// chain is one transaction while entries are divided: its entries in order.
type chain struct {
	entries  []Entry
	pending  bool // no debit of the present presentation is posted
	amount   int64
	returned int64
	opened   Entry // the first debit of the present presentation
	latest   Entry // the latest debit
	named    Entry // the latest debit whose service is known
	again    int   // how often it was presented again
	backAt   time.Time
}

// left is how much of it has not come back.
func (c *chain) left() int64 { return c.amount - c.returned }

// undone tells whether all of a debit came back, or a link was removed.
func (c *chain) undone() bool { return !c.backAt.IsZero() && c.left() <= 0 }

// Divide says which transactions (or links) the entries are that a bank
// reported under one id: usually one. Some banks use an id again, each day or
// for each payment of a series; what is not a stage of the debit before it is
// a debit of its own. It depends only on the set of entries.
func Divide(entries []Entry) [][]Entry {
	entries = slices.Clone(entries)
	sortEntries(entries)
	var chains []*chain
	var early []Entry // undone before anything that they could undo
	for i := range entries {
		e := &entries[i]
		if i > 0 && slices.ContainsFunc(entries[:i], func(b Entry) bool { return b.same(e) }) {
			continue
		}
		if !e.opens() {
			if c := undoneBy(chains, e); c != nil {
				c.undo(e)
			} else {
				early = append(early, *e)
			}
			continue
		}
		c := takenBy(chains, e)
		if c == nil {
			c = &chain{}
			chains = append(chains, c)
		}
		c.open(e)
		if len(early) > 0 {
			for j := range early {
				c.undo(&early[j])
			}
			early = nil
		}
	}
	out := make([][]Entry, 0, max(len(chains), 1))
	for _, c := range chains {
		out = append(out, c.entries)
	}
	if len(early) > 0 {
		out = append(out, early)
	}
	return out
}

// takenBy finds the transaction that a debit is a stage of, or the link that
// is registered already; nil if it is one of its own. One of the same amount
// comes first, then the latest.
func takenBy(chains []*chain, e *Entry) *chain {
	var found *chain
	for _, c := range slices.Backward(chains) {
		if !c.takes(e) {
			continue
		}
		if c.amount == e.Amount {
			return c
		}
		if found == nil {
			found = c
		}
	}
	return found
}

func (c *chain) takes(e *Entry) bool {
	sameDay, sameService := day(c.latest.At) == day(e.At), c.latest.Service == e.Service
	switch {
	case e.Kind == LinkRegistered:
		return !c.undone() && sameDay && sameService
	case e.Replaces && c.pending:
		return true
	case c.undone():
		return sameService && e.At.Sub(c.backAt) <= PresentWithin
	case !c.pending && e.Status == Pending:
		return sameDay && sameService && c.amount == e.Amount
	case !c.pending:
		return sameDay && sameService
	case e.At.Sub(c.opened.At) > PostWithin:
		return false
	case sameDay:
		return true
	case e.Status == Pending:
		return sameService && e.Amount > c.amount
	}
	return sameService || c.latest.Service == "" || e.Service == ""
}

// undoneBy finds what a reversal or a removal undoes: of what is not undone
// yet the one of which just so much is left, else the latest of which so much
// is left, else the latest.
func undoneBy(chains []*chain, e *Entry) *chain {
	var best *chain
	score := -1
	for _, c := range slices.Backward(chains) {
		s := 0
		switch {
		case c.undone():
		case e.Amount == 0 || c.left() < e.Amount:
			s = 1
		case c.left() > e.Amount:
			s = 2
		default:
			s = 3
		}
		if s == 1 && e.Amount == 0 {
			s = 3
		}
		if s > score {
			best, score = c, s
		}
	}
	return best
}

// open adds a debit, or a link.
func (c *chain) open(e *Entry) {
	switch {
	case len(c.entries) == 0 || c.undone():
		if len(c.entries) > 0 {
			c.again++
		}
		c.opened, c.pending = *e, true
		c.returned, c.backAt = 0, time.Time{}
		c.amount, c.latest = e.Amount, *e
	case c.pending && e.Status != Pending && c.returned > 0 && e.Amount == c.left():
		c.latest = *e // posted less what came back before: no other amount
	case c.pending || e.Status != Pending:
		c.amount, c.latest = e.Amount, *e
		c.returned = min(c.returned, c.amount)
	}
	if e.Service != "" && (c.named.Service == "" || c.latest.same(e)) {
		c.named = *e
	}
	c.pending = c.pending && e.Status == Pending
	c.entries = append(c.entries, *e)
}

// undo adds a reversal, or a removal. No more comes back than was taken.
func (c *chain) undo(e *Entry) {
	if c.backAt.Before(e.At) {
		c.backAt = e.At
	}
	if e.Amount == 0 {
		c.returned = c.amount
	} else {
		c.returned = min(c.amount, c.returned+e.Amount)
	}
	c.entries = append(c.entries, *e)
}

// day is the calendar day in JST.
func day(t time.Time) string { return t.In(JST).Format(time.DateOnly) }
