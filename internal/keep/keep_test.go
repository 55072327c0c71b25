package keep_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/keep"
	"kozamori/internal/queue"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

var key = watch.AccountKey{Bank: "0125", Ref: "a"}

// world is an account with an owner and a guardian, in November 2026.
type world struct {
	*testing.T
	store  *store.Store
	queue  *sent
	keeper *keep.Service
	at     time.Time
}

// sent notes what is queued where.
type sent struct{ to map[queue.Name]int }

func (s *sent) Send(_ context.Context, q queue.Name, out ...queue.Outgoing) error {
	s.to[q] += len(out)
	return nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, at: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC), queue: &sent{map[queue.Name]int{}}}
	now := func() time.Time { return w.at }
	w.store = store.New(worldtest.Table(t, now))
	disputes := &dispute.Service{Store: w.store, Queue: w.queue, Now: now, Logger: slog.New(slog.DiscardHandler)}
	w.keeper = &keep.Service{Store: w.store, Queue: w.queue, Disputes: disputes, Now: now}
	line := []watch.Channel{{Kind: watch.LINE}}
	since := w.at.AddDate(0, -6, 0)
	w.put(store.PutAccount(&watch.Account{AccountKey: key, Mask: "普通 ***4567", Watchers: []watch.Watcher{
		{ID: "w", Role: watch.Owner, LineUser: "u", Lang: watch.Japanese, Since: since, Channels: line, Rules: watch.DefaultRules()},
		{ID: "g", Role: watch.Guardian, LineUser: "v", Lang: watch.Japanese, Since: since, Channels: line, Rules: watch.DefaultRules()}}}))
	return w
}

func (w *world) put(writes ...store.Write) {
	w.Helper()
	if err := w.store.Write(w.Context(), writes...); err != nil {
		w.Fatal(err)
	}
}

func (w *world) keep(rows []keep.Row, unknown ...int) keep.Result {
	w.Helper()
	w.at = w.at.Add(time.Minute)
	res, err := w.keeper.Put(w.Context(), key, dispute.Answerer{Watcher: "w", LineUser: "u", Way: watch.WayPage}, rows, unknown)
	if err != nil {
		w.Fatal(err)
	}
	return res
}

