// Package detect turns banks' events into records: it recognises payment
// services, evaluates each watcher's rules, commits record and activity in
// one transaction, and queues the deliveries. It never sends anything to a
// person itself.
package detect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"kozamori/internal/lesson"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Config is what the stage works with.
type Config struct {
	Store *store.Store
	Queue queue.Sender
	// Together writes and queues jobs in one commit, where the store and the queues are
	// one; nil where they are not, as on AWS: then the jobs are queued once the writes
	// are durable. It returns what Store.Write does, or queue.ErrNoQueue if it did nothing.
	Together func(ctx context.Context, writes []store.Write, jobs *queue.Jobs) error
	// EscalateAfter is how long a critical alert may stay unanswered before
	// the family is called; the next channel is used after half of it. 0 turns
	// escalation off.
	EscalateAfter time.Duration
	// Lessons counts what the catalogue does not know; nil counts nothing.
	Lessons *lesson.Counter
	Now     func() time.Time
	Logger  *slog.Logger
}

// Stage is the detector.
type Stage struct {
	Config
	tally     *store.Tallier
	turns     turns
	uncounted uncounted
	attacks   attacks
	filters   *store.Prefilters
}

// mostFilters is how many bytes of prefilters a process keeps: those of some 50,000
// accounts.
const mostFilters = 16 << 20

// New makes the stage.
func New(c Config) *Stage {
	return &Stage{Config: c, tally: store.NewTallier(), filters: store.NewPrefilters(mostFilters)}
}

// parallel is how many accounts of one call are worked on at a time; each
// waits for its own transaction.
const parallel = 16

// work is one event on its way: classified, and pointing at its message.
type work struct {
	event *watch.Event
	line  string // the event as the bank wrote it
	recognised
	msg int
	id  string // of the record that it would be; only once batch.ids was asked
	// other is the record of the event's own id, if that tells of another debit:
	// from now on it leads to this one as well.
	other *watch.Record
}

// Handle works on messages of the events queue. A message is done when each
// of its events is a record, in quarantine, or about an account without
// watchers, and the deliveries are queued. Doing it again changes nothing. An
// event that panics, or whose account cannot be read, keeps its message coming
// until it is mended or among the dead letters, from where it can be sent
// again; what else the message holds is done meanwhile.
func (s *Stage) Handle(ctx context.Context, msgs []queue.Message) []queue.Verdict {
	start := s.Now()
	defer s.Count(ctx)
	verdicts := make([]queue.Verdict, len(msgs))
	b := s.read(ctx, msgs, verdicts)
	defer s.look(ctx, b)
	if len(b.keys) == 0 {
		return verdicts
	}
	accounts, activities, unreadable, err := s.accounts(ctx, b.keys, b.needsActivity)
	if err != nil {
		s.Logger.Error("accounts cannot be read", "err", err)
		return s.later(msgs, verdicts, nil)
	}
	b.first(accounts, activities)
	quiet, rest := b.quiet(accounts)
	onRecord, err := s.Store.OnRecord(ctx, b.ids(quiet))
	if err != nil {
		s.Logger.Error("records cannot be read", "err", err)
		return s.later(msgs, verdicts, nil)
	}

	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		failed = map[int]bool{}
		busy   = map[int]bool{} // messages that have an account for which enough wait
		out    = &outbox{queue: s.Queue, now: s.Now, last: start}
		slots  = make(chan struct{}, parallel)
	)
	unread := func(k watch.AccountKey) {
		mu.Lock()
		defer mu.Unlock()
		for _, t := range b.told[k] {
			failed[t.msg] = true
		}
		for _, w := range b.byAccount[k] {
			failed[w.msg] = true
			s.Logger.Error("an event cannot be recorded yet", "bank", w.event.Bank, "event", w.event.ID, "err", errUnreadable)
		}
	}
	for _, k := range unreadable {
		unread(k)
	}
	// Those that are quiet are done before what was read of them is old.
	for i, k := range slices.Concat(quiet, rest) {
		if i < len(quiet) && s.silent(b.byAccount[k], accounts[k], onRecord) {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			leave, atOnce := s.turns.enter(k)
			if leave == nil {
				mu.Lock()
				defer mu.Unlock()
				for _, w := range b.byAccount[k] {
					busy[w.msg] = true
				}
				for _, t := range b.told[k] {
					busy[t.msg] = true
				}
				return
			}
			defer leave()
			account, err := accounts[k].Account(ctx, s.Store)
			if err != nil {
				unread(k)
				return
			}
			a := &accountWork{Stage: s, account: account, activity: activities[k]}
			if atOnce && !b.needsActivity[k] {
				a.onRecord = onRecord
			}
			if a.activity == nil {
				a.activity = &watch.Activity{}
			}
			todo := b.byAccount[k]
			a.alone = len(todo) == 1
			for _, w := range inOrder(todo) {
				done, err := a.recovering(ctx, w)
				if err != nil {
					mu.Lock()
					failed[w.msg] = true
					mu.Unlock()
					s.Logger.Error("an event cannot be recorded yet", "bank", w.event.Bank, "event", w.event.ID, "err", err)
				}
				out.add(ctx, done, w.event)
			}
			for _, t := range b.told[k] {
				mu.Lock()
				whole := !failed[t.msg]
				mu.Unlock()
				if !whole {
					continue // its past is on record once its events are
				}
				if err := a.since(ctx, t.from); err != nil {
					mu.Lock()
					failed[t.msg] = true
					mu.Unlock()
					s.Logger.Error("since when an account's history is known cannot be kept yet", "bank", k.Bank, "err", err)
				}
			}
		})
	}
	wg.Wait()
	switch err := out.end(ctx); {
	case queue.Stranded(err):
		// Of a channel that a newer program added: trying this batch again mends
		// nothing. sweep queues them once it knows the channel too.
		s.Logger.Error("deliveries wait for a program that knows their channel", "err", err)
	case err != nil:
		// The records are committed; handling the messages again finds them
		// and queues their deliveries.
		s.Logger.Error("deliveries cannot be queued", "err", err)
		return s.later(msgs, verdicts, nil)
	}
	s.Logger.Info("events", "messages", len(msgs), "events", b.events, "accounts", len(quiet)+len(rest),
		"alerts", out.sent, "failed", len(failed), "took", s.Now().Sub(start))
	s.Lessons.Save(ctx)
	for i := range msgs {
		if busy[i] && verdicts[i].Done && !failed[i] {
			verdicts[i] = queue.RetryAfter(busyPause)
		}
	}
	return s.later(msgs, verdicts, failed)
}

