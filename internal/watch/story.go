package watch

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxEntries is how many entries one transaction keeps. A bank that says more
// about one debit says nothing that a person could follow.
const MaxEntries = 100

// MaxTwins is how many other transactions of its id a record names. Older ones
// are still found by their day.
const MaxTwins = 60

// Twin is another transaction that the bank reported under the same id.
type Twin struct {
	Record string    `json:"record"`
	At     time.Time `json:"at"` // when it happened

	Unknown jsontext.Value `json:",embed"`
}

// NewRecord makes the record of a transaction's first entry.
func NewRecord(id string, k AccountKey, e Entry) *Record {
	r := &Record{ID: id, OnAccount: On(k)}
	r.Tell([]Entry{e})
	return r
}

// Story lists what the bank said of the record's transaction or link, in the
// order in which it happened.
func (r *Record) Story() []Entry {
	if len(r.Entries) > 0 {
		return r.Entries
	}
	// One entry says nothing that the record does not say; and records were
	// written without entries before there were any.
	undoing := DebitReversed
	if r.Kind == LinkRegistered {
		undoing = LinkRemoved
	}
	if !r.Complete && r.UndoneAt.IsZero() {
		return nil
	}
	if !r.Complete {
		return []Entry{{Event: r.Event, Kind: undoing, At: r.UndoneAt, ReceivedAt: r.ReceivedAt}}
	}
	e := Entry{Event: r.Event, Kind: r.Kind, Status: r.Status, At: r.OccurredAt, ReceivedAt: r.ReceivedAt, Amount: r.Amount,
		Balance: r.Balance, Descriptor: r.Descriptor, Service: r.Service, Confidence: r.Confidence, Other: r.Other, Second: r.Second, Route: r.Route, DateOnly: r.DateOnly}
	if r.Inherits {
		e.Service, e.Confidence, e.Other, e.Second = "", "", "", nil
	}
	if r.UndoneAt.IsZero() {
		return []Entry{e}
	}
	return []Entry{e, {Event: r.Event, Kind: undoing, At: r.UndoneAt, ReceivedAt: r.ReceivedAt}}
}

// Word is the bank's own word for the service, if the catalogue knows none of what the
// bank called it; empty otherwise.
func (r *Record) Word() string {
	switch {
	case r.Service != "" && r.Service != Unlisted:
		return ""
	case r.Said != nil:
		return r.Said.Word
	}
	for i := len(r.Entries) - 1; i >= 0; i-- {
		if e := &r.Entries[i]; e.opens() && e.Word != "" {
			return e.Word
		}
	}
	return ""
}

// Tell makes the record say what these entries of one transaction, in order,
// come to.
func (r *Record) Tell(entries []Entry) {
	c, early, _ := read(entries)
	r.Entries, r.Inherits, r.NamedAt = nil, false, time.Time{}
	if len(entries) != 1 || !entries[0].opens() || entries[0].Replaces || entries[0].Txn != "" || entries[0].Word != "" || entries[0].Unknown != nil {
		r.Entries = entries
	}
	if len(entries) == 0 {
		r.Complete, r.UndoneAt, r.Freed = false, time.Time{}, 0
		return
	}
	if len(c.entries) == 0 { // only undone so far
		e := &entries[0]
		r.Kind, r.Complete = Debit, false
		if e.Kind == LinkRemoved {
			r.Kind = LinkRegistered
		}
		r.Event, r.OccurredAt, r.ReceivedAt = e.Event, e.At, e.ReceivedAt
		r.UndoneAt, r.Amount, r.Service = lastAt(early), e.Amount, ""
		return
	}
	o := &c.opened
	r.Kind, r.Complete, r.Event = o.Kind, true, o.Event
	r.OccurredAt, r.ReceivedAt, r.DateOnly = o.At, o.ReceivedAt, o.DateOnly
	r.Amount, r.Returned, r.Again, r.AgainLate = c.amount, c.returned, c.again, 1+c.again-len(c.heard)
	r.Status = o.Status
	if o.Kind == Debit && !c.pending {
		r.Status = Posted
	}
	r.Descriptor, r.Service, r.Confidence, r.Route = c.latest.Descriptor, "", c.latest.Confidence, o.Route
	r.Other, r.Second = c.latest.Other, nil
	if c.named.Service != "" {
		r.Descriptor, r.Service, r.Confidence = c.named.Descriptor, c.named.Service, c.named.Confidence
		r.Other, r.Second = c.named.Other, c.named.Second
	}
	r.Balance = nil
	for _, e := range slices.Backward(entries) {
		if e.opens() && e.Balance != nil {
			r.Balance = e.Balance
			break
		}
	}
	r.UndoneAt, r.Freed = time.Time{}, 0
	if c.pending {
		r.Freed = c.returned - min(c.solid.returned, c.amount)
	}
	if c.undone() {
		r.UndoneAt = c.backAt
	}
	if r.Amount == r.Returned {
		r.Returned = 0 // UndoneAt says it
	}
}

