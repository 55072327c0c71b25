package lesson

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"

	"kozamori/internal/store"
)

// MinAccounts is how many accounts a form must at least come from to be shown.
const MinAccounts = 20

// Proposal is a form that deserves a look.
type Proposal struct {
	Bank     string `json:"bank"`
	Kind     Kind   `json:"kind"`
	Form     string `json:"form"`
	Service  string `json:"service,omitempty"`
	Accounts int    `json:"accounts"` // about
	Debits   int    `json:"debits"`   // about
	Mine     int    `json:"mine"`
	NotMine  int    `json:"not_mine"`
	Other    int    `json:"other"` // said to be the other reading, such as a card's bill
	What     string `json:"what"`
}

// few are answers from which nothing follows.
const few = 5

// Proposals are the forms of a bank that deserve an entry or a trap, those of
// the most accounts first. Those of fewer than MinAccounts stay unseen.
func Proposals(ctx context.Context, s *store.Store, bank string) ([]Proposal, error) {
	sums := map[form]*store.Lesson{}
	for part, err := range s.Lessons(ctx, bank) {
		if err != nil {
			return nil, err
		}
		for _, l := range part.Counted {
			k := form{Kind(l.Kind), l.Form, l.Service}
			sum := sums[k]
			if sum == nil {
				sum = &store.Lesson{Accounts: make([]byte, bitsOf)}
				sums[k] = sum
			}
			sum.Debits, sum.Mine, sum.NotMine, sum.Other = sum.Debits+l.Debits, sum.Mine+l.Mine, sum.NotMine+l.NotMine, sum.Other+l.Other
			for i := range min(len(l.Accounts), bitsOf) {
				sum.Accounts[i] |= l.Accounts[i]
			}
		}
	}
	var out []Proposal
	for k, sum := range sums {
		if set(sum.Accounts) < MinAccounts {
			continue
		}
		p := Proposal{Bank: bank, Kind: k.kind, Form: k.text, Service: k.service, Accounts: min(about(sum.Accounts), sum.Debits+sum.Mine+sum.NotMine+sum.Other), Debits: sum.Debits, Mine: sum.Mine, NotMine: sum.NotMine, Other: sum.Other}
		if answers := sums[form{Answered, k.text, k.service}]; k.kind == Word && answers != nil {
			p.Mine, p.NotMine, p.Other = answers.Mine, answers.NotMine, answers.Other
		}
		if p.What = p.what(); p.What != "" {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(x, y Proposal) int {
		return cmp.Or(cmp.Compare(y.Accounts, x.Accounts), cmp.Compare(x.Form, y.Form))
	})
	return out, nil
}

// what says what a form deserves; empty if nothing.
func (p *Proposal) what() string {
	often := p.Mine+p.NotMine+p.Other >= few
	switch p.Kind {
	case Rail:
		return "a mark: which rail is it?"
	case Service:
		return "an entry: a service that only the bank knows"
	case Unnamed:
		return "an entry: a name behind a real-time rail"
	case Word:
		switch {
		case !often:
			return "a look: the service, or another business?"
		case p.isOther():
			return otherReading
		case 10*p.NotMine <= p.Mine:
			return "an entry: it is the service's"
		}
		return "a trap, or fraud: it is often not theirs"
	case Answered:
		switch {
		case often && p.isOther():
			return otherReading
		case often && p.NotMine >= p.Mine+p.Other:
			return "a trap, or fraud: it is often not theirs"
		}
	}
	return ""
}

const otherReading = "a bill, or another reading at this bank: it is mostly not the service's"

// isOther tells whether people mostly said that it was the other reading, and
// hardly anybody that it was not theirs.
func (p *Proposal) isOther() bool { return p.Other > p.Mine && 10*p.NotMine <= p.Other }

// bitsOf is the bytes of a field.
const bitsOf = places / 8

// set counts the bits, which are never more than the accounts.
func set(field []byte) int {
	n := 0
	for _, b := range field {
		n += bits.OnesCount8(b)
	}
	return n
}

// about is how many accounts most likely set so many bits.
func about(field []byte) int {
	n, all := set(field), 8*len(field)
	if n == all {
		n--
	}
	return max(n, int(math.Round(-float64(all)*math.Log(1-float64(n)/float64(all)))))
}
