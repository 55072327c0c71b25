package watch

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
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
		e.OccurredAt = at
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

// SplitBatch takes the body of a request apart: the events of {"events":[…]},
// or the body itself if it is a single event. The raw events are parts of the
// body, well-formed JSON, and not checked further yet. An error says why the
// body as a whole cannot be taken.
func SplitBatch(body []byte) ([]jsontext.Value, error) {
	var out []jsontext.Value
	err := walk(body, func(c *scan) bool {
		from := c.i
		ok := c.skip(2)
		out = append(out, body[from:c.i:c.i])
		return ok
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Read is an event of a body as it was read: Problem says why it cannot be
// taken, if it cannot. Raw is a part of the body.
type Read struct {
	Raw     jsontext.Value
	Event   Event
	Problem *FieldError
}

// ReadBatch is SplitBatch and DecodeEvent of each in one pass.
func ReadBatch(body []byte, bank string, now time.Time) ([]Read, error) {
	out := make([]Read, 0, min(MaxEvents, 1+len(body)/256))
	err := walk(body, func(c *scan) bool {
		from := c.i
		e, fe := decodeFields(c)
		e, fe = received(e, fe, bank, now)
		if fe != nil {
			// The rest of it still has to be JSON for the body to be.
			c.i = from
			if !c.skip(2) {
				return false
			}
		}
		out = append(out, Read{body[from:c.i:c.i], e, fe})
		return true
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// walk calls each at the beginning of every event of a body, and expects it to
// read to the event's end; false is not JSON.
func walk(body []byte, each func(*scan) bool) error {
	bad := errors.New("the body is not one well-formed JSON object in UTF-8")
	if !utf8.Valid(body) {
		return bad
	}
	c := scan{s: string(body)}
	if !c.eat('{') {
		return bad
	}
	if name, ok := c.str(); !ok || name != "events" {
		c.i = 0
		c.peek()
		if !each(&c) || !c.end() {
			return bad
		}
		return nil
	}
	if !c.eat(':') {
		return bad
	}
	if !c.eat('[') {
		return errors.New("events must be a list")
	}
	n := 0
	for more := !c.eat(']'); more; n++ {
		if n == MaxEvents {
			return ErrTooMany
		}
		if c.peek(); !each(&c) {
			return bad
		}
		if more = c.eat(','); !more && !c.eat(']') {
			return bad
		}
	}
	if !c.eat('}') {
		return errors.New("a batch holds events and nothing else")
	}
	if !c.end() {
		return bad
	}
	return nil
}

// ErrTooMany says that a batch holds more than MaxEvents events.
var ErrTooMany = fmt.Errorf("a batch holds at most %d events", MaxEvents)

// Batch is the body of a message in the events queue.
type Batch struct {
	Bank       string
	ReceivedAt time.Time
	Events     []Event
}

const batchVersion = "k1"

// EncodeBatch makes bodies for the events queue out of accepted events, as the
// bank wrote them: one line for each, after a line that says whose they are.
// Each body is at most limit bytes (an event alone may be larger).
func EncodeBatch(bank string, received time.Time, events []jsontext.Value, limit int) [][]byte {
	head := fmt.Appendf(nil, "%s %s %s\n", batchVersion, bank, received.UTC().Format(time.RFC3339Nano))
	var out [][]byte
	size := len(head)
	for _, v := range events {
		size += len(v) + 1
	}
	cur := append(make([]byte, 0, min(size, limit)), head...)
	for _, v := range events {
		// A line feed is only white space in JSON; here it ends an event.
		if bytes.IndexByte(v, '\n') >= 0 || bytes.IndexByte(v, '\r') >= 0 {
			v = v.Clone()
			if err := v.Compact(); err != nil {
				continue // it was decoded before: it does compact
			}
		}
		if len(cur) > len(head) && len(cur)+len(v)+1 > limit {
			out = append(out, cur)
			cur = append([]byte(nil), head...)
		}
		cur = append(append(cur, v...), '\n')
	}
	if len(cur) > len(head) {
		out = append(out, cur)
	}
	return out
}

// DecodeBatch reads what EncodeBatch wrote.
func DecodeBatch(body []byte) (Batch, error) {
	var b Batch
	head, rest, _ := bytes.Cut(body, []byte("\n"))
	parts := strings.Split(string(head), " ")
	if len(parts) != 3 || parts[0] != batchVersion {
		return b, errors.New("watch: not a batch of events")
	}
	at, err := time.Parse(time.RFC3339Nano, parts[2])
	if err != nil {
		return b, errors.New("watch: a batch without its time")
	}
	b.Bank, b.ReceivedAt = parts[1], at
	if !utf8.Valid(rest) {
		return b, errors.New("watch: a batch that is not UTF-8")
	}
	b.Events = make([]Event, 0, bytes.Count(rest, []byte("\n")))
	for lines := string(rest); lines != ""; {
		var line string
		line, lines, _ = strings.Cut(lines, "\n")
		c := scan{s: line}
		e, fe := decodeFields(&c)
		if fe == nil && !c.end() {
			fe = notJSON()
		}
		if fe != nil {
			return b, fmt.Errorf("watch: an event of a batch: %w", fe)
		}
		e.Bank, e.ReceivedAt = b.Bank, b.ReceivedAt
		b.Events = append(b.Events, e)
	}
	return b, nil
}
