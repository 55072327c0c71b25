package detect_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	gocmp "github.com/google/go-cmp/cmp"

	"kozamori/internal/detect"
	"kozamori/internal/dispute"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// What may happen at a call of the store or of the queue.
const (
	fails     = "fails"     // nothing is done
	unknown   = "unknown"   // it is done, and its answer is lost
	overtaken = "overtaken" // another program writes what this one read, just before
	hit       = "overtaken, and the next one fails"
	twice     = "fails, and the next one too"
	panics    = "panics"
)

// faulty is a store's table and a queue's sender of which one call goes wrong.
type faulty struct {
	store.Table
	mu        sync.Mutex
	calls, at int // the call that goes wrong, from 1
	how       string
	jobs      []string
}

var errFault = errors.New("the network is away")

// next counts a call, and says how it goes wrong; empty if it does not.
func (f *faulty) next() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch f.calls++; {
	case f.calls == f.at && f.how == hit:
		return overtaken
	case f.calls == f.at+1 && (f.how == hit || f.how == twice) && f.at > 0:
		return fails
	case f.calls == f.at && f.how == twice:
		return fails
	case f.calls == f.at:
		return f.how
	}
	return ""
}

func (f *faulty) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if how := f.next(); how == fails || how == unknown {
		return nil, errFault
	}
	return f.Table.Get(ctx, keys...)
}

func (f *faulty) Write(ctx context.Context, writes ...store.Write) error {
	switch f.next() {
	case "":
		return f.Table.Write(ctx, writes...)
	case panics:
		if len(writes) > 1 { // of an event, not of what was counted
			panic("a fault of the program")
		}
	case overtaken:
		for _, w := range writes {
			items, err := f.Table.Get(ctx, w.Item.Key)
			if err != nil {
				return err
			}
			if it, ok := items[w.Item.Key]; ok { // the same once more: a version further
				if err := f.Table.Write(ctx, store.Write{Item: it, If: store.At(it.Version)}); err != nil {
					return err
				}
			}
		}
		return f.Table.Write(ctx, writes...)
	case unknown:
		if err := f.Table.Write(ctx, writes...); err != nil {
			return err
		}
	}
	return errFault
}

func (f *faulty) Send(_ context.Context, _ queue.Name, msgs ...queue.Outgoing) error {
	if f.next() == fails {
		return errFault
	}
	for _, m := range msgs {
		job, err := queue.DecodeJob(m.Body)
		if err != nil {
			return err
		}
		f.jobs = append(f.jobs, job.Record+" "+job.Delivery+job.Dispute)
	}
	return nil
}

// play is what happens to an account: a message of events, or something else.
type play struct {
	events  []jsontext.Value
	history time.Time // a message of the past, since then
	rules   func(*watch.Rules)
	answer  watch.AnswerValue // of the oldest alert
	seed    []watch.Seed
}

func events(e ...jsontext.Value) play { return play{events: e} }

// stage is the detector on an account of its own, behind what goes wrong.
type stage struct {
	*house
	*faulty
	stage *detect.Stage
	log   *worldtest.Log
}

func newStage(h *house, ref string) *stage {
	log := &worldtest.Log{}
	s := &stage{log: log, house: &house{World: h.World, store: h.store, queue: h.queue, key: watch.AccountKey{Bank: "0125", Ref: ref}}, faulty: &faulty{Table: h.Table}}
	s.stage = detect.New(detect.Config{Store: store.New(s.faulty), Queue: s.faulty, EscalateAfter: 15 * time.Minute, Now: h.World.Now, Logger: slog.New(slog.NewTextHandler(log, nil))})
	h.Put(store.PutAccount(worldtest.Account(s.key, worldtest.Owner("w1", lineUser, worldtest.ByLINE))))
	s.Change(s.key, func(a *watch.Account) { a.Watchers[0].Since = received.AddDate(0, -6, 0) })
	return s
}

// do plays one thing, and brings its message again until it is done.
func (s *stage) do(t *testing.T, p play) {
	t.Helper()
	switch {
	case p.rules != nil:
		s.rules(p.rules)
		return
	case p.seed != nil:
		s.seed(t, p.seed...)
		return
	case p.answer != "":
		rs := s.history(t)
		lead := rs[len(rs)-1].IncidentID()
		k := &dispute.Service{Store: s.store, Queue: nowhere{}, Now: s.World.Now, Logger: slog.New(slog.DiscardHandler)}
		if _, err := k.Answer(t.Context(), lead, dispute.Answerer{Watcher: "w1"}, p.answer, watch.ViaPage); err != nil {
			t.Fatal(err)
		}
		return
	}
	var events []jsontext.Value
	for _, e := range p.events {
		// An event's id leads to the records of all accounts that it was about.
		text := strings.Replace(string(e), `{"id":"`, `{"id":"`+s.key.Ref+"-", 1)
		events = append(events, jsontext.Value(strings.ReplaceAll(text, `"acc_1"`, `"`+s.key.Ref+`"`)))
	}
	bodies, log := wire.EncodeBatch("0125", received, events, 1<<20), len(s.log.String())
	if !p.history.IsZero() {
		bodies = wire.EncodeHistory(wire.History{Bank: "0125", Account: s.key.Ref, From: p.history}, received, events, 1<<20)
	}
	for _, body := range bodies {
		for receives := 1; ; receives++ {
			v := s.stage.Handle(context.Background(), []queue.Message{{ID: "m", Body: body, Receives: receives}})[0]
			if v.Done {
				break
			}
			if v.DeadLetter != "" || v.Delay <= 0 || receives == 4 {
				t.Fatalf("received %d times it is %+v", receives, v)
			}
			if said := s.log.String()[log:]; !strings.Contains(said, "level=ERROR") {
				t.Fatalf("received %d times it comes again, and the log does not say why:\n%s", receives, said)
			}
			log = len(s.log.String())
		}
	}
}

