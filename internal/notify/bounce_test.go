package notify_test

import (
	"context"
	"strings"
	"testing"

	"kozamori/internal/watch"
)

func TestAMailThatComesBackGoesTheNextWay(t *testing.T) {
	for _, c := range []struct {
		name     string
		kind     watch.MailKind
		address  string
		lineOnly bool // the watcher has no other channel than mail
		want     string
		marked   bool
	}{
		{name: "a bounce: LINE has it", kind: watch.MailBounced, address: "Hanako.Yamada@EXAMPLE.jp", want: "alert-email undelivered, alert-line accepted", marked: true},
		{name: "a complaint: it was seen, but no mail goes there again", kind: watch.MailComplained, address: mailTo, want: "alert-email accepted", marked: true},
		{name: "a bounce of an address that was changed since", kind: watch.MailBounced, address: "old@example.jp", want: "alert-email undelivered, alert-line accepted"},
		{name: "a delay changes nothing", address: mailTo, want: "alert-email accepted"},
		{name: "a bounce when there is no other way: the bank is told", kind: watch.MailBounced, address: mailTo, lineOnly: true, want: "alert-email undelivered, unreachable-bank accepted", marked: true},
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
			key := w.record().Deliveries[0].MailKey("r1")
			for range 2 { // EventBridge may tell it twice
				if err := w.stage.Bounced(context.Background(), watch.MailFeedback{Kind: c.kind, Key: key, Addresses: []string{c.address}}); err != nil {
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
		if err := w.stage.Bounced(context.Background(), watch.MailFeedback{Kind: watch.MailBounced, Key: key, Addresses: []string{mailTo}}); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
	if got := w.states(); !strings.HasPrefix(got, "alert-line accepted") || strings.Contains(got, ",") {
		t.Error(got)
	}
}
