package watch

import (
	"slices"
	"strings"
)

// shortNumbers are the numbers of three digits that every telephone in Japan
// dials: police, coast guard, fire, and the consumer, child and disaster lines.
// #9110 is none: mobile phones do not dial it from a link.
var shortNumbers = []string{"110", "118", "119", "171", "188", "189"}

// Dials tells whether any telephone dials a number as it is written: E.164 with
// its plus, a number of Japan from its 0 on, or a short one, with hyphens.
func Dials(s string) bool {
	international := strings.HasPrefix(s, "+")
	body := strings.TrimPrefix(s, "+")
	digits := strings.ReplaceAll(body, "-", "")
	if digits == "" || strings.Trim(digits, "0123456789") != "" || body[0] == '-' || strings.HasSuffix(body, "-") || strings.Contains(body, "--") {
		return false
	}
	if international {
		return digits[0] != '0' && len(digits) >= 8 && len(digits) <= 15
	}
	return slices.Contains(shortNumbers, body) || (len(digits) == 10 || len(digits) == 11) && digits[0] == '0' && digits[1] != '0'
}

// CheckPhone says what is wrong with a number that people shall call; nil if
// nothing.
func CheckPhone(field, s string) *FieldError {
	if Dials(s) {
		return nil
	}
	return Wrong(field, CodeNotAllowed, "must be a number that every telephone dials: 0120-000-000, +81-3-0000-0000, or one of %s", strings.Join(shortNumbers, ", "))
}
