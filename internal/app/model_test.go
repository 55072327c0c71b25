package app_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"kozamori/internal/app"
	"kozamori/internal/email/ses"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/codectest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// The model: real stages in this process, between simulated outsides. A seed
// decides everything that happens, in which order queues hand out what they
// hold, which calls fail and how, and after which effect the process dies. What reached
// phones, mailboxes and the bank in the end is compared with what happened and was said.

var (
	modelSeeds = flag.Int("model-seeds", breadth.Of(6, 12), "how many seeds of the model are run")
	modelFrom  = flag.Uint64("model-from", 0, "the first seed of the model")
)

// What a model may suffer from.
type troubles struct {
	faults bool // calls to the outside fail
	deaths bool // the process dies after an effect
	twice  bool // queues hand out messages again

	newer *codectest.Newer // a version that uses the same table and queues; nil if none does
}

type model struct {
	*worldtest.Clock
	t     testing.TB
	seed  uint64
	rng   *rand.Rand
	has   troubles
	calm  bool // nothing fails from now on
	table store.Table
	store *store.Store // over the table as it is, alive or dead
	queue *memQueue
	line  *sim.LINE
	mail  *sim.Mailbox
	bank  *sim.Bank

	one        sync.Mutex // sweep works side by side: one of its calls at a time
	steps, die int        // effects so far, and after which one the process dies
	dead       bool
	deaths     int
	dropped    int // mails that were taken and not answered
	refused    int // messages that a channel refused for good
	first      map[string]time.Time
	swept      time.Time
	said       []string // what the run has done, for a failure

	sys    *app.System
	stages map[queue.Name]queue.Handler
	ingest http.Handler
	txns   []*txn
	backs  []back
	yen    int64
	acts   int
	posts  int
	people []modelPerson
	pages  map[string]modelPage // that a watcher has open

	named  renaming
	handed map[string]modelSent // by retry key, what was handed over
	untrue map[string][]string  // by retry key, what was undone when LINE last saw that it stands
}

// tagged finds the delivery that a mail is of in what SES is asked.
var tagged = regexp.MustCompile(`"Name":"delivery","Value":"([^"]*)"`)

var errDead = errors.New("the process is dead")

// step is one effect on the world outside the process's memory.
func (m *model) step() error {
	if m.steps++; m.steps == m.die {
		m.dead = true
		m.deaths++
		m.note("dies")
		return errDead
	}
	return nil
}

func (m *model) note(format string, args ...any) {
	m.said = append(m.said, m.Now().Format("02 15:04:05 ")+fmt.Sprintf(format, args...))
}

func (m *model) errorf(format string, args ...any) {
	m.t.Helper()
	m.t.Errorf("seed %d: "+format, append([]any{m.seed}, args...)...)
}

// mortalTable, and the other parts of this kind, do nothing for a process that
// is dead.
type mortalTable struct {
	store.Table
	m *model
}

func (t mortalTable) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	t.m.one.Lock()
	defer t.m.one.Unlock()
	if t.m.dead {
		return nil, errDead
	}
	return t.Table.Get(ctx, keys...)
}

func (t mortalTable) Query(ctx context.Context, q store.Query) (store.Page, error) {
	t.m.one.Lock()
	defer t.m.one.Unlock()
	if t.m.dead {
		return store.Page{}, errDead
	}
	return t.Table.Query(ctx, q)
}

func (t mortalTable) Write(ctx context.Context, writes ...store.Write) error {
	t.m.one.Lock()
	defer t.m.one.Unlock()
	if t.m.dead {
		return errDead
	}
	if err := t.Table.Write(ctx, writes...); err != nil {
		return err
	}
	return t.m.step()
}

