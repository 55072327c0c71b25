package sqs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/queuetest"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/testkit/emulator"
)

var ctx = context.Background()

func open(t *testing.T, endpoint string, visibility time.Duration, client *http.Client) *sqs.Queue {
	t.Helper()
	c := sqs.Config{AWS: emulator.AWS(t), Endpoint: endpoint, HTTP: client}
	var err error
	c.Queues, err = sqs.Create(ctx, c, "kozamori-test-"+rand.Text()+"-", visibility, queuetest.MaxReceives)
	if err != nil {
		t.Fatal(err)
	}
	return sqs.New(c)
}

// inTurn lets through one request at a time, but for those that wait: two
// receives at a time can get the same message from moto, as from SQS, but
// often.
type inTurn struct{ mu sync.Mutex }

var waiting = regexp.MustCompile(`"WaitTimeSeconds":[1-9]`)

func (i *inTurn) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if waiting.Match(body) {
		return http.DefaultTransport.RoundTrip(r)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// moto answers some 100 requests a second, and each of these tests makes many.
func TestQueue(t *testing.T) {
	endpoint := emulator.Moto(t)
	client := &http.Client{Transport: &inTurn{}}
	queuetest.Run(t, queuetest.Config{Visibility: 4 * time.Second, AtATime: 3,
		Without: map[queuetest.Feature]string{queuetest.Fair: "SQS shares out by MessageGroupId, which moto keeps but does not act on; that each entry has it is tested here"},
		Open: func(t *testing.T, visibility time.Duration) queue.Queue {
			return open(t, endpoint, visibility, client)
		}})
}
