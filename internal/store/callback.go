package store

import (
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
)

// KeepCallback is how long the log of a callback is kept, from its latest attempt on.
const KeepCallback = KeepTrace

// MaxAttempts is how many attempts the log of one callback lists, the latest ones.
const MaxAttempts = 20

var callbacks = codec.For[Callback]("callback")

// Callback is the log of one callback: what it was about, and what came of each
// attempt. It names no account and no person; what was posted is kept next to it, if that
// names none either (PutCallback), and else is drawn again of what it is about.
type Callback struct {
	ID   string    `json:"id"` // its webhook-id
	Bank string    `json:"bank"`
	Type string    `json:"type"`
	At   time.Time `json:"at"` // when it happened what it tells of
	// What it is about: a change of a dispute, of a control, of an inquiry or of a campaign,
	// news of the feed, a file, or the delivery of a record that reached no one.
	Seq      int    `json:"seq,omitempty"`
	Dispute  string `json:"dispute,omitempty"`
	Control  string `json:"control,omitempty"`
	Inquiry  string `json:"inquiry,omitempty"`
	Campaign string `json:"campaign,omitempty"`
	File     string `json:"file,omitempty"`
	Record   string `json:"record,omitempty"`
	Delivery string `json:"delivery,omitempty"`

	Attempts int               `json:"attempts,omitempty"`
	Latest   []CallbackAttempt `json:"latest,omitempty"` // the latest MaxAttempts, the oldest first
	ToldAt   time.Time         `json:"told_at,omitzero"`
	GaveUpAt time.Time         `json:"gave_up_at,omitzero"`
	// AskedAt is when its bank last asked for it once more.
	AskedAt time.Time `json:"asked_at,omitzero"`
	// HeldUntil is until when the process that calls, or has called with success, is the
	// only one to; zero if none does.
	HeldUntil time.Time `json:"held_until,omitzero"`
	Version   int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// CallbackAttempt is one call of a bank's endpoint that ended.
type CallbackAttempt struct {
	At   time.Time `json:"at"`
	Took int64     `json:"took_ms"`
	// Reason is why the bank did not take it, as package callback names it; empty
	// if it did.
	Reason string `json:"reason,omitempty"`
	Status int    `json:"status,omitempty"` // that the bank answered, if not 2xx
	// Ours tells that it failed on our side.
	Ours bool `json:"ours,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Taken tells that the bank took it.
func (a *CallbackAttempt) Taken() bool { return a.Reason == "" && !a.Ours }

// Waits tells that the bank is still to take it.
func (c *Callback) Waits() bool { return c.ToldAt.IsZero() && c.GaveUpAt.IsZero() }

// Tried notes an attempt.
func (c *Callback) Tried(a CallbackAttempt) {
	c.Attempts++
	c.Latest = append(c.Latest, a)
	c.Latest = c.Latest[max(0, len(c.Latest)-MaxAttempts):]
}

// A log stands by its id, because that is what banks know. Banks find theirs in the
// history index, the newest first.
func callbackKey(id string) Key     { return Key{"CALL#" + id, "CALL"} }
func callbackBodyKey(id string) Key { return Key{"CALL#" + id, "BODY"} }
func callbacksPK(bank string) string {
	return "CALLS#" + bank
}

var callbackItems = as(under("CALL#", "CALL"), callbacks, func(c *Callback, it Item) { c.Version = it.Version })

// Callback reads the log of a callback to a bank. ErrNotFound.
func (s *Store) Callback(ctx context.Context, bank, id string) (*Callback, error) {
	all, err := s.CallbacksByID(ctx, bank, id)
	if err != nil {
		return nil, err
	}
	if c := all[id]; c != nil {
		return c, nil
	}
	return nil, ErrNotFound
}

// CallbacksByID reads the logs of callbacks to a bank, of those that have one.
func (s *Store) CallbacksByID(ctx context.Context, bank string, ids ...string) (map[string]*Callback, error) {
	keys := make([]Key, len(ids))
	for i, id := range ids {
		keys[i] = callbackKey(id)
	}
	items, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Callback, len(items))
	for i := range ids {
		it, ok := items[keys[i]]
		if !ok {
			continue
		}
		c, err := callbackItems.decode(it)
		if err != nil {
			return nil, err
		}
		if c.Bank == bank {
			out[c.ID] = c
		}
	}
	return out, nil
}

// Callbacks is a page of those to a bank, the newest first, with a cursor that the bank
// brings back for the next; empty on the last.
func (s *Store) Callbacks(ctx context.Context, bank string, limit int, cursor string) ([]*Callback, string, error) {
	items, cursor, err := some(ctx, s, Query{Index: History, PK: callbacksPK(bank), Reverse: true, Cursor: cursor}, limit, callbackItems.is)
	if err != nil {
		return nil, "", err
	}
	var out []*Callback
	for _, it := range items {
		c, err := callbackItems.decode(it)
		if err != nil {
			return nil, "", err
		}
		out = append(out, c)
	}
	return out, cursor, nil
}

// CallbackBody reads what is posted, of a callback that was put with it. ErrNotFound.
func (s *Store) CallbackBody(ctx context.Context, id string) ([]byte, error) {
	k := callbackBodyKey(id)
	items, err := s.Get(ctx, k)
	if err != nil {
		return nil, err
	}
	if it, ok := items[k]; ok {
		return it.Body, nil
	}
	return nil, ErrNotFound
}

// PutCallback writes the log of a callback at the version read, and what is posted,
// unless that is nil: it must name no account and no person.
func PutCallback(c *Callback, body []byte) []Write {
	last := c.At
	if n := len(c.Latest); n > 0 && c.Latest[n-1].At.After(last) {
		last = c.Latest[n-1].At
	}
	if c.AskedAt.After(last) {
		last = c.AskedAt
	}
	if c.HeldUntil.After(last) {
		last = c.HeldUntil
	}
	expires := until(last, KeepCallback)
	w := []Write{{Item: Item{Key: callbackKey(c.ID), Body: callbacks.Encode(c), Expires: expires, History: Key{callbacksPK(c.Bank), stamp(c.At) + "#" + c.ID}}, If: At(c.Version)}}
	if body != nil {
		w = append(w, Write{Item: Item{Key: callbackBodyKey(c.ID), Body: body, Expires: expires}, If: Any})
	}
	return w
}
