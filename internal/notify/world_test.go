package notify_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/app"
	"kozamori/internal/callback"
	"kozamori/internal/channel"
	"kozamori/internal/email"
	"kozamori/internal/email/ses"
	"kozamori/internal/line"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// What must never be in a log line.
const (
	lineUser = "U0123456789abcdef0123456789abcdef"
	mailTo   = "hanako.yamada@example.jp"
	ref      = "acc_8f3k"
)

var begin = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC) // noon in Japan

// world is notify on a real store and queue, with LINE, SES and a bank as
// stand-ins over HTTP.
type world struct {
	*worldtest.Clock
	t     *testing.T
	stage *notify.Stage
	store *store.Store
	table *counted
	queue *qembedded.Queue
	line  *sim.LINE
	mail  *sim.Mailbox
	bank  *bank
	log   *worldtest.Log
	seq   int // of the deliveries that alert makes
}

// bank takes callbacks that are signed as they should be.
type bank struct {
	mu     sync.Mutex
	secret string
	down   bool
	after  string // asks for when it is down
	vain   int    // calls while it was down
	taken  []map[string]any
	ids    map[string]bool
	bad    int
	during func() // while it is called for the first time
}

func (b *bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	during := b.during
	b.during = nil
	b.mu.Unlock()
	if during != nil {
		during()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	wh, _ := webhooks.NewWebhook(b.secret)
	var v map[string]any
	switch {
	case wh.VerifyIgnoringTimestamp(body, r.Header) != nil || json.Unmarshal(body, &v) != nil:
		b.bad++
		w.WriteHeader(http.StatusUnauthorized)
	case b.down:
		b.vain++
		if b.after != "" {
			w.Header().Set("Retry-After", b.after)
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		b.taken = append(b.taken, v)
	}
	b.ids[r.Header.Get("webhook-id")] = true
}

func (b *bank) setDown(down bool) { b.mu.Lock(); defer b.mu.Unlock(); b.down = down }

func (b *bank) callbacks() []map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]map[string]any(nil), b.taken...)
}

type secrets string

func (s secrets) WebhookSecrets(context.Context, string) ([]string, error) {
	return []string{string(s)}, nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{t: t, Clock: worldtest.NewClock(begin), log: &worldtest.Log{}}
	table := worldtest.Table(t, w.Now)
	w.queue = worldtest.Queue(t, qembedded.Options{Now: w.Now, More: []queue.Name{"fax"}})
	w.table = &counted{Table: table}
	w.store = store.New(w.table)

	serve := func(h http.Handler) string {
		srv := httptest.NewServer(h)
		t.Cleanup(srv.Close)
		return srv.URL
	}
	w.line = &sim.LINE{Token: "channel-token", Now: w.Now}
	w.line.AddUser(sim.User{ID: lineUser, Name: "花子", Following: true})
	w.mail = &sim.Mailbox{Now: w.Now}
	w.bank = &bank{secret: "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32)), ids: map[string]bool{}}
	mails, err := email.New(email.Config{Open: ses.Open, AWS: aws.Config{Region: "ap-northeast-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")},
		Endpoint: serve(w.mail), From: "alert@kozamori.example", Labels: wording.LabelsIn})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := token.NewKeys(token.Key{ID: "a", Secret: bytes.Repeat([]byte("k"), 32)})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(w.log, nil))
	client := line.New(line.Config{Endpoint: serve(w.line), Tokens: line.StaticToken(w.line.Token), Labels: wording.LabelsIn})
	w.stage = notify.New(notify.Config{Store: w.store, Queue: w.queue, Now: w.Now, Logger: log,
		Channels: register(t, line.Channel.With(client.Sender()), email.Channel.With(mails)),
		Callback: &callback.Signed{Store: w.store, Secrets: secrets(w.bank.secret), Inside: true, Now: w.Now},
		Composer: &notify.Composer{Store: w.store, Names: app.NewNames(w.store, w.Now), Tokens: keys, BaseURL: "https://kozamori.example"}})
	err = w.store.Write(ctx, store.PutBank(&store.Bank{Code: "0125", Name: "七十七銀行", Callback: serve(w.bank)}),
		store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: ref}, Mask: "普通 ***4567",
			Watchers: []watch.Watcher{
				{ID: "w1", Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese, Rules: watch.DefaultRules(),
					Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: mailTo}}},
				{ID: "g1", Role: watch.Guardian, Lang: watch.Japanese},
			}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, secret := range []string{lineUser, mailTo, ref, "ﾄﾞｺﾓｺｳｻﾞ", "channel-token"} {
			if strings.Contains(w.log.String(), secret) {
				t.Errorf("the log tells %q", secret)
			}
		}
		if w.bank.bad != 0 || len(w.line.Violations()) != 0 {
			t.Errorf("%d callbacks badly signed, violations at LINE: %v", w.bank.bad, w.line.Violations())
		}
	})
	return w
}

