package detect

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// batch is what the messages of a call hold.
type batch struct {
	byAccount     map[watch.AccountKey][]work
	keys          []watch.AccountKey // of byAccount, in the order in which they came
	needsActivity map[watch.AccountKey]bool
	told          map[watch.AccountKey][]told
	events        int
	refused       []*watch.Event // attempts to link, which are counted and leave nothing else
}

// told is what a message of history says of its account as a whole.
type told struct {
	from time.Time // since when the account's debits are on record
	msg  int
}

// patience is how often a message is received before its lines that cannot be
// read are put in quarantine: the program of the next version, which wrote
// them, may be the one that receives it next.
const patience = 6

// read takes the messages apart, and gives its verdict on those that are more,
// or less, than events that this version can read.
func (s *Stage) read(ctx context.Context, msgs []queue.Message, verdicts []queue.Verdict) *batch {
	b := &batch{byAccount: map[watch.AccountKey][]work{}, needsActivity: map[watch.AccountKey]bool{},
		told: map[watch.AccountKey][]told{}}
	for i, m := range msgs {
		verdicts[i] = queue.Acknowledge
		read, err := wire.DecodeBatch(m.Body)
		switch {
		case errors.Is(err, wire.ErrNewer):
			// It waits for the program that can read it. The queue ends it if
			// none comes.
			verdicts[i] = patiently(m)
			s.Logger.Error("a message of the events queue is of a version to come", "message", m.ID)
			continue
		case err != nil:
			verdicts[i] = queue.DeadLetter("not a batch of events")
			s.Logger.Error("a message of the events queue does not decode", "message", m.ID)
			continue
		}
		if len(read.Unread) > 0 && !s.setAside(ctx, m, &read) {
			verdicts[i] = patiently(m)
		}
		if read.History != "" && !read.From.IsZero() {
			k := watch.AccountKey{Bank: read.Bank, Ref: read.History}
			b.about(k)
			b.needsActivity[k] = true
			b.told[k] = append(b.told[k], told{read.From, i})
		}
		for j := range read.Events {
			if e := &read.Events[j]; e.Kind == watch.LinkRefused {
				b.refused = append(b.refused, e)
				b.events++
				continue
			}
			b.add(&read.Events[j], read.Lines[j], i)
		}
	}
	return b
}

func (b *batch) add(e *watch.Event, line string, msg int) {
	w := work{event: e, line: line, msg: msg}
	w.recognised = recognise(e, nil, nil, e.OccurredAt)
	k := e.Account()
	b.about(k)
	b.byAccount[k] = append(b.byAccount[k], w)
	if e.Kind != watch.Debit || w.match.Service != "" || w.hinges {
		b.needsActivity[k] = true
	}
	b.events++
}

// inOrder puts an account's events into the order in which they happened, but
// what leaves nothing by itself, because its text names another business, behind
// what is said of its debit in the same call: the authorisation of a posting, which
// names a service, may bear a later time, and then the posting is what became of it.
func inOrder(todo []work) []work {
	slices.SortStableFunc(todo, func(x, y work) int { return x.event.OccurredAt.Compare(y.event.OccurredAt) })
	last := map[string]int{} // where an id is last spoken of by what leaves something
	for i, w := range todo {
		if !w.ordinary() {
			last[w.event.TransactionID] = i
			if w.event.Replaces != "" {
				last[w.event.Replaces] = i
			}
		}
	}
	var behind []work
	front := slices.DeleteFunc(slices.Clone(todo), func(w work) bool {
		at, known := last[w.event.TransactionID]
		if !known || !w.ordinary() || todo[at].event.OccurredAt.Before(w.event.OccurredAt) {
			return false
		}
		behind = append(behind, w)
		return true
	})
	return append(front, behind...)
}

// ordinary tells whether an event is of a debit whose text, as far as is known,
// names no payment service.
func (w *work) ordinary() bool {
	return w.event.Kind == watch.Debit && w.match.Service == "" && !w.hinges && w.event.Replaces == ""
}

