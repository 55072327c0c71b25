package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/store/dynamo"
)

// meter counts what AWS would bill.
type meter struct {
	mu    sync.Mutex
	calls map[string]int
	units map[string]float64
	chunk int // 64 KB each, by which SQS bills
}

func (m *meter) dynamo(operation string, units float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[operation]++
	m.units[operation] += units
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	res, err := http.DefaultTransport.RoundTrip(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	if operation != "GetQueueAttributes" {
		m.calls[operation]++
		m.chunk += 1 + len(body)/(64<<10)
	}
	return res, err
}

func (m *meter) reset() { m.calls, m.units, m.chunk = map[string]int{}, map[string]float64{}, 0 }

func (m *meter) read() float64 { return m.units["BatchGetItem"] + m.units["Query"] }
func (m *meter) write() float64 {
	return m.units["TransactWriteItems"] + m.units["PutItem"] + m.units["UpdateItem"]
}

func (m *meter) table() int {
	return m.calls["BatchGetItem"] + m.calls["Query"] + m.calls["TransactWriteItems"] + m.calls["PutItem"] + m.calls["UpdateItem"]
}

// Prices in dollars a million, list prices of us-east-1 as of November 2025
// (Tokyo is 10 to 25 % dearer), free tiers left out: DynamoDB on demand,
// SQS standard with message groups, HTTP API, Lambda on arm64 (request, and
// GB-second).
const (
	priceRead, priceWrite       = 0.125, 0.625
	priceQueue, priceDoor       = 0.50, 1.00
	priceInvoke, priceGBSeconds = 0.20, 13.3334
)

// TestWhatEventsCost measures the calls and capacity units of a million events
// on stand-ins for DynamoDB and SQS, which count as AWS does.
func TestWhatEventsCost(t *testing.T) {
	ctx := context.Background()
	m := &meter{}
	m.reset()
	const accounts = 300
	w := newAWS(t, accounts, 3*time.Minute, func(c *dynamo.Config) { c.Consumed = m.dynamo }, func(c *sqs.Config) { c.HTTP = &http.Client{Transport: m} })
	now := time.Now().Truncate(time.Second)
	// post sends n events, a hundred to a request, and lets them run through.
	post := func(n int, account, descriptor string) (posts, invocations int) {
		t.Helper()
		for i := 0; i < n; {
			var events []string
			for ; len(events) < 100 && i < n; i++ {
				at := i
				if account == "watched" {
					at %= accounts
				}
				events = append(events, fmt.Sprintf(`{"id":"e_%s","type":"debit","transaction_id":%q,"account_ref":%q,"occurred_at":%q,"amount":1200,"currency":"JPY","descriptor":%q}`,
					rand.Text(), rand.Text(), fmt.Sprintf("%s_%d", account, at), now.Format(time.RFC3339), descriptor))
			}
			if a, err := w.bank.Post(ctx, []byte(`{"events":[`+strings.Join(events, ",")+`]}`)); err != nil || a.Status != http.StatusAccepted {
				t.Fatal(a.Status, err)
			}
			posts++
		}
		for _, name := range []queue.Name{queue.Events, queue.LINE} {
			for {
				msgs, err := w.queue.Receive(ctx, name, 10, 0)
				if err != nil {
					t.Fatal(err)
				}
				if len(msgs) == 0 {
					break
				}
				queue.Settle(ctx, w.queue, name, msgs, w.stages[name], slog.New(slog.DiscardHandler))
				invocations++
			}
		}
		return posts, invocations
	}
	bill := func(what string, n int, account, descriptor string) (dollars float64, calls int) {
		m.reset()
		posts, invocations := post(n, account, descriptor)
		per := 1000 / float64(n)
		messages := m.chunk
		// 10 ms of 256 MB for an invocation, generously; see the stood-up runs.
		gb := float64(posts+invocations) * 0.25 * 0.010
		dollars = (m.read()*priceRead + m.write()*priceWrite + float64(messages)*priceQueue + float64(posts)*priceDoor +
			float64(posts+invocations)*priceInvoke + gb*priceGBSeconds) / float64(n)
		t.Logf("per 1,000 %s events: %.1f DynamoDB calls (%.0f RRU, %.0f WRU), %.1f SQS requests, %.1f invocations: $%.2f a million",
			what, float64(m.table())*per, m.read()*per, m.write()*per, float64(messages)*per, float64(posts+invocations)*per, dollars)
		return dollars, int(float64(m.table()) * per)
	}
	post(1, "nobody", "ｷﾕｳﾖ") // whatever is done once a minute
	plain, calls := bill("irrelevant (nobody watches the account, no service)", 1000, "nobody", "ﾃﾞﾝｷﾀﾞｲ")
	if calls > 20 {
		t.Errorf("%d DynamoDB calls for 1,000 irrelevant events, aim 20", calls)
	}
	bill("service, unwatched", 1000, "nobody", "ﾄﾞｺﾓｺｳｻﾞ")
	bill("watched, no service", 1000, "watched", "ﾃﾞﾝｷﾀﾞｲ")
	bill("first alerting", accounts, "watched", "ﾄﾞｺﾓｺｳｻﾞ")
	alert, _ := bill("later alerting", accounts, "watched", "ﾄﾞｺﾓｺｳｻﾞ")
	t.Logf("a million events, 5 %% alerting, 100 to a request: $%.2f without delivery fees", plain*0.95+alert*0.05)
	if n := w.line.Accepted(); n != 2*accounts {
		t.Errorf("LINE took %d messages, want %d", n, 2*accounts)
	}
}
