// Package phone knows which telephone numbers people can be told to call: those
// that every telephone in Japan dials from a link. It never looks a number up and
// never says whose it is.
package phone

import (
	"slices"
	"strings"
)

// short are the numbers of three digits that every telephone in Japan dials: police,
// coast guard, fire, and the disaster, consumer and child lines. #9110 is none:
// mobile phones do not dial it from a link.
var short = []string{"110", "118", "119", "171", "188", "189"}

// Japan's numbers by how they begin, of the national numbering plan. The dear are
// charged for what is heard, or reach a machine: 0990 and 0180, mailboxes (0170),
// networks of companies (0910).
var (
	elevenDigits = []string{"050", "060", "070", "080", "090"} // 0800 among them; 020 is for machines
	notForPeople = []string{"0170", "0180", "0910", "0990"}
	dearAbroad   = []string{"1900", "979"}
)

// Dials tells whether any telephone dials a number as it is written, with hyphens:
// a number of Japan from its 0 or from +81 on, another country's from its plus on,
// or a short one. A number that is charged for what is heard is none.
func Dials(s string) bool { return Problem(s) == "" }

// Japans is a number as people in Japan know it: +81-3-1234-5678 is 03-1234-5678.
// What is no number of Japan stays as it is.
func Japans(s string) string {
	if rest, ok := strings.CutPrefix(s, "+81"); ok && Dials(s) {
		return "0" + strings.TrimPrefix(rest, "-")
	}
	return s
}

// Tel is the address of a link that dials a number; empty for what some telephone
// does not dial, which is only said.
func Tel(s string) string {
	if !Dials(s) {
		return ""
	}
	return "tel:" + Japans(s)
}

// Problem says what is wrong with a number that people shall call, in words that
// follow the name of a field; empty if nothing is.
func Problem(s string) string {
	const right = "must be one number that every telephone dials, of digits and hyphens: 0120-000-000, +81-3-0000-0000, or one of "
	body, abroad := strings.CutPrefix(s, "+")
	digits := strings.ReplaceAll(body, "-", "")
	if digits == "" || strings.Trim(digits, "0123456789") != "" || body[0] == '-' || strings.HasSuffix(body, "-") || strings.Contains(body, "--") {
		return right + strings.Join(short, ", ")
	}
	if rest, ok := strings.CutPrefix(digits, "81"); ok && abroad {
		digits, abroad = "0"+rest, false
	}
	switch begins := func(with []string) bool {
		return slices.ContainsFunc(with, func(b string) bool { return strings.HasPrefix(digits, b) })
	}; {
	case abroad && begins(dearAbroad), !abroad && begins(notForPeople):
		return "must not be a number that is charged for what is heard, or that reaches a machine: " + right[len("must be "):] + strings.Join(short, ", ")
	case abroad && digits[0] != '0' && len(digits) >= 8 && len(digits) <= 15,
		!abroad && slices.Contains(short, s),
		!abroad && begins(elevenDigits) && len(digits) == 11,
		!abroad && !begins(elevenDigits) && len(digits) == 10 && digits[0] == '0' && digits[1] != '0':
		return ""
	}
	return right + strings.Join(short, ", ")
}
