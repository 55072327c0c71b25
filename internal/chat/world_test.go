package chat_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/chat"
	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/email"
	"kozamori/internal/email/ses"
	"kozamori/internal/line"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/presstest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// names are those of two banks, one of which tells its number.
type names struct{}

func (names) Bank(_ context.Context, code string, _ watch.Lang) (string, wording.Contact) {
	switch code {
	case "0125":
		return "七十七銀行", wording.Contact{Phone: "022-000-0000"}
	case "0168":
		return "中国銀行", wording.Contact{}
	}
	return code, wording.Contact{}
}

func (names) Services(watch.Lang) []wording.Choice {
	return []wording.Choice{{ID: "paypay", Name: "PayPay"}, {ID: "merpay", Name: "メルペイ"}}
}

func (names) Service(id string, _ watch.Lang) (string, wording.Contact) {
	if id == "paypay" {
		return "PayPay", wording.Contact{Phone: "0120-111-111"}
	}
	return "", wording.Contact{}
}

// world is the chat on real parts: store, queue, services, the client and the
// LINE platform over HTTP, with signed webhooks.
type world struct {
	*worldtest.World
	t       *testing.T
	file    string // of the store
	table   *worldtest.Asked
	store   *store.Store
	queue   *qembedded.Queue
	line    *sim.LINE
	mail    *sim.Mailbox
	members *membership.Service
	stage   *chat.Stage
	mails   *notify.Stage // sends what the chat has mailed
	crash   *crasher
	log     *worldtest.Log
	api     string // LINE's address
}

var account = watch.AccountKey{Bank: "0125", Ref: "acc_1"}

func newWorld(t *testing.T) *world {
	t.Helper()
	made := worldtest.New(t, worldtest.Visibility(5*time.Second))
	w := &world{World: made, t: t, file: made.File, table: made.Table, store: made.Store, queue: made.Queue, log: made.Log, crash: &crasher{}}
	hook := w.Serve(chat.NewHook(chat.HookConfig{Secrets: []string{"next", "channel"}, Queue: w.queue, Now: w.Now, Logger: w.Logger}))
	w.line = &sim.LINE{Token: "t", Secret: "channel", Webhook: hook, Now: w.Now}
	w.api = w.Serve(w.line)
	w.line.AddUser(sim.User{ID: alice, Lang: "ja", Following: true})
	w.line.AddUser(sim.User{ID: bob, Lang: "en", Following: true})

	// Every step of the stage to the outside can be the last one.
	fragile := store.New(&fragileTable{w.table, w.crash})
	client := line.New(line.Config{Endpoint: w.api, Tokens: line.StaticToken("t"), Labels: wording.LabelsIn})
	w.members = &membership.Service{Store: fragile, Keys: w.Keys, Queue: &fragileQueue{w.queue, w.crash}, Now: w.Now, Logger: w.Logger}
	w.mail = &sim.Mailbox{Now: w.Now}
	mails, err := email.New(email.Config{Open: ses.Open, Endpoint: w.Serve(w.mail), From: "口座守 <alert@example.jp>", Labels: wording.LabelsIn})
	if err != nil {
		t.Fatal(err)
	}
	channels, err := channel.Register(email.Channel.With(mails))
	if err != nil {
		t.Fatal(err)
	}
	w.mails = notify.New(notify.Config{Store: w.store, Queue: w.queue, Channels: channels, Now: w.Now, Logger: w.Logger})
	w.stage = chat.New(chat.Config{Queue: &fragileQueue{w.queue, w.crash}, Channels: channels, SetUp: func(k watch.ChannelKind) bool { return k == watch.Email }, BaseURL: "https://kozamori.example",
		Store: fragile, LINE: &fragileLINE{LINE: client, c: w.crash}, Membership: w.members, Names: names{}, Now: w.Now, Logger: w.Logger,
		Menus:    &line.Menus{Client: client, Now: w.Now},
		Disputes: &dispute.Service{Store: fragile, Queue: &fragileQueue{w.queue, w.crash}, Now: w.Now, Logger: w.Logger},
		Controls: &control.Service{Store: fragile, Queue: &fragileQueue{w.queue, w.crash}, Now: w.Now, Logger: w.Logger},
		Link:     func(r *watch.Record, watcher string) string { return "https://kozamori.example/a/" + r.ID + watcher },
		Door: func(_ context.Context, user string, _ watch.Lang) (string, error) {
			return "https://kozamori.example/s/" + user[len(user)-3:], nil
		}})
	return w
}

