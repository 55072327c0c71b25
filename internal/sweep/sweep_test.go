package sweep_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/sweep"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

var (
	begin = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	key   = watch.AccountKey{Bank: "0125", Ref: "acc_1"}
)

// house is the stage on a real store and a real queue.
type house struct {
	t     *testing.T
	stage *sweep.Stage
	store *store.Store
	queue *qembedded.Queue
	now   time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, now: begin}
	clock := func() time.Time { return h.now }
	table := worldtest.Table(t, clock)
	h.queue = worldtest.Queue(t, qembedded.Options{Now: clock})
	h.store = store.New(table)
	h.stage = sweep.New(sweep.Config{Store: h.store, Queue: h.queue, EscalateAfter: 15 * time.Minute, Now: clock, Logger: slog.New(slog.DiscardHandler)})
	line, mail := watch.Channel{Kind: watch.LINE}, watch.Channel{Kind: watch.Email, Address: "a@example.jp"}
	gone := line
	gone.UnreachableSince = begin
	h.write(store.PutAccount(&watch.Account{AccountKey: key, Watchers: []watch.Watcher{
		{ID: "w1", Role: watch.Owner, Lang: watch.Japanese, Channels: []watch.Channel{line, mail}},
		{ID: "g1", Role: watch.Guardian, Lang: watch.Japanese, Channels: []watch.Channel{line}},
		{ID: "g2", Role: watch.Guardian, Lang: watch.Japanese, Channels: []watch.Channel{gone}},
	}}))
	return h
}

func (h *house) write(w ...store.Write) {
	h.t.Helper()
	if err := h.store.Write(context.Background(), w...); err != nil {
		h.t.Fatal(err)
	}
}

// alert stores an alert with one delivery to the owner over the channel.
func (h *house) alert(ch watch.ChannelKind, due time.Time, change func(*watch.Record)) {
	h.t.Helper()
	r := &watch.Record{ID: "r1", Account: key, Kind: watch.Debit, Txn: "t1", OccurredAt: h.now, RecordedAt: h.now, Complete: true,
		Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.FirstSeen)}}}
	r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1", Lang: watch.Japanese}, ch, 0, h.now, due)
	if change != nil {
		change(r)
	}
	r.ComputeDue()
	h.write(store.PutRecord(r))
}

