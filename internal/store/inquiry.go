package store

import (
	"context"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var (
	inquiries = codec.For[watch.Inquiry]("inquiry")
	askings   = codec.For[Asking]("asking")
)

// Asking is one request of a bank, with which it asks about one or more debits or links. It
// names no account: its inquiries do.
type Asking struct {
	ID        string    `json:"id"`
	Bank      string    `json:"bank"`
	At        time.Time `json:"at"`
	AnswerBy  time.Time `json:"answer_by"`
	Clerk     string    `json:"clerk,omitempty"`   // who of the bank asks, which no person is shown
	Request   string    `json:"request,omitempty"` // a hash of what was asked, of a request with a key
	Inquiries []string  `json:"inquiries"`         // in the order of the request
	Version   int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

const inquiryPK, inquirySK = "INQ#", "INQ"

// An inquiry stands by its id, and in the list of its account in the history index, where the
// version before erases it; the letter puts it apart from records, as of controls.
func inquiryKey(id string) Key { return Key{inquiryPK + id, inquirySK} }

const inquiryMark = "INQUIRY#"

var inquiryItems = as(under(inquiryPK, inquirySK), inquiries, func(q *watch.Inquiry, it Item) { q.Version = it.Version })

// The requests of a bank stand in its list, by when they came.
func askingKey(id string) Key      { return Key{"ASK#" + id, "ASK"} }
func askingsPK(bank string) string { return "ASKS#" + bank }

var askingItems = as(under("ASK#", "ASK"), askings, func(a *Asking, it Item) { a.Version = it.Version })

// Inquiry reads an inquiry. ErrNotFound.
func (s *Store) Inquiry(ctx context.Context, id string) (*watch.Inquiry, error) {
	var q watch.Inquiry
	v, err := read(ctx, s, inquiryKey(id), inquiries, &q)
	if err != nil {
		return nil, err
	}
	q.Version = v
	return &q, nil
}

// InquiriesByID reads those of some inquiries that are there, in the order of their ids.
func (s *Store) InquiriesByID(ctx context.Context, ids []string) (out []*watch.Inquiry, err error) {
	keys := make([]Key, len(ids))
	for i, id := range ids {
		keys[i] = inquiryKey(id)
	}
	if len(keys) == 0 {
		return nil, nil
	}
	found, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		it, ok := found[k]
		if !ok {
			continue
		}
		q, err := inquiryItems.decode(it)
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, nil
}

// Inquiries lists those of an account that stood a moment ago.
func (s *Store) Inquiries(ctx context.Context, k watch.AccountKey) ([]*watch.Inquiry, error) {
	all, err := Collect(all(ctx, s, Query{Index: History, PK: accountPK(k), From: inquiryMark, To: inquiryMark + "~"}, inquiryItems))
	return slices.DeleteFunc(all, func(q *watch.Inquiry) bool { return q.Account != k }), err
}

// PutInquiry writes an inquiry at the version it was read.
func PutInquiry(q *watch.Inquiry) Write {
	it := Item{Key: inquiryKey(q.ID), Body: inquiries.Encode(q), Expires: until(q.AskedAt, KeepRecord), History: Key{accountPK(q.Account), inquiryMark + q.ID}}
	if !q.Due.IsZero() {
		it.Due = Key{duePK(it.PK), stamp(q.Due) + "#" + it.PK}
	}
	return Write{Item: it, If: At(q.Version)}
}

// DeleteInquiry removes an inquiry.
func DeleteInquiry(q *watch.Inquiry) []Write {
	return []Write{{Item: Item{Key: inquiryKey(q.ID)}, If: Any, Delete: true}}
}

// UpdateInquiry is UpdateRecord for an inquiry.
func (s *Store) UpdateInquiry(ctx context.Context, id string, change func(*watch.Inquiry) error) (*watch.Inquiry, error) {
	var q *watch.Inquiry
	err := Retry(ctx, func() (err error) {
		if q, err = s.Inquiry(ctx, id); err != nil {
			return err
		}
		if err = change(q); err != nil {
			return err
		}
		q.ComputeDue()
		if err = s.Write(ctx, PutInquiry(q)); err == nil {
			q.Version++
		}
		return err
	})
	return q, err
}

// Asking reads a request of a bank. ErrNotFound if there is none, or it is another bank's.
func (s *Store) Asking(ctx context.Context, bank, id string) (*Asking, error) {
	var a Asking
	v, err := read(ctx, s, askingKey(id), askings, &a)
	if err != nil {
		return nil, err
	}
	if a.Version = v; a.Bank != bank {
		return nil, ErrNotFound
	}
	return &a, nil
}

// Askings is a page of a bank's requests, the newest first, with a cursor that the bank
// brings back for the next; empty on the last.
func (s *Store) Askings(ctx context.Context, bank string, limit int, cursor string) ([]*Asking, string, error) {
	items, cursor, err := some(ctx, s, Query{Index: History, PK: askingsPK(bank), Reverse: true, Cursor: cursor}, limit, askingItems.is)
	if err != nil {
		return nil, "", err
	}
	var out []*Asking
	for _, it := range items {
		a, err := askingItems.decode(it)
		if err != nil {
			return nil, "", err
		}
		out = append(out, a)
	}
	return out, cursor, nil
}

// PutAsking writes a request at the version it was read; nothing of it changes later.
func PutAsking(a *Asking) Write {
	return Write{Item: Item{Key: askingKey(a.ID), Body: askings.Encode(a), Expires: until(a.At, KeepRecord), History: Key{askingsPK(a.Bank), stamp(a.At) + "#" + a.ID}}, If: At(a.Version)}
}
