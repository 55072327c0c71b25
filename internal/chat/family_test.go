package chat_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kozamori/internal/enrol"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestAnInvitationMakesAGuardianAfterOneYes(t *testing.T) {
	w := newWorld(t)
	w.own(alice, account)
	invite := func() string {
		t.Helper()
		code, _, err := w.enrol.Invite(context.Background(), alice, account, "娘", true)
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	en := watch.English
	code := invite()
	w.say(alice, code)
	w.reads(alice, wording.InviteOwn(ja).Title)

	w.say(bob, "invitation "+code)
	w.reads(bob, wording.AskJoin(wording.InvitationFacts{Lang: en}).Title, "七十七銀行 普通 ***4567", "alerts and connected services, without amounts")
	if w.watched(bob) != 0 {
		t.Fatal("looking at an invitation accepts it")
	}
	yes := w.button(bob, "a=join")
	w.line.Duplicate(1)
	w.tap(bob, yes)
	for range 4 {
		w.add(6 * time.Second)
		w.settle()
	}
	w.reads(bob, wording.Joined(en, wording.ChatAccount{}, true, false).Title, "alerts and connected services, without amounts")
	if w.watched(bob) != 1 || len(w.shown(bob)) != 2 {
		t.Errorf("watches %d accounts after %d answers", w.watched(bob), len(w.shown(bob)))
	}
	w.reads(alice, wording.GuardianJoined(wording.GuardianFacts{}).Title, "娘が、あなたの口座を", "金額は見えません")
	if n := len(w.shown(alice)); n != 2 {
		t.Errorf("the owner got %d messages, want the answer to her code and one about the guardian", n)
	}
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		t.Fatal(err)
	}
	if g, ok := a.WatcherOf(bob); !ok || g.Role != watch.Guardian || !g.HideAmount {
		t.Errorf("%+v", g)
	}
	w.add(time.Hour)
	w.tap(bob, yes)
	w.reads(bob, wording.Joined(en, wording.ChatAccount{}, true, true).Title)

	// Leaving ends it; the same invitation does not bring it back.
	w.say(bob, "leave")
	w.tap(bob, w.button(bob, "a=leave"))
	w.reads(alice, wording.GuardianLeft(wording.GuardianFacts{}).Title, "娘には、もうお知らせしません")
	w.tap(bob, yes)
	w.reads(bob, wording.InviteWrong(en).Title)

	late := invite()
	w.add(enrol.InviteLife)
	for _, do := range []func(){func() { w.say(bob, late) }, func() { w.tap(bob, "a=join&c="+late) }} {
		do()
		w.reads(bob, wording.InviteExpired(en).Title)
	}
	for range enrol.MaxWrong {
		w.say(bob, "AAAAA-AAAAA-AAAA3")
	}
	w.reads(bob, wording.CodeLocked(en, w.Now(), w.Now()).Title)
	if strings.Contains(w.log.String(), code) {
		t.Error("the log holds an invitation")
	}
}

func TestServicesAreListedAndAskedAbout(t *testing.T) {
	w := newWorld(t)
	second := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
	w.own(alice, account, guardian(bob))
	w.own(alice, second)
	w.say(alice, "サービス")
	if got := w.newest(alice); strings.Contains(got, "a=notmine") {
		t.Errorf("nothing is asked about nothing: %s", got)
	}
	w.alert("r1", second)
	var act watch.Activity
	act.Apply(w.record("r1"))
	if err := w.store.Write(context.Background(), store.PutActivity(second, &act), store.PutActivity(account, &act)); err != nil {
		t.Fatal(err)
	}
	w.say(alice, "つながっているサービス")
	w.reads(alice, "七十七銀行 普通 ***4567", "中国銀行 普通 ***4567", "PayPay", "3,000円", "PayPay：身に覚えがない", "PayPay：自分です")
	w.tap(alice, w.button(alice, "a=notmine"))
	w.reads(alice, opened)
	w.say(bob, "services")
	if got := w.newest(bob); strings.Contains(got, "3,000") || !strings.Contains(got, "PayPay") {
		t.Errorf("a guardian who may see no amounts reads %s", got)
	}

	// Whoever joins an account that is used is told so at once.
	i, err := w.enrol.Issue(context.Background(), account.Bank, enrol.CodeRequest{AccountRef: account.Ref})
	if err != nil {
		t.Fatal(err)
	}
	w.say(bob, i.Code)
	w.reads(bob, "Payment services are linked to this account")
}