func (w *world) records() (out []*watch.Record) {
	w.Helper()
	for r, err := range w.store.History(w.Context(), key, time.Time{}, time.Time{}) {
		if err != nil {
			w.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func (w *world) activity() *watch.Activity {
	w.Helper()
	a, err := w.store.Activity(w.Context(), key)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func day(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, watch.JST)
	if err != nil {
		panic(err)
	}
	return t
}

func row(on string, yen int64, text, balance string) keep.Row {
	return keep.Row{Day: day(on), Yen: yen, Text: text, Balance: balance}
}

func past() []keep.Row {
	return []keep.Row{row("2020-08-20", 28000, "ﾄﾞｺﾓｺｳｻﾞ", "34000"), row("2019-10-05", 30000, "ﾄﾞｺﾓｺｳｻﾞ", "70000"), row("2020-08-21", 1000, "PAYPAY", "33000"),
		row("2020-08-22", 8000, "ﾃﾞﾝｷ", "25000")}
}

func TestWhatIsTickedIsOneReportWithoutATransactionID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	res := w.keep(past(), 0, 1)
	if res.Kept != 3 || res.Already != 0 || res.Unsaid != 0 || len(res.Reports) != 1 {
		t.Fatalf("%+v", res)
	}
	d := res.Reports[0]
	body := dispute.CallbackBody(d, d.Changes[0])
	var told struct {
		Type, Source, Service, Descriptor string
		On                                string `json:"occurred_on"`
		Amount                            int64
		Transactions                      []map[string]any
	}
	if err := json.Unmarshal(body, &told); err != nil {
		t.Fatal(err)
	}
	if told.Type != "dispute.opened" || told.Source != "statement" || told.On != "2019-10-05" || told.Amount != 30000 || told.Service != "docomo" || told.Descriptor != "ﾄﾞｺﾓｺｳｻﾞ" || len(told.Transactions) != 2 ||
		told.Transactions[1]["occurred_on"] != "2020-08-20" || told.Transactions[1]["source"] != "statement" || bytes.Contains(body, []byte("transaction_id")) || bytes.Contains(body, []byte("debit_status")) {
		t.Errorf("the bank is told %s", body)
	}
	if h := dispute.HistoryOf(d); len(h) != 0 {
		t.Errorf("the bank is said to have told of %v", h)
	}
	lead, err := w.store.Record(t.Context(), res.Lead)
	if err != nil || len(lead.Parts()) != 2 || lead.Answer.Value != watch.NotMine || len(lead.Answer.Except) != 0 {
		t.Errorf("%v %+v", err, lead)
	}
	if w.queue.to[queue.Bank] != 1 || w.queue.to[queue.LINE] != 1 { // the bank, and the guardian
		t.Errorf("queued %v", w.queue.to)
	}
	// What is not recognised is kept by nobody's asking.
	for _, r := range w.records() {
		if r.Service == "" || !r.Past || !r.OfStatement() || !r.DateOnly {
			t.Errorf("%+v", r)
		}
	}
}

func TestTheSameAgainChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.keep(past(), 0, 1)
	before, act := w.records(), w.activity()
	res := w.keep(past(), 0, 1)
	if res.Kept != 0 || res.Already != 3 || res.Unsaid != 2 || len(res.Reports) != 0 {
		t.Errorf("%+v", res)
	}
	overlap := append(past()[1:], row("2020-08-23", 500, "PAYPAY", "24500"))
	if res := w.keep(overlap); res.Kept != 1 || res.Already != 2 {
		t.Errorf("%+v", res)
	}
	if after := w.records(); len(after) != len(before)+1 {
		t.Errorf("%d records, and %d before", len(after), len(before))
	}
	is := w.activity()
	if is.Services["docomo"].Debits != act.Services["docomo"].Debits || is.Services["docomo"].Debits != 2 || is.Services["paypay"].Debits != 2 || !is.Services["docomo"].FirstAt.Equal(day("2019-10-05")) {
		t.Errorf("%+v", is.Services)
	}
	d, err := w.store.Dispute(t.Context(), first.Reports[0].ID)
	if err != nil || len(d.Changes) != 1 {
		t.Errorf("%v %+v", err, d)
	}
}

// Equal rows of a day are told apart by their number, and files with and without
// balances hold the same rows.
func TestARowIsKnownByDayAmountTextAndBalance(t *testing.T) {
	t.Parallel()
	twice := []keep.Row{row("2020-08-20", 1000, "PAYPAY", ""), row("2020-08-20", 1000, "PAYPAY", "")}
	twice[1].Nth = 1
	with := []keep.Row{row("2020-08-20", 1000, "PAYPAY", "9000"), row("2020-08-20", 1000, "PAYPAY", "8000")}
	for name, c := range map[string]struct {
		first, then []keep.Row
		kept        int
	}{
		"two without balances, again":          {twice, twice, 0},
		"one of them, then both":               {twice[:1], twice, 1},
		"without balances, then with":          {twice, with, 0},
		"with balances, then without":          {with, twice, 0},
		"one with a balance, then both":        {with[:1], with, 1},
		"one without, then both with":          {twice[:1], with, 1},
		"other spaces in its text":             {with[:1], []keep.Row{row("2020-08-20", 1000, " PAYPAY  ", "9000")}, 0},
		"another day":                          {with[:1], []keep.Row{row("2020-08-21", 1000, "PAYPAY", "9000")}, 1},
		"another amount":                       {with[:1], []keep.Row{row("2020-08-20", 1001, "PAYPAY", "9000")}, 1},
		"another text":                         {with[:1], []keep.Row{row("2020-08-20", 1000, "PAYPAY 2", "9000")}, 1},
		"the same, and one that is no service": {with[:1], append(with[:1:1], row("2020-08-20", 1000, "ﾃﾞﾝｷ", "9000")), 0},
	} {
		w := newWorld(t)
		if res := w.keep(c.first); res.Kept != len(c.first) {
			t.Errorf("%s: %+v", name, res)
		}
		if res := w.keep(c.then); res.Kept != c.kept {
			t.Errorf("%s: %d are kept, want %d", name, res.Kept, c.kept)
		}
	}
}

// What the bank has told of is not there twice, and is answered where it stands.
func TestWhatTheBankHasToldOfIsNoRowOfAStatement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bank := func(id string, at time.Time, yen int64, service string) store.Write {
		return store.PutRecord(&watch.Record{ID: id, OnAccount: watch.On(key), Kind: watch.Debit, Txn: "t-" + id, OccurredAt: at, Amount: yen, Service: service,
			Descriptor: quote.Text("PAYPAY*"), Complete: true, RecordedAt: at, ReceivedAt: at, Notices: []watch.Notice{{Watcher: "w"}}})
	}
	w.put(bank("r1", day("2026-09-01").Add(23*time.Hour), 1000, "paypay"), bank("r2", day("2026-09-01"), 1000, "docomo"))
	rows := []keep.Row{row("2026-09-03", 1000, "PAYPAY", "9000"), // booked two days later
		row("2026-09-03", 1000, "PAYPAY", "8000"), // another one: a record stands for one row
		row("2026-08-31", 1000, "PAYPAY", "7000")} // before it
	known, err := w.keeper.Look(t.Context(), key, rows)
	if err != nil || known[0].Record == nil || known[0].Record.ID != "r1" || known[0].Open() || known[1].Record != nil || known[2].Record != nil {
		t.Fatalf("%v %+v", err, known)
	}
	if res := w.keep(rows, 0, 1); res.Kept != 2 || res.Unsaid != 1 || len(res.Reports) != 1 {
		t.Errorf("%+v", res)
	}
	r, err := w.store.Record(t.Context(), "r1")
	if err != nil || r.Answer != nil || r.Dispute != "" {
		t.Errorf("%v %+v", err, r)
	}
}

