package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// callbacks compares the time from a tap to the bank's acceptance when all is quiet with
// that while another bank's endpoint hangs, for which many disputes wait.
func callbacks(ctx context.Context, o options) error {
	fmt.Printf("%d taps/s for %d s, and the same while another bank's endpoint hangs with 200 disputes\n", o.rate, o.seconds)
	quiet, err := taps(ctx, o, 0)
	if err != nil {
		return err
	}
	hung, err := taps(ctx, o, 200)
	if err != nil {
		return err
	}
	spread("tap to taken by the bank, quiet", quiet)
	spread("tap to taken by the bank, another hangs", hung)
	row("p99 against quiet (aim: 1.2)", fmt.Sprintf("%.2f", p99(hung)/p99(quiet)))
	return nil
}

// books note when a bank took the first callback about each account.
type books struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (b *books) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var is struct {
		Data struct {
			Account string `json:"account_ref"`
		} `json:"data"`
		Account string `json:"account_ref"`
	}
	if json.NewDecoder(r.Body).Decode(&is) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	ref := is.Data.Account + is.Account
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.at[ref].IsZero() {
		b.at[ref] = time.Now()
	}
}

func (b *books) count() int { b.mu.Lock(); defer b.mu.Unlock(); return len(b.at) }

// taps has people say "not me" at a rate, after so many of a bank that hangs.
func taps(ctx context.Context, o options, stuck int) ([]time.Duration, error) {
	n, from := o.rate*o.seconds, max(1, stuck)
	s, err := open(ctx, from)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	b := &books{at: map[string]time.Time{}}
	if err := s.calledBack(ctx, b, from, n); err != nil {
		return nil, err
	}
	url, err := s.product(ctx)
	if err != nil {
		return nil, err
	}
	stop, err := s.work(ctx, queue.Events, queue.LINE, queue.Chat, queue.Bank)
	if err != nil {
		return nil, err
	}
	defer stop()
	c := client(64)
	err = errors.Join(s.pour(ctx, c, bankCode, 0, stuck), s.pour(ctx, c, another, from, n))
	for end := time.Now().Add(time.Minute); err == nil && s.line.Accepted() < n+stuck && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	buttons := s.buttons()
	for i := range stuck {
		if err == nil {
			err = tap(ctx, c, url, s.channel, i, buttons[user(i)])
		}
	}
	if err != nil {
		return nil, err
	}
	at := make([]time.Time, n)
	var wg sync.WaitGroup
	for i, begin := 0, time.Now(); i < n && ctx.Err() == nil; i++ {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(o.rate))))
		wg.Go(func() {
			at[i] = time.Now()
			_ = tap(ctx, c, url, s.channel, from+i, buttons[user(from+i)]) // who is missing is told below
		})
	}
	wg.Wait()
	for end := time.Now().Add(30 * time.Second); b.count() < n && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	var took []time.Duration
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range n {
		if came := b.at[account(from+i)]; !came.IsZero() {
			took = append(took, came.Sub(at[i]))
		}
	}
	slices.Sort(took)
	if len(took) < n {
		row("not taken in time", fmt.Sprintf("%d, with %d stuck", n-len(took), stuck))
	}
	return took, nil
}

// calledBack gives both banks an endpoint, of which the first one's hangs.
func (s *stack) calledBack(ctx context.Context, b *books, from, n int) error {
	if err := s.enrol(ctx, from, n); err != nil {
		return err
	}
	takes, err := s.serve(b)
	if err != nil {
		return err
	}
	hangs, err := s.serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(hangTime):
		}
	}))
	if err != nil {
		return err
	}
	for code, endpoint := range map[string]string{bankCode: hangs, another: takes} {
		bank, err := s.sys.Store.Bank(ctx, code)
		if err != nil {
			return err
		}
		bank.Callback = endpoint
		if err := s.table.Write(ctx, store.PutBank(bank)); err != nil {
			return err
		}
	}
	return nil
}

// buttons are what the button "not me" of each person's first message carries.
func (s *stack) buttons() map[string]string {
	out := map[string]string{}
	for _, m := range s.line.Messages() {
		_, data, ok := strings.Cut(strings.ReplaceAll(string(m.Messages[0]), `\u0026`, "&"), `"data":"a=notmine`)
		if data, _, found := strings.Cut(data, `"`); ok && found && out[m.To] == "" {
			out[m.To] = "a=notmine" + data
		}
	}
	return out
}
