package watch

import (
	"cmp"
	"slices"
	"time"
)

// words are the names that the bank had for a debit or link, by which what it undoes
// can be told apart. The name of what it presents again is one of them.
func (d slowDebit) words() (out []string) {
	for _, x := range d.story {
		if !opening(x) {
			continue
		}
		for _, name := range []string{x.Service, x.Word} {
			if name != "" && name != Unlisted {
				out = append(out, name)
			}
		}
	}
	if d.named.Service != "" && d.named.Service != Unlisted {
		out = append(out, d.named.Service)
	}
	return out
}

// of tells whether a return or removal names what a debit or link is of.
func (d slowDebit) of(u Entry) bool {
	word := slices.ContainsFunc(d.story, func(x Entry) bool { return opening(x) && x.Word == u.Word })
	return u.Service != "" && u.Service == d.named.Service || u.Word != "" && word
}

// other tells whether a return or removal names another service than was ever
// named.
func (d slowDebit) other(u Entry) bool {
	name, words := cmp.Or(u.Word, u.Service), d.words()
	return name != "" && len(words) > 0 && !slices.Contains(words, name)
}

// slowWorld is one way in which what came back is given to the debits of an id.
type slowWorld struct {
	debits []slowDebit
	odd    int // returns of which less was left
}

// slowWorlds tries each debit for each return.
func slowWorlds(all []slowDebit, order []Entry) (worlds []slowWorld) {
	place := func(e Entry) int {
		return slices.IndexFunc(order, func(x Entry) bool { return x.Event == e.Event && slowSame(x, e) })
	}
	type giving struct {
		Entry
		owner, at, to int
	}
	own := func(d slowDebit, k int) bool { // what was heard of before the debit is its own
		return !opening(d.story[k]) && !slices.ContainsFunc(d.story[:k], func(x Entry) bool { return opening(x) && place(x) > place(d.story[k]) })
	}
	var returns []giving
	for i, d := range all {
		for k, u := range d.story {
			if d.anything && own(d, k) {
				returns = append(returns, giving{u, i, k, -1})
			}
		}
	}
	slices.SortFunc(returns, func(a, b giving) int { return place(a.Entry) - place(b.Entry) })
	// told is what was said of a debit before the n-th return.
	told := func(j, n int) (out []Entry) {
		k := 0
		for m := 0; m <= n; m++ {
			for k < len(all[j].story) && !own(all[j], k) && (m == len(returns) || returns[m].owner == j || place(all[j].story[k]) < place(returns[m].Entry)) {
				out = append(out, all[j].story[k])
				k++
			}
			if m < n && returns[m].owner == j {
				k++
			}
			if m < n && returns[m].to == j {
				out = append(out, returns[m].Entry)
			}
		}
		return out
	}
	var try func(n, odd int)
	try = func(n, odd int) {
		if n == len(returns) {
			w := slowWorld{odd: odd}
			for j := range all {
				w.debits = append(w.debits, slowReadOf(told(j, n), all[j].story))
			}
			worlds = append(worlds, w)
			return
		}
		u := &returns[n]
		could := func(j int) bool {
			d, owner := all[j], all[u.owner]
			was := slowReadOf(told(j, n), all[j].story)
			return d.anything && !(owner.of(u.Entry) && !d.of(u.Entry)) &&
				!(slices.Contains(owner.ids(), slowReturned(u.Entry)) && !slices.Contains(d.ids(), slowReturned(u.Entry))) &&
				was.anything && !was.gone() && !(u.Kind == LinkRemoved && was.other(u.Entry)) && !(slowReleases(u.Entry) && was.posted) && was.amount-was.back >= u.Amount
		}
		found := false
		for j := range all {
			if could(j) {
				found, u.to = true, j
				try(n+1, odd)
			}
		}
		if !found {
			u.to = u.owner
			try(n+1, odd+1)
		}
		u.to = -1
	}
	try(0, 0)
	least := slices.MinFunc(worlds, func(a, b slowWorld) int { return a.odd - b.odd }).odd
	return slices.DeleteFunc(worlds, func(w slowWorld) bool { return w.odd > least })
}

// beforehand tells whether a return is of a moment, or a day, before the debit began.
func (d slowDebit) beforehand(u Entry) bool {
	if u.DateOnly || d.begun.DateOnly {
		return slowDay(u) < slowDay(d.begun)
	}
	return u.At.Add(5 * time.Minute).Before(d.begun.At)
}

// slowUnsure notes of which debits more is told to have come back than did for
// certain, and of which more may have.
func slowUnsure(all []slowDebit, order []Entry) {
	for _, w := range slowWorlds(all, order) {
		for i, d := range all {
			switch in := w.debits[i]; {
			case !d.anything:
			case d.gone() && !in.gone(), !d.gone() && !in.gone() && in.back < d.back:
				all[i].unsure = true
			case !d.gone() && (in.gone() || in.back > d.back):
				all[i].mayBe = true
				if more := in.back - d.back; d.first.Kind == Debit && !in.gone() {
					all[i].mayBack = max(all[i].mayBack, min(more, d.amount-d.back)) // no more than was taken
				} else if d.first.Kind == Debit {
					all[i].mayBack = d.amount - d.back
				}
			}
			all[i].mayAgain = all[i].mayAgain || d.anything && w.debits[i].again < d.again
		}
	}
	for i, d := range all {
		all[i].misnamed = d.anything && d.first.Kind == Debit && slices.ContainsFunc(d.returns, d.other)
		ever := d.anything && d.first.Kind == Debit && slices.ContainsFunc(d.story, func(x Entry) bool { return !opening(x) && d.other(x) })
		all[i].early = d.anything && slices.ContainsFunc(d.returns, d.beforehand)
		all[i].mayAgain = all[i].mayAgain || ever && d.again > 0
	}
	for i := range all { // or that of which it has its name has that from another, and so on
		for of := all[i].heirOf; of != nil; of = of.heirOf {
			all[i].doubtful = all[i].doubtful || of.unsure || of.misnamed || of.early
		}
	}
}
