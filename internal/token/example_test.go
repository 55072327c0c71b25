package token_test

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"kozamori/internal/token"
)

// A key is replaced by putting the new one first: links of the old one still
// open until they expire.
func ExampleKeys() {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	old := token.Key{ID: "a", Secret: bytes.Repeat([]byte{1}, token.MinKey)}
	newer := token.Key{ID: "b", Secret: bytes.Repeat([]byte{2}, token.MinKey)}

	before, err := token.NewKeys(old)
	if err != nil {
		fmt.Println(err)
		return
	}
	link := before.Sign("answer", "record-1|watcher-1", now.Add(time.Hour))

	after, err := token.NewKeys(newer, old)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(after.Verify("answer", link, now))

	_, err = after.Verify("settings", link, now) // made for something else
	fmt.Println(errors.Is(err, token.ErrInvalid))
	subject, err := after.Verify("answer", link, now.Add(2*time.Hour))
	fmt.Println(subject, errors.Is(err, token.ErrExpired))
	// Output:
	// record-1|watcher-1 <nil>
	// true
	// record-1|watcher-1 true
}
