package watch

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A slow model of what a bank's events come to: it reads the whole list each
// time, keeps nothing, and shares no code with the product. A debit is a list
// of what was said of it.

// slowDebit is what a list of entries, in the order in which they happened,
// comes to.
type slowDebit struct {
	story     []Entry
	first     Entry // of the present presentation
	latest    Entry // the debit that counts
	named     Entry // the latest that counts and whose service is known
	amount    int64
	posted    bool
	again     int
	anything  bool  // there is a debit, not only returns
	waits     bool  // posted in the place of one that is not there yet
	elsewhere bool  // which is another debit's
	held      bool  // an authorisation is among them
	presents  bool  // what had come back as another debit of the id
	gain      Entry // by which it became what it is
	unsure    bool  // what came back may be another's of the id
	mayBe     bool  // what came back of another may be of this one
	mayBack   int64 // and how much of it
	misnamed  bool  // one of them names another service
	early     bool  // one of them is dated before it was taken
	begun     Entry // with what the present presentation begins
	inherits  bool  // its service is that of what it presents again
	heirOf    *slowDebit
	doubtful  bool     // which may not have come back
	mayAgain  bool     // what came back before it was presented again may not have
	slowBack           // what came back of the present presentation
	solid     slowBack // the same but for releases
	all       []Entry  // what the bank said under the id
	captured  int64    // by all that took the place of what is heard of
}

func opening(e Entry) bool { return e.Kind == Debit || e.Kind == LinkRegistered }

func (d slowDebit) gone() bool { return d.anything && len(d.returns) > 0 && d.back >= d.amount }

// free tells whether a debit is the posting of an authorisation that is gone, and
// was known before that went.
func (d slowDebit) free(e Entry) bool {
	return e.Kind == Debit && e.Status != Pending && d.gone() && !d.posted && d.last.ReceivedAt.After(e.ReceivedAt)
}

func slowRead(story []Entry) slowDebit { return slowReadOf(story, story) }

func slowReadOf(story, all []Entry) slowDebit {
	d := slowDebit{all: all}
	for i, e := range story {
		d.story = story[:i]
		if d.heard(story[:i], e) {
			continue
		}
		was := d
		less := false // posted less what came back before
		if opening(e) && e.Status != Pending && d.anything && !d.posted {
			freed := d.back - min(d.solid.back, d.amount)
			d.slowBack = d.solid.upTo(d.amount) // what was released did not come back
			rest := freed > 0 && e.Amount+freed == d.amount
			less = !rest && d.back > 0 && (e.Amount > 0 && e.Amount+d.back == d.amount || was.back < was.amount && e.Amount+freed+d.back == d.amount)
		}
		switch {
		case slowReleases(e) && d.posted: // it stands
			continue
		case opening(e) && d.says(e, replacedOf): // another posting has taken its place
			if e.ReceivedAt.Before(d.first.ReceivedAt) {
				d.first = e
			}
		case (d.free(e) || d.sameDayBack(e)) && d.claimed > d.amount: // more came back than was authorised
			d.latest, d.amount, d.posted, d.back, d.parts = e, e.Amount, true, min(d.claimed, e.Amount), nil
			for _, u := range d.returns { // what was all that was left of less says nothing of this
				d.parts = append(d.parts, u.Amount)
			}
		case d.free(e):
			// the authorisation alone came back, after its posting was known
			d.latest, d.amount, d.posted, d.slowBack, d.solid = e, e.Amount, true, slowBack{}, slowBack{}
		case !opening(e):
			d.give(e, d.amount)
			if !slowReleases(e) {
				d.solid.give(e, d.amount)
			}
		case !d.anything || d.gone() && !d.expectsBy(e, d.story) && !d.ofDay(e): // presented, or presented again
			if d.anything {
				d.again++
			}
			d.anything, d.first, d.latest, d.amount, d.slowBack, d.solid, d.posted = true, e, e, e.Amount, slowBack{}, slowBack{}, e.Status != Pending
			d.waits, d.held, d.begun = e.Replaces, false, e
		case d.posted && e.Status == Pending: // an authorisation that comes after its posting says when it was
			if e.ReceivedAt.Before(d.first.ReceivedAt) {
				d.first = e
			}
		case less:
			d.latest, d.amount, d.posted = e, e.Amount+d.back, true
		default:
			d.latest, d.amount, d.posted = e, e.Amount, e.Status != Pending
			d.back = min(d.back, d.amount)
		}
		if opening(e) && e.Status == Pending {
			d.waits, d.held = false, true
		}
		if opening(e) && e.Service != "" && (d.named.Service == "" || d.latest.Event == e.Event) {
			d.named = e
		}
		if opening(e) && (!was.anything || d.amount > was.amount || d.again > was.again || d.named.Service != was.named.Service) {
			d.gain = e
		}
	}
	d.story = story
	return d
}

