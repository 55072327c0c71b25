package wording

import (
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// covers is what a report or an answer is about.
type covers struct {
	lang     watch.Lang
	total    watch.Total
	services []Named
	account  string
	hide     bool // no amounts
	now      time.Time
}

var (
	tCoverSum    = text{ja: "%[1]d件・合計%[2]s", en: "%[1]d debits, %[2]s in all"}
	tCoverCount  = text{ja: "引き落とし%d件", en: "%d debits"}
	tCoverYen    = text{ja: "引き落とし%s", en: "a debit of %s"}
	tCoverOne    = text{ja: "引き落とし1件", en: "1 debit"}
	tCoverUndone = text{ja: "取り消し済みの引き落とし%d件", en: "reversed debits: %d"}
	tCoverLinks  = text{ja: "口座の登録%d件", en: "charge links: %d"}
	tCoverWhat   = text{ja: "対象", en: "About"}
)

// servicesOf names the services of a total. One alone is the first, whom the
// caller knows.
func servicesOf(total watch.Total, first Named, of func(id string) (string, Contact)) []Named {
	var out []Named
	if len(total.Of) > 1 && of != nil {
		for _, id := range total.Of {
			if n, c := of(id); n != "" {
				out = append(out, Named{n, c})
			}
		}
	}
	if len(out) == 0 && first.Name != "" {
		out = []Named{first}
	}
	return out
}

// facts are what it is about: all of it, not what came first alone.
func (c *covers) facts() []message.Fact {
	var out []message.Fact
	add := func(label text, value string) {
		if value != "" {
			out = append(out, message.Fact{Label: label.in(c.lang), Value: value})
		}
	}
	var names []string
	for _, s := range c.services {
		names = append(names, s.Name)
	}
	add(tFactService, listed(c.lang, names))
	add(tFactAccount, c.account)
	t := bankTime(c.lang, c.total.First, c.now)
	switch {
	case c.total.Several():
		add(tCoverWhat, c.several())
		t = tFrom.in(c.lang, t)
	case c.total.Links == 0 && !c.hide:
		add(tFactAmount, Yen(c.lang, c.total.Gross))
	}
	add(tFactTime, t)
	return out
}

// said is all of it in a few words.
func (c *covers) said() string {
	switch {
	case c.total.Several():
		return c.several()
	case c.total.Links > 0:
		return tPartLink.in(c.lang)
	case c.hide:
		return tCoverOne.in(c.lang)
	}
	return Yen(c.lang, c.total.Gross)
}

// several is "4件・合計300,000円、口座の登録1件".
func (c *covers) several() string {
	var out []string
	t := &c.total
	switch {
	case t.Debits == 0:
	case t.Debits == 1 && c.hide:
		out = append(out, tCoverOne.in(c.lang))
	case t.Debits == 1:
		out = append(out, tCoverYen.in(c.lang, Yen(c.lang, t.Yen)))
	case c.hide:
		out = append(out, tCoverCount.in(c.lang, t.Debits))
	default:
		out = append(out, tCoverSum.in(c.lang, t.Debits, Yen(c.lang, t.Yen)))
	}
	if t.Undone > 0 {
		out = append(out, tCoverUndone.in(c.lang, t.Undone))
	}
	if t.Links > 0 {
		out = append(out, tCoverLinks.in(c.lang, t.Links))
	}
	return listed(c.lang, out)
}
