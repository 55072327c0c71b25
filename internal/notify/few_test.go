package notify_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// A provider that is down is found to be so, and to be back, also where only one or two
// people wait for it, as in a small bank's night.
func TestAnOutageIsFoundWhereOnlyFewWait(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 2; n++ {
		t.Run(fmt.Sprint(n, " wait"), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := &moody{w: w, down: true}
			w.replace(watch.LINE, func(channel.Sender) channel.Sender { return &asked{moody: p} })
			for _, m := range w.batch(n, watch.LINE) {
				if err := w.queue.Send(t.Context(), queue.LINE, queue.Outgoing{Body: m.Body, Group: "0125"}); err != nil {
					t.Fatal(err)
				}
			}
			w.settle()
			w.pass(time.Hour+700*time.Millisecond, time.Second)
			if p.vain > 200 {
				t.Errorf("%d messages in vain", p.vain)
			}
			p.set(false)
			w.pass(3*time.Second, 100*time.Millisecond)
			if got := len(p.told()); got != n {
				t.Errorf("%d of %d are told three seconds after it is back", got, n)
			}
		})
	}
}

// What fails for one person while LINE answers says nothing of LINE.
func TestOnePersonForWhomItFailsOpensNothingWhileItAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := &moody{w: w, down: true}
	w.replace(watch.LINE, func(channel.Sender) channel.Sender {
		return &asked{moody: p, answers: func() bool { return true }}
	})
	for _, m := range w.batch(1, watch.LINE) {
		if err := w.queue.Send(t.Context(), queue.LINE, queue.Outgoing{Body: m.Body, Group: "0125"}); err != nil {
			t.Fatal(err)
		}
	}
	w.pass(10*time.Minute, time.Second)
	if b, err := w.store.Breaker(t.Context(), "line"); err != nil || b.Version != 0 {
		t.Errorf("a breaker was written: %+v, %v", b, err)
	}
}

func TestABankThatIsBackHearsItsOneDisputeSoon(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bank.setDown(true)
	w.disputes(1)
	w.settle()
	w.pass(time.Hour, time.Second)
	if w.bank.vain > 200 {
		t.Errorf("%d calls in vain", w.bank.vain)
	}
	w.bank.setDown(false)
	w.pass(31*time.Second, time.Second)
	if got := len(w.bank.callbacks()); got != 1 {
		t.Errorf("%d callbacks are taken within 31 s after it is back", got)
	}
}

// refusing is a provider that is asked, and refuses what it is sent once it is back.
type refusing struct{ *asked }

func (p *refusing) Send(ctx context.Context, at channel.Address, drawn []byte) watch.Outcome {
	o := p.asked.Send(ctx, at, drawn)
	if o.Result == watch.SendAccepted {
		o = watch.Outcome{Result: watch.SendRefused, Problem: "LINE answered 400"}
	}
	return o
}

// What a probe ends for good has no message of its own any more, and is a dead letter
// all the same.
func TestWhatAProbeEndsForGoodIsADeadLetter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := &moody{w: w, down: true}
	w.replace(watch.LINE, func(channel.Sender) channel.Sender { return &refusing{&asked{moody: p}} })
	for _, m := range w.batch(1, watch.LINE) {
		if err := w.queue.Send(t.Context(), queue.LINE, queue.Outgoing{Body: m.Body, Group: "0125"}); err != nil {
			t.Fatal(err)
		}
	}
	w.settle()
	w.pass(40*time.Second, time.Second)
	p.set(false)
	w.pass(3*time.Second, time.Second)
	if n := w.dead(queue.LINE); n != 1 {
		t.Errorf("%d dead letters", n)
	}
	if b, err := w.store.Breaker(t.Context(), "line"); err != nil || b.Open {
		t.Errorf("%+v, %v", b, err)
	}
}

// sandboxed refuses whom SES has not verified, as it does until it is asked for more.
type sandboxed struct{ channel.SendFunc }

func (sandboxed) Send(context.Context, channel.Address, []byte) watch.Outcome {
	return watch.Outcome{Result: watch.SendRetry, RetryAfter: time.Minute, Untaken: true, Alone: true}
}

func TestAMailThatMayFailForOneReaderAloneOpensNothing(t *testing.T) {
	t.Parallel()
	for _, common := range []bool{true, false} {
		w := newWorld(t)
		w.replace(watch.Email, func(channel.Sender) channel.Sender {
			if common {
				return &moody{w: w, down: true}
			}
			return sandboxed{}
		})
		w.alert(watch.TellAlert, watch.Email, w.Now(), nil)
		w.settle()
		w.pass(15*time.Minute, 10*time.Second)
		if b, err := w.store.Breaker(t.Context(), "email"); err != nil || (b.Version > 0) != common {
			t.Errorf("common %t: %+v, %v", common, b, err)
		}
	}
}
