package bankapi_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/ingest"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
)

// signing is the webhook secret of every bank.
type signing string

func (s signing) WebhookSecrets(context.Context, string) ([]string, error) {
	return []string{string(s)}, nil
}

// bankSends gives a function that signs a batch, sends it through ingest and
// lets detect work.
func (w *world) bankSends() func(bank string, want int, events ...string) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	secret := signing("whsec_" + base64.StdEncoding.EncodeToString(raw))
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: secret, Queue: w.queue, Store: w.store, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}))
	n := 0
	return func(bank string, want int, events ...string) {
		w.t.Helper()
		n++
		body := `{"events":[` + strings.Join(events, ",") + `]}`
		r := httptest.NewRequest(http.MethodPost, "/v1/banks/"+bank+"/events", strings.NewReader(body))
		wh, err := webhooks.NewWebhook(string(secret))
		if err != nil {
			w.t.Fatal(err)
		}
		id := "msg_" + strconv.Itoa(n)
		sig, err := wh.Sign(id, w.Now(), []byte(body))
		if err != nil {
			w.t.Fatal(err)
		}
		r.Header.Set(webhooks.HeaderWebhookID, id)
		r.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(w.Now().Unix(), 10))
		r.Header.Set(webhooks.HeaderWebhookSignature, sig)
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, r)
		if rec.Code != want {
			w.t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		w.detect()
	}
}

// said makes an event; more are members that take the place of others.
func (w *world) said(id, kind, txn, ref string, ago time.Duration, yen int, more string) string {
	amount := ""
	if yen != 0 {
		amount = fmt.Sprintf(`,"amount":%d,"currency":"JPY"`, yen)
	}
	if kind == "debit" && !strings.Contains(more, "descriptor") {
		more += `,"descriptor":"PAYPAY"`
	}
	return fmt.Sprintf(`{"id":%q,"type":%q,"transaction_id":%q,"account_ref":%q,"occurred_at":%q%s%s}`, id, kind, txn, ref, w.Now().Add(-ago).Format(time.RFC3339), amount, more)
}

// outcomes are the events of a reply, in short.
func outcomes(v map[string]any) string {
	var out []string
	list, _ := v["events"].([]any)
	for _, e := range list {
		m := e.(map[string]any)
		s := fmt.Sprintf("%v %v", m["id"], m["outcome"])
		if m["conflict"] == true {
			s += " conflict"
		}
		out = append(out, s)
	}
	if v["outcome"] != nil {
		out = append(out, fmt.Sprint(v["outcome"]))
	}
	return strings.Join(out, ", ")
}

