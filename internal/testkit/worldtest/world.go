package worldtest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/queue"
	queues "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// World is what a test stands on: a clock that it moves, an empty store and
// empty queues that go by this clock, keys, and a log. No two share anything,
// so tests that have one each may run at the same time.
//
// A package's own world embeds it and adds the stage under test.
type World struct {
	*Clock
	T      testing.TB
	File   string // of the store
	Table  *Asked
	Store  *store.Store
	Queue  *queues.Queue
	Keys   *token.Keys
	Log    *Log
	Logger *slog.Logger // writes to Log
}

// Option changes how a world begins.
type Option func(*Begin)

// Begin is what a world begins with.
type Begin struct {
	at         time.Time
	visibility time.Duration
	table      func(testing.TB, func() time.Time) store.Table
}

// At begins at another time than Start.
func At(at time.Time) Option { return func(b *Begin) { b.at = at } }

// Visibility is how long what was received stays hidden, by the world's clock.
func Visibility(d time.Duration) Option { return func(b *Begin) { b.visibility = d } }

// On stands on another table than the embedded one; there is no File then.
func On(table func(testing.TB, func() time.Time) store.Table) Option {
	return func(b *Begin) { b.table = table }
}

var named atomic.Int64

// inMemory is a name that no other store or queues have. They lie in memory: a folder
// for the name alone was a tenth of what some tests cost.
func inMemory() string { return fmt.Sprint("in memory ", named.Add(1)) }

// New makes a world. It ends with the test.
func New(t testing.TB, options ...Option) *World {
	t.Helper()
	b := Begin{at: Start}
	for _, o := range options {
		o(&b)
	}
	w := &World{T: t, Clock: NewClock(b.at), File: inMemory(), Keys: Keys(t), Log: &Log{}}
	w.Logger = slog.New(slog.NewTextHandler(w.Log, nil))
	w.Queue = QueueIn(t, w.File+".queue", queues.Options{Now: w.Now, Visibility: b.visibility})
	if b.table != nil {
		w.File, w.Table = "", &Asked{Table: b.table(t, w.Now)}
	} else {
		w.Table = &Asked{Table: TableIn(t, w.File, w.Now)}
	}
	w.Store = store.New(w.Table)
	return w
}

// Put writes to the store.
func (w *World) Put(writes ...store.Write) {
	w.T.Helper()
	if err := w.Store.Write(context.Background(), writes...); err != nil {
		w.T.Fatal(err)
	}
}

// Change changes an account as it is stored.
func (w *World) Change(k watch.AccountKey, change func(*watch.Account)) {
	w.T.Helper()
	a, err := w.Store.Account(context.Background(), k)
	if err != nil {
		w.T.Fatal(err)
	}
	change(a)
	w.Put(store.PutAccount(a))
}

// Record reads a record.
func (w *World) Record(id string) *watch.Record {
	w.T.Helper()
	r, err := w.Store.Record(context.Background(), id)
	if err != nil {
		w.T.Fatal(err)
	}
	return r
}

// History reads an account's records, the newest first.
func (w *World) History(k watch.AccountKey) []*watch.Record {
	w.T.Helper()
	rs, err := store.First(w.Store.History(context.Background(), k, time.Time{}, time.Time{}), 100)
	if err != nil {
		w.T.Fatal(err)
	}
	return rs
}

// Restore makes the store what Bytes said it was.
func (w *World) Restore(was Saved) {
	w.T.Helper()
	Restore(w.T, w.File, was)
}

// Receive takes what is visible in a queue, at most ten messages.
func (w *World) Receive(n queue.Name) []queue.Message {
	w.T.Helper()
	ms, err := w.Queue.Receive(context.Background(), n, 10, 0)
	if err != nil {
		w.T.Fatal(err)
	}
	return ms
}

// Settle lets handlers work on their queues until nothing is visible in them.
func (w *World) Settle(handlers map[queue.Name]queue.Handler) {
	w.T.Helper()
	for busy := true; busy; {
		busy = false
		for n, handle := range handlers {
			if ms := w.Receive(n); len(ms) > 0 {
				busy = true
				queue.Settle(context.Background(), w.Queue, n, ms, handle, w.Logger)
			}
		}
	}
}

// Depth counts a queue's messages.
func (w *World) Depth(n queue.Name) queue.Depth {
	w.T.Helper()
	d, err := w.Queue.Depth(context.Background(), n)
	if err != nil {
		w.T.Fatal(err)
	}
	return d
}

// Serve is the address of a server that ends with the test.
func (w *World) Serve(h http.Handler) string {
	s := httptest.NewServer(h)
	w.T.Cleanup(s.Close)
	return s.URL
}

// LINE is the platform with these friends, and a client of it.
func (w *World) LINE(friends ...sim.User) (*sim.LINE, *line.Client) {
	platform := &sim.LINE{Token: "channel-token", Secret: "channel", Now: w.Now}
	for _, f := range friends {
		platform.AddUser(f)
	}
	return platform, line.New(line.Config{Endpoint: w.Serve(platform), Tokens: line.StaticToken(platform.Token), Labels: wording.LabelsIn})
}

// ByLINE is the channel over LINE.
var ByLINE = watch.Channel{Kind: watch.LINE}

// ByMail is a channel over email.
func ByMail(address string) watch.Channel { return watch.Channel{Kind: watch.Email, Address: address} }

// Mask is that of accounts which Account makes.
const Mask = "普通 ***4567"

// Account is an account with those who watch it.
func Account(k watch.AccountKey, watchers ...watch.Watcher) *watch.Account {
	return &watch.Account{AccountKey: k, Mask: Mask, Watchers: watchers}
}

// Owner is an owner with the rules of the beginning.
func Owner(id, lineUser string, channels ...watch.Channel) watch.Watcher {
	return watch.Watcher{ID: id, Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese, Channels: channels, Rules: watch.DefaultRules()}
}

// Guardian is a guardian without rules of their own.
func Guardian(id, lineUser string, channels ...watch.Channel) watch.Watcher {
	return watch.Watcher{ID: id, Role: watch.Guardian, LineUser: lineUser, Lang: watch.Japanese, Channels: channels}
}
