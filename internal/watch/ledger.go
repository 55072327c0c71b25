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
	// PresentWithin is how long after a debit came back another one of its id
	// may be called the same, presented again.
	PresentWithin = 35 * 24 * time.Hour
	// DayEnds is how long after midnight a bank's day may go on: what is
	// authorised until then may be booked on the day before.
	DayEnds = 6 * time.Hour
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
	// Txn is the bank's own id of it, if that is another than its record's: of
	// what takes the place of a pending one, and of what was said of that since.
	Txn string `json:"txn,omitempty"`

	Unknown jsontext.Value `json:",embed"`

	// Joined is the record, by its place among those that are divided, in which
	// a version before had joined what is divided today; 0 if none. It is not kept.
	Joined int `json:"-"`
}

// opens tells whether the entry is a debit or a link, not the undoing of one.
func (e *Entry) opens() bool { return e.Kind == Debit || e.Kind == LinkRegistered }

// same tells whether b says nothing that a does not say. A bank that sends an
// event again may give it another id; two reversals of one amount are two
// unless they are of one moment, or of one id where only their day is known.
// Two debits of one day are the same unless one came back in between: see echo.
func (e *Entry) same(b *Entry) bool {
	if e.Kind != b.Kind || e.Status != b.Status || !e.At.Equal(b.At) || e.Amount != b.Amount || e.Txn != b.Txn {
		return false
	}
	if !e.opens() {
		return e.Event == b.Event || !e.DateOnly
	}
	return e.Service == b.Service && e.DateOnly == b.DateOnly
}

// posting is the bank's own id of a posting that took the place of a pending one;
// empty if it took none.
func (e *Entry) posting() string {
	switch {
	case e.Status == Pending:
		return ""
	case e.Txn == "" && e.Replaces:
		return "the record's"
	}
	return e.Txn
}

// apart tells whether the entry is a posting of another id than one that took the
// place of a pending one.
func (e *Entry) apart(posted string) bool {
	own := e.posting()
	return own != "" && posted != "" && own != posted
}

// echo tells whether b, which says the same, is kept next to a nonetheless: where
// only the day is known, it may be of another time of that day.
func (e *Entry) echo(b *Entry) bool {
	return e.opens() && e.DateOnly && e.Event != b.Event
}

// keepEchoes bounds how often the same is kept, the first and the last of it: a
// bank may give each try to send an event an id of its own.
const keepEchoes = 8

// distinct leaves of entries that say the same those received first, and says of
// each that it takes another's place if any of them said so. It depends only on
// the set of entries.
func distinct(entries []Entry) []Entry {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.Event, b.Event))
	})
	out := make([]Entry, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		said, second := 0, -1
		known := false
		for j := range out {
			if b := &out[j]; b.same(e) {
				if said++; said == 2 {
					second = j
				}
				known = known || !b.echo(e)
				b.Replaces = b.Replaces || e.Replaces
				e.Replaces = e.Replaces || b.Replaces
				b.Joined = max(b.Joined, e.Joined)
				e.Joined = b.Joined
			}
		}
		if known {
			continue
		}
		if said == keepEchoes {
			out = slices.Delete(out, second, second+1)
		}
		out = append(out, *e)
	}
	return out
}

// when is the time by which an entry is put in order. What is known by its day
// alone happened when it was received, or at the end of that day if it was
// received later.
func (e *Entry) when() time.Time {
	end := e.At.Add(24*time.Hour - time.Millisecond)
	switch {
	case !e.DateOnly || e.ReceivedAt.Before(e.At):
		return e.At
	case e.ReceivedAt.After(end):
		return end
	}
	return e.ReceivedAt
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
		return cmp.Or(a.when().Compare(b.when()), cmp.Compare(a.rank(), b.rank()), a.ReceivedAt.Compare(b.ReceivedAt),
			cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Event, b.Event))
	})
}

