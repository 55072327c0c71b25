package samlocal_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/infra/samlocal"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	perPost = 100  // events
	perTown = 2000 // accounts
	// nameless is how many of a post's events have a text that names no one, of
	// which a trace is kept: of the ordinary lines of catalog/trial, two in a
	// hundred.
	nameless = 2
	// mostRecent is how many debits of the last week the activity of somebody has
	// who uses a wallet for everything. Each alert writes it.
	mostRecent = 50
	// mostDollars is what a million events may cost, of new accounts and of accounts a
	// year old.
	mostDollars = 0.85
)

// measured is what some events came to.
type measured struct {
	events, alerts, posts int
	calls                 samlocal.Meter
	functions             map[string]samlocal.FunctionStats
}

// BenchmarkEvents reports what events cost: calls, capacity, processor and
// dollars. Run it once:
//
//	eval "$(.ci/emulators)"; go -C infra/samlocal test -run '^$' -bench . -benchtime 1x
func BenchmarkEvents(b *testing.B) {
	dynamoDB, moto := emulators(b)
	ctx := b.Context()
	d := usual()
	delete(d.parameters, "EscalateAfter") // as it is without an operator's word: a critical alert then waits for its answer
	w, err := d.stand(ctx, "numbers", dynamoDB, moto)
	if w != nil {
		b.Cleanup(w.done)
	}
	if err != nil {
		b.Fatal(err)
	}
	w.wait = 6 * time.Minute // also on a busy machine
	for i := range 3 * perTown {
		user := w.line.AddUser(sim.User{Name: fmt.Sprint("watcher ", i), Following: true})
		rules := watch.DefaultRules()
		a := &watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: numbersRef(i)}, Mask: "普通 ***4567",
			Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: user, Lang: watch.Japanese, Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: rules}}}
		if err := w.store.Write(ctx, store.PutAccount(a)); err != nil {
			b.Fatal(err)
		}
	}
	next := 0
	first := 0 // account
	run := func(posts, alerting int) measured {
		m, err := w.measure(ctx, posts, alerting, first, &next)
		if err != nil {
			b.Fatal(err)
		}
		return m
	}
	fmt.Println()
	run(1, 5) // connections, names, secrets
	for range b.N {
		fmt.Println(run(10, 0).table("1,000 irrelevant events"))
		fmt.Println(run(10, perPost).table("1,000 events that all alert"))
		mixed := run(10, 5)
		fmt.Println(mixed.table("1,000 events of which 50 alert"))
		said, total := mixed.dollars()
		fmt.Println(said)
		b.ReportMetric(total, "$/1M-events-new")
		if total > mostDollars {
			b.Errorf("a million events of new accounts cost $%.2f, at most $%.2f", total, mostDollars)
		}
		// Others, which nothing has alerted today.
		aged := func(from, recent int, whose string) float64 {
			if err := w.grow(ctx, from, recent); err != nil {
				b.Fatal(err)
			}
			first = from
			said, total := run(10, 5).dollars()
			first = 0
			fmt.Println("and of "+whose+",", said)
			return total
		}
		b.ReportMetric(aged(2*perTown, mostRecent, "people who pay by wallet seven times a day"), "$/1M-events-heavy")
		total = aged(perTown, 0, "accounts a year old")
		b.ReportMetric(total, "$/1M-events")
		if total > mostDollars {
			b.Errorf("a million events cost $%.2f, at most $%.2f", total, mostDollars)
		}
	}
}

// grow gives the accounts from the first on what a year makes of their activity, as detect keeps it:
// a wallet that is charged each week, another each month, a link of each, and
// the forms of ten bills; 64 debits, of which those of the last week are kept.
// recent are as many more of the last week, three hours apart.
func (w *town) grow(ctx context.Context, first, recent int) error {
	now := time.Now().Truncate(time.Second) // as banks say it
	for i := first; i < first+perTown; i++ {
		k := watch.AccountKey{Bank: "0125", Ref: numbersRef(i)}
		act, err := w.store.Activity(ctx, k)
		if err != nil {
			return err
		}
		bills := &watch.Bills{}
		act.Since(now.AddDate(-1, 0, 0))
		n := 0
		add := func(e watch.Entry) {
			n++
			r := watch.NewRecord(fmt.Sprintf("%026d", n), k, e)
			act.Apply(r)
		}
		for _, service := range []string{"docomo", "paypay"} {
			add(watch.Entry{Kind: watch.LinkRegistered, Service: service, At: now.AddDate(-1, 0, 0), Route: "web_kouza_furikae"})
		}
		for day := 365; day > 0; day-- {
			at := now.AddDate(0, 0, -day)
			if day%7 == i%7 {
				add(watch.Entry{Kind: watch.Debit, Status: watch.Posted, Service: "docomo", At: at, Amount: 3000})
			}
			if day%30 == i%30 {
				add(watch.Entry{Kind: watch.Debit, Status: watch.Posted, Service: "paypay", At: at, Amount: 10000})
				for bill := range 10 {
					bills.Add(fmt.Sprint("form", bill), at, int64(4000+bill))
				}
			}
		}
		for n := recent; n > 0; n-- {
			add(watch.Entry{Kind: watch.Debit, Status: watch.Posted, Service: "docomo", At: now.Add(-time.Duration(n) * 3 * time.Hour), Amount: 800})
		}
		if err := w.store.Write(ctx, store.PutActivity(k, act), store.PutBills(k, bills)); err != nil {
			return err
		}
	}
	return nil
}

// restarts is how often BenchmarkStarts restarts each function.
const restarts = 21

