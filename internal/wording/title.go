package wording

import (
	"slices"

	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// names are the services of it that have one, in the order in which they came.
func (f *IncidentFacts) names() (out []string) {
	for i := range f.Parts {
		if n := f.Parts[i].ServiceName; n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// unnamed tells whether the service of a part is not known.
func (f *IncidentFacts) unnamed() bool {
	return slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.ServiceName == "" })
}

var (
	tAnd    = text{ja: "%[1]sと%[2]s", en: "%[1]s and %[2]s"}
	tAndAll = text{ja: "%sなど", en: "%s and others"}
)

// maxMovedOf is how many characters such a title may have in English: the lines below
// it, which name each service again, are longer there, and all must fit one screen.
const maxMovedOf = 36

// jointly names up to three services in a title, and says that there are more.
func jointly(lang watch.Lang, names []string, more bool) string {
	if len(names) > 3 {
		names, more = names[:2], true
	}
	said := names[0]
	if n := len(names); n > 1 {
		said = tAnd.in(lang, listed(lang, names[:n-1]), names[n-1])
	}
	if more {
		said = tAndAll.in(lang, said)
	}
	return said
}

func (f *IncidentFacts) title() string {
	p := &f.Parts[len(f.Parts)-1]
	if len(f.Parts) == 1 && p.Was == nil {
		return p.title()
	}
	lang := p.lang()
	account := pick(p.Guardian, tWatchedAccount, tYourAccount).in(lang)
	links, fresh := 0, 0
	for i := range f.Parts {
		if f.Parts[i].Was == nil && !f.Parts[i].Record.Gone() {
			fresh++
			if f.Parts[i].Record.Kind == watch.LinkRegistered {
				links++
			}
		}
	}
	switch {
	case links > 1 && f.linksAlone() && !f.mixed() && p.ServiceName != "":
		return tTitleLinks.in(lang, p.ServiceName, account, links)
	case f.mixed() && fresh == len(f.Parts) && links == 0 && !f.doubtful() && !f.unnamed():
		return tTitleSeveral.in(lang, jointly(lang, f.names(), false), account, fresh)
	case f.mixed() && len(f.names()) > 0 && !f.doubtful():
		if t := tTitleMovedOf.in(lang, jointly(lang, f.names(), f.unnamed()), account); lang != watch.English || quote.Cells(t) <= maxMovedOf {
			return t
		}
		return tTitleMoved.in(lang, account)
	case f.mixed() || fresh < len(f.Parts) || p.ServiceName == "" || links > 1:
		return tTitleMoved.in(lang, account)
	case links == 1:
		return tTitleLinkDebit.in(lang, p.ServiceName, account)
	case fresh < f.Debits && f.Earlier:
		return pick(f.doubtful(), tTitleGoesOnOr, tTitleGoesOn).in(lang, p.ServiceName, account)
	}
	return pick(f.doubtful(), tTitleSeveralOr, tTitleSeveral).in(lang, p.ServiceName, account, fresh)
}