func TestABankIsToldWhatBecameOfItsEvents(t *testing.T) {
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		w.bound()
		send := w.bankSends()
		const ref = "acc_8f3k"
		day := 24 * time.Hour
		w.Add(10 * day) // some time after binding
		send(ours, http.StatusAccepted,
			w.said("e1", "debit", "t1", ref, time.Minute, 3000, ""),
			w.said("e2", "debit", "t1", ref, time.Minute, 3000, ""), // says nothing new
			w.said("e3", "debit.reversed", "t1", ref, 0, 1000, ""),
			w.said("e4", "debit", "t2", ref, 8*day, 700, ""), // too late to be news
			w.said("e5", "debit", "t3", ref, time.Minute, 700, `,"descriptor":"ｶ)ﾁﾖｺﾚｰﾄ"`),
			w.said("e6", "debit", "t4", "acc_nobody", time.Minute, 700, ""),
			w.said("e7", "debit", "t5", ref, time.Minute, -5, ""), // refused
			w.said("e8", "charge_link.registered", "t1", ref, time.Minute, 0, `,"service":"paypay"`),
			w.said("e9", "debit", "seq1", ref, 2*day, 400, ""),
			w.said("e10", "debit", "seq1", ref, day, 400, ""),
			w.said("e11", "debit", "p1", ref, day, 900, `,"status":"pending"`),
			w.said("e12", "debit", "t6", ref, time.Minute, 950, `,"replaces":"p1"`))
		send(ours, http.StatusAccepted, w.said("e1", "debit", "t1", ref, time.Minute, 3000, "")) // once more, as it was
		w.taken()
		send(ours, http.StatusUnprocessableEntity, w.said("e7", "debit", "t5", ref, time.Minute, -6, ""))
		send(theirs, http.StatusUnprocessableEntity, w.said("e7", "debit", "t5", ref, time.Minute, -7, ""))
		for path, want := range map[string]string{
			"/e1":                                   "e1 alerted",
			"/e2":                                   "e2 known",
			"/e3":                                   "e3 alerted",
			"/e4":                                   "e4 history",
			"/e5?account_ref=" + ref:                "not_recorded",
			"/e6?account_ref=acc_nobody":            "no_watcher",
			"/e7":                                   "e7 refused, e7 refused",
			"/e7?account_ref=acc_other":             "no_watcher",
			"/e8":                                   "e8 alerted",
			"/e9":                                   "e9 alerted conflict",
			"/e10":                                  "e10 alerted conflict",
			"/e11":                                  "e11 alerted",
			"/e12":                                  "e12 alerted",
			"/e12?account_ref=" + ref:               "e12 alerted",
			"/e12?account_ref=acc_nobody":           "no_watcher",
			"?transaction_id=t1&account_ref=" + ref: "e1 alerted, e3 alerted, e8 alerted",
			"?transaction_id=t2&account_ref=" + ref: "e4 history",
			"?transaction_id=t3&account_ref=" + ref: "not_recorded",
			"?transaction_id=t4&account_ref=acc_nobody":      "no_watcher",
			"?transaction_id=t5&account_ref=" + ref:          "e7 refused, e7 refused",
			"?transaction_id=seq1&account_ref=" + ref:        "e10 alerted conflict, e9 alerted conflict",
			"?transaction_id=p1&account_ref=" + ref:          "e11 alerted, e12 alerted",
			"?transaction_id=t6&account_ref=" + ref:          "e11 alerted, e12 alerted",
			"?transaction_id=t1&account_ref=acc_8f3k_nobody": "no_watcher",
		} {
			status, v := w.call(w.key, "GET", "/v1/banks/0168/events"+path, "")
			if got := outcomes(v); status != http.StatusOK || got != want {
				t.Errorf("%s: %d %q, want %q", path, status, got, want)
			}
		}
		for _, path := range []string{"/e5", "/e6", "/none"} {
			if status, v := w.call(w.key, "GET", "/v1/banks/0168/events"+path, ""); status != http.StatusNotFound {
				t.Errorf("%s, of which nothing is known: %d %v", path, status, v)
			}
		}
		for path, field := range map[string]string{"": "account_ref", "?account_ref=" + ref: "transaction_id", "?account_ref=a%2Fb&transaction_id=t": "account_ref",
			"?account_ref=" + ref + "&transaction_id=" + strings.Repeat("t", 129): "transaction_id", "/e1?ref=x": "ref", "/e1?account_ref=a%20b": "account_ref"} {
			if status, v := w.call(w.key, "GET", "/v1/banks/0168/events"+path, ""); status != http.StatusUnprocessableEntity || v["field"] != field {
				t.Errorf("%s: %d %v", path, status, v)
			}
		}
		// An engineer who holds no account_ref is told of the other way.
		if status, v := w.call(w.key, "GET", "/v1/banks/0168/events?transaction_id=t1", ""); status != http.StatusUnprocessableEntity ||
			v["field"] != "account_ref" || !strings.Contains(v["reason"].(string), "is missing") || !strings.Contains(v["reason"].(string), "/events/{event_id}") {
			t.Errorf("a transaction without its account: %d %v", status, v)
		}
		// Another bank finds what is its own.
		if status, v := w.call(w.other, "GET", "/v1/banks/0125/events/e7", ""); status != 200 || outcomes(v) != "e7 refused" {
			t.Errorf("another bank's e7: %d %v", status, v)
		}
		if status, v := w.call(w.other, "GET", "/v1/banks/0125/events/e1", ""); status != 404 {
			t.Errorf("our e1 at another bank: %d %v", status, v)
		}
		_, v := w.call(w.key, "GET", "/v1/banks/0168/events/e7", "")
		first := v["events"].([]any)[0].(map[string]any)
		if diff := cmp.Diff(map[string]any{"id": "e7", "outcome": "refused", "transaction_id": "t5", "account_ref": ref, "received_at": "2026-12-04T03:01:00Z",
			"refused": map[string]any{"field": "amount", "problem": "must be from 1 to 10^12 yen", "code": "out_of_range"}}, first); diff != "" {
			t.Error(diff)
		}
		// The bank reads that its ids repeat, and how often it was refused.
		_, v = w.call(w.key, "GET", "/v1/banks/0168/health", "")
		if diff := cmp.Diff([]any{map[string]any{"day": "2026-12-04", "refused": 2.0, "conflicts": 1.0,
			"latest_conflict": map[string]any{"event_id": "e10", "received_at": "2026-12-04T03:01:00Z"}}}, v["days"]); diff != "" {
			t.Error(diff)
		}
		w.Add(store.TallyDays * day)
		if _, v = w.call(w.key, "GET", "/v1/banks/0168/health", ""); len(v["days"].([]any)) != 0 {
			t.Errorf("a week later: %v", v)
		}
		// Of an erased account nothing leads to its events.
		if status, _ := w.call(w.key, "DELETE", "/v1/banks/0168/accounts/acc_8f3k", ""); status != http.StatusNoContent {
			t.Fatalf("erased: %d", status)
		}
		for _, path := range []string{"/e1", "/e2", "/e7", "/e10", "/e12"} {
			if status, v := w.call(w.key, "GET", "/v1/banks/0168/events"+path, ""); status != http.StatusNotFound {
				t.Errorf("%s of an erased account: %d %v", path, status, v)
			}
		}
	})
}

