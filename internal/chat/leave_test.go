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
	second := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
	watches := func(w *world) int {
		list, err := w.enrol.Accounts(context.Background(), alice)
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
		w.reads(alice, "七十七銀行 普通 ***4567", "見守り家族へのお知らせも終わります")
		leave := w.button(alice, "a=leave")
		if strings.Contains(leave, "acc_1") {
			t.Errorf("the button carries the account: %s", leave)
		}
		w.tap(alice, leave)
		w.reads(alice, wording.Left(ja, nil).Title, "証拠として")
		if _, err := w.store.Account(context.Background(), account); !errors.Is(err, store.ErrNotFound) || watches(w) != 0 {
			t.Errorf("still watched: %v", err)
		}
		w.tap(alice, leave)
		w.reads(alice, wording.Useless(ja).Title)
		w.press(alice, "notmine", "r1")
		w.reads(alice, wording.Unknown(ja).Title)
	})
	t.Run("one of several goes and the other stays", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account)
		w.own(alice, second)
		w.say(alice, "解除")
		w.reads(alice, "七十七銀行 普通 ***4567", "中国銀行 普通 ***4567", "すべての口座をやめる")
		w.tap(alice, "a=leave&w=w-2&t="+strings.Split(w.button(alice, "a=leave&t="), "&")[1][2:])
		w.reads(alice, wording.Left(ja, nil).Title, "中国銀行")
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
		w.reads(alice, wording.Left(ja, nil).Title, "中国銀行", "七十七銀行")
		if watches(w) != 0 {
			t.Errorf("watches %d accounts", watches(w))
		}
	})
	t.Run("an old button asks again", func(t *testing.T) {
		w := newWorld(t)
		w.own(alice, account)
		w.say(alice, "解除")
		leave := w.button(alice, "a=leave")
		w.add(61 * time.Minute)
		for _, data := range []string{leave, "a=leave&w=all", "a=leave&w=all&t=zzzzzzzzzzzzzz"} {
			w.tap(alice, data)
			w.reads(alice, wording.AskLeave(ja, []wording.ChatAccount{{}}, w.Now()).Title)
		}
		if watches(w) != 1 {
			t.Error("it left all the same")
		}
	})
}

func TestPausing(t *testing.T) {
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
	w.say(alice, "停止")
	w.reads(alice, "1時間", "明日の朝7時", "1週間", "緊急のお知らせはお送りします")
	w.tap(alice, w.button(alice, "a=pause&for=until"))
	w.reads(alice, "11月25日(水) 07:00")
	all(time.Date(2026, 11, 25, 7, 0, 0, 0, watch.JST))
	w.tap(alice, "a=pause&for=168h")
	all(w.Now().Add(7 * 24 * time.Hour))
	w.add(time.Minute)
	w.tap(alice, "a=pause&for=1h")
	all(w.Now().Add(time.Hour))
	w.add(time.Minute)
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
	w := newWorld(t)
	w.own(alice, account)
	_ = w.line.Tap(alice, "a=pause&for=1h", "")
	msgs, err := w.queue.Receive(context.Background(), "chat", 10, time.Millisecond)
	if err != nil || len(msgs) != 1 {
		t.Fatal(len(msgs), err)
	}
	// The pause is held up while the person has thought better of it.
	w.add(time.Second)
	w.say(alice, "再開")
	w.add(10 * time.Second)
	w.settle()
	a, err := w.store.Account(context.Background(), account)
	if err != nil || !a.Watchers[0].Rules.PausedUntil.IsZero() {
		t.Errorf("paused until %s, %v", a.Watchers[0].Rules.PausedUntil, err)
	}
}
