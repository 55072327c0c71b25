package main

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// What hangs is given up: the files are closed, and the process ends, within eight
// seconds.
func TestStoppingWaitsForNothingThatHangs(t *testing.T) {
	t.Parallel()
	for name, hangs := range map[string]func(s *stack, until <-chan struct{}){
		"nothing":                func(*stack, <-chan struct{}) {},
		"what is being sent":     func(s *stack, until <-chan struct{}) { s.working.Go(func() { <-until }) },
		"what is being answered": func(s *stack, until <-chan struct{}) { s.serving.Go(func() { <-until }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, until, closed := &stack{options: options{Logger: slog.New(slog.DiscardHandler)}, hub: newHub()}, make(chan struct{}), false
				s.closers = append(s.closers, func() error { closed = true; return nil })
				hangs(s, until)
				begin := time.Now()
				if err := s.Close(); err != nil || !closed {
					t.Errorf("%v, the files are closed: %t", err, closed)
				}
				if took := time.Since(begin); took > 8*time.Second {
					t.Errorf("it took %v", took)
				}
				close(until)
			})
		})
	}
}
