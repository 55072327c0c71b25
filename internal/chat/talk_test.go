package chat_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/enrol"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var ja = watch.Japanese

func TestEveryWordGetsItsAnswer(t *testing.T) {
	list := wording.RecentAlerts(wording.ListFacts{}).Title
	trouble := wording.Trouble(wording.TroubleFacts{}).Title
	pause := wording.AskPause(ja, time.Now()).Title
	leave := wording.AskLeave(ja, []wording.ChatAccount{{}}, time.Now()).Title
	connect := wording.HowToConnect(ja, nil, nil).Title
	guide := wording.Guide(ja).Title
	confused := wording.NotUnderstood(ja).Text[0]
	for said, want := range map[string]string{
		"一覧": list, " 一覧。": list, "「一覧」": list, "list": list, "LIST": list, "Ｌｉｓｔ": list, "履歴": list,
		"困ったとき": trouble, "ヘルプ": trouble, "ﾍﾙﾌﾟ": trouble, "Help!": trouble, "助けて": trouble,
		"身に覚えがない引き落としがあります": trouble, "これは詐欺ですか？": trouble, "That was not me": trouble,
		"停止": pause, "Stop": pause, "休む": pause,
		"再開": wording.Resumed(ja, false).Title, "resume": wording.Resumed(ja, false).Title,
		"解除": leave, "やめる": leave, "leave": leave, "unsubscribe": leave,
		"口座をつなぐ": connect, "登録": connect, "connect": connect,
		"使い方": guide, "メニュー": guide, "?": guide, "？": guide,
		"設定": "設定のページを開く", "settings": "設定のページを開く",
		"家族": "見守り家族のページを開く", "Family": "見守り家族のページを開く",
		"サービス": "つながっているサービス", "つながっているサービス": "つながっているサービス", "services": "つながっているサービス",
		"こんにちは": confused, "100000": confused, "a=leave&w=all": confused, strings.Repeat("長い", 3000): confused,
	} {
		t.Run(fmt.Sprintf("%.30s", said), func(t *testing.T) {
			w := newWorld(t)
			w.own(alice, account)
			w.say(alice, said)
			w.reads(alice, want)
			if n := len(w.shown(alice)); n != 1 {
				t.Errorf("%d answers", n)
			}
		})
	}
}

func TestTheMenuUnderTheChatIsUnderstood(t *testing.T) {
	w := newWorld(t)
	w.own(alice, account)
	for _, lang := range []watch.Lang{ja, watch.English} {
		for _, item := range wording.Menu(lang) {
			w.say(alice, item.Say)
			if strings.Contains(w.newest(alice), wording.NotUnderstood(ja).Text[0]) {
				t.Errorf("%q is not understood", item.Say)
			}
		}
	}
}

func TestWhoWatchesNothingIsToldHowToBegin(t *testing.T) {
	w := newWorld(t)
	for _, said := range []string{"一覧", "停止", "再開", "解除"} {
		w.say(alice, said)
		w.reads(alice, wording.NotConnected(ja).Title)
	}
	w.tap(alice, "a=pause&for=1h")
	w.reads(alice, wording.NotConnected(ja).Title)
	w.say(alice, "困ったとき")
	w.reads(alice, "#9110", "188")
	// Somebody whose phone speaks English is answered in English.
	w.say(bob, "一覧")
	w.reads(bob, wording.NotConnected(watch.English).Title)
}

