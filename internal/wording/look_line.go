package wording

import (
	"slices"

	"kozamori/internal/watch"
)

var (
	tHistDebitsN = text{ja: "（引き落としは%d件）", en: " (debits: %d)"}

	tHistGone  = text{ja: "（ほかに%[1]d件・%[2]sは取り消し）", en: " (and reversed: %[1]d, %[2]s)"}
	tHistGoneN = text{ja: "（ほかに%d件は取り消し）", en: " (and reversed: %d)"}
	tHistBack  = text{ja: "（ほかに%sは戻りました）", en: " (another %s came back)"}
	tHistPart  = text{ja: "（一部は戻りました）", en: " (part of it came back)"}
	// Of what may have been of another debit. It is counted as taken.
	tHistMayGo  = text{ja: "（うち%[1]d件・%[2]sは取り消された可能性があります）", en: " (of which may have been reversed: %[1]d, %[2]s)"}
	tHistMayGoN = text{ja: "（うち%d件は取り消された可能性があります）", en: " (of which may have been reversed: %d)"}
	tHistMayBe  = text{ja: "（うち%sは戻った可能性があります）", en: " (%s may have come back)"}
	tHistMayBeN = text{ja: "（一部は戻った可能性があります）", en: " (part of it may have come back)"}
)

// label is what happened, how often, and how much was taken.
func (e *HistoryEntry) label(lang watch.Lang, hide bool) string {
	r := e.newest()
	over := e.undone() // then it says what was taken, and its state that it is reversed
	if len(e.Parts) < 2 {
		label := what(lang, r, e.Service)
		if r.Kind == watch.Debit && !hide {
			yen := r.Amount
			if !over {
				yen = r.Taken()
			}
			label += " " + Yen(lang, yen)
		}
		if !over {
			label += returned(lang, []*watch.Record{r}, hide)
		}
		return label
	}
	debits, n, yen := 0, 0, int64(0) // n is without what came back
	for _, p := range e.Parts {
		if p.Kind == watch.Debit {
			debits++
			r = p
			switch {
			case over:
				yen += p.Amount
			case !p.Gone():
				yen += p.Taken()
			default:
				continue // it is said to have come back
			}
		}
		n++
	}
	mixed := severalServices(e.Parts)
	label := what(lang, r, orOther(lang, e.Service, !doubtful(r) && slices.ContainsFunc(e.Parts, doubtful)))
	some, times := debits < len(e.Parts) && debits > 0, " "+tHistTimes.in(lang, n)
	if some { // yen are of the debits alone, and so is how many
		n -= len(e.Parts) - debits
		if times = ""; n > 1 {
			times = tHistDebitsN.in(lang, n)
		}
	}
	switch {
	case some && mixed:
		label = tHistBothMixed.in(lang, orElse(e.Service, tTheService.in(lang)))
	case some:
		label = tHistBoth.in(lang, orElse(e.Service, tTheService.in(lang)))
	case mixed:
		label = pick(debits > 0, tHistDebitMixed, tHistLinkMixed).in(lang, orElse(e.Service, tTheService.in(lang)))
	}
	label += times
	if debits > 0 && !hide {
		label += " " + Yen(lang, yen)
	}
	if !over {
		label += returned(lang, e.Parts, hide)
	}
	return label
}

// returned says what of some debits does not stand, or may not: those that were
// reversed, and what came back of the others; empty if all of it stands.
func returned(lang watch.Lang, parts []*watch.Record, hide bool) string {
	undone, gone, back, freed := 0, int64(0), int64(0), int64(0)
	may, mayGo, mayBe, mayFree := 0, int64(0), int64(0), int64(0)
	for _, p := range parts {
		switch {
		case p.Kind != watch.Debit:
		case p.Gone():
			undone++
			gone += p.Amount
		case !p.UndoneAt.IsZero():
			may++
			mayGo += p.Amount
		case p.MayStand() && p.Freed > 0:
			mayFree += p.Returned
		case p.MayStand():
			mayBe += p.Returned
		case p.Freed > 0:
			freed += p.Returned
		default:
			back += p.Returned
		}
	}
	out := ""
	switch {
	case undone > 0 && hide:
		out += tHistGoneN.in(lang, undone)
	case undone > 0:
		out += tHistGone.in(lang, undone, Yen(lang, gone))
	}
	if back > 0 {
		out += hidden(hide, tHistPart, tHistBack, lang, Yen(lang, back))
	}
	if freed > 0 {
		out += hidden(hide, tHistFreedN, tHistFreed, lang, Yen(lang, freed))
	}
	switch {
	case may > 0 && hide:
		out += tHistMayGoN.in(lang, may)
	case may > 0:
		out += tHistMayGo.in(lang, may, Yen(lang, mayGo))
	}
	if mayBe > 0 {
		out += hidden(hide, tHistMayBeN, tHistMayBe, lang, Yen(lang, mayBe))
	}
	if mayFree > 0 {
		out += hidden(hide, tHistMayFreeN, tHistMayFree, lang, Yen(lang, mayFree))
	}
	return out + mayOf(lang, parts, hide)
}
