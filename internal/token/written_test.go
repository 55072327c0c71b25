package token_test

import (
	"bytes"
	"testing"
	"time"

	"kozamori/internal/token"
)

// TestWhatLinksAndTablesHoldIsMadeAsEver pins what lies in messages on
// people's phones and in tables. The values are never changed.
func TestWhatLinksAndTablesHoldIsMadeAsEver(t *testing.T) {
	t.Parallel()
	keys := ring(t, token.Key{ID: "a", Secret: bytes.Repeat([]byte{7}, token.MinKey)})
	until := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	subject := token.AnswerSubject("rec_1", "w1")
	for _, c := range []struct{ name, got, want string }{
		{"the link of an alert", keys.Sign(token.PurposeAnswer, subject, until), "a.tqxpc0.cmVjXzF8dzE.CvOA7vMGvXvnOfwPDB1APw"},
		{"the link that stops mails", keys.Sign(token.PurposeStop, subject, until), "a.tqxpc0.cmVjXzF8dzE.ejA71C604gkcoefE5hwogw"},
		{"a hash", keys.Hash("code", "7F3K9Q2M"), "gOHE1_6nmYzLlosxR67iQk2OXAJ64lKTe0CNZrgr5_8"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}
