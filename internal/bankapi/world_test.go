package bankapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/bankapi"
	"kozamori/internal/callback"
	"kozamori/internal/catalog"
	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/ingest"
	"kozamori/internal/inquiry"
	"kozamori/internal/intake"
	"kozamori/internal/membership"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

const (
	ours   = "0168"
	theirs = "0125"
	person = "U000000000000000000000000000a11ce"
)

var account = watch.AccountKey{Bank: ours, Ref: "acc_8f3k"}

type world struct {
	*worldtest.Clock
	t         *testing.T
	file      string // of the store
	table     *worldtest.Asked
	store     *store.Store
	queue     *qembedded.Queue
	members   *membership.Service
	disputes  *dispute.Service
	controls  *control.Service
	inquiries *inquiry.Service
	api       *bankapi.Handler
	log       *bytes.Buffer
	key       string           // of ours
	other     string           // of theirs
	expired   string           // of ours, over
	endpoint  http.HandlerFunc // of ours, which callbacks go to
}

// shared is the secret that each bank shares with us.
type shared struct{}

func (shared) WebhookSecrets(context.Context, string) ([]string, error) { return []string{secret}, nil }

var secret = "whsec_" + strings.Repeat("A", 43) + "="

func newWorld(t *testing.T) *world { t.Helper(); return newWorldOn(t, tabletest.Embedded) }

func newWorldOn(t *testing.T, kind tabletest.Kind) *world {
	t.Helper()
	w := &world{t: t, Clock: worldtest.NewClock(worldtest.Start), log: &bytes.Buffer{}}
	if kind == tabletest.Embedded {
		w.file = filepath.Join(t.TempDir(), "store")
		w.table = &worldtest.Asked{Table: worldtest.TableIn(t, w.file, w.Now)}
	} else {
		w.table = &worldtest.Asked{Table: tabletest.On(t, kind, w.Now)}
	}
	q := worldtest.Queue(t, qembedded.Options{Now: w.Now})
	keys := worldtest.Keys(t)
	log := slog.New(slog.NewTextHandler(w.log, nil))
	w.store, w.queue = store.New(w.table), q
	w.members = &membership.Service{Store: w.store, Keys: keys, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}
	w.disputes = &dispute.Service{Store: w.store, Queue: q, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}
	w.controls = &control.Service{Store: w.store, Queue: q, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}
	w.inquiries = &inquiry.Service{Store: w.store, Queue: q, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}
	w.api = bankapi.New(bankapi.Config{Mails: true, Store: w.store, Membership: w.members, Disputes: w.disputes, Controls: w.controls, Inquiries: w.inquiries, Services: catalog.Services, Queue: q, Replay: func(ctx context.Context, r *store.Refused) (int, []wire.Rejected, error) {
		got, err := ingest.Replay(ctx, q, w.store, r, w.Now())
		return got.Accepted, got.Rejected, err
	}, Take: func(ctx context.Context, bank string, file intake.Upload) (*store.File, bool, error) {
		return ingest.New(ingest.Config{Queue: q, Store: w.store, Files: w.store, Now: w.Now, Logger: log}).File(ctx, bank, file)
	}, Ping: (&callback.Signed{Store: w.store, Secrets: shared{}, Inside: true, Now: w.Now}).Ping, Texts: app.ReadyTexts, LineID: "@kozamori", Now: w.Now, Logger: log})
	endpoint := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.endpoint(rw, r) }))
	t.Cleanup(endpoint.Close)
	w.endpoint = func(http.ResponseWriter, *http.Request) {}
	w.write(store.PutBank(&store.Bank{Code: ours, Name: "中国銀行", Callback: endpoint.URL}))
	w.key, w.other, w.expired = w.newKey(ours, time.Time{}), w.newKey(theirs, time.Time{}), w.newKey(ours, w.Now().Add(time.Minute))
	w.Add(time.Minute)
	return w
}

func (w *world) newKey(bank string, expires time.Time, scopes ...bankapi.Scope) string {
	w.t.Helper()
	secret, key := bankapi.NewAPIKey(bank, "test", scopes, w.Now(), expires)
	w.write(store.PutAPIKey(key)...)
	return secret
}

// last is a key of ours as it is stored now.
func (w *world) last(secret string) *store.APIKey {
	w.t.Helper()
	keys, err := store.Collect(w.store.APIKeys(context.Background(), ours))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, k := range keys {
		if k.Hash == bankapi.HashKey(secret) {
			return k
		}
	}
	w.t.Fatal("there is no such key")
	return nil
}

// everything is all that is stored, but what only says that it was asked for.
func (w *world) everything() map[string]string {
	w.t.Helper()
	all := worldtest.Everything(w.t, w.file)
	maps.DeleteFunc(all, func(k, _ string) bool { return strings.Contains(k, "ACT#") })
	return all
}

func (w *world) write(writes ...store.Write) {
	w.t.Helper()
	if err := w.store.Write(context.Background(), writes...); err != nil {
		w.t.Fatal(err)
	}
}

// call makes a request with a key (empty: none) and reads the answer.
func (w *world) call(key, method, path, body string) (int, map[string]any) {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	var v map[string]any
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil {
			w.t.Fatalf("%s %s: body is no JSON object: %v", method, path, err)
		}
	}
	if kind := rec.Header().Get("Content-Type"); rec.Code >= 400 && kind != "application/problem+json" {
		w.t.Errorf("%s %s: %d comes as %q", method, path, rec.Code, kind)
	}
	if rec.Header().Get("Cache-Control") != "no-store" {
		w.t.Errorf("%s %s may be stored on the way", method, path)
	}
	return rec.Code, v
}

// bound binds the person by a code of the API.
func (w *world) bound() membership.Bound {
	w.t.Helper()
	status, v := w.call(w.key, "POST", "/v1/banks/0168/codes", `{"account_ref":"acc_8f3k","email":"a@example.jp"}`)
	if status != http.StatusCreated {
		w.t.Fatalf("a code: %d %v", status, v)
	}
	b, err := w.members.Redeem(context.Background(), person, v["code"].(string), watch.Japanese)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// disputed makes a record and has the person dispute it.
func (w *world) disputed(b membership.Bound, txn string) *watch.Dispute {
	w.t.Helper()
	r := &watch.Record{ID: watch.Derive("r", txn), OnAccount: watch.On(account), Kind: watch.Debit, Txn: txn, Amount: 100000, Descriptor: "ﾄﾞｺﾓｺｳｻﾞ",
		Service: "dbarai", OccurredAt: w.Now(), ReceivedAt: w.Now(), RecordedAt: w.Now(), Complete: true}
	w.write(store.PutRecord(r))
	res, err := w.disputes.Answer(context.Background(), r.ID, dispute.Answerer{Watcher: b.Watcher.ID}, watch.NotMine, watch.ViaLINE)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Dispute
}
