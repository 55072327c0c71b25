package app_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// has tells whether the owner has a channel.
func (h *town) has(kind watch.ChannelKind) bool {
	h.t.Helper()
	a, err := h.store.Account(h.t.Context(), account)
	if err != nil {
		h.t.Fatal(err)
	}
	_, ok := a.Watchers[0].Channel(kind)
	return ok
}

// faxing is an owner who is told over the fax first, and has LINE and mail too,
// and what their fax has brought: one alert.
func faxing(t *testing.T) (h *town, owner *person, f *fax) {
	t.Helper()
	f = &fax{answer: watch.Outcome{Result: watch.SendAccepted}}
	c := f.channel()
	c.Stoppable = true
	h = newTown(t, c)
	owner = h.alone("acc_1")
	if _, err := h.store.UpdateAccount(t.Context(), account, func(a *watch.Account) ([]store.Write, error) {
		a.Watchers[0].Channels = []watch.Channel{{Kind: faxKind, Address: faxNumber}, {Kind: watch.LINE}, {Kind: watch.Email, Address: "hanako@example.jp"}}
		return nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	h.send("t1")
	h.settle()
	if len(f.sheets) != 1 || f.sheets[0].message.StopURL == "" {
		t.Fatalf("the sheets: %+v", f.sheets)
	}
	return h, owner, f
}

// The link of a channel more ends that channel, and no other, and says so.
func TestTheStopLinkOfAChannelMoreEndsThatChannel(t *testing.T) {
	t.Parallel()
	t.Run("by a program", func(t *testing.T) {
		t.Parallel()
		h, _, f := faxing(t)
		res, err := http.PostForm(f.sheets[0].message.StopURL, url.Values{"List-Unsubscribe": {"One-Click"}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		said, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK || string(said) != "ファクスでのお知らせを止めました。\n" {
			t.Errorf("%d %q, %v", res.StatusCode, said, err)
		}
		if h.has(faxKind) || !h.has(watch.LINE) || !h.has(watch.Email) {
			t.Error("another channel has ended, or none")
		}
	})
	t.Run("on the page", func(t *testing.T) {
		t.Parallel()
		h, owner, f := faxing(t)
		owner.shows(owner.browser.Get(f.sheets[0].message.StopURL))
		for _, want := range []string{"ファクスでのお知らせを止めますか", "ファクスを止める", "LINEでのお知らせは、これまでどおり届きます。"} {
			if !strings.Contains(owner.html, want) {
				t.Errorf("the page does not say %q: %s", want, owner.html)
			}
		}
		n := owner.count()
		owner.submits("stop", nil)
		h.settle()
		if !strings.Contains(owner.html, "ファクスでのお知らせを止めました") || strings.Contains(owner.html, "メール") {
			t.Errorf("the page says: %s", owner.html)
		}
		if h.has(faxKind) || !h.has(watch.Email) || owner.told(n, "ファクスの届け先") != 1 {
			t.Error("another channel has ended, or none, or it is not told over LINE")
		}
		if len(f.sheets) != 1 {
			t.Errorf("who ended it there hears of that over it: %+v", f.sheets[1:])
		}
	})
}

// An address of a channel more that is replaced, or taken off, stands in the
// trail, is told over every channel, the address before it too, and is brought
// back in one tap.
func TestAnAddressOfAChannelMoreIsToldOfAndBroughtBack(t *testing.T) {
	t.Parallel()
	const other = "022-111-1122"
	for name, change := range map[string]func(*watch.Watcher){
		"replaced": func(w *watch.Watcher) { w.SetChannel(watch.Channel{Kind: faxKind, Address: other}) },
		"removed":  func(w *watch.Watcher) { w.DropChannel(faxKind) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, owner, f := faxing(t)
			h.Add(time.Minute)
			n := owner.count()
			_, err := settings.New(h.store, h.queue).Change(t.Context(), account, settings.Who{LineUser: owner.id, Way: watch.WayPage, At: h.Now()}, func(c *settings.Change) error {
				change(c.Watcher)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			h.settle()
			steps, _, err := h.store.TrailPage(t.Context(), account, 1, "")
			if err != nil || len(steps) != 1 {
				t.Fatal(steps, err)
			}
			step := steps[0]
			if !step.Lowered || len(step.Turns) != 1 || step.Turns[0].Name != string(faxKind) || !step.Turns[0].Lowers {
				t.Fatalf("the step is %+v", step)
			}
			was, is := step.Turns[0].Said()
			if want := map[string]string{"replaced": "…22"}[name]; was != "…00" || is != want {
				t.Errorf("it says %q, then %q", was, is)
			}
			for _, want := range []string{"お知らせが届きにくくなる変更がありました", "ファクスの届け先", "…00 →"} {
				if owner.told(n, want) != 1 {
					t.Errorf("LINE does not say %q: %s", want, owner.since(n))
				}
			}
			to := map[string]int{}
			for _, s := range f.sheets[1:] {
				to[s.to]++
			}
			if to[faxNumber] != 1 || name == "replaced" && to[other] != 1 {
				t.Errorf("over the fax it goes to %v", to)
			}
			owner.taps("a=restore")
			if got := h.faxed().Address; got != faxNumber {
				t.Errorf("the fax is %q", got)
			}
		})
	}
}
