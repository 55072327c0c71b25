package watch

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Value is where a rule is kept in Rules: a Flag, Yen, YenFor, Words, Trusted,
// Hours or Until, or Always. At points into the rules that it is given.
type Value interface {
	// On tells whether the rule is set to anything.
	On(r *Rules) bool
	// Same tells whether two people have the rule set alike.
	Same(a, b *Rules) bool
	// Preset sets what holds before anyone touches a setting.
	Preset(r *Rules)
	// check reports what cannot work, but for what was stored already.
	check(c *checking, name string)
	// lowers tells whether who has the rule set as in after is told of less, or
	// later, than as in before.
	lowers(before, after *Rules, now time.Time) bool
	// restore sets the rule of is back to what it was before a step that led to
	// after, unless it protects as much by now.
	restore(is, before, after *Rules, now time.Time)
}

// Always is a rule that everybody has and that cannot be switched off.
type Always struct{}

// On is true.
func (Always) On(*Rules) bool { return true }

// Same is true.
func (Always) Same(_, _ *Rules) bool { return true }

// Preset has nothing to set.
func (Always) Preset(*Rules) {}

func (Always) check(*checking, string) {}

// Flag is a rule that is on or off.
type Flag struct {
	At      func(*Rules) *bool
	Default bool
	Mutes   bool // on, it tells less
}

// Yen is an amount up to MaxYen; 0 turns it off.
type Yen struct {
	At      func(*Rules) *int64
	Default int64
}

// YenFor are amounts up to MaxYen of single services.
type YenFor struct {
	At    func(*Rules) *map[string]int64
	Least int64
	Else  func(*Rules) *int64 // holds for a service without an amount; nil is none
}

// Words are words in the descriptor, folded by catalog.Fold: at most
// MaxKeywords, each of MinKeyword to MaxKeyword characters.
type Words struct{ At func(*Rules) *[]string }

// Trusted are trusts: at most MaxTrusts, none for longer than MaxTrustFor.
type Trusted struct{ At func(*Rules) *[]Trust }

// Hours are hours of each day.
type Hours struct{ At func(*Rules) **Quiet }

// Until is a moment, at most so far ahead.
type Until struct {
	At   func(*Rules) *time.Time
	Most time.Duration
}

// On tells whether the flag is set.
func (v Flag) On(r *Rules) bool { return *v.At(r) }

// Same compares.
func (v Flag) Same(a, b *Rules) bool { return *v.At(a) == *v.At(b) }

// Preset sets the default.
func (v Flag) Preset(r *Rules) { *v.At(r) = v.Default }

func (v Flag) check(*checking, string) {}

// On tells whether there is an amount.
func (v Yen) On(r *Rules) bool { return *v.At(r) > 0 }

// Same compares.
func (v Yen) Same(a, b *Rules) bool { return *v.At(a) == *v.At(b) }

// Preset sets the default.
func (v Yen) Preset(r *Rules) { *v.At(r) = v.Default }

func (v Yen) check(c *checking, name string) { c.amount(name, *v.At(c.next), 0) }

// On tells whether there is an amount of any service.
func (v YenFor) On(r *Rules) bool { return len(*v.At(r)) > 0 }

// Same compares.
func (v YenFor) Same(a, b *Rules) bool { return maps.Equal(*v.At(a), *v.At(b)) }

// Preset leaves all services to the general amount.
func (v YenFor) Preset(r *Rules) { *v.At(r) = nil }

func (v YenFor) check(c *checking, name string) {
	next, old := *v.At(c.next), *v.At(c.old)
	for _, id := range slices.Sorted(maps.Keys(next)) {
		if was, ok := old[id]; ok && was == next[id] {
			continue
		}
		if !c.isService(id) {
			c.bad(name+"."+id, FaultService)
		}
		c.amount(name+"."+id, next[id], v.Least)
	}
}

// On tells whether there are words.
func (v Words) On(r *Rules) bool { return len(*v.At(r)) > 0 }

// Same compares.
func (v Words) Same(a, b *Rules) bool { return slices.Equal(*v.At(a), *v.At(b)) }

// Preset leaves no words.
func (v Words) Preset(r *Rules) { *v.At(r) = nil }

func (v Words) check(c *checking, name string) {
	words := *v.At(c.next)
	if len(words) > MaxKeywords {
		c.bad(name, FaultMany)
	}
	for i, word := range words {
		n := utf8.RuneCountInString(word)
		if (n < MinKeyword || n > MaxKeyword || strings.TrimSpace(word) == "") && !slices.Contains(*v.At(c.old), word) {
			c.bad(name+"."+strconv.Itoa(i), FaultWord)
		}
	}
}

// On tells whether anything is trusted.
func (v Trusted) On(r *Rules) bool { return len(*v.At(r)) > 0 }

// Same compares.
func (v Trusted) Same(a, b *Rules) bool { return slices.EqualFunc(*v.At(a), *v.At(b), Trust.equal) }

// Preset trusts nothing.
func (v Trusted) Preset(r *Rules) { *v.At(r) = nil }

func (t Trust) equal(o Trust) bool {
	return t.Service == o.Service && t.UpTo == o.UpTo && t.Until.Equal(o.Until)
}

func (v Trusted) check(c *checking, name string) {
	trusts := *v.At(c.next)
	if len(trusts) > MaxTrusts {
		c.bad(name, FaultMany)
	}
	for i, t := range trusts {
		field := name + "." + strconv.Itoa(i)
		switch {
		case slices.ContainsFunc(*v.At(c.old), t.equal):
		case !c.isService(t.Service):
			c.bad(field, FaultService)
		case t.UpTo < 1 || t.UpTo > MaxYen:
			c.bad(field, FaultAmount)
		case !c.now.Before(t.Until):
			c.bad(field, FaultPast)
		case t.Until.Sub(c.now) > MaxTrustFor:
			c.bad(field, FaultFar)
		}
	}
}

// On tells whether any hours are quiet.
func (v Hours) On(r *Rules) bool { return *v.At(r) != nil }

// Same compares.
func (v Hours) Same(a, b *Rules) bool {
	x, y := *v.At(a), *v.At(b)
	return x == y || x != nil && y != nil && x.From == y.From && x.To == y.To
}

// Preset leaves no hour quiet.
func (v Hours) Preset(r *Rules) { *v.At(r) = nil }

func (v Hours) check(c *checking, name string) {
	const day = 24 * 60
	if q := *v.At(c.next); q != nil && (q.From == q.To || q.From < 0 || q.To < 0 || q.From >= day || q.To >= day) {
		c.bad(name, FaultQuiet)
	}
}

// On tells whether there is a moment, past or not.
func (v Until) On(r *Rules) bool { return !v.At(r).IsZero() }

// Same compares.
func (v Until) Same(a, b *Rules) bool { return v.At(a).Equal(*v.At(b)) }

// Preset sets no moment.
func (v Until) Preset(r *Rules) { *v.At(r) = time.Time{} }

func (v Until) check(c *checking, name string) {
	if v.At(c.next).Sub(c.now) > v.Most {
		c.bad(name, FaultFar)
	}
}
