package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"kozamori/internal/queue"
)

// hangs compares the time to LINE's acceptance when all is quiet with that while
// LINE hangs for one person, for whom many alerts wait.
func hangs(ctx context.Context, o options) error {
	fmt.Printf("%d alerts/s for %d s, and the same while LINE hangs for one person with 400 alerts\n", o.rate, o.seconds)
	quiet, err := besides(ctx, o, 0)
	if err != nil {
		return err
	}
	hung, err := besides(ctx, o, 400)
	if err != nil {
		return err
	}
	spread("POST to accepted by LINE, quiet", quiet)
	spread("POST to accepted by LINE, LINE hangs for another", hung)
	at := func(d []time.Duration) float64 { return d[min(len(d)-1, len(d)*99/100)].Seconds() }
	if len(quiet) > 0 && len(hung) > 0 {
		row("p99 against quiet", fmt.Sprintf("%.2f", at(hung)/at(quiet)))
	}
	return nil
}

// hangTime is how long LINE hangs; the client gives up before.
const hangTime = 10 * time.Second

// besides sends alerts at a rate, each to another person, after so many to one
// for whom LINE hangs, and returns how long the others' took, sorted.
func besides(ctx context.Context, o options, stuck int) ([]time.Duration, error) {
	n := o.rate * o.seconds
	s, err := open(ctx, n+1)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	victim := user(n)
	s.front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			var to struct{ To string }
			if err == nil && json.Unmarshal(body, &to) == nil && to.To == victim {
				select {
				case <-r.Context().Done():
				case <-time.After(hangTime):
				}
				return // and is never accepted
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		})
	})
	stop, err := s.work(ctx, queue.Events, queue.LINE)
	if err != nil {
		return nil, err
	}
	defer stop()
	c := client(64)
	for range stuck {
		var b bytes.Buffer
		event(&b, n, charges[0])
		if err := post(ctx, c, s.url, s.sign(b.Bytes())); err != nil {
			return nil, err
		}
	}
	// What is measured is the wait for LINE, not for detect.
	for s.waiting(ctx, queue.Events) > 0 && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	sent := make([]time.Time, n)
	var wg sync.WaitGroup
	begin := time.Now()
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(o.rate))))
		wg.Go(func() {
			var b bytes.Buffer
			event(&b, i, charges[0])
			r := s.sign(b.Bytes())
			sent[i] = time.Now()
			if err := post(ctx, c, s.url, r); err != nil {
				row("a POST failed", err.Error())
			}
		})
	}
	wg.Wait()
	for end := time.Now().Add(30 * time.Second); s.line.Accepted() < n && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	byUser := map[string]int{}
	for i := range n {
		byUser[user(i)] = i
	}
	var took []time.Duration
	for _, m := range s.line.Messages() {
		if i, ok := byUser[m.To]; ok {
			took = append(took, m.At.Sub(sent[i]))
		}
	}
	slices.Sort(took)
	if len(took) < n {
		row("not accepted in time", fmt.Sprintf("%d, with %d stuck", n-len(took), stuck))
	}
	return took, nil
}
