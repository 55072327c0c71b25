package chat_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestAnInvitationMakesAGuardianAfterOneYes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	invite := func() string {
		t.Helper()
		code, _, err := w.members.Invite(context.Background(), alice, account, "娘", true)
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
		w.Add(6 * time.Second)
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
	w.Add(time.Hour)
	w.tap(bob, yes)
	w.reads(bob, wording.Joined(en, wording.ChatAccount{}, true, true).Title)

	// Leaving ends it; the same invitation does not bring it back.
	w.say(bob, "leave")
	w.tap(bob, w.button(bob, "a=leave"))
	w.reads(alice, wording.GuardianLeft(wording.GuardianFacts{}).Title, "娘には、もうお知らせしません")
	w.tap(bob, yes)
	w.reads(bob, wording.InviteWrong(en).Title)

	late := invite()
	w.Add(membership.InviteLife)
	for _, do := range []func(){func() { w.say(bob, late) }, func() { w.tap(bob, "a=join&c="+late) }} {
		do()
		w.reads(bob, wording.InviteExpired(en).Title)
	}
	for range membership.MaxWrong {
		w.say(bob, "AAAAA-AAAAA-AAAA3")
	}
	w.reads(bob, wording.CodeLocked(en, w.Now(), w.Now()).Title)
	if strings.Contains(w.log.String(), code) {
		t.Error("the log holds an invitation")
	}
}

func TestServicesAreListedAndAskedAbout(t *testing.T) {
	t.Parallel()
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
	act.Apply(w.Record("r1"))
	if err := w.store.Write(context.Background(), store.PutActivity(second, &act), store.PutActivity(account, &act)); err != nil {
		t.Fatal(err)
	}
	w.say(alice, "つながっているサービス")
	w.reads(alice, "七十七銀行 普通 ***4567", "中国銀行 普通 ***4567", "PayPay", "3,000円", "carousel", "身に覚えがない 中国銀行 ***4567", "PayPay（中国銀行 普通 ***4567）について、身に覚えのないものを確かめる", "心当たりがある 中国銀行 ***4567")
	w.tap(alice, w.button(alice, "a=ask"))
	w.tap(alice, w.button(alice, "a=notmine"))
	w.reads(alice, opened)
	w.say(bob, "services")
	if got := w.newest(bob); strings.Contains(got, "3,000") || !strings.Contains(got, "PayPay") {
		t.Errorf("a guardian who may see no amounts reads %s", got)
	}

}

// used makes an account one that PayPay has drawn from, watched by bob.
func (w *world) used(k watch.AccountKey) {
	w.t.Helper()
	w.own(bob, k)
	w.alert("r-"+k.Ref, k)
	var act watch.Activity
	act.Apply(w.Record("r-" + k.Ref))
	if err := w.store.Write(context.Background(), store.PutActivity(k, &act)); err != nil {
		w.t.Fatal(err)
	}
}

