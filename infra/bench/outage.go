package main

import (
	"bytes"
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
	s, err := open(ctx, o.waiting)
	if err != nil {
		return err
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
	if err := s.pile(ctx, o.waiting); err != nil {
		return err
	}
	row("messages in vain until all of it waits", fmt.Sprint(vain.Swap(0)))
	asked.Store(0)
	before := used()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(o.seconds) * time.Second):
	}
	after := used()
	row("of one core while it waits", fmt.Sprintf("%.1f %%", 100*busy(before, after)))
	row("messages in vain meanwhile, and questions", fmt.Sprintf("%d, %d", vain.Load(), asked.Load()))
	down.Store(false)
	back := time.Now()
	for s.line.Accepted() < o.waiting && ctx.Err() == nil && time.Since(back) < 5*time.Minute {
		time.Sleep(10 * time.Millisecond)
	}
	var took []time.Duration
	for _, m := range s.line.Messages() {
		took = append(took, m.At.Sub(back))
	}
	slices.Sort(took)
	row("accepted", fmt.Sprintf("%d of %d", len(took), o.waiting))
	for _, n := range []int{1, 3500, len(took)} {
		if n <= len(took) {
			row(fmt.Sprintf("number %d after LINE was back, and after the first", n), fmt.Sprintf("%.1f s, %.1f s", took[n-1].Seconds(), (took[n-1]-took[0]).Seconds()))
		}
	}
	return nil
}

// pile posts an alert for each of so many people, and waits until no stage works
// on them any more.
func (s *stack) pile(ctx context.Context, n int) error {
	const batch = 100
	c := client(4)
	for i := 0; i < n; i += batch {
		var b bytes.Buffer
		b.WriteString(`{"events":[`)
		for j := i; j < min(i+batch, n); j++ {
			if j > i {
				b.WriteByte(',')
			}
			event(&b, j, charges[0])
		}
		b.WriteString(`]}`)
		if err := post(ctx, c, s.url, s.sign(b.Bytes())); err != nil {
			return err
		}
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