// A row that was kept can be reported later, and then those that were not ticked
// stay out of it.
func TestWhatWasKeptCanBeReportedLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.keep(past())
	res := w.keep(past(), 1)
	if res.Kept != 0 || res.Already != 3 || len(res.Reports) != 1 {
		t.Fatalf("%+v", res)
	}
	if f := dispute.FactsOf(res.Reports[0]); len(f.Transactions) != 1 || f.OccurredOn != "2019-10-05" {
		t.Errorf("%+v", f)
	}
}

// As many as a page shows come into one report.
func TestThreeHundredAreOneReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var rows []keep.Row
	var all []int
	for i := range keep.MaxRows {
		rows, all = append(rows, row(day("2019-01-01").AddDate(0, 0, i).Format(time.DateOnly), int64(1000+i), "ﾄﾞｺﾓｺｳｻﾞ", "")), append(all, i)
	}
	res := w.keep(rows, all...)
	if res.Kept != keep.MaxRows || len(res.Reports) != 1 {
		t.Fatalf("%d kept, %d reports", res.Kept, len(res.Reports))
	}
	d, err := w.store.Dispute(t.Context(), res.Reports[0].ID)
	if err != nil || len(dispute.FactsOf(d).Transactions) != keep.MaxRows {
		t.Errorf("%v, %d transactions", err, len(dispute.FactsOf(d).Transactions))
	}
	if res := w.keep(rows, all...); res.Unsaid != keep.MaxRows || len(res.Reports) != 0 {
		t.Errorf("%+v", res)
	}
}

func TestOnlyAnOwnerKeeps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, who := range []dispute.Answerer{{Watcher: "g", LineUser: "v"}, {Watcher: "w", LineUser: "v"}, {Watcher: "x", LineUser: "u"}, {}} {
		if _, err := w.keeper.Put(t.Context(), key, who, past(), []int{0}); !errors.Is(err, keep.ErrNotFound) {
			t.Errorf("%+v: %v", who, err)
		}
	}
	if _, err := w.keeper.Put(t.Context(), watch.AccountKey{Bank: "0125", Ref: "none"}, dispute.Answerer{Watcher: "w", LineUser: "u"}, past(), nil); !errors.Is(err, keep.ErrNotFound) {
		t.Error(err)
	}
	if n := len(w.records()); n > 0 {
		t.Errorf("%d records", n)
	}
}

