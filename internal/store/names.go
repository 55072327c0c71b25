package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

// A bank may replace the ref by which it calls an account. All that is kept of the
// account stays under the first ref, for ever: keys of items, ids of records and links
// that people hold are made of it. Where the account of a later ref would stand, a
// forward stands, so that no read more is made for an account whose ref was never
// replaced. Forwards lead to the first ref, never to another forward.

var (
	names    = codec.For[Names]("names")
	forwards = codec.For[Forward]("forward")
)

// MaxNames is how often the ref of one account can be replaced: all of its names are
// written in one call.
const MaxNames = 60

// Names are what a bank has called one account, by its first ref.
type Names struct {
	watch.OnAccount `json:"account"`
	// Later are the refs that replaced the first one, in the order in which they
	// did; the first ref can be one of them again.
	Later []Name `json:"later,omitempty"`
	// Expires is when the names are forgotten, if the account was erased; zero is
	// never.
	Expires time.Time `json:"expires,omitzero"`
	Version int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Name is what an account is called from some time on.
type Name struct {
	Ref   string    `json:"ref"`
	Since time.Time `json:"since"`
	// Request is a hash of what the bank called its request, if it gave it a key.
	Request string `json:"request,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Now is what the bank calls the account at present.
func (n *Names) Now() string {
	if len(n.Later) == 0 {
		return n.Account.Ref
	}
	return n.Later[len(n.Later)-1].Ref
}

// At is what the bank called the account at a time.
func (n *Names) At(t time.Time) string {
	ref := n.Account.Ref
	for _, l := range n.Later {
		if !l.Since.After(t) {
			ref = l.Ref
		}
	}
	return ref
}

// Refs are all that the account was ever called, each once, the first one first.
func (n *Names) Refs() []string {
	out := []string{n.Account.Ref}
	for _, l := range n.Later {
		if !slices.Contains(out, l.Ref) {
			out = append(out, l.Ref)
		}
	}
	return out
}

// Keys are Refs as keys of accounts.
func (n *Names) Keys() []watch.AccountKey {
	var out []watch.AccountKey
	for _, ref := range n.Refs() {
		out = append(out, watch.AccountKey{Bank: n.Account.Bank, Ref: ref})
	}
	return out
}

// Forward stands where the account of a later ref would, and says under which ref it
// is kept. A program that knows of no forwards cannot read it as an account, because of
// its watchers: it fails and tries again, where it would else see an account that
// no one watches and drop what it has to tell.
type Forward struct {
	watch.AccountKey
	Watchers string    `json:"watchers"` // IsForward
	To       string    `json:"to"`       // the account's first ref
	Expires  time.Time `json:"expires,omitzero"`
	Version  int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// IsForward is what a forward has in place of watchers.
const IsForward = "forwarded"

func namesKey(k watch.AccountKey) Key { return Key{"NAMES#" + k.Bank + "#" + k.Ref, "NAMES"} }

// readAccount reads an account's item, or where it is forwarded to.
func readAccount(it Item) (*watch.Account, watch.AccountKey, error) {
	a := &watch.Account{}
	err := accounts.Decode(it.Body, a)
	if err == nil {
		a.Version = it.Version
		return a, a.AccountKey, nil
	}
	f := readForward(it)
	if f == nil {
		return nil, watch.AccountKey{}, err
	}
	return nil, watch.AccountKey{Bank: f.Bank, Ref: f.To}, nil
}

// readForward reads a forward; nil if it is none.
func readForward(it Item) *Forward {
	var f Forward
	if forwards.Decode(it.Body, &f) != nil || f.Watchers != IsForward || f.To == "" {
		return nil
	}
	f.Version = it.Version
	return &f
}

// Forward reads the forward of a later ref. ErrNotFound if there is none.
func (s *Store) Forward(ctx context.Context, k watch.AccountKey) (*Forward, error) {
	items, err := s.Get(ctx, profileKey(k))
	if err != nil {
		return nil, err
	}
	if it, ok := items[profileKey(k)]; ok {
		if f := readForward(it); f != nil {
			return f, nil
		}
	}
	return nil, ErrNotFound
}

// PutForward writes a forward at the version read.
func PutForward(f *Forward) Write {
	return Write{Item: Item{Key: profileKey(f.AccountKey), Body: forwards.Encode(f), Expires: f.Expires.Truncate(time.Second)}, If: At(f.Version)}
}

// Names reads what an account was called, by any of its refs. An account whose ref was
// never replaced, or that is not known, has the one name, at version 0.
func (s *Store) Names(ctx context.Context, k watch.AccountKey) (*Names, error) {
	items, err := s.Get(ctx, profileKey(k), namesKey(k))
	if err != nil {
		return nil, err
	}
	if it, ok := items[profileKey(k)]; ok {
		_, at, err := readAccount(it)
		if err != nil {
			return nil, err
		}
		if at != k {
			k = at
			if items, err = s.Get(ctx, namesKey(k)); err != nil {
				return nil, err
			}
		}
	}
	n := &Names{OnAccount: watch.On(k)}
	if it, ok := items[namesKey(k)]; ok {
		if err := names.Decode(it.Body, n); err != nil {
			return nil, err
		}
		n.Version = it.Version
	}
	return n, nil
}

// First are the keys of accounts by their first refs, by any of their refs.
func (s *Store) First(ctx context.Context, keys ...watch.AccountKey) (map[watch.AccountKey]watch.AccountKey, error) {
	want := make([]Key, len(keys))
	for i, k := range keys {
		want[i] = profileKey(k)
	}
	items, err := s.Get(ctx, want...)
	if err != nil {
		return nil, err
	}
	out := make(map[watch.AccountKey]watch.AccountKey, len(keys))
	for i, k := range keys {
		out[k] = k
		if it, ok := items[want[i]]; ok {
			if _, out[k], err = readAccount(it); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Called are the names of accounts, by their first refs.
func (s *Store) Called(ctx context.Context, keys ...watch.AccountKey) (map[watch.AccountKey]*Names, error) {
	out := make(map[watch.AccountKey]*Names, len(keys))
	var want []Key
	for _, k := range keys {
		if out[k] == nil {
			out[k] = &Names{OnAccount: watch.On(k)}
			want = append(want, namesKey(k))
		}
	}
	if len(want) == 0 {
		return out, nil
	}
	items, err := s.Get(ctx, want...)
	if err != nil {
		return nil, err
	}
	for k, n := range out {
		if it, ok := items[namesKey(k)]; ok {
			if err := names.Decode(it.Body, n); err != nil {
				return nil, err
			}
			n.Version = it.Version
		}
	}
	return out, nil
}

// Renames tells whether a bank ever replaced a ref: if not, none need be looked up.
func (s *Store) Renames(ctx context.Context, bank string) (bool, error) {
	items, err := s.Get(ctx, renamesKey(bank))
	return len(items) > 0, err
}

// PutRenames notes that a bank replaces refs. It is written before the first one is.
func PutRenames(bank string) Write {
	return Write{Item: Item{Key: renamesKey(bank), Body: names.Encode(&Names{OnAccount: watch.On(watch.AccountKey{Bank: bank})})}, If: Any}
}

func renamesKey(bank string) Key { return Key{"NAMES#" + bank, "ANY"} }

// PutNames writes an account's names at the version read.
func PutNames(n *Names) Write {
	return Write{Item: Item{Key: namesKey(n.Account), Body: names.Encode(n), Expires: n.Expires.Truncate(time.Second)}, If: At(n.Version)}
}

// CheckNames lets the version of an account's names decide and changes nothing.
func CheckNames(n *Names) Write {
	w := PutNames(n)
	w.Check = true
	return w
}

// ReplaceName makes a ref that names no account the latest name of one. It fails on the
// condition of its last write if it names one.
func ReplaceName(n *Names, as Name) []Write {
	next := *n
	next.Later = append(slices.Clone(n.Later), as)
	out := []Write{PutNames(&next)}
	if !slices.Contains(n.Refs(), as.Ref) {
		out = append(out, PutForward(&Forward{AccountKey: watch.AccountKey{Bank: n.Account.Bank, Ref: as.Ref}, Watchers: IsForward, To: n.Account.Ref, Expires: n.Expires}))
	}
	return out
}

// KeepNames are the writes by which an account's names, and the forwards to it, are
// forgotten at a time; zero is never.
func (s *Store) KeepNames(ctx context.Context, n *Names, until time.Time) ([]Write, error) {
	next := *n
	next.Expires = until
	out := []Write{PutNames(&next)}
	for _, k := range n.Keys()[1:] {
		f, err := s.Forward(ctx, k)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.Expires = until
		out = append(out, PutForward(f))
	}
	return out, nil
}
