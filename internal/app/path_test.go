package app_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/app"
	"kozamori/internal/callback"
	"kozamori/internal/channel"
	"kozamori/internal/detect"
	"kozamori/internal/dispute"
	"kozamori/internal/email"
	"kozamori/internal/ingest"
	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/sweep"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

const lineUser = "U0123456789abcdef0123456789abcdef"

type secrets map[string][]string

func (s secrets) WebhookSecrets(_ context.Context, bank string) ([]string, error) {
	return s[bank], nil
}

// bank takes our callbacks and checks their signatures.
type bank struct {
	mu     sync.Mutex
	secret string
	down   bool
	taken  []map[string]any
	bad    int
}

func (b *bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	wh, _ := webhooks.NewWebhook(b.secret)
	var v map[string]any
	if wh.VerifyIgnoringTimestamp(body, r.Header) != nil || json.Unmarshal(body, &v) != nil {
		b.bad++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if b.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	b.taken = append(b.taken, v)
}

func (b *bank) types() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, v := range b.taken {
		out = append(out, fmt.Sprint(v["type"]))
	}
	return strings.Join(out, " ")
}

// world is every stage on the embedded parts, with LINE and a bank outside.
type world struct {
	*worldtest.Clock
	t        *testing.T
	store    *store.Store
	table    *shaky
	queue    *qembedded.Queue
	line     *sim.LINE
	bank     *bank
	disputes *dispute.Service
	sweep    *sweep.Stage
	stages   map[queue.Name]queue.Handler
	post     http.Handler
	log      *slog.Logger
	mails    []string // addresses that the mail channel was given, in order
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	w := &world{t: t, Clock: worldtest.NewClock(worldtest.Start), log: slog.New(slog.DiscardHandler)}
	table := worldtest.Table(t, w.Now)
	w.queue = worldtest.Queue(t, qembedded.Options{Now: w.Now})
	w.table = &shaky{Table: table}
	w.store = store.New(w.table)
	w.bank = &bank{secret: "whsec_" + base64.StdEncoding.EncodeToString(raw)}
	bankSrv := httptest.NewServer(w.bank)
	t.Cleanup(bankSrv.Close)
	w.line = &sim.LINE{Token: "channel-token", Now: w.Now}
	lineSrv := httptest.NewServer(w.line)
	t.Cleanup(lineSrv.Close)
	keys, err := token.NewKeys(token.Key{ID: "a", Secret: raw})
	if err != nil {
		t.Fatal(err)
	}
	known := secrets{"0125": {w.bank.secret}}
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: known, Queue: w.queue, Store: w.store, Now: w.Now, Logger: w.log}))
	w.post = mux
	d := detect.New(detect.Config{Store: w.store, Queue: w.queue, EscalateAfter: 15 * time.Minute, Now: w.Now, Logger: w.log})
	client := line.New(line.Config{Endpoint: lineSrv.URL, Tokens: line.StaticToken(w.line.Token), Labels: wording.LabelsIn})
	n := notify.New(notify.Config{Store: w.store, Queue: w.queue, Channels: registry(t, line.Channel.With(channel.SendFunc(client.Push)), email.Channel.With(channel.SendFunc(w.mail))), Now: w.Now, Logger: w.log,
		Callback: &callback.Signed{Store: w.store, Secrets: known, Inside: true, Now: w.Now},
		Composer: &notify.Composer{Store: w.store, Names: app.Names{Store: w.store}, Tokens: keys, BaseURL: "https://kozamori.example"}})
	w.stages = map[queue.Name]queue.Handler{queue.Events: d.Handle, queue.LINE: n.Handle, queue.Email: n.Handle, queue.Bank: n.Handle}
	w.sweep = sweep.New(sweep.Config{Store: w.store, Queue: w.queue, EscalateAfter: 15 * time.Minute, Now: w.Now, Logger: w.log})
	w.disputes = &dispute.Service{Store: w.store, Queue: w.queue, Now: w.Now, Logger: w.log}
	err = w.store.Write(ctx, store.PutBank(&store.Bank{Code: "0125", Name: "七十七銀行", Callback: bankSrv.URL}),
		store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: "acc_1"}, Mask: "普通 ***4567",
			Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese,
				Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}}))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// mail is a mail channel that accepts everything.
