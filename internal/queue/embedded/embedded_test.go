package embedded_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/embedded"
	"kozamori/internal/queue/queuetest"
)

func open(t *testing.T, path string, visibility time.Duration) *embedded.Queue {
	t.Helper()
	q, err := embedded.Open(path, embedded.Options{Visibility: visibility, MaxReceives: queuetest.MaxReceives})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	return q
}

func TestQueue(t *testing.T) {
	queuetest.Run(t, queuetest.Config{Visibility: time.Second, AtATime: 12, Open: func(t *testing.T, visibility time.Duration) queue.Queue {
		return open(t, filepath.Join(t.TempDir(), "queue"), visibility)
	}})
}

func TestWhatWasInFlightIsBackAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue")
	q := open(t, path, time.Minute)
	if err := q.Send(context.Background(), queue.LINE, queue.Outgoing{Body: []byte("x"), Group: "g"}); err != nil {
		t.Fatal(err)
	}
	if m, err := q.Receive(context.Background(), queue.LINE, 1, time.Second); err != nil || len(m) != 1 {
		t.Fatal(m, err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	q = open(t, path, time.Minute)
	m, err := q.Receive(context.Background(), queue.LINE, 1, time.Millisecond)
	if err != nil || len(m) != 1 || string(m[0].Body) != "x" || m[0].Receives != 2 || m[0].Group != "g" {
		t.Errorf("after the restart: %+v %v", m, err)
	}
}
