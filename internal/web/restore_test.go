package web_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// newest is the newest step of a kind about a watcher.
func (w *world) newest(kind watch.StepKind, of string) *watch.Step {
	w.t.Helper()
	for s, err := range w.store.Trail(context.Background(), account) {
		if err != nil {
			w.t.Fatal(err)
		}
		if s.Kind == kind && s.Of == of {
			return s
		}
	}
	w.t.Fatalf("no step %s of %s is in the trail", kind, of)
	return nil
}

func (w *world) turns(by, of string, f func(*watch.Watcher)) {
	w.t.Helper()
	if _, err := settings.New(w.store, nil).Change(context.Background(), account, settings.Who{Watcher: of, Way: watch.WayPage, At: w.now()}, func(c *settings.Change) error {
		c.By = by
		f(c.Watcher)
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) members() *membership.Service {
	return &membership.Service{Store: w.store, Keys: w.keys, Queue: w.mails, Now: w.now, Logger: w.logger}
}

func (w *world) leaves() {
	w.t.Helper()
	if _, err := w.members().Unbind(context.Background(), "U1", account, watch.WayChat); err != nil {
		w.t.Fatal(err)
	}
}

// owner is the owner as they are stored, or nothing if they left.
func (w *world) owner() *watch.Watcher {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		return nil
	}
	o, ok := a.Watcher("w1")
	if !ok {
		return nil
	}
	return o
}

// Each thing that a person at an unlocked telephone can do is shown by the link of a
// mail, in any browser; opening it does nothing, one press brings back what was, a
// second changes nothing, and then the page says that it is as before.
func TestALinkBringsBackWhatAPersonWithTheTelephoneDid(t *testing.T) {
	t.Parallel()
	acts := map[string]struct {
		do    func(*world)
		kind  watch.StepKind
		asks  []string
		says  string
		asWas string
	}{
		"a pause": {func(w *world) {
			w.turns("w1", "w1", func(x *watch.Watcher) { x.Rules.PausedUntil = w.now().Add(72 * time.Hour) })
		}, watch.StepSettings, []string{"一時停止"}, "変える前の設定に戻しました", "すでに元に戻っています"},
		"quiet hours": {func(w *world) {
			w.turns("w1", "w1", func(x *watch.Watcher) { x.Rules.Quiet = &watch.Quiet{From: 0, To: 1439} })
		}, watch.StepSettings, []string{"控える"}, "変える前の設定に戻しました", "すでに元に戻っています"},
		"rules off": {func(w *world) {
			w.turns("w1", "w1", func(x *watch.Watcher) { x.Rules.NewLink, x.Rules.ServiceMin = false, 0 })
		}, watch.StepSettings, []string{"知らせない", "決済サービスに口座が登録されたとき"}, "変える前の設定に戻しました", "すでに元に戻っています"},
		"trust": {func(w *world) {
			w.turns("w1", "w1", func(x *watch.Watcher) {
				x.Rules.Trusts = []watch.Trust{{Service: "paypay", Until: w.now().Add(90 * 24 * time.Hour)}}
			})
		}, watch.StepSettings, []string{"PayPay"}, "変える前の設定に戻しました", "すでに元に戻っています"},
		"another address": {func(w *world) {
			w.turns("w1", "w1", func(x *watch.Watcher) { x.SetChannel(watch.Channel{Kind: watch.Email, Address: "thief@example.jp"}) })
		}, watch.StepSettings, []string{"o…@e…"}, "変える前の設定に戻しました", "すでに元に戻っています"},
		"no mails": {func(w *world) { w.turns("w1", "w1", func(x *watch.Watcher) { x.DropChannel(watch.Email) }) }, watch.StepSettings, []string{"o…@e…"}, "変える前の設定に戻しました", "すでに元に戻っています"},
		"leaving":  {func(w *world) { w.leaves() }, watch.StepLeft, []string{"見守る人が減りました"}, "見守りを元に戻しました", "いまこの口座を見守っています"},
		"another address, then leaving": {func(w *world) {
			w.turns("w1", "w1", func(x *watch.Watcher) { x.SetChannel(watch.Channel{Kind: watch.Email, Address: "thief@example.jp"}) })
			w.leaves()
		}, watch.StepLeft, []string{"見守る人が減りました"}, "見守りを元に戻しました", "いまこの口座を見守っています"},
	}
	for _, name := range slices.Sorted(maps.Keys(acts)) {
		c := acts[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before := w.owner().Rules
			c.do(w)
			step := w.newest(c.kind, "w1")
			link := w.srv.URL + "/r/" + w.keys.Sign(token.PurposeRestore, token.AnswerSubject(step.ID, "w1"), w.now().Add(watch.RestoreFor))
			done := w.everything()
			b := w.browser()
			p := b.open(link)
			p.says(t, 200, append(c.asks, "この変更を元に戻しますか", "自分ではありません", "七十七銀行")...)
			p.saysNot(t, "thief@example.jp", "owner@example.jp")
			if diff := diffOf(done, w.everything()); diff != "" {
				t.Errorf("opening the link did something: %s", diff)
			}
			b.press(p, wording.DoRestore).says(t, 200, c.says)
			o := w.owner()
			if o == nil {
				t.Fatal("they do not watch")
			}
			if turns, _ := watch.Compare(&watch.Watcher{Rules: before}, &watch.Watcher{Rules: o.Rules}, w.now()); len(turns) > 0 {
				t.Errorf("the rules are not as before: %+v", turns)
			}
			if m, ok := o.Mail(); name != "another address, then leaving" && (!ok || m.Address != "owner@example.jp") {
				t.Errorf("mails go to %+v", o.Channels)
			}
			restored := w.everything()
			b.press(p, wording.DoRestore).says(t, 200) // a second press, of the page that was open
			if diff := diffOf(restored, w.everything()); diff != "" {
				t.Errorf("the second press did something: %s", diff)
			}
			again := w.browser().open(link)
			again.says(t, 200, c.asWas)
			again.saysNot(t, `value="restore"`, "もうここからは戻せません")
			// What is done once more is another step: the first link sets that back too.
			if c.kind == watch.StepSettings && name != "trust" { // each trust is one of its own
				w.add(time.Minute)
				c.do(w)
				again = w.browser().open(link)
				again.says(t, 200, "この変更を元に戻しますか")
			}
			w.add(watch.RestoreFor)
			w.browser().open(link).says(t, 403)
		})
	}
}