type nowhere struct{}

func (nowhere) Send(context.Context, queue.Name, ...queue.Outgoing) error { return nil }

// left is all that an account's events left, with the ids that depend on the
// account replaced: its records, activity and disputes, and what was queued.
func (s *stage) left(t *testing.T) (kept []string, queued []string) {
	t.Helper()
	rs := s.history(t)
	slices.SortFunc(rs, func(a, b *watch.Record) int {
		return cmp.Or(a.OccurredAt.Compare(b.OccurredAt), cmp.Compare(a.Txn, b.Txn), cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Kind, b.Kind))
	})
	names := []string{s.key.Ref, "acc"}
	for i, r := range rs {
		slices.SortFunc(r.Members, func(a, b watch.Member) int { return cmp.Compare(a.Txn, b.Txn) })
		names = append(names, r.ID, fmt.Sprint("record-", i))
		if r.Dispute != "" {
			names = append(names, r.Dispute, fmt.Sprint("dispute-", i))
		}
	}
	plain := strings.NewReplacer(names...)
	add := func(v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, plain.Replace(string(b)))
	}
	for _, r := range rs {
		add(r)
		if r.Dispute != "" {
			d, err := s.store.Dispute(t.Context(), r.Dispute)
			if err != nil {
				t.Fatal(err)
			}
			d.Reference, d.Due = "", time.Time{}
			add(d)
		}
	}
	act, err := s.store.Activity(t.Context(), s.key)
	if err != nil {
		t.Fatal(err)
	}
	add(act)
	bills, err := s.store.Bills(t.Context(), s.key)
	if err != nil {
		t.Fatal(err)
	}
	add(bills)
	for _, e := range []string{"a", "b", "c", "d", "e"} {
		traces, err := s.store.Traced(t.Context(), "0125", s.key.Ref+"-"+e)
		if err != nil {
			t.Fatal(err)
		}
		for _, tr := range traces {
			if i := slices.IndexFunc(rs, func(r *watch.Record) bool { return r.ID == tr.Record }); i >= 0 {
				kept = append(kept, fmt.Sprintf("event %s leads to record-%d", e, i))
			}
		}
	}
	for _, j := range s.jobs {
		queued = append(queued, plain.Replace(j))
	}
	return kept, queued
}

// lacks is a job that should be queued after a message and is not.
func lacks(got, want []string) string {
	after := func(jobs []string) map[string]bool {
		out, message := map[string]bool{}, ""
		for _, j := range jobs {
			if strings.HasPrefix(j, "message ") {
				message = j
			} else {
				out[message+": "+j] = true
			}
		}
		return out
	}
	is := after(got)
	for j := range after(want) {
		if !is[j] {
			return j
		}
	}
	return ""
}

// Whatever call of the store or the queue goes wrong, and however, the message
// comes again, and in the end the same is on record and the same is queued. What
// failed is in the log.
func TestWhateverGoesWrongOnceTheSameIsLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	n := 0
	account := func() *stage { n++; return newStage(h, fmt.Sprintf("acc_f%d", n)) }
	for name, plays := range plays() {
		// run plays it all; the call of a message goes wrong, unless the message
		// has not as many.
		run := func(how string, step, at int) (s *stage, hit bool) {
			s = account()
			for i, p := range plays {
				if s.at = 0; i == step {
					s.calls, s.at, s.how = 0, at, how
				}
				s.jobs = append(s.jobs, fmt.Sprint("message ", i))
				s.do(t, p)
				hit = hit || i == step && s.calls >= at
			}
			return s, hit
		}
		plain, _ := run("", 0, 0)
		kept, queued := plain.left(t)
		for step := range plays {
			if plays[step].events == nil {
				continue
			}
			for _, how := range []string{fails, unknown, overtaken, hit, twice, panics} {
				for at := 1; ; at += breadth.Of(3, 1) {
					s, hit := run(how, step, at)
					if !hit {
						break
					}
					gotKept, gotQueued := s.left(t)
					if diff := gocmp.Diff(kept, gotKept); diff != "" {
						t.Errorf("%s: message %d, call %d %s: on record\n%s", name, step, at, how, diff)
					}
					if missing := lacks(gotQueued, queued); missing != "" {
						t.Errorf("%s: message %d, call %d %s: %s is not queued, but %q", name, step, at, how, missing, gotQueued)
					}
					log := s.log.String()
					if how != panics && strings.Contains(log, "panic") {
						t.Errorf("%s: message %d, call %d %s: the program panics", name, step, at, how)
					}
					if failed := how == fails || how == twice; failed && !strings.Contains(log, errFault.Error()) {
						t.Errorf("%s: message %d, call %d %s: the log is\n%s", name, step, at, how, log)
					}
					if t.Failed() {
						t.FailNow()
					}
				}
			}
		}
	}
}
