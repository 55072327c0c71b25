package wire

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// Body is the body of a request, as it was read.
type Body struct {
	Events  []Read
	Ignored []string // what stands next to the events, as plain words
	// What a batch says of its feed.
	Feed      string
	Sequence  int64      // of the request, from 1; 0 if it has none
	File      string     // the file of the bank's that the events are of; empty if of none
	Heartbeat *Heartbeat // nil if there is none
}

// Read is one event of a body, or a piece of it that should be one.
type Read struct {
	Raw      jsontext.Value // a part of the body; well-formed if there are no Problems
	Event    watch.Event    // what could be read of it
	Problems []watch.FieldError
	Ignored  []string // fields that events do not have, as plain words
}

// Refused tells whether the event cannot be taken.
func (r *Read) Refused() bool { return len(r.Problems) > 0 }

// BodyError says why a body cannot be taken as a whole.
type BodyError struct {
	Problem string
	At      int // the byte where it is
}

func (e *BodyError) Error() string { return e.Problem }

// ErrTooMany says that a batch holds more than MaxEvents events.
var ErrTooMany = fmt.Errorf("a batch holds at most %d events", MaxEvents)

// ReadBody reads {"events":[…]}, or an event alone. now is the moment of
// receipt. The error is ErrTooMany or a *BodyError: the body is not even an
// object, or its list of events cannot be found.
//
// Whatever bytes one event holds, the others are taken. While an event keeps
// JSON's grammar, whatever is wrong within its strings and numbers, it ends
// where its braces say. Where the grammar breaks (a quote, a brace or a comma
// too many or too few), braces say nothing more, and the event ends at the next
// place that looks like the beginning of another one:
//
//	, { "name" :     with the name of a field of events
//	} , { "name" :   with any name of letters, digits, _ and -
//
// Neither can stand in a string, where quotes are escaped. What is taken for
// the end of the batch, or for an event that ends together with the body, is
// believed only if no such place follows or is within. That is how far it goes:
//   - a list of objects within a broken event may be taken for further events,
//     which are refused unless they are complete;
//   - if no such place follows a broken event, it extends to the end of the
//     batch. That is so for the last one, and if what stands between events is
//     broken as well;
//   - where only the comma between two events is missing, both are taken; and so they
//     are where something else than a comma, of up to 16 bytes, stands there: it
//     counts as no event, and the reply names it;
//   - a quote that is not escaped can make one event look like two. A bank
//     that does not escape what merchants write is read as it writes.
//
// What is there that is no event (an empty place between two commas, something
// after the batch's end, or an end that is not there) is refused like an event.
func ReadBody(body []byte, bank string, now time.Time) (Body, error) {
	b := newBodyReader(body, bank, now)
	start := b.i
	if !b.eat('{') {
		return Body{}, &BodyError{"the body must be a JSON object", b.i}
	}
	if b.i = start; !b.findEvents() {
		b.i = start
		return b.single()
	}
	return b.list()
}

func newBodyReader(body []byte, bank string, now time.Time) *bodyReader {
	b := &bodyReader{bank: bank, now: now, raw: body}
	b.s, b.dirty = string(body), !utf8.Valid(body)
	if strings.HasPrefix(b.s, "\ufeff") { // RFC 8259: it may be ignored
		b.i = len("\ufeff")
	}
	return b
}

// list reads the list of events and what follows it.
func (b *bodyReader) list() (Body, error) {
	if !b.eat('[') {
		return Body{}, &BodyError{"events must be a list", b.i}
	}
	b.out.Events = make([]Read, 0, min(MaxEvents, 1+len(b.s)/256))
	if b.eat(']') {
		end := b.i - 1
		after, ok := b.ends()
		if ok {
			b.out.Ignored = append(b.out.Ignored, after...)
			return b.out, nil
		}
		next := b.beginning(end)
		if next < 0 {
			b.out.Ignored = append(b.out.Ignored, after...)
			b.leftover(end, len(b.s))
			return b.out, nil
		}
		b.mark(end, next) // a broken event, before others
		b.i, b.lost = next, true
	}
	for more := true; more; {
		if len(b.out.Events) == MaxEvents {
			return Body{}, ErrTooMany
		}
		more = b.next()
	}
	return b.out, nil
}

// bodyReader reads a body from its beginning to its end.
type bodyReader struct {
	scan
	raw  []byte
	bank string
	now  time.Time
	out  Body
	lost bool // an event's grammar has broken before; rough is a sign of it, too

	event event // the one that is read

	// Of a history: the account that all events are about, and what the body
	// says next to them.
	account string
	from    *string // nil if it is not there, or null
}

// findEvents goes to the list of events, if the body has one.
func (b *bodyReader) findEvents() bool {
	from := b.i
	b.eat('{')
	if name, _, ok := b.str(); ok && name == "events" && b.eat(':') {
		return true
	}
	b.i = from
	found := false
	var before []string
	b.members(func(name string, _ flaw) bool {
		if name == "events" {
			found = true
			return false
		}
		if taken, ok := b.batchMember(name); taken || !ok {
			return ok
		}
		before = append(before, name)
		_, ok := b.value(1)
		return ok
	})
	if found {
		b.out.Ignored = plainNames(before)
	}
	return found
}

