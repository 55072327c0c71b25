package statement

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// ErrNoText says that bytes are in none of the ways that banks write texts.
var ErrNoText = errors.New("it is no text in UTF-8, Shift_JIS, UTF-16 or EUC-JP")

// ErrKind says that a file is of a kind that is not read; its text says what to
// do instead.
var ErrKind = errors.New("files of this kind are not read")

// kinds are what files begin with that are no text.
var kinds = []struct{ begins, what string }{
	{"%PDF", "a PDF; download the statement as a CSV at the bank's site instead"},
	{"PK\x03\x04", "a spreadsheet or an archive; save it as a CSV (UTF-8) instead"},
	{"\xD0\xCF\x11\xE0", "a spreadsheet; save it as a CSV (UTF-8) instead"},
	{"\x89PNG", "a picture; download the statement as a CSV at the bank's site, or type the lines"},
	{"\xFF\xD8\xFF", "a picture; download the statement as a CSV at the bank's site, or type the lines"},
	{"GIF8", "a picture; download the statement as a CSV at the bank's site, or type the lines"},
	{"\x1F\x8B", "packed; unpack it first"},
}

// Decode reads a text in one of the ways that banks write it, and says which.
// What is not wholly readable is refused, because half a line is another line:
// ErrKind, ErrNoText.
func Decode(data []byte) (text, charset string, err error) {
	for _, k := range kinds {
		if bytes.HasPrefix(data, []byte(k.begins)) {
			return "", "", fmt.Errorf("%w: it is %s", ErrKind, k.what)
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		if data = data[3:]; !utf8.Valid(data) {
			return "", "", fmt.Errorf("%w: it begins as UTF-8, and byte %d is not", ErrNoText, invalid(data)+3)
		}
		return string(data), "UTF-8 with a mark", nil
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		text, err = wide16(data[2:], false)
		return text, "UTF-16 (little end first) with a mark", err
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		text, err = wide16(data[2:], true)
		return text, "UTF-16 (big end first) with a mark", err
	case utf8.Valid(data) && bytes.IndexByte(data, 0) < 0:
		return string(data), "UTF-8", nil
	}
	if little, big := looks16(data, false), looks16(data, true); little || big {
		text, err = wide16(data, !little)
		return text, map[bool]string{true: "UTF-16 (little end first)", false: "UTF-16 (big end first)"}[little], err
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", "", ErrNoText
	}
	sjis, serr := japanese.ShiftJIS.NewDecoder().Bytes(data)
	euc, eerr := japanese.EUCJP.NewDecoder().Bytes(data)
	sjisOK, eucOK := serr == nil && !bytes.ContainsRune(sjis, utf8.RuneError), eerr == nil && !bytes.ContainsRune(euc, utf8.RuneError)
	switch {
	case eucOK && (!sjisOK || kana(euc) > kana(sjis)):
		return string(euc), "EUC-JP", nil
	case sjisOK:
		return string(sjis), "Shift_JIS", nil
	}
	i := max(bytes.IndexRune(sjis, utf8.RuneError), 0)
	return "", "", fmt.Errorf("%w: line %d", ErrNoText, 1+bytes.Count(sjis[:i], []byte("\n")))
}

// kana counts the full-width kana of a text: a text in EUC-JP that is taken for
// Shift_JIS comes to half-width ones and rare ideographs.
func kana(text []byte) (n int) {
	for _, r := range string(text) {
		if r >= 0x3041 && r <= 0x30FF {
			n++
		}
	}
	return n
}

// invalid is where a text stops being UTF-8.
func invalid(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}

// looks16 tells whether data is UTF-16 without a mark: nearly all of its units
// are what banks print, and not all of them ideographs, which Shift_JIS can
// look like.
func looks16(data []byte, big bool) bool {
	if len(data) < 2 || len(data)%2 != 0 {
		return false
	}
	likely, telling, n := 0, 0, 0
	for i := 0; i+1 < len(data) && n < 4096; i += 2 {
		u := unit16(data[i:], big)
		n++
		switch {
		case u >= 0x20 && u < 0x7F, u == '\n', u == '\r', u == '\t', u >= 0x3000 && u <= 0x30FF, u >= 0xFF00 && u <= 0xFFEF:
			likely++
			telling++
		case u >= 0x4E00 && u <= 0x9FFF, u >= 0x2010 && u <= 0x2212:
			likely++
		}
	}
	return 20*likely >= 19*n && 3*telling >= n
}

func unit16(b []byte, big bool) uint16 {
	if big {
		return uint16(b[0])<<8 | uint16(b[1])
	}
	return uint16(b[0]) | uint16(b[1])<<8
}

func wide16(data []byte, big bool) (string, error) {
	if len(data)%2 != 0 {
		return "", fmt.Errorf("%w: half a letter of UTF-16 is missing at its end", ErrNoText)
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = unit16(data[2*i:], big)
	}
	rs := utf16.Decode(units)
	for i, r := range rs {
		if r == utf8.RuneError || r == 0 {
			return "", fmt.Errorf("%w: letter %d of UTF-16", ErrNoText, i+1)
		}
	}
	return string(rs), nil
}