// BenchmarkStarts reports how long each function takes from its start to its
// first poll, and how large its program is. Run it once, as BenchmarkEvents.
func BenchmarkStarts(b *testing.B) {
	dynamoDB, moto := emulators(b)
	ctx := b.Context()
	w, err := newTown(ctx, "starts", dynamoDB, moto)
	if w != nil {
		b.Cleanup(w.done)
	}
	if err != nil {
		b.Fatal(err)
	}
	for range restarts {
		if err := w.Restart(ctx); err != nil {
			b.Fatal(err)
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "\nfunctions: start to first poll (median of %d, alone), processor until then, size for arm64\n", restarts)
	sizes := b.TempDir()
	if err := build(sizes, "arm64"); err != nil {
		b.Fatal(err)
	}
	slowest, largest := time.Duration(0), 0.0
	stats := w.Stats()
	for _, name := range slices.Sorted(maps.Keys(stats)) {
		st := stats[name]
		took := slices.Sorted(slices.Values(st.Starts[len(st.Starts)-restarts:]))
		info, err := os.Stat(filepath.Join(sizes, name))
		if err != nil {
			b.Fatal(err)
		}
		mb := float64(info.Size()) / 1e6
		fmt.Fprintf(&out, "  %-9s %5.1f ms  %5.1f ms of processor  %5.1f MB\n", name, ms(took[restarts/2]), ms(st.StartCPU)/float64(len(st.Starts)), mb)
		slowest, largest = max(slowest, took[restarts/2]), max(largest, mb)
	}
	fmt.Print(out.String())
	b.ReportMetric(ms(slowest), "ms-slowest-start")
	b.ReportMetric(largest, "MB-largest")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// numbersRef is an account_ref as long as banks' are: capacity is counted by
// the kilobyte, and a record of an alert is a little shorter than one.
func numbersRef(i int) string { return fmt.Sprintf("7f3e2a10-5c4b-4d2e-9a61-%012d", i) }

// measure posts so many times a hundred events, alerting of which alert, each
// of another of the accounts from the first on, and waits until everything is
// done.
func (w *town) measure(ctx context.Context, posts, alerting, first int, next *int) (measured, error) {
	before := w.line.Accepted()
	w.Take()
	was := w.Stats()
	for range posts {
		var events []string
		for i := range perPost {
			*next++
			descriptor := "ｷﾕｳﾖ"
			switch {
			case i < alerting:
				descriptor = "ﾄﾞｺﾓｺｳｻﾞ"
			case i >= perPost-nameless:
				descriptor = "ｺｳｻﾞﾌﾘｶｴ"
			}
			events = append(events, fmt.Sprintf(`{"id":"evt_01JD%022d","type":"debit","transaction_id":"20261124-%06d","account_ref":%q,"account_mask":"普通 ***4567","occurred_at":%q,"amount":3000,"currency":"JPY","descriptor":%q,"balance_after":120000,"status":"posted"}`,
				*next, *next, numbersRef(first+*next%perTown), time.Now().Format(time.RFC3339), descriptor))
		}
		if err := w.post(ctx, `{"events":[`+strings.Join(events, ",")+`]}`); err != nil {
			return measured{}, err
		}
		// A bank sends one batch after the other.
		if err := w.until("the events are worked on", func() bool { return w.idle(ctx, "EventsQueue") }); err != nil {
			return measured{}, err
		}
	}
	err := w.until("every alert is sent", func() bool {
		return w.line.Accepted()-before >= posts*alerting && w.idle(ctx, "LineQueue") && w.idle(ctx, "BankQueue")
	})
	m := measured{events: posts * perPost, alerts: posts * alerting, posts: posts, calls: w.Take(), functions: map[string]samlocal.FunctionStats{}}
	for name, now := range w.Stats() {
		now.Invocations -= was[name].Invocations
		now.CPU -= was[name].CPU
		now.Logged -= was[name].Logged
		now.Took -= was[name].Took
		m.functions[name] = now
	}
	return m, err
}

// idle tells whether nothing waits in a queue or is in work.
func (w *town) idle(ctx context.Context, queue string) bool {
	u, err := w.Ref(queue)
	if err != nil {
		return false
	}
	res, err := w.Call(ctx, "AmazonSQS.GetQueueAttributes", map[string]any{"QueueUrl": u, "AttributeNames": []string{"All"}})
	a, _ := res["Attributes"].(map[string]any)
	return err == nil && a["ApproximateNumberOfMessages"] == "0" && a["ApproximateNumberOfMessagesNotVisible"] == "0"
}

func (m measured) table(title string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, %d a request:\n", title, perPost)
	for _, service := range []string{"dynamodb", "sqs", "ssm"} {
		total := 0
		var each []string
		for _, what := range slices.Sorted(maps.Keys(m.calls.Calls)) {
			if name, ok := strings.CutPrefix(what, service+" "); ok && !strings.HasSuffix(what, "of nothing") {
				total += m.calls.Calls[what]
				each = append(each, fmt.Sprintf("%d %s", m.calls.Calls[what], name))
			}
		}
		if total > 0 {
			fmt.Fprintf(&out, "  %-8s %4d calls: %s\n", service, total, strings.Join(each, ", "))
		}
	}
	fmt.Fprintf(&out, "  dynamodb %.0f read units, %.0f write units\n", m.calls.Units["read"], m.calls.Units["write"])
	for _, name := range slices.Sorted(maps.Keys(m.functions)) {
		if f := m.functions[name]; f.Invocations > 0 {
			fmt.Fprintf(&out, "  %-8s %4d invocations, %.2f ms of processor each, %d bytes logged each\n", name, f.Invocations,
				ms(f.CPU)/float64(f.Invocations), f.Logged/f.Invocations)
		}
	}
	return out.String()
}
