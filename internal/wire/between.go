package wire

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// blank skips what shows as nothing between events, JSON's white space or not: a byte
// order mark where files were put together, a separator of lines. It returns the next
// byte; 0 at the end.
func (b *bodyReader) blank() byte {
	for {
		next := b.peek()
		r, n := utf8.DecodeRuneInString(b.s[b.i:])
		if r != '\ufeff' && r != '\u2028' && r != '\u2029' {
			return next
		}
		b.i += n
	}
}

// between finds the event that follows one which is whole, where something else than a
// comma parts the two: a semicolon, a brace too many. It is 0 if there is none, or if it
// may be of the event before.
func (b *bodyReader) between(from int) int {
	n := strings.IndexAny(b.s[from:], `{[]",:`)
	if n <= 0 || n > maxBetween || b.s[from+n] != '{' || !b.begins(from+n) {
		return 0
	}
	return from + n
}

// mark passes over what stands between two events. If it can hold nothing of an event, it
// is none, and the events after it are counted as if it was not there; else it is refused
// like one.
func (b *bodyReader) mark(from, to int) {
	s := strings.TrimSpace(b.s[from:to])
	if len(s) > maxBetween || strings.ContainsAny(s, `{[":`) {
		b.leftover(from, to)
		return
	}
	if !slices.Contains(b.out.Ignored, "?") {
		b.out.Ignored = append(b.out.Ignored, "?")
	}
}

// maxBetween is how many bytes that is.
const maxBetween = 16

// beginning finds the brace of the first event that seems to begin after a
// byte; -1 if none does.
func (b *bodyReader) beginning(from int) int {
	for at := from + 1; ; at++ {
		i := strings.IndexByte(b.s[min(at, len(b.s)):], '{')
		if i < 0 {
			return -1
		}
		at += i
		before, comma := strings.CutSuffix(strings.TrimRight(b.s[from:at], space), ",")
		if !comma {
			continue
		}
		closed := strings.HasSuffix(strings.TrimRight(before, space), "}")
		if name, ok := b.firstName(at); ok && (find(name, 0) >= 0 || closed && isPlain(name)) {
			return at
		}
	}
}

// begins tells whether the object at a byte begins as events do.
func (b *bodyReader) begins(at int) bool {
	name, ok := b.firstName(at)
	return ok && (find(name, 0) >= 0 || isPlain(name))
}

// firstName is the name of the first member of what seems to be an object.
func (b *bodyReader) firstName(at int) (name string, ok bool) {
	c := scan{s: b.s, i: at + 1}
	if c.peek() != '"' {
		return "", false
	}
	if name, _, ok = strings.Cut(b.s[c.i+1:min(len(b.s), c.i+1+maxName)], `"`); !ok {
		return "", false
	}
	c.i += len(name) + 2
	return name, c.eat(':')
}

const maxName = 64

func isPlain(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}
