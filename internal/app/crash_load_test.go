package app_test

import (
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/email/ses"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/crashtest"
	"kozamori/internal/testkit/disktest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// How hard the house is worked while it is killed.
var (
	killRate  = flag.Int("kill-rate", 100, "alerts a second while the house is killed under load")
	killFor   = flag.Duration("kill-for", 4*time.Second, "for how long")
	killEvery = flag.Duration("kill-every", 1200*time.Millisecond, "how long each of its lives is, about")
)

// busyHouse is the child: the whole system at work on its queues by the clock, as in
// programs. Its clock is put on from outside, by what a request asks for.
func busyHouse() {
	fail := func(err error) {
		if err != nil {
			crashtest.Say("error %v", err)
			os.Exit(1)
		}
	}
	var ahead atomic.Int64
	set := func(s string) {
		d, err := time.ParseDuration(s)
		fail(err)
		ahead.Store(int64(d))
	}
	set(os.Getenv("AHEAD"))
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	disk, err := disktest.Open(os.Getenv("DIR"), qembedded.Options{Now: now})
	fail(err)
	c := app.Defaults()
	c.BaseURL, c.EscalateAfter = "https://kozamori.example", 0
	c.LINE.API, c.LINE.Token, c.LINE.Secrets = os.Getenv("LINE"), "channel-token", []string{"channel-secret"}
	key, _ := base64.StdEncoding.DecodeString(strings.Repeat("A", 43) + "=")
	c.LinkKeys = []token.Key{{ID: "a", Secret: key}}
	sys := app.New(c, app.Means{Mailer: ses.Open, Table: disk.Table, Queue: disk.Queue, Together: disk.Queue.Together(disk.Table), Secrets: secrets{crashBank: {os.Getenv("SECRET")}}, Now: now, Logger: slog.New(slog.DiscardHandler)})
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", sys.Ingest())
	tick := make(chan time.Time)
	mux.HandleFunc("/later", func(_ http.ResponseWriter, r *http.Request) { set(r.FormValue("ahead")); tick <- now() })
	mux.HandleFunc("/left", func(w http.ResponseWriter, r *http.Request) {
		left := 0
		for _, n := range queue.Names {
			d, err := sys.Queue.Depth(r.Context(), n)
			fail(err)
			left += d.Waiting + d.InFlight + d.Dead
		}
		due, err := sys.Store.Due(r.Context(), now().Add(time.Hour), 1000)
		fail(err)
		_, _ = fmt.Fprint(w, left+len(due))
	})
	ctx, stop := context.WithCancel(context.Background())
	mux.HandleFunc("/stop", func(http.ResponseWriter, *http.Request) { stop() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fail(err)
	crashtest.Say("http://%s", l.Addr())
	srv := &http.Server{Handler: mux}
	go func() { _ = srv.Serve(l) }()
	fail(sys.Run(ctx, tick))
	fail(srv.Shutdown(context.Background()))
	fail(disk.Close())
}

// busy is the world around the house under load.
type busy struct {
	t     *testing.T
	dir   string
	line  *sim.LINE
	env   []string
	ahead atomic.Int64

	mu    sync.Mutex
	child *crashtest.Child
	addr  string
}

func (b *busy) now() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }

// starts a life of the house.
func (b *busy) starts() {
	b.t.Helper()
	child := crashtest.Start(b.t, "busy", append(b.env, fmt.Sprint("AHEAD=", time.Duration(b.ahead.Load())))...)
	addr, ok := child.Line()
	if !ok || !strings.HasPrefix(addr, "http://") {
		b.t.Fatalf("the house does not start: %q", addr)
	}
	b.mu.Lock()
	b.child, b.addr = child, addr
	b.mu.Unlock()
}

func (b *busy) at() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.addr
}

// posts one event until the house has taken it, as banks do.
func (b *busy) posts(secret, id, body string) {
	for range 2000 {
		bank := &sim.Bank{Code: crashBank, Secrets: []string{secret}, API: b.at(), Now: b.now}
		if a, err := bank.PostAs(context.Background(), id, []byte(body)); err == nil && a.Status == http.StatusAccepted {
			return
		}
		time.Sleep(5 * time.Millisecond) // the house is dead, or is being started
	}
	b.t.Errorf("%s is never taken", id)
}

// Killed again and again while alerts come in, the house loses none, tells none
// twice, and each person hears in order.
func TestTheHouseIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	const people = 40
	b := &busy{t: t, dir: t.TempDir()}
	secret := "whsec_" + strings.Repeat("A", 43) + "="
	b.line = &sim.LINE{Token: "channel-token", Secret: "channel-secret", Now: b.now, Keep: 1 << 20}
	lineSrv := httptest.NewServer(b.line)
	t.Cleanup(lineSrv.Close)
	b.env = []string{"DIR=" + b.dir, "LINE=" + lineSrv.URL, "SECRET=" + secret}
	account := func(i int) watch.AccountKey {
		return watch.AccountKey{Bank: crashBank, Ref: fmt.Sprint("acc_", i)}
	}
	disk, err := disktest.Open(b.dir, qembedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	writes := []store.Write{store.PutBank(&store.Bank{Code: crashBank, Name: "七十七銀行"})}
	for i := range people {
		user := b.line.AddUser(sim.User{Following: true})
		writes = append(writes, store.PutAccount(&watch.Account{AccountKey: account(i), Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: user, Lang: watch.Japanese,
			Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}}))
	}
	if err := store.New(disk.Table).Write(t.Context(), writes...); err != nil {
		t.Fatal(err)
	}
	if err := disk.Close(); err != nil {
		t.Fatal(err)
	}

	b.starts()
	var senders sync.WaitGroup
	begun, sent := time.Now(), 0
	next := begun.Add(*killEvery)
	deaths, rng := 0, rand.New(rand.NewPCG(1, 2))
	for ; time.Since(begun) < *killFor; sent++ {
		if wait := time.Until(begun.Add(time.Duration(sent) * time.Second / time.Duration(*killRate))); wait > 0 {
			time.Sleep(wait) // to the time at which the next one is sent
		}
		if time.Now().After(next) {
			b.child.Kill()
			b.starts()
			deaths++
			next = time.Now().Add(*killEvery/2 + rand.N(*killEvery))
		}
		ref, i, at := account(rng.IntN(people)).Ref, sent, b.now()
		body := fmt.Sprintf(`{"events":[{"id":"e%d","type":"debit","transaction_id":"t%d","account_ref":%q,"occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}]}`, i, i, ref, at.Format(time.RFC3339Nano), 1000+i)
		senders.Go(func() { b.posts(secret, fmt.Sprint("msg_", i), body) })
	}
	senders.Wait()
	worked := time.Since(begun)
	// What a death left behind comes back by the clock.
	for range 60 {
		var left string
		for range 100 { // as long as the house is at work
			was := left
			if left = get(t, b.at()+"/left"); left == "0" || left == was {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if left == "0" {
			break
		}
		b.ahead.Add(int64(time.Minute))
		if err := post(b.at() + "/later?ahead=" + time.Duration(b.ahead.Load()).String()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if left := get(t, b.at()+"/left"); left != "0" {
		t.Errorf("%s messages are left", left)
	}
	if err := post(b.at() + "/stop"); err != nil {
		t.Fatal(err)
	}
	if rest := b.child.Wait(); len(rest) > 0 {
		t.Errorf("at its end the house said %q", rest)
	}
	t.Logf("%d alerts in %s, %d deaths, %d pushes", sent, worked.Round(time.Millisecond), deaths, b.line.Accepted())
	b.check(people, sent, account)
}

// check compares what was sent with what is on record and what LINE took.
func (b *busy) check(people, sent int, account func(int) watch.AccountKey) {
	t := b.t
	t.Helper()
	disk, err := disktest.Open(b.dir, qembedded.Options{Now: b.now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = disk.Close() }()
	s := store.New(disk.Table)
	arrived := map[string][]int{} // by retry key, in the order in which LINE took them
	for i, m := range b.line.Messages() {
		arrived[m.RetryKey] = append(arrived[m.RetryKey], i)
	}
	pushes, found := 0, map[string]bool{}
	for p := range people {
		rs, err := store.Collect(s.History(t.Context(), account(p), time.Time{}, time.Time{}))
		if err != nil {
			t.Fatal(err)
		}
		byID := map[string]*watch.Record{}
		for _, r := range rs {
			byID[r.ID] = r
		}
		last := map[string]int{}
		for _, r := range rs {
			found[r.Txn] = true
			lead := byID[r.IncidentID()]
			said := 0
			for i := range lead.Deliveries {
				for _, x := range lead.SaidBy(&lead.Deliveries[i]) {
					if x.Record == r.ID && x.Was == nil && lead.Deliveries[i].State == watch.Accepted {
						said++
					}
				}
			}
			if said != 1 {
				t.Errorf("%s was told %d times", r.Txn, said)
			}
			if r != lead {
				continue
			}
			for i := range lead.Deliveries {
				d := &lead.Deliveries[i]
				if d.State != watch.Accepted {
					continue
				}
				at := arrived[d.RetryKey(lead.ID)]
				if len(at) != 1 {
					t.Errorf("%s of %s reached LINE %d times", d.ID, r.Txn, len(at))
					continue
				}
				if pushes++; at[0] < last[lead.ID] {
					t.Errorf("%s of %s came before what was told before it", d.ID, r.Txn)
				}
				last[lead.ID] = at[0]
			}
		}
	}
	if len(found) != sent {
		t.Errorf("of %d alerts %d are on record", sent, len(found))
	}
	if n := b.line.Accepted(); n != pushes || len(b.line.Violations()) > 0 {
		t.Errorf("LINE took %d messages, %d are on record; %v", n, pushes, b.line.Violations())
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var s string
	_, _ = fmt.Fscan(res.Body, &s)
	return s
}
