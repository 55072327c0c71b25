package notify_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// moody is a provider that is down at times.
type moody struct {
	channel.SendFunc // draws
	w                *world
	mu               sync.Mutex

	down     bool
	vain     int
	accepted []arrival
	only     map[string]bool // for whom it is down, if not for all
}

type arrival struct {
	key, to string
	at      time.Time
}

func (p *moody) Send(_ context.Context, at channel.Address, _ []byte) watch.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down && (p.only == nil || p.only[at.To]) {
		p.vain++
		return watch.Outcome{Result: watch.SendRetry, Problem: "LINE answered 500"}
	}
	p.accepted = append(p.accepted, arrival{at.Key, at.To, p.w.Now()})
	return watch.Outcome{Result: watch.SendAccepted}
}

// asked is a provider that can be asked whether it answers.
type asked struct {
	*moody
	pings   int
	answers func() bool // nil if it does while it is not down
}

func (p *asked) Ping(context.Context) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pings++
	if p.answers != nil {
		return p.answers()
	}
	return !p.down
}

// What waits goes out within two seconds after LINE is back, whenever that is,
// and in an hour it is not sent 200 messages in vain.
func TestAProviderThatCanBeAskedIsFoundToBeBackWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		down    time.Duration
		answers func(n int) bool // while messages fail
		within  time.Duration
	}{
		"after a minute":              {time.Minute, nil, 2 * time.Second},
		"after an hour":               {time.Hour, nil, 2 * time.Second},
		"an hour, between two looks":  {time.Hour + 700*time.Millisecond, nil, 2 * time.Second},
		"it answers, and sends none":  {time.Hour, func(int) bool { return true }, 31 * time.Second},
		"it answers now and then":     {time.Hour, func(n int) bool { return n%2 == 0 }, 31 * time.Second},
		"it sends, and never answers": {time.Hour, func(int) bool { return false }, 31 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p, _ := outage(t, 40)
			a := &asked{moody: p}
			if c.answers != nil {
				a.answers = func() bool { return c.answers(a.pings) }
			}
			w.replace(watch.LINE, func(channel.Sender) channel.Sender { return a })
			w.pass(c.down, time.Second)
			if p.vain > 200 {
				t.Errorf("%d messages in vain, after %d questions", p.vain, a.pings)
			}
			if most := int(c.down/time.Second) + 60; a.pings > most {
				t.Errorf("it is asked %d times in %v", a.pings, c.down)
			}
			p.set(false)
			back := w.Now()
			for len(p.told()) == 0 && w.Now().Sub(back) < time.Minute {
				w.pass(100*time.Millisecond, 100*time.Millisecond)
			}
			if since := w.Now().Sub(back); since > c.within {
				t.Errorf("the first is told after %v", since)
			}
			w.pass(10*time.Second, time.Second)
			told := map[string]int{}
			for _, a := range p.told() {
				told[a.to]++
				if told[a.to] > 1 {
					t.Errorf("%s is told %d times", a.to, told[a.to])
				}
			}
			if len(told) != 40 {
				t.Errorf("%d are told, want 40", len(told))
			}
		})
	}
}

func (p *moody) set(down bool) { p.mu.Lock(); defer p.mu.Unlock(); p.down = down }

func (p *moody) told() []arrival {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]arrival(nil), p.accepted...)
}

