package ingest_test

import (
	"bytes"
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
	log     bytes.Buffer

	encoding string // that bodies say they have
}

func newDesk(t *testing.T, sandbox ...string) *desk {
	t.Helper()
	table := worldtest.Table(t, func() time.Time { return now })
	q := worldtest.Queue(t, qembedded.Options{})
	d := &desk{store: store.New(table), queue: q, old: secret(), cur: secret()}
	d.failing = &failing{Sender: q, Store: d.store}
	d.serve(sandbox, nil)
	return d
}

// serve serves the desk, with another clock for callers if they have one.
func (d *desk) serve(sandbox []string, callers func() time.Time) {
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: secrets{"0125": {d.cur, d.old}, "0168": {secret()}}, Callers: callers,
		Sandbox: sandbox, Queue: d.failing, Store: d.failing, Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(&d.log, nil))}))
	d.handler = mux
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
	if d.encoding != "" {
		r.Header.Set("Content-Encoding", d.encoding)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

func (d *desk) queued(t *testing.T) []watch.Event {
	t.Helper()
	msgs, err := d.queue.Receive(context.Background(), queue.Events, 10, 0)
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
		{"half a character", edit(`ﾄﾞｺﾓｺｳｻﾞ`, `\ud842`), "descriptor"},
		{"a raw tab", edit(`ﾄﾞｺﾓｺｳｻﾞ`, "\t"), "descriptor"},
		{"cut UTF-8", edit(`ﾄﾞｺﾓｺｳｻﾞ`, "ﾄ\xef\xbe"), "descriptor"},
		{"a number with zeros in front", edit(`100000`, `0100000`), "amount"},
		{"a string that is not closed", edit(`ﾄﾞｺﾓｺｳｻﾞ"`, `ﾄﾞｺﾓｺｳｻﾞ`), ""},
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
		{"what no queue takes", edit(`"id"`, "\"x\":\"\uffff\",\"id\""), "x"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			w := d.post(t, "0125", d.cur, `{"events":[`+good+`,`+c.body+`]}`, now)
			var rep struct {
				Accepted int
				Rejected []wire.Rejected
			}
			if err := json.Unmarshal(w.Body.Bytes(), &rep); err != nil || w.Code != 202 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if rep.Accepted != 1 || len(rep.Rejected) != 1 || rep.Rejected[0].Index != 1 || rep.Rejected[0].Field != c.field || rep.Rejected[0].Problem == "" ||
				rep.Rejected[0].Code == "" || len(rep.Rejected[0].Problems) != 1 || rep.Rejected[0].Problems[0] != rep.Rejected[0].Fault {
				t.Fatalf("reply %s, want index 1 field %q", w.Body, c.field)
			}
			if q := d.queued(t); len(q) != 1 || q[0].ID != "e1" || q[0].Amount != 100000 || !q[0].ReceivedAt.Equal(now) {
				t.Errorf("queued %+v", q)
			}
			kept, err := store.First(d.store.Quarantine(context.Background(), "0125"), 10)
			if err != nil || len(kept) != 1 || string(kept[0].Bytes()) != c.body || kept[0].Code != rep.Rejected[0].Code {
				t.Errorf("quarantine %+v %v", kept, err)
			}
			if w := d.post(t, "0125", d.cur, c.body, now); w.Code != 422 && json.Valid([]byte(c.body)) && c.body[0] == '{' {
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
		"something next to the events":       {`{"events":[` + good + `],"x":1}`, 202},
		"a batch cut off":                    {`{"events":[` + good + `,{"id":`, 202},
		"one broken event":                   {`{"events":[{"id":`, 422},
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

func TestABodyIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for how, want := range map[string]int{"": 202, "identity": 202, "gzip": 415, "br": 415} {
		d.encoding = how
		if w := d.post(t, "0125", d.cur, good, now); w.Code != want {
			t.Errorf("Content-Encoding %q: %d, want %d", how, w.Code, want)
		}
	}
}

func TestWhatCannotBeKeptIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.queueDown = true
	if w := d.post(t, "0125", d.cur, good, now); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("queue down: %d", w.Code)
	}
	if w := d.post(t, "0125", d.cur, `{"events":[{},`+good+`]}`, now); w.Code != 503 {
		t.Errorf("queue down: %d", w.Code)
	}
	if kept, err := store.Collect(d.store.Quarantine(t.Context(), "0125")); err != nil || len(kept) != 0 {
		t.Errorf("what comes again is in quarantine already: %+v, %v", kept, err)
	}
	d.queueDown, d.storeDown = false, true
	if w := d.post(t, "0125", d.cur, `{"events":[{},`+good+`]}`, now); w.Code != 503 {
		t.Errorf("quarantine down: %d", w.Code)
	}
	if q := d.queued(t); len(q) != 1 {
		t.Errorf("quarantine down: %d events queued; the good ones must not wait for it", len(q))
	}
	if w := d.post(t, "0125", d.cur, good, now); w.Code != 202 {
		t.Errorf("only the feed down: %d", w.Code)
	}
	if q := d.queued(t); len(q) != 1 {
		t.Errorf("%d events queued, want 1", len(q))
	}
}

func TestAReplyNamesAllThatIsWrongAndAllThatIsNotKnown(t *testing.T) {
	d := newDesk(t)
	second := strings.Replace(strings.Replace(good, `"e1"`, `"e2"`, 1), `"descriptor"`, `"service":"dbarai","colour":1,"a\nb":2,"descriptor"`, 1)
	third := strings.Replace(good, `"descriptor"`, `"service":"docomo","descriptor"`, 1)
	w := d.post(t, "0125", d.cur, `{"v":1,"events":[`+good+`,`+second+`,{"id":"e3","type":"debit","amount":01,"descriptor":"\ud842"},`+third+`]}`, now)
	want := `{"accepted":3,"rejected":[{"index":2,"id":"e3","field":"amount","problem":"is not a number as JSON writes it","code":"bad_number","problems":[` +
		`{"field":"amount","problem":"is not a number as JSON writes it","code":"bad_number"},` +
		`{"field":"descriptor","problem":"holds half a character: one of \\ud800 to \\udfff without its other half","code":"encoding"},` +
		`{"field":"transaction_id","problem":"is missing","code":"missing"},{"field":"account_ref","problem":"is missing","code":"missing"},` +
		`{"field":"occurred_at","problem":"is missing","code":"missing"},{"field":"currency","problem":"is missing","code":"missing"}]}],` +
		`"ignored":[{"index":1,"id":"e2","fields":["colour","?"]}],"ignored_in_batch":["v"],"unknown_services":[{"index":1,"id":"e2","service":"dbarai"}]}`
	if got := strings.TrimSpace(w.Body.String()); w.Code != 202 || got != want {
		t.Errorf("%d\n%s, want\n%s", w.Code, got, want)
	}
	if q := d.queued(t); len(q) != 3 || q[1].Service != "dbarai" {
		t.Errorf("queued %+v", q)
	}
	kept, err := store.Collect(d.store.Quarantine(t.Context(), "0125"))
	if err != nil || len(kept) != 1 || kept[0].More != 5 {
		t.Errorf("quarantine %+v %v", kept, err)
	}
	if n := strings.Count(d.log.String(), `msg="`+wire.LogRefused+`" bank=0125 events=1`); n != 1 || strings.Contains(d.log.String(), "colour") {
		t.Errorf("the log:\n%s", &d.log)
	}
}

func TestABodyWithoutEventsIsRefusedWithTheByte(t *testing.T) {
	d := newDesk(t)
	body := "{\"events\":\xff[]}"
	w := d.post(t, "0125", d.cur, body, now)
	want := `{"type":"/v1/problems/malformed","title":"events must be a list: byte 10","status":400,"code":"malformed","offset":10}`
	if got := strings.TrimSpace(w.Body.String()); w.Code != 400 || got != want {
		t.Errorf("%d %s, want %s", w.Code, got, want)
	}
	kept, err := store.Collect(d.store.Quarantine(t.Context(), "0125"))
	if err != nil || len(kept) != 1 || string(kept[0].Bytes()) != body {
		t.Errorf("quarantine %+v %v", kept, err)
	}
}

func TestWhatIsBrokenIsReplayedToTheByte(t *testing.T) {
	d := newDesk(t)
	broken := strings.Replace(good, `ﾄﾞｺﾓｺｳｻﾞ`, "ﾄ\xef\xbe", 1)
	d.post(t, "0125", d.cur, broken, now)
	kept, err := store.Collect(d.store.Quarantine(t.Context(), "0125"))
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	got, err := ingest.Replay(t.Context(), d.queue, d.store, kept[0], now)
	if err != nil || got.Accepted != 0 || len(got.Rejected) != 1 || got.Rejected[0].Code != watch.CodeEncoding {
		t.Errorf("%+v, %v: bytes that were replaced would pass", got, err)
	}
	mended := *kept[0]
	mended.SetRaw([]byte(good))
	got, err = ingest.Replay(t.Context(), d.queue, d.store, &mended, now)
	if err != nil || got.Accepted != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if q := d.queued(t); len(q) != 1 || q[0].ID != "e1" {
		t.Errorf("queued %+v", q)
	}
	if kept, err := store.Collect(d.store.Quarantine(t.Context(), "0125")); err != nil || len(kept) != 0 {
		t.Errorf("still in quarantine: %+v, %v", kept, err)
	}
}
