package wording

import "kozamori/internal/watch"

// open tells whether there is something to answer: what is not undone for certain,
// and new or worse than what the reader knew.
func (f *AlertFacts) open() bool {
	if f.Record.Gone() {
		return false
	}
	return f.Was == nil || f.Was.Worse(f.Record)
}

// urgent tells whether it is to be dealt with at once. A change that came too
// late to be news is not.
func (f *AlertFacts) urgent() bool {
	return f.open() && f.critical() && (f.Was == nil || f.Record.UndoneAt.IsZero() && !f.Record.TooLate())
}

// line is one part in a list: "30,000円（取り消されました）".
func (f *AlertFacts) line(named bool) string {
	lang, r := f.lang(), f.Record
	hide := f.Delivery.HideAmount
	say := tPartDebit.in(lang, Yen(lang, r.Amount))
	if hide {
		say = tPartHidden.in(lang)
	}
	link := r.Kind == watch.LinkRegistered
	if link {
		say = tPartLinked.in(lang)
	}
	plain := say
	switch {
	case !r.UndoneAt.IsZero():
		say = pickSure(link, &tPartRemoved, &tPartUndone).of(r).in(lang, say)
	case f.Was.Stands(r) && r.Returned == 0:
		say = pick(link, pick(r.MayBeIt, tPartLinkMay, tPartLinkStands), pick(r.MayBeIt, tPartMay, tPartStands)).in(lang, say, pick(f.Was.Freed > 0, tFreedStill, tBackStill).in(lang))
	case f.Was.TakenAgain(r) && (f.Was.MayStand() || r.MayBeAgain):
		say = tPartMayAgain.in(lang, say)
	case f.Was.TakenAgain(r), f.Was == nil && r.AfterReturn:
		say = tPartAgain.in(lang, say)
	}
	if f.Was != nil && r.Amount > f.Was.Amount && r.UndoneAt.IsZero() {
		more := tPartFromTo.in(lang, Yen(lang, f.Was.Amount), say)
		if hide {
			more = tPartChanged.in(lang, say)
		}
		say = more
	}
	if r.Returned > 0 && r.UndoneAt.IsZero() && (say == plain || f.Was == nil || r.Returned > f.Was.Back(r) || f.Was.TakenAgain(r)) {
		back := orFreed(r, &tPartReturned, &tPartFreed).in(lang, say, Yen(lang, r.Returned))
		if hide {
			back = orFreed(r, &tPartSome, &tPartFreedN).in(lang, say)
		}
		say = back
	}
	say = f.mayLine(say)
	if named && f.ServiceName != "" {
		say = f.ServiceName + " " + say
	}
	return say
}
