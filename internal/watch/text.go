package watch

import "strings"

// text checks a string: its length in characters, and that queues and people
// can take what is in it.
func text(name, s string, least, most int) *FieldError {
	n, control := 0, false
	for _, r := range s {
		n++
		control = control || r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xFFFE || r == 0xFFFF
	}
	switch {
	case n < least:
		return wrong(name, "must not be empty")
	case n > most:
		return wrong(name, "is longer than %d characters", most)
	case control:
		return wrong(name, "holds a control character")
	}
	return nil
}

// undirected drops marks that turn the direction of text or take no room. A
// merchant may have chosen a descriptor, and must not be able to make an
// alert's line read otherwise than it is. It is no reason to refuse an event.
func undirected(s string) string {
	if !strings.Contains(s, "\xe2\x80") && !strings.Contains(s, "\xe2\x81") && !strings.Contains(s, "\u061c") {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2069, r == 0x061C:
			return -1
		}
		return r
	}, s)
}

// CheckRef says what is wrong with an account_ref that a field brings; nil if
// nothing.
func CheckRef(field, s string) *FieldError {
	if fe := text(field, s, 1, 64); fe != nil {
		return fe
	}
	for _, r := range s {
		if r <= ' ' || r > '~' || r == '#' {
			return wrong(field, "must be printable ASCII without spaces and #")
		}
	}
	return nil
}

// CheckMask says what is wrong with an account_mask; nil if nothing.
func CheckMask(field, s string) *FieldError { return text(field, s, 0, 40) }