func TestConnectedServicesAreSentOnceRightAfterOptIn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	one, unused, two := watch.AccountKey{Bank: "0125", Ref: "acc_one"}, watch.AccountKey{Bank: "0125", Ref: "acc_none"}, watch.AccountKey{Bank: "0125", Ref: "acc_two"}
	for name, optIn := range map[string]func(*world){
		"by code": func(w *world) {
			i, err := w.members.Issue(ctx, one.Bank, membership.CodeRequest{AccountRef: one.Ref})
			if err != nil {
				t.Fatal(err)
			}
			w.line.Duplicate(1)
			w.say(alice, i.Code)
			w.say(alice, i.Code) // and once more, by hand
		},
		"by account link": func(w *world) {
			token := w.offered(alice)
			nonce, _, err := w.members.Nonce(ctx, one.Bank, []membership.CodeRequest{{AccountRef: unused.Ref, Mask: "普通 ***0000"}, {AccountRef: one.Ref}, {AccountRef: two.Ref}})
			if err != nil {
				t.Fatal(err)
			}
			w.line.Duplicate(1)
			w.open(alice, token, nonce)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.used(one)
			w.used(two)
			optIn(w)
			for range 4 {
				w.Add(6 * time.Second)
				w.settle()
			}
			title := wording.ServicesList(wording.ServicesListFacts{Lang: ja}).Title
			var lists []string
			for _, m := range w.shown(alice) {
				if strings.Contains(m, title) && strings.Contains(m, "a=ask") {
					lists = append(lists, m)
				}
			}
			if len(lists) != 1 {
				t.Fatalf("%d lists: %v", len(lists), w.shown(alice))
			}
			w.tap(alice, "a=notmine&r=r-acc_one")
			w.reads(alice, opened)
			if strings.Contains(lists[0], "***0000") {
				t.Errorf("an account without services is listed: %s", lists[0])
			}
		})
	}
	t.Run("nothing is sent when there is nothing", func(t *testing.T) {
		w := newWorld(t)
		i, err := w.members.Issue(ctx, one.Bank, membership.CodeRequest{AccountRef: one.Ref})
		if err != nil {
			t.Fatal(err)
		}
		w.say(alice, i.Code)
		if n := len(w.shown(alice)); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

// The charge links that the bank names when it binds an account are shown right
// after opting in, and "not mine" reports one, before anything has rung.
func TestLinksOfBeforeAreAskedAboutRightAfterOptIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	i, err := w.members.Issue(context.Background(), account.Bank, membership.CodeRequest{AccountRef: account.Ref, Mask: "普通 ***4567",
		Links: []membership.LinkRequest{{Service: "paypay", Since: "2019-05-01", Route: "web_kouza_furikae"}, {Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Since: "2020-08-01T10:00:00+09:00"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.say(alice, i.Code)
	w.Add(6 * time.Second)
	w.settle()
	shown := w.shown(alice)
	list := shown[len(shown)-1]
	for _, part := range []string{"PayPay", "2020年8月1日", "2019年5月1日", "口座の登録", "a=ask", "a=mine"} {
		if !strings.Contains(list, part) {
			t.Errorf("the list does not say %q: %s", part, list)
		}
	}
	record := watch.SeededID(account, &watch.Entry{Service: "paypay", At: time.Date(2019, 5, 1, 0, 0, 0, 0, watch.JST)})
	w.tap(alice, "a=notmine&r="+record)
	w.reads(alice, opened)
	if r, err := w.store.Record(context.Background(), record); err != nil || r.Answer == nil || r.Answer.Value != watch.NotMine || r.Dispute == "" {
		t.Errorf("the link: %+v, %v", r, err)
	}
}

func TestManyServicesFitIntoOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, k := range []watch.AccountKey{account, {Bank: "0168", Ref: "acc_2"}} {
		w.own(alice, k)
		act := watch.Activity{Services: map[string]*watch.ServiceActivity{}}
		for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
			link := "r-" + k.Ref + id
			act.Services[id] = &watch.ServiceActivity{FirstAt: w.Now(), LastAt: w.Now(), Links: []watch.Link{{Record: link, RegisteredAt: w.Now()}}}
			w.Put(store.PutRecord(&watch.Record{ID: link, OnAccount: watch.On(k), Kind: watch.LinkRegistered, Service: id, OccurredAt: w.Now(), RecordedAt: w.Now(), Complete: true}))
		}
		if err := w.store.Write(context.Background(), store.PutActivity(k, &act)); err != nil {
			t.Fatal(err)
		}
	}
	w.say(alice, "サービス")
	w.reads(alice, "七十七銀行 普通 ***4567", "中国銀行 普通 ***4567", "ほかに2件あります")
	if n := strings.Count(w.newest(alice), "a=ask"); n != wording.MaxServices {
		t.Errorf("%d services are asked about", n)
	}
}
