package app_test

import (
	"fmt"
	"slices"
	"strings"

	"kozamori/internal/app"
	"kozamori/internal/watch"
)

// opens1 is a debit or a link that begins: under an id of its own, or under that of a
// debit of another service that is posted; and, at times, with a text that names
// another service than the bank does.
func (m *model) opens1() *txn {
	x := &txn{id: fmt.Sprintf("t%d", len(m.txns)), ref: modelAccounts[m.rng.IntN(4)/3], service: trusted[m.rng.IntN(6)/2%3], link: m.pick(6)}
	x.text = x.service
	if m.pick(6) {
		x.text = trusted[m.rng.IntN(3)]
	}
	if len(m.txns) > 0 && !x.link && m.pick(5) {
		of := m.txns[m.rng.IntN(len(m.txns))]
		own := !of.link && !of.pending && !of.plain && of.again == 0 && of.service == of.text && x.service == x.text
		for _, o := range m.sharing(of) {
			own = own && o.service != x.service
		}
		if own {
			x.id, x.ref = of.id, of.ref
		}
	}
	if x.text == x.service && !x.link && m.pick(6) {
		x.word = unlisted[0] // next to a text that names it
	}
	m.txns = append(m.txns, x)
	return x
}

// sharing are those of an id.
func (m *model) sharing(x *txn) (out []*txn) {
	for _, o := range m.txns {
		if o.id == x.id && o.ref == x.ref && o.link == x.link {
			out = append(out, o)
		}
	}
	return out
}

// unlisted are names of services that no catalogue knows.
var unlisted = []string{"nunepay", "nunupay"}

// another is a service that the bank never named with any of an id.
func (m *model) another(x *txn) string {
	names := []string{"docomo", "paypay", "kyash", "merpay"}
	if m.pick(3) {
		names = unlisted
	}
	for _, s := range names {
		if !slices.ContainsFunc(m.sharing(x), func(o *txn) bool { return o.service == s || o.text == s || o.word == s }) {
			return s
		}
	}
	return "merpay"
}

// names has an event name a service.
func (m *model) names(x *txn, event, service string) string {
	if x.link {
		return strings.Replace(event, fmt.Sprintf(`"service":%q`, x.service), fmt.Sprintf(`"service":%q`, service), 1)
	}
	return strings.TrimSuffix(event, "}") + fmt.Sprintf(`,"service":%q}`, service)
}

// is tells whether a name is that of a debit.
func (x *txn) is(name string) bool { return name != "" && (name == x.service || name == x.word) }

// back is something that came back under an id: of which debit it is taken to be, and
// which there were.
type back struct {
	of    *txn
	yen   int64 // 0 is all that is left
	name  string
	could []*txn
}

// returns has some come back under the id of a debit, or, if yen is 0, all: of the one
// that the bank names, else of the latest of which so much is left.
func (m *model) returns(x *txn, yen int64) (ref, event string) {
	service := ""
	switch m.rng.IntN(6) {
	case 0:
		if service = x.service; x.word != "" && m.pick(2) {
			service = x.word
		}
	case 1:
		if service = m.another(x); x.pending {
			service = "" // what is posted after it would clear it
		}
	}
	all := m.sharing(x)
	of, best := x, 0
	for _, o := range all {
		fit := 1
		switch {
		case o.undone:
			continue
		case yen == 0 || o.left() == yen:
			fit = 4
		case o.left() > yen:
			fit = 3
		}
		if o.is(service) {
			fit += 4
		}
		if fit >= best {
			of, best = o, fit
		}
	}
	m.backs = append(m.backs, back{of, yen, service, all})
	of.misnamed = of.misnamed || service != "" && !of.is(service) && service != of.text
	event = m.says(of, "undone", yen)
	if service != "" {
		event = m.names(of, event, service)
	}
	if of.returned += yen; yen == 0 || of.left() <= 0 {
		of.undone = true
	}
	return of.ref, event
}

