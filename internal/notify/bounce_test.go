package notify_test

import (
	"context"
	"strings"
	"testing"

	"kozamori/internal/channel"
	"kozamori/internal/message"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

func TestAMailThatComesBackGoesTheNextWay(t *testing.T) {
	for _, c := range []struct {
		name     string
		kind     watch.FeedbackKind
		address  string
		lineOnly bool // the watcher has no other channel than mail
		want     string
		marked   bool
	}{
		{name: "a bounce: LINE has it", kind: watch.Bounced, address: "Hanako.Yamada@EXAMPLE.jp", want: "alert-email undelivered, alert-line accepted", marked: true},
		{name: "a complaint: it was seen, but no mail goes there again", kind: watch.Complained, address: mailTo, want: "alert-email accepted", marked: true},
		{name: "a bounce of an address that was changed since", kind: watch.Bounced, address: "old@example.jp", want: "alert-email undelivered, alert-line accepted"},
		{name: "a delay changes nothing", address: mailTo, want: "alert-email accepted"},
		{name: "a bounce when there is no other way: the bank is told", kind: watch.Bounced, address: mailTo, lineOnly: true, want: "alert-email undelivered, unreachable-bank accepted", marked: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.lineOnly {
				w.account(func(a *watch.Account) { a.Watchers[0].Channels = a.Watchers[0].Channels[1:] })
			}
			w.alert(watch.TellAlert, watch.Email, begin, nil)
			w.settle()
			if got := w.states(); got != "alert-email accepted" {
				t.Fatal(got)
			}
			key := w.record().Deliveries[0].FeedbackKey("r1")
			for range 2 { // EventBridge may tell it twice
				if err := w.stage.Bounced(context.Background(), watch.Feedback{Channel: watch.Email, Kind: c.kind, Key: key, Addresses: []string{c.address}}); err != nil {
					t.Fatal(err)
				}
			}
			w.settle()
			if got := w.states(); got != c.want {
				t.Errorf("states %s, want %s", got, c.want)
			}
			a, err := w.store.Account(context.Background(), watch.AccountKey{Bank: "0125", Ref: ref})
			if err != nil {
				t.Fatal(err)
			}
			for _, ch := range a.Watchers[0].Channels {
				if marked := !ch.UnreachableSince.IsZero(); marked != (c.marked && ch.Kind == watch.Email) {
					t.Errorf("%s is marked: %v", ch.Kind, marked)
				}
			}
		})
	}
}

func TestFeedbackOfWhatIsNotOursChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.alert(watch.TellAlert, watch.LINE, begin, nil)
	w.settle()
	for _, key := range []string{"", "nothing", "_", "r2_alert-w1-email", "r1_alert-w9-email", "r1_" + w.record().Deliveries[0].ID} {
		if err := w.stage.Bounced(context.Background(), watch.Feedback{Channel: watch.Email, Kind: watch.Bounced, Key: key, Addresses: []string{mailTo}}); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
	if got := w.states(); !strings.HasPrefix(got, "alert-line accepted") || strings.Contains(got, ",") {
		t.Error(got)
	}
}

func TestABounceThatOvertakesTheAnswerOfSESStays(t *testing.T) {
	for name, line := range map[string]struct {
		result watch.Result
		want   string
	}{
		"LINE reaches the watcher":         {watch.SendAccepted, "alert-email undelivered, alert-line accepted"},
		"LINE fails too: the bank is told": {watch.SendUnreachable, "alert-email undelivered, alert-line undelivered, unreachable-bank accepted"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.replace(watch.Email, func(send channel.Sender) channel.Sender {
				return around{send, func(ctx context.Context, at channel.Address, drawn []byte) watch.Outcome {
					o := send.Send(ctx, at, drawn)
					if err := w.stage.Bounced(ctx, watch.Feedback{Channel: watch.Email, Kind: watch.Bounced, Key: at.Key, Addresses: []string{at.To}}); err != nil {
						t.Error(err)
					}
					return o
				}}
			})
			w.replace(watch.LINE, func(channel.Sender) channel.Sender {
				return channel.SendFunc(func(context.Context, string, string, message.Message) watch.Outcome {
					return watch.Outcome{Result: line.result}
				})
			})
			w.alert(watch.TellAlert, watch.Email, begin, nil)
			w.settle()
			if got := w.states(); got != line.want {
				t.Errorf("states %s, want %s", got, line.want)
			}
			if got := w.record().Deliveries[0].Problem; got != "the message came back" {
				t.Errorf("the problem of the mail is %q", got)
			}
			told := line.result != watch.SendAccepted
			if got := w.bank.callbacks(); (len(got) == 1 && got[0]["type"] == "watcher.unreachable") != told {
				t.Errorf("the bank heard %v", got)
			}
		})
	}
}

func TestAnAnswerByMailThatComesBackIsNotSentThereAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := watch.AccountKey{Bank: "0125", Ref: ref}
	if err := w.store.Write(context.Background(), store.PutMailed("3f0c", store.Binding{OnAccount: watch.On(key), Watcher: "w1"}, w.Now())); err != nil {
		t.Fatal(err)
	}
	back := watch.Feedback{Channel: watch.Email, Kind: watch.Bounced, Key: "3f0c", Addresses: []string{mailTo}}
	for range 2 {
		if err := w.stage.Bounced(context.Background(), back); err != nil {
			t.Fatal(err)
		}
	}
	a, err := w.store.Account(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := a.Watchers[0].Channel(watch.Email); c.UnreachableSince.IsZero() {
		t.Error("the next mail would go there, too")
	}
	for _, line := range []string{"a message bounced", "a delivery is given up"} {
		if !strings.Contains(w.log.String(), line) {
			t.Errorf("nobody reads that %s", line)
		}
	}
}

func TestABankStatusByMailThatComesBackIsHeardOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account(func(a *watch.Account) { a.Watchers[0].Channels = a.Watchers[0].Channels[1:] })
	w.alert(watch.TellAnswer, watch.Email, begin, func(r *watch.Record) {
		r.Answer = &watch.Answer{Value: watch.Mine, Watcher: "g1", Via: watch.ViaLINE, At: begin}
	})
	w.settle()
	if err := w.stage.Bounced(context.Background(), watch.Feedback{Channel: watch.Email, Kind: watch.Bounced, Key: w.record().Deliveries[0].FeedbackKey("r1"), Addresses: []string{mailTo}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(w.log.String(), "a delivery is given up") {
		t.Error(w.states())
	}
}
