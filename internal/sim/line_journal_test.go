package sim_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/line"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestLINEOutlivesItsProcess(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "line")
	first := newPlatform(t)
	if _, err := first.KeepIn(path); err != nil {
		t.Fatal(err)
	}
	other := first.AddUser(sim.User{Name: "太郎"})
	id := first.AddUser(sim.User{Name: "次郎", Lang: "ja"})
	_ = first.Follow(id)
	_ = first.Follow(other)
	_ = first.Say(id, "一覧")
	events := first.hook.take()
	first.client.Reply(ctx, events[len(events)-1].ReplyToken, hello("はい"))
	key := watch.DeriveUUID("a")
	o := first.client.Push(ctx, id, key, hello("お知らせ"))
	_ = first.Tap(id, "a=mine", "自分です")
	_ = first.Block(other)
	// The process dies while it writes a line.
	if f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	} else if _, err := f.WriteString(`{"message":{"id":"req-9`); err != nil {
		t.Fatal(err)
	}

	for round := range 2 { // the second time from what the first wrote again
		second := &sim.LINE{Token: first.Token, Now: first.Clock.Now}
		closer, err := second.KeepIn(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(first.Chat(id), second.Chat(id)); d != "" {
			t.Errorf("round %d: the chat: %s", round, d)
		}
		if d := cmp.Diff(first.Messages(), second.Messages()); d != "" {
			t.Errorf("round %d: messages: %s", round, d)
		}
		var got []string
		for _, u := range second.Users() {
			if u.Blocked {
				got = append(got, u.Name+" blocked")
			} else if u.Following {
				got = append(got, u.Name)
			}
		}
		if s := strings.Join(got, ", "); s != "花子, 太郎 blocked, 次郎" {
			t.Errorf("round %d: users %s", round, s)
		}
		srv := httptest.NewServer(second)
		client := line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken(second.Token), Labels: wording.LabelsIn})
		if again := client.Push(ctx, id, key, hello("お知らせ")); again != o || len(second.Violations()) != 0 {
			t.Errorf("round %d: the same push again: %+v, want %+v, violations %v", round, again, o, second.Violations())
		}
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
		srv.Close()
	}
}
