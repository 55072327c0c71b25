package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// arrivals notes when LINE first took a message for each person. A list of all its
// messages would be long while a bank storms.
type arrivals struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (a *arrivals) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
		var push struct{ To string }
		if err != nil || !strings.HasSuffix(r.URL.Path, "/push") || json.Unmarshal(body, &push) != nil {
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.at[push.To].IsZero() {
			a.at[push.To] = time.Now()
		}
	})
}

// since is how long each of these people's first message took, sorted; those who had
// none are missing.
func (a *arrivals) since(sent map[string]time.Time) (took []time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for user, at := range sent {
		if came := a.at[user]; !came.IsZero() {
			took = append(took, came.Sub(at))
		}
	}
	slices.Sort(took)
	return took
}

// noted has when messages come to people noted.
func (s *stack) noted() *arrivals {
	a := &arrivals{at: map[string]time.Time{}}
	s.front(a.front)
	return a
}

// at is where a bank posts.
func (s *stack) at(bank string) string { return strings.Replace(s.url, bankCode, bank, 1) }

// enrol gives the other bank accounts with a person each, by their numbers.
func (s *stack) enrol(ctx context.Context, from, n int) error {
	writes := []store.Write{store.PutBank(&store.Bank{Code: another, Name: "八十二銀行"})}
	for i := from; i < from+n; i++ {
		writes = append(writes, store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: another, Ref: account(i)}, Mask: "普通 ***4567",
			Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: user(i), Lang: watch.Japanese, Channels: watch.FirstChannels(user(i)), Rules: watch.DefaultRules()}}}))
		if len(writes) == 100 || i == from+n-1 {
			if err := s.table.Write(ctx, writes...); err != nil {
				return err
			}
			writes = writes[:0]
		}
	}
	return nil
}

// steady posts an alert of a bank for each of so many people at a rate, whatever
// becomes of those before, and tells when each was posted and how many POSTs failed.
func (s *stack) steady(ctx context.Context, c *http.Client, bank string, from, n, rate int) (map[string]time.Time, int64) {
	var (
		failed atomic.Int64
		wg     sync.WaitGroup
		begin  = time.Now()
		at     = make([]time.Time, n)
		sent   = map[string]time.Time{}
	)
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(rate))))
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			var b bytes.Buffer
			event(&b, from+i, charges[0])
			r := s.sign(b.Bytes())
			at[i] = time.Now()
			if post(ctx, c, s.at(bank), r) != nil {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	for i := range n {
		if !at[i].IsZero() {
			sent[user(from+i)] = at[i]
		}
	}
	return sent, failed.Load()
}