// chain is one transaction while entries are divided: its entries in order.
type chain struct {
	entries  []Entry
	pending  bool   // no debit of the present presentation is posted
	held     bool   // one of them was authorised
	txn      string // the bank's own id of what is posted, if that took the place of a pending one
	amount   int64
	returned int64
	opened   Entry // the first debit of the present presentation: of two, that received first
	latest   Entry // the latest debit
	named    Entry // the latest debit whose service is known
	again    int   // how often it was presented again
	backAt   time.Time
	back     Entry   // what came back last
	awaits   bool    // posted in the place of a pending one that is not among the entries yet
	echoes   []Entry // what was said once more, and may be of another time of its day
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
	entries = distinct(entries)
	sortEntries(entries)
	var chains []*chain
	var early []Entry // undone before anything that they could undo
	for i := range entries {
		e := &entries[i]
		if !e.opens() {
			if c := undoneBy(chains, e); c != nil {
				c.undo(e)
				if again, ok := c.reopens(); ok {
					chains, c = place(chains, &again)
					c.open(&again)
				}
			} else {
				early = append(early, *e)
			}
			continue
		}
		if i := slices.IndexFunc(chains, func(c *chain) bool { return c.echoed(e) }); i >= 0 {
			chains[i].entries, chains[i].echoes = append(chains[i].entries, *e), append(chains[i].echoes, *e)
			continue
		}
		var c *chain
		chains, c = place(chains, e)
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

// place finds the transaction that a debit or link is a stage of, or begins one.
func place(chains []*chain, e *Entry) ([]*chain, *chain) {
	if c := takenBy(chains, e); c != nil {
		return chains, c
	}
	c := &chain{}
	return append(chains, c), c
}

// echoed tells whether a debit or link says no more than an entry of the same
// day that stands, or that was undone, but not in between.
func (c *chain) echoed(e *Entry) bool {
	return e.Amount <= c.amount && (!c.undone() || !c.between(e)) &&
		slices.ContainsFunc(c.entries, func(b Entry) bool { return b.same(e) && b.echo(e) })
}

// between tells whether the undoing was received after what it undid, and before
// what says the same again.
func (c *chain) between(e *Entry) bool {
	return !c.back.ReceivedAt.Before(c.opened.ReceivedAt) && !e.ReceivedAt.Before(c.back.ReceivedAt)
}

// reopens takes out what had seemed to be said once more, and turns out to have
// been said after all of it came back.
func (c *chain) reopens() (again Entry, ok bool) {
	if !c.undone() {
		return Entry{}, false
	}
	i := slices.IndexFunc(c.echoes, func(e Entry) bool { return c.between(&e) })
	if i < 0 {
		return Entry{}, false
	}
	again = c.echoes[i]
	c.echoes = slices.Delete(c.echoes, i, i+1)
	c.entries = slices.DeleteFunc(c.entries, func(e Entry) bool { return e.Event == again.Event && e.same(&again) })
	return again, true
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
	// Banks post under a plainer text than they authorise, or a clearer one.
	like := sameService || c.latest.Service == "" || e.Service == ""
	switch {
	case e.Joined > 0 && e.Joined == c.latest.Joined:
		return true // people were told of it as one
	case e.Kind == LinkRegistered:
		return !c.undone() && sameDay && sameService
	case e.apart(c.txn):
		return false // two postings for one authorisation: each captured a part of it
	case e.Replaces && c.pending:
		return true
	case c.undone() && !sameService && !(like && e.Amount == c.amount):
		return false // apart from that, a return joins and parts nothing: it may come late
	case !c.pending && e.Status == Pending:
		// Its posting bears an earlier time: that of the booking, or of the day.
		return c.awaits && !e.At.After(c.latest.ReceivedAt) && c.latest.At.Sub(e.At).Abs() <= PostWithin ||
			!c.held && like && c.latest.bookedBefore(e) ||
			sameDay && (like && c.amount == e.Amount || e.ReceivedAt.Before(c.latest.ReceivedAt) ||
				e.ReceivedAt.Equal(c.latest.ReceivedAt) && e.Amount <= c.amount)
	case !c.pending:
		return sameDay && like
	case e.At.Sub(c.opened.At) > PostWithin:
		return false
	case sameDay:
		return true
	case e.Status == Pending:
		return like && e.Amount > c.amount
	}
	return like
}

// bookedBefore tells whether a posting may be that of an authorisation which was
// heard of before it, though it bears an earlier day: that of its booking, or of
// a clock that is not quite the other's.
func (e *Entry) bookedBefore(held *Entry) bool {
	end := ClockSkew
	if e.DateOnly {
		end = 24*time.Hour + DayEnds
	}
	apart := held.At.Sub(e.At)
	return held.ReceivedAt.Before(e.ReceivedAt) && apart >= 0 && apart <= end
}

// undoneBy finds what a reversal or a removal undoes: of its service, if it
// names one, and of what is not undone yet the one of which just so much is left, else the latest of which so much
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
		if e.Service != "" && c.named.Service == e.Service {
			s += 4 // none of another service before it
		}
		if e.Txn != "" && c.txn == e.Txn {
			s += 8 // nor of another id of the bank's
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
	case c.released(e):
		c.amount, c.latest = e.Amount, *e
		c.returned, c.backAt = 0, time.Time{}
	case len(c.entries) == 0 || c.undone():
		if len(c.entries) > 0 {
			c.again++
		}
		c.opened, c.pending, c.held = *e, true, false
		c.returned, c.backAt = 0, time.Time{}
		c.amount, c.latest = e.Amount, *e
		c.awaits = e.Replaces && e.Status != Pending
	case c.pending && e.Status != Pending && c.returned > 0 && e.Amount == c.left():
		c.latest = *e // posted less what came back before: no other amount
	case c.pending || e.Status != Pending:
		c.amount, c.latest = e.Amount, *e
		c.returned = min(c.returned, c.amount)
	case e.ReceivedAt.Before(c.opened.ReceivedAt):
		c.opened = *e
	}
	c.awaits = c.awaits && e.Status != Pending
	if e.Service != "" && (c.named.Service == "" || c.latest.same(e)) {
		c.named = *e
	}
	c.pending, c.held = c.pending && e.Status == Pending, c.held || e.Status == Pending
	c.txn = cmp.Or(e.posting(), c.txn)
	c.entries = append(c.entries, *e)
}

// released tells whether what came back is the authorisation alone, whose posting
// was heard of before: it is taken once, and people knew of it all the time.
func (c *chain) released(posting *Entry) bool {
	return c.undone() && c.pending && posting.Kind == Debit && posting.Status != Pending && posting.ReceivedAt.Before(c.back.ReceivedAt)
}

// undo adds a reversal, or a removal. No more comes back than was taken.
func (c *chain) undo(e *Entry) {
	if c.backAt.Before(e.At) {
		c.backAt = e.At
	}
	c.back = *e
	if e.Amount == 0 {
		c.returned = c.amount
	} else {
		c.returned = min(c.amount, c.returned+e.Amount)
	}
	c.entries = append(c.entries, *e)
}

// day is the calendar day in JST.
func day(t time.Time) string { return t.In(JST).Format(time.DateOnly) }
