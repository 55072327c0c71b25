package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/store/embedded"
	"kozamori/internal/testkit/crashtest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// The crash harness: the whole system runs in a child process on embedded
// parts and is killed at a step; LINE, SES and the bank stand outside, in this
// process, and remember what reached them. After each death the child starts
// again on the same files and the callers do what real ones do: they send
// again what they got no answer to.

func TestMain(m *testing.M) {
	crashtest.Main(map[string]func(){"house": house})
	os.Exit(m.Run())
}

const (
	mailOnly  = "acc_2"
	mailTo    = "owner@example.jp"
	crashBank = "0125"
)

// batch is what the bank sends: alerts by LINE and by mail, a charge link, a
// pending debit, ordinary debits, an account that nobody watches, and an event
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

// open opens the files, while no child holds them.
func (o *outside) open() (*store.Store, queue.Queue, func()) {
	o.t.Helper()
	table, err := embedded.Open(filepath.Join(o.dir, "store"), embedded.Options{Now: o.clock.Now})
	if err != nil {
		o.t.Fatal(err)
	}
	q, err := qembedded.Open(filepath.Join(o.dir, "queue"), qembedded.Options{Now: o.clock.Now})
	if err != nil {
		o.t.Fatal(err)
	}
	return store.New(table), q, func() { _ = table.Close(); _ = q.Close() }
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

// tap presses "not mine" on the phone, under the alert about a record. LINE
// brings a webhook again that was not answered 200.
func (o *outside) tap(record string) {
	o.t.Helper()
	data := ""
	for _, m := range o.line.Messages() {
		for _, d := range postbacks(o.t, m.Messages) {
			if v, err := url.ParseQuery(d); err == nil && v.Get("a") == "notmine" && v.Get("r") == record {
				data = d
			}
		}
	}
	if data == "" {
		o.t.Fatal("the phone shows no button for it")
	}
	up := func() {
		o.call("/steps", url.Values{})
		o.line.Webhook = o.addr + app.HookPath
	}
	up()
	if err := o.line.Tap(lineUser, data, ""); err != nil {
		o.t.Fatal(err)
	}
	for up(); o.line.Redeliver() > 0; up() {
		o.clock.Add(10 * time.Second)
	}
}

// postbacks lists the data of all buttons in messages.
func postbacks(t *testing.T, messages []json.RawMessage) (out []string) {
	t.Helper()
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["type"] == "postback" {
				out = append(out, fmt.Sprint(v["data"]))
			}
			for _, w := range v {
				walk(w)
			}
		case []any:
			for _, w := range v {
				walk(w)
			}
		}
	}
	for _, raw := range messages {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		walk(v)
	}
	return out
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

