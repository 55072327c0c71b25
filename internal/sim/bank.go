package sim

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// BankFault is a way in which a bank refuses a callback.
type BankFault string

// The faults.
const (
	BankDown    BankFault = "503"
	BankRefuses BankFault = "401"
	BankHangs   BankFault = "timeout"
	BankDropped BankFault = "accept-then-drop" // the callback is taken, the answer never comes
)

// Callback is a callback that the bank took, with our signature right.
type Callback struct {
	ID   string          `json:"id"` // webhook-id
	At   time.Time       `json:"at"`
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
	// Again is how often it came once more since this process began.
	Again int `json:"again,omitempty"`
}

// BankDispute is a dispute as the bank has it in its books.
type BankDispute struct {
	DisputeID   string          `json:"dispute_id"`
	Reference   string          `json:"reference"`
	AccountRef  string          `json:"account_ref"`
	Transaction string          `json:"transaction_id"`
	Amount      int64           `json:"amount,omitempty"`
	Status      string          `json:"status"`
	Text        string          `json:"text,omitempty"`
	Seq         int             `json:"seq"` // of the latest change that we told
	At          time.Time       `json:"at"`  // when that came in
	Signed      bool            `json:"signed"`
	Last        json.RawMessage `json:"last"` // its callback as it came in
}

// Bank is a bank: it signs and posts events, takes callbacks and asks the
// bank API, all over HTTP. As a handler it serves
//
//	POST /sim/bank/callback                      what Kozamori calls
//	GET  /sim/bank/disputes                      its books
//	GET  /sim/bank/callbacks                     each callback taken
//	POST /sim/bank/fail?fault=503&n=3            refuse the next ones
//	POST /sim/bank/events                        sign the body and post it
//	POST /sim/bank/codes                         ask for a code
//	GET  /sim/bank/login?linkToken=              the page from which a customer connects accounts
//	POST /sim/bank/disputes/{dispute_id}/status  tell how far a dispute is
//	GET  /sim/bank/controls                      what customers asked it to stop
//	POST /sim/bank/controls/{control_id}/state   answer that
type Bank struct {
	Code    string
	Secrets []string // whsec_…: the first signs, all verify
	APIKey  string
	API     string // where Kozamori listens, "http://127.0.0.1:8000"
	HTTP    *http.Client
	Now     func() time.Time
	// Name, Accounts and Dialog, the address of LINE's account-link dialog,
	// are those of its login page.
	Name     string
	Accounts []BankAccount
	Dialog   string
	// Changed is called after each callback and status, if it is set.
	Changed func()

	mu         sync.Mutex
	told       []string
	callbacks  []Callback
	disputes   []*BankDispute
	controls   []*BankControl
	faults     []BankFault
	down       BankFault
	attempts   int
	violations []string
	history    []bankEntry
	journal    *journal
}

// Tell gives the bank new secrets, which replace Secrets.
func (b *Bank) Tell(secrets []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = secrets
}

func (b *Bank) secrets() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.told != nil {
		return b.told
	}
	return b.Secrets
}

// Key is the API key that the bank has.
func (b *Bank) Key() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.APIKey
}

// SetKey gives the bank another API key.
func (b *Bank) SetKey(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.APIKey = key
}

// Fail makes the bank refuse the next n callbacks.
func (b *Bank) Fail(n int, f BankFault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, slices.Repeat([]BankFault{f}, n)...)
}

// Down makes the bank refuse every callback; the empty fault ends it.
func (b *Bank) Down(f BankFault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = f
}

// Callbacks lists what was taken, oldest first, each once.
func (b *Bank) Callbacks() []Callback {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Callback{}, b.callbacks...)
}

// Disputes lists the bank's books, oldest first.
func (b *Bank) Disputes() []BankDispute {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []BankDispute{}
	for _, d := range b.disputes {
		out = append(out, *d)
	}
	return out
}

// Attempts is how many callbacks came in, refused and repeated ones included.
func (b *Bank) Attempts() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.attempts
}

// Violations lists what a caller did wrong: a signature that does not fit, a
// second body under a used id, changes out of order.
func (b *Bank) Violations() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.violations...)
}

// Answer is what Kozamori said to a request.
type Answer struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body,omitempty"`
}

// Post signs a body of events and posts it under a new webhook-id.
func (b *Bank) Post(ctx context.Context, body []byte) (Answer, error) {
	return b.PostAs(ctx, "msg_"+rand.Text(), body)
}

// PostAs is Post under a given webhook-id, as a bank does that tries again.
func (b *Bank) PostAs(ctx context.Context, id string, body []byte) (Answer, error) {
	wh, err := webhooks.NewWebhook(b.secrets()[0])
	if err != nil {
		return Answer{}, fmt.Errorf("sim: the bank's secret is not base64: %w", err)
	}
	now := b.Now()
	sig, err := wh.Sign(id, now, body)
	if err != nil {
		return Answer{}, err
	}
	return b.post(ctx, "events", body, http.Header{
		webhooks.HeaderWebhookID:        {id},
		webhooks.HeaderWebhookTimestamp: {strconv.FormatInt(now.Unix(), 10)},
		webhooks.HeaderWebhookSignature: {sig},
	})
}

// IssueCode asks for a code; the body is the API's.
func (b *Bank) IssueCode(ctx context.Context, body []byte) (Answer, error) {
	return b.post(ctx, "codes", body, nil)
}

// SetStatus tells how far the bank is with a dispute, and writes it into its
// books if Kozamori took it.
func (b *Bank) SetStatus(ctx context.Context, disputeID, status, text string) (Answer, error) {
	body, err := json.Marshal(map[string]string{"status": status, "text": text})
	if err != nil {
		return Answer{}, err
	}
	a, err := b.post(ctx, "disputes/"+url.PathEscape(disputeID)+"/status", body, nil)
	if err != nil || a.Status != http.StatusOK {
		return a, err
	}
	b.mu.Lock()
	b.enter(bankEntry{Dispute: disputeID, Status: status, Text: text})
	b.mu.Unlock()
	b.changed()
	return a, nil
}

func (b *Bank) post(ctx context.Context, path string, body []byte, header http.Header) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.API+"/v1/banks/"+b.Code+"/"+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	req.Header = http.Header{"Content-Type": {"application/json"}}
	for k, v := range header {
		req.Header.Set(k, v[0])
	}
	if header == nil {
		req.Header.Set("Authorization", "Bearer "+b.Key())
	}
	client := b.HTTP
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	res, err := client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && len(raw) > 0 && !json.Valid(raw) {
		err = fmt.Errorf("sim: %s %s answered %d with something else than JSON", http.MethodPost, path, res.StatusCode)
	}
	return Answer{Status: res.StatusCode, Body: raw}, err
}

func (b *Bank) changed() {
	if b.Changed != nil {
		b.Changed()
	}
}

// dispute finds one in the books. The caller holds the lock.
func (b *Bank) dispute(id string) *BankDispute {
	for _, d := range b.disputes {
		if d.DisputeID == id {
			return d
		}
	}
	return nil
}
