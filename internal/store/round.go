package store

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var rounds = codec.For[Round]("round")

// KeepRound is how long a round is kept, from its last change on.
const KeepRound = 400 * 24 * time.Hour

// Round is how far the people of one part of a bank (BankWatchers) have been told of a
// silence of its feed, or of its end.
type Round struct {
	Bank string `json:"bank"`
	Part int    `json:"part"`
	// Kind is what is silent, empty for the whole feed, and Since when it was last heard.
	Kind  watch.Kind `json:"kind,omitempty"`
	Since time.Time  `json:"since"`
	// Back is when it was heard again: from then on those who were told are told so.
	Back time.Time `json:"back,omitzero"`
	// After is the last person who was looked at; empty before the first.
	After string `json:"after,omitempty"`
	// Held is when the first of those may be told whom it would wake now.
	Held time.Time `json:"held,omitzero"`
	// Due is when it is gone on with; zero when all were looked at.
	Due     time.Time `json:"due,omitzero"`
	Changed time.Time `json:"changed"`
	Version int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// ID names the round among what is due.
func (r *Round) ID() string { return r.Bank + "#" + strconv.Itoa(r.Part) }

const roundKind = "TELL"

func roundKey(id string) Key { return Key{roundKind + "#" + id, roundKind} }

// Round reads a bank's round of a part, by its ID; one at version 0 if there is none.
func (s *Store) Round(ctx context.Context, id string) (*Round, error) {
	bank, part, _ := strings.Cut(id, "#")
	n, err := strconv.Atoi(part)
	if err != nil || n < 0 || n >= WatcherParts {
		return nil, ErrNotFound
	}
	r := Round{Bank: bank, Part: n}
	v, err := read(ctx, s, roundKey(id), rounds, &r)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	r.Version = v
	return &r, nil
}

// PutRound writes a round at the version read.
func PutRound(r *Round) Write {
	it := Item{Key: roundKey(r.ID()), Body: rounds.Encode(r), Expires: until(r.Changed, KeepRound)}
	if !r.Due.IsZero() {
		it.Due = Key{duePK(it.PK), stamp(r.Due) + "#" + it.PK}
	}
	return Write{Item: it, If: At(r.Version)}
}

// Silenced is a silence of a bank's feed of which a person was told.
type Silenced struct {
	Bank  string     `json:"bank"`
	Kind  watch.Kind `json:"kind,omitempty"`
	Since time.Time  `json:"since"`
	// BegunAt is when a channel was first asked to tell them, ToldAt when one had
	// taken it, and BackAt when they had been told that the bank is heard again.
	BegunAt time.Time `json:"begun_at"`
	ToldAt  time.Time `json:"told_at,omitzero"`
	BackAt  time.Time `json:"back_at,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// MaxSilenced is how many silences a person is remembered to have been told of.
const MaxSilenced = 20

// Silence finds what a person was told of a silence; nil if nothing.
func (p *Person) Silence(bank string, kind watch.Kind, since time.Time) *Silenced {
	for i := range p.Silences {
		if q := &p.Silences[i]; q.Bank == bank && q.Kind == kind && q.Since.Equal(since) {
			return q
		}
	}
	return nil
}

// BeginSilence notes that a person is about to be told of a silence.
func (p *Person) BeginSilence(q Silenced) {
	p.Silences = append(p.Silences, q)
	p.Silences = p.Silences[max(0, len(p.Silences)-MaxSilenced):]
}

// People reads persons, those that there are, by LineUser.
func (s *Store) People(ctx context.Context, lineUsers ...string) (map[string]*Person, error) {
	keys := make([]Key, len(lineUsers))
	for i, u := range lineUsers {
		keys[i] = Key{personPK(u), "PERSON"}
	}
	items, err := s.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*Person, len(items))
	for i, u := range lineUsers {
		it, ok := items[keys[i]]
		if !ok {
			continue
		}
		p := &Person{LineUser: u}
		if err := people.Decode(it.Body, p); err != nil {
			return nil, err
		}
		p.Version = it.Version
		out[u] = p
	}
	return out, nil
}
