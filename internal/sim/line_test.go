package sim_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/sim"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// hook is our end of the webhook.
type hook struct {
	mu     sync.Mutex
	down   bool
	events []line.Event
	bad    int
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if !line.VerifySignature([]string{"secret"}, body, r.Header.Get(line.SignatureHeader)) {
		h.bad++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	events, err := line.ParseWebhook(body)
	if err != nil {
		h.bad++
	}
	if h.down {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h.events = append(h.events, events...)
}

func (h *hook) take() []line.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.events
	h.events = nil
	return out
}

type platform struct {
	*worldtest.Clock
	*sim.LINE
	hook   *hook
	url    string
	client *line.Client
	user   string
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{Clock: worldtest.NewClock(worldtest.Start), hook: &hook{}}
	hookSrv := httptest.NewServer(p.hook)
	t.Cleanup(hookSrv.Close)
	p.LINE = &sim.LINE{Token: "channel-token", ChannelID: "1234567890", Secret: "secret", Webhook: hookSrv.URL, Now: p.Clock.Now}
	srv := httptest.NewServer(p.LINE)
	t.Cleanup(srv.Close)
	p.url = srv.URL
	p.client = line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken(p.Token), Labels: wording.LabelsIn})
	p.user = p.AddUser(sim.User{Name: "花子", Lang: "ja", Following: true})
	t.Cleanup(func() {
		if p.hook.bad != 0 {
			t.Errorf("%d webhooks were not as LINE signs and writes them", p.hook.bad)
		}
	})
	return p
}

func hello(s string) message.Message {
	return message.Message{Lang: "ja", Alt: s, Tone: message.Calm, Badge: "ご案内", Title: s}
}