// heard tells whether a debit of which only the day is known was said before: it
// is another one if more was taken, or if the one before came back meanwhile.
func (d slowDebit) heard(before []Entry, e Entry) bool {
	said := slices.ContainsFunc(before, func(b Entry) bool { return opening(b) && slowSame(b, e) })
	return said && opening(e) && e.Amount <= d.amount && !(d.gone() && d.meanwhile(e))
}

// meanwhile tells whether it came back after it was known, and before e was.
func (d slowDebit) meanwhile(e Entry) bool {
	return !d.last.ReceivedAt.Before(d.first.ReceivedAt) && !d.last.ReceivedAt.After(e.ReceivedAt)
}

func slowDay(e Entry) string { return e.At.In(JST).Format("2006-01-02") }

// takes tells whether a debit is a stage of this one.
func (d slowDebit) takes(e Entry) bool {
	sameDay, sameService := slowDay(d.latest) == slowDay(e), d.latest.Service == e.Service && !slowCalled(d.latest, e)
	if e.Kind == LinkRegistered {
		return sameDay && sameService && slowWord(d.latest) == slowWord(e) && !d.gone()
	}
	named := sameService
	if d.latest.Service == "" || e.Service == "" { // a plainer text, or a clearer one
		sameService = true
	}
	if d.says(e, replacedOf) || d.says(e, replacesOf) {
		return sameDay
	}
	if d.reused(e) {
		return false
	}
	if ids := d.ids(); e.Status != Pending && len(ids) > 0 && slowID(e) != "" && !slices.Contains(ids, slowID(e)) {
		return false
	}
	if e.Replaces && !d.posted {
		return true
	}
	if slowCalled(d.latest, e) { // two debits
		return false
	}
	if d.gone() && !(sameService && (named || e.Amount == d.amount || d.free(e))) {
		return false
	}
	if d.posted { // a correction of the day, or an authorisation that comes late
		if e.Status != Pending {
			return sameDay && sameService
		}
		known := (e.Service == "" || d.named.Service == "" || d.named.Service == e.Service) && !slowCalled(d.named, e)
		same := sameService && known
		booked := d.latest.At.Add(5 * time.Minute) // a clock that is slow
		if d.latest.DateOnly {
			booked = d.latest.At.Add(30 * time.Hour) // a bank's day ends at six in the morning
		}
		if same && !d.held && d.latest.ReceivedAt.After(e.ReceivedAt) && !e.At.After(booked) && !e.At.Before(d.latest.At) {
			return true
		}
		since := d.elsewhere && d.gone() && d.expects(e) // taken after all came back
		near := d.latest.At.Sub(e.At).Abs() <= 14*24*time.Hour
		waits := d.expects(e) && !d.elsewhere && (e.Amount <= max(d.amount, d.captured) && known || e.ReceivedAt.Before(d.latest.ReceivedAt))
		return d.ofDay(e) || waits && near && !e.At.After(d.latest.ReceivedAt) || sameDay && same && !since && e.Amount == d.amount ||
			sameDay && !since && (e.ReceivedAt.Before(d.latest.ReceivedAt) || same && e.ReceivedAt.Equal(d.latest.ReceivedAt) && e.Amount <= d.amount)
	}
	left := e.Amount == d.amount || e.Amount == d.amount-d.back
	if e.Status != Pending && sameService && left && !d.gone() && e.At.Sub(d.first.At).Hours() <= 27*24 {
		return true // of what was held for weeks
	}
	if e.At.After(d.first.At.Add(14 * 24 * time.Hour)) {
		return false
	}
	if sameDay {
		return true
	}
	if e.Status == Pending { // raised
		return sameService && e.Amount > d.amount
	}
	return sameService
}

