package wire

import "strings"

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
