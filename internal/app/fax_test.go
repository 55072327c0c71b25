package app_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/channel"
	"kozamori/internal/dispute"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// faxKind is a channel that the house does not have: what a new one takes is
// what stands here, and nothing else.
const faxKind watch.ChannelKind = "fax"

// fax is a provider that keeps what it was given.
type fax struct {
	mu     sync.Mutex
	sheets []sheet
	answer watch.Outcome // to everything
}

type sheet struct {
	to, key string
	message message.Message
}

func (f *fax) Send(_ context.Context, to, key string, m message.Message) watch.Outcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sheets = append(f.sheets, sheet{to, key, m})
	return f.answer
}

// channel is the provider as a channel.
func (f *fax) channel() channel.Channel {
	return channel.Channel{
		Kind:     faxKind,
		Label:    map[watch.Lang]string{watch.Japanese: "ファクス", watch.English: "fax"},
		Parallel: 1, Feedback: true,
		Key: func(record string, d *watch.Delivery) string { return d.FeedbackKey(record) },
		SameAddress: func(a, b string) bool {
			bare := func(s string) string { return strings.ReplaceAll(s, "-", "") }
			return bare(a) == bare(b)
		},
	}.With(channel.SendFunc(f.Send))
}

const faxNumber = "022-000-0000"

func registry(t *testing.T, channels ...channel.Channel) channel.Registry {
	t.Helper()
	r, err := channel.Register(channels...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// queues are the queues of channels.
func queues(channels []channel.Channel) (out []queue.Name) {
	for _, c := range channels {
		out = append(out, c.Queue())
	}
	return out
}

// owned gives the account an owner who is told over the fax first, and then
// over the other channels.
func (h *town) owned(then ...watch.ChannelKind) {
	h.t.Helper()
	w := watch.Watcher{ID: "w1", Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese, Rules: watch.DefaultRules(),
		Channels: []watch.Channel{{Kind: faxKind, Address: faxNumber}}}
	for _, kind := range then {
		w.Channels = append(w.Channels, watch.Channel{Kind: kind})
	}
	err := h.store.Write(context.Background(), store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: "acc_1"},
		Mask: "普通 ***4567", Watchers: []watch.Watcher{w}}))
	if err != nil {
		h.t.Fatal(err)
	}
}

// faxed is the address of the owner's fax as it is kept, and since when it is
// known not to reach them.
func (h *town) faxed() watch.Channel {
	h.t.Helper()
	a, err := h.store.Account(context.Background(), watch.AccountKey{Bank: "0125", Ref: "acc_1"})
	if err != nil {
		h.t.Fatal(err)
	}
	c, ok := a.Watchers[0].Channel(faxKind)
	if !ok {
		h.t.Fatal("the fax is gone")
	}
	return *c
}

func TestAChannelMoreIsToldOverAndAnswered(t *testing.T) {
	for name, inPlace := range map[string]bool{"on the page": false, "in place": true} {
		t.Run(name, func(t *testing.T) {
			f := &fax{}
			c := f.channel()
			c.InPlace = inPlace
			h := newTown(t, c)
			h.owned(watch.LINE)
			h.send("t1")
			h.settle()
			if len(f.sheets) != 1 || f.sheets[0].to != faxNumber || len(h.line.Messages()) != 0 {
				t.Fatalf("%d sheets, %d LINE messages", len(f.sheets), len(h.line.Messages()))
			}
			got := f.sheets[0]
			if record, delivery, ok := watch.ParseFeedbackKey(got.key); !ok || record == "" || delivery != "alert-w1-fax" {
				t.Errorf("the key is %q", got.key)
			}
			var page, notMine message.Button
			for _, b := range got.message.Buttons {
				if b.URL != "" {
					page = b
				}
				if b.Style == message.Danger {
					notMine = b
				}
			}
			if asks := strings.Contains(page.Label, "回答"); asks == inPlace {
				t.Errorf("the link to the page is %q", page.Label)
			}
			if inPlace {
				h.tap(notMine.Postback)
			} else {
				h.answerOn(page.URL)
			}
			h.settle()
			if heard := h.bank.types(); heard != "dispute.opened" {
				t.Errorf("the bank heard %q", heard)
			}
		})
	}
}

