package inquiry_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/inquiry"
	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	_ "kozamori/internal/testkit/roomy"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

var (
	errDied = errors.New("the process died")
	k       = watch.AccountKey{Bank: "0125", Ref: "a"}
	other   = watch.AccountKey{Bank: "0125", Ref: "b"}
)

// mortal is a table, and a queue, of a process that dies before or after its next steps.
type mortal struct {
	store.Table
	mu    sync.Mutex // a step at a time: a request is worked on side by side
	dies  int        // after so many steps; negative never
	after bool
	jobs  []string       // inquiries that may have been answered
	told  map[string]int // the pieces of news, by their keys
}

func (m *mortal) step(do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dies == 0 && !m.after {
		return errDied
	}
	err := do()
	if m.dies == 0 {
		return errDied
	}
	m.dies--
	return err
}

func (m *mortal) Write(ctx context.Context, w ...store.Write) error {
	return m.step(func() error { return m.Table.Write(ctx, w...) })
}

func (m *mortal) Send(_ context.Context, q queue.Name, msgs ...queue.Outgoing) error {
	return m.step(func() error {
		for _, out := range msgs {
			switch job, err := queue.DecodeJob(out.Body); {
			case q == queue.Bank && err == nil && job.Inquiry != "":
				m.jobs = append(m.jobs, job.Inquiry)
			case q == queue.Chat:
				m.told[out.Trace]++
			}
		}
		return nil
	})
}

type world struct {
	*testing.T
	m    *mortal
	s    *store.Store
	i    *inquiry.Service
	d    *dispute.Service
	now  time.Time
	bank []string // callbacks that the bank took, "inquiry state"
}

const txns = 4

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, now: time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.now }
	w.m = &mortal{Table: worldtest.Table(t, now), dies: -1, told: map[string]int{}}
	w.s = store.New(w.m)
	log := slog.New(slog.DiscardHandler)
	w.i = &inquiry.Service{Store: w.s, Queue: w.m, Now: now, Logger: log}
	w.d = &dispute.Service{Store: w.s, Queue: w.m, Now: now, Logger: log}
	for n, a := range []watch.AccountKey{k, other} {
		w.put(store.PutAccount(&watch.Account{AccountKey: a, Watchers: []watch.Watcher{
			{ID: fmt.Sprint("o", n), Role: watch.Owner, LineUser: fmt.Sprint("U", n), Channels: []watch.Channel{{Kind: watch.LINE}}},
			{ID: fmt.Sprint("g", n), Role: watch.Guardian, LineUser: fmt.Sprint("G", n), Channels: []watch.Channel{{Kind: watch.LINE}}}}}))
		for i := range txns {
			e := watch.Event{Bank: a.Bank, AccountRef: a.Ref, TransactionID: strconv.Itoa(i), Kind: watch.Debit}
			w.put(store.PutRecord(&watch.Record{ID: e.RecordID(), OnAccount: watch.On(a), Kind: watch.Debit, Txn: e.TransactionID, Amount: 1000, Service: "paypay",
				OccurredAt: w.now, ReceivedAt: w.now, RecordedAt: w.now, Complete: true}))
		}
	}
	return w
}

func (w *world) put(writes ...store.Write) {
	w.Helper()
	if err := w.s.Write(w.Context(), writes...); err != nil {
		w.Fatal(err)
	}
}

// takes has notify work on its jobs, and the bank take all that it is told.
func (w *world) takes() {
	w.Helper()
	jobs := w.m.jobs
	w.m.jobs = nil
	for _, id := range jobs {
		for {
			q, err := inquiry.Settle(w.Context(), w.s, id, w.now)
			if errors.Is(err, store.ErrNotFound) {
				break
			}
			if err != nil {
				w.Fatal(err)
			}
			x := q.Untold()
			if x == nil {
				break
			}
			w.bank = append(w.bank, id+" "+string(x.State))
			if err := inquiry.Told(w.Context(), w.s, id, x.Seq, w.now, false); err != nil {
				w.Fatal(err)
			}
		}
	}
}

