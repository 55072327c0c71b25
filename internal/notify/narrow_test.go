package notify_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// narrow is a provider that takes so many messages in a second, as SES does.
type narrow struct {
	channel.SendFunc // draws
	w                *world
	most             int

	mu       sync.Mutex
	second   int64
	took     int
	vain     int
	accepted []arrival
}

func (p *narrow) Send(_ context.Context, at channel.Address, _ []byte) watch.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.w.Now().Unix(); s != p.second {
		p.second, p.took = s, 0
	}
	if p.took++; p.took > p.most {
		p.vain++
		return watch.Outcome{Result: watch.SendRetry, Problem: "SES answered 429 TooManyRequestsException", RetryAfter: 2 * time.Second, Untaken: true}
	}
	p.accepted = append(p.accepted, arrival{at.Key, at.To, p.w.Now()})
	return watch.Outcome{Result: watch.SendAccepted}
}

// More than a provider takes in a second goes out as fast as it takes it, the most
// urgent first, and not in tries that it refuses: so it is with mails when LINE is
// down, of which SES takes 14 a second until somebody asks for more.
func TestMoreThanAProviderTakesGoesAtItsRate(t *testing.T) {
	t.Parallel()
	const n = 600
	w := newWorld(t)
	p := &narrow{w: w, most: 14}
	w.replace(watch.Email, func(channel.Sender) channel.Sender { return p })
	w.paced(watch.Email, 14)
	msgs := w.batch(n, watch.Email)
	who := map[string]int{}
	for i := range n {
		if _, err := w.store.UpdateAccount(t.Context(), watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc_b", i)}, func(a *watch.Account) ([]store.Write, error) {
			a.Watchers[0].Channels[1].Address = fmt.Sprintf("p%d@example.jp", i)
			return nil, nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.UpdateRecord(t.Context(), fmt.Sprint("b", i), func(r *watch.Record) error {
			if i >= n-3 {
				r.Notices[0].Reasons = watch.Because(watch.FirstSeen)
			}
			who[r.Deliveries[0].FeedbackKey(r.ID)] = i
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range msgs {
		if err := w.queue.Send(t.Context(), queue.Email, queue.Outgoing{Body: m.Body, Group: "0125"}); err != nil {
			t.Fatal(err)
		}
	}
	w.table.calls()
	w.settle()
	w.pass(n/14*2*time.Second, time.Second)
	told := map[string]int{}
	for k, a := range p.accepted {
		if told[a.key]++; told[a.key] > 1 {
			t.Errorf("%d is told twice", who[a.key])
		}
		if who[a.key] >= n-3 && k > 80 {
			t.Errorf("a critical one is told as number %d", k)
		}
	}
	if w.table.puts > 6*n {
		t.Errorf("%d writes for %d messages", w.table.puts, n)
	}
	if len(told) != n || p.vain > n/4 {
		t.Errorf("%d of %d are told, after %d calls in vain", len(told), n, p.vain)
	}
}

// paced says how many messages a second a channel's provider takes.
func (w *world) paced(kind watch.ChannelKind, n int) {
	w.t.Helper()
	var all []channel.Channel
	for _, k := range w.stage.Channels.Kinds() {
		c, err := w.stage.Channels.Get(k)
		if err != nil {
			w.t.Fatal(err)
		}
		if k == kind {
			c.PerSecond = n
		}
		all = append(all, c)
	}
	w.stage.Config.Channels = register(w.t, all...)
}
