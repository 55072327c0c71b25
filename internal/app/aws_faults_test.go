package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/store/dynamo"
)

// storm is a bad day between us and AWS: of the calls some are throttled, some
// meet other transactions, some fail for some of their entries, and some are
// done but their answer is lost.
type storm struct {
	mu   sync.Mutex
	dice *rand.Rand
	hits map[string]int
}

func (s *storm) roll(what string, percent int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dice.IntN(100) >= percent {
		return false
	}
	s.hits[what]++
	return true
}

func says(status int, v any) *http.Response {
	b, _ := json.Marshal(v)
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(bytes.NewReader(b))}
}

// lost is what a dead connection looks like.
type lost struct{ error }

func (lost) Timeout() bool   { return true }
func (lost) Temporary() bool { return true }

func (s *storm) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case s.roll("throttled", 8):
		return says(400, map[string]string{"__type": "ThrottlingException", "message": "by the test"}), nil
	case operation == "TransactWriteItems" && s.roll("conflict", 15):
		return says(400, map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "message": "by the test",
			"CancellationReasons": []map[string]string{{"Code": "TransactionConflict"}, {"Code": "None"}}}), nil
	case strings.HasSuffix(operation, "MessageBatch") && s.roll("entries failed", 15):
		var in struct{ Entries []struct{ Id string } }
		_ = json.Unmarshal(body, &in)
		var failed []map[string]any
		for _, e := range in.Entries {
			failed = append(failed, map[string]any{"Id": e.Id, "Code": "InternalError", "SenderFault": false})
		}
		return says(200, map[string]any{"Successful": []any{}, "Failed": failed}), nil
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && operation != "ReceiveMessage" && s.roll("answer lost", 10) {
		_ = res.Body.Close()
		return nil, lost{errors.New("the answer is lost")}
	}
	return res, err
}

func TestOnABadDayOfAWSEachDebitRingsOnce(t *testing.T) {
	ctx := context.Background()
	s := &storm{dice: rand.New(rand.NewPCG(1, 2)), hits: map[string]int{}}
	const accounts, each = 20, 3
	w := newAWS(t, accounts, 3*time.Second, func(c *dynamo.Config) { c.HTTP = &http.Client{Transport: s} }, func(c *sqs.Config) { c.HTTP = &http.Client{Transport: s} })
	quiet := slog.New(slog.DiscardHandler)
	work, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	for _, name := range []queue.Name{queue.Events, queue.LINE} {
		running.Go(func() {
			queue.Run(work, w.queue, name, w.stages[name], queue.RunOptions{Workers: 2, Batch: 10, Logger: quiet})
		})
	}
	t.Cleanup(func() { stop(); running.Wait() })

	for n := range each {
		var events []string
		for i := range accounts {
			events = append(events, fmt.Sprintf(`{"id":"e_%d_%d","type":"debit","transaction_id":"t_%d_%d","account_ref":"watched_%d","occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`,
				n, i, n, i, i, time.Now().Format(time.RFC3339), 1000+n))
		}
		// A bank sends until it is told that its events are taken, and this
		// one once more.
		body := []byte(`{"events":[` + strings.Join(events, ",") + `]}`)
		for taken, tries := 0, 0; taken < 2; tries++ {
			a, err := w.bank.Post(ctx, body)
			if err != nil || tries > 20 {
				t.Fatal(a.Status, err)
			}
			if a.Status == http.StatusAccepted {
				taken++
			}
		}
	}
	const want = accounts * each
	for end := time.Now().Add(90 * time.Second); w.line.Accepted() < want; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of %d alerts went out; faults %v", w.line.Accepted(), want, s.hits)
		}
	}
	// Whatever is still on its way must not ring a second time.
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		var left int
		for _, name := range []queue.Name{queue.Events, queue.LINE} {
			d, err := w.queue.Depth(ctx, name)
			if err != nil {
				left++ // the storm
			}
			left += d.Waiting + d.InFlight
			if d.Dead > 0 {
				t.Fatalf("%d dead letters of %s", d.Dead, name)
			}
		}
		if left == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d messages are left", left)
		}
	}
	if n := w.line.Accepted(); n != want {
		t.Errorf("%d alerts went out for %d debits; faults %v", n, want, s.hits)
	}
	for _, what := range []string{"throttled", "conflict", "entries failed", "answer lost"} {
		if s.hits[what] == 0 {
			t.Errorf("the storm never did: %s", what)
		}
	}
	if v := w.line.Violations(); len(v) != 0 {
		t.Errorf("violations at LINE: %v", v)
	}
	t.Logf("faults: %v", s.hits)
}
