package detect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/watch"
)

// say makes an event of transaction t: a kind, when it happened before the
// moment of receipt, an amount, and more members.
func say(kind, id, txn string, ago time.Duration, yen int64, more string) jsontext.Value {
	amount := ""
	if yen > 0 {
		amount = fmt.Sprintf(`,"amount":%d,"currency":"JPY"`, yen)
	}
	if kind == "debit" && !strings.Contains(more, "descriptor") {
		more += `,"descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`
	}
	return jsontext.Value(fmt.Sprintf(`{"id":%q,"type":%q,"transaction_id":%q,"account_ref":"acc_1","occurred_at":%q%s%s}`,
		id, kind, txn, received.Add(-ago).Format(time.RFC3339), amount, more))
}

const pending = `,"status":"pending"`

// told lists what the owner is told of each record, in order, by the incident
// that it belongs to.
func told(r *watch.Record, all []*watch.Record) string {
	lead := r
	for _, o := range all {
		if o.ID == r.IncidentID() {
			lead = o
		}
	}
	var out []string
	for i := range lead.Deliveries {
		d := &lead.Deliveries[i]
		if d.State == watch.Cancelled {
			continue
		}
		if d.Kind == watch.TellSummary && lead == r {
			out = append(out, fmt.Sprintf("%s %d", d.Kind, r.Amount))
		}
		for _, said := range lead.SaidBy(d) {
			if said.Record != r.ID {
				continue
			}
			x := r.As(said.Is)
			s := fmt.Sprintf("alert %d", x.Amount)
			switch {
			case said.Was != nil && said.Was.UndoneAt.IsZero() && !x.UndoneAt.IsZero():
				s = fmt.Sprintf("undone %d", x.Amount)
			case said.Was != nil:
				s = fmt.Sprintf("changed %d", x.Amount)
			}
			if x.Returned > 0 {
				s += fmt.Sprintf(" back %d", x.Returned)
			}
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// accept plays the part of notify until all is sent: each delivery says what is
// true when it is sent, LINE takes it, and what has happened since follows.
func (h *house) accept(t *testing.T) {
	t.Helper()
	a, err := h.store.Account(t.Context(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	for sent := true; sent; {
		sent = false
		for _, r := range h.history(t) {
			_, err := h.store.UpdateRecord(t.Context(), r.ID, func(r *watch.Record) error {
				for i := 0; i < len(r.Deliveries); i++ {
					d := &r.Deliveries[i]
					if d.State != watch.Queued || !d.Kind.OfIncident() {
						continue
					}
					sent = true
					r.Renew(d)
					if d.State != watch.Cancelled {
						d.State = watch.Accepted
					}
					w, _ := a.Watcher(d.Watcher)
					r.Bring(w, d.Channel, h.World.Now())
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestEachChangeOfWhatWasToldIsTold(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		name   string
		events []jsontext.Value
		want   []string // of each record, the oldest first
	}{
		{"one yen pending, then all of it posted", []jsontext.Value{
			say("debit", "a", "t", time.Minute, 1, pending), say("debit", "b", "t", time.Minute, 100000, "")},
			[]string{"alert 1, changed 100000"}},
		{"a pending amount that is raised", []jsontext.Value{
			say("debit", "a", "t", 2*time.Minute, 5000, pending), say("debit", "b", "t", time.Minute, 300000, pending)},
			[]string{"alert 5000, changed 300000"}},
		{"a lower amount is not told", []jsontext.Value{
			say("debit", "a", "t", time.Minute, 5000, pending), say("debit", "b", "t", time.Minute, 4000, "")},
			[]string{"alert 5000"}},
		{"a posting that changes nothing is not told", []jsontext.Value{
			say("debit", "a", "t", day, 5000, pending), say("debit", "b", "t", time.Minute, 5000, "")},
			[]string{"alert 5000"}},
		{"two parts that came back", []jsontext.Value{
			say("debit", "a", "t", 3*time.Minute, 100000, ""), say("debit.reversed", "b", "t", 2*time.Minute, 1000, ""), say("debit.reversed", "c", "t", time.Minute, 1000, "")},
			[]string{"alert 100000, changed 100000 back 1000, changed 100000 back 2000"}},
		{"all of it came back", []jsontext.Value{
			say("debit", "a", "t", 3*time.Minute, 100000, ""), say("debit.reversed", "b", "t", 2*time.Minute, 100000, "")},
			[]string{"alert 100000, undone 100000"}},
		{"more came back than was taken", []jsontext.Value{
			say("debit", "a", "t", 3*time.Minute, 1000, ""), say("debit.reversed", "b", "t", 2*time.Minute, 100000, "")},
			[]string{"alert 1000, undone 1000"}},
		{"presented again after it came back", []jsontext.Value{
			say("debit", "a", "t", 2*day, 3000, ""), say("debit.reversed", "b", "t", 2*day-time.Hour, 3000, ""), say("debit", "c", "t", time.Minute, 3000, "")},
			[]string{"alert 3000, undone 3000", "alert 3000"}},
		{"the same id on three days", []jsontext.Value{
			say("debit", "a", "9998", 2*day, 3000, ""), say("debit", "b", "9998", day, 3000, ""), say("debit", "c", "9998", time.Minute, 4000, "")},
			[]string{"alert 3000", "alert 3000", "alert 4000"}},
		{"the second of two under one id is posted for more", []jsontext.Value{
			say("debit", "a", "9998", 3*day, 3000, ""), say("debit", "b", "9998", 2*day, 4000, pending), say("debit", "c", "9998", day, 4500, "")},
			[]string{"alert 3000", "alert 4000, changed 4500"}},
		{"the second of two under one id comes back", []jsontext.Value{
			say("debit", "a", "9998", 3*day, 3000, ""), say("debit", "b", "9998", 2*day, 4000, ""), say("debit.reversed", "c", "9998", day, 4000, "")},
			[]string{"alert 3000", "alert 4000, undone 4000"}},
		{"the same id by another service", []jsontext.Value{
			say("debit", "a", "t", 2*time.Minute, 3000, ""), say("debit", "b", "t", time.Minute, 3000, `,"descriptor":"PAYPAY"`)},
			[]string{"alert 3000", "alert 3000"}},
		{"pending and posted under two ids, of which one replaces the other", []jsontext.Value{
			say("debit", "a", "p1", day, 3000, pending), say("debit", "b", "t1", time.Minute, 3200, `,"replaces":"p1"`)},
			[]string{"alert 3000, changed 3200"}},
		{"a reversal under the id that replaced another", []jsontext.Value{
			say("debit", "a", "p1", day, 3000, pending), say("debit", "b", "t1", 2*time.Minute, 3000, `,"replaces":"p1"`), say("debit.reversed", "c", "t1", time.Minute, 3000, "")},
			[]string{"alert 3000, undone 3000"}},
		{"what a posting replaces is said the second time", []jsontext.Value{
			say("debit", "a", "p1", day, 3000, pending), say("debit", "b", "t1", 2*time.Minute, 3200, ""), say("debit", "c", "t1", 2*time.Minute, 3200, `,"replaces":"p1"`),
			say("debit.reversed", "d", "t1", time.Minute, 3200, "")},
			[]string{"alert 3000, changed 3200, undone 3200"}},
		{"what a posting replaces is said the second time, and comes after", []jsontext.Value{
			say("debit", "b", "t1", 2*time.Minute, 3200, ""), say("debit", "c", "t1", 2*time.Minute, 3200, `,"replaces":"p1"`), say("debit", "a", "p1", day, 3000, pending),
			say("debit.reversed", "d", "p1", time.Minute, 3200, "")},
			[]string{"alert 3200, undone 3200"}},
		{"what a posting replaces is said late, and had come back", []jsontext.Value{
			say("debit", "b", "t1", 2*time.Minute, 3200, ""), say("debit.reversed", "d", "p1", time.Minute, 3200, ""), say("debit", "c", "t1", 2*time.Minute, 3200, `,"replaces":"p1"`)},
			[]string{"alert 3200, undone 3200"}},
		{"a reversal under an id that had another debit before it replaced one", []jsontext.Value{
			say("debit", "a", "t1", 6*day, 900, ""), say("debit", "b", "p1", time.Hour, 3000, pending), say("debit", "c", "t1", 2*time.Minute, 3200, `,"replaces":"p1"`),
			say("debit.reversed", "d", "t1", time.Minute, 3200, "")},
			[]string{"alert 900", "alert 3000, changed 3200, undone 3200"}},
		{"what replaces is said before what is replaced", []jsontext.Value{
			say("debit", "b", "t1", 2*time.Minute, 3200, `,"replaces":"p1"`), say("debit", "a", "p1", day, 3000, pending)},
			[]string{"alert 3200"}},
		{"a link registered again after its removal", []jsontext.Value{
			say("charge_link.registered", "a", "l", 3*time.Hour, 0, `,"service":"paypay"`), say("charge_link.removed", "b", "l", 2*time.Hour, 0, `,"service":"paypay"`),
			say("charge_link.registered", "c", "l", time.Hour, 0, `,"service":"paypay"`)},
			[]string{"alert 0, undone 0", "alert 0"}},
		{"a link registered three times in a day", []jsontext.Value{
			say("charge_link.registered", "a", "l", 60*time.Minute, 0, `,"service":"paypay"`), say("charge_link.removed", "b", "l", 50*time.Minute, 0, `,"service":"paypay"`),
			say("charge_link.registered", "c", "l", 40*time.Minute, 0, `,"service":"paypay"`), say("charge_link.removed", "d", "l", 30*time.Minute, 0, `,"service":"paypay"`),
			say("charge_link.registered", "e", "l", 20*time.Minute, 0, `,"service":"paypay"`)},
			[]string{"alert 0, undone 0", "alert 0, undone 0", "alert 0"}},
		{"what is a week late is history", []jsontext.Value{say("debit", "a", "t", 8*day, 3000, "")}, []string{"summary 3000"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
				h := newHouseOn(t, kind)
				for _, e := range c.events {
					h.send(t, e)
					h.accept(t)
					h.send(t, e) // and once more, which says nothing
				}
				var got []string
				all := h.history(t)
				for _, r := range slices.Backward(all) {
					if r.Complete {
						got = append(got, told(r, all))
					}
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("told %q, want %q", got, c.want)
				}
			})
		})
	}
}

// A year of debits given at once is one message, which is not urgent.
func TestThePastIsOneSummary(t *testing.T) {
	tabletest.OnEach(t, thePastIsOneSummary)
}

func thePastIsOneSummary(t *testing.T, kind tabletest.Kind) {
	h := newHouseOn(t, kind)
	for i := range 12 {
		h.send(t, say("debit", fmt.Sprint("e", i), fmt.Sprint("t", i), time.Duration(10+30*i)*24*time.Hour, 1000, ""))
	}
	h.send(t, say("charge_link.registered", "l", "l", 400*24*time.Hour, 0, `,"service":"paypay"`))
	summaries := 0
	for _, r := range h.history(t) {
		if !r.Past || r.IsAlert() || r.Critical() {
			t.Errorf("%s of %v is news", r.Kind, r.OccurredAt)
		}
		for _, d := range r.Deliveries {
			if d.Kind != watch.TellSummary || d.State != watch.Held || !d.Due.Equal(received.Add(watch.SummaryAfter)) {
				t.Errorf("delivery %+v", d)
			}
			summaries++
		}
	}
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil || act.Summary == nil {
		t.Fatalf("activity %+v, %v", act, err)
	}
	if s := act.Summary; summaries != 1 || s.Debits != 12 || s.Yen != 12000 || s.Links != 1 {
		t.Errorf("%d summaries, the latest %+v", summaries, s)
	}
	if act.Services["docomo"].Debits != 12 {
		t.Errorf("the past has not taught: %+v", act.Services["docomo"])
	}
}
