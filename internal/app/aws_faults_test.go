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
	"slices"
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
		return inPart(r, body)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && operation != "ReceiveMessage" && s.roll("answer lost", 10) {
		_ = res.Body.Close()
		return nil, lost{errors.New("the answer is lost")}
	}
	return res, err
}

// inPart does every second entry of a batch, from the second on, and says that
// the others failed.
func inPart(r *http.Request, body []byte) (*http.Response, error) {
	var in map[string]json.RawMessage
	var entries, some []json.RawMessage
	if err := errors.Join(json.Unmarshal(body, &in), json.Unmarshal(in["Entries"], &entries)); err != nil {
		return nil, err
	}
	var failed []any
	for i, e := range entries {
		if i%2 == 1 {
			some = append(some, e)
			continue
		}
		var id struct{ Id string }
		if err := json.Unmarshal(e, &id); err != nil {
			return nil, err
		}
		failed = append(failed, map[string]any{"Id": id.Id, "Code": "InternalError", "SenderFault": false})
	}
	out := map[string]any{"Successful": []any{}}
	if len(some) > 0 {
		in["Entries"], _ = json.Marshal(some)
		part, _ := json.Marshal(in)
		r = r.Clone(r.Context())
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(part)), int64(len(part))
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil || res.StatusCode != http.StatusOK {
			return res, err
		}
		defer func() { _ = res.Body.Close() }()
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
			return nil, err
		}
	}
	before, _ := out["Failed"].([]any)
	out["Failed"] = append(before, failed...)
	return says(200, out), nil
}

// runs lets detect and LINE's notify work until the test ends.
func (w *onAWS) runs(t *testing.T) {
	work, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, name := range []queue.Name{queue.Events, queue.LINE} {
		running.Go(func() {
			queue.Run(work, w.queue, name, w.stages[name], queue.RunOptions{Workers: 2, Batch: 10, Logger: slog.New(slog.DiscardHandler)})
		})
	}
	t.Cleanup(func() { stop(); running.Wait() })
}

// debits is a request with a debit of each account.
func debits(n, accounts int) []byte {
	rings := []string{"ﾄﾞｺﾓｺｳｻﾞ", "PAYPAY", "Kyash"} // each service is an incident, and a message, of its own
	var events []string
	for i := range accounts {
		events = append(events, fmt.Sprintf(`{"id":"e_%d_%d","type":"debit","transaction_id":"t_%d_%d","account_ref":"watched_%d","occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":%q}`,
			n, i, n, i, i, time.Now().Format(time.RFC3339), 1000+n, rings[n]))
	}
	return []byte(`{"events":[` + strings.Join(events, ",") + `]}`)
}

// post sends as a bank does: until it is told that its events are taken.
func (w *onAWS) post(t *testing.T, body []byte) {
	t.Helper()
	for tries := 0; ; tries++ {
		a, err := w.bank.Post(t.Context(), body)
		if err != nil || tries > 20 {
			t.Fatal(a.Status, err)
		}
		if a.Status == http.StatusAccepted {
			return
		}
	}
}

// ring waits for so many alerts, and until nothing is left that could make
// one more.
func (w *onAWS) ring(t *testing.T, want int) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); w.line.Accepted() < want; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of %d alerts went out", w.line.Accepted(), want)
		}
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		var left int
		for _, name := range []queue.Name{queue.Events, queue.LINE} {
			d, err := w.queue.Depth(t.Context(), name)
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
		t.Errorf("%d alerts went out for %d debits", n, want)
	}
	if v := w.line.Violations(); len(v) != 0 {
		t.Errorf("violations at LINE: %v", v)
	}
}

func TestOnABadDayOfAWSEachDebitRingsOnce(t *testing.T) {
	t.Parallel()
	s := &storm{dice: rand.New(rand.NewPCG(1, 2)), hits: map[string]int{}}
	const accounts, each = 20, 3
	w := newAWS(t, accounts, 3*time.Second, func(c *dynamo.Config) { c.HTTP = &http.Client{Transport: s} }, func(c *sqs.Config) { c.HTTP = &http.Client{Transport: s} })
	w.runs(t)
	for n := range each {
		for range 2 { // and this one once more
			w.post(t, debits(n, accounts))
		}
	}
	w.ring(t, accounts*each)
	for _, what := range []string{"throttled", "conflict", "entries failed", "answer lost"} {
		if s.hits[what] == 0 {
			t.Errorf("the storm never did: %s", what)
		}
	}
	t.Logf("faults: %v", s.hits)
}

// deaf loses SQS's first answers to sends, of each queue, after the messages
// are in it.
type deaf struct {
	mu   sync.Mutex
	lose int
	sent map[queue.Name][]string // the bodies that SQS took
	took map[queue.Name]int      // requests
}

func (d *deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".SendMessageBatch") {
		return http.DefaultTransport.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var in struct {
		QueueUrl string
		Entries  []struct{ MessageBody string }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || res.StatusCode != http.StatusOK {
		return res, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	name := queue.Name(in.QueueUrl[strings.LastIndexByte(in.QueueUrl, '-')+1:])
	for _, e := range in.Entries {
		d.sent[name] = append(d.sent[name], e.MessageBody)
	}
	if d.took[name]++; d.took[name] <= d.lose {
		_ = res.Body.Close()
		return nil, lost{errors.New("the answer is lost")}
	}
	return res, nil
}

func TestASendThatWasDoneButNotAnsweredRingsOnce(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]int{
		"the SDK asks again": 1,
		"even the SDK gives up, and the caller does all of it again": 4,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &deaf{lose: lose, sent: map[queue.Name][]string{}, took: map[queue.Name]int{}}
			const accounts = 10 // one request holds them all
			w := newAWS(t, accounts, 10*time.Second, func(*dynamo.Config) {}, func(c *sqs.Config) { c.HTTP = &http.Client{Transport: d} })
			w.runs(t)
			w.post(t, debits(0, accounts))
			w.ring(t, accounts)
			for _, name := range []queue.Name{queue.Events, queue.LINE} {
				slices.Sort(d.sent[name])
				if all, each := len(d.sent[name]), len(slices.Compact(d.sent[name])); all <= each {
					t.Errorf("%d messages came into %s, %d different ones: none came twice", all, name, each)
				}
			}
		})
	}
}
