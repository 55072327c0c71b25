package store

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

var (
	people   = codec.For[Person]("person")
	bindings = codec.For[Binding]("binding")
	codes    = codec.For[Code]("code")
	sights   = codec.For[Seen]("seen")
)

// Person is what is kept of a LINE user, whatever accounts they watch.
type Person struct {
	LineUser string     `json:"line_user"`
	Lang     watch.Lang `json:"lang,omitempty"`
	// Menu is what LINE was last told to show them under the chat; empty if
	// that is not known.
	Menu string `json:"menu,omitempty"`
	// UnfollowedAt is set while the person has blocked or left the LINE
	// account; At is the time of the latest follow or unfollow, so that an
	// older event that arrives late changes nothing.
	UnfollowedAt time.Time `json:"unfollowed_at,omitzero"`
	FollowEvent  time.Time `json:"follow_event,omitzero"`
	// PauseEvent, in the same way, is the time of the latest pause or its end.
	PauseEvent time.Time `json:"pause_event,omitzero"`
	// Summed is the latest summary of the past that they were told, of all their accounts;
	// nil if there is none, or they watch but one.
	Summed *Summed `json:"summed,omitempty"`
	// Silences are those of banks' feeds that they were told of, the latest last.
	Silences    []Silenced `json:"silences,omitempty"`
	WrongCodes  int        `json:"wrong_codes,omitempty"` // in a row, none more than an hour before the next
	WrongAt     time.Time  `json:"wrong_at,omitzero"`     // the latest of them
	LockedUntil time.Time  `json:"locked_until,omitzero"`
	// Expires is when a person who watches no account is forgotten; zero while
	// they watch one.
	Expires time.Time `json:"expires,omitzero"`
	Version int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Binding says that a person watches an account, and as which watcher.
type Binding struct {
	watch.OnAccount `json:"account"`
	Watcher         string `json:"watcher"`
	Version         int64  `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

func personPK(lineUser string) string { return "U#" + lineUser }

// Person reads a LINE user; a new one at version 0 if unknown.
func (s *Store) Person(ctx context.Context, lineUser string) (*Person, error) {
	p := Person{LineUser: lineUser}
	v, err := read(ctx, s, Key{personPK(lineUser), "PERSON"}, people, &p)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	p.Version = v
	return &p, nil
}

// PutPerson writes a person at the version read.
func PutPerson(p *Person) Write {
	return Write{Item: Item{Key: Key{personPK(p.LineUser), "PERSON"}, Body: people.Encode(p), Expires: p.Expires.Truncate(time.Second)}, If: At(p.Version)}
}

// DeletePerson forgets a person at the version read.
func DeletePerson(p *Person) Write {
	return Write{Item: Item{Key: Key{personPK(p.LineUser), "PERSON"}}, If: At(p.Version), Delete: true}
}

// CheckPerson lets a person's version decide and changes nothing.
func CheckPerson(p *Person) Write {
	w := PutPerson(p)
	w.Check = true
	return w
}

// UpdatePerson is UpdateRecord for a person.
func (s *Store) UpdatePerson(ctx context.Context, lineUser string, change func(*Person) error) (*Person, error) {
	var p *Person
	err := Retry(ctx, func() (err error) {
		if p, err = s.Person(ctx, lineUser); err != nil {
			return err
		}
		if err = change(p); err != nil {
			return err
		}
		return s.Write(ctx, PutPerson(p))
	})
	return p, err
}

func isBinding(k Key) bool {
	return strings.Count(k.SK, "#") == strings.Count(accountPK(watch.AccountKey{}), "#")
}

// Bindings lists the accounts that a LINE user watches.
func (s *Store) Bindings(ctx context.Context, lineUser string) iter.Seq2[*Binding, error] {
	return all(ctx, s, Query{PK: personPK(lineUser), From: "A#", To: "A#~"}, as(isBinding, bindings, func(b *Binding, it Item) { b.Version = it.Version }))
}

// Binding reads a person's binding to an account; one without a watcher at
// version 0 if there is none.
func (s *Store) Binding(ctx context.Context, lineUser string, k watch.AccountKey) (*Binding, error) {
	b := Binding{OnAccount: watch.On(k)}
	v, err := read(ctx, s, Key{personPK(lineUser), accountPK(k)}, bindings, &b)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	b.Version = v
	return &b, nil
}

// PutBinding writes a person's binding, whatever was there. The bank's watchers are
// listed by it (BankWatchers).
func PutBinding(lineUser string, b Binding) Write {
	return Write{Item: Item{Key: Key{personPK(lineUser), accountPK(b.Account)}, Body: bindings.Encode(&b),
		History: watching(lineUser, b.Account)}, If: Any}
}

// DeleteBinding removes a person's binding.
func DeleteBinding(lineUser string, k watch.AccountKey) Write {
	return Write{Item: Item{Key: Key{personPK(lineUser), accountPK(k)}}, If: Any, Delete: true}
}

// Code is a one-time enrolment code, stored under a keyed hash of it.
type Code struct {
	Hash            string `json:"hash"`
	watch.OnAccount `json:"account"`
	Mask            quote.Text `json:"mask,omitempty"`
	Email           string     `json:"email,omitempty"` // the owner's, as the bank holds it
	Lang            watch.Lang `json:"lang,omitempty"`
	Expires         time.Time  `json:"expires"`
	UsedBy          string     `json:"used_by,omitempty"` // a keyed hash of the LINE user
	UsedAt          time.Time  `json:"used_at,omitzero"`
	// What the bank told of the account's past; without links once it is used.
	Links       []watch.Seed `json:"links,omitempty"`
	HistoryFrom time.Time    `json:"history_from,omitzero"`
	// Request is a keyed hash of what the bank asked, if it gave the request a key
	// of its own by which it can be repeated.
	Request string `json:"request,omitempty"`
	Version int64  `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// codeID is how much of a code's hash names it.
const codeID = 16

// ID names the code for its bank: the beginning of its hash.
func (c *Code) ID() string { return c.Hash[:min(codeID, len(c.Hash))] }

// withdrawn stands where the user of a code would, which no keyed hash is: every
// version refuses a code that was used.
const withdrawn = "nobody"

// Withdrawn tells whether a code was cancelled, at Expires.
func (c *Code) Withdrawn() bool { return c.UsedBy == withdrawn }

// CancelCode ends a code at a time, unless it was used or changed since it was read.
// It is kept as long as any that ended: the request that made it may come again, and
// must find what it made.
func CancelCode(c *Code, at time.Time) Write {
	over := *c
	over.UsedBy, over.Expires = withdrawn, at.UTC().Truncate(time.Second)
	over.Mask, over.Email, over.Links, over.HistoryFrom = "", "", nil, time.Time{}
	return PutCode(&over)
}

// Code reads an enrolment code by its hash. ErrNotFound when it is unknown or
// gone; a code that is only expired may still be returned, so compare Expires.
func (s *Store) Code(ctx context.Context, hash string) (*Code, error) {
	var c Code
	v, err := read(ctx, s, codeKey(hash), codes, &c)
	if err != nil {
		return nil, err
	}
	c.Version = v
	return &c, nil
}

// KeepCode is how long a code is kept past its end.
const KeepCode = time.Hour

// PutCode writes a code at the version read. It is kept for KeepCode past its end,
// so that a late customer hears "expired" and not "unknown".
func PutCode(c *Code) Write {
	return Write{Item: Item{Key: codeKey(c.Hash), Body: codes.Encode(c), Expires: until(c.Expires, KeepCode),
		History: Key{codesPK(c.Account), stamp(c.Expires) + "#" + c.Hash}}, If: At(c.Version)}
}

// Codes lists an account's codes that are still kept.
func (s *Store) Codes(ctx context.Context, k watch.AccountKey) iter.Seq2[*Code, error] {
	return all(ctx, s, Query{Index: History, PK: codesPK(k)}, codeItems)
}

// DeleteCode removes a code.
func DeleteCode(hash string) Write {
	return Write{Item: Item{Key: codeKey(hash)}, If: Any, Delete: true}
}

var codeItems = as(under("C#", "C"), codes, func(c *Code, it Item) { c.Version = it.Version })

func codeKey(hash string) Key           { return Key{"C#" + hash, "C"} }
func codesPK(k watch.AccountKey) string { return "CODES#" + k.Bank + "#" + k.Ref }

// Seen remembers a LINE webhook event for a day and how far we are with it.
type Seen struct {
	ID    string    `json:"id"`
	Phase string    `json:"phase"`
	At    time.Time `json:"at"` // of the last write
	// Answer is what the person is told, until they have been: the same words
	// each time.
	Answer  jsontext.Value `json:"answer,omitempty"`
	Version int64          `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Seen reads what is known of a LINE webhook event; version 0 if it is new.
func (s *Store) Seen(ctx context.Context, id string) (*Seen, error) {
	w := Seen{ID: id}
	v, err := read(ctx, s, Key{"W#" + id, "W"}, sights, &w)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	w.Version = v
	return &w, nil
}

// PutSeen writes it at the version read.
func PutSeen(w *Seen) Write {
	return Write{Item: Item{Key: Key{"W#" + w.ID, "W"}, Body: sights.Encode(w), Expires: until(w.At, 24*time.Hour)}, If: At(w.Version)}
}

// PutMailed remembers for a day, by the key of a mail that answers a person,
// as which watcher of which account they gave its address: for when it comes
// back.
func PutMailed(key string, b Binding, at time.Time) Write {
	return PutSeen(&Seen{ID: "mail " + key, Phase: "mailed", At: at, Answer: bindings.Encode(&b)})
}

// Mailed finds what PutMailed remembered.
func (s *Store) Mailed(ctx context.Context, key string) (*Binding, error) {
	seen, err := s.Seen(ctx, "mail "+key)
	if err != nil {
		return nil, err
	}
	var b Binding
	if seen.Version == 0 || bindings.Decode(seen.Answer, &b) != nil {
		return nil, ErrNotFound
	}
	return &b, nil
}

// Several tells whether a LINE user watches more than one account.
func (s *Store) Several(ctx context.Context, lineUser string) (bool, error) {
	if lineUser == "" {
		return false, nil
	}
	n := 0
	for _, err := range s.Bindings(ctx, lineUser) {
		if err != nil {
			return false, err
		}
		if n++; n > 1 {
			return true, nil
		}
	}
	return false, nil
}

// KnowSeveral notes of a watcher whether they watch more than one account,
// before they are told of one. If that cannot be read, they are taken to: a
// message is never held up by it.
func (s *Store) KnowSeveral(ctx context.Context, w *watch.Watcher) {
	several, err := s.Several(ctx, w.LineUser)
	w.Several = several || err != nil
}
