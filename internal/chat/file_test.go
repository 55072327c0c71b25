package chat_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"kozamori/internal/reader"
	"kozamori/internal/sim"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/web"
	"kozamori/internal/wording"
)

// lookingWorld is a chat next to what reads files.
func lookingWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	pages := web.Statements(web.Config{Keys: w.Keys, BaseURL: "https://kozamori.example", Now: w.Now, Logger: w.Logger})
	w.stage.Look = (&reader.Client{BaseURL: w.Serve(pages), Keys: w.Keys, Now: w.Now}).Look
	return w
}

func (w *world) send(user, name string, content []byte) {
	w.t.Helper()
	if err := w.line.SendFile(user, name, content); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

const meisai = "取引日,摘要,出金金額,入金金額,残高\n2025/10/5,ﾄﾞｺﾓｺｳｻﾞ,30000,,70000\n2025/10/20,ﾋﾐﾂﾉ ﾃﾞﾝｷ,8123,,61877\n2026/8/20,ﾄﾞｺﾓｺｳｻﾞ,28000,,33877\n2026/8/21,PAYPAY,1000,,32877\n2026/13/1,x,1,,\n"

// A file is answered with the reply token, and nothing of it is kept, queued or logged.
func TestAFileIsLookedThroughAndNothingOfItIsKept(t *testing.T) {
	t.Parallel()
	sjis, err := japanese.ShiftJIS.NewEncoder().String(meisai)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"通帳 2020.csv": sjis, "utf8.txt": meisai, "no point": meisai} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := lookingWorld(t)
			w.own(alice, account)
			if err := w.line.SendFile(alice, name, []byte(content)); err != nil {
				t.Fatal(err)
			}
			hidden := []string{"ﾄﾞｺﾓｺｳｻﾞ", "ﾋﾐﾂﾉ", "8123", "61877", "33877", "28000", "28,000", name}
			see := func(when string) {
				t.Helper()
				all := worldtest.Everything(t, w.file)
				maps.Copy(all, worldtest.Everything(t, w.file+".queue"))
				all["the log"] = w.log.String()
				if when == "queued," && !strings.Contains(fmt.Sprint(all), "500000001") {
					t.Error("what is queued is not looked at")
				}
				for place, item := range all {
					for _, h := range hidden {
						if strings.Contains(item, h) {
							t.Errorf("%s %s holds %q", when, place, h)
						}
					}
				}
			}
			see("queued,")
			before := len(worldtest.Everything(t, w.file))
			w.settle()
			w.reads(alice, "2025年10月5日から2026年8月21日まで、4行を調べました", "決済サービスの引き落としは3件、合計59,000円です", "58,000円", "PayPay", "気づいた日から30日以内", "読めなかった行が1あります", "保存していません", "同じファイルを選んでください", "/s/")
			items := w.line.Chat(alice)
			if last := items[len(items)-1]; last.Kind != "reply" || len(w.shown(alice)) != 1 || w.line.Fetched() != 1 {
				t.Errorf("%d answers, the last by %s, fetched %d times", len(w.shown(alice)), last.Kind, w.line.Fetched())
			}
			if strings.Contains(w.newest(alice), "ﾋﾐﾂﾉ") {
				t.Error("what is not recognised is said")
			}
			see("answered,")
			if after := len(worldtest.Everything(t, w.file)); after > before+2 { // what the chat keeps of any talk
				t.Errorf("%d items were kept, before %d", after, before)
			}
			if n := len(w.History(account)); n != 0 {
				t.Errorf("%d records", n)
			}
		})
	}
	w := lookingWorld(t)
	w.own(bob, account, func(a *watch.Account) { a.Watchers[0].Lang = watch.English })
	w.send(bob, "a.csv", []byte(meisai))
	w.reads(bob, "We looked at 4 rows", "3, ¥59,000 in all", "Rows that could not be read, and were not looked at: 1")
}