// mayStand tells whether it is not certain that what came back was of this one: it is
// not if all that came back under its id can be given to the debits of the id so that
// less of this one did.
func (m *model) mayStand(x *txn) bool {
	if !x.undone && x.returned == 0 {
		return false
	}
	return x.misnamed || m.given(x, func(left int64) bool { return left > 0 && (x.undone || left > x.left()) })
}

// mayBeIt tells whether what came back of another debit of its id may be of this one: it
// may if all that came back can be given so that more of this one did.
func (m *model) mayBeIt(x *txn) bool {
	return !x.undone && m.given(x, func(left int64) bool { return left < x.left() })
}

// given tells whether all that came back under its id can be given to the debits of the
// id so that what is left of this one is so.
func (m *model) given(x *txn, is func(left int64) bool) bool {
	var backs []back
	left := map[*txn]int64{}
	for _, o := range m.sharing(x) {
		left[o] = o.amount
	}
	for _, b := range m.backs {
		if slices.Contains(m.sharing(x), b.of) {
			backs = append(backs, b)
		}
	}
	var can func(backs []back) bool
	can = func(backs []back) bool {
		if len(backs) == 0 {
			return is(left[x])
		}
		b := backs[0]
		for _, o := range b.could {
			if was := left[o]; was > 0 && was >= b.yen && (!b.of.is(b.name) || o.is(b.name)) {
				if left[o] -= b.yen; b.yen == 0 {
					left[o] = 0
				}
				found := can(backs[1:])
				if left[o] = was; found {
					return true
				}
			}
		}
		return false
	}
	return can(backs)
}

// key tells apart what has one id: no two of it are of one service.
func key(txn, service string) string { return txn + " of " + service }

// whose finds what a part of an incident is of.
func (m *model) whose(p *watch.Record) *txn {
	i := slices.IndexFunc(m.txns, func(x *txn) bool { return (p.Txn == x.id || p.Txn == x.id+"p") && x.service == p.Service })
	return m.txns[i]
}

// checkNames tells whether a message says of what it tells what is known of it: both
// names, if the bank and the text differ, and that it may not have come back.
func (m *model) checkNames(w *watch.Watcher, t told, says []watch.Said) {
	name := func(id string) string {
		n, _ := app.Names{}.Service(id, watch.Japanese)
		return n
	}
	may, certain := false, false
	for _, s := range says {
		p, ok := t.lead.Part(s.Record)
		if !ok {
			continue
		}
		is := s.Is
		if is == nil {
			is = p.Shows("")
		}
		x := m.whose(p)
		if both := strings.Contains(t.text, name(x.service)) && strings.Contains(t.text, name(x.text)); s.Was == nil && is.UndoneAt.IsZero() && len(says) == 1 && x.service != x.text && !both {
			m.errorf("%s over %s: %s names not both %s and %s: %s", w.ID, t.d.Channel, t.d.ID, x.service, x.text, first(t.text, 1500))
		}
		may = may || is.MayStand() || s.Was.MayStand() || is.MayBeIt
		certain = certain || (is.Returned > 0 || !is.UndoneAt.IsZero()) && !is.MayStand()
	}
	if said := strings.Contains(t.text, "可能性があります"); said && !may || !certain && may && len(says) == 1 &&
		(strings.Contains(t.text, "取り消されました") || strings.Contains(t.text, "が戻りました")) {
		m.errorf("%s over %s: %s tells of what may have come back %v, of what did %v: %s", w.ID, t.d.Channel, t.d.ID, may, certain, first(t.text, 1500))
	}
}

// asked tells whether a watcher is to be told of a part at all.
func asked(p *watch.Record, watcher string) bool {
	n, ok := p.Notice(watcher)
	return ok && n.Reasons.Reason != 0
}

func same(a, b *watch.Shown) bool {
	return a != nil && b != nil && a.Amount == b.Amount && a.Returned == b.Returned && a.Again == b.Again && a.Service == b.Service && a.UndoneAt.Equal(b.UndoneAt) && a.MayStand() == b.MayStand()
}
