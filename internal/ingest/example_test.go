package ingest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/ingest"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// printed is a queue that prints what it is given.
type printed struct{}

func (printed) Send(_ context.Context, q queue.Name, messages ...queue.Outgoing) error {
	fmt.Printf("%d message for the %s queue, of bank %s\n", len(messages), q, messages[0].Group)
	return nil
}

// forgetful is a store that keeps nothing.
type forgetful struct{}

func (forgetful) Write(context.Context, ...store.Write) error       { return nil }
func (forgetful) Feed(context.Context, string) (*store.Feed, error) { return &store.Feed{}, nil }

// One request of a bank: an event that is taken, and one that costs only
// itself. The answer comes after what was taken is in the queue.
func ExampleHandler() {
	secret := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	mux := http.NewServeMux()
	mux.Handle("POST /v1/banks/{bank}/events", ingest.New(ingest.Config{
		Secrets: secrets{"0125": {secret}}, Queue: printed{}, Store: forgetful{},
		Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler),
	}))

	body := `{"events": [
		{"id": "e1", "type": "debit", "transaction_id": "t1", "account_ref": "acc_8f3k", "occurred_at": "2026-11-24T11:59:00+09:00",
		 "amount": 30000, "currency": "JPY", "descriptor": "PAYPAY", "status": "posted"},
		{"id": "e2", "type": "debit", "transaction_id": "t2", "account_ref": "acc_8f3k", "occurred_at": "yesterday",
		 "amount": 1, "currency": "JPY", "descriptor": "PAYPAY", "status": "posted"}]}`
	webhook, err := webhooks.NewWebhook(secret)
	if err != nil {
		fmt.Println(err)
		return
	}
	signature, err := webhook.Sign("msg_1", now, []byte(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodPost, "/v1/banks/0125/events", strings.NewReader(body))
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", fmt.Sprint(now.Unix()))
	r.Header.Set("webhook-signature", signature)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output:
	// 1 message for the events queue, of bank 0125
	// 202 {"accepted":1,"rejected":[{"index":1,"id":"e2","field":"occurred_at","problem":"must be an RFC 3339 time with a zone, 2006-01-02T15:04:05+09:00","code":"bad_time","problems":[{"field":"occurred_at","problem":"must be an RFC 3339 time with a zone, 2006-01-02T15:04:05+09:00","code":"bad_time"}]}]}
}
