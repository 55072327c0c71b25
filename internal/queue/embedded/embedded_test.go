package embedded_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/embedded"
	"kozamori/internal/testkit/disktest"
	"kozamori/internal/testkit/queuetest"
)

func open(t *testing.T, path string, o embedded.Options) *disktest.Disk {
	t.Helper()
	o.MaxReceives = queuetest.MaxReceives
	disk, err := disktest.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	return disk
}

func TestQueue(t *testing.T) {
	queuetest.Run(t, queuetest.Config{Many: 1000, AtATime: 12, Open: func(t *testing.T, visibility time.Duration) (queue.Queue, func()) {
		var ahead atomic.Int64
		now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		return open(t, filepath.Join(t.TempDir(), "queue"), embedded.Options{Visibility: visibility, Now: now}).Queue,
			func() { ahead.Add(int64(visibility)) }
	}})
}

func TestWhatWasInFlightIsBackAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue")
	disk := open(t, path, embedded.Options{Visibility: time.Minute})
	q := disk.Queue
	if err := q.Send(context.Background(), queue.LINE, queue.Outgoing{Body: []byte("x"), Group: "g"}); err != nil {
		t.Fatal(err)
	}
	if m, err := q.Receive(context.Background(), queue.LINE, 1, time.Second); err != nil || len(m) != 1 {
		t.Fatal(m, err)
	}
	if err := disk.Close(); err != nil {
		t.Fatal(err)
	}
	q = open(t, path, embedded.Options{Visibility: time.Minute}).Queue
	m, err := q.Receive(context.Background(), queue.LINE, 1, time.Millisecond)
	if err != nil || len(m) != 1 || string(m[0].Body) != "x" || m[0].Receives != 2 || m[0].Group != "g" {
		t.Errorf("after the restart: %+v %v", m, err)
	}
}