func TestWhatAPersonDoesReachesTheWebhook(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	stranger := p.AddUser(sim.User{Name: "太郎"})
	if !errors.Is(p.Say(stranger, "x"), sim.ErrNotFriend) || !errors.Is(p.Say("U1", "x"), sim.ErrNotFriend) {
		t.Error("a stranger could speak to the account")
	}
	for name, do := range map[string]func() error{
		"follow":   func() error { return p.Follow(stranger) },
		"message":  func() error { return p.Say(p.user, "一覧") },
		"postback": func() error { return p.Tap(p.user, "a=mine&r=1", "自分です") },
		"unfollow": func() error { return p.Block(p.user) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := do(); err != nil {
				t.Fatal(err)
			}
			got := p.hook.take()
			if len(got) != 1 || string(got[0].Kind) != name || got[0].Redelivery || (got[0].ReplyToken == "") != (name == "unfollow") || !got[0].At.Equal(p.Clock.Now()) {
				t.Errorf("%+v", got)
			}
			if err := p.Follow(p.user); err != nil {
				t.Fatal(err)
			}
			if got := p.hook.take(); got[0].Unblocked != (name == "unfollow") {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAWebhookThatIsNotAnsweredComesAgain(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.hook.down = true
	if err := p.Say(p.user, "一覧"); err != nil {
		t.Fatal(err)
	}
	p.Add(time.Minute)
	if left := p.Redeliver(); left != 1 {
		t.Errorf("%d events wait, want 1", left)
	}
	p.hook.down = false
	p.Add(time.Minute)
	if left := p.Redeliver(); left != 0 {
		t.Errorf("%d events wait, want none", left)
	}
	got := p.hook.take()
	if len(got) != 1 || !got[0].Redelivery || got[0].Text != "一覧" {
		t.Fatalf("%+v", got)
	}
	if o := p.client.Reply(context.Background(), got[0].ReplyToken, hello("はい")); o.Result != watch.SendAccepted {
		t.Errorf("a token that came again: %+v", o)
	}
	p.hook.down = true
	_ = p.Say(p.user, "設定")
	for range 10 {
		p.Add(time.Hour)
		p.Redeliver()
	}
	if left := p.Redeliver(); left != 0 {
		t.Error("an event is delivered for ever")
	}
}

func TestADuplicateIsTheSameEvent(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.Duplicate(1)
	_ = p.Say(p.user, "一覧")
	_ = p.Say(p.user, "設定")
	got := p.hook.take()
	if len(got) != 3 || got[0].ID != got[1].ID || got[0].Redelivery || !got[1].Redelivery || got[2].ID == got[0].ID {
		t.Errorf("%+v", got)
	}
}

func TestAReplyTokenWorksOnceForAMinute(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := newPlatform(t)
	for _, s := range []string{"a", "b"} {
		_ = p.Say(p.user, s)
	}
	got := p.hook.take()
	if o := p.client.Reply(ctx, got[0].ReplyToken, hello("はい")); o.Result != watch.SendAccepted {
		t.Errorf("%+v", o)
	}
	if o := p.client.Reply(ctx, got[0].ReplyToken, hello("はい")); o.Result != watch.SendRefused {
		t.Errorf("the second time: %+v", o)
	}
	p.Add(61 * time.Second)
	if o := p.client.Reply(ctx, got[1].ReplyToken, hello("はい")); o.Result != watch.SendRefused {
		t.Errorf("after a minute: %+v", o)
	}
	if m := p.Messages(); len(m) != 1 || m[0].Via != "reply" || m[0].To != p.user {
		t.Errorf("%+v", m)
	}
}

func TestALostAnswerToAReplyIsOneMessage(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	_ = p.Say(p.user, "a")
	p.FailAt(sim.Reply, 1, sim.AcceptThenDrop)
	if o := p.client.Reply(context.Background(), p.hook.take()[0].ReplyToken, hello("はい")); o.Result != watch.SendAccepted {
		t.Errorf("%+v", o)
	}
	if n := len(p.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestRetryKeys(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := newPlatform(t)
	key, other := watch.DeriveUUID("a"), p.AddUser(sim.User{Name: "太郎", Following: true})
	first := p.client.Push(ctx, p.user, key, hello("a"))
	if again := p.client.Push(ctx, p.user, key, hello("a")); again != first || len(p.Violations()) != 0 {
		t.Errorf("the same again: %+v, then %+v, violations %v", first, again, p.Violations())
	}
	p.client.Push(ctx, p.user, key, hello("b"))
	p.client.Push(ctx, other, key, hello("a"))
	if v := p.Violations(); len(v) != 2 {
		t.Errorf("violations %v", v)
	}
	p.Add(24 * time.Hour)
	if o := p.client.Push(ctx, p.user, key, hello("a")); o.Result != watch.SendAccepted || o.ProviderID == first.ProviderID {
		t.Errorf("after 24 hours: %+v", o)
	}
	if n := len(p.Messages()); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
}

func TestSomebodyWhoBlockedIsAnswered200AndSeesNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := newPlatform(t)
	_ = p.Block(p.user)
	if o := p.client.Push(ctx, p.user, watch.DeriveUUID("a"), hello("a")); o.Result != watch.SendAccepted {
		t.Errorf("%+v", o)
	}
	chat, taken := p.Chat(p.user), p.Messages()
	if len(chat) != 1 || chat[0].Kind != "block" || len(taken) != 1 || taken[0].Shown {
		t.Errorf("chat %+v, taken %+v", chat, taken)
	}
	if _, err := p.client.Profile(ctx, p.user); !errors.Is(err, line.ErrNoProfile) {
		t.Error(err)
	}
}

func TestTheChatShowsBothSidesInOrder(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	_ = p.Say(p.user, "こんにちは")
	p.client.Reply(context.Background(), p.hook.take()[0].ReplyToken, hello("はい"))
	p.client.Push(context.Background(), p.user, watch.DeriveUUID("a"), hello("お知らせ"))
	_ = p.Tap(p.user, "a=mine", "自分です")
	var got []string
	for _, it := range p.Chat(p.user) {
		got = append(got, it.From+" "+it.Kind)
	}
	if d := cmp.Diff([]string{"user text", "bot reply", "bot push", "user postback"}, got); d != "" {
		t.Error(d)
	}
}

func TestTheMonthlyLimitIsKept(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := newPlatform(t)
	p.MonthlyLimit = 1
	if o := p.client.Push(ctx, p.user, watch.DeriveUUID("a"), hello("a")); o.Result != watch.SendAccepted {
		t.Errorf("%+v", o)
	}
	if o := p.client.Push(ctx, p.user, watch.DeriveUUID("b"), hello("b")); o.Result != watch.SendExhausted {
		t.Errorf("%+v", o)
	}
	p.Add(31 * 24 * time.Hour)
	if o := p.client.Push(ctx, p.user, watch.DeriveUUID("b"), hello("b")); o.Result != watch.SendAccepted {
		t.Errorf("the next month: %+v", o)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.Keep = 10
	for i := range 50 {
		p.client.Push(context.Background(), p.user, watch.DeriveUUID("a", string(rune('a'+i))), hello("a"))
	}
	if m := p.Messages(); len(m) != 10 || m[9].ID != "req-50" || len(p.Chat(p.user)) != 10 || p.Accepted() != 50 {
		t.Errorf("%d messages kept, %d in the chat, %d accepted", len(m), len(p.Chat(p.user)), p.Accepted())
	}
}

func TestAccountLink(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := newPlatform(t)
	other := p.AddUser(sim.User{Name: "太郎", Following: true})
	open := func(token, nonce, visitor string) int {
		q := url.Values{"linkToken": {token}, "nonce": {nonce}, "as": {visitor}}
		res, err := http.Get(p.url + "/dialog/bot/accountLink?" + q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	token := func() string {
		s, err := p.client.LinkToken(ctx, p.user)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const nonce = "a-nonce-of-ours"
	linked := token()
	for _, c := range []struct {
		name, token, nonce, visitor string
		wait                        time.Duration
		status                      int
		event, ok                   bool
	}{
		{"the owner of the token is linked", linked, nonce, p.user, 0, 200, true, true},
		{"a token works once", linked, nonce, p.user, 0, 400, false, false},
		{"somebody else's phone fails", token(), nonce, other, 0, 200, true, false},
		{"a short nonce is an error without an event", token(), "short", p.user, 0, 400, false, false},
		{"without a login LINE asks for one", token(), nonce, "", 0, 200, false, false},
		{"a token of eleven minutes is too old", token(), nonce, p.user, 11 * time.Minute, 400, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.Add(c.wait)
			if got := open(c.token, c.nonce, c.visitor); got != c.status {
				t.Errorf("status %d, want %d", got, c.status)
			}
			got := p.hook.take()
			if len(got) != 0 != c.event {
				t.Fatalf("events %+v", got)
			}
			if c.event && (got[0].Kind != line.AccountLink || got[0].LinkOK != c.ok || got[0].Nonce != c.nonce ||
				(got[0].User == p.user) != c.ok || (got[0].ReplyToken != "") != c.ok) {
				t.Errorf("%+v", got[0])
			}
		})
	}
}

func TestATimeoutTakesNothing(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.Fail(1, sim.Timeout)
	asked, left := make(chan struct{}), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(left)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		close(asked) // the caller waits no longer
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	client := line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken(p.Token), Labels: wording.LabelsIn})
	if o := client.Push(worldtest.Overdue(asked), p.user, watch.DeriveUUID("a"), hello("a")); o.Result != watch.SendRetry || len(p.Messages()) != 0 {
		t.Errorf("%+v, %d messages", o, len(p.Messages()))
	}
	<-left
	if o := p.client.Push(context.Background(), p.user, watch.DeriveUUID("a"), hello("a")); o.Result != watch.SendAccepted {
		t.Errorf("%+v", o)
	}
}