// What is no statement is said to be none, and a statement without payment services to
// have none, with what that does not prove.
func TestWhatAFileIsNotIsSaid(t *testing.T) {
	t.Parallel()
	for content, says := range map[string]string{
		"%PDF-1.7":     "PDF、画像、表計算のファイルは読めません",
		"name,age\n":   "列が見つかりません",
		"\x00\x01\xFF": "文字として読めないところが多すぎます",
		"取引日,摘要,出金金額\n2026/8/1,電気,8000\n":                              "見つかりませんでした",
		"取引日,摘要,出金金額\n":                                                "調べられる行がありませんでした",
		"取引日,摘要,出金金額,残高\n2026/8/1,電気,8000,100\n2026/8/2,電気,8000,100\n": "行が抜けているかもしれません",
	} {
		w := lookingWorld(t)
		w.own(alice, account)
		w.send(alice, "a.csv", []byte(content))
		w.reads(alice, says, "/s/")
	}
}

// What cannot be fetched, or is not to be, is left to the page.
func TestAFileThatIsNotLookedThroughIsThePages(t *testing.T) {
	t.Parallel()
	const page = "トークに送られたファイルは、開いておらず、保存もしていません"
	event := func(w *world, id, name string, size int) {
		t.Helper()
		body := fmt.Sprintf(`{"events":[{"type":"message","webhookEventId":"01F","timestamp":%d,"mode":"active","replyToken":"r","source":{"type":"user","userId":%q},
			"message":{"type":"file","id":%s,"fileName":%q,"fileSize":%d}}]}`, w.Now().UnixMilli(), alice, id, name, size)
		if status := w.line.Post(t.Context(), []byte(body)); status != 200 {
			t.Fatal(status)
		}
		w.settle()
		w.reads(alice, page, "/s/")
	}
	for name, size := range map[string]int{"a.csv": wording.MaxFileMB<<20 + 1, "a.pdf": 10, "a.xlsx": 10, "a.JPEG": 10} {
		w := lookingWorld(t)
		w.own(alice, account)
		event(w, `"325708"`, name, size)
		if w.line.Fetched() != 0 {
			t.Errorf("%s of %d bytes is fetched", name, size)
		}
	}
	for _, id := range []string{`"325708"`, `"../../bot/info"`, `""`, `7`, `null`, `{"a":1}`} { // LINE has no such thing, or it is no id
		w := lookingWorld(t)
		w.own(alice, account)
		event(w, id, "a.csv", 10)
	}
	for _, f := range []sim.Fault{sim.ServerError, sim.RateLimited, sim.BadRequest} {
		w := lookingWorld(t)
		w.own(alice, account)
		w.line.FailAt(sim.Content, 10, f)
		w.send(alice, "a.csv", []byte(meisai))
		w.reads(alice, page)
	}
	t.Run("larger than was said", func(t *testing.T) {
		w := lookingWorld(t)
		w.own(alice, account)
		w.line.Webhook, w.api = "", w.line.Webhook
		if err := w.line.SendFile(alice, "a.csv", []byte(strings.Repeat("x", wording.MaxFileMB<<20+1))); err != nil {
			t.Fatal(err)
		}
		w.line.Webhook = w.api
		event(w, `"500000001"`, "a.csv", 10)
		if w.line.Fetched() != 1 {
			t.Error("it was not fetched")
		}
	})
	t.Run("what reads files does not answer", func(t *testing.T) {
		w := lookingWorld(t)
		w.own(alice, account)
		w.stage.Look = (&reader.Client{BaseURL: w.Serve(http.NotFoundHandler()), Keys: w.Keys, Now: w.Now}).Look
		w.send(alice, "a.csv", []byte(meisai))
		w.reads(alice, page)
	})
	t.Run("who watches nothing", func(t *testing.T) {
		w := lookingWorld(t)
		w.send(alice, "a.csv", []byte(meisai))
		if w.line.Fetched() != 0 || strings.Contains(w.newest(alice), "円") {
			t.Errorf("%s", w.newest(alice))
		}
	})
}
