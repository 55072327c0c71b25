package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// version of the messages of the events queue: a first line "k1 BANK TIME",
// and then one line for each event, as the bank wrote it. In a message of
// history the first line goes on with "history=REF" and perhaps "from=TIME", in one
// of a file with "file=ID".
//
// What a version writes, the one before it and the one after it read, because
// ingest and detect are replaced in any order and rolled back. So a line may
// gain fields and the first line further words, under the same version; a
// version that means something else by what is there is read by a release
// before any release writes it.
const version = 1

// newest is the newest version that this program reads: the next one keeps the
// meaning of the words and the lines of this one.
const newest = version + 1

// EncodeBatch makes bodies for the events queue out of accepted events, as the
// bank wrote them. Each body is at most limit bytes (an event alone may be
// larger).
func EncodeBatch(bank string, received time.Time, events []jsontext.Value, limit int) [][]byte {
	return encode(append(head(bank, received), '\n'), events, limit)
}

// EncodeFile is EncodeBatch for events of a file. A reader that does not know the word
// takes them for events that came one by one.
func EncodeFile(bank, file string, received time.Time, events []jsontext.Value, limit int) [][]byte {
	return encode(append(fmt.Appendf(head(bank, received), " file=%s", file), '\n'), events, limit)
}

func head(bank string, received time.Time) []byte {
	return fmt.Appendf(nil, "k%d %s %s", version, bank, received.UTC().Format(time.RFC3339Nano))
}

func encode(head []byte, events []jsontext.Value, limit int) [][]byte {
	var out [][]byte
	size := len(head)
	for _, v := range events {
		size += len(v) + 1
	}
	cur := append(make([]byte, 0, min(size, limit)), head...)
	for _, v := range events {
		// A line feed is only white space in JSON; here it ends an event.
		if bytes.IndexByte(v, '\n') >= 0 || bytes.IndexByte(v, '\r') >= 0 {
			v = Compact(v)
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

// Compact drops the white space of a JSON text that is not within strings.
// Text that is not well-formed becomes shorter too, and is no better for it.
func Compact(v jsontext.Value) jsontext.Value {
	out := make(jsontext.Value, 0, len(v))
	for i, text := 0, false; i < len(v); i++ {
		b := v[i]
		switch {
		case b == '"':
			text = !text
		case text && b == '\\':
			out = append(out, b)
			i++
		case !text && strings.IndexByte(space, b) >= 0:
			continue
		}
		if i < len(v) {
			out = append(out, v[i])
		}
	}
	return out
}

// Batch is a message of the events queue, as it was read.
type Batch struct {
	Bank       string
	ReceivedAt time.Time
	Events     []watch.Event
	Lines      []string // Events as the bank wrote them
	Unread     []Line
	// History is the account whose past this is, From since when the bank says
	// that it is whole. Empty and zero if it is news.
	History string
	From    time.Time
	File    string // which file of the bank's the events are of; empty if they are of none
}

// Line is a line of a message that this version cannot read.
type Line struct {
	Raw, Problem string
}

// ErrNotBatch says that a message is no batch of events, ErrNewer that it is
// one of a version that this program does not read.
var (
	ErrNotBatch = errors.New("wire: not a batch of events")
	ErrNewer    = errors.New("wire: a batch of a version that is not known yet")
)

// DecodeBatch reads what EncodeBatch of this version, or of the one before or
// after it, wrote. ErrNotBatch, ErrNewer.
func DecodeBatch(body []byte) (Batch, error) {
	head, rest, _ := bytes.Cut(body, []byte("\n"))
	b, err := decodeHead(string(head))
	if err != nil {
		return b, err
	}
	n := bytes.Count(rest, []byte("\n"))
	b.Events, b.Lines = make([]watch.Event, 0, n), make([]string, 0, n)
	c := scan{dirty: !utf8.Valid(rest)}
	for lines := string(rest); lines != ""; {
		c.s, lines, _ = strings.Cut(lines, "\n")
		c.i = 0
		e, problem := decodeLine(&c)
		if problem != "" {
			b.Unread = append(b.Unread, Line{c.s, problem})
			continue
		}
		e.Bank, e.ReceivedAt, e.History, e.File = b.Bank, b.ReceivedAt, b.History != "", b.File
		b.Events, b.Lines = append(b.Events, e), append(b.Lines, c.s)
	}
	return b, nil
}

func decodeHead(head string) (b Batch, err error) {
	words := strings.Split(head, " ")
	of, ok := strings.CutPrefix(words[0], "k")
	v, err := strconv.Atoi(of)
	switch {
	case !ok || err != nil || v < 1:
		return b, ErrNotBatch
	case v > newest:
		return b, ErrNewer
	case len(words) < 3:
		return b, ErrNotBatch
	}
	b.Bank = words[1]
	if b.ReceivedAt, err = time.Parse(time.RFC3339Nano, words[2]); err != nil {
		return Batch{}, ErrNotBatch
	}
	for _, word := range words[3:] {
		switch name, value, _ := strings.Cut(word, "="); name {
		case "history":
			b.History = value
		case "file":
			b.File = value
		case "from":
			if b.From, err = time.Parse(time.RFC3339Nano, value); err != nil {
				return Batch{}, ErrNotBatch
			}
		}
	}
	return b, nil
}

// decodeLine reads an event that a door let in. It asks for no more than is
// needed to know which event it is and what about: another version may have
// other limits, fields and words.
func decodeLine(c *scan) (e watch.Event, problem string) {
	next := 0
	ok := c.members(func(name string, _ flaw) bool {
		i := find(name, next)
		if i < 0 {
			_, ok := c.value(1)
			return ok
		}
		next = i + 1
		var text string
		var f flaw
		var ok bool
		quoted := c.peek() == '"'
		if quoted {
			text, f, ok = c.str()
		} else {
			text, f, ok = c.scalar()
		}
		switch {
		case !ok:
			return false
		case !quoted && text == "null":
			return true
		case f != fine || !fields[i].take(&e, text, quoted):
			problem = fields[i].name + " cannot be read"
		}
		return true
	})
	switch {
	case !ok || !c.end():
		return e, "is not well-formed JSON"
	case problem != "":
		return e, problem
	case !known(e.Kind):
		return e, "is of a type that is not known"
	case e.TransactionID == "" || e.AccountRef == "" || e.OccurredAt.IsZero():
		return e, "has no transaction_id, account_ref or time"
	}
	if !e.IsLink() && e.Status == "" {
		e.Status = watch.Posted
	}
	return e, ""
}

// take stores the value of a field, whatever its limits. It is false for a
// value that no version has written there.
func (f *field) take(e *watch.Event, s string, quoted bool) bool {
	switch {
	case quoted == (f.yen != nil):
		return false
	case f.yen != nil:
		n, err := strconv.ParseInt(s, 10, 64)
		if err == nil {
			f.yen(e, n)
		}
		return err == nil
	case f.text != nil:
		f.set(e, s)
	case f.read(e, s) != nil:
		return f.lenient != nil && f.lenient(e, s)
	}
	return true
}