// all waits until each of these people has a message, for a while.
func (a *arrivals) all(ctx context.Context, sent map[string]time.Time, most time.Duration) []time.Duration {
	end := time.Now().Add(most)
	for {
		took := a.since(sent)
		if len(took) == len(sent) || time.Now().After(end) || ctx.Err() != nil {
			return took
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// p99 of sorted times, in seconds.
func p99(d []time.Duration) float64 { return at(d, 99).Seconds() }

// another is the bank that storms or floods do not come from.
const another = "0158"

// storms compares alerts of one bank when all is quiet with those while another bank
// posts batches as fast as it is answered, and while other programs take the cores.
func storms(ctx context.Context, o options) error {
	fmt.Printf("%d alerts/s of a bank for %d s: alone, during another's storm of batches of %d, and next to other programs on each core\n", o.rate, o.seconds, o.batch)
	quiet, err := along(ctx, o, nil)
	if err != nil {
		return err
	}
	storm, err := along(ctx, o, func(ctx context.Context, s *stack) error {
		_, n, before, after, err := s.storm(ctx, o, s.url)
		row("the storm, acknowledged", rate(n, after.at.Sub(before.at)))
		return err
	})
	if err != nil {
		return err
	}
	busy, err := along(ctx, o, func(ctx context.Context, _ *stack) error { return burning(ctx, runtime.GOMAXPROCS(0)) })
	if err != nil {
		return err
	}
	spread("POST to accepted by LINE, alone (aim: p99 4 ms)", quiet)
	spread("with another bank's storm (aim: p99 35 ms)", storm)
	spread("with other programs on each core (aim: p99 15 ms)", busy)
	return nil
}

// along sends the alerts of a bank while something else goes on.
func along(ctx context.Context, o options, meanwhile func(context.Context, *stack) error) ([]time.Duration, error) {
	s, err := open(ctx, o.watched)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	n := o.rate * o.seconds
	if err := s.enrol(ctx, o.watched, n); err != nil {
		return nil, err
	}
	a := s.noted()
	stop, err := s.work(ctx, queue.Events, queue.LINE)
	if err != nil {
		return nil, err
	}
	defer stop()
	over, quit := context.WithCancel(ctx)
	defer quit()
	ended := make(chan error, 1)
	if meanwhile != nil {
		go func() { ended <- meanwhile(over, s) }()
		time.Sleep(time.Second) // it is under way
	} else {
		ended <- nil
	}
	sent, failed := s.steady(ctx, client(64), another, o.watched, n, o.rate)
	took := a.all(ctx, sent, 30*time.Second)
	quit()
	if err := <-ended; err != nil && over.Err() == nil {
		return nil, err
	}
	if failed > 0 || len(took) < n {
		row("POSTs that failed, people who were not told in time", fmt.Sprintf("%d, %d", failed, n-len(took)))
	}
	return took, nil
}

// burning runs programs that take a core each, until it is stopped.
func burning(ctx context.Context, n int) error {
	var all []*exec.Cmd
	for range n {
		c := exec.CommandContext(ctx, os.Args[0], "-burn")
		if err := c.Start(); err != nil {
			return err
		}
		all = append(all, c)
	}
	var errs []error
	for _, c := range all {
		if err := c.Wait(); err != nil && ctx.Err() == nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// burn takes a core until it is stopped.
func burn(ctx context.Context) {
	for n := uint64(1); ctx.Err() == nil; {
		for range 1 << 20 {
			n = n*6364136223846793005 + 1442695040888963407
		}
		runtime.KeepAlive(n)
	}
}

// floods compares alerts of a bank that floods, for its other customers, and of
// another bank, with those when all is quiet.
func floods(ctx context.Context, o options) error {
	fmt.Printf("%d alerts/s for %d s of a bank's customers and of another bank's: quiet, and while the first posts %d alerts of others at once\n", o.rate, o.seconds, o.flood)
	own, other, err := flooded(ctx, o, 0)
	if err != nil {
		return err
	}
	ownFlood, otherFlood, err := flooded(ctx, o, o.flood)
	if err != nil {
		return err
	}
	spread("its customers, quiet", own)
	spread("its other customers in the flood (aim: p99 1 s)", ownFlood)
	spread("another bank's, quiet", other)
	spread("another bank's in the flood", otherFlood)
	row("another bank's p99 against quiet (aim: 1.2)", fmt.Sprintf("%.2f", p99(otherFlood)/p99(other)))
	return nil
}

func flooded(ctx context.Context, o options, flood int) (own, other []time.Duration, err error) {
	n := o.rate * o.seconds / 2
	s, err := open(ctx, flood+n)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	if err := s.enrol(ctx, flood+n, n); err != nil {
		return nil, nil, err
	}
	a := s.noted()
	stop, err := s.work(ctx, queue.Events, queue.LINE)
	if err != nil {
		return nil, nil, err
	}
	defer stop()
	c := client(64)
	if err := s.pour(ctx, c, bankCode, 0, flood); err != nil {
		return nil, nil, err
	}
	var wg sync.WaitGroup
	var ownSent, otherSent map[string]time.Time
	wg.Go(func() { ownSent, _ = s.steady(ctx, c, bankCode, flood, n, max(1, o.rate/2)) })
	wg.Go(func() { otherSent, _ = s.steady(ctx, c, another, flood+n, n, max(1, o.rate/2)) })
	wg.Wait()
	own, other = a.all(ctx, ownSent, time.Minute), a.all(ctx, otherSent, time.Minute)
	if missing := 2*n - len(own) - len(other); missing > 0 {
		row("not told in time", fmt.Sprint(missing))
	}
	return own, other, nil
}

// pour posts an alert of a bank for each of so many people, in batches, and waits for
// nothing.
func (s *stack) pour(ctx context.Context, c *http.Client, bank string, from, n int) error {
	const batch = 100
	for i := from; i < from+n; i += batch {
		var b bytes.Buffer
		b.WriteString(`{"events":[`)
		for j := i; j < min(i+batch, from+n); j++ {
			if j > i {
				b.WriteByte(',')
			}
			event(&b, j, charges[0])
		}
		b.WriteString(`]}`)
		if err := post(ctx, c, s.at(bank), s.sign(b.Bytes())); err != nil {
			return err
		}
	}
	return nil
}

// saturation doubles a rate of alerts until LINE does not keep up, and tells the
// highest that it kept up with.
func saturation(ctx context.Context, o options) error {
	fmt.Println("alerts a second, each in a POST of its own, until the last of three seconds is told more than a second late")
	best := 0
	for r := max(1, o.rate); ctx.Err() == nil; r += max(1, r/4) {
		l, err := openLoop(ctx, r, 3*r)
		if err != nil {
			return err
		}
		late := at(l.took, 99)
		row(fmt.Sprintf("%d a second", r), fmt.Sprintf("p50 %.1f ms, p99 %.1f ms, %d of %d told", at(l.took, 50).Seconds()*1e3, late.Seconds()*1e3, len(l.took), 3*r))
		if late > time.Second || len(l.took) < 3*r {
			break
		}
		best = r
	}
	row("kept up with (aim: 3,000)", fmt.Sprintf("%d a second", best))
	return nil
}
