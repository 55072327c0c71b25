package infra_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kozamori/events"
	"kozamori/internal/app"
	"kozamori/internal/audit"
	"kozamori/internal/bankapi"
	"kozamori/internal/callback"
	"kozamori/internal/catalog"
	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/ingest"
	"kozamori/internal/inquiry"
	"kozamori/internal/intake"
	"kozamori/internal/membership"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/ratelimit"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

const (
	code   = "0125"
	person = "U000000000000000000000000000a11ce"
)

var account = watch.AccountKey{Bank: code, Ref: "acc_8f3k"}

type secrets map[string][]string

func (s secrets) WebhookSecrets(_ context.Context, bank string) ([]string, error) {
	if v, ok := s[bank]; ok {
		return v, nil
	}
	return nil, ingest.ErrUnknownBank
}

// sender is a queue that is down while set.
type sender struct {
	queue.Sender
	down bool
}

func (s *sender) Send(ctx context.Context, q queue.Name, m ...queue.Outgoing) error {
	if s.down {
		return errors.New("down")
	}
	return s.Sender.Send(ctx, q, m...)
}

// packed says of each body that it is compressed.
type packed struct{}

func (packed) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Content-Encoding", "gzip")
	return http.DefaultTransport.RoundTrip(r)
}

// world is ingest and the bank API behind the gate, and a bank that calls them.
type world struct {
	*worldtest.Clock
	t        *testing.T
	url      string
	gate     *gate
	queue    *sender
	store    *store.Store
	members  *membership.Service
	disputes *dispute.Service
	controls *control.Service
	notify   *notify.Stage
	bank     *sim.Bank
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, Clock: worldtest.NewClock(worldtest.Start)}
	table := worldtest.Table(t, w.Now)
	q := worldtest.Queue(t, qembedded.Options{Now: w.Now})
	keys := worldtest.Keys(t)
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	shared := secrets{code: {"whsec_" + base64.StdEncoding.EncodeToString(raw)}}
	log := slog.New(slog.DiscardHandler)

	w.store, w.queue = store.New(table), &sender{Sender: q}
	w.members = &membership.Service{Store: w.store, Keys: keys, Now: w.Now, Logger: log}
	w.disputes = &dispute.Service{Store: w.store, Queue: w.queue, Now: w.Now, Logger: log}
	w.controls = &control.Service{Store: w.store, Queue: w.queue, Now: w.Now, Logger: log}
	calls := &callback.Signed{Store: w.store, Secrets: shared, Inside: true, Now: w.Now}
	mux := http.NewServeMux()
	mux.Handle("POST /v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: shared, Queue: w.queue, Store: w.store, Limit: ratelimit.NewLimiter(1000, 2*wire.MaxEvents), Now: w.Now, Logger: log}))
	mux.Handle("/", bankapi.New(bankapi.Config{Mails: true, Store: w.store, Membership: w.members, Disputes: w.disputes, Controls: w.controls, Inquiries: &inquiry.Service{Store: w.store, Queue: w.queue, Now: w.Now, Logger: log}, Services: catalog.Services, Queue: w.queue, Replay: func(ctx context.Context, r *store.Refused) (int, []wire.Rejected, error) {
		got, err := ingest.Replay(ctx, w.queue, w.store, r, w.Now())
		return got.Accepted, got.Rejected, err
	}, Take: func(ctx context.Context, bank string, file intake.Upload) (*store.File, bool, error) {
		return ingest.New(ingest.Config{Queue: w.queue, Store: w.store, Files: w.store, Now: w.Now, Logger: log}).File(ctx, bank, file)
	}, Ping: calls.Ping, Texts: app.ReadyTexts, LineID: "@kozamori", Now: w.Now, Logger: log}))
	w.gate = &gate{t: t, doc: document(t), next: mux, seen: map[string]map[int]bool{}}
	api := httptest.NewServer(w.gate)
	t.Cleanup(api.Close)
	w.url = api.URL

	secret, key := bankapi.NewAPIKey(code, "test", nil, w.Now(), time.Time{})
	w.bank = &sim.Bank{Code: code, Secrets: shared[code], APIKey: secret, API: api.URL, Now: w.Now}
	callbacks := httptest.NewServer(w.bank)
	t.Cleanup(callbacks.Close)
	w.write(append(store.PutAPIKey(key), store.PutBank(&store.Bank{Code: code, Callback: callbacks.URL + "/sim/bank/callback"}))...)
	w.notify = notify.New(notify.Config{Store: w.store, Queue: w.queue, Now: w.Now, Logger: log,
		Callback: calls})
	return w
}