// direct calls a simulated outside without a network, and fails as the model
// has it fail.
type direct struct {
	m    *model
	name string
	to   http.Handler
}

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	m := d.m
	if m.dead {
		return nil, errDead
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	key := r.Header.Get("X-Line-Retry-Key")
	if key != "" {
		m.attempt(key, body)
	}
	if mail := tagged.FindSubmatch(body); d.name == "SES" && mail != nil {
		m.mailed(string(mail[1]), body)
	}
	fault := m.fault(d.name, r.URL.Path, key)
	if fault == "timeout" {
		return nil, errors.New("no answer")
	}
	w := httptest.NewRecorder()
	d.to.ServeHTTP(w, r)
	if err := m.step(); err != nil {
		return nil, err
	}
	if fault == "drop" {
		if d.name == "SES" {
			m.dropped++
		}
		return nil, errors.New("no answer")
	}
	res := w.Result()
	res.Request = r
	return res, nil
}

// fault decides how a call fails, and tells the outside to do so unless it is
// for the caller to notice that no answer comes.
func (m *model) fault(name, path, key string) string {
	if m.calm || !m.has.faults || m.rng.IntN(4) > 0 {
		return ""
	}
	silent := []string{"timeout", "drop"}
	n := m.rng.IntN(6)
	if n < 2 {
		m.note("%s: %s", name, silent[n])
		return silent[n]
	}
	for _, l := range m.line.Messages() {
		if key != "" && l.RetryKey == key {
			return "" // what LINE took it takes again, whatever else is wrong
		}
	}
	switch name {
	case "LINE":
		if !strings.HasSuffix(path, "/push") {
			return ""
		}
		f := []sim.Fault{sim.ServerError, sim.ServerError, sim.RateLimited, sim.QuotaSpent}[n-2]
		if f == sim.QuotaSpent {
			m.refused++
		}
		m.note("LINE: %s", f)
		m.line.Fail(1, f)
	case "SES":
		f := []sim.MailFault{sim.MailServerError, sim.MailThrottled, sim.MailPaused, sim.MailServerError}[n-2]
		m.note("SES: %s", f)
		m.mail.Fail(1, f)
	case "bank":
		m.bank.Fail(1, sim.BankDown)
	}
	return ""
}

// newModel is a family with two accounts at a bank.
func newModel(t testing.TB, seed uint64, has troubles) *model {
	t.Helper()
	m := &model{Clock: worldtest.NewClock(worldtest.Start), t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 13)), has: has,
		first: map[string]time.Time{}, pages: map[string]modelPage{}, untrue: map[string][]string{}, handed: map[string]modelSent{}, yen: 1000}
	m.table = worldtest.Table(t, m.Now)
	if has.newer != nil {
		has.newer.Table, m.table = m.table, has.newer
	}
	m.store = store.New(m.table)
	m.queue = &memQueue{m: m}
	secret := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	m.line = &sim.LINE{Token: "channel-token", Secret: "channel-secret", Now: m.Now}
	m.mail = &sim.Mailbox{Now: m.Now}
	m.bank = &sim.Bank{Code: "0125", Secrets: []string{secret}, Now: m.Now, API: "http://house",
		HTTP: &http.Client{Transport: houseDoor{m}}}
	m.people = family4()
	writes := []store.Write{store.PutBank(&store.Bank{Code: "0125", Name: "七十七銀行", Callback: "http://bank/sim/bank/callback"})}
	for _, ref := range modelAccounts {
		a := &watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: ref}, Mask: worldtest.Mask}
		for _, p := range m.people {
			m.line.AddUser(sim.User{ID: p.line, Lang: "ja", Following: true})
			if w, ok := p.on(ref); ok {
				a.Watchers = append(a.Watchers, w)
			}
		}
		writes = append(writes, store.PutAccount(a))
		for _, w := range a.Watchers {
			writes = append(writes, store.PutBinding(w.LineUser, store.Binding{OnAccount: watch.On(a.AccountKey), Watcher: w.ID}))
		}
	}
	if err := m.store.Write(context.Background(), writes...); err != nil {
		t.Fatal(err)
	}
	m.start()
	return m
}

// houseDoor is how the bank reaches the house.
type houseDoor struct{ m *model }