func (w *world) sweeps() {
	w.Helper()
	due, err := w.s.Due(w.Context(), w.now, 1000)
	if err != nil {
		w.Fatal(err)
	}
	for _, ref := range due {
		if ref.Inquiry != "" {
			if err := w.i.Due(w.Context(), ref.Inquiry); err != nil && !errors.Is(err, errDied) {
				w.Fatal(err)
			}
		}
	}
}

// truth is what people say of a transaction now, read from its record alone.
func (w *world) truth(txn string) watch.InquiryState {
	e := watch.Event{Bank: k.Bank, AccountRef: k.Ref, TransactionID: txn, Kind: watch.Debit}
	r, err := w.s.Record(w.Context(), e.RecordID())
	if err != nil {
		w.Fatal(err)
	}
	switch {
	case r.Answer == nil:
		return ""
	case r.Answer.Value == watch.Mine:
		return watch.InquiryMine
	}
	return watch.InquiryNotMine
}

// Whatever is asked, answered, taken back and killed: within a day each inquiry says what the
// people say, the bank was told that last, each change once and in order, and of no other
// account; who was asked was told.
func TestWhateverIsAskedAnsweredAndKilled(t *testing.T) {
	t.Parallel()
	for seed := range 40 {
		t.Run(strconv.Itoa(seed), func(t *testing.T) { play(t, rand.New(rand.NewPCG(uint64(seed), 62))) })
	}
}

func play(t *testing.T, r *rand.Rand) {
	t.Helper()
	w := newWorld(t)
	var acts []func() error
	for n := range 40 {
		w.now = w.now.Add(time.Duration(r.IntN(500)) * time.Second)
		if r.IntN(10) == 0 {
			w.now = w.now.Add(20 * time.Hour)
		}
		w.m.dies = -1
		if r.IntN(4) == 0 {
			w.m.dies, w.m.after = r.IntN(4), r.IntN(2) == 0
		}
		txn, at := strconv.Itoa(r.IntN(txns)), w.now
		e := watch.Event{Bank: k.Bank, AccountRef: k.Ref, TransactionID: txn, Kind: watch.Debit}
		who := dispute.Answerer{Watcher: []string{"o0", "g0"}[r.IntN(2)], IdempotencyKey: strconv.Itoa(n), At: at}
		var act func() error
		switch r.IntN(6) {
		case 0, 1:
			req := inquiry.Request{Items: []inquiry.Item{{AccountRef: k.Ref, Transaction: txn}, {AccountRef: "none", Transaction: txn}}, IdempotencyKey: strconv.Itoa(n)}
			act = func() error { _, err := w.i.Ask(t.Context(), k.Bank, req); return err }
		case 2:
			act = func() error {
				_, err := w.d.Answer(t.Context(), e.RecordID(), who, watch.Mine, watch.ViaLINE)
				return err
			}
		case 3:
			act = func() error {
				_, err := w.d.Answer(t.Context(), e.RecordID(), who, watch.NotMine, watch.ViaPage)
				return err
			}
		case 4:
			act = func() error {
				d, err := w.s.Dispute(t.Context(), watch.Derive("dispute", e.RecordID()))
				if err == nil {
					who.Confirmed, who.Mark = d.GrownAt(), d.Mark()
				}
				_, err = w.d.Undo(t.Context(), e.RecordID(), who, watch.ViaLINE)
				return err
			}
		default:
			if len(acts) == 0 {
				continue
			}
			act = acts[r.IntN(len(acts))] // the same comes again
		}
		acts = append(acts, act)
		err := act()
		for tries := 0; errors.Is(err, errDied) && tries < 20; tries++ { // it is brought again
			w.m.dies = -1
			err = act()
		}
		known := err == nil || errors.Is(err, dispute.ErrTooLate) || errors.Is(err, dispute.ErrNotAllowed) || errors.Is(err, dispute.ErrNotFound) || errors.Is(err, dispute.ErrClosed)
		if !known {
			t.Fatal(err)
		}
		w.m.dies = -1
		if r.IntN(3) == 0 {
			w.sweeps()
		}
		if r.IntN(2) == 0 {
			w.takes()
		}
	}
	w.ends()
}