// reading goes through the entries of one transaction, in order.
type reading struct {
	chain
	early  []Entry // those that undid it before it was there
	gained Entry   // the latest by which more was taken than before, by another service, or again
}

func (c *reading) next(e *Entry) {
	switch {
	case e.opens() && c.echoed(e):
		c.entries = append(c.entries, *e)
	case e.opens():
		amount, service, again := c.amount, c.named.Service, c.again
		c.open(e)
		if len(c.entries) == 1 || c.amount > amount || c.named.Service != service || c.again > again {
			c.gained = *e
		}
		for j := range c.early {
			c.undo(&c.early[j])
		}
		c.early = nil
	case len(c.entries) == 0:
		c.early = append(c.early, *e)
	default:
		c.undo(e)
	}
}

// read goes through all entries of one transaction.
func read(entries []Entry) (c *chain, early []Entry, gained Entry) {
	r := reading{chain: chain{ids: linksOf(entries)}}
	for i := range entries {
		r.next(&entries[i])
	}
	return &r.chain, r.early, r.gained
}

func lastAt(entries []Entry) time.Time {
	return slices.MaxFunc(entries, func(a, b Entry) int { return a.At.Compare(b.At) }).At
}

// Kept is how much of a debit is still taken, in yen.
func (r *Record) Kept() int64 {
	if !r.UndoneAt.IsZero() {
		return 0
	}
	return r.Amount - r.Returned
}

// TwinOf notes another transaction of the record's id. Only the record of the
// id itself does.
func (r *Record) TwinOf(t Twin) {
	r.Twins = slices.DeleteFunc(slices.Clone(r.Twins), func(x Twin) bool { return x.Record == t.Record })
	r.Twins = append(r.Twins, t)
	slices.SortStableFunc(r.Twins, func(a, b Twin) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Record, b.Record)) })
	r.Twins = r.Twins[max(0, len(r.Twins)-MaxTwins):]
}

// nearTwins is how many other transactions of an id are looked at for an event.
const nearTwins = 8

// Near lists the twins closest in time to a moment.
func (r *Record) Near(at time.Time) []string {
	twins := slices.Clone(r.Twins)
	slices.SortStableFunc(twins, func(a, b Twin) int {
		return cmp.Or(cmp.Compare(at.Sub(a.At).Abs(), at.Sub(b.At).Abs()), cmp.Compare(a.Record, b.Record))
	})
	var out []string
	for _, t := range twins[:min(len(twins), nearTwins)] {
		out = append(out, t.Record)
	}
	return out
}

// ErrEntries says that a bank said more of one transaction than is kept.
var ErrEntries = errors.New("watch: more than MaxEntries entries of one transaction")

// Add puts an entry among those of the records of one id, divides them again,
// and gives each transaction to the record that was known by most of it, so
// that what people were told of goes on. It returns the records that changed,
// and what needs a record of its own: nothing at all if the entry says nothing
// new. A record whose entries turn out to be another's is left without any, and
// so is one with an Alias.
func Add(records []*Record, e Entry) (changed []*Record, fresh [][]Entry, err error) {
	var all []Entry
	known := make([][]Entry, len(records))
	for i, r := range records {
		known[i] = r.joined(i+1, records[0].Txn)
		if slices.ContainsFunc(known[i], func(b Entry) bool { return b.heard(e) }) {
			return nil, nil, nil
		}
		all = append(all, known[i]...)
	}
	chains := Divide(append(all, e))
	for _, c := range chains {
		for i := range c {
			c[i].Joined = 0
		}
	}
	if slices.ContainsFunc(chains, func(c []Entry) bool { return len(c) > MaxEntries }) {
		return nil, nil, ErrEntries
	}
	owner, owned := claim(records, known, chains)
	for i, r := range records {
		switch j := owned[i]; {
		case j < 0 && len(r.Story()) > 0:
			r.Tell(nil)
		case j < 0, slices.EqualFunc(chains[j], known[i], func(a, b Entry) bool {
			return a.Event == b.Event && a.Replaces == b.Replaces && a.Lent == b.Lent && a.Txn == b.Txn && a.Of == b.Of && a.same(&b)
		}):
			continue
		case r.isOfItsID():
			r.Tell(relative(chains[j], records[0].Txn, r.Txn))
		default:
			r.Tell(chains[j])
		}
		changed = append(changed, r)
	}
	for j, c := range chains {
		if owner[j] < 0 {
			fresh = append(fresh, c)
		}
	}
	return changed, fresh, nil
}

