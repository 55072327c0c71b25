package statement

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// ErrNoText says that bytes are in none of the ways that banks write texts.
var ErrNoText = errors.New("it is no text in UTF-8, Shift_JIS, UTF-16 or EUC-JP")

// ErrKind says that a file is of a kind that is not read; its text says what to
// do instead.
var ErrKind = errors.New("files of this kind are not read")

const aPicture = "a picture; download the statement as a CSV at the bank's site, or type the lines"

// kinds are what files begin with that are no text, at an offset.
var kinds = []struct {
	at           int
	begins, what string
}{
	{0, "%PDF", "a PDF; download the statement as a CSV at the bank's site instead"},
	{0, "PK\x03\x04", "a spreadsheet or an archive; save it as a CSV (UTF-8) instead"},
	{0, "\xD0\xCF\x11\xE0", "a spreadsheet; save it as a CSV (UTF-8) instead"},
	{0, "\x89PNG", aPicture},
	{0, "\xFF\xD8\xFF", aPicture},
	{0, "GIF8", aPicture},
	{0, "II*\x00", aPicture}, // TIFF, as scanners write it
	{0, "MM\x00*", aPicture},
	{4, "ftyp", aPicture}, // HEIC and AVIF, as telephones take it; or a film
	{8, "WEBPVP8", aPicture},
	{0, "\x1F\x8B", "packed; unpack it first"},
}

// kindOf says of a file that holds no text what it is, and what to do instead; empty if
// it may hold one.
func kindOf(data []byte) string {
	for _, k := range kinds {
		if len(data) > k.at && bytes.HasPrefix(data[k.at:], []byte(k.begins)) {
			return k.what
		}
	}
	return ""
}

// shiftIn goes before ideographs in ISO-2022-JP, whose other bytes are those of ASCII:
// a text in it would be read as one without any kana.
const shiftIn = "\x1B$"

// Decode reads a text in one of the ways that banks write it, and says which.
// What is not wholly readable is refused, because half a line is another line:
// ErrKind, ErrNoText.
func Decode(data []byte) (text, charset string, err error) {
	if text, charset, err = decode(data); err != nil {
		return "", "", err
	}
	if i := strings.IndexRune(text, utf8.RuneError); i >= 0 {
		return "", "", fmt.Errorf("%w: line %d", ErrNoText, 1+strings.Count(text[:i], "\n"))
	}
	return text, charset, nil
}

// decode reads a text and marks each byte that is none with U+FFFD, so that a
// line with one can be told from the others. A break of a line is never such a
// byte, and none is eaten by one; all are "\n".
func decode(data []byte) (text, charset string, err error) {
	if what := kindOf(data); what != "" {
		return "", "", fmt.Errorf("%w: it is %s", ErrKind, what)
	}
	if bytes.Contains(data, []byte(shiftIn)) {
		return "", "", fmt.Errorf("%w: it is JIS, as old mails are; save it as UTF-8 instead", ErrKind)
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		text, charset = strings.ToValidUTF8(string(data[3:]), bad), "UTF-8 with a mark"
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		text, charset = wide16(data[2:], false), "UTF-16 (little end first) with a mark"
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		text, charset = wide16(data[2:], true), "UTF-16 (big end first) with a mark"
	case looks16(data, false):
		text, charset = wide16(data, false), "UTF-16 (little end first)"
	case looks16(data, true):
		text, charset = wide16(data, true), "UTF-16 (big end first)"
	case looks8(data):
		text, charset = strings.ToValidUTF8(string(data), bad), "UTF-8"
	default:
		text, charset = narrow(without8(data))
	}
	if strings.ContainsAny(text, "\r\x00") {
		text = breaks.Replace(text)
	}
	lines, spoiled := 0, 0
	for l := range strings.Lines(text) {
		lines++
		if strings.Contains(l, bad) {
			spoiled++
		}
	}
	if 2*spoiled >= lines && spoiled > 0 {
		i := strings.Index(text, bad)
		return "", "", fmt.Errorf("%w: line %d", ErrNoText, 1+strings.Count(text[:i], "\n"))
	}
	return text, charset, nil
}

// without8 breaks each line in UTF-8, which Shift_JIS would take for rare
// ideographs (繝壹う for ペイ): files of two banks were put together.
func without8(data []byte) []byte {
	var out []byte
	for l := range bytes.Lines(data) {
		if utf8.Valid(l) && kana(l) > 1 {
			l = []byte("\xFF\n")
		}
		out = append(out, l...)
	}
	return out
}

// breaks writes all breaks of lines alike.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", bad)

// bad stands where a byte is no text.
const bad = "\uFFFD"

// looks8 tells whether data is UTF-8, though some of its bytes may be spoilt.
func looks8(data []byte) bool {
	if utf8.Valid(data) {
		return true
	}
	long, broken := 0, 0
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			broken++
		case n > 1:
			long++
		}
		i += n
	}
	return long > 4*broken
}

// narrow reads Shift_JIS or EUC-JP: in whichever fewer bytes are no text, or
// else more are full-width kana.
func narrow(data []byte) (text, charset string) {
	sjis, _ := japanese.ShiftJIS.NewDecoder().Bytes(data) // what is no text comes out as U+FFFD
	euc, _ := japanese.EUCJP.NewDecoder().Bytes(data)
	s, e := bytes.Count(sjis, []byte(bad)), bytes.Count(euc, []byte(bad))
	if e < s || e == s && kana(euc) > kana(sjis) {
		return string(euc), "EUC-JP"
	}
	return string(sjis), "Shift_JIS"
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

// looks16 tells whether data is UTF-16 without a mark: nearly all of its units
// are what banks print, and not all of them ideographs, which Shift_JIS can
// look like.
func looks16(data []byte, big bool) bool {
	if len(data) < 2 || utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 {
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

func wide16(data []byte, big bool) string {
	units := make([]uint16, len(data)/2, len(data)/2+1)
	for i := range units {
		units[i] = unit16(data[2*i:], big)
	}
	if len(data)%2 != 0 { // half a letter is missing at the end
		units = append(units, utf8.RuneError)
	}
	return string(utf16.Decode(units))
}