// outage is a world whose LINE is down, with as many alerts waiting, each of
// another person and a second after the one before; every fortieth is critical.
func outage(t *testing.T, n int) (*world, *moody, map[string]int) {
	t.Helper()
	w := newWorld(t)
	p := &moody{w: w, down: true}
	w.replace(watch.LINE, func(channel.Sender) channel.Sender { return p })
	who := map[string]int{}
	for i, m := range w.batch(n, watch.LINE) {
		id := fmt.Sprint("b", i)
		a, err := w.store.Account(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_" + id})
		if err != nil {
			t.Fatal(err)
		}
		who[a.Watchers[0].LineUser] = i
		if _, err := w.store.UpdateRecord(t.Context(), id, func(r *watch.Record) error {
			r.Deliveries[0].CreatedAt = w.Now()
			if i%40 == 39 {
				r.Notices[0].Reasons = watch.Because(watch.FirstSeen)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.queue.Send(t.Context(), queue.LINE, queue.Outgoing{Body: m.Body, Group: "0125"}); err != nil {
			t.Fatal(err)
		}
		w.Add(time.Second)
		if i%10 == 9 {
			w.settle()
		}
	}
	return w, p, who
}

func TestAProviderThatIsDownIsProbedByOneCallAndThenEverythingGoes(t *testing.T) {
	t.Parallel()
	const n = 120
	w, p, who := outage(t, n)
	w.paced(watch.LINE, 27)
	w.pass(time.Hour, 10*time.Second)
	if p.vain > 200 {
		t.Errorf("%d calls in vain", p.vain)
	}
	if d, err := w.queue.Depth(t.Context(), queue.LINE); err != nil || d.Waiting+d.InFlight > 2 {
		t.Errorf("while it is down %+v messages wait in the queue, %v", d, err)
	}
	p.set(false)
	back := w.Now()
	for len(p.told()) == 0 && w.Now().Sub(back) < time.Minute {
		w.pass(time.Second, time.Second)
	}
	if since := w.Now().Sub(back); since > 31*time.Second {
		t.Errorf("it is found to be back after %v", since)
	}
	w.pass(20*time.Second, time.Second)
	told := p.told()
	if len(told) != n {
		t.Fatalf("%d are told, want %d", len(told), n)
	}
	first, seen := told[0].at, map[string]bool{}
	last := -1
	for k, a := range told {
		i := who[a.to]
		critical := i%40 == 39
		after := a.at.Sub(first)
		switch {
		case seen[a.to]:
			t.Errorf("%d is told twice", i)
		case critical && (k > 10 || after > 2*time.Second):
			t.Errorf("the critical alert %d is told as number %d, after %v", i, k, after)
		case after > 10*time.Second:
			t.Errorf("alert %d is told after %v", i, after)
		case !critical && i < last-40:
			t.Errorf("alert %d is told after %d", i, last)
		}
		if !critical {
			last = max(last, i)
		}
		seen[a.to] = true
	}
	if b, err := w.store.Breaker(t.Context(), "line"); err != nil || b.Open {
		t.Errorf("the breaker is %+v, %v", b, err)
	}
	for i := range n {
		if d := w.recordOf(fmt.Sprint("b", i)).Deliveries[0]; d.State != watch.Accepted || d.Parked {
			t.Errorf("%d: %+v", i, d)
		}
	}
}

func TestAllProcessesGoByOneBreaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := &moody{w: w, down: true}
	w.replace(watch.LINE, func(channel.Sender) channel.Sender { return p })
	msgs := w.batch(30, watch.LINE)
	w.stage.Handle(t.Context(), msgs[:10])
	vain := p.vain
	for _, v := range notify.New(w.stage.Config).Handle(t.Context(), msgs[10:]) {
		if !v.Done {
			t.Errorf("%+v", v)
		}
	}
	if p.vain != vain || vain < 5 || vain > 10 {
		t.Errorf("%d calls in vain, and %d more", vain, p.vain-vain)
	}
	if d := w.recordOf("b29").Deliveries[0]; !d.Parked || d.Tried || d.Attempts != 0 || !d.Due.Equal(d.CreatedAt.Add(time.Minute)) {
		t.Errorf("what no call was made for is on record as %+v", d)
	}
}

// Nothing is looked at each minute that can only wait: of 40,000 alerts that
// would be most of what a machine does while a provider is down.
func TestWhatHasNoOtherChannelIsLookedAtWhenTheProviderIsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := &moody{w: w, down: true}
	w.replace(watch.LINE, func(channel.Sender) channel.Sender { return p })
	msgs := w.batch(30, watch.LINE)
	for i := range msgs {
		if _, err := w.store.UpdateAccount(t.Context(), watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc_b", i)}, func(a *watch.Account) ([]store.Write, error) {
			a.Watchers[0].Channels = a.Watchers[0].Channels[:1]
			return nil, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for some := range slices.Chunk(msgs, 10) {
		w.stage.Handle(t.Context(), some)
	}
	if d := w.recordOf("b29").Deliveries[0]; !d.Parked || !d.Due.Equal(d.CreatedAt.Add(w.stage.GiveUpAfter)) {
		t.Errorf("%+v", d)
	}
}

func TestOnePersonForWhomItFailsSaysNothingOfAProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	msgs := w.batch(20, watch.LINE)
	user := w.sameUser(10)
	p := &moody{w: w, down: true, only: map[string]bool{user: true}}
	w.replace(watch.LINE, func(channel.Sender) channel.Sender { return p })
	for range 3 {
		w.stage.Handle(t.Context(), msgs[:10])
	}
	if b, err := w.store.Breaker(t.Context(), "line"); err != nil || b.Version != 0 {
		t.Errorf("a breaker was written: %+v, %v", b, err)
	}
	for i, v := range w.stage.Handle(t.Context(), msgs[10:]) {
		if !v.Done {
			t.Errorf("another person %d: %+v", i, v)
		}
	}
}

func TestWhatWaitsForAProviderTakesTheNextChannelAsItAlwaysDid(t *testing.T) {
	t.Parallel()
	w, _, _ := outage(t, 20)
	w.Add(2 * time.Minute)
	d := w.recordOf("b0").Deliveries[0]
	if !d.Parked || d.Due.After(w.Now()) {
		t.Fatalf("it is not due: %+v", d)
	}
	verdicts := w.stage.Handle(t.Context(), []queue.Message{{ID: "x", Receives: 1, Body: []byte(`{"record":"b0","delivery":"` + d.ID + `","again":true}`)}})
	r := w.recordOf("b0")
	if !verdicts[0].Done || len(r.Deliveries) != 2 || r.Deliveries[1].Channel != watch.Email || !r.Deliveries[0].Parked {
		t.Errorf("%+v: %+v", verdicts[0], r.Deliveries)
	}
	// It is given up as it always was, too.
	w.Add(20 * time.Hour)
	verdicts = w.stage.Handle(t.Context(), []queue.Message{{ID: "x", Receives: 1, Body: []byte(`{"record":"b0","delivery":"` + d.ID + `","again":true}`)}})
	if d := w.recordOf("b0").Deliveries[0]; verdicts[0].DeadLetter == "" || d.State != watch.Undelivered || d.Parked {
		t.Errorf("after 20 hours %+v: %+v", verdicts[0], d)
	}
}

// disputes are n that a bank has not been told of.
func (w *world) disputes(n int) {
	w.t.Helper()
	for i := range n {
		d := &watch.Dispute{ID: fmt.Sprint("d", i), Record: "r1", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: ref}), AnsweredAt: begin,
			Changes: []watch.DisputeChange{{Seq: 1, Status: watch.DisputeOpened, At: begin, TellBank: true}}}
		if err := w.store.Write(w.t.Context(), w.store.PutDispute(d)); err != nil {
			w.t.Fatal(err)
		}
		if err := w.queue.Send(w.t.Context(), queue.Bank, queue.Outgoing{Body: []byte(`{"dispute":"` + d.ID + `"}`), Group: "0125"}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestABankThatSaysWhenToComeBackIsNotCalledBefore(t *testing.T) {
	t.Parallel()
	for n, most := range map[int]int{1: 1, 30: 10} { // with 30 a breaker opens, after the calls that were under way
		w := newWorld(t)
		w.bank.after = "900"
		w.bank.setDown(true)
		w.disputes(n)
		w.pass(14*time.Minute, 10*time.Second)
		if w.bank.vain > most {
			t.Errorf("%d disputes: the bank was called %d times within 14 minutes, though it asked for 15", n, w.bank.vain)
		}
		w.bank.setDown(false)
		w.pass(8*time.Minute, 10*time.Second)
		if got := len(w.bank.callbacks()); got != n {
			t.Errorf("%d callbacks of %d are taken within 22 minutes", got, n)
		}
		for _, q := range queue.Names {
			if d, err := w.queue.Depth(t.Context(), q); err != nil || d.Dead != 0 {
				t.Errorf("%s: %+v, %v", q, d, err)
			}
		}
	}
}

func TestABankWhoseEndpointIsDownIsProbedByOneCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bank.setDown(true)
	const n = 30
	w.disputes(n)
	w.pass(time.Hour, 10*time.Second)
	refs, err := w.store.Waiting(t.Context())
	if err != nil || len(refs) != n || refs[0].Lane != watch.LaneLost {
		t.Errorf("%d things wait, %v", len(refs), err)
	}
	w.bank.setDown(false)
	w.pass(time.Minute, time.Second)
	if got := len(w.bank.callbacks()); got != n {
		t.Errorf("%d callbacks are taken, want %d", got, n)
	}
	if b, err := w.store.Breaker(t.Context(), "bank.0125"); err != nil || b.Open || b.Probes > 130 {
		t.Errorf("the breaker is %+v, %v", b, err)
	}
}
