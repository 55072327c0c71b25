package wire

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/watch"
)

// event is an event while it is read at the door.
type event struct {
	watch.Event
	problems []watch.FieldError
	unknown  []string // names of fields that it should not have, as they are
	named    uint     // fields that were there
	given    uint     // those of them that were not null
	next     int      // which field is likely to be the next
	reason   string   // the value of reason, as JSON, which only a refused link has

	account string // that it must be about; empty if it may be about any
	spliced bool   // it did not name the account
}

func (e *event) wrong(field string, code watch.Code, format string, args ...any) {
	e.add(watch.Wrong(field, code, format, args...))
}

func (e *event) add(fe *watch.FieldError) {
	if fe != nil && len(e.problems) < maxProblems {
		e.problems = append(e.problems, *fe)
	}
}

// flawed names a flaw.
func (e *event) flawed(field string, f flaw) {
	switch f {
	case badUTF8:
		e.wrong(field, watch.CodeEncoding, "is not UTF-8, or is cut within a character")
	case halfChar:
		e.wrong(field, watch.CodeEncoding, "holds half a character: one of \\ud800 to \\udfff without its other half")
	case badEscape:
		e.wrong(field, watch.CodeEncoding, "holds an escape that JSON does not have")
	case control:
		e.wrong(field, watch.CodeControl, "holds a control character")
	case badNumber:
		e.wrong(field, watch.CodeNumber, "is not a number as JSON writes it")
	}
}

// read reads one event and finds all that is wrong with it. It is false if
// the event's grammar breaks: then c stands where.
func (e *event) read(c *scan) bool {
	if b := c.peek(); b != '{' {
		_, ok := c.value(0)
		if ok {
			e.wrong("", watch.CodeType, "an event must be a JSON object")
		}
		return ok
	}
	if !c.members(func(name string, f flaw) bool { return e.member(c, name, f) }) {
		return false
	}
	e.whole()
	return true
}

// member reads the value of one field.
func (e *event) member(c *scan, name string, f flaw) bool {
	if f != fine {
		e.flawed("?", f)
		_, ok := c.value(1)
		return ok
	}
	i := find(name, e.next)
	if i < 0 {
		return e.foreign(c, name)
	}
	e.next = i + 1
	bit := uint(1) << i
	if e.named&bit != 0 {
		e.wrong(name, watch.CodeDuplicate, "is given twice")
		_, ok := c.value(1)
		return ok
	}
	e.named |= bit
	switch c.peek() {
	case '{', '[':
		e.given |= bit
		e.wrong(name, watch.CodeType, "must not be an object or a list")
		_, ok := c.value(1)
		return ok
	case '"':
		e.given |= bit
		s, f, ok := c.str()
		e.string(&fields[i], s, f)
		return ok
	}
	s, f, ok := c.scalar()
	if s != "null" {
		e.given |= bit
		e.scalar(&fields[i], s, f)
	}
	return ok
}

// foreign reads a field that events do not have.
func (e *event) foreign(c *scan, name string) bool {
	if noCharacter(name) {
		e.flawed("?", control)
	}
	if slices.Contains(e.unknown, name) {
		e.wrong(PlainName(name), watch.CodeDuplicate, "is given twice")
	} else if len(e.unknown) < maxUnknown {
		e.unknown = append(e.unknown, name)
	}
	c.peek()
	start := c.i
	f, ok := c.value(1)
	if name == reasonField {
		e.reason = c.s[start:c.i]
	}
	if f != fine {
		e.flawed(PlainName(name), f)
	}
	return ok
}

