package wording

import (
	"slices"

	"kozamori/internal/watch"
)

// settled tells whether a report covers what there is to answer.
func (f *IncidentFacts) settled() bool {
	open := slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.open() })
	return f.Report != "" && (f.Covered || open && f.Called != watch.CallReported)
}

var tTitleLinks = text{ja: "%[1]sに、%[2]sが%[3]d件登録されました", en: "New charge links with %[1]s were registered on %[2]s: %[3]d"}

// linksAlone tells whether nothing but links is told.
func (f *IncidentFacts) linksAlone() bool {
	return !slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.Record.Kind != watch.LinkRegistered })
}

// joined counts what is new and stands.
func (f *IncidentFacts) joined() (links, debits int) {
	for i := range f.Parts {
		switch p := &f.Parts[i]; {
		case p.Was != nil || p.Record.Gone():
		case p.Record.Kind == watch.LinkRegistered:
			links++
		default:
			debits++
		}
	}
	return links, debits
}

// joinedAll tells whether all parts are debits that are new and stand.
func (f *IncidentFacts) joinedAll() bool {
	_, debits := f.joined()
	return debits == len(f.Parts)
}

// left is what the parts from one on come to: "12件・合計34,000円".
func (f *IncidentFacts) left(from int) string {
	var rest []*watch.Record
	for i := range f.Parts[from:] {
		rest = append(rest, f.Parts[from+i].Record)
	}
	first := &f.Parts[0]
	c := covers{lang: first.lang(), total: watch.TotalOf(rest, nil), hide: first.Delivery.HideAmount}
	return c.several()
}
