package watch

import (
	"cmp"
	"slices"
)

// In how many ways what a bank undid under one id is given to its debits or links, and
// how many steps that may take: a few milliseconds for an event. Of more, which is
// what a bank says that has one id for all that it takes, it is said that it may be of
// any.
const (
	maxWays  = 256
	maxSteps = 8192
)

// way is one of those: what each record would say. What is alike in several is shared,
// and never changed.
type way struct {
	of  []*reading
	odd int // how much came back of what less was left of
}

// whose says in which ways what a bank undid under an id can be of its debits or
// links, as far as it does not say itself of which it is: of each that it was told
// of before, and of which so much was left: of debits that are alike as well, because
// people report one of them, and not the other. False tells that there are too many; nil that there is one, as told.
func whose(records []*Record) (ways []way, known bool) {
	g := givingOf(records)
	if len(g.records) < 2 || len(g.undone) == 0 {
		return nil, true
	}
	g.ways = []way{{of: make([]*reading, len(records))}}
	for i := range records {
		g.ways[0].of[i] = &reading{chain: chain{ids: linksOf(g.stories[i])}}
	}
	for i := range g.undone {
		u := &g.undone[i]
		if !g.until(u) || !g.give(u) {
			return nil, false
		}
	}
	if !g.until(nil) {
		return nil, false
	}
	least := slices.MinFunc(g.ways, func(a, b way) int { return cmp.Compare(a.odd, b.odd) }).odd
	return slices.DeleteFunc(g.ways, func(w way) bool { return w.odd > least }), true
}

// giving goes through the entries of several records.
type giving struct {
	all     []*Record
	records []int // those of debits and links, the latest first
	stories [][]Entry
	next    []int     // how far each story was gone through
	undone  []undoing // in order
	ways    []way
	steps   int // that were taken while there were several ways
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
		g.records, g.stories[i] = append(g.records, i), r.joined(0, records[0].Txn)
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

// step counts what is done in several ways, and tells whether that is not too much.
func (g *giving) step(n int) bool {
	if len(g.ways) > 1 {
		g.steps += n
	}
	return g.steps <= maxSteps
}

// until reads what was said of each record before a return, or all.
func (g *giving) until(u *undoing) bool {
	for _, i := range g.records {
		for ; g.next[i] < len(g.stories[i]) && !g.is(i, g.next[i]); g.next[i]++ {
			e := &g.stories[i][g.next[i]]
			if u != nil && i != u.owner && inOrder(*e, *u.Entry) > 0 {
				break
			}
			if !g.step(len(g.ways) + g.next[i]) {
				return false
			}
			g.read(i, e)
		}
		if u != nil && i == u.owner {
			g.next[i]++
		}
	}
	return true
}

// read has each way go on with what was said of a record.
func (g *giving) read(i int, e *Entry) {
	if len(g.ways) == 1 {
		g.ways[0].of[i].next(e)
		return
	}
	read := map[*reading]*reading{}
	for j := range g.ways {
		g.ways[j].of[i] = g.ways[j].of[i].and(e, read)
	}
}

// give has a return be of each that it can be of, in each way.
func (g *giving) give(u *undoing) bool {
	could := g.named(u)
	if !g.step(len(g.ways) * len(could)) {
		return false
	}
	out := make([]way, 0, len(g.ways))
	read, known := map[*reading]*reading{}, merging{}
	for j := range g.ways {
		w := &g.ways[j]
		var room [16]int // records of one id are nine, as a rule
		tried := room[:0]
		for _, i := range could {
			if w.of[i].takesBack(u.Entry) {
				tried = append(tried, i)
			}
		}
		odd := w.odd
		if len(tried) == 0 {
			odd, tried = odd+1, append(tried, u.owner)
		}
		for n, i := range tried {
			own := way{w.of, odd}
			if n < len(tried)-1 { // the last takes the place of what was
				own.of = slices.Clone(w.of)
			}
			own.of[i] = w.of[i].and(u.Entry, read)
			if known.is(&own) {
				continue
			}
			if len(out) == maxWays {
				return false
			}
			out = append(out, own)
		}
	}
	g.ways = out
	return true
}

// named lists, the one that it is taken for first, the records that a return can be
// of by the names that the bank gives.
func (g *giving) named(u *undoing) []int {
	of := func(i int) bool { return u.names(g.all[i].Service, g.stories[i]) }
	posted := func(i int) bool {
		return slices.ContainsFunc(g.stories[i], func(e Entry) bool { return e.opens() && e.posting() == u.undoes() })
	}
	ofOwner, postedOwner := of(u.owner), posted(u.owner)
	out := append(make([]int, 0, len(g.records)), u.owner)
	for _, i := range g.records {
		if i != u.owner && (!ofOwner || of(i)) && (!postedOwner || posted(i)) { // the bank says which it is
			out = append(out, i)
		}
	}
	return out
}

// takesBack tells whether a return can be of a debit, or a removal of a link, as far
// as it was read.
func (c *reading) takesBack(u *Entry) bool {
	return len(c.entries) > 0 && !c.undone() && !c.stands(u) && c.counts(u) && c.left() >= u.Amount
}

// and is a reading with one more entry, next to which this one stays as it is. done
// are those of which that was made before. What comes back is counted alone: of which
// it is said is another question than what was said.
func (c *reading) and(e *Entry, done map[*reading]*reading) *reading {
	o := done[c]
	if o != nil {
		return o
	}
	is := *c
	if o = &is; !e.opens() && len(o.entries) > 0 {
		o.count(e)
	} else {
		o.entries, o.echoes, o.early = slices.Clip(o.entries), slices.Clip(o.echoes), slices.Clip(o.early)
		o.backed, o.solid = o.upTo(o.returned), o.solid.upTo(o.solid.returned)
		o.next(e)
	}
	done[c] = o
	return o
}
