package main

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestWhatIsLoggedOverAndOverIsLeftOutAndCounted(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	h := spare(slog.NewTextHandler(&out, nil)).WithAttrs([]slog.Attr{slog.String("stage", "ingest")})
	now := time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	say := func(message string) {
		if err := h.Handle(context.Background(), slog.NewRecord(now, slog.LevelError, message, 0)); err != nil {
			t.Fatal(err)
		}
	}
	for range 1000 {
		say("the disk is full")
		now = now.Add(time.Millisecond)
	}
	say("something else")
	now = now.Add(sparingFor)
	say("the disk is full")
	if n := strings.Count(out.String(), "the disk is full"); n != sparingMost+1 {
		t.Errorf("%d lines of 1001", n)
	}
	if !strings.Contains(out.String(), "something else") || !strings.Contains(out.String(), "left_out_before=990") || strings.Count(out.String(), "stage=ingest") != sparingMost+2 {
		t.Error(out.String())
	}
}
