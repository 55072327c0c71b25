package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/store"
	tokens "kozamori/internal/token"
	"kozamori/internal/watch"
)

// offering has the bank of the account offer all that can be stopped.
func (w *world) offering(kinds ...watch.ControlKind) {
	w.t.Helper()
	b := &store.Bank{Code: account.Bank}
	if is, err := w.store.Bank(w.t.Context(), account.Bank); err == nil {
		b = is
	}
	b.Callback, b.Controls = "https://bank.example/", kinds
	if err := w.store.Write(w.t.Context(), store.PutBank(b)); err != nil {
		w.t.Fatal(err)
	}
}

// What was taken back is asked for again by the link of a mail: by an owner and by those
// who watch for them, once, for as long as that is offered, and by nobody else.
func TestALinkAsksForAStopAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.offering(watch.StopLinks)
	a, err := w.store.Account(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	var owner, family string
	for _, x := range a.Watchers {
		if x.Role == watch.Owner {
			owner = x.ID
		} else {
			family = x.ID
		}
	}
	who := control.Who{Watcher: owner, Via: watch.ViaPage, Way: watch.WayPage}
	res, err := w.controls.Request(t.Context(), account, control.Ask{Kind: watch.StopLinks}, who)
	if err != nil {
		t.Fatal(err)
	}
	taken := func() *watch.Step {
		t.Helper()
		w.add(time.Minute)
		if _, err := w.controls.Withdraw(t.Context(), account, res.Control.ID, who); err != nil {
			t.Fatal(err)
		}
		for s, err := range w.store.Trail(t.Context(), account) {
			if err != nil || s.Control == nil || s.Control.State != watch.ControlWithdrawn {
				t.Fatal(s, err)
			}
			return s
		}
		return nil
	}
	state := func() watch.ControlState {
		c, err := w.store.Control(t.Context(), res.Control.ID)
		if err != nil {
			t.Fatal(err)
		}
		return c.State
	}
	link := func(s *watch.Step, watcher string) string {
		return w.srv.URL + "/r/" + w.keys.Sign(tokens.PurposeRestore, tokens.AnswerSubject(s.ID, watcher), s.At.Add(watch.RestoreFor))
	}
	for _, watcher := range []string{owner, family} {
		s := taken()
		b := w.browser()
		p := b.open(link(s, watcher))
		if !strings.Contains(p.body, "もう一度停止を頼む") && !strings.Contains(p.body, "Ask for the stop again") || state() != watch.ControlWithdrawn {
			t.Fatalf("opened by %s: %s, %s", watcher, state(), p.body)
		}
		f := url.Values{"do": {"restore"}, "step": {s.ID}}
		if got := b.do(http.MethodPost, p.url.String(), f).status; got != http.StatusOK || state() != watch.ControlRequested {
			t.Errorf("pressed by %s: %d, %s", watcher, got, state())
		}
		if got := b.do(http.MethodPost, p.url.String(), f).status; got != http.StatusBadRequest || state() != watch.ControlRequested { // it stands
			t.Errorf("pressed twice: %d, %s", got, state())
		}
	}
	s := taken()
	if p := w.browser().open(link(s, "nobody")); !strings.Contains(p.body, "使えません") {
		t.Errorf("opened by nobody: %s", p.body)
	}
	w.add(watch.RestoreFor)
	if p := w.browser().open(link(s, owner)); regexp.MustCompile(`value="restore"`).MatchString(p.body) || state() != watch.ControlWithdrawn {
		t.Errorf("after its time: %s", p.body)
	}
}