// ends lets days pass without faults, and checks what must be so then.
func (w *world) ends() {
	w.Helper()
	for range 10 {
		w.now = w.now.Add(6 * time.Hour)
		w.sweeps()
		w.takes()
	}
	all, err := w.s.Inquiries(w.Context(), k)
	if err != nil {
		w.Fatal(err)
	}
	for _, q := range all {
		var heard, want []string
		for _, b := range w.bank {
			if len(b) > len(q.ID) && b[:len(q.ID)] == q.ID {
				heard = append(heard, b)
			}
		}
		for i, x := range q.Changes {
			if x.Seq != i+1 {
				w.Errorf("change %d is %d", i+1, x.Seq)
			}
			if x.TellBank {
				want = append(want, q.ID+" "+string(x.State))
			}
		}
		if !slices.Equal(heard, want) {
			w.Errorf("the bank heard %v, want %v", heard, want)
		}
		told := 0
		for _, n := range w.m.told {
			told += n
		}
		switch {
		case q.State == watch.InquiryNotAsked:
			if len(want) > 0 {
				w.Errorf("what was not asked was answered: %v", want)
			}
		case q.State == watch.InquiryAsked:
			w.Errorf("%s waits for days", q.ID)
		case w.truth(q.Txn) != "" && q.State != w.truth(q.Txn), w.truth(q.Txn) == "" && q.Answered() != nil:
			w.Errorf("%s is %s, and the answer is %q", q.ID, q.State, w.truth(q.Txn))
		case told == 0 && !q.AskAgain.IsZero():
			w.Error("no one was told")
		}
	}
	if n, err := w.s.Inquiries(w.Context(), other); err != nil || len(n) > 0 {
		w.Errorf("another account has %d inquiries, %v", len(n), err)
	}
}

// What was answered before its bank was told, and what the process of the answer did not say,
// is what the inquiry says once it is looked at.
func TestAnAnswerThatWasNotAnnouncedIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, err := w.i.Ask(t.Context(), k.Bank, inquiry.Request{Items: []inquiry.Item{{AccountRef: k.Ref, Transaction: "0"}}})
	if err != nil {
		t.Fatal(err)
	}
	q := asked.All[0]
	if _, err := w.d.Answer(t.Context(), q.Record, dispute.Answerer{Watcher: "o0"}, watch.Mine, watch.ViaLINE); err != nil {
		t.Fatal(err)
	}
	w.m.jobs = nil // as a release answers that knows no inquiries
	w.now = asked.AnswerBy
	w.sweeps()
	w.takes()
	if want := []string{q.ID + " mine"}; !slices.Equal(w.bank, want) || w.truth("0") != watch.InquiryMine {
		t.Errorf("the bank heard %v, want %v", w.bank, want)
	}
}

// An erased account leaves no inquiry behind.
func TestAnInquiryGoesWithItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, err := w.i.Ask(t.Context(), k.Bank, inquiry.Request{Items: []inquiry.Item{{AccountRef: "a", Transaction: "0"}, {AccountRef: "b", Transaction: "0"}}})
	if err != nil {
		t.Fatal(err)
	}
	m := &membership.Service{Store: w.s, Keys: worldtest.Keys(t), Now: func() time.Time { return w.now }, Logger: slog.New(slog.DiscardHandler)}
	if err := m.Erase(t.Context(), "0125", "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Inquiry(t.Context(), asked.All[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is there still: %v", err)
	}
	left, err := inquiry.Read(t.Context(), w.s, "0125", asked.ID)
	if err != nil || len(left.All) != 1 || left.All[0].Account != other {
		t.Errorf("what is left: %+v, %v", left, err)
	}
	if _, err := inquiry.Read(t.Context(), w.s, "0168", asked.ID); !errors.Is(err, inquiry.ErrNotFound) {
		t.Errorf("another bank reads it: %v", err)
	}
}
