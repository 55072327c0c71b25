package chat_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestLeaving(t *testing.T) {
	t.Parallel()
	second := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
	watches := func(w *world) int {
		list, err := w.members.Accounts(context.Background(), alice)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	t.Run("one account goes after one press", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account, guardian(bob))
		w.alert("r1", account)
		w.say(alice, "解除")
		w.reads(alice, "七十七銀行 普通 ***4567", "見守り家族へのお知らせも終わり")
		leave := w.button(alice, "a=leave")
		if strings.Contains(leave, "acc_1") {
			t.Errorf("the button carries the account: %s", leave)
		}
		w.tap(alice, leave)
		w.reads(alice, wording.Left(wording.ChatLeaveFacts{}).Title, "証拠として")
		if _, err := w.store.Account(context.Background(), account); !errors.Is(err, store.ErrNotFound) || watches(w) != 0 {
			t.Errorf("still watched: %v", err)
		}
		back := w.button(alice, "a=restore")
		w.tap(alice, leave)
		w.reads(alice, wording.Useless(ja).Title)
		w.press(alice, "notmine", "r1")
		w.reads(alice, wording.Unknown(ja).Title)
		w.tap(bob, back)
		if watches(w) != 0 {
			t.Error("somebody else brings them back")
		}
		w.tap(alice, back)
		w.reads(alice, wording.Returned(ja).Title)
		if watches(w) != 1 {
			t.Errorf("watches %d accounts", watches(w))
		}
	})
	t.Run("one of several goes and the other stays", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account)
		w.own(alice, second)
		w.say(alice, "解除")
		w.reads(alice, "七十七銀行 普通 ***4567", "中国銀行 普通 ***4567", "すべての口座をやめる")
		w.tap(alice, "a=leave&w=w-2&t="+strings.Split(w.button(alice, "a=leave&t="), "&")[1][2:])
		w.reads(alice, wording.Left(wording.ChatLeaveFacts{}).Title, "中国銀行")
		if watches(w) != 1 {
			t.Errorf("watches %d accounts", watches(w))
		}
	})
	t.Run("all go at once", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account)
		w.own(alice, second)
		w.say(alice, "leave")
		w.tap(alice, "a=leave&w=all&t="+strings.Split(w.button(alice, "a=leave&t="), "&")[1][2:])
		w.reads(alice, wording.Left(wording.ChatLeaveFacts{}).Title, "中国銀行", "七十七銀行")
		if watches(w) != 0 {
			t.Errorf("watches %d accounts", watches(w))
		}
	})
	t.Run("two accounts with the same mask are told apart", func(t *testing.T) {
		w := newWorld(t)
		same := watch.AccountKey{Bank: account.Bank, Ref: "acc_2"}
		w.own(alice, account)
		w.Add(48 * time.Hour)
		w.own(alice, same)
		w.say(alice, "解除")
		w.reads(alice, "口座1", "2026年11月24日から見守り", "口座2", "2026年11月26日から見守り", "やめる：2. 七十七銀行 ***4567")
		w.tap(alice, w.button(alice, "a=leave&t="+strings.Split(w.button(alice, "a=leave&t="), "&")[1][2:]+"&w=w-2"))
		w.reads(alice, wording.Left(wording.ChatLeaveFacts{}).Title, "2026年11月26日から見守り", "約13か月で消えます")
		if list, err := w.members.Accounts(context.Background(), alice); err != nil || len(list) != 1 || list[0].Account.Ref != "acc_1" {
			t.Errorf("watches %+v, %v", list, err)
		}
	})
	t.Run("records are erased after a second yes", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account)
		w.own(alice, second, func(a *watch.Account) {
			a.Watchers = append(a.Watchers, watch.Watcher{ID: "o-2", Role: watch.Owner, LineUser: bob, Lang: watch.English})
		})
		w.alert("r1", account)
		w.alert("r2", second)
		w.say(alice, "解除")
		w.tap(alice, w.button(alice, "a=erase"))
		w.reads(alice, wording.AskErase(wording.ChatLeaveFacts{Accounts: []wording.ChatAccount{{Erasable: true}}}).Title, "5年間", "消す：1. 七十七銀行")
		if strings.Contains(w.newest(alice), "中国銀行") || watches(w) != 2 {
			t.Errorf("an account with another owner is offered: %s", w.newest(alice))
		}
		yes := w.button(alice, "a=erase")
		// Neither another's account nor one that is not hers alone can be named.
		for _, who := range []string{"w-2", "o-2", "nobody"} {
			w.tap(alice, strings.Replace(yes, "w=w-1", "w="+who, 1))
			w.reads(alice, wording.Useless(ja).Title)
		}
		w.tap(alice, strings.Split(yes, "&t=")[0]+"&w=w-1")
		w.reads(alice, wording.AskErase(wording.ChatLeaveFacts{Accounts: []wording.ChatAccount{{Erasable: true}}}).Title)
		w.tap(alice, yes)
		w.reads(alice, wording.Erased(wording.ChatLeaveFacts{}).Title, "七十七銀行 普通 ***4567", "見守り方の変更の記録だけは")
		if _, err := w.store.ErasureWish(context.Background(), account); err != nil || watches(w) != 1 {
			t.Errorf("the records will not be erased: %v", err)
		}
		w.Record("r1") // is there until it cannot be set back
		back := w.button(alice, "a=restore")
		w.say(alice, "解除")
		if strings.Contains(w.newest(alice), "a=erase") {
			t.Error("erasing is offered where it cannot be")
		}
		w.tap(alice, back)
		if _, err := w.store.ErasureWish(context.Background(), account); !errors.Is(err, store.ErrNotFound) || watches(w) != 2 {
			t.Errorf("one tap does not set it back: %v", err)
		}
	})
	t.Run("all of it is erased or left at once", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account)
		w.own(bob, second, guardian(alice))
		w.alert("r1", account)
		w.alert("r2", second)
		w.say(alice, "leave")
		w.tap(alice, w.button(alice, "a=erase"))
		w.tap(alice, strings.Replace(w.button(alice, "a=erase"), "w=w-1", "w=all", 1))
		w.reads(alice, wording.Erased(wording.ChatLeaveFacts{Lang: watch.English}).Title, "only watched no more")
		if _, err := w.store.ErasureWish(context.Background(), account); err != nil || watches(w) != 0 {
			t.Errorf("%v", err)
		}
		w.Record("r2") // is bob's
	})
	t.Run("where nothing is left to erase, nothing is said to be erased", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account)
		w.own(bob, second, guardian(alice))
		w.say(alice, "leave")
		w.tap(alice, w.button(alice, "a=erase"))
		one := w.button(alice, "a=erase")
		w.tap(alice, one)
		w.reads(alice, wording.Erased(wording.ChatLeaveFacts{Lang: watch.English}).Title)
		w.tap(alice, strings.Replace(one, "w=w-1", "w=all", 1))
		w.reads(alice, wording.Left(wording.ChatLeaveFacts{Lang: watch.English}).Title, "another invitation by the owner")
		if watches(w) != 0 {
			t.Error("she still watches for bob")
		}
	})
	t.Run("what another owner keeps from being erased is not said to be", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account)
		w.alert("r1", account)
		w.say(alice, "解除")
		w.tap(alice, w.button(alice, "a=erase"))
		if err := w.line.Tap(alice, w.button(alice, "a=erase"), ""); err != nil {
			t.Fatal(err)
		}
		w.crash.count, w.crash.at = 0, 2 // it is written down what will be said, and no more
		w.once(true)
		if !strings.HasPrefix(w.crash.last, "after write") {
			t.Fatalf("died %s", w.crash.last)
		}
		w.crash.revive()
		a, err := w.store.Account(t.Context(), account)
		if err != nil {
			t.Fatal(err)
		}
		a.Watchers = append(a.Watchers, watch.Watcher{ID: "o-2", Role: watch.Owner, LineUser: bob, Lang: watch.Japanese})
		if err := w.store.Write(t.Context(), store.PutAccount(a)); err != nil {
			t.Fatal(err)
		}
		w.Add(time.Minute)
		w.settle()
		w.reads(alice, wording.Useless(ja).Title)
		w.Record("r1")
	})
	t.Run("an old button asks again", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account)
		w.say(alice, "解除")
		leave := w.button(alice, "a=leave")
		w.Add(61 * time.Minute)
		for _, data := range []string{leave, "a=leave&w=all", "a=leave&w=all&t=zzzzzzzzzzzzzz"} {
			w.tap(alice, data)
			w.reads(alice, wording.AskLeave(wording.ChatLeaveFacts{Accounts: []wording.ChatAccount{{}}}).Title)
		}
		if watches(w) != 1 {
			t.Error("it left all the same")
		}
	})
}