// elsewhere tells whether a removal is that of a link with another service.
func elsewhere(story []Entry, u Entry) bool {
	return u.Kind == LinkRemoved && slowRead(story).other(u)
}

// slowWhen is, of a day alone, when it was received, on that day.
func slowWhen(e Entry) time.Time {
	if late := e.At.Add(24*time.Hour - time.Millisecond); e.DateOnly && e.ReceivedAt.After(late) {
		return late
	}
	if e.DateOnly && e.ReceivedAt.After(e.At) {
		return e.ReceivedAt
	}
	return e.At
}

// slowDivide is which debits, or links, the entries of one id are.
func slowDivide(entries []Entry) []slowDebit {
	order := func(e Entry) int {
		if !opening(e) {
			return 3
		}
		if e.Status == Pending {
			return 1
		}
		return 2
	}
	distinct := slowDistinct(entries)
	slices.SortFunc(distinct, func(a, b Entry) int {
		return cmp.Or(slowWhen(a).Compare(slowWhen(b)), order(a)-order(b), a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.Amount, b.Amount),
			strings.Compare(a.Service, b.Service), strings.Compare(a.Event, b.Event))
	})
	var stories [][]Entry
	var waiting []Entry // returns of what has not happened yet
	read := func(s []Entry) slowDebit { return slowReadOf(s, entries) }
	notYet := func(u Entry) bool { // the posting whose id it bears has not happened
		posting := func(x Entry) bool { return x.Kind == Debit && x.Status != Pending && slowID(x) == slowReturned(u) }
		return slices.ContainsFunc(entries, posting) && !slices.ContainsFunc(stories, func(s []Entry) bool { return slices.ContainsFunc(s, posting) })
	}
	var put func(e Entry)
	put = func(e Entry) {
		best := -1
		if opening(e) {
			for j, s := range stories { // said once more, as far as is known
				if read(s).heard(s, e) {
					stories[j] = append(s, e)
					return
				}
			}
			// The latest that takes it, but one of the same amount before, and one
			// that is named, or names it, first of all.
			rank := func(s []Entry) (n int) {
				d := read(s)
				if n = 2 * slowRelated(d, e, entries); d.amount == e.Amount {
					n++
				}
				return n
			}
			known := func(j int) slowDebit { // it waits for no authorisation that is another's
				d, first := read(stories[j]), stories[j][0]
				for _, s := range stories { // but of what it took the place of itself, or of no service that is the same
					named := read(s).named
					if (e.Service == "" || named.Service == e.Service) && named.Service != "" && !slowCalled(named, e) && slices.ContainsFunc(s, func(x Entry) bool {
						return opening(x) && x.Replaces && x.Of == e.Txn && !(e.Replaces && e.Of == x.Txn && e.Of != e.Txn) && !(e.DateOnly && slowDay(x) < slowDay(e))
					}) {
						d.captured += read(s).amount
					}
				}
				for k, s := range stories {
					for _, x := range s {
						at := func(e Entry) int {
							return slices.IndexFunc(distinct, func(x Entry) bool { return x.Event == e.Event && slowSame(x, e) })
						}
						if k != j && opening(x) && x.Status == Pending && x.Txn == first.Of && first.At.Sub(x.At).Abs() <= 14*24*time.Hour && at(x) < at(first) && d.again == 0 {
							d.elsewhere = true
						}
					}
				}
				return d
			}
			related := slices.ContainsFunc(stories, func(s []Entry) bool { return rank(s) > 1 })
			for j, s := range stories {
				if known(j).takes(e) && (rank(s) > 1 || !related && (e.Replaces || e.Kind == LinkRegistered)) && (best < 0 || rank(s) >= rank(stories[best])) {
					best = j
				}
			}
			if best < 0 {
				stories, best = append(stories, nil), len(stories)
			}
			// Of what nobody told of: long before, or told before this happened.
			old := func(u Entry) bool {
				least := 5 * time.Minute
				if u.DateOnly {
					least = 24 * time.Hour
				}
				long, told := e.At.Sub(u.At), min(e.At.Sub(u.ReceivedAt), e.ReceivedAt.Sub(u.ReceivedAt)) > 5*time.Minute
				if u.Kind == LinkRemoved && !e.DateOnly && (long > least || u.DateOnly && long == least) {
					return true
				}
				return notYet(u) || elsewhere(stories[best], u) || long > 7*24*time.Hour || told && !e.Replaces && (long > least || u.DateOnly && long == least)
			}
			stories[best] = append(stories[best], e)
			still := slices.DeleteFunc(slices.Clone(waiting), func(u Entry) bool { return !old(u) })
			stories[best] = append(stories[best], slices.DeleteFunc(waiting, old)...)
			waiting = still
			return
		}
		ofService := func(d slowDebit) bool { return d.of(e) }
		among := slices.DeleteFunc(slices.Clone(stories), func(s []Entry) bool { return read(s).posted }) // of which it may release some
		if !slowReleases(e) || len(among) == 0 {
			among = stories
		}
		ofIts := slices.ContainsFunc(among, func(s []Entry) bool { return ofService(read(s)) })
		own := slices.DeleteFunc(slices.Clone(among), func(s []Entry) bool { return !slices.Contains(read(s).ids(), slowReturned(e)) })
		if len(own) > 0 {
			ofIts = slices.ContainsFunc(own, func(s []Entry) bool { return ofService(read(s)) })
		}
		fits := func(s []Entry) int {
			d := read(s)
			if len(among) < len(stories) && d.posted {
				return -3
			}
			if len(own) > 0 && !slices.Contains(d.ids(), slowReturned(e)) {
				return -2
			}
			if ofIts && !ofService(d) {
				return -1
			}
			left := d.amount - d.back
			switch {
			case d.gone():
				return 0
			case e.Amount == 0 || e.Amount == left:
				return 3
			case e.Amount < left:
				return 2
			}
			return 1
		}
		for j, s := range stories {
			if !elsewhere(s, e) && (best < 0 || fits(s) >= fits(stories[best])) {
				best = j
			}
		}
		if best < 0 || notYet(e) {
			waiting = append(waiting, e)
		} else {
			stories[best] = append(stories[best], e)
			// What was said once more before it came back, and received later: it
			// is another one.
			story := stories[best]
			for j, x := range story {
				if d := read(story); j > 0 && opening(x) && d.gone() && read(story[:j]).heard(story[:j], x) && d.meanwhile(x) {
					stories[best] = slices.Concat(story[:j], story[j+1:])
					put(x)
					break
				}
			}
		}
	}
	for _, e := range distinct {
		put(e)
	}
	var out []slowDebit
	for _, s := range stories {
		out = append(out, slowRead(s))
	}
	slowInherit(out)
	slowUnsure(out, distinct)
	// Each debit of which all came back is presented again by the next like it.
	for _, d := range out {
		next := -1
		var least time.Duration
		for j, x := range out {
			if wait := x.first.At.Sub(d.wholeAt(d.amount)); d.gone() && !d.unsure && !d.misnamed && !d.early && d.first.Kind == Debit && x.first.Kind == Debit && x.anything &&
				d.named.Service == x.named.Service && !slowCalled(d.named, x.named) && d.amount == x.amount && x.first.Event != d.first.Event && wait >= 0 && wait <= 35*24*time.Hour &&
				(next < 0 || wait < least) {
				next, least = j, wait
			}
		}
		for j, x := range out { // two of one moment are both
			if next >= 0 && x.first.At.Equal(out[next].first.At) && x.first.Kind == Debit && x.amount == d.amount && x.named.Service == d.named.Service && !slowCalled(d.named, x.named) && x.first.Event != d.first.Event {
				out[j].presents = true
			}
		}
	}
	return out
}
