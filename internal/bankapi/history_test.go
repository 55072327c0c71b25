package bankapi_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/bankapi"
	"kozamori/internal/detect"
	"kozamori/internal/history"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

const historyURL = "/v1/banks/0168/accounts/acc_8f3k/history"

// detect works until the events queue is empty.
func (w *world) detect() {
	w.t.Helper()
	stage := detect.New(detect.Config{Store: w.store, Queue: w.queue, EscalateAfter: 15 * time.Minute, Now: w.Now, Logger: slog.New(slog.DiscardHandler)})
	for {
		ms, err := w.queue.Receive(context.Background(), queue.Events, 10, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(ms) == 0 {
			return
		}
		queue.Settle(context.Background(), w.queue, queue.Events, ms, stage.Handle, slog.New(slog.DiscardHandler))
	}
}

// past are n debits of a service, a day apart, the last of them so long ago.
func past(txn string, n int, ago time.Duration, now time.Time) []string {
	var out []string
	for i := range n {
		at := now.Add(-ago - time.Duration(n-1-i)*24*time.Hour)
		out = append(out, fmt.Sprintf(`{"id":"e_%s_%d","type":"debit","transaction_id":"%s_%d","occurred_at":%q,"amount":3000,"currency":"JPY","descriptor":"PAYPAY"}`,
			txn, i, txn, i, at.Format(time.RFC3339)))
	}
	return out
}

func (w *world) sendHistory(more string, events ...string) map[string]any {
	w.t.Helper()
	status, v := w.call(w.key, "POST", historyURL, `{"events":[`+strings.Join(events, ",")+`]`+more+`}`)
	if status != http.StatusAccepted || v["accepted"] != float64(len(events)) {
		w.t.Fatalf("%d %v", status, v)
	}
	w.detect()
	return v
}

// live has the bank report events now.
func (w *world) live(events ...string) {
	w.t.Helper()
	var raw [][]byte
	now := w.Now()
	for _, e := range events {
		e = strings.Replace(e, "{", `{"account_ref":"acc_8f3k",`, 1)
		raw = append(raw, wire.EncodeBatch(ours, now, []jsontext.Value{jsontext.Value(e)}, 1<<20)...)
	}
	for _, body := range raw {
		if err := w.queue.Send(context.Background(), queue.Events, queue.Outgoing{Body: body, Group: ours}); err != nil {
			w.t.Fatal(err)
		}
	}
	w.detect()
}

func (w *world) records() []*watch.Record {
	w.t.Helper()
	out, err := store.Collect(w.store.History(context.Background(), account, time.Time{}, time.Time{}))
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) activity() *watch.Activity {
	w.t.Helper()
	act, err := w.store.Activity(context.Background(), account)
	if err != nil {
		w.t.Fatal(err)
	}
	return act
}

// told counts the deliveries of all records.
func (w *world) told() map[watch.DeliveryKind]int {
	out := map[watch.DeliveryKind]int{}
	for _, r := range w.records() {
		for _, d := range r.Deliveries {
			out[d.Kind]++
		}
		if r.IsAlert() || r.Critical() {
			out["notice"]++
		}
	}
	return out
}

func TestThePastIsOneMessageAndNoAlert(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	w.Add(time.Hour)
	// The last of them happened just now: it is history because the bank says so.
	all := past("p", 720, time.Minute, w.Now())
	link := `{"id":"e_l","type":"charge_link.registered","transaction_id":"l","account_ref":"acc_8f3k","occurred_on":"2019-05-01","service":"paypay"}`
	w.sendHistory("", append([]string{link}, all[:360]...)...)
	w.sendHistory("", all[360:]...)
	records := w.records()
	if len(records) != 721 {
		t.Fatalf("%d records", len(records))
	}
	for _, r := range records {
		if !r.Past || !r.Complete || r.Service != "paypay" {
			t.Fatalf("%+v", r)
		}
	}
	// One summary, over each of the owner's channels in turn: a push is the first.
	if diff := cmp.Diff(map[watch.DeliveryKind]int{watch.TellSummary: 1}, w.told()); diff != "" {
		t.Error(diff)
	}
	act := w.activity()
	if s := act.Summary; s == nil || s.Debits != 720 || s.Links != 1 || s.Yen != 720*3000 {
		t.Errorf("%+v", act.Summary)
	}
	if want := w.Now().Add(-time.Minute - 719*24*time.Hour).Truncate(time.Second); !act.HistoryFrom.Equal(want) {
		t.Errorf("known since %s, want %s: the link of 2019 says nothing of debits", act.HistoryFrom, want)
	}

	before := w.everything()
	w.sendHistory("", append([]string{link}, all[:360]...)...)
	w.sendHistory("", all[360:]...)
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Errorf("the same again changes something:\n%s", diff)
	}
}

func TestWithAHistoryFirstMeansFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bound()
	known := func() (bool, time.Duration) {
		f := w.activity().Facts(&watch.Record{Kind: watch.Debit, Service: "merpay", Amount: 1, OccurredAt: w.Now()})
		return f.FirstSeen, f.KnownFor
	}
	if _, d := known(); d != 0 {
		t.Errorf("known for %s before anything is", d)
	}
	from := w.Now().AddDate(0, 0, -40)
	w.sendHistory(fmt.Sprintf(`,"from":%q`, from.Format(time.RFC3339)), past("p", 5, time.Hour, w.Now())...)
	if first, d := known(); !first || d < watch.FirstAfter {
		t.Errorf("first %v, known for %s", first, d)
	}
	f := w.activity().Facts(&watch.Record{Kind: watch.Debit, Service: "paypay", Amount: 1, OccurredAt: w.Now()})
	if f.FirstSeen {
		t.Error("what the history shows is called the first")
	}
	// It only ever gets longer, and a history with no debits is one.
	for _, later := range []time.Time{from.AddDate(0, 0, 1), b.Watcher.Since} {
		w.sendHistory(fmt.Sprintf(`,"from":%q`, later.Format(time.RFC3339)))
		if at := w.activity().HistoryFrom; !at.Equal(from.Truncate(time.Second)) {
			t.Errorf("known since %s, want %s", at, from)
		}
	}
	earlier := from.AddDate(-1, 0, 0).Truncate(time.Second)
	w.sendHistory(fmt.Sprintf(`,"from":%q`, earlier.Format(time.RFC3339)))
	if at := w.activity().HistoryFrom; !at.Equal(earlier) {
		t.Errorf("known since %s, want %s", at, earlier)
	}
}

func TestHistoryOfWhatWasToldRingsNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	w.Add(2 * time.Hour)
	one := past("p", 1, time.Minute, w.Now())[0]
	w.live(one)
	before := w.told()
	if before[watch.TellAlert] != 1 {
		t.Fatalf("a debit of now tells %v", before)
	}
	w.sendHistory("", one, strings.Replace(one, "3000", "9000", 1))
	if diff := cmp.Diff(before, w.told()); diff != "" {
		t.Errorf("its history rings:\n%s", diff)
	}
	// What is history can become news: much more was taken just now.
	w.Add(time.Hour)
	pending := strings.Replace(past("q", 1, time.Minute, w.Now())[0], `"descriptor"`, `"status":"pending","descriptor"`, 1)
	w.sendHistory("", pending)
	w.Add(time.Hour)
	w.live(strings.Replace(past("q", 1, 0, w.Now())[0], "3000", "300000", 1))
	if n := w.told()[watch.TellAlert]; n != before[watch.TellAlert]+1 {
		t.Errorf("3,000 yen of history became 300,000, and %d alerts were told", n)
	}
}

func TestHistoryOfAnAccountThatNobodyWatchesIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	before := w.everything()
	status, v := w.call(w.key, "POST", "/v1/banks/0168/accounts/nobodys/history", `{"from":"2025-01-01T00:00:00+09:00","events":[`+past("p", 1, 0, w.Now())[0]+`]}`)
	w.detect()
	if status != http.StatusAccepted || v["accepted"] != 1.0 {
		t.Errorf("%d %v", status, v)
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Error(diff)
	}
}

func TestAHistoryThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	good := past("p", 1, time.Hour, w.Now())[0]
	theirs := strings.Replace(good, "{", `{"account_ref":"acc_2",`, 1)
	for name, c := range map[string]struct {
		key, body string
		status    int
		field     string
	}{
		"another bank's key":           {w.other, `{"events":[` + good + `]}`, 401, ""},
		"all of another account":       {w.key, `{"events":[` + theirs + `]}`, 422, ""},
		"no list of events":            {w.key, `{"from":"2025-01-01T00:00:00Z"}`, 400, ""},
		"one event alone":              {w.key, good, 400, ""},
		"no event, and nothing else":   {w.key, `{"events":[]}`, 422, ""},
		"a list":                       {w.key, `[]`, 400, ""},
		"from is no time":              {w.key, `{"events":[` + good + `],"from":"yesterday"}`, 422, "from"},
		"from is a number":             {w.key, `{"from":5,"events":[` + good + `]}`, 422, "from"},
		"from is to come":              {w.key, `{"events":[],"from":"2999-01-01T00:00:00Z"}`, 422, "from"},
		"501 events":                   {w.key, `{"events":[` + strings.Join(past("p", 501, 0, w.Now()), ",") + `]}`, 413, ""},
		"more than a body may hold":    {w.key, strings.Repeat(" ", 1<<20+1), 413, ""},
		"a history of what is no bank": {w.key + "x", `{"events":[]}`, 401, ""},
	} {
		status, v := w.call(c.key, "POST", historyURL, c.body)
		if field, _ := v["field"].(string); status != c.status || field != c.field {
			t.Errorf("%s: %d %v", name, status, v)
		}
	}
	w.detect()
	if n := len(w.records()); n != 0 {
		t.Errorf("%d records came of it", n)
	}

	// One bad event costs itself, and the history is not whole without it.
	status, v := w.call(w.key, "POST", historyURL, `{"from":"2025-01-01T00:00:00+09:00","events":[`+good+`,`+theirs+`]}`)
	w.detect()
	rejected, _ := v["rejected"].([]any)
	if status != 202 || v["accepted"] != 1.0 || len(rejected) != 1 || rejected[0].(map[string]any)["field"] != "account_ref" {
		t.Errorf("%d %v", status, v)
	}
	if act := w.activity(); len(w.records()) != 1 || !act.HistoryFrom.IsZero() {
		t.Errorf("%d records, known since %s", len(w.records()), act.HistoryFrom)
	}
}

// deaf is a queue that takes nothing.
type deaf struct{}

func (deaf) Send(context.Context, queue.Name, ...queue.Outgoing) error { return errors.New("down") }

func TestAHistoryThatCannotBeQueuedIsAskedForAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.api = bankapi.New(bankapi.Config{Store: w.store, Membership: w.members, Disputes: w.disputes, Queue: deaf{}, Now: w.Now, Logger: slog.New(slog.DiscardHandler)})
	if status, v := w.call(w.key, "POST", historyURL, `{"events":[`+past("p", 1, 0, w.Now())[0]+`]}`); status != 503 {
		t.Errorf("%d %v", status, v)
	}
}

func TestLinksOfACodeStandAtOnceAndOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	status, v := w.call(w.key, "POST", "/v1/banks/0168/codes", `{"account_ref":"acc_8f3k","history_from":"2020-01-01","links":[
		{"service":"paypay","since":"2019-05-01","route":"web_kouza_furikae"},{"descriptor":"ﾄﾞｺﾓｺｳｻﾞ","since":"2020-08-01T10:00:00+09:00"},
		{"service":"paypay","since":"2019-05-01"}]}`)
	if status != http.StatusCreated {
		t.Fatalf("%d %v", status, v)
	}
	b, err := w.members.Redeem(context.Background(), person, v["code"].(string), watch.Japanese)
	if err != nil {
		t.Fatal(err)
	}
	found, err := history.Services(context.Background(), w.store, account)
	if err != nil || len(found) != 2 || found[0].ID != "docomo" || found[1].ID != "paypay" || found[0].Record == "" || found[1].Record == "" {
		t.Fatalf("%+v, %v", found, err)
	}
	if act := w.activity(); !act.HistoryFrom.IsZero() {
		t.Errorf("nothing of the history is there, and it is known since %s", act.HistoryFrom)
	}
	if n := w.told(); len(n) != 0 {
		t.Errorf("something rang: %v", n)
	}
	// The link itself, as the bank has it, now or as history.
	w.Add(time.Hour)
	link := `{"id":"e_l","type":"charge_link.registered","transaction_id":"lnk_1","occurred_at":"2019-05-01T10:00:00+09:00","service":"paypay"}`
	w.live(link)
	w.sendHistory("", link)
	act := w.activity()
	if links := act.Services["paypay"].Links; len(links) != 1 || len(w.told()) != 0 {
		t.Errorf("the link stands %d times: %+v, told %v", len(links), links, w.told())
	}
	w.live(`{"id":"e_r","type":"charge_link.removed","transaction_id":"lnk_1","occurred_at":"2019-06-01T10:00:00+09:00","service":"paypay"}`)
	if links := w.activity().Services["paypay"].Links; len(links) != 1 || links[0].RemovedAt.IsZero() {
		t.Errorf("it was removed: %+v", links)
	}
	// A second owner's code does not bring the past again.
	before := w.activity()
	status, v = w.call(w.key, "POST", "/v1/banks/0168/codes", `{"account_ref":"acc_8f3k","links":[{"service":"merpay","since":"2019-05-01"}]}`)
	if status != http.StatusCreated {
		t.Fatalf("%d %v", status, v)
	}
	if _, err := w.members.Redeem(context.Background(), neighbour, v["code"].(string), watch.Japanese); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, w.activity()); diff != "" {
		t.Error(diff)
	}
	_ = b
}

func TestLinksOfANonceStandUnderTheirAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var accounts []string
	for i := range 10 {
		var links []string
		for j := range 5 {
			links = append(links, fmt.Sprintf(`{"descriptor":"PAYPAY","since":"20%02d-05-01"}`, 10+j))
		}
		accounts = append(accounts, fmt.Sprintf(`{"account_ref":"n%d","links":[%s]}`, i, strings.Join(links, ",")))
	}
	status, v := w.call(w.key, "POST", "/v1/banks/0168/nonces", `{"accounts":[`+strings.Join(accounts, ",")+`]}`)
	if status != http.StatusCreated {
		t.Fatalf("%d %v", status, v)
	}
	if _, err := w.members.Linked(context.Background(), person, v["nonce"].(string), true, watch.Japanese); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		found, err := history.Services(context.Background(), w.store, watch.AccountKey{Bank: ours, Ref: fmt.Sprint("n", i)})
		if err != nil || len(found) != 5 || found[0].Links != 5 {
			t.Errorf("account %d: %+v, %v", i, found, err)
		}
	}
}

func TestLinksThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link := `{"service":"paypay","since":"2019-05-01"}`
	for body, field := range map[string]string{
		`"links":[{"since":"2019-05-01"}]`:                                                 "links[0].service",
		`"links":[` + link + `,{"service":"paypay"}]`:                                      "links[1].since",
		`"links":[{"service":"paypay","since":"2019-02-30"}]`:                              "links[0].since",
		`"links":[{"service":"paypay","since":"2999-01-01"}]`:                              "links[0].since",
		`"links":[{"service":"a\nb","since":"2019-05-01"}]`:                                "links[0].service",
		`"links":[{"service":"paypay","day":"2019-05-01"}]`:                                "links[0].day",
		`"links":[` + strings.Repeat(link+",", 50) + link + `]`:                            "links",
		`"history_from":"soon"`:                                                            "history_from",
		`"history_from":"2999-01-01"`:                                                      "history_from",
		`"links":[{"descriptor":"` + strings.Repeat("a", 256) + `","since":"2019-05-01"}]`: "links[0].descriptor",
	} {
		if status, v := w.call(w.key, "POST", "/v1/banks/0168/codes", `{"account_ref":"a",`+body+`}`); status != 422 || v["field"] != field {
			t.Errorf("%.80s: %d %v", body, status, v)
		}
		if status, v := w.call(w.key, "POST", "/v1/banks/0168/nonces", `{"accounts":[{"account_ref":"a",`+body+`}]}`); status != 422 || v["field"] != "accounts[0]."+field {
			t.Errorf("%.80s in a nonce: %d %v", body, status, v)
		}
	}
	many := strings.Repeat(link+",", 29) + link
	if status, v := w.call(w.key, "POST", "/v1/banks/0168/nonces", `{"accounts":[{"account_ref":"a","links":[`+many+`]},{"account_ref":"b","links":[`+many+`]}]}`); status != 422 || v["field"] != "accounts[1].links" {
		t.Errorf("sixty links: %d %v", status, v)
	}
}
