package watch

import (
	"cmp"
	"slices"
)

// maxWays bounds in how many ways what a bank undid under one id is given to its
// debits or links. Of more it is said that it may be of any.
const maxWays = 1024

// way is one of those: what each record would say. What is alike in several is shared,
// and never changed.
type way struct {
	of  []*reading
	odd int // how much came back of what less was left of
}

// whose says in which ways what a bank undid under an id can be of its debits or
// links, as far as it does not say itself of which it is: of each that it was told
// of before, and of which so much was left. Of debits that are alike only one is
// tried. False tells that there are too many; nil that there is one, as told.
func whose(records []*Record) (ways []way, known bool) {
	g := givingOf(records)
	if len(g.records) < 2 || len(g.undone) == 0 {
		return nil, true
	}
	ways = []way{{of: make([]*reading, len(records))}}
	for i := range records {
		ways[0].of[i] = &reading{}
	}
	for i := range g.undone {
		u := &g.undone[i]
		g.until(ways, u)
		if ways = g.give(ways, u); len(ways) > maxWays {
			return nil, false
		}
	}
	g.until(ways, nil)
	least := slices.MinFunc(ways, func(a, b way) int { return cmp.Compare(a.odd, b.odd) }).odd
	return slices.DeleteFunc(ways, func(w way) bool { return w.odd > least }), true
}

// giving goes through the entries of several records.
type giving struct {
	all     []*Record
	records []int // those of debits and links, the latest first
	stories [][]Entry
	next    []int     // how far each story was gone through
	undone  []undoing // in order
}

// undoing is a return or removal, with the record that it is taken for.
type undoing struct {
	*Entry
	owner, at int
}

func givingOf(records []*Record) giving {
	g := giving{all: records, stories: make([][]Entry, len(records)), next: make([]int, len(records))}
	for i, r := range records {
		if !r.Complete {
			continue
		}
		g.records, g.stories[i] = append(g.records, i), r.Story()
		for at := range g.stories[i] {
			if g.is(i, at) {
				g.undone = append(g.undone, undoing{&g.stories[i][at], i, at})
			}
		}
	}
	slices.SortStableFunc(g.records, func(a, b int) int { return inOrder(g.stories[b][0], g.stories[a][0]) })
	slices.SortStableFunc(g.undone, func(a, b undoing) int { return inOrder(*a.Entry, *b.Entry) })
	return g
}

// is tells whether an entry is a return or removal that may be of another: what
// was told of before the debit is there is not.
func (g *giving) is(record, at int) bool {
	story := g.stories[record]
	return !story[at].opens() && !slices.ContainsFunc(story[:at], func(e Entry) bool { return e.opens() && inOrder(e, story[at]) > 0 })
}

// until reads what was said of each record before a return, or all.
func (g *giving) until(ways []way, u *undoing) {
	for _, i := range g.records {
		for ; g.next[i] < len(g.stories[i]) && !g.is(i, g.next[i]); g.next[i]++ {
			e := &g.stories[i][g.next[i]]
			if u != nil && i != u.owner && inOrder(*e, *u.Entry) > 0 {
				break
			}
			for j := range ways {
				ways[j].of[i] = ways[j].of[i].and(e)
			}
		}
		if u != nil && i == u.owner {
			g.next[i]++
		}
	}
}

// give has a return be of each that it can be of, in each way.
func (g *giving) give(ways []way, u *undoing) (out []way) {
	for _, w := range ways {
		var tried []int
		for _, i := range slices.Concat([]int{u.owner}, g.records) {
			if !slices.Contains(tried, i) && g.could(&w, i, u) && !slices.ContainsFunc(tried, func(j int) bool { return g.alike(&w, i, j) }) {
				tried = append(tried, i)
			}
		}
		if len(tried) == 0 {
			w.odd++
			tried = []int{u.owner}
		}
		for _, i := range tried {
			own := way{slices.Clone(w.of), w.odd}
			own.of[i] = w.of[i].and(u.Entry)
			out = append(out, own)
		}
	}
	return out
}

// could tells whether a return can be of a record, in one way.
func (g *giving) could(w *way, i int, u *undoing) bool {
	r, owner, c := g.all[i], g.all[u.owner], &w.of[i].chain
	if i != u.owner && (owner.named(u.Entry) && !r.named(u.Entry) || owner.postedAs(u.Txn) && !r.postedAs(u.Txn)) {
		return false // the bank says which it is
	}
	return len(c.entries) > 0 && !c.undone() && !c.stands(u.Entry) && c.left() >= u.Amount
}

// alike tells whether two debits are of one service and as much is left of them: it
// does not matter of which some comes back. Of two links it does, because one of
// them can still be used.
func (g *giving) alike(w *way, i, j int) bool {
	return g.all[i].Kind == Debit && g.all[i].likeNamed(g.all[j]) && w.of[i].left() == w.of[j].left()
}
