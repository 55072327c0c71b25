package store

import (
	"context"
	"time"
)

// KeepWords keeps what a provider is asked to take, or may have taken, for a day, by
// the key that the provider gets, and gives back what is kept under that key: what came
// first. So one key always has the same words, whatever a bank, a person or a service is
// called by the next attempt, and in whichever release's sentences that would be worded.
func (s *Store) KeepWords(ctx context.Context, key string, at time.Time, words []byte) ([]byte, error) {
	id := "words " + key
	err := s.Write(ctx, PutSeen(&Seen{ID: id, Phase: "words", At: at, Answer: words}))
	if _, there := AsCondition(err); !there {
		return words, err
	}
	kept, err := s.KeptWords(ctx, key)
	if err != nil || kept == nil {
		return words, err
	}
	return kept, nil
}

// KeptWords is what is kept under a key; nil if there is nothing.
func (s *Store) KeptWords(ctx context.Context, key string) ([]byte, error) {
	seen, err := s.Seen(ctx, "words "+key)
	if err != nil || seen.Version == 0 {
		return nil, err
	}
	return seen.Answer, nil
}
