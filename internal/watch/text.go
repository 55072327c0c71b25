package watch

import "fmt"

// FieldError says what is wrong with a field, without repeating its value: it
// is a customer's.
type FieldError struct{ Field, Problem string }

func (e *FieldError) Error() string {
	if e.Field == "" {
		return e.Problem
	}
	return e.Field + ": " + e.Problem
}

func wrong(field, format string, args ...any) *FieldError {
	return &FieldError{field, fmt.Sprintf(format, args...)}
}

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
		return wrong(name, "must not be empty")
	case n > most:
		return wrong(name, "is longer than %d characters", most)
	case control:
		return wrong(name, "holds a control character")
	}
	return nil
}

// CheckRef says what is wrong with an account_ref that a field brings; nil if
// nothing.
func CheckRef(field, s string) *FieldError {
	if fe := CheckText(field, s, 1, 64); fe != nil {
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
func CheckMask(field, s string) *FieldError { return CheckText(field, s, 0, 40) }
