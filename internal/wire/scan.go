package wire

import (
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// scan walks over JSON text, several times as fast as jsontext does: it makes
// no tokens, and strings without escapes are parts of the text.
//
// It tells two kinds of mistakes apart. A flaw is within a string or a number
// whose end can be found all the same: it is named, and the walk goes on. What
// breaks the grammar (a comma, a quote or a bracket too many or too few) ends
// the walk at i. Text without either is what jsontext takes: a fuzz test holds
// them together.
type scan struct {
	s     string
	i     int
	dirty bool // s is not all UTF-8: each string must be looked at
	rough bool // there was a flaw: the writer may not escape, and a quote may not be one
}

// flaw is what is wrong with a string or a number.
type flaw int

const (
	fine      flaw = iota
	badUTF8        // bytes that are no UTF-8
	halfChar       // half of a character: one \ud800 to \udfff without its other
	badEscape      // an escape that JSON does not have
	control        // a control character that is not escaped, or no character at all
	badNumber      // neither a number as JSON writes it nor true, false or null
)

// maxDepth of nested values; an event has one level, and what is not known of
// it may have more.
const maxDepth = 100

// peek skips white space and returns the next byte; 0 at the end.
func (c *scan) peek() byte {
	for i := c.i; i < len(c.s); i++ {
		if b := c.s[i]; b > ' ' || b != ' ' && b != '\n' && b != '\r' && b != '\t' {
			c.i = i
			return b
		}
	}
	c.i = len(c.s)
	return 0
}

// eat takes one byte of structure.
func (c *scan) eat(b byte) bool {
	if c.peek() != b || c.i == len(c.s) {
		return false
	}
	c.i++
	return true
}

// end tells whether nothing but white space is left.
func (c *scan) end() bool { return c.peek() == 0 && c.i == len(c.s) }

// str reads a string. It is not ok if there is none or if it has no end.
func (c *scan) str() (text string, f flaw, ok bool) {
	if !c.eat('"') {
		return "", fine, false
	}
	s, from := c.s, c.i
	for i := from; i < len(s); i++ {
		switch b := s[i]; {
		case b == '"':
			c.i = i + 1
			if c.dirty && !utf8.ValidString(s[from:i]) {
				c.rough = true
				return "", badUTF8, true
			}
			return s[from:i], fine, true
		case b == '\\' || b < ' ':
			return c.hard(from, i)
		}
	}
	c.i = len(s)
	return "", fine, false
}

// hard reads the rest of a string that holds an escape or a control character.
func (c *scan) hard(from, i int) (string, flaw, bool) {
	f := fine
	for ; i < len(c.s); i++ {
		switch b := c.s[i]; {
		case b == '\\':
			i++
		case b < ' ':
			f = control
		case b == '"':
			c.i = i + 1
			raw := c.s[from:i]
			if f == fine && (!c.dirty || utf8.ValidString(raw)) {
				v, err := jsontext.AppendUnquote(nil, c.s[from-1:c.i])
				if err == nil {
					return string(v), fine, true
				}
			}
			c.rough = true
			switch {
			case f != fine:
				return "", f, true
			case c.dirty && !utf8.ValidString(raw):
				return "", badUTF8, true
			case halved(raw):
				return "", halfChar, true
			}
			return "", badEscape, true
		}
	}
	c.i = len(c.s)
	return "", fine, false
}

// halved tells whether a string, which could not be read, has only escapes
// that JSON has: then a half of a pair is what is wrong with it.
func halved(raw string) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		if i == len(raw) || !strings.ContainsRune(`"\/bfnrtu`, rune(raw[i])) {
			return false
		}
		if raw[i] != 'u' {
			continue
		}
		if len(raw) < i+5 || strings.Trim(raw[i+1:i+5], "0123456789abcdefABCDEF") != "" {
			return false
		}
	}
	return true
}

// scalar reads a number or a word, up to what ends it.
func (c *scan) scalar() (text string, f flaw, ok bool) {
	c.peek()
	from := c.i
	for c.i < len(c.s) {
		switch b := c.s[c.i]; b {
		case ',', ':', '{', '}', '[', ']', '"', ' ', '\t', '\r', '\n':
		default:
			c.i++
			continue
		}
		break
	}
	text = c.s[from:c.i]
	switch text {
	case "true", "false", "null":
		return text, fine, true
	}
	if !isNumber(text) {
		f, c.rough = badNumber, true
	}
	return text, f, text != ""
}

// isNumber tells whether a text is a number as JSON writes it.
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	switch rest := digits(s); {
	case rest == s:
		return false
	case s[0] == '0':
		s = s[1:]
	default:
		s = rest
	}
	if fraction, ok := strings.CutPrefix(s, "."); ok {
		if s = digits(fraction); s == fraction {
			return false
		}
	}
	if s != "" && s[0]|0x20 == 'e' {
		power := s[1:]
		if power != "" && (power[0] == '+' || power[0] == '-') {
			power = power[1:]
		}
		if s = digits(power); s == power {
			return false
		}
	}
	return s == ""
}

// digits cuts the digits that s begins with.
func digits(s string) string {
	for s != "" && s[0] >= '0' && s[0] <= '9' {
		s = s[1:]
	}
	return s
}

// members walks over an object and calls each at the value of every member.
// It ends at what breaks the grammar, and when each returns false.
func (c *scan) members(each func(name string, f flaw) bool) bool {
	if !c.eat('{') {
		return false
	}
	for more := !c.eat('}'); more; {
		name, f, ok := c.str()
		if !ok || !c.eat(':') || !each(name, f) {
			return false
		}
		if more = c.eat(','); !more && !c.eat('}') {
			return false
		}
	}
	return true
}

// value reads any value and forgets it, but for the first flaw in it.
func (c *scan) value(depth int) (f flaw, ok bool) {
	if depth > maxDepth {
		return fine, false
	}
	switch c.peek() {
	case '"':
		from := c.i
		_, f, ok = c.str()
		if f == fine && noCharacter(c.s[from:c.i]) {
			f = control
		}
		return f, ok
	case '{':
		first := fine
		ok = c.members(func(name string, f flaw) bool {
			v, ok := c.value(depth + 1)
			if noCharacter(name) {
				f = control
			}
			first = sooner(first, f, v)
			return ok
		})
		return first, ok
	case '[':
		c.i++
		first := fine
		for more := !c.eat(']'); more; {
			f, ok := c.value(depth + 1)
			first = sooner(first, f)
			if !ok {
				return first, false
			}
			if more = c.eat(','); !more && !c.eat(']') {
				return first, false
			}
		}
		return first, true
	}
	_, f, ok = c.scalar()
	return f, ok
}

// noCharacter tells whether a text holds U+FFFE or U+FFFF, which JSON allows
// and queues do not.
func noCharacter(s string) bool {
	return strings.Contains(s, "\uFFFE") || strings.Contains(s, "\uFFFF")
}

func sooner(flaws ...flaw) flaw {
	for _, f := range flaws {
		if f != fine {
			return f
		}
	}
	return fine
}
