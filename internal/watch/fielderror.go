package watch

import "fmt"

// Code says for programs what is wrong with a field or an event. Banks'
// programs are written against them: none is renamed or given another meaning.
type Code string

// All codes.
const (
	CodeMalformed   Code = "malformed"         // its bytes break JSON's grammar
	CodeEncoding    Code = "encoding"          // text that is not Unicode: broken UTF-8, half a character, an unknown escape
	CodeControl     Code = "control_character" // text that holds a control character
	CodeDuplicate   Code = "duplicate_field"   // a name given twice
	CodeMissing     Code = "missing"
	CodeType        Code = "wrong_type"      // a number, a string, an object or a list where another belongs
	CodeNumber      Code = "bad_number"      // no number as JSON writes it, or no whole one
	CodeRange       Code = "out_of_range"    // a number or a time beyond its limits
	CodeTime        Code = "bad_time"        // no time of RFC 3339, or no date
	CodeFuture      Code = "in_the_future"   // by more than ten minutes
	CodeEmpty       Code = "empty"           // a string without a character
	CodeTooLong     Code = "too_long"        // a string of too many characters
	CodeNotAllowed  Code = "not_allowed"     // a value that is none of those that may stand there
	CodeNotExpected Code = "does_not_belong" // a field that this type of event has not, or has in place of another
	CodeTooLarge    Code = "too_large"       // an event of too many bytes
)

// FieldError says what is wrong with a field, or with the whole if Field is
// empty, without repeating its value: it is a customer's.
type FieldError struct {
	Field   string
	Problem string
	Code    Code // empty where no program asks
}

func (e *FieldError) Error() string {
	if e.Field == "" {
		return e.Problem
	}
	return e.Field + ": " + e.Problem
}

// Wrong makes a FieldError.
func Wrong(field string, code Code, format string, args ...any) *FieldError {
	return &FieldError{Field: field, Code: code, Problem: fmt.Sprintf(format, args...)}
}