func (w *world) write(writes ...store.Write) {
	w.t.Helper()
	if err := w.store.Write(context.Background(), writes...); err != nil {
		w.t.Fatal(err)
	}
}

// call asks for what is the bank's, or for an address from /v1 on, with the
// bank's key, or with the one given.
func (w *world) call(want int, method, path, body string, key ...string) map[string]any {
	w.t.Helper()
	if !strings.HasPrefix(path, "/v1/") {
		path = "/v1/banks/" + code + path
	}
	r, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost && strings.Contains(path, "/files?") {
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	if body == compressed {
		r.Header.Set("Content-Encoding", "gzip")
	}
	r.Header.Set("Authorization", "Bearer "+strings.Join(append(key, w.bank.APIKey)[:1], ""))
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var v map[string]any
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil && want != http.StatusNoContent {
		w.t.Fatal(err)
	}
	if res.StatusCode != want {
		w.t.Errorf("%s %s: %d %v, want %d", method, path, res.StatusCode, v, want)
	}
	return v
}

// compressed is a body that says of itself that it is.
const compressed = `{"compressed":true}`

// tooBig sends more than is taken, and what says that it is compressed.
func (w *world) tooBig(method, path string) {
	w.t.Helper()
	w.call(413, method, path, `"`+strings.Repeat("x", bankapi.MaxBody)+`"`)
	w.call(415, method, path, compressed)
}

func (w *world) post(want int, body []byte) {
	w.t.Helper()
	a, err := w.bank.Post(context.Background(), body)
	if err != nil || a.Status != want {
		w.t.Errorf("%d %s %v, want %d", a.Status, a.Body, err, want)
	}
}

// everyEvent sends the samples, and what brings each other reply.
func (w *world) everyEvent() {
	for _, s := range events.Samples {
		if s.Bank == code && s.File != "0125-good-and-bad.json" {
			w.post(http.StatusAccepted, s.Body())
		}
	}
	w.post(http.StatusBadRequest, []byte(`{`))
	w.post(http.StatusUnprocessableEntity, []byte(`{"events":[{}]}`))
	w.post(http.StatusRequestEntityTooLarge, bytes.Repeat([]byte(" "), wire.MaxBody+1))
	w.bank.HTTP = &http.Client{Transport: packed{}}
	w.post(http.StatusUnsupportedMediaType, events.Samples[0].Body())
	w.bank.HTTP = nil
	w.queue.down = true
	w.post(http.StatusServiceUnavailable, events.Samples[0].Body())
	w.queue.down = false
	junk := []byte(`{"events":[` + strings.TrimSuffix(strings.Repeat("{},", wire.MaxEvents), ",") + `]}`)
	w.Add(time.Minute)
	w.post(http.StatusUnprocessableEntity, junk)
	w.post(http.StatusUnprocessableEntity, junk)
	w.post(http.StatusTooManyRequests, junk)
	w.Add(time.Second)
	w.call(http.StatusUnauthorized, "POST", "/events", "{}")
	w.call(http.StatusMethodNotAllowed, "PUT", "/events", "")
	w.everyOutcome()
}

// everyOutcome asks what became of events.
func (w *world) everyOutcome() {
	w.post(http.StatusUnprocessableEntity, []byte(`{"id":"bad","type":"debit","transaction_id":"bad","account_ref":"acc_8f3k"}`))
	r := w.record("told")
	r.ID = (&watch.Event{Bank: code, AccountRef: account.Ref, TransactionID: "told", Kind: watch.Debit}).RecordID()
	r.Event, r.Notices = "told", []watch.Notice{{Watcher: "w1"}}
	r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1"}, watch.LINE, 0, w.Now(), w.Now())
	twin := w.record("told")
	twin.ID, twin.Past = "twin", true
	r.TwinOf(watch.Twin{Record: twin.ID, At: twin.OccurredAt})
	w.write(store.PutRecord(r), store.PutRecord(twin), store.PutTrace(&store.Trace{Bank: code, Event: "told", Record: r.ID, At: w.Now()}),
		store.PutTrace(&store.Trace{Bank: code, Event: "again", Record: r.ID, At: w.Now()}))
	for _, path := range []string{"?transaction_id=told&account_ref=acc_8f3k", "?transaction_id=bad&account_ref=acc_8f3k", "?transaction_id=x&account_ref=acc_none",
		"/told", "/again", "/bad", "/none?account_ref=acc_8f3k"} {
		w.call(http.StatusOK, "GET", "/events"+path, "")
	}
	w.call(http.StatusNotFound, "GET", "/events/none", "")
	w.call(http.StatusUnprocessableEntity, "GET", "/events", "")
	w.call(http.StatusUnprocessableEntity, "GET", "/events/told?account_ref=.", "")
	w.call(http.StatusUnauthorized, "GET", "/events", "", "wrong")
	w.call(http.StatusUnauthorized, "GET", "/events/told", "", "wrong")
	w.call(http.StatusMethodNotAllowed, "POST", "/events/told", "{}")
	tally := store.NewTallier()
	tally.Conflict(code, "told", w.Now())
	if err := tally.Save(context.Background(), w.store, w.Now()); err != nil {
		w.t.Fatal(err)
	}
}

// everyAccountCall binds the person and leaves a dispute.
func (w *world) everyAccountCall() *watch.Dispute {
	b := w.bind()
	d := w.dispute(b, "t1")
	for _, path := range []string{"/codes", "/nonces"} {
		w.call(401, "POST", path, `{}`, "wrong")
		w.call(422, "POST", path, `{"account_ref":1}`)
		w.tooBig("POST", path)
		w.call(405, "GET", path, "")
	}
	w.call(201, "POST", "/nonces", `{"accounts":[{"account_ref":"acc_8f3k","account_mask":"普通 ***4567","email":"a@example.jp","lang":"en"}]}`)
	w.call(201, "POST", "/codes", `{"account_ref":"acc_9","links":[{"service":"paypay","since":"2019-05-01","route":"web_kouza_furikae"},{"descriptor":"ﾒﾙﾍﾟｲ","since":"2020-05-01T10:00:00+09:00"}],"history_from":"2025-11-01"}`)
	w.everyEnrolment()
	past, one := "/accounts/acc_8f3k/history", `{"id":"p1","type":"debit","transaction_id":"p1","occurred_on":"2025-11-05","amount":5000,"currency":"JPY","descriptor":"PAYPAY"}`
	w.call(202, "POST", past, `{"events":[`+one+`],"from":"2025-11-01T00:00:00+09:00"}`)
	w.call(202, "POST", past, `{"from":"2025-11-01T00:00:00+09:00","events":[`+one+`,{"id":"p2"}]}`)
	w.call(202, "POST", past, `{"from":"2025-11-01T00:00:00+09:00","events":[]}`)
	w.call(400, "POST", past, `[]`)
	w.call(401, "POST", past, `{}`, "wrong")
	w.call(413, "POST", past, strings.Repeat(" ", wire.MaxBody+1))
	w.call(415, "POST", past, compressed)
	w.call(422, "POST", past, `{"events":[{"id":"p2"}]}`)
	w.call(422, "POST", past, `{"events":[],"from":"soon"}`)
	w.call(405, "GET", past, "")
	w.call(200, "GET", "/accounts/acc_8f3k/watchers", "")
	w.call(200, "GET", "/accounts/a~b/watchers", "")
	w.call(200, "GET", "/accounts/acc_8f3k/trail?limit=2", "")
	w.call(200, "GET", "/accounts/acc_8f3k/trail", "")
	w.call(422, "GET", "/accounts/acc_8f3k/trail?limit=0", "")
	w.call(422, "GET", "/accounts/acc_8f3k/trail?cursor=x", "")
	w.call(422, "GET", "/accounts/a%23b/trail", "")
	w.call(401, "GET", "/accounts/acc_8f3k/trail", "", "wrong")
	w.call(422, "GET", "/accounts/a%23b/watchers", "")
	w.call(422, "GET", "/accounts/a%2Fb/watchers", "")
	w.call(401, "GET", "/accounts/acc_8f3k/watchers", "", "wrong")
	w.call(200, "GET", "/health", "")
	w.call(401, "GET", "/health", "", "wrong")
	if feed := w.call(200, "GET", "/feed", ""); len(feed["hours"].([]any)) == 0 || len(feed["last"].([]any)) == 0 {
		w.t.Errorf("the feed tells nothing: %v", feed)
	}
	w.call(422, "GET", "/feed?hours=73", "")
	w.call(401, "GET", "/feed", "", "wrong")
	w.call(200, "GET", "/v1/services", "")
	w.call(200, "GET", "/v1/services", "", "wrong")
	w.call(405, "POST", "/v1/services", "")
	w.everyPage()
	w.call(204, "DELETE", "/accounts/acc_2", "")
	w.members.EraseLook = 1
	w.call(202, "DELETE", "/accounts/acc_2", "")
	w.members.EraseLook = 0
	w.call(422, "DELETE", "/accounts/a%20b", "")
	w.call(401, "DELETE", "/accounts/acc_2", "", "wrong")
	return d
}

// everyEnrolment enrols a customer by mail, twice, and a guardian without an owner.
func (w *world) everyEnrolment() {
	const path = "/mail-enrolments"
	w.call(401, "POST", path, `{}`, "wrong")
	w.call(422, "POST", path, `{"role":"owner","email":"fumi","accounts":[{"account_ref":"acc_9"}]}`)
	w.tooBig("POST", path)
	w.call(409, "POST", path, `{"role":"guardian","email":"mari@example.jp","accounts":[{"account_ref":"acc_none"}]}`)
	w.call(201, "POST", path, `{"role":"owner","email":"wrong@example.jp","lang":"ja","accounts":[{"account_ref":"acc_9"}]}`)
	made := w.call(201, "POST", path, `{"role":"owner","email":"fumi@example.jp","accounts":[{"account_ref":"acc_9","account_mask":"普通 ***4567","links":[{"service":"paypay","since":"2019-05-01"}]}]}`)
	w.call(201, "POST", path, `{"role":"guardian","email":"mari@example.jp","name":"長女","hide_amount":true,"accounts":[{"account_ref":"acc_8f3k"}]}`)
	w.call(200, "GET", path, "")
	w.call(200, "GET", path+"?account_ref=acc_9", "")
	w.call(422, "GET", path+"?account_ref=.", "")
	w.call(401, "GET", path, "", "wrong")
	w.call(401, "DELETE", path+"/x", "", "wrong")
	w.call(405, "PUT", path, "")
	w.call(204, "DELETE", fmt.Sprint(path, "/", made["enrolment_id"]), "")
	w.call(404, "DELETE", fmt.Sprint(path, "/", made["enrolment_id"]), "")
}

// everyRefusedCall asks for what was refused.
func (w *world) everyRefusedCall() {
	list := w.call(200, "GET", "/refused?limit=1", "")
	w.call(200, "GET", fmt.Sprint("/refused?limit=1&cursor=", url.QueryEscape(fmt.Sprint(list["cursor"]))), "")
	w.call(422, "GET", "/refused?cursor=x", "")
	one := fmt.Sprint("/refused/", list["refused"].([]any)[0].(map[string]any)["refused_id"])
	w.call(200, "GET", one, "")
	w.call(200, "POST", one+"/replay", "")
	w.call(404, "GET", "/refused/none", "")
	w.call(404, "POST", "/refused/none/replay", "")
	w.write(store.PutRefused(&store.Refused{ID: "cut", Bank: code, At: w.Now(), Problem: "too long", Raw: "{", Cut: true})...)
	w.call(409, "POST", "/refused/cut/replay", "")
	codes := w.call(200, "GET", "/accounts/acc_9/codes", "")
	id := codes["codes"].([]any)[0].(map[string]any)["code_id"]
	w.call(204, "DELETE", fmt.Sprint("/accounts/acc_9/codes/", id), "")
	w.call(404, "DELETE", "/accounts/acc_9/codes/none", "")
	w.call(422, "DELETE", "/accounts/a%20b/codes/none", "")
	w.call(422, "GET", "/accounts/a%20b/codes", "")
	w.call(200, "GET", "/accounts/acc_2/erasure", "")
	w.call(200, "GET", "/accounts/acc_none/erasure", "")
	w.call(422, "GET", "/accounts/a%20b/erasure", "")
	for _, ref := range []string{"acc_10", "acc_11"} { // two requests under one name
		r, err := http.NewRequest("POST", w.url+"/v1/banks/"+code+"/codes", strings.NewReader(`{"account_ref":"`+ref+`","keep_others":true}`))
		if err != nil {
			w.t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+w.bank.APIKey)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "request-1")
		res, err := http.DefaultClient.Do(r)
		if err != nil || res.StatusCode != map[string]int{"acc_10": 201, "acc_11": 409}[ref] {
			w.t.Error(ref, res, err)
		}
		_ = res.Body.Close()
	}
}

