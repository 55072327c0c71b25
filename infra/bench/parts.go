package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/catalog"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// parts measures the steps of an event's way one by one, each alone: where the
// CPU goes.
func parts(ctx context.Context, o options) error {
	s, err := open(ctx, o.watched)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Printf("CPU of each step, alone, per event of a batch of %d\n", o.batch)
	t := newTemplate(o)
	r := s.sign(t.renew())
	now := time.Now()
	read, err := wire.ReadBody(r.body, bankCode, now)
	if err != nil {
		return err
	}
	events := read.Events
	bodies := encode(events, now)
	keys := make([]watch.AccountKey, len(events))
	for i := range events {
		keys[i] = events[i].Event.Account()
	}
	rules := watch.DefaultRules()

	step := func(name string, n int, do func() error) {
		if err != nil {
			return
		}
		before, rounds := used(), 0
		for time.Since(before.at) < 300*time.Millisecond {
			if err = do(); errors.Is(err, errNoMore) {
				err = nil
				break
			}
			if err != nil {
				return
			}
			rounds++
		}
		after := used()
		total := max(1, n*rounds)
		row(name, fmt.Sprintf("%6.2f µs, %.1f allocations", float64((after.user+after.sys-before.user-before.sys).Nanoseconds())/1e3/float64(total),
			float64(after.allocs-before.allocs)/float64(total)))
	}
	step("ingest: check the signature", o.batch, func() error {
		wh, err := webhooks.NewWebhook(s.secret)
		if err != nil {
			return err
		}
		return wh.VerifyIgnoringTimestamp(r.body, r.header)
	})
	step("ingest: read and check the events", o.batch, func() error {
		_, err := wire.ReadBody(r.body, bankCode, now)
		return err
	})
	step("ingest: make the queue's message", o.batch, func() error {
		for _, b := range encode(events, now) {
			if err := queue.CheckBody(queue.Outgoing{Body: b}); err != nil {
				return err
			}
		}
		return nil
	})
	step("queue: durable, 8 senders at a time", 8*o.batch, func() error {
		return together(8, func(int) error {
			return s.queue.Send(ctx, queue.Chat, queue.Outgoing{Body: bodies[0], Group: bankCode})
		})
	})
	step("queue: receive and delete, 10 at a time", 10*o.batch, func() error {
		ms, err := s.queue.Receive(ctx, queue.Chat, 10, 0)
		if err == nil && len(ms) == 0 {
			return errNoMore
		}
		if err == nil {
			err = s.queue.Delete(ctx, queue.Chat, ms...)
		}
		return err
	})
	step("detect: decode the message", o.batch, func() error {
		_, err := wire.DecodeBatch(bodies[0])
		return err
	})
	step("detect: classify", o.batch, func() error {
		for i := range events {
			catalog.Classify(bankCode, events[i].Event.Descriptor.Raw())
		}
		return nil
	})
	step("detect: read the accounts", o.batch, func() error {
		_, _, err := s.sys.Store.Accounts(ctx, keys, func(watch.AccountKey) bool { return false })
		return err
	})
	step("detect: evaluate the rules", o.batch, func() error {
		for i := range events {
			rules.Evaluate(&watch.Facts{Amount: events[i].Event.Amount, Service: "paypay", OccurredAt: now}, now)
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Println("and per alert")
	detect := s.sys.Detect()
	step("detect: all, 10 messages of 10 alerts", 100, func() error {
		ms := make([]queue.Message, 10)
		for i := range ms {
			alerting := newTemplate(options{batch: 10, relevant: 100, watched: o.watched})
			read, err := wire.ReadBody(alerting.renew(), bankCode, now)
			if err != nil {
				return err
			}
			ms[i] = queue.Message{Body: encode(read.Events, now)[0], Receives: 1}
		}
		for _, v := range detect(ctx, ms) {
			if !v.Done {
				return fmt.Errorf("detect did not finish")
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	notify, err := s.sys.Notify()
	if err != nil {
		return err
	}
	step("notify: all, LINE included, 80 at a time", 80, func() error {
		return together(8, func(int) error {
			ms, err := s.queue.Receive(ctx, queue.LINE, 10, 0)
			if err == nil && len(ms) == 0 {
				return errNoMore
			}
			if err == nil {
				queue.Settle(ctx, s.queue, queue.LINE, ms, notify, s.sys.Logger)
			}
			return err
		})
	})
	return err
}

// errNoMore ends a step whose work is used up.
var errNoMore = errors.New("no more messages")

func encode(events []wire.Read, now time.Time) [][]byte {
	good := make([]jsontext.Value, len(events))
	for i := range events {
		good[i] = events[i].Raw
	}
	return wire.EncodeBatch(bankCode, now, good, 1<<20)
}

// together calls do n times at once and returns one of the errors.
func together(n int, do func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
