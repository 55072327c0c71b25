package wording

import (
	"slices"

	"kozamori/internal/watch"
)

var tCalledExcept = text{ja: "「心当たりあり」とされた分（%s）は、お申し出に含まれていません。", en: "What was recognised (%s) is not part of the report."}

// excepted tells whether a part was recognised while the rest was reported, in a
// message that calls its reader because of that report.
func (f *IncidentFacts) excepted(p *AlertFacts) bool {
	return f.Called == watch.CallReported && slices.Contains(f.Except, p.Record.ID)
}

// reported are the facts of what is reported alone, if the message calls because of
// that.
func (f *IncidentFacts) reported() *IncidentFacts {
	g := *f
	g.Parts = slices.DeleteFunc(slices.Clone(f.Parts), func(p AlertFacts) bool { return f.excepted(&p) })
	if len(g.Parts) == 0 {
		return f
	}
	return &g
}

// called says to who is called what the report leaves out.
func (f *IncidentFacts) called() []string {
	var out []*watch.Record
	for i := range f.Parts {
		if p := &f.Parts[i]; f.excepted(p) {
			out = append(out, p.Record)
		}
	}
	if len(out) == 0 {
		return nil
	}
	first := &f.Parts[0]
	c := covers{lang: first.lang(), total: watch.TotalOf(out, nil), hide: first.Delivery.HideAmount}
	return []string{tCalledExcept.in(first.lang(), c.said())}
}