// account changes the account as it is stored.
func (w *world) account(change func(*watch.Account)) {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), watch.AccountKey{Bank: "0125", Ref: ref})
	if err != nil {
		w.t.Fatal(err)
	}
	change(a)
	if err := w.store.Write(context.Background(), store.PutAccount(a)); err != nil {
		w.t.Fatal(err)
	}
}

// alert stores an alert as detect does, with a delivery of the kind to the
// owner over the channel, due at a time, and queues it.
func (w *world) alert(kind watch.DeliveryKind, ch watch.ChannelKind, due time.Time, change func(*watch.Record)) {
	w.t.Helper()
	now := w.Now()
	r := &watch.Record{ID: "r1", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: ref}), Mask: "普通 ***4567", Kind: watch.Debit, Event: "e1", Txn: "t1",
		OccurredAt: now, ReceivedAt: now, RecordedAt: now, Amount: 100000, Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Service: "docomo", Complete: true,
		Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}}
	if change != nil {
		change(r)
	}
	r.Deliver(kind, &watch.Watcher{ID: "w1", Lang: watch.Japanese}, ch, w.seq, now, due)
	r.ComputeDue()
	if err := w.store.Write(context.Background(), store.PutRecord(r)); err != nil {
		w.t.Fatal(err)
	}
	w.job(ch, r.Deliveries[0].ID)
}

func (w *world) job(ch watch.ChannelKind, delivery string) {
	w.t.Helper()
	b, _ := json.Marshal(watch.Job{Record: "r1", Delivery: delivery})
	if err := w.queue.Send(context.Background(), queue.For(ch), queue.Outgoing{Body: b, Group: "0125"}); err != nil {
		w.t.Fatal(err)
	}
}

// settle lets the channel queues run until nothing is visible in them.
func (w *world) settle() {
	w.t.Helper()
	for busy := true; busy; {
		busy = false
		for _, name := range []queue.Name{queue.LINE, queue.Email, queue.Bank, "fax"} {
			msgs, err := w.queue.Receive(context.Background(), name, 10, 0)
			if err != nil {
				w.t.Fatal(err)
			}
			if len(msgs) > 0 {
				busy = true
				queue.Settle(context.Background(), w.queue, name, msgs, w.stage.Handle, slog.New(slog.NewTextHandler(w.log, nil)))
			}
		}
	}
}

// pass lets time go by in steps, the queues running after each.
func (w *world) pass(d, step time.Duration) {
	w.t.Helper()
	for ; d > 0; d -= step {
		w.Add(step)
		w.settle()
	}
}

func (w *world) record() *watch.Record {
	w.t.Helper()
	r, err := w.store.Record(context.Background(), "r1")
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// states says what became of each delivery: "alert-line accepted".
func (w *world) states() string {
	var out []string
	for _, d := range w.record().Deliveries {
		out = append(out, string(d.Kind)+"-"+string(d.Channel)+" "+string(d.State))
	}
	return strings.Join(out, ", ")
}

func (w *world) dead(name queue.Name) int {
	w.t.Helper()
	d, err := w.queue.Dead(context.Background(), name, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(d)
}

// register makes a registry.
func register(t *testing.T, channels ...channel.Channel) channel.Registry {
	t.Helper()
	r, err := channel.Register(channels...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// replace puts something else in the place of what sends over a channel, which
// it is given.
func (w *world) replace(kind watch.ChannelKind, by func(channel.Sender) channel.Sender) {
	w.t.Helper()
	var all []channel.Channel
	for _, k := range w.stage.Channels.Kinds() {
		c, err := w.stage.Channels.Get(k)
		if err != nil {
			w.t.Fatal(err)
		}
		if k == kind {
			c = c.With(by(c.Sender))
		}
		all = append(all, c)
	}
	w.stage.Config.Channels = register(w.t, all...)
}

// crash is a sender that dies right after the provider took the message.
type crash struct {
	channel.Sender
	times int
}

func (c *crash) Send(ctx context.Context, at channel.Address, drawn []byte) watch.Outcome {
	o := c.Sender.Send(ctx, at, drawn)
	if c.times > 0 {
		c.times--
		panic("the process died")
	}
	return o
}

// around is a sender that calls something else to send.
type around struct {
	channel.Sender
	send func(context.Context, channel.Address, []byte) watch.Outcome
}

func (a around) Send(ctx context.Context, at channel.Address, drawn []byte) watch.Outcome {
	return a.send(ctx, at, drawn)
}
