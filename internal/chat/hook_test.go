package chat_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kozamori/internal/chat"
	"kozamori/internal/line"
	"kozamori/internal/queue"
)

const (
	alice = "U000000000000000000000000000a11ce"
	bob   = "U00000000000000000000000000000b0b"
)

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// textEvent is a text as LINE sends it.
func textEvent(id, user, text string) string {
	return fmt.Sprintf(`{"type":"message","webhookEventId":%q,"timestamp":1795489200000,"mode":"active","replyToken":"r-%s",
		"source":{"type":"user","userId":%q},"deliveryContext":{"isRedelivery":false},"message":{"type":"text","id":"1","text":%q}}`, id, id, user, text)
}

func events(list ...string) string {
	return `{"destination":"Ubot","events":[` + strings.Join(list, ",") + `]}`
}

// sender is a queue that can be told what to do.
type sender struct {
	do   func(ctx context.Context) error
	sent []queue.Outgoing
}

func (s *sender) Send(ctx context.Context, q queue.Name, msgs ...queue.Outgoing) error {
	if s.do != nil {
		if err := s.do(ctx); err != nil {
			return err
		}
	}
	if q != queue.Chat {
		return fmt.Errorf("sent to %s", q)
	}
	s.sent = append(s.sent, msgs...)
	return nil
}

func TestHook(t *testing.T) {
	t.Parallel()
	hello := events(textEvent("01A", alice, "こんにちは"))
	for name, c := range map[string]struct {
		method, body, signature string
		do                      func(context.Context) error
		want, kept              int
		logged                  string
	}{
		"a signed event is kept and answered":              {body: hello, signature: sign("new", hello), want: 200, kept: 1},
		"the older of two secrets still counts":            {body: hello, signature: sign("old", hello), want: 200, kept: 1},
		"another secret is refused":                        {body: hello, signature: sign("other", hello), want: 401},
		"no signature is refused":                          {body: hello, want: 401},
		"a changed body is refused":                        {body: hello + " ", signature: sign("new", hello), want: 401},
		"LINE's check of the address is answered":          {body: events(), signature: sign("new", events()), want: 200},
		"what is signed and no webhook is refused, loudly": {body: `{"events":3}`, signature: sign("new", `{"events":3}`), want: 400, logged: "cannot be read"},
		"a body beyond all reason is refused":              {body: strings.Repeat("a", line.MaxWebhook+1), want: 413},
		"looking at the address changes nothing":           {method: http.MethodGet, want: 405},
		"an unknown event among others is left out": {
			body:      events(`{"type":"beacon","webhookEventId":"01B","timestamp":1}`, textEvent("01C", bob, "一覧")),
			signature: sign("new", events(`{"type":"beacon","webhookEventId":"01B","timestamp":1}`, textEvent("01C", bob, "一覧"))), want: 200, kept: 1},
		"events that cannot be kept are not acknowledged, and counted": {body: hello, signature: sign("new", hello),
			do: func(context.Context) error { return errors.New("disk full") }, want: 503, logged: "lost=1"},
		"a queue that hangs is not waited for": {body: hello, signature: sign("new", hello),
			do: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, want: 503, logged: "lost=1"},
		"a queue that hangs and heeds nothing is not waited for": {body: hello, signature: sign("new", hello),
			do: func(context.Context) error { select {} }, want: 503, logged: "lost=1"},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			q := &sender{do: c.do}
			h := chat.NewHook(chat.HookConfig{Secrets: []string{"new", "old"}, Queue: q, Within: 50 * time.Millisecond, Now: time.Now,
				Logger: slog.New(slog.NewTextHandler(&log, nil))})
			r := httptest.NewRequest(method(c.method), "/line/webhook", strings.NewReader(c.body))
			r.Header.Set("x-line-signature", c.signature)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			if rec.Code != c.want || !strings.Contains(log.String(), c.logged) {
				t.Errorf("answered %d, want %d; logged %s", rec.Code, c.want, log.String())
			}
			if c.want == 200 && len(q.sent) != c.kept {
				t.Errorf("kept %d events, want %d", len(q.sent), c.kept)
			}
			for _, secret := range []string{alice, bob, "こんにちは", "一覧", "r-01A"} {
				if strings.Contains(log.String(), secret) {
					t.Errorf("the log holds %q", secret)
				}
			}
		})
	}
}

func method(m string) string {
	if m == "" {
		return http.MethodPost
	}
	return m
}

func TestTheQueueCarriesOneEventEachAndNoMoreThanIsRead(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("私の話を聞いてください。", 100)
	body := events(textEvent("01A", alice, long), textEvent("01B", bob, "一覧"), textEvent("01C", alice, "一覧"))
	q := &sender{}
	h := chat.NewHook(chat.HookConfig{Secrets: []string{"s"}, Queue: q, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set(line.SignatureHeader, sign("s", body))
	h.ServeHTTP(httptest.NewRecorder(), r)
	if len(q.sent) != 3 {
		t.Fatalf("%d messages", len(q.sent))
	}
	var m struct {
		Event      line.Event `json:"event"`
		ReceivedAt time.Time  `json:"received_at"`
	}
	if err := json.Unmarshal(q.sent[0].Body, &m); err != nil || m.Event.User != alice || m.ReceivedAt.IsZero() {
		t.Fatalf("%s: %v", q.sent[0].Body, err)
	}
	if n := len([]rune(m.Event.Text)); n > 201 {
		t.Errorf("%d characters of somebody's story are kept", n)
	}
	if q.sent[0].Group != q.sent[2].Group || q.sent[0].Group == q.sent[1].Group || strings.Contains(q.sent[0].Group, alice) {
		t.Errorf("groups %q %q %q", q.sent[0].Group, q.sent[1].Group, q.sent[2].Group)
	}
}
