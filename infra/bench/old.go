package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// grow gives accounts what a year makes of their activity, as detect keeps it: a wallet
// that is charged each week, another each month, a link of each, and the forms of ten
// bills.
func (s *stack) grow(ctx context.Context, n int) error {
	now := time.Now().Truncate(time.Second) // as banks say it
	for i := range n {
		k := watch.AccountKey{Bank: bankCode, Ref: account(i)}
		act, bills, id := &watch.Activity{}, &watch.Bills{}, 0
		act.Since(now.AddDate(-1, 0, 0))
		add := func(e watch.Entry) {
			id++
			act.Apply(watch.NewRecord(fmt.Sprintf("%026d", id), k, e))
		}
		for _, service := range []string{"docomo", "paypay"} {
			add(watch.Entry{Kind: watch.LinkRegistered, Service: service, At: now.AddDate(-1, 0, 0), Route: "web_kouza_furikae"})
		}
		for day := 365; day > 0; day-- {
			at := now.AddDate(0, 0, -day)
			if day%7 == i%7 {
				add(watch.Entry{Kind: watch.Debit, Status: watch.Posted, Service: "docomo", At: at, Amount: 3000})
			}
			if day%30 == i%30 {
				add(watch.Entry{Kind: watch.Debit, Status: watch.Posted, Service: "paypay", At: at, Amount: 10000})
				for bill := range 10 {
					bills.Add(fmt.Sprint("form", bill), at, int64(4000+bill))
				}
			}
		}
		if err := s.table.Write(ctx, store.PutActivity(k, act), store.PutBills(k, bills)); err != nil {
			return err
		}
	}
	return nil
}

// agedAccounts posts batches to accounts a year old while detect is not at work, and
// then lets it work alone.
func agedAccounts(ctx context.Context, o options) error {
	s, err := open(ctx, o.watched)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.grow(ctx, o.watched); err != nil {
		return err
	}
	o.seconds = min(o.seconds, 5)
	fmt.Printf("detect alone on %d s of batches of %d, %d %% relevant, %d accounts a year old\n", o.seconds, o.batch, o.relevant, o.watched)
	if _, _, _, _, err := s.storm(ctx, o, s.url); err != nil {
		return err
	}
	backlog := s.waiting(ctx, queue.Events) * o.batch
	return s.drain(ctx, "detect alone (aim: 150,000/s)", backlog)
}

// drain lets detect work alone until nothing waits.
func (s *stack) drain(ctx context.Context, name string, events int) error {
	before := used()
	stop, err := s.work(ctx, queue.Events)
	if err != nil {
		return err
	}
	defer stop()
	for s.waiting(ctx, queue.Events) > 0 && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	after := used()
	row(name, rate(events, after.at.Sub(before.at)))
	after.since(before, "event", events)
	return ctx.Err()
}

// families has detect work on ordinary events of accounts that ten people watch, each
// with fifty words.
func families(ctx context.Context, o options) error {
	o.relevant, o.watched, o.seconds = 0, min(o.watched, 1000), min(o.seconds, 5)
	s, err := open(ctx, 1)
	if err != nil {
		return err
	}
	defer s.Close()
	for i := range 5 * o.watched { // of all of which events come
		a := &watch.Account{AccountKey: watch.AccountKey{Bank: bankCode, Ref: account(i)}, Version: 0}
		if i == 0 {
			if a, err = s.sys.Store.Account(ctx, a.AccountKey); err != nil {
				return err
			}
			a.Watchers = nil
		}
		for w := range watch.MaxWatchers {
			rules := watch.DefaultRules()
			for word := range watch.MaxKeywords {
				rules.Keywords = append(rules.Keywords, fmt.Sprintf("カゾクノコトハ%d%d", w, word))
			}
			role := watch.Guardian
			if w == 0 {
				role = watch.Owner
			}
			to := user(i*watch.MaxWatchers + w)
			a.Watchers = append(a.Watchers, watch.Watcher{ID: fmt.Sprint("w", w), Role: role, LineUser: to, Lang: watch.Japanese, Channels: watch.FirstChannels(to), Rules: rules})
		}
		if err := s.table.Write(ctx, store.PutAccount(a)); err != nil {
			return err
		}
	}
	fmt.Printf("detect alone on ordinary events of %d accounts, %d people with %d words each\n", 5*o.watched, watch.MaxWatchers, watch.MaxKeywords)
	if _, _, _, _, err := s.storm(ctx, o, s.url); err != nil {
		return err
	}
	return s.drain(ctx, "detect alone (aim: 6 µs an event)", s.waiting(ctx, queue.Events)*o.batch)
}

// onceOnly tells many people of one alert each, who are never told again, and looks at
// the memory that is left.
func onceOnly(ctx context.Context, o options) error {
	among := min(10_000, o.people)
	fmt.Printf("%d people are told once each\n", o.people)
	s, err := open(ctx, 1)
	if err != nil {
		return err
	}
	defer s.Close()
	s.line.Keep = among // what the simulator remembers is not ours
	stop, err := s.work(ctx, queue.Events, queue.LINE)
	if err != nil {
		return err
	}
	defer stop()
	c := client(4)
	for told := 0; told < o.people && ctx.Err() == nil; told += among {
		if err := s.enrol(ctx, 1+told, among); err != nil {
			return err
		}
		if err := s.pour(ctx, c, another, 1+told, among); err != nil {
			return err
		}
		for s.waiting(ctx, queue.Events)+s.waiting(ctx, queue.LINE) > 0 && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		if n := told + among; n%max(among, o.people/10) == 0 {
			debug.FreeOSMemory()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			row(fmt.Sprintf("after %d people: heap, resident", n), fmt.Sprintf("%.1f MB, %.1f MB", float64(m.HeapAlloc)/1e6, float64(resident())/1e6))
		}
	}
	return ctx.Err()
}
