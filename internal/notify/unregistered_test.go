package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// A delivery over a channel that a newer program added may reach an older one.
func TestADeliveryOverAChannelThatIsNotRegisteredWaits(t *testing.T) {
	const fax watch.ChannelKind = "fax"
	for name, c := range map[string]struct {
		also []watch.Channel
		want string // after 21 hours
	}{
		"no other watcher is told, nor the bank that none can be": {nil, "alert-fax undelivered"},
		"the next channel has it too, after a minute":             {[]watch.Channel{{Kind: watch.LINE}}, "alert-fax undelivered, alert-line accepted"},
		"and what the next one says is no proof":                  {[]watch.Channel{{Kind: watch.Email, Address: "nobody"}}, "alert-fax undelivered, alert-email undelivered"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.account(func(a *watch.Account) {
				a.Watchers[0].Channels = append([]watch.Channel{{Kind: fax, Address: "022-000-0000"}}, c.also...)
			})
			w.alert(watch.TellAlert, fax, w.Now(), nil)
			w.settle()
			if got := w.states(); got != "alert-fax queued" || !strings.Contains(w.record().Deliveries[0].Problem, `"fax" is not registered`) {
				t.Fatalf("%s: %+v", got, w.record().Deliveries[0])
			}
			w.pass(21*time.Hour, 10*time.Minute)
			if got := w.states(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			letters, err := w.queue.Dead(context.Background(), "fax", 10)
			if err != nil || len(letters) != 1 || !strings.Contains(letters[0].Why, `"fax" is not registered`) {
				t.Errorf("dead letters: %+v, %v", letters, err)
			}
			if n := len(w.bank.callbacks()); n != 0 || len(w.line.Messages()) > len(c.also) {
				t.Errorf("the bank heard %d things, LINE has %d messages", n, len(w.line.Messages()))
			}
			a, err := w.store.Account(context.Background(), watch.AccountKey{Bank: "0125", Ref: ref})
			if err != nil {
				t.Fatal(err)
			}
			if d, _ := a.Watchers[0].Channel(fax); !d.UnreachableSince.IsZero() {
				t.Error("the fax is said not to reach them")
			}
			if err := w.stage.Bounced(context.Background(), watch.Feedback{Channel: fax, Kind: watch.Bounced, Key: "r1_alert-w1-fax"}); err == nil {
				t.Error("what its provider says is dropped")
			}
		})
	}
}

func TestADeliveryThatWaitedGoesOutOnceItsChannelIsRegistered(t *testing.T) {
	const fax watch.ChannelKind = "fax"
	w := newWorld(t)
	w.account(func(a *watch.Account) {
		a.Watchers[0].Channels = []watch.Channel{{Kind: fax, Address: "022-000-0000"}}
	})
	w.alert(watch.TellAlert, fax, w.Now(), nil)
	w.settle()
	sent := 0
	all := []channel.Channel{{Kind: fax, Label: map[watch.Lang]string{watch.Japanese: "ファクス", watch.English: "fax"}, Parallel: 1,
		Key: func(record string, d *watch.Delivery) string { return d.FeedbackKey(record) },
		Sender: channel.SendFunc(func(context.Context, string, string, message.Message) watch.Outcome {
			sent++
			return watch.Outcome{Result: watch.SendAccepted}
		})}}
	w.stage.Config.Channels = register(t, all...)
	w.pass(10*time.Minute, time.Minute)
	if got := w.states(); got != "alert-fax accepted" || sent != 1 {
		t.Errorf("%s, sent %d times", got, sent)
	}
}
