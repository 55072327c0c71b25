package app_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"kozamori/internal/app"
	"kozamori/internal/bankapi"
	"kozamori/internal/channel"
	"kozamori/internal/email/ses"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/token"
)

// town is the whole system as it is deployed, over HTTP: a bank and LINE
// outside, everything else built by app.System from its configuration.
type town struct {
	*world
	system *app.System
	url    string
	key    string // the bank's API key
	files  string // folder of the store and the queues
	mail   *sim.Mailbox
}

// newTown builds it, with more channels than those that are registered.
func newTown(t *testing.T, more ...channel.Channel) *town {
	t.Helper()
	return newTownOn(t, func(*app.Means) {}, more...)
}

// impatient waits for LINE's answers a second, not five.
func impatient(m *app.Means) { m.LINEHTTP = &http.Client{Timeout: time.Second} }

// newTownOn builds it on other means.
func newTownOn(t *testing.T, alter func(*app.Means), more ...channel.Channel) *town {
	t.Helper()
	return newTownWith(t, func(*app.Config) {}, alter, more...)
}

// newMailTown builds it with a mailbox.
func newMailTown(t *testing.T) *town { t.Helper(); return newMailTownWith(t, func(*app.Config) {}) }

// newMailTownWith builds it with a mailbox and another configuration.
func newMailTownWith(t *testing.T, configure func(*app.Config)) *town {
	t.Helper()
	box := &sim.Mailbox{}
	srv := httptest.NewServer(box)
	t.Cleanup(srv.Close)
	h := newTownWith(t, func(c *app.Config) {
		c.Mail.From, c.Mail.API = "口座守 <alert@kozamori.example>", srv.URL
		configure(c)
	},
		func(m *app.Means) { box.Now = m.Now })
	h.mail = box
	return h
}

// newTownWith builds it with another configuration and other means.
func newTownWith(t *testing.T, configure func(*app.Config), alter func(*app.Means), more ...channel.Channel) *town {
	t.Helper()
	w := &world{t: t, Clock: worldtest.NewClock(worldtest.Start)}
	h := &town{world: w, files: t.TempDir()}
	table := worldtest.TableIn(t, filepath.Join(h.files, "store"), w.Now)
	w.queue = worldtest.QueueIn(t, filepath.Join(h.files, "queue"), qembedded.Options{Now: w.Now, More: queues(more)})
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { h.post.ServeHTTP(rw, r) }))
	t.Cleanup(srv.Close)
	h.url = srv.URL
	w.line = &sim.LINE{Token: "channel-token", Secret: "channel-secret", Webhook: srv.URL + app.HookPath, Now: w.Now}
	w.line.AddUser(sim.User{ID: lineUser, Lang: "ja"})
	lineSrv := httptest.NewServer(w.line)
	t.Cleanup(lineSrv.Close)
	w.bank = &bank{secret: "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))}
	bankSrv := httptest.NewServer(w.bank)
	t.Cleanup(bankSrv.Close)

	c := app.Defaults()
	c.BaseURL = srv.URL
	c.LINE.API, c.LINE.Token, c.LINE.Secrets, c.LINE.ID = lineSrv.URL, "channel-token", []string{"channel-secret"}, "@kozamori"
	c.LinkKeys = []token.Key{{ID: "a", Secret: make([]byte, token.MinKey)}}
	c.CallbacksInside = true
	configure(&c)
	if err := c.Check(app.Parts...); err != nil {
		t.Fatal(err)
	}
	w.log = slog.New(slog.DiscardHandler)
	means := app.Means{Mailer: ses.Open, Table: table, Queue: w.queue, Secrets: secrets{"0125": {w.bank.secret}}, Now: w.Now, Logger: w.log, More: more}
	alter(&means)
	if means.MailHTTP != nil {
		c.Mail.API, c.Mail.From = "http://ses", "alert@kozamori.example"
		means.AWS = aws.Config{Region: "ap-northeast-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")}
	}
	h.system = app.New(c, means)
	w.store = h.system.Store
	var err error
	if h.post, err = h.system.Handler(); err != nil {
		t.Fatal(err)
	}
	if w.stages, err = h.system.Stages(); err != nil {
		t.Fatal(err)
	}
	var key *store.APIKey
	h.key, key = bankapi.NewAPIKey("0125", "test", nil, w.Now(), time.Time{})
	if err := w.store.AddAPIKey(context.Background(), key, store.PutBank(&store.Bank{Code: "0125", Name: "七十七銀行", Callback: bankSrv.URL})); err != nil {
		t.Fatal(err)
	}
	return h
}

