package chat_test

import (
	"strings"
	"testing"

	"kozamori/internal/wording"
)

// No phrase changes anything: each answer has the buttons that do.
func TestAPhraseOffersAndDoesNotAct(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	w.incident("r1", account)
	open := wording.OpenIncidents(wording.OpenFacts{}).Title
	for said, want := range map[string][]string{
		"私じゃない":    {open, "a=ask"},
		"自分で使いました": {open, "a=mine"},
		"知らない引き落としなので銀行の電話番号教えて": {open, "a=ask", wording.WhomToCall(wording.TroubleFacts{}).Title},
		"口座を止めて":      {wording.StopMoney(wording.TroubleFacts{}).Title, open, "a=ask"},
		"間違えた":        {wording.NothingToTakeBack(ja, 90).Title},
		"お知らせを止めたい":   {wording.AskPause(ja, w.Now()).Title},
		"データを消してください": {wording.AskLeave(wording.ChatLeaveFacts{Accounts: []wording.ChatAccount{{}}}).Title},
	} {
		read := len(w.shown(alice))
		before := w.Record("r1").Version
		w.say(alice, said)
		got := strings.Join(w.shown(alice)[read:], "\n")
		for _, one := range want {
			if !strings.Contains(got, one) {
				t.Errorf("%q: the answer lacks %q: %s", said, one, w.newest(alice))
			}
		}
		if r := w.Record("r1"); r.Version != before || r.Answer != nil {
			t.Errorf("%q changed the record", said)
		}
	}
}

func TestWhoWasMistakenIsShownTheirLastAnswerAndTheWayBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	w.incident("r1", account)
	w.say(alice, "身に覚えがない")
	w.tap(alice, w.button(alice, "a=ask"))
	w.tap(alice, w.button(alice, "a=notmine"))
	w.reads(alice, opened)
	w.say(alice, "さっきのは間違いでした")
	w.reads(alice, "KZ-", "a=undo")
	w.tap(alice, w.button(alice, "a=undo"))
	w.say(alice, "自分です")
	w.tap(alice, w.button(alice, "a=mine"))
	w.say(alice, "取り消したい")
	if got := w.newest(alice); !strings.Contains(got, "a=notmine") {
		t.Errorf("after \"mine\" the report is not offered: %s", got)
	}
}
