package wire

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// scan walks over JSON text of valid UTF-8, as strictly as jsontext does (a
// fuzz test holds them together) and several times as fast: it makes no
// tokens, and strings without escapes are parts of the text.
type scan struct {
	s string
	i int
}

// maxDepth of nested values; an event has one level.
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
	if c.peek() != b {
		return false
	}
	c.i++
	return true
}

// end tells whether nothing but white space is left.
func (c *scan) end() bool { return c.peek() == 0 && c.i == len(c.s) }

// str reads a string.
func (c *scan) str() (string, bool) {
	if !c.eat('"') {
		return "", false
	}
	s, from := c.s, c.i
	for i := from; i < len(s); i++ {
		if b := s[i]; b == '"' {
			c.i = i + 1
			return s[from:i], true
		} else if b == '\\' {
			c.i = i
			return c.escaped(from)
		} else if b < ' ' {
			break
		}
	}
	return "", false
}

// escaped reads the rest of a string that holds an escape.
func (c *scan) escaped(from int) (string, bool) {
	for ; c.i < len(c.s); c.i++ {
		switch c.s[c.i] {
		case '\\':
			c.i++
		case '"':
			c.i++
			v, err := jsontext.AppendUnquote(nil, c.s[from-1:c.i])
			return string(v), err == nil
		}
	}
	return "", false
}

// number reads a number and returns it as it is written.
func (c *scan) number() (string, bool) {
	from := c.i
	if c.i < len(c.s) && c.s[c.i] == '-' {
		c.i++
	}
	if c.i < len(c.s) && c.s[c.i] == '0' {
		c.i++
	} else if !c.digits() {
		return "", false
	}
	if c.i < len(c.s) && c.s[c.i] == '.' {
		c.i++
		if !c.digits() {
			return "", false
		}
	}
	if c.i < len(c.s) && (c.s[c.i] == 'e' || c.s[c.i] == 'E') {
		c.i++
		if c.i < len(c.s) && (c.s[c.i] == '+' || c.s[c.i] == '-') {
			c.i++
		}
		if !c.digits() {
			return "", false
		}
	}
	return c.s[from:c.i], true
}

// digits skips at least one digit.
func (c *scan) digits() bool {
	from := c.i
	for c.i < len(c.s) && c.s[c.i] >= '0' && c.s[c.i] <= '9' {
		c.i++
	}
	return c.i > from
}

func (c *scan) literal(want string) bool {
	if !strings.HasPrefix(c.s[c.i:], want) {
		return false
	}
	c.i += len(want)
	return true
}

// skip reads any value and forgets it.
func (c *scan) skip(depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch b := c.peek(); b {
	case '"':
		_, ok := c.str()
		return ok
	case '{', '[':
		c.i++
		return c.skipAll(b, b+2, depth) // the closing bracket is two further in ASCII
	case 't':
		return c.literal("true")
	case 'f':
		return c.literal("false")
	case 'n':
		return c.literal("null")
	}
	_, ok := c.number()
	return ok
}

// skipAll reads what is left of an object or a list.
func (c *scan) skipAll(open, shut byte, depth int) bool {
	if c.eat(shut) {
		return true
	}
	for {
		if open == '{' {
			if _, ok := c.str(); !ok || !c.eat(':') {
				return false
			}
		}
		if !c.skip(depth + 1) {
			return false
		}
		if c.eat(shut) {
			return true
		}
		if !c.eat(',') {
			return false
		}
	}
}
