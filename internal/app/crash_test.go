package app_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/crashtest"
	"kozamori/internal/testkit/disktest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// The crash harness: the whole system runs in a child process on embedded
// parts and is killed at a step; LINE, SES and the bank stand outside, in this
// process, and remember what reached them. After each death the child starts
// again on the same files and the callers do what real ones do: they send
// again what they got no answer to.

func TestMain(m *testing.M) {
	crashtest.Main(map[string]func(){"house": house, "busy": busyHouse})
	flag.Parse()
	// Most of what runs side by side waits for a process or a time limit, not
	// for a processor.
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0)))
	}
	os.Exit(m.Run())
}

const (
	mailOnly  = "acc_2"
	mailTo    = "owner@example.jp"
	crashBank = "0125"
)

// batch is what the bank sends: alerts by LINE and by mail, a charge link, a
// pending debit, ordinary debits, an account without watchers, and an event
// that is refused.
func batch(at time.Time) string {
	when := at.Format(time.RFC3339)
	debit := func(txn, ref, descriptor string, yen int, more string) string {
		return fmt.Sprintf(`{"id":"e_%s","type":"debit","transaction_id":%q,"account_ref":%q,"occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":%q%s}`,
			txn, txn, ref, when, yen, descriptor, more)
	}
	return `{"events":[` + strings.Join([]string{
		debit("stolen", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 100000, ""),
		fmt.Sprintf(`{"id":"e_link","type":"charge_link.registered","transaction_id":"link","account_ref":"acc_1","occurred_at":%q,"descriptor":"PAYPAY","service":"paypay"}`, when),
		debit("pending", "acc_1", "PAYPAY", 3000, `,"status":"pending"`),
		debit("phone", "acc_1", "NTTﾄﾞｺﾓ", 7000, ""),
		debit("mailed", mailOnly, "ﾄﾞｺﾓｺｳｻﾞ", 90000, ""),
		debit("nobody", "acc_9", "ﾄﾞｺﾓｺｳｻﾞ", 90000, ""),
		debit("refused", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", -1, ""),
	}, ",") + `]}`
}

// outside is the world around the house, and the ledger.
type outside struct {
	t     *testing.T
	dir   string
	start time.Time
	clock *worldtest.Clock
	line  *sim.LINE
	mail  *sim.Mailbox
	bank  *sim.Bank
	env   []string

	child  *crashtest.Child
	addr   string
	deaths int
	// dropped is how many answers of SES were lost on purpose.
	dropped int
	die     func() int // the step at which the next child dies; 0 is never
}

func newOutside(t *testing.T, die func() int) *outside {
	t.Helper()
	o := &outside{t: t, dir: t.TempDir(), start: time.Now().UTC().Truncate(time.Second), die: die}
	o.clock = worldtest.NewClock(o.start)
	secret := "whsec_" + strings.Repeat("A", 43) + "="
	o.line = &sim.LINE{Token: "channel-token", Secret: "channel-secret", Now: o.clock.Now}
	o.line.AddUser(sim.User{ID: lineUser, Following: true})
	o.mail = &sim.Mailbox{Now: o.clock.Now}
	o.bank = &sim.Bank{Code: crashBank, Secrets: []string{secret}, Now: o.clock.Now}
	lineSrv, mailSrv, bankSrv := httptest.NewServer(o.line), httptest.NewServer(o.mail), httptest.NewServer(o.bank)
	t.Cleanup(func() { lineSrv.Close(); mailSrv.Close(); bankSrv.Close() })
	o.env = []string{"DIR=" + o.dir, "LINE=" + lineSrv.URL, "SES=" + mailSrv.URL, "SECRET=" + secret, fmt.Sprint("START=", o.start.Unix())}

	s, _, done := o.open()
	watcher := func(ch watch.Channel) []watch.Watcher {
		return []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese, Channels: []watch.Channel{ch}, Rules: watch.DefaultRules()}}
	}
	err := s.Write(context.Background(),
		store.PutBank(&store.Bank{Code: crashBank, Name: "七十七銀行", Callback: bankSrv.URL + "/sim/bank/callback"}),
		store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: crashBank, Ref: "acc_1"}, Watchers: watcher(watch.Channel{Kind: watch.LINE})}),
		store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: crashBank, Ref: mailOnly}, Watchers: watcher(watch.Channel{Kind: watch.Email, Address: mailTo})}))
	if err != nil {
		t.Fatal(err)
	}
	done()
	return o
}

// hangs has the house know how many calls to a service get no answer.
func (o *outside) hangs(service string, n int, hangs bool) {
	if hangs {
		o.env = append(o.env, fmt.Sprint("HANGS=", service, " ", n))
	}
}