// sweep sweeps, and returns what it queued: "alert-w1-line".
func (h *house) sweep() []string {
	h.t.Helper()
	if _, err := h.stage.Sweep(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	out := []string{}
	for _, name := range []queue.Name{queue.LINE, queue.Email, queue.Bank} {
		for {
			msgs, err := h.queue.Receive(context.Background(), name, 10, time.Millisecond)
			if err != nil {
				h.t.Fatal(err)
			}
			if len(msgs) == 0 {
				break
			}
			for _, m := range msgs {
				var j watch.Job
				if err := json.Unmarshal(m.Body, &j); err != nil {
					h.t.Fatal(err)
				}
				if j.Delivery != "" && !strings.HasSuffix(j.Delivery, string(name)) {
					h.t.Errorf("%s in the queue %s", j.Delivery, name)
				}
				out = append(out, j.Delivery+j.Dispute)
			}
			if err := h.queue.Delete(context.Background(), name, msgs...); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	slices.Sort(out)
	return out
}

// after lets time go by and sweeps.
func (h *house) after(d time.Duration, want ...string) {
	h.t.Helper()
	h.now = h.now.Add(d)
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, h.sweep()); diff != "" {
		h.t.Errorf("at %s: %s", h.now.Sub(begin), diff)
	}
}

func (h *house) update(change func(*watch.Record)) {
	h.t.Helper()
	_, err := h.store.UpdateRecord(context.Background(), "r1", func(r *watch.Record) error {
		change(r)
		r.ComputeDue()
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func accept(r *watch.Record) {
	for i := range r.Deliveries {
		r.Deliveries[i].State = watch.Accepted
	}
}

func TestADeliveryIsReleasedAtTheEndOfQuietHours(t *testing.T) {
	h := newHouse(t)
	h.alert(watch.LINE, begin.Add(time.Hour), nil)
	h.after(59 * time.Minute)
	h.after(time.Minute, "alert-w1-line")
	h.after(time.Minute)
	h.update(accept)
	h.after(time.Hour)
}

func TestWhatIsReleasedAndLostIsFoundSoon(t *testing.T) {
	h := newHouse(t)
	h.alert(watch.LINE, begin.Add(8*time.Hour), nil)
	h.after(8*time.Hour, "alert-w1-line")
	h.after(watch.LostAfter, "alert-w1-line")
}

func TestACancelledDeliveryIsNotReleased(t *testing.T) {
	h := newHouse(t)
	h.alert(watch.LINE, begin.Add(time.Hour), func(r *watch.Record) { r.Deliveries[0].State = watch.Cancelled })
	h.after(2 * time.Hour)
}

func TestALateDeliveryIsQueuedAgainLessAndLessOften(t *testing.T) {
	h := newHouse(t)
	h.alert(watch.LINE, begin, nil)
	var at []time.Duration
	for h.now.Before(begin.Add(3 * time.Hour)) {
		h.now = h.now.Add(time.Minute)
		if len(h.sweep()) > 0 {
			at = append(at, h.now.Sub(begin).Round(time.Minute))
		}
	}
	want := []time.Duration{2, 4, 8, 16, 32, 64, 124}
	for i := range want {
		want[i] *= time.Minute
	}
	if d := cmp.Diff(want, at); d != "" {
		t.Error(d)
	}
}

func TestAMailWhoseSenderDiedIsGivenBackToNotify(t *testing.T) {
	h := newHouse(t)
	h.alert(watch.Email, begin, func(r *watch.Record) {
		r.Deliveries[0].State, r.Deliveries[0].Due = watch.Sending, begin.Add(time.Minute)
	})
	h.after(59 * time.Second)
	h.after(time.Second, "alert-w1-email")
	h.update(func(r *watch.Record) {
		if d := r.Deliveries[0]; d.State != watch.Sending || d.Due != begin.Add(time.Minute) {
			t.Errorf("the lease was touched: %+v", d)
		}
	})
}

func TestEscalation(t *testing.T) {
	waits := func(r *watch.Record) {
		accept(r)
		r.Notices[0].EscalateAt = begin.Add(15 * time.Minute)
	}
	t.Run("the next channel, then the guardians, then nobody", func(t *testing.T) {
		h := newHouse(t)
		h.alert(watch.LINE, begin, waits)
		h.after(14 * time.Minute)
		h.after(time.Minute, "alert-w1-email")
		h.update(accept)
		h.after(14 * time.Minute)
		// The second guardian has no channel that works: the bank hears of it,
		// and so does the operator.
		var log bytes.Buffer
		h.stage.Logger = slog.New(slog.NewTextHandler(&log, nil))
		h.after(time.Minute, "alert-g1-line", "unreachable-g2-bank")
		if n := strings.Count(log.String(), "a watcher cannot be reached at all"); n != 1 {
			t.Errorf("the operator hears of it %d times", n)
		}
		h.update(accept)
		h.after(24 * time.Hour)
		h.update(func(r *watch.Record) {
			if _, ok := r.Notice("g1"); !ok || len(r.Notices) != 3 || r.Notices[1].Reasons != watch.Because(watch.FirstSeen) {
				t.Errorf("notices %+v", r.Notices)
			}
		})
	})
	for name, change := range map[string]func(*watch.Record){
		"an answer ends it":  func(r *watch.Record) { r.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w1"} },
		"so does a reversal": func(r *watch.Record) { r.UndoneAt = begin },
		"so does leaving":    func(r *watch.Record) { r.Notices[0].Watcher = "w9" },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.alert(watch.LINE, begin, func(r *watch.Record) { waits(r); change(r) })
			h.after(15 * time.Minute)
			h.after(15 * time.Minute)
			h.update(func(r *watch.Record) {
				if !r.Due.IsZero() {
					t.Errorf("still due at %v", r.Due)
				}
			})
		})
	}
	t.Run("a guardian who was told already is not told again", func(t *testing.T) {
		h := newHouse(t)
		h.alert(watch.LINE, begin, func(r *watch.Record) {
			waits(r)
			r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1"}, watch.Email, 0, begin, begin)
			r.Notices = append(r.Notices, watch.Notice{Watcher: "g1", Reasons: watch.Because(watch.ServiceDebit)}, watch.Notice{Watcher: "g2", Reasons: watch.Because(watch.ServiceDebit)})
			accept(r)
		})
		h.after(15 * time.Minute)
	})
	t.Run("an erased account ends it", func(t *testing.T) {
		h := newHouse(t)
		h.alert(watch.LINE, begin, waits)
		a, err := h.store.Account(context.Background(), key)
		if err != nil {
			t.Fatal(err)
		}
		h.write(store.DeleteAccount(a))
		h.after(15 * time.Minute)
		h.after(time.Hour)
	})
}

// broken is a queue that takes nothing.
type broken struct{}

func (broken) Send(context.Context, queue.Name, ...queue.Outgoing) error {
	return errors.New("the queue is down")
}

func TestWhatCannotBeQueuedIsFoundAgain(t *testing.T) {
	h := newHouse(t)
	h.alert(watch.LINE, begin.Add(time.Hour), nil)
	h.now = begin.Add(time.Hour)
	h.stage.Queue = broken{}
	if _, err := h.stage.Sweep(context.Background()); err == nil {
		t.Error("a queue that is down is no error")
	}
	h.stage.Queue = h.queue
	h.after(watch.LostAfter, "alert-w1-line")
}

func TestADisputeThatTheBankHasNotTakenIsQueuedAgain(t *testing.T) {
	h := newHouse(t)
	d := &watch.Dispute{ID: "d1", Record: "r1", Account: key, AnsweredAt: begin, Due: begin.Add(time.Hour),
		Changes: []watch.DisputeChange{{Seq: 1, Status: watch.DisputeOpened, At: begin, TellBank: true}}}
	h.write(h.store.PutDispute(d))
	h.after(59 * time.Minute)
	h.after(time.Minute, "d1")
	h.after(time.Minute)
	if _, err := h.store.UpdateDispute(context.Background(), "d1", func(d *watch.Dispute) error {
		d.Changes[0].ToldAt = h.now
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	h.after(time.Hour)
}

func TestABankThatSendsNothingIsAnAlarm(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	h.write(store.PutBank(&store.Bank{Code: "0125", SilentAfter: time.Hour}), store.PutBank(&store.Bank{Code: "0168", SilentAfter: time.Hour}),
		store.PutBank(&store.Bank{Code: "0001"}),
		store.PutFeed(&store.Feed{Bank: "0125", LastEvent: begin}), store.PutFeed(&store.Feed{Bank: "0001", LastEvent: begin}))
	silent := func(after time.Duration, want int, since time.Time) {
		t.Helper()
		h.now = begin.Add(after)
		rep, err := h.stage.Sweep(ctx)
		f, err2 := h.store.Feed(ctx, "0125")
		if err != nil || err2 != nil || rep.Silent != want || !f.SilentSince.Equal(since) {
			t.Errorf("after %v: %+v %v, feed %+v %v", after, rep, err, f, err2)
		}
	}
	silent(59*time.Minute, 0, time.Time{})
	silent(time.Hour, 1, begin) // 0168 never sent anything, 0001 has no alarm
	silent(2*time.Hour, 1, begin)
	h.write(store.PutFeed(&store.Feed{Bank: "0125", LastEvent: begin.Add(2 * time.Hour)}))
	silent(2*time.Hour, 0, time.Time{})
}
