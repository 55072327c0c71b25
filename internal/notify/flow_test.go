package notify_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// hung is a sender, and a bank's end, where calls to some places do not return
// until they are let go or given up.
type hung struct {
	channel.SendFunc // draws
	mu               sync.Mutex
	slow             map[string]bool
	free             chan struct{}
	began            chan string // the places of hanging calls
	under            map[string]int
	most             map[string]int
	calls            int
}

func newHung(slow ...string) *hung {
	h := &hung{slow: map[string]bool{}, free: make(chan struct{}), began: make(chan string, 1000), under: map[string]int{}, most: map[string]int{}}
	for _, s := range slow {
		h.slow[s] = true
	}
	return h
}

func (h *hung) call(ctx context.Context, place string) bool {
	h.mu.Lock()
	h.calls++
	h.under[place]++
	h.most[place] = max(h.most[place], h.under[place])
	slow := h.slow[place]
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.under[place]--
	}()
	if !slow {
		return true
	}
	h.began <- place
	select {
	case <-h.free:
		return true
	case <-ctx.Done():
		return false
	}
}

func (h *hung) Send(ctx context.Context, at channel.Address, _ []byte) watch.Outcome {
	if !h.call(ctx, at.To) {
		return watch.Outcome{Result: watch.SendRetry, Problem: "no answer"}
	}
	return watch.Outcome{Result: watch.SendAccepted}
}

func (h *hung) Post(ctx context.Context, bank, _ string, _ []byte) error {
	if !h.call(ctx, bank) {
		return context.Canceled
	}
	return nil
}

// flowing gives messages to the stage, in batches of ten as a consumer does.
func (w *world) flowing(ctx context.Context, msgs []queue.Message) <-chan settled {
	out := make(chan settled, len(msgs))
	for batch := range slices.Chunk(msgs, 10) {
		w.stage.Flow(ctx, batch, func(m queue.Message, v queue.Verdict) { out <- settled{m, v} })
	}
	return out
}

type settled struct {
	queue.Message
	queue.Verdict
}

// sameUser gives all of the accounts of a batch to the watcher of the first.
func (w *world) sameUser(n int) string {
	w.t.Helper()
	user := ""
	for i := range n {
		a, err := w.store.Account(context.Background(), watch.AccountKey{Bank: "0125", Ref: fmt.Sprintf("acc_b%d", i)})
		if err != nil {
			w.t.Fatal(err)
		}
		if user == "" {
			user = a.Watchers[0].LineUser
		}
		a.Watchers[0].LineUser = user
		if err := w.store.Write(context.Background(), store.PutAccount(a)); err != nil {
			w.t.Fatal(err)
		}
	}
	return user
}

func (w *world) hang(h *hung) {
	w.replace(watch.LINE, func(channel.Sender) channel.Sender { return h })
}

func TestAPersonForWhomLINEHangsDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const one, all, behind = 50, 90, 32
	msgs := w.batch(all, watch.LINE)
	user := w.sameUser(one)
	h := newHung(user)
	w.hang(h)
	out := w.flowing(t.Context(), msgs)

	// While the call for one person hangs, each of the others is told, and what
	// is more than a few for that person is back in its queue.
	others, back := 0, 0
	for range all - 1 - behind {
		s := <-out
		switch {
		case s.Done:
			others++
		case s.DeadLetter == "" && s.Delay > 0:
			back++
		default:
			t.Errorf("%+v", s)
		}
	}
	if others != all-one || back != one-1-behind {
		t.Errorf("%d others are told, want %d; %d are back, want %d", others, all-one, back, one-1-behind)
	}
	if user != <-h.began || h.most[user] != 1 {
		t.Errorf("%d calls at a time for one person", h.most[user])
	}
	close(h.free)
	for range 1 + behind {
		if s := <-out; !s.Done {
			t.Errorf("what waited ended as %+v", s.Verdict)
		}
	}
	if h.most[user] != 1 || h.calls != all-one+1+behind {
		t.Errorf("%d calls, %d at a time", h.calls, h.most[user])
	}
}

func TestABankWhoseCallbackHangsDelaysNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := newHung("0168")
	w.stage.Callback = h
	var msgs []queue.Message
	const each, behind = 50, 32
	for i := range 2 * each {
		d := &watch.Dispute{ID: fmt.Sprint("d", i), Record: "r1", OnAccount: watch.On(watch.AccountKey{Bank: []string{"0168", "0125"}[i%2], Ref: ref}), AnsweredAt: begin,
			Changes: []watch.DisputeChange{{Seq: 1, Status: watch.DisputeOpened, At: begin, TellBank: true}}}
		if err := w.store.Write(t.Context(), w.store.PutDispute(d)); err != nil {
			t.Fatal(err)
		}
		msgs = append(msgs, queue.Message{ID: d.ID, Receives: 1, Group: d.Account.Bank, Body: []byte(`{"dispute":"` + d.ID + `"}`)})
	}
	ctx, stop := context.WithCancel(t.Context())
	// As a consumer does: no more of the quick bank's than it has room for.
	out := w.flowing(ctx, msgs[:60])
	told, back := map[string]int{}, 0
	for range 30 {
		if s := <-out; s.Done {
			told[s.Group]++
		} else {
			back++
		}
	}
	if told["0125"] != 30 || told["0168"] != 0 || back != 0 || h.most["0168"] != 4 {
		t.Errorf("told %v, %d back, %d calls at a time", told, back, h.most["0168"])
	}
	more := w.flowing(ctx, msgs[60:])
	for range each - 4 - behind {
		if s := <-more; s.Done && s.Group == "0168" {
			t.Error("a callback that hangs was taken")
		}
	}
	// The process is to stop: what hangs is given up, and on record.
	stop()
	for range 30 {
		<-out
	}
	again := 0
	for i := 0; i < 2*each; i += 2 {
		d, err := w.store.Dispute(t.Context(), fmt.Sprint("d", i))
		if err != nil {
			t.Fatal(err)
		}
		if !d.Due.IsZero() && d.Changes[0].Attempts == 1 {
			again++
		}
	}
	if again != 4 {
		t.Errorf("%d callbacks that were given up are on record, want 4", again)
	}
}

func TestABatchEndsWithItsQuickOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	msgs := w.batch(10, watch.LINE)
	user := w.sameUser(1)
	h := newHung(user)
	w.hang(h)
	patience := make(chan time.Time)
	w.stage.Patience = time.Second
	asked := 0
	w.stage.After = func(time.Duration) <-chan time.Time {
		if asked++; asked == 9 {
			return patience // nothing more ends by itself
		}
		return nil
	}
	done := make(chan []queue.Verdict)
	go func() { done <- w.stage.Handle(t.Context(), msgs) }()
	<-h.began
	patience <- time.Time{}
	verdicts := <-done
	for i, v := range verdicts {
		if v.Done != (i > 0) || i == 0 && v.Delay <= 0 {
			t.Errorf("message %d: %+v", i, v)
		}
	}
	d := w.recordOf("b0").Deliveries[0]
	if d.State != watch.Queued || !d.Tried || d.Due.IsZero() {
		t.Errorf("what was given up is on record as %+v", d)
	}

	// When it comes again it has all the time that a call may take, and the
	// retry key is the same.
	msgs[0].Receives = 2
	asked = -100
	go func() { done <- w.stage.Handle(t.Context(), msgs[:1]) }()
	<-h.began
	close(h.free)
	if v := <-done; !v[0].Done {
		t.Errorf("the second time: %+v", v)
	}
}

func (w *world) recordOf(id string) *watch.Record {
	w.t.Helper()
	r, err := w.store.Record(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func TestWhatWaitsForAPersonSaysWhatIsTrueWhenItsTurnComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	msgs := w.batch(2, watch.LINE)
	user := w.sameUser(2)
	h := newHung(user)
	w.hang(h)
	out := w.flowing(t.Context(), msgs)
	<-h.began
	// The one that waits is told meanwhile, by another copy of its job.
	for _, id := range []string{"b0", "b1"} {
		if _, err := w.store.UpdateRecord(t.Context(), id, func(r *watch.Record) error {
			r.Deliveries[0].State = watch.Cancelled
			r.ComputeDue()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	w.Add(time.Second)
	close(h.free)
	for range 2 {
		if s := <-out; !s.Done {
			t.Errorf("%+v", s.Verdict)
		}
	}
	if h.calls != 1 {
		t.Errorf("%d calls: one was sent although it was settled while it waited", h.calls)
	}
}