// tap answers as a channel does whose buttons come back through it.
func (h *town) tap(postback string) {
	h.t.Helper()
	v, err := url.ParseQuery(postback)
	if err != nil || v.Get("a") != "notmine" {
		h.t.Fatalf("%q: %v", postback, err)
	}
	res, err := h.system.Disputes().Answer(context.Background(), v.Get("r"), dispute.Answerer{Watcher: v.Get("w"), At: h.Now()}, watch.NotMine, watch.Via(faxKind))
	if err != nil || res.Record.Answer.Via != watch.Via(faxKind) {
		h.t.Fatalf("%+v, %v", res, err)
	}
}

// answerOn answers on the page of an alert, which says how the owner was told.
func (h *town) answerOn(link string) {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	res, err := browser.Get(link)
	if err != nil {
		h.t.Fatal(err)
	}
	_ = res.Body.Close()
	body := submit(h.t, browser, res.Request.URL.String(), url.Values{"do": {"notmine"}})
	for _, want := range []string{"受付番号：", "ファクスであなたにお知らせしました"} {
		if !strings.Contains(body, want) {
			h.t.Errorf("the page does not say %q: %s", want, body)
		}
	}
}

func TestAChannelMoreFallsBackToTheNext(t *testing.T) {
	for name, c := range map[string]struct {
		result watch.Result
		after  time.Duration // until LINE has it
		marked bool
	}{
		"unreachable: at once":                   {result: watch.SendUnreachable, marked: true},
		"the message is refused: at once":        {result: watch.SendRefused},
		"the month is over: at once":             {result: watch.SendExhausted},
		"no answer: in parallel, after a minute": {result: watch.SendRetry, after: 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fax{answer: watch.Outcome{Result: c.result, Problem: "no carrier"}}
			h := newTown(t, f.channel())
			h.owned(watch.LINE)
			h.send("t1")
			h.settle()
			if now := len(h.line.Messages()) == 1; now != (c.after == 0) {
				t.Errorf("LINE has it at once: %t", now)
			}
			for range int(c.after / (10 * time.Second)) {
				h.Add(10 * time.Second)
				h.settle()
			}
			if n := len(h.line.Messages()); n != 1 || len(f.sheets) == 0 {
				t.Errorf("%d sheets, %d LINE messages", len(f.sheets), n)
			}
			for _, s := range f.sheets {
				if s.key != f.sheets[0].key {
					t.Errorf("an attempt has the key %s and not %s", s.key, f.sheets[0].key)
				}
			}
			before := len(f.sheets)
			if marked := !h.faxed().UnreachableSince.IsZero(); marked != c.marked {
				t.Errorf("the fax is known not to reach them: %t", marked)
			}
			h.send("t2")
			h.Add(watch.GatherFor)
			h.settle()
			// What the fax was not seen to refuse stands before the next alert,
			// which LINE has meanwhile.
			if asked := len(f.sheets) > before; c.after == 0 && asked == c.marked {
				t.Errorf("the next alert goes over the fax: %t", asked)
			}
			if n := len(h.line.Messages()); c.after > 0 && n != 2 {
				t.Errorf("%d LINE messages with the next alert, want 2", n)
			}
			if heard := h.bank.types(); heard != "" {
				t.Errorf("the bank heard %q", heard)
			}
		})
	}
}

func TestAChannelMoreThatReachesNobodyIsToldToTheBank(t *testing.T) {
	for name, kind := range map[string]watch.FeedbackKind{"its provider says so at once": "", "or later": watch.Bounced} {
		t.Run(name, func(t *testing.T) {
			f := &fax{}
			if kind == "" {
				f.answer = watch.Outcome{Result: watch.SendUnreachable, Problem: "no carrier"}
			}
			h := newTown(t, f.channel())
			h.owned()
			h.send("t1")
			h.settle()
			if kind != "" {
				stage, err := h.system.Feedback()
				if err != nil {
					t.Fatal(err)
				}
				feedback := watch.Feedback{Channel: faxKind, Kind: kind, Key: f.sheets[0].key, Addresses: []string{"0220000000"}}
				for range 2 {
					if err := stage.Bounced(t.Context(), feedback); err != nil {
						t.Fatal(err)
					}
				}
				feedback.Channel = watch.Email // as if SES named the delivery of another channel
				if err := stage.Bounced(t.Context(), feedback); err != nil {
					t.Fatal(err)
				}
				h.settle()
			}
			if heard := h.bank.types(); heard != "watcher.unreachable" || h.faxed().UnreachableSince.IsZero() {
				t.Errorf("the bank heard %q; the fax: %+v", heard, h.faxed())
			}
		})
	}
}

