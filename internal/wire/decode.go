// Package wire is how events travel: it reads what banks send, strictly, and
// writes and reads the messages of the events queue, leniently. It never looks
// at who watches an account, and does no I/O.
package wire

import (
	"fmt"
	"math/bits"
	"strconv"
	"time"
	"unicode/utf8"

	"kozamori/internal/watch"
)

// Limits of an event.
const (
	MaxAmount = 1_000_000_000_000 // yen
	MaxAhead  = 10 * time.Minute  // how far occurred_at may lie in the future
	MaxEvents = 500               // per request
)

// fail says what is wrong with a field.
func fail(field, format string, args ...any) *watch.FieldError {
	return &watch.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
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
func DecodeEvent(raw []byte, bank string, now time.Time) (watch.Event, *watch.FieldError) {
	if !utf8.Valid(raw) {
		return watch.Event{Bank: bank, ReceivedAt: now}, notJSON()
	}
	c := scan{s: string(raw)}
	e, fe := decodeFields(&c)
	if fe == nil && !c.end() {
		fe = fail("", "has something after its end")
	}
	return received(e, fe, bank, now)
}

// received completes an event with what its fields do not tell.
func received(e watch.Event, fe *watch.FieldError, bank string, now time.Time) (watch.Event, *watch.FieldError) {
	e.Bank, e.ReceivedAt = bank, now
	if fe == nil && e.OccurredAt.After(now.Add(MaxAhead)) {
		fe = fail("occurred_at", "is more than 10 minutes in the future")
	}
	return e, fe
}

// decodeFields reads one event out of valid UTF-8. Its strings are parts of
// the text.
func decodeFields(c *scan) (e watch.Event, fe *watch.FieldError) {
	if !c.eat('{') {
		if c.skip(0) {
			return e, fail("", "an event must be a JSON object")
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
			return e, fail(plainName(name), "is not a field of an event")
		}
		if seen&(1<<f) != 0 {
			return e, fail(name, "is given twice")
		}
		seen |= 1 << f
		if !c.eat(':') {
			return e, notJSON()
		}
		if fe := read(&e, f, c); fe != nil {
			return e, fe
		}
		if more = c.eat(','); !more && !c.eat('}') {
			return e, notJSON()
		}
	}
	return e, check(&e, seen)
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

func notJSON() *watch.FieldError { return fail("", "is not well-formed JSON in UTF-8") }

// read reads the value of one field.
func read(e *watch.Event, f int, c *scan) *watch.FieldError {
	kind, from := c.peek(), c.i
	if kind == '"' && f != fAmount && f != fBalance {
		s, ok := c.str()
		if !ok {
			return notJSON()
		}
		return setText(e, f, s)
	}
	if !c.skip(1) {
		return notJSON()
	}
	name := fields[f]
	switch {
	case kind == '{' || kind == '[':
		return fail(name, "must not be an object or a list")
	case f == fBalance && kind == 'n':
		return nil
	case f != fAmount && f != fBalance:
		return fail(name, "must be a string")
	case kind != '-' && (kind < '0' || kind > '9'):
		return fail(name, "must be a whole number of yen")
	}
	n, err := strconv.ParseInt(c.s[from:c.i], 10, 64)
	switch {
	case err != nil:
		return fail(name, "must be a whole number of yen, without fraction or exponent, up to 10^12")
	case f == fBalance && (n > MaxAmount*100 || n < -MaxAmount*100):
		return fail(name, "is beyond 10^14 yen")
	case f == fBalance:
		e.BalanceAfter = &n
	case n <= 0 || n > MaxAmount:
		return fail(name, "must be from 1 to 10^12 yen")
	default:
		e.Amount = n
	}
	return nil
}

// setText stores the value of a field that is a string.
func setText(e *watch.Event, f int, s string) *watch.FieldError {
	name := fields[f]
	switch f {
	case fID:
		e.ID = s
		return watch.CheckText(name, s, 1, 128)
	case fType:
		e.Kind = watch.Kind(s)
		switch e.Kind {
		case watch.Debit, watch.DebitReversed, watch.LinkRegistered, watch.LinkRemoved:
			return nil
		}
		return fail(name, "must be debit, debit.reversed, charge_link.registered or charge_link.removed")
	case fTxn:
		e.TransactionID = s
		return watch.CheckText(name, s, 1, 128)
	case fRef:
		e.AccountRef = s
		return watch.CheckRef(name, s)
	case fMask:
		e.AccountMask = s
		return watch.CheckMask(name, s)
	case fOccurred:
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return fail(name, "must be an RFC 3339 time with a zone, 2006-01-02T15:04:05+09:00")
		}
		if at.Year() < 2000 {
			return fail(name, "is before the year 2000")
		}
		e.OccurredAt = at.Truncate(time.Millisecond) // as a record keeps it
	case fCurrency:
		if s != "JPY" {
			return fail(name, "must be JPY")
		}
	case fDescriptor:
		e.Descriptor = undirected(s)
		return watch.CheckText(name, s, 0, 255)
	case fStatus:
		e.Status = watch.Status(s)
		if e.Status != watch.Posted && e.Status != watch.Pending {
			return fail(name, "must be posted or pending")
		}
	case fService:
		e.Service = s
		return watch.CheckText(name, s, 0, 64)
	case fRoute:
		e.Route = s
		return watch.CheckText(name, s, 0, 64)
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
func check(e *watch.Event, seen uint) *watch.FieldError {
	need := uint(needAlways)
	if e.Kind == watch.Debit {
		need = needDebit
	}
	if missing := need &^ seen; missing != 0 {
		return fail(fields[bits.TrailingZeros(missing)], "is missing")
	}
	if e.Amount > 0 && seen&(1<<fCurrency) == 0 {
		return fail("currency", "is missing")
	}
	if e.IsLink() {
		if foreign := seen & notInLink; foreign != 0 {
			return fail(fields[bits.TrailingZeros(foreign)], "does not belong to a charge link")
		}
		if e.Service == "" && e.Descriptor == "" {
			return fail("service", "is missing, and there is no descriptor to tell it by")
		}
		return nil
	}
	if e.Status == "" {
		e.Status = watch.Posted
	}
	return nil
}
