package ingest_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/ingest"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

type secrets map[string][]string

func (s secrets) WebhookSecrets(_ context.Context, bank string) ([]string, error) {
	if v, ok := s[bank]; ok {
		return v, nil
	}
	return nil, ingest.ErrUnknownBank
}

func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}

// failing is a queue or a store that is down while set.
type failing struct {
	queue.Sender
	ingest.Store
	queueDown, storeDown bool
}

func (f *failing) Send(ctx context.Context, q queue.Name, m ...queue.Outgoing) error {
	if f.queueDown {
		return errors.New("down")
	}
	return f.Sender.Send(ctx, q, m...)
}

func (f *failing) Write(ctx context.Context, w ...store.Write) error {
	if f.storeDown {
		return errors.New("down")
	}
	return f.Store.Write(ctx, w...)
}

type desk struct {
	*failing
	handler http.Handler
	store   *store.Store
	queue   *qembedded.Queue
	old     string
	cur     string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	table := worldtest.Table(t, func() time.Time { return now })
	q := worldtest.Queue(t, qembedded.Options{})
	d := &desk{store: store.New(table), queue: q, old: secret(), cur: secret()}
	d.failing = &failing{Sender: q, Store: d.store}
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: secrets{"0125": {d.cur, d.old}, "0168": {secret()}},
		Queue: d.failing, Store: d.failing, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)}))
	d.handler = mux
	return d
}

