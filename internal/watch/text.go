package watch

import (
	"slices"
	"strings"

	"kozamori/internal/quote"
)

// CheckText says what is wrong with a string: its length in characters, and
// what queues and people cannot take; nil if nothing.
func CheckText(name, s string, least, most int) *FieldError {
	n, control := 0, false
	for _, r := range s {
		n++
		control = control || r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xFFFE || r == 0xFFFF
	}
	switch {
	case n < least:
		return Wrong(name, CodeEmpty, "must not be empty")
	case n > most:
		return Wrong(name, CodeTooLong, "is longer than %d characters", most)
	case control:
		return Wrong(name, CodeControl, "holds a control character")
	}
	return nil
}

// MaxRef is how long an account_ref may be.
const MaxRef = 64

// CheckRef says what is wrong with an account_ref that a field brings; nil if
// nothing. Its characters are those that no part of an address escapes or
// takes for something else, and "." and ".." are what addresses are tidied by.
func CheckRef(field, s string) *FieldError {
	if fe := CheckText(field, s, 1, MaxRef); fe != nil {
		return fe
	}
	for i := range len(s) {
		switch b := s[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', b == '_', b == '.', b == '~', b == '-':
		default:
			return Wrong(field, CodeNotAllowed, "must be made of the letters A to Z and a to z, digits and _ . ~ -")
		}
	}
	if s == "." || s == ".." {
		return Wrong(field, CodeNotAllowed, "must not be . or ..")
	}
	return nil
}

// MaxMask is how many characters an account_mask may have.
const MaxMask = 40

// CheckMask says what is wrong with an account_mask of an event; nil if nothing.
// A mask that lures is no reason to lose an alert: it is not shown.
func CheckMask(field, s string) *FieldError { return CheckText(field, s, 0, MaxMask) }

// CheckNewMask says what is wrong with the mask that an account shall have; nil
// if nothing.
func CheckNewMask(field, s string) *FieldError {
	if fe := CheckMask(field, s); fe != nil {
		return fe
	}
	if quote.Text(s).Lures() == quote.Phone {
		return Wrong(field, CodeNotAllowed, "shows more digits than a mask does: four are enough for the owner to know the account")
	}
	return checkQuote(field, quote.Text(s), quote.Link, quote.Mail)
}

// CheckName says what is wrong with a name that somebody gives somebody else;
// nil if nothing.
func CheckName(field, s string) *FieldError {
	if fe := CheckText(field, s, 0, MaxName); fe != nil {
		return fe
	}
	return checkQuote(field, quote.Text(s), quote.Link, quote.Mail, quote.Phone)
}

// CheckWords says what is wrong with what a bank writes to a person, of so many
// characters at most; nil if nothing. Its lines become one.
func CheckWords(field, s string, most int) *FieldError {
	s = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(s)
	if fe := CheckText(field, s, 0, most); fe != nil {
		return fe
	}
	return checkQuote(field, quote.Text(s), quote.Link, quote.Mail)
}

// checkQuote refuses what hides something, and what people are told never to
// follow.
func checkQuote(field string, t quote.Text, not ...quote.Lure) *FieldError {
	if !t.Sound() {
		return Wrong(field, CodeNotAllowed, "holds an invisible character, one that turns the direction of text, or marks piled on a letter")
	}
	if lure := t.Lures(); lure != quote.NoLure && slices.Contains(not, lure) {
		return Wrong(field, CodeNotAllowed, "holds %s, which people are told never to follow", lure)
	}
	return nil
}
