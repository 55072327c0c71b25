package web_test

import (
	"testing"
	"time"

	"kozamori/internal/wording"
)

func TestStoppingMailsWhileGivingAnotherAddressSaysBoth(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	b.send(p, wording.DoSave, "mailoff", "on", "email", "new@example.jp").
		says(t, 200, "いままでのアドレスへのメールは、もう届きません", "新しいアドレスには、確認が済んでから届きます", "確認のメールを送りました")

	w = newWorld(t)
	b, p = w.settings()
	for _, to := range []string{"a@example.jp", "b@example.jp", "c@example.jp"} {
		b.send(p, wording.DoSave, "email", to).saysNot(t, "もう届きません")
		w.add(time.Minute)
	}
	b.send(p, wording.DoSave, "mailoff", "on", "email", "d@example.jp").says(t, 429, "いまは、どのアドレスにも届きません", "何度も送っています", `value="d@example.jp"`)
}

func TestAConfirmationMailThatIsAskedForTwiceGoesOnce(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	sends := func(want int, to string) page {
		t.Helper()
		got := b.send(p, wording.DoSave, "email", to)
		if len(w.mails.sent) != want {
			t.Errorf("%d mails were sent, want %d", len(w.mails.sent), want)
		}
		return got
	}
	w.mails.fail = true
	sends(0, "a@example.jp").says(t, 503, "いまメールを送れませんでした")
	w.mails.fail = false
	sends(1, "a@example.jp").says(t, 200, "確認のメールを送りました") // what did not go is tried again
	sends(1, "a@example.jp").says(t, 200, "確認のメールを送りました")
	w.add(time.Minute)
	sends(2, "a@example.jp").says(t, 200, "確認のメールを送りました") // it may have been lost
}
