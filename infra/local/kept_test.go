package main

import (
	"context"
	"log/slog"
	"testing"
)

func TestThePhonesAreAsTheyWereAfterARestart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := options{Data: t.TempDir(), Addr: "127.0.0.1:0", Env: func(string) string { return "" }, Logger: slog.New(slog.DiscardHandler)}
	first, err := start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	user := first.LINE.Users()[0].ID
	if err := first.LINE.Block(user); err != nil {
		t.Fatal(err)
	}
	chat := first.LINE.Chat(user)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	if n := len(second.LINE.Chat(user)); n < len(chat) || len(chat) < 3 {
		t.Errorf("the chat shows %d items, and showed %d before", n, len(chat))
	}
	if u := second.LINE.Users()[0]; u.Following || !u.Blocked {
		t.Errorf("who blocked the account is a friend again: %+v", u)
	}
}
