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
	// HoldWithin is how long after it a posting of just what was authorised, and
	// stands, is still that debit's: hotels hold an amount for weeks. It is less than
	// any month, because some banks give each payment of a series the same id.
	HoldWithin = 27 * 24 * time.Hour
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
	// Of is the id of which it takes the place, if it does, and that is another
	// than its record's.
	Of string `json:"of,omitempty"`
	// Lent tells that Replaces and Of are another entry's, which says the same: they go
	// with it, should yet another say otherwise.
	Lent bool `json:"lent,omitempty"`
	// Word is the bank's own word for the service, if it named one that the
	// catalogue does not know.
	Word string `json:"word,omitempty"`

	Unknown jsontext.Value `json:",embed"`

	// Joined is the record, by its place among those that are divided, in which
	// a version before had joined what is divided today; 0 if none. It is not kept.
	Joined int `json:"-"`
}

// opens tells whether the entry is a debit or a link, not the undoing of one.
func (e *Entry) opens() bool { return e.Kind == Debit || e.Kind == LinkRegistered }

// same tells whether b says nothing that a does not say. A bank that sends an
// event again may give it another id; two reversals of one amount are two
// unless they are of one moment, or of one id where only their day is known. The
// removals of two services are two, also of two that no catalogue knows, and so are
// debits and links.
// Two debits of one day are the same unless one came back in between: see echo.
func (e *Entry) same(b *Entry) bool {
	if e.Kind != b.Kind || e.Status != b.Status || !e.At.Equal(b.At) || e.Amount != b.Amount || e.Txn != b.Txn ||
		e.Replaces && b.Replaces && e.Of != b.Of {
		return false
	}
	if !e.opens() {
		return (e.Event == b.Event || !e.DateOnly) && (e.Kind != LinkRemoved || e.Service == b.Service && (e.Word == b.Word || e.Event == b.Event))
	}
	return e.Service == b.Service && e.DateOnly == b.DateOnly && (e.word() == b.word() || e.Event == b.Event)
}

// word is what the bank calls a service of which nothing else is known.
func (e *Entry) word() string {
	if e.Service != "" && e.Service != Unlisted {
		return ""
	}
	return e.Word
}

// posting is the bank's own id of a posting that took the place of a pending one;
// empty if it took none.
func (e *Entry) posting() string {
	switch {
	case e.Status == Pending:
		return ""
	case e.Txn == "" && e.Replaces:
		return ownID
	}
	return e.Txn
}

// ownID stands for the id of the record itself, where a posting is told by it.
const ownID = "the record's"

// undoes is the id by which the bank says what a return is of: of a posting that bears
// it, if there is one.
func (e *Entry) undoes() string { return cmp.Or(e.Txn, ownID) }

// echo tells whether b, which says the same, is kept next to a nonetheless: where
// only the day is known, it may be of another time of that day.
func (e *Entry) echo(b *Entry) bool {
	return e.opens() && e.DateOnly && e.Event != b.Event
}

// keepEchoes bounds how often the same is kept, the first and the last of it: a
// bank may give each try to send an event an id of its own.
const keepEchoes = 8

// distinct leaves of entries that say the same those received first, and says of
// each that it takes another's place if any of them said so. It depends only on the set
// of entries.
func distinct(entries []Entry) []Entry {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.Event, b.Event))
	})
	for i := range entries {
		entries[i].giveBack()
	}
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
				if !b.echo(e) {
					known = true
					b.replaces(e)
				}
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
	lend(out)
	return out
}

// replaces has an entry say that it takes another's place if what says the same, and is
// not kept, does.
func (e *Entry) replaces(b *Entry) {
	if b.Replaces && !e.Replaces {
		e.Replaces, e.Of = true, b.Of
	}
}

// lend has each entry that does not say so take another's place if what says the same
// does: the first of those that do.
func lend(entries []Entry) {
	for i := range entries {
		e := &entries[i]
		if e.Replaces {
			continue
		}
		if j := slices.IndexFunc(entries, func(b Entry) bool { return b.Replaces && !b.Lent && b.same(e) }); j >= 0 {
			e.Replaces, e.Of, e.Lent = true, entries[j].Of, true
		}
	}
}

// giveBack leaves an entry what the bank itself said with it.
func (e *Entry) giveBack() {
	if e.Lent {
		e.Replaces, e.Of, e.Lent = false, "", false
	}
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
	slices.SortStableFunc(entries, inOrder)
}

func inOrder(a, b Entry) int {
	return cmp.Or(a.when().Compare(b.when()), cmp.Compare(a.rank(), b.rank()), a.ReceivedAt.Compare(b.ReceivedAt),
		cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Event, b.Event))
}
