package wire

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// History is what a bank tells of an account's past.
type History struct {
	Bank, Account string
	// From is since when all debits of the account are among what the bank
	// told, as it says itself or as its oldest debit has it. Zero if neither
	// is there: a link says nothing of debits.
	From time.Time
}

// ReadHistory reads {"events":[…],"from":PAST} as ReadBody reads events, all of
// which are about one account: they may name it or leave it out. Raw of an
// event that left it out names it. The list may be empty if from is there. The
// error is one of ReadBody's, or a *watch.FieldError about from.
func ReadHistory(body []byte, bank, account string, now time.Time) (Body, History, error) {
	h := History{Bank: bank, Account: account}
	b := newBodyReader(body, bank, now)
	b.account = account
	start := b.i
	if !b.eat('{') {
		return Body{}, h, &BodyError{"the body must be a JSON object", b.i}
	}
	if b.i = start; !b.findEvents() {
		return Body{}, h, &BodyError{"the body has no list of events", b.i}
	}
	out, err := b.list()
	if err != nil {
		return Body{}, h, err
	}
	if b.from != nil {
		at, _, fe := ReadPast("from", *b.from, now)
		if fe != nil {
			return Body{}, h, fe
		}
		h.From = at
		return out, h, nil
	}
	for i := range out.Events {
		if e := &out.Events[i]; !e.Refused() && e.Event.Kind == watch.Debit && (h.From.IsZero() || e.Event.OccurredAt.Before(h.From)) {
			h.From = e.Event.OccurredAt
		}
	}
	return out, h, nil
}

// readFrom reads the value of from. One that is no string is kept as what no
// time is.
func (b *bodyReader) readFrom() bool {
	b.from = nil
	var none string
	switch b.peek() {
	case '"':
		s, f, ok := b.str()
		if f != fine {
			s = none
		}
		b.from = &s
		return ok
	case '{', '[':
		b.from = &none
		_, ok := b.value(1)
		return ok
	}
	s, _, ok := b.scalar()
	if s != "null" {
		b.from = &none
	}
	return ok
}

// ofAccount has an event of a history be about its account.
func (e *event) ofAccount() {
	switch {
	case e.account == "":
	case e.given&(1<<fAccountRef) == 0:
		e.AccountRef, e.spliced = e.account, true
		e.given |= 1 << fAccountRef
	case e.AccountRef != e.account && !e.isWrong("account_ref"):
		e.wrong("account_ref", watch.CodeNotAllowed, "is another account than that of the address")
	}
}

// withAccount names the account in an event that does not: what is kept of it
// must be found when the account is erased, and be readable alone.
func withAccount(event jsontext.Value, account string) jsontext.Value {
	return fmt.Appendf(nil, `{"account_ref":%q,%s`, account, event[1:])
}

// EncodeHistory makes bodies for the events queue like EncodeBatch. That this
// is history stands in words of the first line, which a reader that does not
// know them ignores, and not in the lines, which are the bank's own words. A
// reader of the release before takes it for late events. There is one body
// even if there are no events.
func EncodeHistory(h History, received time.Time, events []jsontext.Value, limit int) [][]byte {
	first := fmt.Appendf(head(h.Bank, received), " history=%s", h.Account)
	if !h.From.IsZero() {
		first = fmt.Appendf(first, " from=%s", h.From.UTC().Format(time.RFC3339Nano))
	}
	first = append(first, '\n')
	if len(events) == 0 {
		return [][]byte{first}
	}
	return encode(first, events, limit)
}

// ReadPast reads a moment of the past that stands in a field: a time of RFC
// 3339, or a day in Japan.
func ReadPast(field, s string, now time.Time) (at time.Time, dateOnly bool, fe *watch.FieldError) {
	var e watch.Event
	if readDate(&e, s) != nil && readTime(&e, s) != nil {
		return time.Time{}, false, watch.Wrong(field, watch.CodeTime, "must be an RFC 3339 time with a zone, or a day, 2006-01-02, since %d", Earliest)
	}
	if e.OccurredAt.After(now) {
		return time.Time{}, false, watch.Wrong(field, watch.CodeFuture, "is in the future")
	}
	return e.OccurredAt, e.DateOnly, nil
}

// CheckLink reports which text of a charge link cannot be one of an event's.
func CheckLink(service, descriptor, route string) *watch.FieldError {
	for _, f := range []struct {
		name, text string
		most       int
	}{{"service", service, MaxWord}, {"descriptor", descriptor, MaxText}, {"route", route, MaxWord}} {
		if fe := watch.CheckText(f.name, f.text, 0, f.most); fe != nil {
			return fe
		}
	}
	return nil
}