// call calls the bank API as the bank does.
func (h *town) call(method, path, body string) map[string]any {
	h.t.Helper()
	req, err := http.NewRequest(method, h.url+"/v1/banks/0125"+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		h.t.Fatalf("%s %s: %d %s %v", method, path, res.StatusCode, b, err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		h.t.Fatalf("%s %s: %s", method, path, b)
	}
	return out
}

// shows is the newest message on the phone; it must hold every part.
func (h *town) shows(parts ...string) string {
	h.t.Helper()
	chat := h.line.Chat(lineUser)
	if len(chat) == 0 || chat[len(chat)-1].From != sim.FromBot {
		h.t.Fatalf("the phone does not answer: %d items", len(chat))
	}
	got := strings.ReplaceAll(string(chat[len(chat)-1].Message), `\u0026`, "&")
	for _, p := range parts {
		if !strings.Contains(got, p) {
			h.t.Errorf("the phone does not show %q: %s", p, got)
		}
	}
	return got
}

// press presses the button of the newest message whose data begins so.
func (h *town) press(action string) {
	h.t.Helper()
	_, after, ok := strings.Cut(h.shows(), `"data":"a=`+action)
	if !ok {
		h.t.Fatalf("no button %q in %s", action, h.shows())
	}
	data, _, _ := strings.Cut(after, `"`)
	if err := h.line.Tap(lineUser, "a="+action+data, ""); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
}

func TestFromTheBanksCodeToTheBanksCallback(t *testing.T) {
	h := newTown(t)
	if err := h.line.Follow(lineUser); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.shows("友だち追加")

	// The bank hands out a code, and a link that types it in.
	issued := h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567"}`)
	typed, err := url.PathUnescape(issued["line_url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	_, typed, _ = strings.Cut(typed, "?")
	if err := h.line.Say(lineUser, typed); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.shows("口座の見守りを始めました", "七十七銀行 普通 ***4567", "「見守りをやめる」")

	// The way to the settings opens at our own address.
	if err := h.line.Say(lineUser, "設定"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	_, door, _ := strings.Cut(h.shows("設定のページを開く"), `"uri":"`)
	door, _, _ = strings.Cut(door, `"`)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := (&http.Client{Jar: jar}).Get(door); err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(door, h.url+"/s/") {
		t.Errorf("%s answers %v %v", door, res, err)
	}

	h.send("t1")
	h.settle()
	h.shows("100,000円", "身に覚えがない")
	h.press("notmine")
	said := h.shows("お申し出を受け付けました。受付番号：", "KZ-", "#9110")
	if got := h.bank.types(); got != "dispute.opened" || h.bank.bad != 0 {
		t.Fatalf("the bank heard %q, %d badly signed", got, h.bank.bad)
	}
	told := h.bank.taken[0]
	if ref := fmt.Sprint(told["reference"]); !strings.Contains(said, ref) || told["transaction_id"] != "t1" || told["via"] != "line" {
		t.Errorf("the bank heard of %v, the phone shows %s", told, said)
	}

	// The bank says what it did, and the person hears of it.
	h.call(http.MethodPost, "/disputes/"+fmt.Sprint(told["dispute_id"])+"/status", `{"status":"frozen","text":"連携を止めました。"}`)
	h.settle()
	h.shows("引き落としを止めました", "連携を止めました。", fmt.Sprint(told["reference"]))

	// Taking it back and leaving, in the chat alone.
	h.Add(time.Minute)
	if err := h.line.Tap(lineUser, "a=undo&r="+watchRecord(t, said), ""); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.shows("取り消しました")
	if got := h.bank.types(); got != "dispute.opened dispute.withdrawn" {
		t.Errorf("the bank heard %q", got)
	}
	if err := h.line.Say(lineUser, "解除"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.press("leave")
	h.shows("口座の見守りをやめました")
	n := len(h.line.Chat(lineUser))
	h.send("t2")
	h.settle()
	if after := h.line.Chat(lineUser); len(after) != n {
		t.Errorf("the phone rings after leaving: %s", after[len(after)-1].Message)
	}
	if v := h.line.Violations(); len(v) > 0 {
		t.Error(v)
	}
	if d, err := h.queue.Dead(context.Background(), queue.Chat, 10); err != nil || len(d) > 0 {
		t.Errorf("dead letters %v %v", d, err)
	}
}

// watchRecord reads the record's id out of a message's undo button.
func watchRecord(t *testing.T, said string) string {
	t.Helper()
	_, after, ok := strings.Cut(said, "a=undo&r=")
	if !ok {
		t.Fatalf("no undo in %s", said)
	}
	id, _, _ := strings.Cut(after, "&")
	return id
}
