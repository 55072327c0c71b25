package store

import (
	"context"
	"time"
)

// KeepWords keeps a message as it was worded before its provider was first asked
// to take it, for a day, by the key that the provider gets, and gives back what is
// kept under that key: what was worded first. So one key always has the same words,
// whatever a bank, a person or a service is called by the next attempt, and in
// whichever release's sentences that would be worded.
func (s *Store) KeepWords(ctx context.Context, key string, at time.Time, words []byte) ([]byte, error) {
	id := "words " + key
	err := s.Write(ctx, PutSeen(&Seen{ID: id, Phase: "words", At: at, Answer: words}))
	if _, there := AsCondition(err); !there {
		return words, err
	}
	seen, err := s.Seen(ctx, id)
	if err != nil || seen.Version == 0 {
		return words, err
	}
	return seen.Answer, nil
}
