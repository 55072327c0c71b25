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
	"kozamori/internal/store"
	"kozamori/internal/sweep"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

var (
	begin = worldtest.Start
	key   = watch.AccountKey{Bank: "0125", Ref: "acc_1"}
)

// house is the stage on a world of its own.
type house struct {
	*worldtest.World
	stage *sweep.Stage
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{World: worldtest.New(t)}
	h.stage = sweep.New(sweep.Config{Store: h.Store, Queue: h.Queue, EscalateAfter: 15 * time.Minute, Now: h.Now, Logger: h.Logger})
	gone := worldtest.ByLINE
	gone.UnreachableSince = begin
	h.Put(store.PutAccount(worldtest.Account(key, worldtest.Owner("w1", "", worldtest.ByLINE, worldtest.ByMail("a@example.jp")),
		worldtest.Guardian("g1", "", worldtest.ByLINE), worldtest.Guardian("g2", "", gone))))
	return h
}

// alert stores an alert with one delivery to the owner over the channel.
func (h *house) alert(ch watch.ChannelKind, due time.Time, change func(*watch.Record)) {
	h.T.Helper()
	r := &watch.Record{ID: "r1", OnAccount: watch.On(key), Kind: watch.Debit, Txn: "t1", OccurredAt: h.Now(), RecordedAt: h.Now(), Complete: true,
		Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.FirstSeen)}}}
	r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1", Lang: watch.Japanese}, ch, 0, h.Now(), due)
	if change != nil {
		change(r)
	}
	r.ComputeDue()
	h.Put(store.PutRecord(r))
}

// sweep sweeps, and returns what it queued: "alert-w1-line".
func (h *house) sweep() []string {
	h.T.Helper()
	if _, err := h.stage.Sweep(context.Background()); err != nil {
		h.T.Fatal(err)
	}
	out := []string{}
	for _, name := range []queue.Name{queue.LINE, queue.Email, queue.Bank} {
		for msgs := h.Receive(name); len(msgs) > 0; msgs = h.Receive(name) {
			for _, m := range msgs {
				var j watch.Job
				if err := json.Unmarshal(m.Body, &j); err != nil {
					h.T.Fatal(err)
				}
				if j.Delivery != "" && !strings.HasSuffix(j.Delivery, string(name)) {
					h.T.Errorf("%s in the queue %s", j.Delivery, name)
				}
				out = append(out, j.Delivery+j.Dispute)
			}
			if err := h.Queue.Delete(context.Background(), name, msgs...); err != nil {
				h.T.Fatal(err)
			}
		}
	}
	slices.Sort(out)
	return out
}

// after lets time go by and sweeps.
func (h *house) after(d time.Duration, want ...string) {
	h.T.Helper()
	h.Add(d)
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, h.sweep()); diff != "" {
		h.T.Errorf("at %s: %s", h.Now().Sub(begin), diff)
	}
}

func (h *house) update(change func(*watch.Record)) {
	h.T.Helper()
	_, err := h.Store.UpdateRecord(context.Background(), "r1", func(r *watch.Record) error {
		change(r)
		r.ComputeDue()
		return nil
	})
	if err != nil {
		h.T.Fatal(err)
	}
}

func accept(r *watch.Record) {
	for i := range r.Deliveries {
		r.Deliveries[i].State = watch.Accepted
	}
}

func TestADeliveryIsReleasedAtTheEndOfQuietHours(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.alert(watch.LINE, begin.Add(time.Hour), nil)
	h.after(59 * time.Minute)
	h.after(time.Minute, "alert-w1-line")
	h.after(time.Minute)
	h.update(accept)
	h.after(time.Hour)
}

func TestWhatIsReleasedAndLostIsFoundSoon(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.alert(watch.LINE, begin.Add(8*time.Hour), nil)
	h.after(8*time.Hour, "alert-w1-line")
	h.after(watch.LostAfter, "alert-w1-line")
}

func TestACancelledDeliveryIsNotReleased(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.alert(watch.LINE, begin.Add(time.Hour), func(r *watch.Record) { r.Deliveries[0].State = watch.Cancelled })
	h.after(2 * time.Hour)
}

