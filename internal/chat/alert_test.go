package chat_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
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
			{alice, "undo", "r1", 8 * time.Minute, []string{"次の申し出を取り消しますか", "KZ-", "あなた"}, 1},
			{alice, "undo!", "r1", time.Minute, []string{"取り消しました"}, 2},
			{alice, "undo", "r1", time.Minute, []string{"取り消しました"}, 2}},
		"and not later": {
			{alice, "notmine", "r1", 0, []string{opened}, 1},
			{alice, "undo", "r1", 10 * time.Minute, []string{"取り消せる時間を過ぎました", "KZ-"}, 1},
			{alice, "mine", "r1", time.Minute, []string{"お申し出は、そのままです", "KZ-", "銀行に受付番号を"}, 1}},
		"mine offers to trust, and trusting says until when": {
			{alice, "mine", "r1", 0, []string{"ありがとうございます", "90日間は知らせない"}, 0},
			{alice, "mine", "r1", time.Second, []string{"ありがとうございます", "90日間は知らせない"}, 0},
			{alice, "trust", "r1", time.Second, []string{"お知らせの設定を変更しました", "3,000円", "2027年2月22日"}, 0}},
		"mine on an older message takes no report back": {
			{alice, "notmine", "r1", 0, []string{opened}, 1},
			{alice, "mine", "r1", time.Minute, []string{"お申し出は、そのままです", "KZ-", "「取り消す」を押して"}, 1}},
		"nor that of a guardian, which is named before it is": {
			{bob, "notmine", "r1", 0, []string{"We have your report", "KZ-"}, 1},
			{alice, "mine", "r1", time.Minute, []string{"すでに回答済みです", "KZ-"}, 1},
			{alice, "undo", "r1", time.Minute, []string{"次の申し出を取り消しますか", "KZ-", "見守り家族"}, 1},
			{alice, "undo!", "r1", time.Minute, []string{"取り消しました"}, 2}},
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
		"an unknown action": {
			{alice, "refund", "r1", 0, []string{wording.Useless(ja).Title}, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.own(alice, account, guardian(bob))
			w.alert("r1", account)
			for i, s := range steps {
				w.Add(s.after)
				if action, confirmed := strings.CutSuffix(s.action, "!"); confirmed {
					d, err := w.store.Dispute(t.Context(), w.Record(s.record).Dispute)
					if err != nil {
						t.Fatal(err)
					}
					w.tap(s.who, button.Press{Verb: button.Verb(action), Record: s.record, Asked: d.AnsweredAt}.Data())
				} else {
					w.press(s.who, s.action, s.record)
				}
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

func TestAPressThatWasOvertakenDoesNotActAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	w.alert("r1", account)
	// The process dies after the answer is recorded and before it says so;
	// meanwhile the person takes it back.
	w.crash.at = 0
	_ = w.line.Tap(alice, "a=notmine&r=r1&w=w", "")
	w.crash.count, w.crash.at = 0, diesAfter(t, "after send")
	w.once(false)
	if w.crash.last != "after send" || w.Record("r1").Dispute == "" {
		t.Fatalf("died %s", w.crash.last)
	}
	w.crash.revive()
	w.press(alice, "undo", "r1")
	for range 12 {
		w.Add(6 * time.Second)
		w.settle()
	}
	d, err := w.store.Dispute(context.Background(), w.Record("r1").Dispute)
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

// Of a debit that may be a card's bill the message has a third answer: it was the
// card. It is the person's own and nothing is offered about the wallet, which
// took nothing; who watches the account reads what was said.
func TestAPersonSaysInTheChatThatItWasTheCard(t *testing.T) {
	t.Parallel()
	for name, either := range map[string]bool{"of two readings": true, "of one": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.own(alice, account, guardian(bob))
			w.alert("r1", account, func(r *watch.Record) {
				if either {
					r.Confidence, r.Other = watch.Undecided, "PayPayカードの請求"
				}
			})
			w.tap(alice, button.Press{Verb: button.Mine, Record: "r1", Watcher: "w1", Other: true}.Data())
			w.settle()
			r := w.Record("r1")
			if r.Answer == nil || r.Answer.Value != watch.Mine || r.Answer.Other != either {
				t.Fatalf("the answer is %+v", r.Answer)
			}
			says, offers := w.newest(alice), "90日間は知らせない"
			if either != strings.Contains(says, "PayPayカードの請求として記録しました") || either == strings.Contains(says, offers) {
				t.Errorf("it says %s", says)
			}
			w.press(alice, "trust", "r1")
			w.settle()
			if a := w.account(account); either != (len(a.Watchers[0].Rules.Trusts) == 0) {
				t.Errorf("trusted is %+v", a.Watchers[0].Rules.Trusts)
			}
		})
	}
}
