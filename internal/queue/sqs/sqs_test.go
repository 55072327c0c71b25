package sqs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/testkit/emulator"
	"kozamori/internal/testkit/queuetest"
)

var ctx = context.Background()

// shelf is one test's way to moto. It remembers what was received, even if the
// answer came too late for who asked.
//
// It lets through one request at a time, but for those that wait: two receives
// at a time can get the same message from moto, as from SQS, but often. And it
// lets no receive of dead letters wait: that is for SQS to ask all of its
// machines, and moto is one.
type shelf struct {
	inTurn  sync.Mutex
	mu      sync.Mutex
	handles map[string]string // the latest of each message, by its id
	of      string            // of the queue at this address
}

var (
	waiting     = regexp.MustCompile(`"WaitTimeSeconds":[1-9]`)
	deadLetters = regexp.MustCompile(`"QueueUrl":"[^"]*-dead"`)
)

func (s *shelf) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if deadLetters.Match(body) {
		body = waiting.ReplaceAll(body, []byte(`"WaitTimeSeconds":0`))
		r.ContentLength = int64(len(body))
	}
	type answer struct {
		res *http.Response
		err error
	}
	done := make(chan answer, 1)
	go func() {
		res, err := s.ask(r, body)
		done <- answer{res, err}
	}()
	select {
	case a := <-done:
		return a.res, a.err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func (s *shelf) ask(r *http.Request, body []byte) (*http.Response, error) {
	if !waiting.Match(body) {
		s.inTurn.Lock()
		defer s.inTurn.Unlock()
	}
	again := r.Clone(context.WithoutCancel(r.Context()))
	again.Body = io.NopCloser(bytes.NewReader(body))
	res, err := http.DefaultTransport.RoundTrip(again)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(said))
	var asked struct {
		QueueURL string `json:"QueueUrl"`
	}
	var got struct {
		Messages []struct{ MessageId, ReceiptHandle string }
	}
	if json.Unmarshal(body, &asked) == nil && json.Unmarshal(said, &got) == nil && asked.QueueURL == s.of {
		s.mu.Lock()
		for _, m := range got.Messages {
			s.handles[m.MessageId] = m.ReceiptHandle
		}
		s.mu.Unlock()
	}
	return res, nil
}

// open makes queues of their own in moto, which knows no clock but its own:
// what is to be visible again before its time is made so.
func open(t *testing.T, endpoint string, visibility time.Duration) (q *sqs.Queue, expire func()) {
	t.Helper()
	s := &shelf{handles: map[string]string{}}
	c := sqs.Config{AWS: emulator.AWS(t), Endpoint: endpoint, HTTP: &http.Client{Transport: s}}
	var err error
	c.Queues, err = sqs.Create(ctx, c, "kozamori-test-"+rand.Text()+"-", visibility, queuetest.MaxReceives)
	if err != nil {
		t.Fatal(err)
	}
	s.of = c.Queues[queue.Events].URL
	q = sqs.New(c)
	return q, func() {
		s.mu.Lock()
		hidden := s.handles
		s.handles = map[string]string{}
		s.mu.Unlock()
		for _, h := range hidden {
			if err := q.Retry(ctx, queue.Events, queue.Message{Receipt: sqs.Receipt(h, time.Now())}, 0); err != nil {
				t.Error(err)
			}
		}
	}
}

// moto answers some 100 requests a second, and fewer the more messages a queue
// holds: for each that it hands out it counts all of them three times.
func TestQueue(t *testing.T) {
	t.Parallel()
	endpoint := emulator.Moto(t)
	queuetest.Run(t, queuetest.Config{Many: 60, AtATime: 6,
		Without: map[queuetest.Feature]string{queuetest.Fair: "SQS shares out by MessageGroupId, which moto keeps but does not act on; that each entry has it is tested here"},
		Open: func(t *testing.T, visibility time.Duration) (queue.Queue, func()) {
			return open(t, endpoint, visibility)
		}})
}