// However a bank uses the ids of its events, they make no item that all of them
// must write, and the bank is told of several.
func TestEventsOfOneIDAreToldApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	send := w.bankSends()
	for i := range 5 {
		send(ours, http.StatusAccepted, w.said("same", "debit", fmt.Sprint("t", i), "acc_8f3k", 0, 100+i, ""))
	}
	w.taken()
	_, v := w.call(w.key, "GET", "/v1/banks/0168/events/same", "")
	if got := outcomes(v); got != strings.Repeat("same alerted, ", 4)+"same alerted" {
		t.Error(got)
	}
	// Stages of one debit under one id are all told.
	send(ours, http.StatusAccepted, w.said("stages", "debit", "s", "acc_8f3k", time.Minute, 100, `,"status":"pending"`))
	send(ours, http.StatusAccepted, w.said("stages", "debit", "s", "acc_8f3k", 0, 3000, ""))
	send(ours, http.StatusAccepted, w.said("stages", "debit.reversed", "s", "acc_8f3k", 0, 500, ""))
	send(ours, http.StatusAccepted, w.said("stages", "debit", "s", "acc_8f3k", 0, 3000, "")) // nothing new
	w.taken()
	_, v = w.call(w.key, "GET", "/v1/banks/0168/events/stages", "")
	if got := outcomes(v); got != "stages alerted, stages alerted, stages alerted" {
		t.Error(got)
	}
	keys := map[store.Key]bool{}
	for i := range 3 {
		keys[store.PutTrace(&store.Trace{Bank: ours, Event: "same", Record: fmt.Sprint(i)}).Item.Key] = true
	}
	if len(keys) != 3 {
		t.Errorf("%d items of three records", len(keys))
	}
}

// What an event that the bank sends again costs: no write but the counts of the
// feed, once a minute, and one more if it has another id.
func TestAnEventThatSaysNothingNewIsTracedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	send := w.bankSends()
	send(ours, http.StatusAccepted, w.said("a", "debit", "t", "acc_8f3k", 0, 100, ""))
	stored := func() map[string]string {
		all := w.everything()
		maps.DeleteFunc(all, func(k, _ string) bool { return strings.Contains(k, "items N#"+ours+"#") })
		return all
	}
	before := stored()
	send(ours, http.StatusAccepted, w.said("a", "debit", "t", "acc_8f3k", 0, 100, ""))
	if diff := cmp.Diff(before, stored()); diff != "" {
		t.Errorf("the same again is written:\n%s", diff)
	}
	send(ours, http.StatusAccepted, w.said("b", "debit", "t", "acc_8f3k", 0, 100, ""))
	if got, err := w.store.Traced(t.Context(), ours, "b"); err != nil || len(got) != 1 {
		t.Errorf("another id: %v, %v", got, err)
	}
}