// A function that is older than a channel meets its deliveries: they are kept
// for a newer one.
func TestAnOlderProgramKeepsWhatIsForAChannelItDoesNotKnow(t *testing.T) {
	h := newTown(t)
	h.owned()
	h.send("t1")
	h.settle()
	for range 3 {
		h.Add(time.Minute)
		if _, err := h.system.Sweep().Sweep(t.Context()); err != nil && !strings.Contains(err.Error(), `"fax"`) {
			t.Fatal(err)
		}
		h.settle()
	}
	if n, heard := len(h.line.Messages()), h.bank.types(); n != 0 || heard != "" {
		t.Fatalf("%d LINE messages, the bank heard %q", n, heard)
	}
	f := &fax{}
	newer := h.grown(f.channel())
	h.Add(time.Hour) // sweep looks for what is lost less and less often
	if _, err := newer.system.Sweep().Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	newer.settle()
	if len(f.sheets) != 1 || f.sheets[0].to != faxNumber {
		t.Errorf("the newer program sends %d sheets", len(f.sheets))
	}
}

// grown is a newer program in the place of the town's, with more channels.
func (h *town) grown(more ...channel.Channel) *town {
	h.t.Helper()
	means, w := h.system.Means, *h.world
	w.queue = worldtest.Queue(h.t, qembedded.Options{Now: h.Now, More: queues(more)})
	means.Queue, means.More = w.queue, more
	newer := &town{world: &w, system: app.New(h.system.Config, means)}
	var err error
	if w.stages, err = newer.system.Stages(); err != nil {
		h.t.Fatal(err)
	}
	return newer
}

func TestTheOwnChannelsAreRegistered(t *testing.T) {
	r := app.Channels()
	for _, kind := range r.Kinds() {
		c, err := r.Get(kind)
		if err != nil || c.Label[watch.Japanese] == "" || c.Label[watch.English] == "" {
			t.Errorf("%s: %+v, %v", kind, c, err)
		}
		if c.Lease == 0 && kind == watch.Email || c.Lease > 0 && kind == watch.LINE {
			t.Errorf("%s has a lease of %s", kind, c.Lease)
		}
	}
	if _, err := r.Get(faxKind); err == nil || !strings.Contains(err.Error(), `"fax"`) {
		t.Errorf("a channel that is not registered: %v", err)
	}
}

// What the chat answers, and what an account's people hear of each other, goes
// over a channel more, too, where LINE does not bring it.
func TestAChannelMoreBringsWhatLINECannot(t *testing.T) {
	t.Parallel()
	f := &fax{answer: watch.Outcome{Result: watch.SendAccepted}}
	h := newTown(t, f.channel())
	owner := h.alone("acc_1")
	if _, err := h.store.UpdateAccount(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, func(a *watch.Account) ([]store.Write, error) {
		a.Watchers[0].SetChannel(watch.Channel{Kind: faxKind, Address: faxNumber})
		return nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	came := func(title string) {
		t.Helper()
		n := 0
		for _, s := range f.sheets {
			if s.to == faxNumber && strings.Contains(s.message.Title, title) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%q came %d times over the fax: %+v", title, n, f.sheets)
		}
	}
	owner.says("お知らせを休む")
	owner.taps("a=pause") // what protects less, over each of their channels but the chat
	came("お知らせが届きにくくなる変更がありました")
	h.line.FailAt(sim.Reply, 2, sim.BadRequest)
	h.line.Fail(9, sim.QuotaSpent)
	owner.says("使い方")
	came("このトークでできること")
	h.erase("acc_1")
	h.goes(time.Minute)
	came("口座")
}
