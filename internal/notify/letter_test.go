package notify_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// A mail that tells of no alert × what its provider does × how often its job
// comes: it goes out once, or is a dead letter that says why.
func TestALetterGoesOutOnceOrIsADeadLetter(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, c := range map[string]struct {
		before func(w *world)
		mails  int
		why    string // of the dead letter
	}{
		"the provider takes it": {func(*world) {}, 1, ""},
		"it is down for a time": {func(w *world) { w.mail.Fail(7, sim.MailServerError) }, 1, ""},
		"it refuses it":         {func(w *world) { w.mail.Fail(9, sim.MailRejected) }, 0, "an answer could not be sent"},
		"it is down for a day":  {func(w *world) { w.mail.Fail(999, sim.MailServerError) }, 0, "an answer could not be sent"},
		"the channel is not set up": {func(w *world) {
			w.replace(watch.Email, func(channel.Sender) channel.Sender { return nil })
		}, 0, "not set up"},
	} {
		for _, times := range []int{1, 3} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.letter("k1", "r@example.jp")
				c.before(w)
				for range times {
					w.jobOf("k1")
					w.settle()
				}
				w.pass(21*time.Hour, 5*time.Minute)
				if n := len(w.mail.Messages()); n != c.mails {
					t.Errorf("%d mails, want %d", n, c.mails)
				}
				for _, m := range w.mail.Messages() {
					if b, err := w.store.Mailed(ctx, "k1"); err != nil || b.Watcher != "w1" || m.To != "r@example.jp" || m.Subject != "件名" {
						t.Errorf("if it came back it would not be known whose it was: %v, %+v", err, m)
					}
				}
				dead, err := w.queue.Dead(ctx, queue.Email, 10)
				if err != nil || (c.why != "") != (len(dead) > 0) || len(dead) > 0 && !strings.Contains(dead[0].Why, c.why) {
					t.Errorf("dead letters: %+v, %v", dead, err)
				}
				if strings.Contains(w.log.String(), "r@example.jp") {
					t.Error("an address is in the log")
				}
			})
		}
	}
}

// letter keeps a mail.
func (w *world) letter(key, to string) {
	w.t.Helper()
	words, err := json.Marshal(message.Message{Lang: "ja", Alt: "件名", Title: "題", Text: []string{"文"}})
	if err != nil {
		w.t.Fatal(err)
	}
	of := &store.Binding{OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: ref}), Watcher: "w1"}
	l := &store.Letter{Key: key, Channel: watch.Email, To: to, Of: of, Words: words, Until: w.Now().Add(20 * time.Hour), What: "an answer"}
	if err := w.store.Write(context.Background(), store.PutLetter(l, w.Now())); err != nil {
		w.t.Fatal(err)
	}
}

// jobOf queues the job of a mail that is kept.
func (w *world) jobOf(key string) {
	w.t.Helper()
	var jobs queue.Jobs
	jobs.Letter(watch.Email, key, "r")
	if err := jobs.Send(context.Background(), w.queue); err != nil {
		w.t.Fatal(err)
	}
}