// about notes that an account is spoken of.
func (b *batch) about(k watch.AccountKey) {
	if _, known := b.byAccount[k]; !known {
		b.keys = append(b.keys, k)
		b.byAccount[k] = nil
	}
}

// first puts what is said of an account by a later ref to what is said of it by its
// first, under which all of it is kept (store.Names). What was read of both is one.
func (b *batch) first(accounts map[watch.AccountKey]*store.Watched, activities map[watch.AccountKey]*watch.Activity) {
	for _, k := range slices.Clone(b.keys) {
		a := accounts[k]
		if a == nil || a.AccountKey == k {
			continue
		}
		first := a.AccountKey
		b.about(first)
		for _, w := range b.byAccount[k] {
			w.event.AccountRef = first.Ref
		}
		b.byAccount[first] = append(b.byAccount[first], b.byAccount[k]...)
		b.told[first] = append(b.told[first], b.told[k]...)
		b.needsActivity[first] = b.needsActivity[first] || b.needsActivity[k]
		accounts[first] = a
		if act := activities[k]; act != nil {
			activities[first] = act
		}
		b.keys = slices.DeleteFunc(b.keys, func(x watch.AccountKey) bool { return x == k })
	}
}

// quiet are the accounts that are watched of which the batch holds ordinary
// debits alone, which leave nothing as a rule, and the rest of those that are
// watched.
func (b *batch) quiet(accounts map[watch.AccountKey]*store.Watched) (quiet, rest []watch.AccountKey) {
	for _, k := range b.keys {
		switch {
		case accounts[k] == nil:
		case b.needsActivity[k]:
			rest = append(rest, k)
		default:
			quiet = append(quiet, k)
		}
	}
	return quiet, rest
}

// ids are those of the records that accounts' events would be, which the events bear from now on.
func (b *batch) ids(keys []watch.AccountKey) (out []string) {
	for _, k := range keys {
		for i := range b.byAccount[k] {
			w := &b.byAccount[k][i]
			w.id = w.event.RecordID()
			out = append(out, w.id)
		}
	}
	return out
}

func patiently(m queue.Message) queue.Verdict {
	return queue.RetryAfter(queue.Backoff(m.Receives, 5*time.Second, queue.LongestPause))
}

// setAside puts the lines of a message that cannot be read in quarantine, once
// waiting for another version is over. It is false until they are there.
func (s *Stage) setAside(ctx context.Context, m queue.Message, read *wire.Batch) bool {
	s.Logger.Error("lines of a message of the events queue do not decode", "message", m.ID, "bank", read.Bank,
		"lines", len(read.Unread), "receives", m.Receives, "first", read.Unread[0].Problem)
	if m.Receives < patience {
		return false
	}
	for _, l := range read.Unread {
		r := &store.Refused{Bank: read.Bank, At: read.ReceivedAt, Problem: "was accepted, and " + l.Problem}
		if err := s.refuse(ctx, r, l.Raw); err != nil {
			s.Logger.Error("quarantine cannot be written", "bank", read.Bank, "err", err)
			return false
		}
	}
	return true
}

// quarantine keeps an event that was accepted and cannot become a record.
func (s *Stage) quarantine(ctx context.Context, w work, problem string) error {
	e := w.event
	return s.refuse(ctx, &store.Refused{Bank: e.Bank, At: e.ReceivedAt, EventID: e.ID, Txn: e.TransactionID, Ref: e.AccountRef, Problem: problem}, w.line)
}

// refuse keeps a line as the bank wrote it, and once however often it comes.
func (s *Stage) refuse(ctx context.Context, r *store.Refused, line string) error {
	s.Logger.Warn(wire.LogRefused, "bank", r.Bank, "events", 1)
	s.tally.Refused(r.Bank, 1, s.Now())
	r.ID = watch.Derive("refused", r.Bank, r.Problem, line)
	r.SetRaw(wire.Compact([]byte(line))) // white space alone could be more than an item holds
	return s.Store.Write(ctx, store.PutRefused(r)...)
}