// open opens the files, while no child holds them.
func (o *outside) open() (*store.Store, queue.Queue, func()) {
	o.t.Helper()
	disk, err := disktest.Open(o.dir, qembedded.Options{Now: o.clock.Now})
	if err != nil {
		o.t.Fatal(err)
	}
	return store.New(disk.Table), disk.Queue, func() { _ = disk.Close() }
}

// must does something at the house until it has an answer: when the house
// dies under it, it is started again and asked again.
func (o *outside) must(what string, do func(addr string) error) {
	o.t.Helper()
	for range 200 {
		if o.child == nil {
			o.child = crashtest.Start(o.t, "house", append(o.env, fmt.Sprint("DIE=", o.die()))...)
			addr, ok := o.child.Line()
			if !ok || !strings.HasPrefix(addr, "http://") {
				o.t.Fatalf("the house does not start: %q", addr)
			}
			o.addr = addr
		}
		err := do(o.addr)
		if err == nil {
			return
		}
		if rest := o.child.Wait(); len(rest) > 0 {
			o.t.Fatalf("%s: %v; the house said %q", what, err, rest)
		}
		o.child = nil
		o.deaths++
	}
	o.t.Fatalf("%s never succeeds", what)
}

func (o *outside) call(path string, q url.Values) {
	o.t.Helper()
	o.must(path, func(addr string) error {
		q.Set("now", fmt.Sprint(o.clock.Now().Unix()))
		return post(addr + path + "?" + q.Encode())
	})
}

// send posts a body as the bank does.
func (o *outside) send(id, body string) {
	o.t.Helper()
	o.must("send "+id, func(addr string) error {
		o.bank.API = addr
		a, err := o.bank.PostAs(context.Background(), id, []byte(body))
		if err == nil && a.Status != 202 && a.Status != 422 {
			o.t.Fatalf("%d %s", a.Status, a.Body)
		}
		return err
	})
}

// settle lets the house work until nothing is left to do, some time later.
func (o *outside) settle(later time.Duration) {
	o.t.Helper()
	o.clock.Add(later)
	o.call("/settle", url.Values{})
}

// posted is the twin of the pending debit of a batch.
func posted(at time.Time) string {
	return fmt.Sprintf(`{"id":"e_posted","type":"debit","transaction_id":"pending","account_ref":"acc_1","occurred_at":%q,"amount":3100,"currency":"JPY","descriptor":"PAYPAY","status":"posted"}`, at.Format(time.RFC3339))
}

// play is the whole story: events, alerts, an answer, its undoing.
func (o *outside) play() {
	o.t.Helper()
	o.send("msg_1", batch(o.start))
	o.settle(time.Second)
	o.send("msg_2", posted(o.start))
	o.settle(time.Second)
	o.answers()
}

// answers is the second half of the story.
func (o *outside) answers() {
	o.t.Helper()
	// What a death left behind is found when it is due.
	o.settle(3 * time.Minute)
	o.settle(3 * time.Minute)
	id := recordOf("stolen", watch.Debit)
	o.tap(id)
	o.settle(time.Second)
	o.settle(time.Minute) // longer than any lease of a reply
	o.call("/undo", url.Values{"record": {id}})
	o.settle(time.Second)
	o.settle(2 * time.Minute)
	o.settle(70 * time.Minute)
	o.die = func() int { return 0 }
	o.call("/settle", url.Values{})
}

func recordOf(txn string, k watch.Kind) string {
	e := watch.Event{Bank: crashBank, Kind: k, AccountRef: "acc_1", TransactionID: txn}
	return e.RecordID()
}

func TestTheHouseIsKilledAfterEachStepInTurn(t *testing.T) {
	t.Parallel()
	clean := newOutside(t, func() int { return 0 })
	clean.play()
	steps := clean.steps()
	clean.check()
	if t.Failed() || steps < 20 {
		t.Fatalf("%d steps without any death", steps)
	}
	for n := 1; n <= steps; n += breadth.Of(3, 1) {
		t.Run(fmt.Sprintf("step %d", n), func(t *testing.T) {
			t.Parallel()
			first := true
			o := newOutside(t, func() int {
				if first {
					first = false
					return n
				}
				return 0
			})
			o.play()
			o.check()
			if o.deaths == 0 && n < steps-5 {
				t.Errorf("no death at step %d of %d", n, steps)
			}
		})
	}
}

func TestTheHouseIsKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 7))
			var o *outside
			// Lives grow longer: one of a few milliseconds after another may
			// never get past receiving again what the last one had ended.
			o = newOutside(t, func() int { return 1 + rng.IntN(10+4*o.deaths) })
			if seed%2 == 1 { // store and queues are one, as in programs of this machine
				o.env = append(o.env, "TOGETHER=1")
			}
			o.play()
			o.check()
			if o.deaths < 3 {
				t.Errorf("only %d deaths", o.deaths)
			}
		})
	}
}
