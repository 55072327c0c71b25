package watch

import "slices"

// Remark is what a bank is told of one thing that it said, next to what became of it.
type Remark struct {
	Repeats bool // it says nothing new: of a day alone, under an id of its own
	Exceeds bool // more came back with it than was left of the debit
}

// Remarks are those of each entry of a record's story.
func (r *Record) Remarks() []Remark {
	story := r.Story()
	out := make([]Remark, len(story))
	var repeats []Entry
	read := reading{chain: chain{ids: linksOf(story)}}
	for i := range story {
		e := &story[i]
		if e.opens() && read.echoed(e) {
			repeats = append(repeats, *e)
		}
		read.next(e)
	}
	left := read.amount
	var exceeds []Entry
	for _, u := range read.undid {
		if u.Amount > left && read.amount > 0 {
			exceeds = append(exceeds, u)
		}
		left -= min(left, u.Amount)
		if u.Amount == 0 {
			left = 0
		}
	}
	is := func(e *Entry) func(Entry) bool {
		return func(x Entry) bool { return x.Event == e.Event && x.same(e) }
	}
	for i := range story {
		out[i] = Remark{Repeats: slices.ContainsFunc(repeats, is(&story[i])), Exceeds: slices.ContainsFunc(exceeds, is(&story[i]))}
	}
	return out
}
