package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// Debit is the event that a debit of a statement becomes, but for its ids.
func (r *Row) Debit(ref string) map[string]any {
	m := map[string]any{"type": watch.Debit, "account_ref": ref, "occurred_on": r.Day.Format(time.DateOnly), "amount": r.Out, "currency": "JPY",
		"descriptor": r.Text, "status": watch.Posted}
	if r.Detail != "" {
		m["detail"] = r.Detail
	}
	if r.Row.Balance != nil {
		m["balance_after"] = *r.Row.Balance
	}
	return m
}

// Unsettled says why a row cannot be told from its equals: of 全銀's the balance
// behind it is part of what it is known by.
func (r *Row) Unsettled() *Problem {
	if !r.National() || r.Row.Balance != nil {
		return nil
	}
	return &Problem{Line: r.Line, Byte: r.Byte, Field: "balance", Reason: "rows above it could not be read, so that the balance behind it is not known; it is sent when the file comes whole"}
}

// Encode writes an event, its members in the order in which banks are shown them.
// What is none of an event's is left out.
func Encode(members map[string]any) (json.RawMessage, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, name := range wire.Fields() {
		v, ok := members[name]
		if !ok {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", name)
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1) // Encode ends the line
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// ErrMany says that a line holds no event, or more than one, ErrWrapped that it holds
// one within something else.
var (
	ErrMany    = errors.New("a line must hold one event")
	ErrWrapped = errors.New("a line must be the event itself, not a batch that holds it, and nothing may stand before it")
)

// Event reads a line as the door for events does. The line is sent on as it
// is, and so a line that is accepted is the event and nothing else.
func Event(raw []byte, bank string, now time.Time) (*wire.Read, error) {
	body, err := wire.ReadBody(raw, bank, now)
	switch {
	case err != nil:
		return &wire.Read{}, err
	case len(body.Events) != 1:
		return &wire.Read{}, ErrMany
	case !bytes.Equal(bytes.Trim(raw, " \t\r\n"), body.Events[0].Raw):
		return &wire.Read{}, ErrWrapped
	}
	return &body.Events[0], nil
}

// Check reads the event of a row as the door for events does. The first thing that
// is wrong is its problem.
func (r *Row) Check(event []byte, bank string, now time.Time) (*wire.Read, *Problem) {
	read, err := Event(event, bank, now)
	p := Problem{Line: r.Line, Byte: r.Byte, ID: wire.ShortID(read.Event.ID)}
	switch {
	case err != nil:
		p.Reason, p.Code = err.Error(), watch.CodeMalformed
	case read.Refused():
		first := read.Problems[0]
		p.Field, p.Reason, p.Code = first.Field, first.Problem, first.Code
	default:
		return read, nil
	}
	return read, &p
}