func (w *world) mail(_ context.Context, to, _ string, _ message.Message) watch.Outcome {
	w.mails = append(w.mails, to)
	return watch.Outcome{Result: watch.SendAccepted, ProviderID: "mail"}
}

// also gives the owner a mail address and the account a guardian.
func (w *world) also() {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), watch.AccountKey{Bank: "0125", Ref: "acc_1"})
	if err != nil {
		w.t.Fatal(err)
	}
	a.Watchers[0].Channels = append(a.Watchers[0].Channels, watch.Channel{Kind: watch.Email, Address: "owner@example.jp"})
	a.Watchers = append(a.Watchers, watch.Watcher{ID: "g1", Role: watch.Guardian, Lang: watch.Japanese,
		Channels: []watch.Channel{{Kind: watch.Email, Address: "guardian@example.jp"}}})
	if err := w.store.Write(context.Background(), store.PutAccount(a)); err != nil {
		w.t.Fatal(err)
	}
}

// send posts a debit as the bank would.
func (w *world) send(txn string) {
	w.t.Helper()
	body := fmt.Sprintf(`{"id":"e_%s","type":"debit","transaction_id":%q,"account_ref":"acc_1","occurred_at":%q,"amount":100000,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`,
		txn, txn, w.Now().Format(time.RFC3339))
	wh, err := webhooks.NewWebhook(w.bank.secret)
	if err != nil {
		w.t.Fatal(err)
	}
	sig, _ := wh.Sign("msg", w.Now(), []byte(body))
	r := httptest.NewRequest(http.MethodPost, "/v1/banks/0125/events", strings.NewReader(body))
	r.Header.Set("webhook-id", "msg")
	r.Header.Set("webhook-timestamp", strconv.FormatInt(w.Now().Unix(), 10))
	r.Header.Set("webhook-signature", sig)
	rec := httptest.NewRecorder()
	w.post.ServeHTTP(rec, r)
	if rec.Code != http.StatusAccepted {
		w.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

// settle lets every queue run until nothing is visible in any of them.
func (w *world) settle() {
	w.t.Helper()
	for busy := true; busy; {
		busy = false
		for name, h := range w.stages {
			msgs, err := w.queue.Receive(context.Background(), name, 10, 0)
			if err != nil {
				w.t.Fatal(err)
			}
			if len(msgs) > 0 {
				busy = true
				queue.Settle(context.Background(), w.queue, name, msgs, h, w.log)
			}
		}
	}
}

// tap presses the button "not mine" of the newest message on the phone.
func (w *world) tap() dispute.Result {
	w.t.Helper()
	msgs := w.line.Messages()
	if len(msgs) == 0 {
		w.t.Fatal("the phone shows nothing")
	}
	_, after, ok := strings.Cut(string(msgs[len(msgs)-1].Messages[0]), `"data":"a=notmine`)
	if !ok {
		w.t.Fatalf("no button in %s", msgs[len(msgs)-1].Messages[0])
	}
	data, _, _ := strings.Cut(after, `"`)
	v, err := url.ParseQuery(strings.ReplaceAll(data, `\u0026`, "&"))
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := w.disputes.Answer(context.Background(), v.Get("r"), dispute.Answerer{LineUser: lineUser}, watch.NotMine, watch.ViaLINE)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

func TestADebitRingsThePhoneAndNotMineReachesTheBank(t *testing.T) {
	w := newWorld(t)
	w.send("t1")
	w.settle()
	if n := len(w.line.Messages()); n != 1 {
		t.Fatalf("%d messages on the phone, want 1", n)
	}
	first, again := w.tap(), w.tap()
	if first.Outcome != dispute.Opened || again.Outcome != dispute.AlreadyOpen {
		t.Errorf("outcomes %s and %s", first.Outcome, again.Outcome)
	}
	w.settle()
	if got := w.bank.types(); got != "dispute.opened" || w.bank.bad != 0 {
		t.Errorf("the bank heard %q, %d badly signed", got, w.bank.bad)
	}
	w.send("t1")
	w.settle()
	if n := len(w.line.Messages()); n != 1 {
		t.Errorf("the same transaction rang %d times", n)
	}
}

func TestFaultsOfLINEEndInOneMessage(t *testing.T) {
	for _, fault := range []sim.Fault{sim.ServerError, sim.RateLimited, sim.AcceptThenDrop, sim.TokenRefused} {
		t.Run(string(fault), func(t *testing.T) {
			w := newWorld(t)
			w.line.Fail(3, fault)
			w.send("t1")
			for range 10 {
				w.settle()
				w.Add(20 * time.Second)
			}
			if n, v := len(w.line.Messages()), w.line.Violations(); n != 1 || len(v) != 0 {
				t.Errorf("%d messages, violations %v", n, v)
			}
		})
	}
}

func TestALostDeliveryIsFoundBySweep(t *testing.T) {
	w := newWorld(t)
	w.send("t1")
	msgs, err := w.queue.Receive(context.Background(), queue.Events, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	queue.Settle(context.Background(), w.queue, queue.Events, msgs, w.stages[queue.Events], w.log)
	lost, err := w.queue.Receive(context.Background(), queue.LINE, 10, 0)
	if err != nil || len(lost) != 1 {
		t.Fatal(len(lost), err)
	}
	if err := w.queue.Delete(context.Background(), queue.LINE, lost...); err != nil {
		t.Fatal(err)
	}
	w.Add(watch.LostAfter + time.Second)
	if rep, err := w.sweep.Sweep(context.Background()); err != nil || rep.Requeued != 1 {
		t.Fatalf("%+v %v", rep, err)
	}
	w.settle()
	if n := len(w.line.Messages()); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

func TestABankThatIsDownForHoursHearsTheDisputeInTheEnd(t *testing.T) {
	w := newWorld(t)
	w.send("t1")
	w.settle()
	w.bank.down = true
	w.tap()
	for range 12 {
		w.settle()
		w.Add(30 * time.Minute)
	}
	if got := w.bank.types(); got != "" {
		t.Fatalf("the bank heard %q", got)
	}
	w.bank.mu.Lock()
	w.bank.down = false
	w.bank.mu.Unlock()
	for range 3 {
		w.Add(time.Hour)
		w.settle()
	}
	if got := w.bank.types(); got != "dispute.opened" {
		t.Errorf("the bank heard %q", got)
	}
}

func TestASpentLINEQuotaTurnsToMailAtOnce(t *testing.T) {
	w := newWorld(t)
	w.also()
	w.line.Fail(1, sim.QuotaSpent)
	w.send("t1")
	w.settle()
	if got := strings.Join(w.mails, " "); got != "owner@example.jp" || len(w.line.Messages()) != 0 {
		t.Errorf("mails to %q, %d LINE messages", got, len(w.line.Messages()))
	}
}

func TestACriticalAlertThatNobodyAnswersGoesToTheNextChannelThenToGuardians(t *testing.T) {
	w := newWorld(t)
	w.also()
	w.send("t1")
	w.settle()
	for i, want := range []string{"", "owner@example.jp", "owner@example.jp guardian@example.jp", "owner@example.jp guardian@example.jp"} {
		if got := strings.Join(w.mails, " "); got != want {
			t.Errorf("after %d times 8 minutes mails went to %q, want %q", i, got, want)
		}
		w.Add(8 * time.Minute)
		if _, err := w.sweep.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	if n := len(w.line.Messages()); n != 1 {
		t.Errorf("%d LINE messages, want 1", n)
	}
}

func TestAnAnswerEndsTheEscalation(t *testing.T) {
	w := newWorld(t)
	w.also()
	w.send("t1")
	w.settle()
	w.tap()
	for range 3 {
		w.Add(15 * time.Minute)
		if _, err := w.sweep.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	// The family was called by the answer itself, and by nothing after it.
	if got := strings.Join(w.mails, " "); got != "guardian@example.jp" {
		t.Errorf("mails went to %v after the answer", w.mails)
	}
}
