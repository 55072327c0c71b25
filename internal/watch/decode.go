package watch

import (
	"fmt"
	"math/bits"
	"strconv"
	"time"
	"unicode/utf8"
)

// Limits of an event.
const (
	MaxAmount = 1_000_000_000_000 // yen
	MaxAhead  = 10 * time.Minute  // how far occurred_at may lie in the future
	MaxEvents = 500               // per request
)

// FieldError says what is wrong with an event, without repeating its values:
// they are a customer's.
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

// fields of an event, in the order of their bits.
var fields = []string{"id", "type", "transaction_id", "account_ref", "account_mask", "occurred_at", "amount",
	"currency", "descriptor", "balance_after", "status", "service", "route"}

const (
	fID = iota
	fType
	fTxn
	fRef
	fMask
	fOccurred
	fAmount
	fCurrency
	fDescriptor
	fBalance
	fStatus
	fService
	fRoute
)

// DecodeEvent reads one event as a bank sends it, strictly: unknown and
// duplicate fields, wrong types, missing fields, impossible values and
// trailing bytes are refused. now is the moment of receipt.
func DecodeEvent(raw []byte, bank string, now time.Time) (Event, *FieldError) {
	if !utf8.Valid(raw) {
		return Event{Bank: bank, ReceivedAt: now}, notJSON()
	}
	c := scan{s: string(raw)}
	e, fe := decodeFields(&c)
	if fe == nil && !c.end() {
		fe = wrong("", "has something after its end")
	}
	return received(e, fe, bank, now)
}

// received completes an event with what its fields do not tell.
func received(e Event, fe *FieldError, bank string, now time.Time) (Event, *FieldError) {
	e.Bank, e.ReceivedAt = bank, now
	if fe == nil && e.OccurredAt.After(now.Add(MaxAhead)) {
		fe = wrong("occurred_at", "is more than 10 minutes in the future")
	}
	return e, fe
}

// decodeFields reads one event out of valid UTF-8. Its strings are parts of
// the text.
func decodeFields(c *scan) (e Event, fe *FieldError) {
	if !c.eat('{') {
		if c.skip(0) {
			return e, wrong("", "an event must be a JSON object")
		}
		return e, notJSON()
	}
	var seen uint
	for more := !c.eat('}'); more; {
		name, ok := c.str()
		if !ok {
			return e, notJSON()
		}
		f := fieldIndex(name)
		if f < 0 {
			// The name is the sender's own text: it is cut, and kept only if
			// it is a plain word, so that nothing else gets into a reply.
			return e, wrong(plainName(name), "is not a field of an event")
		}
		if seen&(1<<f) != 0 {
			return e, wrong(name, "is given twice")
		}
		seen |= 1 << f
		if !c.eat(':') {
			return e, notJSON()
		}
		if fe := e.read(f, c); fe != nil {
			return e, fe
		}
		if more = c.eat(','); !more && !c.eat('}') {
			return e, notJSON()
		}
	}
	return e, e.check(seen)
}

func fieldIndex(name string) int {
	switch name {
	case "id":
		return fID
	case "type":
		return fType
	case "transaction_id":
		return fTxn
	case "account_ref":
		return fRef
	case "account_mask":
		return fMask
	case "occurred_at":
		return fOccurred
	case "amount":
		return fAmount
	case "currency":
		return fCurrency
	case "descriptor":
		return fDescriptor
	case "balance_after":
		return fBalance
	case "status":
		return fStatus
	case "service":
		return fService
	case "route":
		return fRoute
	}
	return -1
}

func plainName(s string) string {
	if len(s) > 32 {
		s = s[:32]
	}
	for _, r := range s {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return "?"
		}
	}
	return s
}

func notJSON() *FieldError { return wrong("", "is not well-formed JSON in UTF-8") }

