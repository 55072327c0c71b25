package watch

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

// CheckMask says what is wrong with an account_mask; nil if nothing.
func CheckMask(field, s string) *FieldError { return CheckText(field, s, 0, MaxMask) }