// check compares the ledgers with what was sent.
func (o *outside) check() {
	t := o.t
	t.Helper()
	o.call("/stop", url.Values{})
	if rest := o.child.Wait(); len(rest) > 0 {
		t.Errorf("at its end the house said %q", rest)
	}
	s, q, done := o.open()
	defer done()
	ctx := context.Background()

	ends := map[string]string{}
	pushes := map[string]int{} // retry keys of what LINE took, by how often it arrived
	for _, ref := range []string{"acc_1", mailOnly, "acc_9"} {
		rs, err := store.First(s.History(ctx, watch.AccountKey{Bank: crashBank, Ref: ref}, time.Time{}, time.Time{}), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			ends[r.Txn] = fmt.Sprintf("%s %d %s", r.Kind, r.Amount, r.Status)
			lead := r
			for _, o := range rs {
				if o.ID == r.IncidentID() {
					lead = o
				}
			}
			ch := watch.LINE
			if ref == mailOnly {
				ch = watch.Email
			}
			// What was told is what is true, each thing once.
			if left := lead.Untold("w1", ch, len(lead.Deliveries)); len(left) != 0 {
				t.Errorf("of %s remains untold %+v", r.Txn, left)
			}
			said := 0
			for i := range lead.Deliveries {
				d := &lead.Deliveries[i]
				for _, x := range lead.SaidBy(d) {
					if x.Record == r.ID && x.Was == nil && d.State != watch.Cancelled {
						said++
					}
				}
				if d.State != watch.Accepted && d.State != watch.Cancelled {
					t.Errorf("%s of %s is %s", d.ID, r.Txn, d.State)
				}
				if d.State == watch.Accepted && d.Channel == watch.LINE {
					pushes[d.RetryKey(lead.ID)] = 0
				}
			}
			if said != 1 {
				t.Errorf("%s was told as new %d times", r.Txn, said)
			}
		}
	}
	want := map[string]string{"stolen": "debit 100000 posted", "link": "charge_link.registered 0 ", "pending": "debit 3100 posted", "mailed": "debit 90000 posted"}
	for txn, w := range want {
		if ends[txn] != w {
			t.Errorf("%s ended as %q, want %q", txn, ends[txn], w)
		}
	}
	if len(ends) != len(want) {
		t.Errorf("records of %v", ends)
	}
	refused, err := store.Collect(s.Quarantine(ctx, crashBank))
	if err != nil || len(refused) != 1 || refused[0].EventID != "e_refused" {
		t.Errorf("%d events in quarantine, want 1, %v", len(refused), err)
	}
	act, err := s.Activity(ctx, watch.AccountKey{Bank: crashBank, Ref: "acc_1"})
	if err != nil {
		t.Fatal(err)
	}
	if d, p := act.Services["docomo"], act.Services["paypay"]; d.Debits != 1 || p.Debits != 1 || p.Months[o.start.In(watch.JST).Format("2006-01")] != 3100 {
		t.Errorf("activity %+v %+v", d, p)
	}

	told := 0 // that the dispute is opened
	for _, m := range o.line.Messages() {
		if _, ours := pushes[m.RetryKey]; ours {
			pushes[m.RetryKey]++
		} else {
			told++
		}
	}
	for _, n := range pushes {
		if n != 1 {
			t.Errorf("a message reached LINE %d times", n)
		}
	}
	if told < 1 || told > 1+o.deaths || len(o.line.Violations()) != 0 {
		t.Errorf("the answer was answered %d times after %d deaths, violations %v", told, o.deaths, o.line.Violations())
	}
	// A mail may come twice if the house dies, or SES's answer gets lost,
	// between the sending and its note.
	if n := len(o.mail.Messages()); n < 1 || n > 1+o.deaths+o.dropped {
		t.Errorf("%d mails after %d deaths and %d lost answers", n, o.deaths, o.dropped)
	}
	var heard []string
	for _, c := range o.bank.Callbacks() {
		var b struct {
			Type string
			Seq  int
		}
		if err := json.Unmarshal(c.Body, &b); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, fmt.Sprint(b.Type, " ", b.Seq))
	}
	if got := strings.Join(heard, ", "); got != "dispute.opened 1, dispute.withdrawn 2" || len(o.bank.Violations()) != 0 {
		t.Errorf("the bank heard %q, violations %v", got, o.bank.Violations())
	}
	for _, n := range queue.Names {
		if d, err := q.Depth(ctx, n); err != nil || d.Waiting+d.InFlight+d.Dead != 0 {
			t.Errorf("the queue %s is left with %+v, %v", n, d, err)
		}
	}
	if due, err := s.Due(ctx, o.clock.Now().Add(1000*time.Hour), 100); err != nil || len(due) != 0 {
		t.Errorf("still due: %v, %v", due, err)
	}
}

func TestTheHouseIsKilledAfterEachStepInTurn(t *testing.T) {
	clean := newOutside(t, func() int { return 0 })
	clean.play()
	steps := clean.steps()
	clean.check()
	if t.Failed() || steps < 20 {
		t.Fatalf("%d steps without any death", steps)
	}
	for n := 1; n <= steps; n++ {
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
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 7))
			var o *outside
			// Lives grow longer: one of a few milliseconds after another may
			// never get past receiving again what the last one had ended.
			o = newOutside(t, func() int { return 1 + rng.IntN(10+4*o.deaths) })
			o.play()
			o.check()
			if o.deaths < 3 {
				t.Errorf("only %d deaths", o.deaths)
			}
		})
	}
}