// A debit of a service that is in the history is not its first: all who watch hear
// of that, and the trail has it.
func TestHistoryEndsTheFirstTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fresh := &watch.Record{ID: "n", OnAccount: watch.On(key), Kind: watch.Debit, Service: "paypay", Amount: 5, OccurredAt: w.at, Complete: true}
	if f := w.activity().Facts(fresh); !f.FirstSeen {
		t.Error("the first debit is none")
	}
	w.keep(past())
	if f := w.activity().Facts(fresh); f.FirstSeen || f.Burst {
		t.Errorf("%+v", f)
	}
	if n := w.queue.to[queue.Chat]; n != 2 {
		t.Errorf("%d pieces of news for two people", n)
	}
	w.keep(past())
	w.keep([]keep.Row{row("2020-09-01", 5, "PAYPAY", "")})
	if n := w.queue.to[queue.Chat]; n != 2 {
		t.Errorf("%d pieces of news, though no more services are known", n)
	}
	var kinds []watch.StepKind
	var lowered []bool
	steps, _, err := w.store.TrailPage(w.Context(), key, 10, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		kinds, lowered = append(kinds, s.Kind), append(lowered, s.Lowered)
	}
	if !slices.Equal(kinds, []watch.StepKind{watch.StepHistory, watch.StepHistory}) || !slices.Equal(lowered, []bool{false, true}) {
		t.Errorf("%v %v", kinds, lowered)
	}
}

// Whatever is kept and reported, in whatever pieces and however often, each row is
// there once and is reported once.
func TestHoweverFilesOverlapEachRowIsThereOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 18))
		w := newWorld(t)
		all := make([]keep.Row, 5+r.IntN(80))
		for i := range all {
			all[i] = row(day("2020-01-01").AddDate(0, 0, i/3).Format(time.DateOnly), int64(1000+r.IntN(2)), []string{"PAYPAY", "ﾄﾞｺﾓｺｳｻﾞ"}[r.IntN(2)], "")
			for k := range i {
				if all[k].Day.Equal(all[i].Day) && all[k].Yen == all[i].Yen && all[k].Text == all[i].Text {
					all[i].Nth++
				}
			}
		}
		want := map[string]bool{} // reported
		seen := map[int]bool{}
		for range 6 {
			from := r.IntN(len(all))
			part := all[from : from+1+r.IntN(len(all)-from)]
			var unknown []int
			for i := range part {
				seen[from+i] = true
				if r.IntN(4) == 0 {
					unknown = append(unknown, i)
					x := part[i]
					want[(&watch.StatementRow{Day: x.Day, Yen: x.Yen, Text: x.Text, Nth: x.Nth}).ID(key)] = true
				}
			}
			w.keep(part, unknown...)
		}
		records, got := w.records(), map[string]bool{}
		if len(records) != len(seen) {
			t.Errorf("seed %d: %d records of %d rows", seed, len(records), len(seen))
		}
		debits := 0
		for _, s := range w.activity().Services {
			debits += s.Debits
		}
		if debits != len(seen) {
			t.Errorf("seed %d: the activity has %d debits of %d", seed, debits, len(seen))
		}
		for _, x := range records {
			lead, err := w.store.Lead(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			if lead.Answer != nil && !slices.Contains(lead.Answer.Except, x.ID) {
				d, err := w.store.Dispute(t.Context(), lead.Dispute)
				if err != nil {
					t.Fatal(err)
				}
				if _, in := d.Transaction(x.ID); in {
					got[x.ID] = true
				}
			}
		}
		if len(got) != len(want) {
			t.Errorf("seed %d: %d are reported, want %d", seed, len(got), len(want))
		}
		for id := range want {
			if !got[id] {
				t.Errorf("seed %d: %s is not reported", seed, id)
			}
		}
	}
}
