package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

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
				if d.Kind == watch.TellClaim && d.State == watch.Held {
					continue // it comes weeks later
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
			dead, _ := q.Dead(ctx, n, 10)
			t.Errorf("the queue %s is left with %+v %+v after %d deaths, %v", n, d, dead, o.deaths, err)
		}
	}
	if due, err := s.Due(ctx, o.clock.Now().Add(24*time.Hour), 100); err != nil || len(due) != 0 {
		t.Errorf("still due: %v, %v", due, err)
	}
}
