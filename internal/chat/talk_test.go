package chat_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var ja = watch.Japanese

func TestEveryWordGetsItsAnswer(t *testing.T) {
	t.Parallel()
	list := wording.RecentAlerts(wording.ListFacts{}).Title
	trouble := wording.Trouble(wording.TroubleFacts{}).Title
	none := wording.NothingOpen(wording.TroubleFacts{}).Title
	pause := wording.AskPause(ja, time.Now()).Title
	stop := wording.StopMoney(wording.TroubleFacts{}).Title // and offers the pause
	leave := wording.AskLeave(wording.ChatLeaveFacts{Accounts: []wording.ChatAccount{{}}}).Title
	connect := wording.HowToConnect(ja, nil, nil, wording.ConsentFacts{}).Title
	guide := wording.Guide(ja).Title
	call := wording.WhomToCall(wording.TroubleFacts{}).Title
	confused := wording.NotUnderstood(ja).Title
	for said, want := range map[string]string{
		"一覧": list, " 一覧。": list, "「一覧」": list, "list": list, "LIST": list, "Ｌｉｓｔ": list, "履歴": list,
		"困ったとき": trouble, "ヘルプ": trouble, "ﾍﾙﾌﾟ": trouble, "Help!": trouble, "助けて": trouble,
		"身に覚えがない引き落としがあります": none, "これは詐欺ですか？": none, "身に覚えがない": none, "That was not me": none, "最近のお知らせ": list, "recent alerts": list,
		"お知らせを休む": pause, "pause alerts": pause, "休む": pause, "一時停止": pause,
		"停止": stop, "Stop": stop, "ストップ": stop, "ｽﾄｯﾌﾟ": stop, "止めて": stop, "ていし": stop, "STOP!": stop,
		"再開": wording.Resumed(ja, false).Title, "resume": wording.Resumed(ja, false).Title,
		"解除": leave, "やめる": leave, "leave": leave, "unsubscribe": leave,
		"口座をつなぐ": connect, "登録": connect, "connect": connect,
		"使い方": guide, "メニュー": guide, "?": guide, "？": guide,
		"設定": "設定のページを開く", "settings": "設定のページを開く",
		"家族": "見守り家族のページを開く", "Family": "見守り家族のページを開く",
		"サービス": "つながっているサービス", "つながっているサービス": "つながっているサービス", "services": "つながっているサービス",
		"口座を止めて": wording.StopMoney(wording.TroubleFacts{}).Title, "電話番号": call, "銀行の電話は？": call, "phone number": call,
		"残高を教えて": wording.NoBalance(ja).Title, "ありがとう": wording.Welcomed(ja).Title, "間違えた": wording.NothingToTakeBack(ja, 90).Title,
		"自分です": list, "通知がうるさい": pause, "解約したい": leave, "家族を招待したい": "見守り家族のページを開く", "金額を変えたい": "設定のページを開く",
		"7F3K-9Q4M-AAC":   wording.CodeSlipped(ja, 12, 1, "").Title,
		"7F3K-9Q4M-AACDE": wording.CodeSlipped(ja, 12, -1, "").Title,
		"7F3K 9Q4M OACD":  wording.CodeSlipped(ja, 12, 0, "O").Title,
		"こんにちは":           guide, "100000": confused, "a=leave&w=all": leave, strings.Repeat("長い", 3000): confused,
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
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	for _, lang := range []watch.Lang{ja, watch.English} {
		for user, connected := range map[string]bool{alice: true, bob: false} {
			for _, item := range wording.Menu(lang, connected) {
				w.say(user, item.Say)
				if strings.Contains(w.newest(user), wording.NotUnderstood(ja).Title) {
					t.Errorf("%q is not understood", item.Say)
				}
			}
		}
	}
}

func TestWhoWatchesNothingIsToldHowToBegin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, said := range []string{"一覧", "お知らせを休む", "再開", "解除"} {
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
	t.Parallel()
	w := newWorld(t)
	follow := func(user string) {
		t.Helper()
		if err := w.line.Follow(user); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	follow(alice)
	w.reads(alice, wording.Welcome(ja, nil, wording.ConsentFacts{}).Title, "登録コード")
	follow(bob)
	w.reads(bob, wording.Welcome(watch.English, nil, wording.ConsentFacts{}).Title)
	if p, err := w.store.Person(context.Background(), bob); err != nil || p.Lang != watch.English {
		t.Errorf("%+v %v", p, err)
	}
}

func TestWhoBlocksUsAndComesBackIsReachedAgain(t *testing.T) {
	t.Parallel()
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
	w.Add(time.Hour)
	if err := w.line.Follow(alice); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if !reachable() {
		t.Error("not reachable after coming back")
	}
	w.reads(alice, wording.Welcome(ja, []wording.ChatAccount{{}}, wording.ConsentFacts{}).Title, "七十七銀行 普通 ***4567")
}

func TestCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	issue := func(ref string) string {
		t.Helper()
		i, err := w.members.Issue(context.Background(), "0125", membership.CodeRequest{AccountRef: ref, Mask: "普通 ***4567", Email: "a@example.jp"})
		if err != nil {
			t.Fatal(err)
		}
		return i.Code
	}
	code := issue("acc_1")
	w.say(alice, "登録コードは "+strings.ToLower(code)+" です")
	w.reads(alice, wording.Connected(wording.ConnectedFacts{}).Title, "七十七銀行 普通 ***4567", "1円以上", "「お知らせを休む」", "「見守りをやめる」", "メールアドレス", "暗証番号")
	a, err := w.store.Account(context.Background(), account)
	if err != nil || a.Watchers[0].LineUser != alice {
		t.Fatal(a, err)
	}
	w.say(bob, code)
	w.reads(bob, wording.CodeWrong(watch.English).Title)
	w.Add(2 * time.Minute)
	w.say(alice, issue("acc_1"))
	w.reads(alice, wording.Connected(wording.ConnectedFacts{Already: true}).Title)

	late := issue("acc_2")
	w.Add(membership.CodeLife)
	w.say(alice, late)
	w.reads(alice, wording.CodeExpired(ja).Title)

	for range membership.MaxWrong {
		w.say(alice, "AAAA-AAAA-AAA3")
	}
	w.reads(alice, wording.CodeLocked(ja, w.Now(), w.Now()).Title, "13:17")
	w.say(alice, issue("acc_3"))
	w.reads(alice, wording.CodeLocked(ja, w.Now(), w.Now()).Title)
	if got := w.log.String(); strings.Contains(got, code) || strings.Contains(got, alice) || strings.Contains(got, "acc_1") || strings.Contains(got, "***4567") {
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

func TestListing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
	w.own(alice, account, guardian(bob))
	for i := range 70 { // silent records do not hide alerts
		w.alert(fmt.Sprint("silent", i), account, func(r *watch.Record) { r.Notices = nil })
	}
	w.say(alice, "最近のお知らせ")
	w.reads(alice, "まだお知らせはありません")
	w.Add(-24 * time.Hour)
	for i := range 12 {
		w.Add(time.Minute)
		w.alert(fmt.Sprint("r", i), account, func(r *watch.Record) { r.Amount = int64(1000 + i) })
	}
	w.Add(24 * time.Hour)
	w.press(alice, "notmine", "r11")
	w.say(alice, "最近のお知らせ")
	got := w.newest(alice)
	for i := range 12 {
		if shown := strings.Contains(got, fmt.Sprintf("1,%03d円", i)); shown != (i >= 2) {
			t.Errorf("alert %d shown: %v", i, shown)
		}
	}
	w.reads(alice, "PayPayの引き落とし 1,011円", "（受付番号：KZ-", "PayPayの引き落とし 1,010円", "まだ回答がありません", "https://kozamori.example/a/r11")
	if strings.Contains(got, "七十七銀行") {
		t.Error("with one account there is no need to name it")
	}
	w.say(bob, "recent alerts")
	if got := w.newest(bob); strings.Contains(got, "1,0") || !strings.Contains(got, "Debit by PayPay") {
		t.Errorf("a guardian who may see no amounts reads %s", got)
	}
	w.own(alice, second)
	w.alert("s1", second, func(r *watch.Record) { r.Service, r.Amount = "", 7 })
	w.say(alice, "最近のお知らせ")
	w.reads(alice, "中国銀行 普通 ***4567", "七十七銀行 普通 ***4567", "引き落とし 7円")
	// What was no alert of one's own is not listed.
	w.alert("other", second, func(r *watch.Record) {
		r.Amount, r.Notices = 9999, []watch.Notice{{Watcher: "somebody", Reasons: watch.Because(watch.AnyDebit)}}
	})
	w.say(alice, "最近のお知らせ")
	if strings.Contains(w.newest(alice), "9,999") {
		t.Error("somebody else's alert is listed")
	}
}

func TestTroubleNamesOnlyNumbersThatAreKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
	w.own(alice, account)
	w.own(alice, second)
	w.say(alice, "ヘルプ")
	w.reads(alice, "七十七銀行に電話し", "022-000-0000", "#9110", "tel:188")
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
	t.Parallel()
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
	if n := len(w.line.Messages()); n != 0 || w.Record("r1").Dispute == "" {
		t.Errorf("%d messages sent, dispute %q", n, w.Record("r1").Dispute)
	}
}

func TestAFailedLinkAndAStickerDoNoHarm(t *testing.T) {
	t.Parallel()
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
	for _, m := range []message.Message{wording.LinkFailed(ja), wording.Guide(ja)} {
		if !strings.Contains(got, m.Title) {
			t.Errorf("%q was not said", m.Title)
		}
	}
	if list, err := w.members.Accounts(context.Background(), alice); err != nil || len(list) != 0 {
		t.Errorf("bound to %d accounts, %v", len(list), err)
	}
}

func TestWithoutAProfileAPersonIsSpokenToInJapanese(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.line.FailAt(sim.Profile, 3, sim.ServerError)
	w.say(bob, "一覧")
	w.reads(bob, wording.NotConnected(ja).Title)
}
