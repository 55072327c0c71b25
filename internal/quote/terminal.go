package quote

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Terminal writes text so that a terminal shows all of it and obeys none of it:
// controls but line feeds and tabs, invisible characters and marks beyond those
// that a letter needs are written as \u202e. In JSON that is the same string.
func Terminal(w io.Writer) io.Writer { return &terminal{w: w} }

type terminal struct {
	w     io.Writer
	rest  []byte // the beginning of a character whose end is still to be written
	marks int
}

// Write takes all of p or fails; the number of bytes is p's own.
func (t *terminal) Write(p []byte) (int, error) {
	in := append(t.rest, p...)
	out := make([]byte, 0, len(in))
	for len(in) > 0 && utf8.FullRune(in) {
		r, n := utf8.DecodeRune(in)
		mark := unicode.Is(unicode.M, r)
		if mark {
			t.marks++
		} else {
			t.marks = 0
		}
		switch {
		case r == '\n', r == '\t':
			out = append(out, in[:n]...)
		case r == utf8.RuneError && n == 1:
			out = append(out, `\ufffd`...)
		case Ignorable(r), r == 0x2028, r == 0x2029, mark && t.marks > maxMarks:
			for _, u := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, u)
			}
		default:
			out = append(out, in[:n]...)
		}
		in = in[n:]
	}
	t.rest = append([]byte(nil), in...)
	if _, err := t.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
