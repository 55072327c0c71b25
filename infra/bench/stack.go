package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/email/ses"
	"kozamori/internal/engine"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/store/embedded"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

const bankCode = "0125"

// stack is the system in a folder that is thrown away, with LINE outside.
type stack struct {
	dir     string
	url     string
	secret  string
	channel string // LINE's secret
	sys     *app.System
	db      *engine.DB
	queue   *qembedded.Queue
	table   *embedded.Table
	line    *sim.LINE
	before  func(http.Handler) http.Handler // of LINE; nil is LINE itself
	close   []func()
}

// front puts something before LINE.
func (s *stack) front(before func(http.Handler) http.Handler) { s.before = before }

func (s *stack) WebhookSecrets(context.Context, string) ([]string, error) {
	return []string{s.secret}, nil
}

// bankLimits are how much each bank may send a second; the zero value limits nothing.
type bankLimits struct{ events, requests float64 }

// open builds the stack with n accounts, one LINE user each, and no limits.
func open(ctx context.Context, n int) (*stack, error) { return openLimited(ctx, n, bankLimits{}) }

// openLimited is open with limits.
func openLimited(ctx context.Context, n int, limits bankLimits) (_ *stack, err error) {
	s := &stack{secret: "whsec_" + key(), line: &sim.LINE{Token: "channel-token", Now: time.Now, Keep: 1 << 20}}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.dir, err = os.MkdirTemp("", "kozamori-bench"); err != nil {
		return nil, err
	}
	s.close = append(s.close, func() { _ = os.RemoveAll(s.dir) })
	db, err := engine.Open(filepath.Join(s.dir, "store"), engine.Options{})
	if err != nil {
		return nil, err
	}
	s.db = db
	s.close = append(s.close, func() { _ = db.Close() })
	if s.queue, err = qembedded.On(db, qembedded.Options{}); err != nil {
		return nil, err
	}
	s.close = append(s.close, func() { _ = s.queue.Close() })
	s.table = embedded.On(db, embedded.Options{})
	s.close = append(s.close, func() { _ = s.table.Close() })
	lineURL, err := s.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.before != nil {
			s.before(s.line).ServeHTTP(w, r)
			return
		}
		s.line.ServeHTTP(w, r)
	}))
	if err != nil {
		return nil, err
	}
	c := app.Defaults()
	c.BaseURL, c.LINE.API, c.LINE.Token = "https://kozamori.example", lineURL, s.line.Token
	secret, _ := base64.StdEncoding.DecodeString(key())
	s.channel = key()
	c.LINE.Secrets = []string{s.channel}
	c.LinkKeys = []token.Key{{ID: "a", Secret: secret}}
	c.CallbacksInside = true
	c.EventsPerSecond, c.RequestsPerSecond = limits.events, limits.requests
	// Log lines are made as in production, and go nowhere.
	log := slog.New(slog.NewJSONHandler(nowhere{}, nil))
	s.sys = app.New(c, app.Means{Mailer: ses.Open, Table: s.table, Queue: s.queue, Together: s.queue.Together(s.table), Secrets: s, Logger: log})
	mux := http.NewServeMux()
	mux.Handle("POST /v1/banks/{bank}/events", s.sys.Ingest())
	if s.url, err = s.serve(mux); err != nil {
		return nil, err
	}
	s.url += "/v1/banks/" + bankCode + "/events"
	return s, s.fill(ctx, n)
}

type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }

func key() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

func (s *stack) serve(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: h}
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	s.close = append(s.close, func() { _ = srv.Close() })
	return "http://" + l.Addr().String(), nil
}

func account(i int) string { return fmt.Sprintf("acc_%08d", i) }
func user(i int) string    { return fmt.Sprintf("U%032x", i) }

func (s *stack) fill(ctx context.Context, n int) error {
	writes := []store.Write{store.PutBank(&store.Bank{Code: bankCode, Name: "七十七銀行"})}
	for i := range n {
		writes = append(writes, store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: bankCode, Ref: account(i)}, Mask: "普通 ***4567",
			Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: user(i), Lang: watch.Japanese,
				Channels: watch.FirstChannels(user(i)), Rules: watch.DefaultRules()}}}))
		if len(writes) == 100 || i == n-1 {
			if err := s.table.Write(ctx, writes...); err != nil {
				return err
			}
			writes = writes[:0]
		}
	}
	return nil
}

// work lets the stages of some queues run until the function is called.
func (s *stack) work(ctx context.Context, names ...queue.Name) (func(), error) {
	consumers, err := s.sys.Consumers()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for _, n := range names {
		wg.Go(func() { consumers[n](ctx) })
	}
	return func() { cancel(); wg.Wait() }, nil
}

func (s *stack) waiting(ctx context.Context, n queue.Name) int {
	d, err := s.queue.Depth(ctx, n)
	if err != nil {
		return 0
	}
	return d.Waiting + d.InFlight
}

// Close takes everything down, the last opened first.
func (s *stack) Close() {
	for i := len(s.close) - 1; i >= 0; i-- {
		s.close[i]()
	}
}