// post sends a body as the bank with the secret would.
func (d *desk) post(t *testing.T, bank, secret, body string, at time.Time) *httptest.ResponseRecorder {
	t.Helper()
	wh, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := wh.Sign("msg_1", at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/v1/banks/"+bank+"/events", strings.NewReader(body))
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", sig)
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

func (d *desk) queued(t *testing.T) []watch.Event {
	t.Helper()
	msgs, err := d.queue.Receive(context.Background(), queue.Events, 10, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	var out []watch.Event
	for _, m := range msgs {
		b, err := wire.DecodeBatch(m.Body)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b.Events...)
	}
	return out
}

const good = `{"id":"e1","type":"debit","transaction_id":"t1","account_ref":"acc","occurred_at":"2026-11-24T11:59:00+09:00","amount":100000,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`

func TestSignatures(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for name, c := range map[string]struct {
		bank, secret string
		at           time.Time
		want         int
	}{
		"the current secret is taken":            {"0125", d.cur, now, 202},
		"the old one too while it is replaced":   {"0125", d.old, now, 202},
		"a stranger's is not":                    {"0125", secret(), now, 401},
		"another bank's is not":                  {"0168", d.cur, now, 401},
		"an unknown bank is told no more":        {"9999", d.cur, now, 401},
		"a bank that is no code is told no more": {"..%2f", d.cur, now, 401},
		"five minutes of clock are allowed":      {"0125", d.cur, now.Add(-5 * time.Minute), 202},
		"a replay of an old request is refused":  {"0125", d.cur, now.Add(-5*time.Minute - time.Second), 401},
		"a request from the future is refused":   {"0125", d.cur, now.Add(5*time.Minute + time.Second), 401},
	} {
		t.Run(name, func(t *testing.T) {
			if w := d.post(t, c.bank, c.secret, good, c.at); w.Code != c.want {
				t.Errorf("%d %s, want %d", w.Code, w.Body, c.want)
			}
		})
	}
}

func TestEachBadEventIsRefusedAloneAndKept(t *testing.T) {
	t.Parallel()
	edit := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	cases := []struct{ name, body, field string }{
		{"an unknown field", edit(`"id"`, `"colour":1,"id"`), "colour"},
		{"a field given twice", edit(`"amount":100000`, `"amount":1,"amount":100000`), "amount"},
		{"an amount in words", edit(`100000`, `"100000"`), "amount"},
		{"an amount of zero", edit(`100000`, `0`), "amount"},
		{"a negative amount", edit(`100000`, `-1`), "amount"},
		{"too large an amount", edit(`100000`, `1000000000001`), "amount"},
		{"a fraction", edit(`100000`, `1.5`), "amount"},
		{"dollars", edit(`JPY`, `USD`), "currency"},
		{"a time without a zone", edit(`+09:00`, ``), "occurred_at"},
		{"a time too far ahead", edit(`11:59`, `12:11`), "occurred_at"},
		{"too long a descriptor", edit(`ﾄﾞｺﾓｺｳｻﾞ`, strings.Repeat("ｱ", 256)), "descriptor"},
		{"a control character", edit(`ﾄﾞｺﾓｺｳｻﾞ`, `\u0007`), "descriptor"},
		{"an unknown type", edit(`"debit"`, `"credit"`), "type"},
		{"no transaction id", edit(`"transaction_id":"t1",`, ``), "transaction_id"},
		{"an account reference with a space", edit(`"acc"`, `"a b"`), "account_ref"},
		{"a list for a string", edit(`"acc"`, `["acc"]`), "account_ref"},
		{"a list for an event", `[1]`, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			w := d.post(t, "0125", d.cur, `{"events":[`+good+`,`+c.body+`]}`, now)
			var rep struct {
				Accepted int
				Rejected []ingest.Rejected
			}
			if err := json.Unmarshal(w.Body.Bytes(), &rep); err != nil || w.Code != 202 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if rep.Accepted != 1 || len(rep.Rejected) != 1 || rep.Rejected[0].Index != 1 || rep.Rejected[0].Field != c.field || rep.Rejected[0].Problem == "" {
				t.Fatalf("reply %s, want index 1 field %q", w.Body, c.field)
			}
			if q := d.queued(t); len(q) != 1 || q[0].ID != "e1" || q[0].Amount != 100000 || !q[0].ReceivedAt.Equal(now) {
				t.Errorf("queued %+v", q)
			}
			kept, err := store.First(d.store.Quarantine(context.Background(), "0125"), 10)
			if err != nil || len(kept) != 1 || kept[0].Raw != c.body {
				t.Errorf("quarantine %+v %v", kept, err)
			}
			if w := d.post(t, "0125", d.cur, c.body, now); w.Code != 422 && c.body[0] == '{' {
				t.Errorf("alone: %d %s, want 422", w.Code, w.Body)
			}
			if kept, _ := store.First(d.store.Quarantine(context.Background(), "0125"), 10); c.body[0] == '{' && len(kept) != 1 {
				t.Errorf("the same refusal is kept %d times", len(kept))
			}
		})
	}
}

func TestBodiesThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	many := `{"events":[` + strings.Repeat(good+",", 500) + good + `]}`
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"what is not JSON":                   {`{"id":`, 400},
		"trailing bytes":                     {good + `x`, 400},
		"something beside the events":        {`{"events":[` + good + `],"x":1}`, 400},
		"an empty batch":                     {`{"events":[]}`, 422},
		"more than 500 events":               {many, 413},
		"more than 1 MiB":                    {`{"events":[` + strings.Repeat(" ", 1<<20) + `]}`, 413},
		"500 events of one kind are allowed": {`{"events":[` + strings.Repeat(good+",", 499) + good + `]}`, 202},
	} {
		t.Run(name, func(t *testing.T) {
			w := d.post(t, "0125", d.cur, c.body, now)
			if w.Code != c.want {
				t.Fatalf("%d %.200s, want %d", w.Code, w.Body, c.want)
			}
			if want := "application/problem+json"; c.want != 202 && w.Header().Get("Content-Type") != want {
				t.Errorf("content type %q", w.Header().Get("Content-Type"))
			}
		})
	}
}

func TestWhatCannotBeKeptIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.queueDown = true
	if w := d.post(t, "0125", d.cur, good, now); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("queue down: %d", w.Code)
	}
	d.queueDown, d.storeDown = false, true
	if w := d.post(t, "0125", d.cur, `{"events":[{},`+good+`]}`, now); w.Code != 503 {
		t.Errorf("quarantine down: %d", w.Code)
	}
	if w := d.post(t, "0125", d.cur, good, now); w.Code != 202 {
		t.Errorf("only the feed down: %d", w.Code)
	}
	if q := d.queued(t); len(q) != 1 {
		t.Errorf("%d events queued, want 1", len(q))
	}
}
