package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// mornings has the quiet hours of many people end at once, and posts alerts of
// others meanwhile.
func mornings(ctx context.Context, o options) error {
	fmt.Printf("the quiet hours of %d people end, each with an alert that waits\n", o.held)
	m, err := morning(ctx, o.held)
	if err != nil {
		return err
	}
	row("cores busy", fmt.Sprintf("%.2f", m.busy))
	row("the sweep took", m.swept.Round(10*time.Millisecond).String())
	row("accepted by LINE of what waited", fmt.Sprintf("%d of %d", len(m.took), o.held))
	if len(m.took) > 0 {
		row("from the end of quiet hours", fmt.Sprintf("half after %.1f s, all after %.1f s", m.took[len(m.took)/2].Seconds(), m.took[len(m.took)-1].Seconds()))
	}
	spread("alerts of others meanwhile, POST to accepted", m.fresh)
	return nil
}

// ended is what came of the end of quiet hours.
type ended struct {
	busy        float64
	swept       time.Duration
	took, fresh []time.Duration
}

func morning(ctx context.Context, held int) (*ended, error) {
	const others, every = 100, 200 * time.Millisecond
	s, err := open(ctx, held+others)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if err := s.hold(ctx, held); err != nil {
		return nil, err
	}
	end := time.Now()
	work, stop := context.WithCancel(ctx)
	tick := make(chan time.Time)
	var running sync.WaitGroup
	running.Go(func() { _ = s.sys.Run(work, tick) })
	defer func() { stop(); running.Wait() }()
	before := used()
	tick <- end
	swept := make(chan time.Duration, 1)
	go func() {
		select { // taken when the sweep is done
		case tick <- end:
			swept <- time.Since(end)
		case <-work.Done():
			swept <- 0
		}
	}()
	c := client(4)
	sent := map[string]time.Time{}
	for i := range others {
		time.Sleep(time.Until(end.Add(time.Duration(i) * every)))
		var b bytes.Buffer
		event(&b, held+i, charges[0])
		r := s.sign(b.Bytes())
		sent[user(held+i)] = time.Now()
		if err := post(ctx, c, s.url, r); err != nil {
			return nil, err
		}
	}
	for s.line.Accepted() < held+others && ctx.Err() == nil && time.Since(end) < 10*time.Minute {
		time.Sleep(10 * time.Millisecond)
	}
	m := &ended{busy: busy(before, used())}
	select {
	case m.swept = <-swept:
	default:
		m.swept = time.Since(end) // at least
	}
	for _, msg := range s.line.Messages() {
		if at, ok := sent[msg.To]; ok {
			m.fresh = append(m.fresh, msg.At.Sub(at))
		} else {
			m.took = append(m.took, msg.At.Sub(end))
		}
	}
	slices.Sort(m.took)
	slices.Sort(m.fresh)
	return m, nil
}

// hold keeps an alert of an hour ago for each of so many people, until now.
func (s *stack) hold(ctx context.Context, n int) error {
	until := time.Now()
	now := until.Add(-time.Hour)
	owner := watch.Watcher{ID: "w1", Role: watch.Owner, Lang: watch.Japanese, Channels: watch.FirstChannels(user(0))}
	var writes []store.Write
	for i := range n {
		r := &watch.Record{ID: fmt.Sprintf("held%08d", i), OnAccount: watch.On(watch.AccountKey{Bank: bankCode, Ref: account(i)}), Kind: watch.Debit,
			OccurredAt: now, ReceivedAt: now, RecordedAt: now, Amount: 3000, Service: "docomo", Complete: true,
			Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}}
		r.Deliver(watch.TellAlert, &owner, owner.Channels[0].Kind, 0, now, until)
		r.ComputeDue()
		if writes = append(writes, store.PutRecord(r)); len(writes) == store.MaxWrites || i == n-1 {
			if err := s.table.Write(ctx, writes...); err != nil {
				return err
			}
			writes = writes[:0]
		}
	}
	return nil
}
