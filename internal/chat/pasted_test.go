package chat_test

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kozamori/internal/chat"
	"kozamori/internal/line"
	"kozamori/internal/lookback"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestLinesOfAStatementAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	for said, want := range map[string][]string{
		"ﾄﾞｺﾓｺｳｻﾞ 100,000円": {"引き落としと読める行です", "1件・100,000円", "気づいた日から30日以内", "1行を調べました"},
		"PAYPAY 300000":     {"PayPayの引き落としと読める行です", "300,000円"}, // twelve letters and digits are no code
		"お取引\n2026/9/3 PAYPAY 30,000円\n2026/9/4 PAYPAY 90,000円\n2026/9/5 ﾃﾞﾝｷ 8,000円": {"2件・120,000円", "3行を調べました", "は過ぎています"},
		"2026/9/5 ﾃﾞﾝｷ 8,000円\n2026/9/6 ｶﾞｽ 5,000円":                                   {"見つかりませんでした", "2行を調べました", "分かりません"},
		"ﾍﾟｲﾍﾟｲｼﾞﾄﾞｳﾁﾔ-ｼﾞ 30,000円":                                                    {"PayPayの引き落としと読める行です"}, // which a phrase is heard in
	} {
		t.Run(strings.Fields(said)[0], func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.own(alice, account)
			w.say(alice, said)
			w.reads(alice, want...)
			if n := len(w.shown(alice)); n != 1 || w.line.Chat(alice)[len(w.line.Chat(alice))-1].From != sim.FromBot {
				t.Errorf("%d answers", n)
			}
		})
	}
	w := newWorld(t)
	w.own(bob, account, func(a *watch.Account) { a.Watchers[0].Lang = watch.English })
	w.say(bob, "PAYPAY 300,000円")
	w.reads(bob, "This reads as a debit of PayPay", wording.Yen(watch.English, 300_000))
}

// Whatever else stands in the text, and however long it is.
func TestOnlyWhatPaymentServicesTookIsQueued(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("2026/9/5 ﾅｲｼﾖ 8,000円\n", 50) + "2026/9/3 ﾄﾞｺﾓｺｳｻﾞ 30,000円\n" + strings.Repeat("2026/9/6 ﾋﾐﾂ 5,000円\n", 50)
	body := events(textEvent("01A", alice, text))
	q := &sender{}
	h := chat.NewHook(chat.HookConfig{Secrets: []string{"s"}, Queue: q, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set(line.SignatureHeader, sign("s", body))
	h.ServeHTTP(httptest.NewRecorder(), r)
	var m struct {
		Event  line.Event      `json:"event"`
		Pasted lookback.Pasted `json:"pasted"`
	}
	if err := json.Unmarshal(q.sent[0].Body, &m); err != nil || m.Event.Text != "" || m.Pasted.Lines != 101 || len(m.Pasted.Found) != 1 || m.Pasted.Found[0].Service != "docomo" {
		t.Errorf("%v %s", err, q.sent[0].Body)
	}
	for _, other := range []string{"ﾅｲｼﾖ", "ﾋﾐﾂ", "8,000", "8000"} {
		if strings.Contains(string(q.sent[0].Body), other) {
			t.Errorf("%s is queued", other)
		}
	}
}