func (h houseDoor) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.m.ingest.ServeHTTP(w, r)
	if h.m.dead {
		return nil, errDead
	}
	return w.Result(), nil
}

// start starts the process, which knows nothing of the one before.
func (m *model) start() {
	m.dead, m.die = false, 0
	if m.has.deaths && !m.calm {
		m.die = m.steps + 1 + m.rng.IntN(40)
	}
	client := func(name string, to http.Handler) *http.Client {
		return &http.Client{Transport: direct{m, name, to}}
	}
	c := app.Defaults()
	c.BaseURL = m.named.baseURL()
	c.LINE.API, c.LINE.Token, c.LINE.Secrets = "http://line", m.line.Token, []string{m.line.Secret}
	c.Mail.API, c.Mail.From = "http://ses", "alert@kozamori.example"
	c.LinkKeys = []token.Key{{ID: "a", Secret: make([]byte, token.MinKey)}}
	m.sys = app.New(c, app.Means{Mailer: ses.Open, Table: mortalTable{m.table, m}, Queue: m.sends(), Secrets: secrets{"0125": m.bank.Secrets},
		AWS:      aws.Config{Region: "ap-northeast-1", Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")},
		LINEHTTP: client("LINE", m.line), BankHTTP: client("bank", m.bank), MailHTTP: client("SES", m.mail), Now: m.Now, Logger: slog.New(&m.named.twice)})
	var err error
	if m.stages, err = m.sys.Stages(); err != nil {
		m.t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", m.sys.Ingest())
	m.ingest = mux
}

// sends is the queues as the process sends to them.
func (m *model) sends() queue.Queue {
	if m.has.newer != nil {
		return m.has.newer.Queue(m.queue)
	}
	return m.queue
}

// alive starts the process again if it has died.
func (m *model) alive() {
	if m.dead {
		m.start()
	}
}

// pump has the stages work on what is visible, in any order: at most so many
// messages.
func (m *model) pump(most int) {
	ctx := context.Background()
	for range most {
		names := m.queue.visible()
		if len(names) == 0 {
			return
		}
		n := names[m.rng.IntN(len(names))]
		msgs, _ := m.queue.Receive(ctx, n, 1, 0)
		queue.Settle(ctx, m.queue, n, msgs, m.stages[n], m.sys.Logger)
		m.alive()
	}
}

// sweep runs as each minute.
func (m *model) sweep() {
	if m.Now().Sub(m.swept) < time.Minute {
		return
	}
	m.swept = m.Now()
	_, _ = m.sys.Sweep().Sweep(context.Background())
	m.alive()
}

// settle ends the troubles and lets the house work until nothing is left to do.
func (m *model) settle() {
	m.calm, m.die = true, 0
	m.note("settles")
	for range 2000 {
		m.pump(1000)
		m.sweep()
		m.pump(1000)
		due, err := m.store.Due(context.Background(), m.Now().Add(1000*time.Hour), 100)
		if err != nil {
			m.t.Fatal(err)
		}
		next, waits := m.queue.next()
		switch {
		case !waits && len(due) == 0:
			return
		case waits && (len(due) == 0 || next.Before(m.Now().Add(time.Minute))):
			m.Set(next)
		case !waits && !slices.ContainsFunc(due, func(d store.DueRef) bool { return d.Due().Before(m.Now().Add(time.Hour)) }):
			// Nothing but reminders, which come weeks later.
			m.Set(slices.MinFunc(due, func(a, b store.DueRef) int { return a.Due().Compare(b.Due()) }).Due())
		default:
			m.Add(time.Minute)
		}
	}
	m.errorf("does not settle")
}

func TestModel(t *testing.T) {
	for i := range *modelSeeds {
		seed := *modelFrom + uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m := newModel(t, seed, []troubles{{}, {faults: true}, {deaths: true, twice: true}, {faults: true, deaths: true, twice: true}}[seed%4])
			m.play()
			m.settle()
			m.check()
			if t.Failed() {
				t.Logf("what happened:\n%s", strings.Join(m.said, "\n"))
			}
		})
	}
}