func TestALateDeliveryIsQueuedAgainLessAndLessOften(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.alert(watch.LINE, begin, nil)
	var at []time.Duration
	for h.Now().Before(begin.Add(3 * time.Hour)) {
		h.Add(time.Minute)
		if len(h.sweep()) > 0 {
			at = append(at, h.Now().Sub(begin).Round(time.Minute))
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
	t.Parallel()
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
	t.Parallel()
	waits := func(r *watch.Record) {
		accept(r)
		r.Notices[0].EscalateAt = begin.Add(450 * time.Second)
	}
	t.Run("the next channel, then the guardians, within a quarter of an hour, then no one", func(t *testing.T) {
		h := newHouse(t)
		h.alert(watch.LINE, begin, waits)
		h.after(7 * time.Minute)
		h.after(time.Minute, "alert-w1-email")
		h.update(accept)
		h.after(6 * time.Minute)
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
			if _, ok := r.Notice("g1"); !ok || len(r.Notices) != 3 || r.Notices[1].Called != watch.CallUnanswered || r.ReasonsFor(r, "g1") != watch.Because(watch.FirstSeen) {
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
			for _, id := range []string{"w1", "g1", "g2"} {
				r.Deliver(watch.TellAlert, &watch.Watcher{ID: id}, watch.Email, 0, begin, begin)
			}
			r.Notices = append(r.Notices, watch.Notice{Watcher: "g1", Reasons: watch.Because(watch.ServiceDebit)}, watch.Notice{Watcher: "g2", Reasons: watch.Because(watch.ServiceDebit)})
			accept(r)
		})
		h.after(15 * time.Minute)
	})
	t.Run("an erased account ends it", func(t *testing.T) {
		h := newHouse(t)
		h.alert(watch.LINE, begin, waits)
		a, err := h.Store.Account(context.Background(), key)
		if err != nil {
			t.Fatal(err)
		}
		h.Put(store.DeleteAccount(a))
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
	t.Parallel()
	h := newHouse(t)
	h.alert(watch.LINE, begin.Add(time.Hour), nil)
	h.Set(begin.Add(time.Hour))
	h.stage.Queue = broken{}
	if _, err := h.stage.Sweep(context.Background()); err == nil {
		t.Error("a queue that is down is no error")
	}
	h.stage.Queue = h.Queue
	h.after(watch.LostAfter, "alert-w1-line")
}

func TestADisputeThatTheBankHasNotTakenIsQueuedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := &watch.Dispute{ID: "d1", Record: "r1", OnAccount: watch.On(key), AnsweredAt: begin, Due: begin.Add(time.Hour),
		Changes: []watch.DisputeChange{{Seq: 1, Status: watch.DisputeOpened, At: begin, TellBank: true}}}
	h.Put(h.Store.PutDispute(d))
	h.after(59 * time.Minute)
	h.after(time.Minute, "d1")
	h.after(time.Minute)
	if _, err := h.Store.UpdateDispute(context.Background(), "d1", func(d *watch.Dispute) error {
		d.Changes[0].ToldAt = h.Now()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	h.after(time.Hour)
}

func TestNumbersThatWereCheckedLongAgoAreCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	day := func(ago int) string { return begin.AddDate(0, 0, -ago).Format(time.DateOnly) }
	h.Put(store.PutBank(&store.Bank{Code: "0125", Phone: "022-000-0000", PhoneOn: day(400), More: []store.Contact{{Phone: "0120-000-000", On: day(10)}, {Phone: "0120-000-001", On: day(368)}}}),
		store.PutBank(&store.Bank{Code: "0168", Phone: "086-000-0000"}), // on record before days were
		store.PutBank(&store.Bank{Code: "0001", Phone: "086-000-0000", PhoneOn: day(365)}), store.PutBank(&store.Bank{Code: "0009"}))
	for catalogs, want := range map[int]int{0: 3, 4: 7} {
		h.stage.OldNumbers = func(time.Time) int { return catalogs }
		if rep, err := h.stage.Sweep(context.Background()); err != nil || rep.Old != want {
			t.Errorf("with %d of the catalogue: %+v %v", catalogs, rep, err)
		}
	}
}

func TestABankThatSendsNothingIsAnAlarm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := context.Background()
	h.Put(store.PutBank(&store.Bank{Code: "0125", SilentAfter: time.Hour}), store.PutBank(&store.Bank{Code: "0168", SilentAfter: time.Hour}),
		store.PutBank(&store.Bank{Code: "0001"}),
		store.PutFeed(&store.Feed{Bank: "0125", LastEvent: begin}), store.PutFeed(&store.Feed{Bank: "0001", LastEvent: begin}))
	silent := func(after time.Duration, want int, since time.Time) {
		t.Helper()
		h.Set(begin.Add(after))
		rep, err := h.stage.Sweep(ctx)
		f, err2 := h.Store.Feed(ctx, "0125")
		if err != nil || err2 != nil || rep.Silent != want || !f.SilentSince.Equal(since) {
			t.Errorf("after %v: %+v %v, feed %+v %v", after, rep, err, f, err2)
		}
	}
	silent(59*time.Minute, 0, time.Time{})
	silent(time.Hour, 1, begin) // 0168 never sent anything, 0001 has no alarm
	silent(2*time.Hour, 1, begin)
	f, err := h.Store.Feed(ctx, "0125")
	if err != nil {
		t.Fatal(err)
	}
	f.LastEvent, f.SilentSince = begin.Add(2*time.Hour), time.Time{}
	h.Put(store.PutFeed(f))
	silent(2*time.Hour, 0, time.Time{})
}
