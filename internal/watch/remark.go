package watch

import "slices"

// Remark is what a bank is told of one thing that it said, next to what became of it.
type Remark struct {
	Repeats bool // it says nothing new: of a day alone, under an id of its own
	Exceeds bool // more came back with it than was left of the debit
	Merged  bool // a posting of another time than one before it, for a correction of which it was taken
}

// Remarks are those of each entry of a record's story.
func (r *Record) Remarks() []Remark {
	story := r.Story()
	out := make([]Remark, len(story))
	var repeats []Entry
	read := reading{chain: chain{ids: linksOf(story)}}
	var posted *Entry // since it was taken last
	for i := range story {
		e := &story[i]
		switch {
		case e.opens() && read.echoed(e):
			repeats = append(repeats, *e)
		case read.undone():
			posted = nil
		}
		if read.next(e); e.Kind != Debit || e.Status == Pending || e.DateOnly || e.Replaces {
			continue
		}
		out[i].Merged = posted != nil && posted.Txn == e.Txn && !posted.At.Equal(e.At)
		posted = e
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
		out[i].Repeats, out[i].Exceeds = slices.ContainsFunc(repeats, is(&story[i])), slices.ContainsFunc(exceeds, is(&story[i]))
	}
	return out
}

// Merges tells whether with an event the record has a posting of another time than one
// before it, which was taken for the same debit: its bank may have given two one id.
func (r *Record) Merges(event string) bool {
	remarks := r.Remarks()
	for i, e := range r.Story() {
		if remarks[i].Merged && (e.Event == event || i > 0 && slices.ContainsFunc(r.Story()[:i], func(b Entry) bool { return b.Event == event && b.Status != Pending && b.opens() })) {
			return true
		}
	}
	return false
}
