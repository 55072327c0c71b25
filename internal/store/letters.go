package store

import (
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

// Letter is a mail that tells of no alert: what LINE could not bring to a
// person, or the question whether an address is theirs. It is kept for a day,
// by the key that its provider gets; the job in the queue names that alone.
type Letter struct {
	Key string `json:"key"`
	// Channel is over which it goes, To its address there.
	Channel watch.ChannelKind `json:"channel"`
	To      string            `json:"to"`
	// Of is as which watcher of which account the person gave the address, for
	// when the mail comes back; without a watcher if it is no channel of theirs.
	Of *Binding `json:"of,omitempty"`
	// Enrolment is the enrolment of which it is the mail: it ends if its reader is
	// not reached.
	Enrolment string `json:"enrolment,omitempty"`
	// Words are a message.Message.
	Words jsontext.Value `json:"words"`
	Until time.Time      `json:"until"` // it is given up then
	What  string         `json:"what"`  // for the dead letter: "an answer"
	// SentAt is when the provider took it.
	SentAt  time.Time `json:"sent_at,omitzero"`
	Version int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

var letters = codec.For[Letter]("store.letter")

// Letter finds a mail. ErrNotFound if there is none, or not any more.
func (s *Store) Letter(ctx context.Context, key string) (*Letter, error) {
	seen, err := s.Seen(ctx, "letter "+key)
	if err != nil {
		return nil, err
	}
	var l Letter
	if seen.Version == 0 || letters.Decode(seen.Answer, &l) != nil {
		return nil, ErrNotFound
	}
	l.Version = seen.Version
	return &l, nil
}

// PutLetter keeps it for a day, at the version read.
func PutLetter(l *Letter, at time.Time) Write {
	return PutSeen(&Seen{ID: "letter " + l.Key, Phase: "letter", At: at, Answer: letters.Encode(l), Version: l.Version})
}