// single reads a body that is one event.
func (b *bodyReader) single() (Body, error) {
	b.out = Body{} // what was read on the way to events that are not there
	b.peek()
	from := b.i
	var e event
	if !e.read(&b.scan) {
		return Body{}, &BodyError{"the body is not one well-formed JSON object", b.i}
	}
	to := b.i
	if !b.end() {
		return Body{}, &BodyError{"something follows the JSON object", b.i}
	}
	b.add(&e, from, to)
	return b.out, nil
}

// next reads the event that begins here, and what stands between it and the
// next one. It is false after the last.
func (b *bodyReader) next() bool {
	b.blank()
	from := b.i
	b.event = event{account: b.account} // one for all: it does not stay on the stack
	e := &b.event
	if !e.read(&b.scan) {
		return b.broken(e, from, b.i, from)
	}
	to := b.i
	switch b.blank() {
	case ',':
		b.i++
		b.add(e, from, to)
		return true
	case ']':
		return b.lastOf(e, from, to)
	case '{':
		if b.begins(b.i) { // only the comma is missing
			b.lost = true
			b.add(e, from, to)
			return true
		}
	}
	if at := b.between(b.i); at > 0 { // no comma, but a mark that stands for one
		b.add(e, from, to)
		b.mark(b.i, at)
		b.i, b.lost = at, true
		return true
	}
	if b.i < len(b.s) || b.beginning(from) >= 0 {
		return b.broken(e, from, b.i, from)
	}
	b.add(e, from, to)
	return b.leftover(b.i, len(b.s))
}

// lastOf takes an event that the end of the list follows, if it is the end.
func (b *bodyReader) lastOf(e *event, from, to int) bool {
	end, next := b.i, -1
	b.i++
	after, ok := b.ends()
	if !ok || b.lost || b.rough {
		next = b.beginning(end)
	}
	switch {
	case !ok && next >= 0:
		return b.broken(e, from, end, end)
	case !ok:
		b.add(e, from, to)
		return b.leftover(end, len(b.s))
	case next >= 0:
		// It would be an end, but for what went before: what seems to stand
		// after the list may be its events.
		b.add(e, from, to)
		b.mark(end, next)
		b.i = next
		return true
	}
	b.add(e, from, to)
	b.out.Ignored = append(b.out.Ignored, after...)
	return false
}

// broken refuses an event whose grammar breaks at a byte, and goes to the
// beginning of the next one, which is somewhere after a byte.
func (b *bodyReader) broken(e *event, from, at, after int) bool {
	b.lost = true
	e.wrong("", watch.CodeMalformed, "is not well-formed JSON, from byte %d of the body on", at)
	next := b.beginning(after)
	to := next
	if next < 0 {
		// The batch's own end does not belong to the event.
		b.i, to = len(b.s), len(b.s)
		if t, ok := strings.CutSuffix(strings.TrimRight(b.s[from:], space), "}"); ok {
			if t, ok = strings.CutSuffix(strings.TrimRight(t, space), "]"); ok {
				to = from + len(t)
			}
		}
	} else {
		b.i = next
	}
	trimmed := strings.TrimRight(b.s[from:to], space)
	if next >= 0 {
		trimmed = strings.TrimRight(strings.TrimSuffix(trimmed, ","), space)
	}
	b.add(e, from, from+len(trimmed))
	return next >= 0
}

const space = " \t\r\n"

// leftover refuses what stands where the batch should have ended.
func (b *bodyReader) leftover(from, to int) bool {
	var e event
	e.wrong("", watch.CodeMalformed, "the batch does not end as it should, from byte %d of the body on", from)
	b.add(&e, from, to)
	return false
}

// ends reads the rest of a batch after its list, and names what else the batch
// holds. It is false if that is not all as JSON has it.
func (b *bodyReader) ends() ([]string, bool) {
	var after []string
	for b.eat(',') {
		name, f, ok := b.str()
		if !ok || f != fine || name == "events" || !b.eat(':') {
			return nil, false
		}
		if taken, ok := b.batchMember(name); !ok {
			return nil, false
		} else if taken {
			continue
		}
		if f, ok := b.value(1); !ok || f != fine {
			return nil, false
		}
		after = append(after, name)
	}
	return plainNames(after), b.eat('}') && b.end()
}

// add takes or refuses what was read.
func (b *bodyReader) add(e *event, from, to int) {
	e.received(b.bank, b.now)
	if to-from > MaxEvent {
		e.wrong("", watch.CodeTooLarge, "is larger than %d KiB", MaxEvent>>10)
	}
	raw := jsontext.Value(b.raw[from:to:to])
	if e.spliced {
		raw = withAccount(raw, b.account)
	}
	b.out.Events = append(b.out.Events, Read{raw, e.Event, e.problems, plainNames(e.unknown)})
}

// plainNames makes names that a sender chose fit for a reply: few of them, and
// each a plain word.
func plainNames(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	var out []string
	for _, n := range names[:min(len(names), maxIgnored)] {
		if n = PlainName(n); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
