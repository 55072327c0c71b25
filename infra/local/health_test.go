package main

import (
	"path/filepath"
	"testing"
	"time"

	"kozamori/internal/health"
	"kozamori/internal/queue"
	_ "kozamori/internal/testkit/roomy" // its folders are in memory
	"kozamori/internal/watch"
)

func TestTheHealthOfAStackTellsOfItsBackups(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	var h health.Health
	get(t, s.URL+"/healthz", &h)
	if !h.LastBackup.IsZero() || len(h.Lanes) != len(watch.Lanes) || len(h.Queues) != len(queue.Names) || len(h.Down) != 0 || h.Disk == nil || h.Disk.Free == 0 || h.Disk.Full {
		t.Errorf("%+v", h)
	}
	b, err := s.data.Backup(t.Context(), filepath.Join(t.TempDir(), "backup"), nil)
	if err != nil {
		t.Fatal(err)
	}
	get(t, s.URL+"/healthz", &h)
	if !h.LastBackup.Equal(b.At.Truncate(time.Second)) {
		t.Errorf("%v, want %v", h.LastBackup, b.At)
	}
}
