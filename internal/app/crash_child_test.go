package app_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"kozamori/internal/app"
	"kozamori/internal/dispute"
	"kozamori/internal/email/ses"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/testkit/crashtest"
	"kozamori/internal/testkit/disktest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// steps counts what the house does to the world outside its memory, and ends
// the process right after the chosen one: done, and not reported.
type steps struct {
	n   atomic.Int64
	die int64
}

func (s *steps) step() {
	if s.n.Add(1) == s.die {
		crashtest.Die()
	}
}

type steppedTable struct {
	store.Table
	*steps
}

func (t steppedTable) Write(ctx context.Context, writes ...store.Write) error {
	err := t.Table.Write(ctx, writes...)
	t.step()
	return err
}

type steppedQueue struct {
	queue.Queue
	*steps
}

func (q steppedQueue) Send(ctx context.Context, n queue.Name, msgs ...queue.Outgoing) error {
	err := q.Queue.Send(ctx, n, msgs...)
	q.step()
	return err
}

func (q steppedQueue) Receive(ctx context.Context, n queue.Name, most int, wait time.Duration) ([]queue.Message, error) {
	ms, err := q.Queue.Receive(ctx, n, most, wait)
	if len(ms) > 0 {
		q.step()
	}
	return ms, err
}

func (q steppedQueue) Delete(ctx context.Context, n queue.Name, msgs ...queue.Message) error {
	err := q.Queue.Delete(ctx, n, msgs...)
	q.step()
	return err
}

func (q steppedQueue) Retry(ctx context.Context, n queue.Name, m queue.Message, d time.Duration) error {
	err := q.Queue.Retry(ctx, n, m, d)
	q.step()
	return err
}

// steppedHTTP calls one service. It gives up early on those calls alone that the
// service was told to leave without an answer: on a slow machine an answer that is
// only late would seem to be lost, and what is sent again then to be doubled.
type steppedHTTP struct {
	*steps
	hangs *atomic.Int64 // calls that get no answer
}

func (s steppedHTTP) RoundTrip(r *http.Request) (*http.Response, error) {
	defer s.step()
	if s.hangs.Add(-1) < 0 {
		return http.DefaultTransport.RoundTrip(r)
	}
	ctx, giveUp := context.WithTimeout(r.Context(), 300*time.Millisecond)
	defer giveUp()
	if res, err := http.DefaultTransport.RoundTrip(r.WithContext(ctx)); err == nil {
		_ = res.Body.Close()
		return nil, fmt.Errorf("a call that was to hang was answered: %s", res.Status)
	}
	return nil, os.ErrDeadlineExceeded
}

// outward are the clients for services, each with how many of the calls to it are
// left without an answer, as HANGS says: "SES 2".
func outward(st *steps, services ...string) (out []*http.Client) {
	name, count, _ := strings.Cut(os.Getenv("HANGS"), " ")
	for _, s := range services {
		hangs := &atomic.Int64{}
		if n, err := strconv.ParseInt(count, 10, 64); err == nil && s == name {
			hangs.Store(n)
		}
		out = append(out, &http.Client{Transport: steppedHTTP{st, hangs}})
	}
	return out
}

// house is the child: the whole system, worked by commands from outside so
// that its steps come in the same order each time.
func house() {
	fail := func(err error) {
		if err != nil {
			crashtest.Say("error %v", err)
			os.Exit(1)
		}
	}
	die, _ := strconv.ParseInt(os.Getenv("DIE"), 10, 64)
	start, _ := strconv.ParseInt(os.Getenv("START"), 10, 64)
	st := &steps{die: die}
	now := worldtest.NewClock(time.Unix(start, 0).UTC())
	disk, err := disktest.Open(os.Getenv("DIR"), qembedded.Options{Now: now.Now})
	fail(err)

	out := outward(st, "LINE", "SES", "bank")
	c := app.Defaults()
	c.BaseURL, c.EscalateAfter = "https://kozamori.example", 0
	c.LINE.API, c.LINE.Token, c.LINE.Secrets = os.Getenv("LINE"), "channel-token", []string{"channel-secret"}
	c.Mail.API, c.Mail.From = os.Getenv("SES"), "alert@kozamori.example"
	key, _ := base64.StdEncoding.DecodeString(strings.Repeat("A", 43) + "=")
	c.LinkKeys = []token.Key{{ID: "a", Secret: key}}
	var together func(context.Context, []store.Write, *queue.Jobs) error
	if os.Getenv("TOGETHER") != "" {
		one := disk.Queue.Together(disk.Table)
		together = func(ctx context.Context, writes []store.Write, jobs *queue.Jobs) error {
			defer st.step()
			return one(ctx, writes, jobs)
		}
	}
	sys := app.New(c, app.Means{Mailer: ses.Open, Together: together, Table: steppedTable{disk.Table, st}, Queue: steppedQueue{disk.Queue, st}, Secrets: secrets{crashBank: {os.Getenv("SECRET")}},
		AWS:      aws.Config{Region: "ap-northeast-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")},
		LINEHTTP: out[0], MailHTTP: out[1], BankHTTP: out[2], Now: now.Now, Logger: slog.New(slog.DiscardHandler)})
	stages, err := sys.Stages()
	fail(err)

	var mu sync.Mutex
	command := func(do func(*http.Request) error) http.HandlerFunc {
		return func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if at, err := strconv.ParseInt(r.FormValue("now"), 10, 64); err == nil {
				now.Add(time.Unix(at, 0).Sub(now.Now()))
			}
			if err := do(r); err != nil {
				fail(err)
			}
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", sys.Ingest())
	mux.Handle(app.HookPath, sys.LineHook())
	mux.HandleFunc("/undo", command(func(r *http.Request) error {
		_, err := sys.Disputes().Undo(r.Context(), r.FormValue("record"), dispute.Answerer{LineUser: lineUser}, watch.ViaLINE)
		return err
	}))
	mux.HandleFunc("/settle", command(func(r *http.Request) error {
		if _, err := sys.Sweep().Sweep(r.Context()); err != nil {
			return err
		}
		return pump(r.Context(), sys, stages)
	}))
	stop := make(chan struct{})
	mux.HandleFunc("/stop", command(func(*http.Request) error { close(stop); return nil }))
	mux.HandleFunc("/steps", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, st.n.Load()) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fail(err)
	crashtest.Say("http://%s", l.Addr())
	srv := &http.Server{Handler: mux}
	go func() { _ = srv.Serve(l) }()
	<-stop
	fail(srv.Shutdown(context.Background()))
	fail(disk.Close())
}

// pump works on one message at a time until none is visible.
func pump(ctx context.Context, sys *app.System, stages map[queue.Name]queue.Handler) error {
	for busy := true; busy; {
		busy = false
		for _, n := range queue.Names {
			if stages[n] == nil {
				continue
			}
			ms, err := sys.Queue.Receive(ctx, n, 1, time.Millisecond)
			if err != nil {
				return err
			}
			if len(ms) > 0 {
				busy = true
				queue.Settle(ctx, sys.Queue, n, ms, stages[n], sys.Logger)
			}
		}
	}
	return nil
}

// post is for the parent.
func post(url string) error {
	res, err := http.Post(url, "", nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		return errors.Join(err, fmt.Errorf("the house answered %d", res.StatusCode))
	}
	return nil
}

// steps asks how many steps the child took.
func (o *outside) steps() int {
	o.t.Helper()
	res, err := http.Get(o.addr + "/steps")
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var n int
	if _, err := fmt.Fscan(res.Body, &n); err != nil {
		o.t.Fatal(err)
	}
	return n
}
