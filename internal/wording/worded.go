package wording

import (
	"slices"

	"kozamori/internal/watch"
)

// word takes what a part is worded from apart from what is shown of it: as it was written
// down before the message was first handed over, else as it is.
func (f *AlertFacts) word(lead, part *watch.Record) {
	reader := f.Delivery.Watcher
	if was := f.Delivery.Worded; was != nil {
		p := was.Part(part.ID)
		f.Among, f.Called, f.Silenced, f.Related, f.Notice.Second, f.Follows = was.Among, p.Called, p.Silenced, p.Related, p.Second, p.Follows
		return
	}
	f.Among, f.Called = len(lead.Parts()) > 1 || lead.Continues != "", lead.CalledOnly(part, reader)
	if n, ok := part.Notice(reader); ok {
		f.Silenced, f.Related, f.Notice.Second = n.Silenced, n.Related != "", n.Second
	}
}

// Worded is what the message is worded from apart from what is shown of each part. What
// it sums up is left out if that is kept elsewhere.
func (f *IncidentFacts) Worded(summed bool) watch.Worded {
	w := watch.Worded{Earlier: f.Earlier, Among: slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.Among })}
	if !summed && f.Debits > 1 {
		w.Debits, w.Yen, w.First, w.Last = f.Debits, f.Yen, f.First, f.Last
	}
	for i := range f.Parts {
		p := &f.Parts[i]
		w.Add(watch.WordedPart{Record: p.Record.ID, Follows: p.Follows, Silenced: p.Silenced, Related: p.Related, Second: p.Notice.Second, Called: p.Called})
	}
	return w
}