// Count writes what was counted in this call, or since. It is not worth failing for: the
// next write carries it.
func (s *Stage) Count(ctx context.Context) {
	if err := s.tally.Save(ctx, s.Store, s.Now()); err != nil {
		s.Logger.Warn("what is wrong with a feed cannot be counted now", "err", err)
	}
	if err := s.tally.SaveHours(ctx, s.Store, s.Now()); err != nil {
		s.Logger.Warn("the hours of a feed cannot be counted now", "err", err)
	}
}

var errUnreadable = errors.New("its account cannot be read")

// accounts reads the accounts of a call together. Those that are unreadable are
// named, so that they cost their own events only.
func (s *Stage) accounts(ctx context.Context, keys []watch.AccountKey, needsActivity map[watch.AccountKey]bool) (accounts map[watch.AccountKey]*store.Watched, activities map[watch.AccountKey]*watch.Activity, unreadable []watch.AccountKey, err error) {
	for {
		accounts, activities, err = s.Store.Watched(ctx, s.filters, keys, func(k watch.AccountKey) bool { return needsActivity[k] })
		var bad *store.UnreadableError
		if !errors.As(err, &bad) {
			return accounts, activities, unreadable, err
		}
		unreadable = append(unreadable, bad.Account)
		keys = slices.DeleteFunc(keys, func(k watch.AccountKey) bool { return k == bad.Account })
	}
}

// later turns the verdict of the failed messages (nil: of all) into another
// try, unless they are already ended.
func (s *Stage) later(msgs []queue.Message, verdicts []queue.Verdict, failed map[int]bool) []queue.Verdict {
	for i, m := range msgs {
		if verdicts[i].Done && (failed == nil || failed[i]) {
			verdicts[i] = queue.RetryAfter(queue.Backoff(m.Receives, 200*time.Millisecond, queue.LongestPause))
		}
	}
	return verdicts
}

// recovering records one event; a panic costs only that event.
func (a *accountWork) recovering(ctx context.Context, w work) (out outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = outcome{}, fmt.Errorf("panic: %T", p)
		}
	}()
	return a.record(ctx, w)
}
