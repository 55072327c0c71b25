package chat_test

import (
	"encoding/json"
	"fmt"
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

// A file is not fetched: whoever sent it gets the way to the page that reads it,
// and what will not be read is said at once.
func TestAFileIsAnsweredWithThePageThatReadsIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		size int
		says []string
	}{
		"meisai.csv":        {3000, []string{"同じファイルを選んでください", "/s/"}},
		"通帳 2020.CSV":       {4 << 20, []string{"同じファイルを選んでください"}},
		"meisai.txt":        {4<<20 + 1, []string{"4MBを超えています", "/s/"}},
		"通帳.PDF":            {1, []string{"PDF、画像、表計算のファイルは読めません", "/s/"}},
		"IMG_0001.jpeg":     {1 << 30, []string{"読めません"}},
		"no point":          {0, []string{"同じファイルを選んでください"}},
		"a.<b>hostile</b>x": {1, []string{"同じファイルを選んでください"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.own(alice, account)
			body := fmt.Sprintf(`{"events":[{"type":"message","webhookEventId":"01F","timestamp":%d,"mode":"active","replyToken":"r","source":{"type":"user","userId":%q},
				"message":{"type":"file","id":"325708","fileName":%q,"fileSize":%d}}]}`, w.Now().UnixMilli(), alice, name, c.size)
			if status := w.line.Post(t.Context(), []byte(body)); status != 200 {
				t.Fatal(status)
			}
			w.settle()
			w.reads(alice, c.says...)
			if n := len(w.shown(alice)); n != 1 {
				t.Errorf("%d answers", n)
			}
			if strings.Contains(w.newest(alice), "hostile") || strings.Contains(w.newest(alice), "2020") {
				t.Error("the name of the file is said")
			}
			if c.size <= 4<<20 && strings.Contains(w.newest(alice), "超えています") {
				t.Error("it is said to be too large")
			}
		})
	}
}