// everyKeyCall asks for keys, and for everything with a key that is for nothing.
func (w *world) everyKeyCall(d *watch.Dispute) {
	w.call(422, "POST", "/keys", `{"scopes":[]}`)
	list := &audit.List{Store: w.store, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}
	if n, err := list.Chain(context.Background(), code); err != nil || n == 0 {
		w.t.Errorf("%d acts: %v", n, err)
	}
	w.call(200, "GET", "/audit?limit=100", "")
	w.call(422, "GET", "/audit?after=x", "")
	w.call(200, "PUT", "/contacts", `{"contacts":[{"phone":"022-000-0000","for":"不正な引き落としの窓口","hours":"平日 9:00-17:00","checked_on":"2026-11-20"},{"phone":"0120-000-000"}]}`)
	w.call(200, "GET", "/contacts", "")
	w.tagged(412, "PUT", "/contacts", `{"contacts":[]}`)
	w.call(422, "PUT", "/contacts", `{"contacts":[{"phone":"#9110"}]}`)
	w.tooBig("PUT", "/contacts")
	w.call(405, "POST", "/contacts", "")
	made := w.call(201, "POST", "/keys", `{"label":"fraud desk","scopes":["disputes","feed"]}`)
	id := fmt.Sprint("/keys/", made["key_id"])
	fresh := w.call(201, "POST", id+"/rotation", "")
	w.call(409, "POST", id+"/rotation", "")
	w.call(200, "GET", "/keys", "")
	w.call(204, "DELETE", id, "", fmt.Sprint(fresh["api_key"]))
	w.call(404, "POST", id+"/rotation", "")
	w.call(404, "DELETE", id, "")
	w.tooBig("POST", "/keys")
	idle, key := bankapi.NewAPIKey(code, "for nothing", []bankapi.Scope{"nothing"}, w.Now(), time.Time{})
	w.write(store.PutAPIKey(key)...)
	for _, route := range bankapi.Routes() {
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer("{bank}", code, "{account_ref}", account.Ref, "{dispute_id}", d.ID, "{event_id}", "e", "{key_id}", fmt.Sprint(fresh["key_id"]), "{code_id}", "c", "{refused_id}", "r", "{enrolment_id}", "e", "{seq}", "1").Replace(path)
		if strings.Contains(route, "{bank}") {
			w.call(403, method, path, "{}", idle)
			w.call(401, method, path, "{}", "wrong")
		}
	}
	for n := 0; n < bankapi.MaxKeys-3; n++ {
		w.call(201, "POST", "/keys", `{"scopes":["feed"],"expires_at":"2027-01-31T00:00:00+09:00"}`)
	}
	w.call(409, "POST", "/keys", `{"scopes":["feed"]}`)
}