// own makes a user the owner of an account and a guardian of none.
func (w *world) own(user string, k watch.AccountKey, change ...func(*watch.Account)) {
	w.t.Helper()
	a := &watch.Account{AccountKey: k, Mask: "普通 ***4567", Watchers: []watch.Watcher{{ID: "w-" + k.Ref[4:], Role: watch.Owner, LineUser: user,
		Lang: watch.Japanese, Since: w.Now(), Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}}
	for _, c := range change {
		c(a)
	}
	writes := []store.Write{store.PutAccount(a)}
	for _, p := range a.Watchers {
		writes = append(writes, store.PutBinding(p.LineUser, store.Binding{OnAccount: watch.On(k), Watcher: p.ID}))
	}
	w.Put(writes...)
}

// guardian adds a guardian who may see no amounts.
func guardian(user string) func(*watch.Account) {
	return func(a *watch.Account) {
		a.Watchers = append(a.Watchers, watch.Watcher{ID: "g-" + a.Ref[4:], Role: watch.Guardian, LineUser: user, Lang: watch.English,
			Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules(), HideAmount: true})
	}
}

// alert puts an alert on an account, as detect would have.
func (w *world) alert(id string, k watch.AccountKey, change ...func(*watch.Record)) {
	w.t.Helper()
	r := &watch.Record{ID: id, OnAccount: watch.On(k), Mask: "普通 ***4567", Kind: watch.Debit, Txn: id, OccurredAt: w.Now(), Amount: 3000, Service: "paypay",
		ReceivedAt: w.Now(), RecordedAt: w.Now(), Complete: true,
		Notices: []watch.Notice{{Watcher: "w-" + k.Ref[4:], Reasons: watch.Because(watch.ServiceDebit)}, {Watcher: "g-" + k.Ref[4:], Reasons: watch.Because(watch.ServiceDebit)}}}
	for _, c := range change {
		c(r)
	}
	w.Put(store.PutRecord(r))
}

func (w *world) putRecord(r *watch.Record) { w.t.Helper(); w.Put(store.PutRecord(r)) }

func (w *world) putActivity(k watch.AccountKey, a *watch.Activity) {
	w.t.Helper()
	w.Put(store.PutActivity(k, a))
}

func (w *world) account(k watch.AccountKey) *watch.Account {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), k)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) say(user, text string) {
	w.t.Helper()
	if err := w.line.Say(user, text); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

func (w *world) press(user, action, record string) {
	w.t.Helper()
	w.tap(user, url.Values{"a": {action}, "r": {record}, "w": {"w-1"}}.Encode())
}

func (w *world) tap(user, data string) {
	w.t.Helper()
	if err := w.line.Tap(user, data, ""); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

// settle lets the chat run until nothing is visible in its queue, nor in that
// of the mails.
func (w *world) settle() {
	w.t.Helper()
	for more := true; more; {
		more = w.once(true) || w.mailed()
	}
}

func (w *world) mailed() bool {
	w.t.Helper()
	msgs := w.Receive(queue.Email)
	queue.Settle(context.Background(), w.queue, queue.Email, msgs, w.mails.Handle, slog.New(slog.DiscardHandler))
	return len(msgs) > 0
}

// once lets the stage work on one batch; without settling, as if the process
// had died before it said what became of it.
func (w *world) once(settle bool) bool {
	w.t.Helper()
	ctx := context.Background()
	msgs := w.Receive(queue.Chat)
	if settle {
		queue.Settle(ctx, w.queue, queue.Chat, msgs, w.stage.Handle, slog.New(slog.DiscardHandler))
	} else {
		w.stage.Handle(ctx, msgs)
	}
	return len(msgs) > 0
}

// shown are the answers that a phone shows, oldest first, as their JSON.
func (w *world) shown(user string) []string {
	var out []string
	for _, it := range w.line.Chat(user) {
		if it.From == sim.FromBot {
			out = append(out, string(it.Message))
		}
	}
	return out
}

// presses complains of what messages, from one on, ask to press that their reader
// cannot.
func (w *world) presses(shown []string, from int) {
	w.t.Helper()
	var here, before []string
	for i, m := range shown {
		var v any
		if err := json.Unmarshal([]byte(m), &v); err != nil {
			w.t.Fatal(err)
		}
		before, here = append(before, here...), presstest.Labels(v)
		if lost := presstest.Missing(presstest.Texts(v), here, before); i >= from && len(lost) > 0 {
			w.t.Errorf("a message asks to press what is not there: %q: %s", lost, m)
		}
	}
}

// newest is the last answer on a phone; the test ends if there is none.
func (w *world) newest(user string) string {
	w.t.Helper()
	all := w.shown(user)
	if len(all) == 0 {
		w.t.Fatal("the phone shows no answer")
	}
	return all[len(all)-1]
}

// reads fails unless the newest answer holds every part.
func (w *world) reads(user string, parts ...string) {
	w.t.Helper()
	got := w.newest(user)
	for _, p := range parts {
		q, _ := json.Marshal(p) // as JSON spells it
		if !strings.Contains(got, strings.Trim(string(q), `"`)) {
			w.t.Errorf("the answer lacks %q: %s", p, got)
		}
	}
}

// button finds the postback of a button of the newest answer that begins so.
func (w *world) button(user, begins string) string {
	w.t.Helper()
	shown := strings.ReplaceAll(w.newest(user), `\u0026`, "&")
	_, after, ok := strings.Cut(shown, `"data":"`+begins)
	if !ok {
		w.t.Fatalf("no button %s in %s", begins, shown)
	}
	data, _, _ := strings.Cut(after, `"`)
	return begins + data
}

// toBank is how many jobs wait for the bank.
func (w *world) toBank() int {
	w.t.Helper()
	d := w.Depth(queue.Bank)
	return d.Waiting + d.InFlight
}

// crasher makes the n-th step to the outside the last one of a process, or
// only a failure that may have happened all the same.
type crasher struct {
	fails bool
	mu    sync.Mutex
	count int
	at    int // 0 never
	dead  bool
	last  string // what the process did last
}

var errFault = errors.New("a fault of the test")

func (c *crasher) step(what string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
	if c.fails && c.count == c.at {
		c.last = what
		return errFault
	}
	if c.dead || c.count == c.at && !c.fails {
		if !c.dead {
			c.last = what
		}
		c.dead = true
		panic("the process is dead")
	}
	return nil
}

// revive is a new process, which lives.
func (c *crasher) revive() { c.mu.Lock(); defer c.mu.Unlock(); c.at, c.dead = 0, false }

// Reads are no steps: dying before one is dying after the write before it.
type fragileTable struct {
	store.Table
	c *crasher
}

func (t *fragileTable) Write(ctx context.Context, ws ...store.Write) error {
	what := fmt.Sprint("write ", ws[0].Item.SK)
	if err := t.c.step("before " + what); err != nil {
		return err
	}
	err := t.Table.Write(ctx, ws...)
	return cmp.Or(t.c.step("after "+what), err)
}

type fragileQueue struct {
	queue.Sender
	c *crasher
}

func (q *fragileQueue) Send(ctx context.Context, n queue.Name, msgs ...queue.Outgoing) error {
	if err := q.c.step("before send"); err != nil {
		return err
	}
	err := q.Sender.Send(ctx, n, msgs...)
	return cmp.Or(q.c.step("after send"), err)
}

type fragileLINE struct {
	chat.LINE
	c *crasher
	n atomic.Int64 // drawings
}

// Draw draws as two releases do that take turns: what LINE may have taken must go out
// again as it was drawn first.
func (l *fragileLINE) Draw(msgs ...message.Message) ([]byte, error) {
	drawn, err := l.LINE.Draw(msgs...)
	if l.n.Add(1)%2 == 0 {
		drawn = bytes.ReplaceAll(drawn, []byte(`"scaling":true`), []byte(`"scaling":false`))
	}
	return drawn, err
}

func (l *fragileLINE) Reply(ctx context.Context, tok string, msgs ...message.Message) watch.Outcome {
	_ = l.c.step("before reply")
	o := l.LINE.Reply(ctx, tok, msgs...)
	_ = l.c.step("after reply")
	return o
}

func (l *fragileLINE) ReplyAgain(ctx context.Context, tok string, msgs ...message.Message) watch.Outcome {
	_ = l.c.step("before reply")
	o := l.LINE.ReplyAgain(ctx, tok, msgs...)
	_ = l.c.step("after reply")
	return o
}

func (l *fragileLINE) PushDrawn(ctx context.Context, to, key string, drawn []byte) watch.Outcome {
	_ = l.c.step("before push")
	o := l.LINE.PushDrawn(ctx, to, key, drawn)
	_ = l.c.step("after push")
	return o
}

var _ http.Handler = (*chat.Hook)(nil)
