package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kozamori/internal/queue"
)

// outages has LINE down for everybody with many alerts waiting, says what that
// takes of the machine, and how long they wait once LINE is back.
func outages(ctx context.Context, o options) error {
	fmt.Printf("LINE is down for %d s with %d alerts waiting\n", o.seconds, o.waiting)
	out, err := outage(ctx, o.waiting, time.Duration(o.seconds)*time.Second)
	if err != nil {
		return err
	}
	row("messages in vain until all of it waits", fmt.Sprint(out.first))
	row("of one core while it waits", fmt.Sprintf("%.1f %%", 100*out.busy))
	row("messages in vain meanwhile, and questions", fmt.Sprintf("%d, %d", out.vain, out.asked))
	row("accepted", fmt.Sprintf("%d of %d", len(out.took), o.waiting))
	for _, n := range []int{1, 3500, len(out.took)} {
		if n <= len(out.took) && n > 0 {
			row(fmt.Sprintf("number %d after LINE was back, and after the first", n), fmt.Sprintf("%.1f s, %.1f s", out.took[n-1].Seconds(), (out.took[n-1]-out.took[0]).Seconds()))
		}
	}
	return nil
}

// outcome is what came of an outage.
type outcome struct {
	first, vain, asked int64   // messages in vain before and while all waits; questions
	busy               float64 // cores, while it waits
	took               []time.Duration
}

func outage(ctx context.Context, waiting int, lasts time.Duration) (*outcome, error) {
	s, err := open(ctx, waiting)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var down atomic.Bool
	var vain, asked atomic.Int64
	down.Store(true)
	s.front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if down.Load() {
				if r.Method == http.MethodGet {
					asked.Add(1)
				} else {
					vain.Add(1)
				}
				http.Error(w, "down", http.StatusInternalServerError)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	work, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { _ = s.sys.Run(work, nil) })
	defer func() { stop(); running.Wait() }()
	if err := s.pile(ctx, waiting); err != nil {
		return nil, err
	}
	out := &outcome{first: vain.Swap(0)}
	asked.Store(0)
	before := used()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(lasts):
	}
	out.busy, out.vain, out.asked = busy(before, used()), vain.Load(), asked.Load()
	down.Store(false)
	back := time.Now()
	for s.line.Accepted() < waiting && ctx.Err() == nil && time.Since(back) < 5*time.Minute {
		time.Sleep(10 * time.Millisecond)
	}
	for _, m := range s.line.Messages() {
		out.took = append(out.took, m.At.Sub(back))
	}
	slices.Sort(out.took)
	return out, nil
}

// pile posts an alert for each of so many people, and waits until no stage works
// on them any more.
func (s *stack) pile(ctx context.Context, n int) error {
	if err := s.pour(ctx, client(4), bankCode, 0, n); err != nil {
		return err
	}
	// A probe may be in the queue.
	for s.waiting(ctx, queue.Events) > 0 || s.waiting(ctx, queue.LINE) > 2 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}