func TestPausing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
	w.own(alice, account, guardian(bob))
	w.own(alice, second)
	until := func(k watch.AccountKey, i int) time.Time {
		a, err := w.store.Account(context.Background(), k)
		if err != nil {
			t.Fatal(err)
		}
		return a.Watchers[i].Rules.PausedUntil
	}
	all := func(want time.Time) {
		t.Helper()
		if a, b := until(account, 0), until(second, 0); !a.Equal(want) || !b.Equal(want) {
			t.Errorf("paused until %s and %s, want %s", a, b, want)
		}
		if g := until(account, 1); !g.IsZero() {
			t.Errorf("the guardian is paused until %s", g)
		}
	}
	w.say(alice, "お知らせを休む")
	w.reads(alice, "1時間", "明日の朝7時", "1週間", "緊急のお知らせだけが届きます")
	w.tap(alice, w.button(alice, "a=pause&for=until"))
	w.reads(alice, "11月25日(水) 07:00")
	all(time.Date(2026, 11, 25, 7, 0, 0, 0, watch.JST))
	w.tap(alice, "a=pause&for=168h")
	all(w.Now().Add(7 * 24 * time.Hour))
	w.Add(time.Minute)
	w.tap(alice, "a=pause&for=1h")
	all(w.Now().Add(time.Hour))
	w.Add(time.Minute)
	w.say(alice, "再開")
	w.reads(alice, wording.Resumed(ja, true).Title)
	all(time.Time{})
	w.say(alice, "再開")
	w.reads(alice, wording.Resumed(ja, false).Title)

	for _, odd := range []string{"1000h", "", "-1h", "until.1", "until.99999999999", "until.x", "9999999h"} {
		w.tap(alice, "a=pause&for="+odd)
		w.reads(alice, wording.AskPause(ja, w.Now()).Title)
	}
	all(time.Time{})
}

func TestOfAPauseAndItsEndTheLaterCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	_ = w.line.Tap(alice, "a=pause&for=1h", "")
	msgs, err := w.queue.Receive(context.Background(), "chat", 10, 0)
	if err != nil || len(msgs) != 1 {
		t.Fatal(len(msgs), err)
	}
	// The pause is held up while the person has thought better of it.
	w.Add(time.Second)
	w.say(alice, "再開")
	w.Add(10 * time.Second)
	w.settle()
	a, err := w.store.Account(context.Background(), account)
	if err != nil || !a.Watchers[0].Rules.PausedUntil.IsZero() {
		t.Errorf("paused until %s, %v", a.Watchers[0].Rules.PausedUntil, err)
	}
}
