// Command talk is a bank's program on the client that oapi-codegen writes of the
// description: it sends a debit, asks what became of it, and issues a code.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"clients/bank"
)

func main() {
	if err := talk(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func talk(ctx context.Context) error {
	code := os.Getenv("KOZAMORI_BANK")
	withKey := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+os.Getenv("KOZAMORI_BANK_KEY"))
		return nil
	}
	api, err := bank.NewClientWithResponses(os.Getenv("KOZAMORI_URL"), bank.WithRequestEditorFn(withKey))
	if err != nil {
		return err
	}
	when, account := time.Now(), "acc_8f3k"
	var body bank.SendEventsJSONRequestBody
	event := bank.DebitEvent{Id: "evt_go", Type: "debit", TransactionId: "txn_go", AccountRef: account, OccurredAt: &when, Amount: 30000, Currency: "JPY", Descriptor: "ﾄﾞｺﾓｺｳｻﾞ"}
	if err := body.FromDebitEvent(event); err != nil {
		return err
	}
	sent, err := api.SendEventsWithResponse(ctx, code, &bank.SendEventsParams{WebhookId: "msg_go", WebhookTimestamp: int(when.Unix())}, body, sign)
	if err != nil || sent.JSON202 == nil || sent.JSON202.Accepted != 1 {
		return fmt.Errorf("events: %v %s", err, sent.Body)
	}
	for end := when.Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		became, err := api.ReadTransactionWithResponse(ctx, code, &bank.ReadTransactionParams{TransactionId: "txn_go", AccountRef: account})
		if err != nil || became.JSON200 == nil {
			return fmt.Errorf("transaction: %v %s", err, became.Body)
		}
		if e := became.JSON200.Events; len(e) == 1 && e[0].Outcome == "alerted" { // the message was taken
			fmt.Println(e[0].Outcome)
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("nothing became of the debit: %s", became.Body)
		}
	}
	issued, err := api.IssueCodeWithResponse(ctx, code, nil, bank.CodeRequest{AccountRef: "acc_go"})
	if err != nil || issued.JSON201 == nil {
		return fmt.Errorf("code: %v %s", err, issued.Body)
	}
	fmt.Println(len(issued.JSON201.Code))
	refused, err := api.IssueCodeWithResponse(ctx, code, nil, bank.CodeRequest{AccountRef: ".."})
	if err != nil || refused.ApplicationproblemJSON422 == nil {
		return fmt.Errorf("a code for nothing: %v %s", err, refused.Body)
	}
	fmt.Println(refused.ApplicationproblemJSON422.Code)
	return nil
}

// sign signs the bytes that are sent.
func sign(_ context.Context, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("KOZAMORI_BANK_SECRET"), "whsec_"))
	if err != nil {
		return err
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("webhook-id"), now, body)
	r.Header.Set("webhook-timestamp", now)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return nil
}
