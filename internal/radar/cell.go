// Package radar sees an attack on many accounts of a bank, watched or not, before their
// owners can: it counts refused attempts to link, new links, charges near the limit
// that follow a link, and reports, by service and ten minutes, compares the counts
// with what the bank's hours of the week explain, and says which services stand out.
// It is pure, keeps no account, and nothing that tells people of an event waits for it.
package radar

import (
	"cmp"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Kind is what is counted.
type Kind string

// The kinds. Each counts accounts, and an account once however often it is told of.
const (
	Refused  Kind = "refused"  // attempts to link that the bank refused
	Charged  Kind = "charged"  // charges near the limit within LinkedFor of a link
	NewLink  Kind = "linked"   // new links
	Reported Kind = "reported" // reports by those who watch
)

// Kinds lists them.
var Kinds = []Kind{Refused, NewLink, Charged, Reported}

// Width is how long a cell is.
const Width = 10 * time.Minute

// MaxFirst is how many transactions are named at most.
const MaxFirst = 100

// Cell counts the accounts of one bank, service and kind in ten minutes. It keeps a
// sketch of them, and the ids of the bank's first transactions.
type Cell struct {
	Bank    string    `json:"bank"`
	Service string    `json:"service"`
	Kind    Kind      `json:"kind"`
	At      time.Time `json:"at"`                // when it begins
	Counted string    `json:"counted,omitempty"` // a sketch
	First   []Seen    `json:"first,omitempty"`   // in the order of Seen, at most MaxFirst
	Version int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Seen is a transaction, as its bank names it.
type Seen struct {
	Txn string    `json:"txn"`
	At  time.Time `json:"at"`

	Unknown jsontext.Value `json:",embed"`
}

// CellOf is when the cell of a moment begins.
func CellOf(at time.Time) time.Time { return at.UTC().Truncate(Width) }

// Add counts an account by a transaction; false if it says nothing new. ErrForm.
func (c *Cell) Add(account, txn string, at time.Time) (changed bool, err error) {
	o := Cell{Bank: c.Bank, First: []Seen{{Txn: txn, At: at.UTC().Truncate(time.Millisecond)}}}
	var s Sketch
	s.add(hashOf(c.Bank, account))
	o.Counted = s.text()
	return c.Merge(&o)
}

// Merge takes what another cell of the same bank, service, kind and time has counted;
// false if that says nothing new. ErrForm.
func (c *Cell) Merge(o *Cell) (changed bool, err error) {
	is, err := sketchOf(c.Counted)
	if err != nil {
		return false, err
	}
	other, err := sketchOf(o.Counted)
	if err != nil {
		return false, err
	}
	if is.merge(other) {
		c.Counted, changed = is.text(), true
	}
	first := firsts(c.First, o.First)
	if !slices.EqualFunc(first, c.First, func(a, b Seen) bool { return order(a, b) == 0 }) {
		c.First, changed = first, true
	}
	return changed, nil
}

func order(a, b Seen) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Txn, b.Txn)) }

// firsts are the first of several lists, each transaction once.
func firsts(lists ...[]Seen) []Seen {
	out := slices.Concat(lists...)
	slices.SortFunc(out, order)
	known := map[string]bool{}
	out = slices.DeleteFunc(out, func(s Seen) bool {
		was := known[s.Txn]
		known[s.Txn] = true
		return was
	})
	return out[:min(len(out), MaxFirst)]
}

// Sum is what cells counted together, without those that cannot be read.
func Sum(cells []*Cell) (accounts int, first []Seen) {
	var all Sketch
	lists := make([][]Seen, 0, len(cells))
	for _, c := range cells {
		if s, err := sketchOf(c.Counted); err == nil {
			all.merge(s)
			lists = append(lists, c.First)
		}
	}
	return all.Count(), firsts(lists...)
}