func TestAddingTheAccountIsGreeted(t *testing.T) {
	w := newWorld(t)
	follow := func(user string) {
		t.Helper()
		if err := w.line.Follow(user); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	follow(alice)
	w.reads(alice, wording.Welcome(ja, nil).Title, "登録コード")
	follow(bob)
	w.reads(bob, wording.Welcome(watch.English, nil).Title)
	if p, err := w.store.Person(context.Background(), bob); err != nil || p.Lang != watch.English {
		t.Errorf("%+v %v", p, err)
	}
}

func TestWhoBlocksUsAndComesBackIsReachedAgain(t *testing.T) {
	w := newWorld(t)
	w.own(alice, account)
	reachable := func() bool {
		a, err := w.store.Account(context.Background(), account)
		if err != nil {
			t.Fatal(err)
		}
		return len(a.Watchers[0].Reachable()) == 1
	}
	if err := w.line.Block(alice); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if reachable() || len(w.line.Messages()) != 0 {
		t.Errorf("reachable %v, %d messages to somebody who blocked us", reachable(), len(w.line.Messages()))
	}
	w.add(time.Hour)
	if err := w.line.Follow(alice); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if !reachable() {
		t.Error("not reachable after coming back")
	}
	w.reads(alice, wording.Welcome(ja, []wording.ChatAccount{{}}).Title, "七十七銀行 普通 ***4567")
}

func TestCodes(t *testing.T) {
	w := newWorld(t)
	issue := func(ref string) string {
		t.Helper()
		i, err := w.enrol.Issue(context.Background(), "0125", enrol.CodeRequest{AccountRef: ref, Mask: "普通 ***4567", Email: "a@example.jp"})
		if err != nil {
			t.Fatal(err)
		}
		return i.Code
	}
	code := issue("acc_1")
	w.say(alice, "登録コードは "+strings.ToLower(code)+" です")
	w.reads(alice, wording.Connected(wording.ConnectedFacts{}).Title, "七十七銀行 普通 ***4567", "1円以上", "「停止」", "「解除」", "メールアドレス", "暗証番号")
	a, err := w.store.Account(context.Background(), account)
	if err != nil || a.Watchers[0].LineUser != alice {
		t.Fatal(a, err)
	}
	w.say(bob, code)
	w.reads(bob, wording.CodeWrong(watch.English).Title)
	w.add(2 * time.Minute)
	w.say(alice, issue("acc_1"))
	w.reads(alice, wording.Connected(wording.ConnectedFacts{Already: true}).Title)

	late := issue("acc_2")
	w.add(enrol.CodeLife)
	w.say(alice, late)
	w.reads(alice, wording.CodeExpired(ja).Title)

	for range enrol.MaxWrong {
		w.say(alice, "AAAA-AAAA-AAA3")
	}
	w.reads(alice, wording.CodeLocked(ja, w.Now(), w.Now()).Title, "13:17")
	w.say(alice, issue("acc_3"))
	w.reads(alice, wording.CodeLocked(ja, w.Now(), w.Now()).Title)
	if got := w.log.String(); strings.Contains(got, code) || strings.Contains(got, alice) || strings.Contains(got, "acc_1") || strings.Contains(got, "4567") {
		t.Errorf("the log holds what it must not: %s", got)
	}
	full := watch.AccountKey{Bank: "0125", Ref: "acc_4"}
	w.own(alice, full, func(a *watch.Account) {
		for i := range watch.MaxWatchers - 1 {
			a.Watchers = append(a.Watchers, watch.Watcher{ID: fmt.Sprint("x", i), Role: watch.Guardian, LineUser: fmt.Sprint("nobody", i)})
		}
	})
	w.say(bob, issue("acc_4"))
	w.reads(bob, wording.CodeFull(watch.English).Title)
}

func TestAnswers(t *testing.T) {
	type step struct {
		who, action, record string
		after               time.Duration
		want                []string
		toBank              int
	}
	for name, steps := range map[string][]step{
		"not mine, twice, is one dispute": {
			{alice, "notmine", "r1", 0, []string{opened, "KZ-", "七十七銀行", "022-000-0000", "#9110", "取り消す（"}, 1},
			{alice, "notmine", "r1", time.Minute, []string{"すでに受け付けています", "KZ-"}, 1}},
		"from two phones it is one dispute, and each is told": {
			{bob, "notmine", "r1", 0, []string{"We have your report", "KZ-"}, 1},
			{alice, "notmine", "r1", time.Second, []string{"すでに受け付けています", "KZ-"}, 1}},
		"not mine can be taken back within ten minutes": {
			{alice, "notmine", "r1", 0, []string{opened}, 1},
			{alice, "undo", "r1", 9 * time.Minute, []string{"取り消しました"}, 2},
			{alice, "undo", "r1", time.Minute, []string{"取り消しました"}, 2}},
		"and not later": {
			{alice, "notmine", "r1", 0, []string{opened}, 1},
			{alice, "undo", "r1", 10 * time.Minute, []string{"取り消せる時間を過ぎました", "KZ-"}, 1},
			{alice, "mine", "r1", time.Minute, []string{"取り消せる時間を過ぎました", "KZ-"}, 1}},
		"mine offers to trust, and trusting says until when": {
			{alice, "mine", "r1", 0, []string{"ありがとうございます", "90日間は知らせない"}, 0},
			{alice, "mine", "r1", time.Second, []string{"ありがとうございます", "90日間は知らせない"}, 0},
			{alice, "trust", "r1", time.Second, []string{"お知らせの設定を変更しました", "3,000円", "2027年2月22日"}, 0}},
		"mine after not mine takes it back": {
			{alice, "notmine", "r1", 0, []string{opened}, 1},
			{alice, "mine", "r1", time.Minute, []string{"ありがとうございます"}, 2}},
		"what is disputed is not trusted": {
			{alice, "notmine", "r1", 0, []string{opened}, 1},
			{alice, "trust", "r1", time.Minute, []string{"すでに受け付けています"}, 1}},
		"a guardian takes back nothing of the owner's": {
			{alice, "notmine", "r1", 0, []string{opened}, 1},
			{bob, "undo", "r1", time.Minute, []string{wording.OwnerOnly(watch.English).Title}, 1},
			{bob, "mine", "r1", time.Minute, []string{"This alert has been answered already", "KZ-"}, 1}},
		"a guardian trusts nothing": {
			{bob, "mine", "r1", 0, []string{"Thank you"}, 0},
			{bob, "trust", "r1", time.Second, []string{wording.OwnerOnly(watch.English).Title}, 0}},
		"nothing can be taken back of nothing": {
			{alice, "undo", "r1", 0, []string{wording.Useless(ja).Title}, 0}},
		"months later the answer still counts": {
			{alice, "notmine", "r1", 200 * 24 * time.Hour, []string{opened}, 1}},
		"an alert that is gone is not found": {
			{alice, "notmine", "r1", 401 * 24 * time.Hour, []string{"お知らせが見つかりません"}, 0}},
		"an alert that never was is not found": {
			{alice, "notmine", "r9", 0, []string{"お知らせが見つかりません"}, 0},
			{alice, "notmine", "", 0, []string{"お知らせが見つかりません"}, 0}},
		"an action that nobody knows": {
			{alice, "refund", "r1", 0, []string{wording.Useless(ja).Title}, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.own(alice, account, guardian(bob))
			w.alert("r1", account)
			for i, s := range steps {
				w.add(s.after)
				w.press(s.who, s.action, s.record)
				w.reads(s.who, s.want...)
				if n := w.toBank(); n != s.toBank {
					t.Errorf("step %d: %d jobs for the bank, want %d", i, n, s.toBank)
				}
				if s.who == bob && strings.Contains(w.newest(bob), "3,000") {
					t.Errorf("step %d shows a guardian the amount", i)
				}
			}
		})
	}
}

func TestAStrangersPressFindsNothingInTheSameWords(t *testing.T) {
	w := newWorld(t)
	w.own(alice, account)
	w.own(bob, watch.AccountKey{Bank: "0168", Ref: "acc_b"})
	w.alert("r1", account)
	for _, action := range []string{"notmine", "mine", "undo", "trust"} {
		w.press(bob, action, "r1")
		somebodys := w.newest(bob)
		w.press(bob, action, "no-such-record")
		if somebodys != w.newest(bob) || !strings.Contains(somebodys, wording.Unknown(ja).Title) {
			t.Errorf("%s: %s\nand for what does not exist: %s", action, somebodys, w.newest(bob))
		}
	}
	if r := w.record("r1"); r.Answer != nil || r.Dispute != "" || w.toBank() != 0 {
		t.Errorf("a stranger answered: %+v", r.Answer)
	}
	// Nor does a stranger make somebody leave.
	w.say(alice, "解除")
	w.tap(bob, w.button(alice, "a=leave"))
	w.reads(bob, wording.Useless(ja).Title)
	if _, err := w.store.Account(context.Background(), account); err != nil {
		t.Error(err)
	}
}

func TestAPressThatWasOvertakenDoesNotActAgain(t *testing.T) {
	w := newWorld(t)
	w.own(alice, account)
	w.alert("r1", account)
	// The process dies after the answer is recorded and before it says so;
	// meanwhile the person takes it back.
	w.crash.at = 0
	_ = w.line.Tap(alice, "a=notmine&r=r1&w=w", "")
	w.crash.count, w.crash.at = 0, diesAfter(t, "after send")
	w.once(false)
	if w.crash.last != "after send" || w.record("r1").Dispute == "" {
		t.Fatalf("died %s", w.crash.last)
	}
	w.crash.revive()
	w.press(alice, "undo", "r1")
	for range 12 {
		w.add(6 * time.Second)
		w.settle()
	}
	d, err := w.store.Dispute(context.Background(), w.record("r1").Dispute)
	if err != nil || d.Status != watch.DisputeWithdrawn || len(d.Changes) != 2 {
		t.Errorf("%+v %v", d, err)
	}
	if n := len(w.shown(alice)); n != 2 {
		t.Errorf("%d answers to two presses", n)
	}
}

// diesAfter finds the number of the step of a first "not mine" that does what.
func diesAfter(t *testing.T, what string) int {
	t.Helper()
	for n := 1; n < 100; n++ {
		w := newWorld(t)
		w.own(alice, account)
		w.alert("r1", account)
		_ = w.line.Tap(alice, "a=notmine&r=r1&w=w", "")
		w.crash.count, w.crash.at = 0, n
		w.once(false)
		if w.crash.last == what {
			return n
		}
	}
	t.Fatalf("no step is %q", what)
	return 0
}

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

func TestListing(t *testing.T) {
	w := newWorld(t)
	second := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
	w.own(alice, account, guardian(bob))
	for i := range 70 { // silent records do not hide alerts
		w.alert(fmt.Sprint("silent", i), account, func(r *watch.Record) { r.Notices = nil })
	}
	w.say(alice, "一覧")
	w.reads(alice, "まだお知らせはありません")
	w.add(-24 * time.Hour)
	for i := range 12 {
		w.add(time.Minute)
		w.alert(fmt.Sprint("r", i), account, func(r *watch.Record) { r.Amount = int64(1000 + i) })
	}
	w.add(24 * time.Hour)
	w.press(alice, "notmine", "r11")
	w.say(alice, "一覧")
	got := w.newest(alice)
	for i := range 12 {
		if shown := strings.Contains(got, fmt.Sprintf("1,%03d円", i)); shown != (i >= 2) {
			t.Errorf("alert %d shown: %v", i, shown)
		}
	}
	w.reads(alice, "PayPay 1,011円（身に覚えがない）", "PayPay 1,010円（未回答）", "https://kozamori.example/a/r11")
	if strings.Contains(got, "七十七銀行") {
		t.Error("with one account there is no need to name it")
	}
	w.say(bob, "list")
	if got := w.newest(bob); strings.Contains(got, "1,0") || !strings.Contains(got, "debit by PayPay") {
		t.Errorf("a guardian who may see no amounts reads %s", got)
	}
	w.own(alice, second)
	w.alert("s1", second, func(r *watch.Record) { r.Service, r.Amount = "", 7 })
	w.say(alice, "一覧")
	w.reads(alice, "中国銀行 普通 ***4567", "七十七銀行 普通 ***4567", "引き落とし 7円")
	// What was no alert of one's own is not listed.
	w.alert("other", second, func(r *watch.Record) {
		r.Amount, r.Notices = 9999, []watch.Notice{{Watcher: "somebody", Reasons: watch.AnyDebit}}
	})
	w.say(alice, "一覧")
	if strings.Contains(w.newest(alice), "9,999") {
		t.Error("somebody else's alert is listed")
	}
}

func TestTroubleNamesOnlyNumbersThatAreKnown(t *testing.T) {
	w := newWorld(t)
	second := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
	w.own(alice, account)
	w.own(alice, second)
	w.say(alice, "ヘルプ")
	w.reads(alice, "七十七銀行に電話し", "022-000-0000", "tel:%239110", "tel:188")
	w.alert("s1", second)
	w.say(alice, "ヘルプ")
	// The bank of the latest alert comes first, even without a number.
	w.reads(alice, "中国銀行に連絡し", "PayPayに、身に覚えがないと伝えてください", "0120-111-111", "022-000-0000")
	w.press(alice, "mine", "s1")
	w.say(alice, "ヘルプ")
	if got := w.newest(alice); strings.Contains(got, "PayPayに、") {
		t.Errorf("what was their own doing is named: %s", got)
	}
}

func TestInStandbyWeSayNothingAndStillHearNotMe(t *testing.T) {
	w := newWorld(t)
	w.own(alice, account)
	w.alert("r1", account)
	post := func(id, rest string) {
		body := fmt.Sprintf(`{"events":[{"webhookEventId":%q,"timestamp":%d,"mode":"standby","replyToken":"x","source":{"type":"user","userId":%q},%s}]}`,
			id, w.Now().UnixMilli(), alice, rest)
		if status := w.line.Post(context.Background(), []byte(body)); status != 200 {
			t.Fatal(status)
		}
		w.settle()
	}
	post("01A", `"type":"message","message":{"type":"text","text":"一覧"}`)
	post("01B", `"type":"postback","postback":{"data":"a=notmine&r=r1"}`)
	if n := len(w.line.Messages()); n != 0 || w.record("r1").Dispute == "" {
		t.Errorf("%d messages sent, dispute %q", n, w.record("r1").Dispute)
	}
}

func TestAFailedLinkAndAStickerDoNoHarm(t *testing.T) {
	w := newWorld(t)
	for i, rest := range []string{
		`"type":"accountLink","link":{"result":"failed","nonce":"abcdefghijkl"}`,
		`"type":"accountLink","source":{"type":"user","userId":"` + alice + `"},"link":{"result":"ok","nonce":"abcdefghijkl"}`,
		`"type":"message","source":{"type":"user","userId":"` + alice + `"},"message":{"type":"sticker","id":"1"}`,
	} {
		body := fmt.Sprintf(`{"events":[{"webhookEventId":"01%d","timestamp":%d,"mode":"active",%s}]}`, i, w.Now().UnixMilli(), rest)
		if status := w.line.Post(context.Background(), []byte(body)); status != 200 {
			t.Fatal(status)
		}
		w.settle()
	}
	got := strings.Join(w.shown(alice), "")
	for _, m := range []wording.Message{wording.LinkFailed(ja), wording.Guide(ja)} {
		if !strings.Contains(got, m.Title) {
			t.Errorf("%q was not said", m.Title)
		}
	}
	if list, err := w.enrol.Accounts(context.Background(), alice); err != nil || len(list) != 0 {
		t.Errorf("bound to %d accounts, %v", len(list), err)
	}
}

func TestWithoutAProfileAPersonIsSpokenToInJapanese(t *testing.T) {
	w := newWorld(t)
	w.line.FailAt(sim.Profile, 3, sim.ServerError)
	w.say(bob, "一覧")
	w.reads(bob, wording.NotConnected(ja).Title)
}
