package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// sparingMost lines with one message are written within sparingFor.
	sparingMost = 10
	sparingFor  = 10 * time.Second
)

// sparing is a handler of log lines that writes only so many with one message: a
// full disk or a bank's storm must not fill the disk with what was said already.
// How many were left out stands on the next line with the message.
type sparing struct {
	slog.Handler
	state *said
}

type said struct {
	mu sync.Mutex
	of map[string]*saying // by message: there are as many as the code has
}

type saying struct {
	since   time.Time
	written int
	left    int
}

func spare(h slog.Handler) slog.Handler { return sparing{h, &said{of: map[string]*saying{}}} }

// Handle writes a line, or leaves it out.
func (s sparing) Handle(ctx context.Context, r slog.Record) error {
	s.state.mu.Lock()
	m := s.state.of[r.Message]
	if m == nil {
		m = &saying{since: r.Time}
		s.state.of[r.Message] = m
	}
	left := 0
	if r.Time.Sub(m.since).Abs() >= sparingFor {
		left = m.left
		*m = saying{since: r.Time}
	}
	m.written++
	if m.written > sparingMost {
		m.left++
		s.state.mu.Unlock()
		return nil
	}
	s.state.mu.Unlock()
	if left > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("left_out_before", left))
	}
	return s.Handler.Handle(ctx, r)
}

// WithAttrs is for slog.Handler.
func (s sparing) WithAttrs(attrs []slog.Attr) slog.Handler {
	return sparing{s.Handler.WithAttrs(attrs), s.state}
}

// WithGroup is for slog.Handler.
func (s sparing) WithGroup(name string) slog.Handler {
	return sparing{s.Handler.WithGroup(name), s.state}
}