// StaysApart tells whether the last of some records, those of one id and that of
// another, still tells of a debit of its own once an entry is among them: not of
// one of which another of them told. It changes none of them.
func StaysApart(records []*Record, e Entry) (bool, error) {
	clones := make([]*Record, len(records))
	for i, r := range records {
		clones[i] = r.Clone()
	}
	_, _, err := Add(clones, e)
	last, txn := clones[len(clones)-1], records[0].Txn
	story := last.joined(0, txn)
	told := slices.ContainsFunc(records[:len(records)-1], func(r *Record) bool {
		return slices.ContainsFunc(r.joined(0, txn), func(b Entry) bool {
			return slices.ContainsFunc(story, func(x Entry) bool { return x.Event == b.Event || x.same(&b) })
		})
	})
	return last.Complete && len(story) > 0 && !told, err
}

// heard tells whether an event that comes again said this. The version before
// kept no ids of the bank's own.
func (e *Entry) heard(again Entry) bool {
	if e.Txn == "" {
		again.Txn = ""
	}
	return e.Event == again.Event && e.same(&again) && (e.Replaces && !e.Lent || !again.Replaces)
}

// joined is the record's story. A version before took what was presented again on
// another day for the same debit: a record in which it did so stays one, under a
// mark that is not kept. Its ids are as the record whose own is txn would have
// them.
func (r *Record) joined(mark int, txn string) []Entry {
	story := r.Story()
	if r.Alias != "" || r.isOfItsID() {
		story = relative(story, r.Txn, txn)
	}
	// What else was said under its id is not in it.
	if fits(story, &chain{ids: linksOf(story), captured: math.MaxInt64}) || fits(story, &chain{captured: math.MaxInt64, alone: true}) {
		return story
	}
	story = slices.Clone(story)
	for i := range story {
		story[i].Joined = mark
	}
	return story
}

// fits tells whether a transaction takes each of some entries.
func fits(story []Entry, c *chain) bool {
	for i := range story {
		switch e := &story[i]; {
		case !e.opens() && len(c.entries) == 0:
		case !e.opens():
			c.undo(e)
		case c.echoed(e):
			c.entries = append(c.entries, *e)
		case len(c.entries) > 0 && !c.takes(e):
			return false
		default:
			c.open(e)
		}
	}
	return true
}

// isOfItsID tells whether the record is the one that its bank's own id leads to,
// and not a further debit of an id.
func (r *Record) isOfItsID() bool {
	e := Event{Bank: r.Account.Bank, AccountRef: r.Account.Ref, TransactionID: r.Txn, Kind: r.Kind}
	return r.Txn != "" && r.ID == e.RecordID()
}

// relative are the entries of the record of one id as that of another one would
// have them: either leaves its own id out.
func relative(entries []Entry, from, to string) []Entry {
	if from == to {
		return entries
	}
	entries = slices.Clone(entries)
	as := func(id string) string {
		if id = cmp.Or(id, from); id == to {
			return ""
		}
		return id
	}
	for i := range entries {
		e := &entries[i]
		e.Txn = as(e.Txn)
		if e.Replaces {
			e.Of = as(e.Of)
		}
	}
	return entries
}

// claim says which record each transaction belongs to, and the reverse; -1 is
// none.
func claim(records []*Record, stories, chains [][]Entry) (owner, owned []int) {
	type pair struct{ record, chain, weight int }
	var pairs []pair
	for i, r := range records {
		if r.Alias != "" {
			continue
		}
		for j, c := range chains {
			n := 0
			for k := range c {
				if !slices.ContainsFunc(stories[i], func(b Entry) bool { return b.same(&c[k]) }) {
					continue
				}
				n++ // what the record was last known by weighs most
				if c[k].opens() && c[k].Amount == r.Amount && c[k].Status == r.Status {
					n += MaxEntries
				}
			}
			if n > 0 {
				pairs = append(pairs, pair{i, j, n})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return b.weight - a.weight })
	owner, owned = slices.Repeat([]int{-1}, len(chains)), slices.Repeat([]int{-1}, len(records))
	for _, p := range pairs {
		if owner[p.chain] < 0 && owned[p.record] < 0 {
			owner[p.chain], owned[p.record] = p.record, p.chain
		}
	}
	return owner, owned
}
