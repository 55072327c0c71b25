package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

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
	Event   watch.Event
	Problem *watch.FieldError
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
	Events     []watch.Event
	Lines      []string // the events as the bank wrote them
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
		return b, errors.New("wire: not a batch of events")
	}
	at, err := time.Parse(time.RFC3339Nano, parts[2])
	if err != nil {
		return b, errors.New("wire: a batch without its time")
	}
	b.Bank, b.ReceivedAt = parts[1], at
	if !utf8.Valid(rest) {
		return b, errors.New("wire: a batch that is not UTF-8")
	}
	n := bytes.Count(rest, []byte("\n"))
	b.Events, b.Lines = make([]watch.Event, 0, n), make([]string, 0, n)
	for lines := string(rest); lines != ""; {
		var line string
		line, lines, _ = strings.Cut(lines, "\n")
		c := scan{s: line}
		e, fe := decodeFields(&c)
		if fe == nil && !c.end() {
			fe = notJSON()
		}
		if fe != nil {
			return b, fmt.Errorf("wire: an event of a batch: %w", fe)
		}
		e.Bank, e.ReceivedAt = b.Bank, b.ReceivedAt
		b.Events, b.Lines = append(b.Events, e), append(b.Lines, line)
	}
	return b, nil
}