// string stores a value that is a string.
func (e *event) string(f *field, s string, bad flaw) {
	var fe *watch.FieldError
	switch {
	case f.yen != nil:
		e.wrong(f.name, watch.CodeType, "must be a whole number of yen")
	case bad != fine:
		e.flawed(f.name, bad)
	case f.read != nil:
		fe = f.read(&e.Event, s)
	default:
		switch was := s; {
		case f.word && f.set(&e.Event, s) == "" && strings.TrimSpace(was) != "":
			fe = watch.Wrong(f.name, watch.CodeControl, "holds nothing that can be seen")
		default:
			s = f.set(&e.Event, s)
		}
		switch {
		case fe != nil:
		case f.check != nil:
			fe = f.check(s)
		case f.least > 0:
			if fe = checkID(f.name, s, f.most); fe == nil && f.name == "id" {
				fe = checkAsked(s)
			}
		default:
			fe = watch.CheckText(f.name, s, 0, f.most)
		}
	}
	e.add(fe)
}

// scalar stores a value that is none.
func (e *event) scalar(f *field, s string, bad flaw) {
	switch {
	case f.yen == nil:
		e.wrong(f.name, watch.CodeType, "must be a string")
		return
	case s == "true" || s == "false":
		e.wrong(f.name, watch.CodeType, "must be a whole number of yen")
		return
	case bad != fine:
		e.flawed(f.name, bad)
		return
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		e.wrong(f.name, watch.CodeNumber, "must be a whole number of yen, without fraction or exponent, up to %s", power(f.to))
	case n < f.from || n > f.to:
		e.wrong(f.name, watch.CodeRange, "must be from %s to %s yen", power(f.from), power(f.to))
	default:
		f.yen(&e.Event, n)
	}
}

// power writes a power of ten as people read it.
func power(n int64) string {
	switch s := strconv.FormatInt(n, 10); {
	case n < 0:
		return "-" + power(-n)
	case len(s) > 6 && strings.Trim(s[1:], "0") == "" && s[0] == '1':
		return "10^" + strconv.Itoa(len(s)-1)
	default:
		return s
	}
}

// whole looks at the event as a whole, once its fields are read.
func (e *event) whole() {
	e.ofAccount()
	kind := e.Kind
	if e.given&(1<<fType) == 0 {
		kind = ""
	}
	need := neededIn(kind)
	if e.given&(1<<fAmount) != 0 {
		need |= 1 << fCurrency
	}
	if e.given&(1<<fOccurredOn) == 0 {
		need |= 1 << fOccurredAt
	}
	if kind == watch.Debit || kind == watch.DebitReversed {
		if e.Status == "" {
			e.Status = watch.Posted
		}
	}
	e.ofRefusal()
	nameless := (e.IsLink() || kind == watch.LinkRefused) && e.Service == "" && e.Descriptor.Empty() && !e.isWrong("service") && !e.isWrong("descriptor")
	missing, foreign := need&^e.given, strange[kind]&e.given
	if both := uint(1<<fOccurredAt | 1<<fOccurredOn); e.given&both == both {
		foreign |= 1 << fOccurredOn
	}
	if missing|foreign == 0 && !nameless {
		return
	}
	for i := range fields {
		switch name := fields[i].name; {
		case missing&(1<<i) != 0:
			e.wrong(name, watch.CodeMissing, "is missing")
		case foreign&(1<<i) == 0:
		case i == fOccurredOn:
			e.wrong(name, watch.CodeNotExpected, "is for events without occurred_at")
		default:
			e.wrong(name, watch.CodeNotExpected, "does not belong to an event of this type")
		}
	}
	if nameless {
		e.wrong("service", watch.CodeMissing, "is missing, and there is no descriptor to tell it by")
	}
}

func (e *event) isWrong(field string) bool {
	return slices.ContainsFunc(e.problems, func(p watch.FieldError) bool { return p.Field == field })
}

// received completes an event with what its fields do not tell.
func (e *event) received(bank string, now time.Time) {
	e.Bank, e.ReceivedAt = bank, now
	if e.OccurredAt.After(now.Add(MaxAhead)) {
		name := "occurred_at"
		if e.DateOnly {
			name = "occurred_on"
		}
		e.wrong(name, watch.CodeFuture, "is more than %d minutes in the future", MaxAhead/time.Minute)
	}
}
