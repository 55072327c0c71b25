package app_test

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// holds lists where a word still stands in the store and in the queues, dead
// letters too, by the kind of item.
func (h *town) holds(words ...string) []string {
	h.t.Helper()
	var out []string
	for _, file := range []string{"store", "queue"} {
		for item, body := range worldtest.Everything(h.t, filepath.Join(h.files, file)) {
			for _, word := range words {
				if strings.Contains(item+" "+body, word) {
					out = append(out, file+" "+item+": "+body)
				}
			}
		}
	}
	return out
}

func TestAfterAnErasureOnlyDeadLettersNameAnybodyAndNoLongerThanIsSaid(t *testing.T) {
	ctx := context.Background()
	const typed, mask = "ひみつの言葉", "***4567" // with its stars: an address has a port of any digits
	for name, erase := range map[string]func(owner *person){
		"on the page": func(o *person) {
			o.visits("leave")
			o.submits("erase", url.Values{"sure": {"1"}})
			if !strings.Contains(o.html, "35日以内に消えます") {
				o.t.Errorf("the page says %s", o.html)
			}
		},
		"in the chat": func(o *person) {
			o.says("解除")
			o.taps("a=erase")
			o.reads("35日以内に消えます")
			o.taps("a=erase")
			o.reads("見守りをやめました。記録もあとで消します", "35日以内に消えます")
		},
		"by the bank": func(o *person) { o.erase("acc_1") },
	} {
		t.Run(name, func(t *testing.T) {
			h, owner, guardian := family(t)
			if err := h.line.Say(owner.id, typed); err != nil {
				t.Fatal(err)
			}
			msgs, err := h.queue.Receive(ctx, queue.Chat, 10, time.Second)
			if err != nil || len(msgs) != 1 {
				t.Fatalf("%d messages, %v", len(msgs), err)
			}
			if err := h.queue.DeadLetter(ctx, queue.Chat, msgs[0], "a test"); err != nil {
				t.Fatal(err)
			}
			if len(h.holds(mask)) == 0 {
				t.Error("the mask stands nowhere: nothing is tested")
			}
			erase(owner)
			h.settle()
			h.Add(watch.RestoreFor + time.Hour)
			members, err := h.system.Membership()
			if err != nil {
				t.Fatal(err)
			}
			if err := members.EraseRest(ctx, account); err != nil { // sweep does
				t.Fatal(err)
			}
			h.settle()
			h.Add(24 * time.Hour) // LINE events seen are kept so long, by their ids
			purge(t, h)
			for _, left := range h.holds(owner.id, guardian.id, typed, mask, "長女") {
				if !strings.HasPrefix(left, "queue chat.dead") && !strings.HasPrefix(left, "queue chat/dead") {
					t.Errorf("is left: %s", left)
				}
			}
			if len(h.holds(typed)) != 1 {
				t.Error("the dead letter is gone: nothing is tested")
			}
			h.Add(store.KeepCopies)
			purge(t, h)
			if left := h.holds(owner.id, guardian.id, typed); len(left) > 0 {
				t.Errorf("longer than is said: %v", left)
			}
		})
	}
}

func purge(t *testing.T, h *town) {
	t.Helper()
	if _, err := h.queue.Purge(context.Background()); err != nil {
		t.Fatal(err)
	}
	if p, ok := h.system.Table.(interface {
		Purge(context.Context) (int, error)
	}); !ok {
		t.Fatal("the table purges nothing")
	} else if _, err := p.Purge(context.Background()); err != nil {
		t.Fatal(err)
	}
}