func diffOf(a, b map[string]string) string {
	for k, v := range a {
		if b[k] != v {
			return k
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			return k
		}
	}
	return ""
}

// The link shows and does nothing for others than its watcher, nor for what nobody
// can take back.
func TestALinkBringsNothingElseBack(t *testing.T) {
	t.Parallel()
	sign := func(w *world, step, watcher string) string {
		return w.srv.URL + "/r/" + w.keys.Sign(token.PurposeRestore, token.AnswerSubject(step, watcher), w.now().Add(watch.RestoreFor))
	}
	for name, c := range map[string]struct {
		link func(*world) string
		want int
		says string
	}{
		"no such step":    {func(w *world) string { return sign(w, "s-none", "w1") }, 403, "このリンクは使えません"},
		"a stranger's":    {func(w *world) string { return sign(w, w.paused(), "w9") }, 403, "このリンクは使えません"},
		"another purpose": {func(w *world) string { return w.srv.URL + "/r/" + w.sign(token.PurposeAnswer, w.paused(), "w1") }, 403, "このリンクは使えません"},
		"an owner's leaving, by their guardian": {func(w *world) string {
			w.put(store.PutAccount(func() *watch.Account {
				a, err := w.store.Account(context.Background(), account)
				if err != nil {
					w.t.Fatal(err)
				}
				a.Watchers = append(a.Watchers, watch.Watcher{ID: "w2", Role: watch.Owner, LineUser: "U2", Lang: watch.Japanese, Channels: []watch.Channel{{Kind: watch.LINE}}})
				return a
			}()))
			w.leaves()
			return sign(w, w.newest(watch.StepLeft, "w1").ID, "g1")
		}, 200, "can no longer be set back"},
		"what protects more": {func(w *world) string {
			w.turns("w1", "w1", func(x *watch.Watcher) { x.Rules.Night = true })
			return sign(w, w.newest(watch.StepSettings, "w1").ID, "w1")
		}, 200, "もうここからは戻せません"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			link := c.link(w)
			before := w.everything()
			p := w.browser().open(link)
			p.says(t, c.want, c.says)
			p.saysNot(t, `value="restore"`)
			if diff := diffOf(before, w.everything()); diff != "" {
				t.Errorf("it did something: %s", diff)
			}
		})
	}
}

// paused is the step of a pause that the owner made.
func (w *world) paused() string {
	w.t.Helper()
	w.turns("w1", "w1", func(x *watch.Watcher) { x.Rules.PausedUntil = w.now().Add(time.Hour) })
	return w.newest(watch.StepSettings, "w1").ID
}