// read reads the value of one field.
func (e *Event) read(f int, c *scan) *FieldError {
	kind, from := c.peek(), c.i
	if kind == '"' && f != fAmount && f != fBalance {
		s, ok := c.str()
		if !ok {
			return notJSON()
		}
		return e.setText(f, s)
	}
	if !c.skip(1) {
		return notJSON()
	}
	name := fields[f]
	switch {
	case kind == '{' || kind == '[':
		return wrong(name, "must not be an object or a list")
	case f == fBalance && kind == 'n':
		return nil
	case f != fAmount && f != fBalance:
		return wrong(name, "must be a string")
	case kind != '-' && (kind < '0' || kind > '9'):
		return wrong(name, "must be a whole number of yen")
	}
	n, err := strconv.ParseInt(c.s[from:c.i], 10, 64)
	switch {
	case err != nil:
		return wrong(name, "must be a whole number of yen, without fraction or exponent, up to 10^12")
	case f == fBalance && (n > MaxAmount*100 || n < -MaxAmount*100):
		return wrong(name, "is beyond 10^14 yen")
	case f == fBalance:
		e.BalanceAfter = &n
	case n <= 0 || n > MaxAmount:
		return wrong(name, "must be from 1 to 10^12 yen")
	default:
		e.Amount = n
	}
	return nil
}

// setText stores the value of a field that is a string.
func (e *Event) setText(f int, s string) *FieldError {
	name := fields[f]
	switch f {
	case fID:
		e.ID = s
		return text(name, s, 1, 128)
	case fType:
		e.Kind = Kind(s)
		switch e.Kind {
		case Debit, DebitReversed, LinkRegistered, LinkRemoved:
			return nil
		}
		return wrong(name, "must be debit, debit.reversed, charge_link.registered or charge_link.removed")
	case fTxn:
		e.TransactionID = s
		return text(name, s, 1, 128)
	case fRef:
		e.AccountRef = s
		return CheckRef(name, s)
	case fMask:
		e.AccountMask = s
		return CheckMask(name, s)
	case fOccurred:
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return wrong(name, "must be an RFC 3339 time with a zone, 2006-01-02T15:04:05+09:00")
		}
		if at.Year() < 2000 {
			return wrong(name, "is before the year 2000")
		}
		e.OccurredAt = at.Truncate(time.Millisecond) // as a record keeps it
	case fCurrency:
		if s != "JPY" {
			return wrong(name, "must be JPY")
		}
	case fDescriptor:
		e.Descriptor = undirected(s)
		return text(name, s, 0, 255)
	case fStatus:
		e.Status = Status(s)
		if e.Status != Posted && e.Status != Pending {
			return wrong(name, "must be posted or pending")
		}
	case fService:
		e.Service = s
		return text(name, s, 0, 64)
	case fRoute:
		e.Route = s
		return text(name, s, 0, 64)
	}
	return nil
}

// Which fields must be there, and which must not.
const (
	needAlways = 1<<fID | 1<<fType | 1<<fTxn | 1<<fRef | 1<<fOccurred
	needDebit  = needAlways | 1<<fAmount | 1<<fCurrency | 1<<fDescriptor
	notInLink  = 1<<fAmount | 1<<fCurrency | 1<<fBalance | 1<<fStatus
)

// check looks at the event as a whole.
func (e *Event) check(seen uint) *FieldError {
	need := uint(needAlways)
	if e.Kind == Debit {
		need = needDebit
	}
	if missing := need &^ seen; missing != 0 {
		return wrong(fields[bits.TrailingZeros(missing)], "is missing")
	}
	if e.Amount > 0 && seen&(1<<fCurrency) == 0 {
		return wrong("currency", "is missing")
	}
	if e.IsLink() {
		if foreign := seen & notInLink; foreign != 0 {
			return wrong(fields[bits.TrailingZeros(foreign)], "does not belong to a charge link")
		}
		if e.Service == "" && e.Descriptor == "" {
			return wrong("service", "is missing, and there is no descriptor to tell it by")
		}
		return nil
	}
	if e.Status == "" {
		e.Status = Posted
	}
	return nil
}
