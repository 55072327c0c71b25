package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/queue"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// bursts is one service that goes on within seconds: what waits is said again, of
// more, and what follows it of what came back.
func (h *town) bursts() {
	const paypay, back = `,"amount":30000,"currency":"JPY","descriptor":"PAYPAY"`, `,"amount":10000,"currency":"JPY"`
	h.family()
	for n := range 4 {
		h.posts(fmt.Sprint("m", n), h.event(fmt.Sprint("e", n), "debit", fmt.Sprint("t", n), paypay))
		h.Add(time.Second)
	}
	h.later(time.Minute)
	h.posts("m5", h.event("e5", "debit.reversed", "t3", back))
	h.later(time.Minute)
	h.posts("m6", h.event("e6", "debit", "t6", paypay), h.event("e7", "debit.reversed", "t1", back))
	h.posts("m7", h.event("e8", "debit.reversed", "t6", back))
	h.later(time.Hour)
}

// reportsMore is a report that takes in another incident once it is open.
func (h *town) reportsMore() {
	ctx := context.Background()
	owner, _ := h.family()
	h.posts("m1", h.event("e1", "debit", "t1", `,"amount":30000,"currency":"JPY","descriptor":"PAYPAY"`))
	h.posts("m2", h.event("e2", "debit", "t2", `,"amount":50000,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`))
	lead := map[string]string{}
	for _, r := range h.records() {
		lead[r.Txn] = r.ID
	}
	who := dispute.Answerer{LineUser: owner.id, At: h.Now()}
	res, err := h.system.Disputes().Answer(ctx, lead["t1"], who, watch.NotMine, watch.ViaPage)
	if err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	h.Add(time.Minute)
	who.Also, who.At, who.Confirmed = []string{lead["t2"]}, h.Now(), res.Dispute.AnsweredAt
	if res, err = h.system.Disputes().Answer(ctx, lead["t1"], who, watch.NotMine, watch.ViaPage); err != nil || len(res.Dispute.Also) != 1 {
		h.t.Fatalf("%+v, %v", res, err)
	}
	h.settle()
}

// trusts is a trust in the place of an older one.
func (h *town) trusts() {
	owner, _ := h.family()
	for months := 1; months < 3; months++ {
		trust := watch.Trust{Service: "kyash", UpTo: int64(months) * 1000, Until: h.Now().AddDate(0, months, 0)}
		if _, err := settings.New(h.store, h.queue).Trust(context.Background(), account, settings.Who{LineUser: owner.id, At: h.Now()}, trust); err != nil {
			h.t.Fatal(err)
		}
		h.settle()
	}
}

// nonce links a person to accounts of the bank by LINE's account link.
func (h *town) nonce(p *person, refs ...string) {
	h.t.Helper()
	var accounts []string
	for _, ref := range refs {
		accounts = append(accounts, fmt.Sprintf(`{"account_ref":%q,"links":[{"service":"paypay","since":"2026-01-05"}]}`, ref))
	}
	members, err := h.system.Membership()
	if err != nil {
		h.t.Fatal(err)
	}
	for range 2 {
		n := h.call(http.MethodPost, "/nonces", `{"accounts":[`+strings.Join(accounts, ",")+`]}`)
		if _, err := members.Linked(context.Background(), p.id, n["nonce"].(string), true, watch.Japanese); err != nil {
			h.t.Fatal(err)
		}
	}
}

// records are those of the account.
func (h *town) records() []*watch.Record {
	h.t.Helper()
	rs, err := store.First(h.store.History(context.Background(), account, time.Time{}, time.Time{}), 100)
	if err != nil {
		h.t.Fatal(err)
	}
	return rs
}

func TestADeliveryInAStateThatOnlyANewerVersionKnowsIsLeftToIt(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.send("t1")
	w.settle()
	rs, err := store.First(w.store.History(ctx, account, time.Time{}, time.Time{}), 1)
	if err != nil {
		t.Fatal(err)
	}
	r := rs[0]
	d := r.Deliveries[0]
	d.ID, d.State, d.Due = "alert-w1-line-7", "parked", w.Now().Add(time.Minute)
	r.Deliveries = append(r.Deliveries, d)
	r.Notices[0].EscalateAt = time.Time{}
	r.ComputeDue()
	if err := w.store.Write(ctx, store.PutRecord(r)); err != nil {
		t.Fatal(err)
	}
	before := len(w.line.Messages())
	for range 3 {
		w.Add(time.Hour)
		if rep, err := w.sweep.Sweep(ctx); err != nil || rep.Requeued != 0 {
			t.Errorf("sweep: %+v, %v", rep, err)
		}
		if err := w.queue.Send(ctx, queue.LINE, queue.Outgoing{Body: []byte(`{"record":"` + r.ID + `","delivery":"` + d.ID + `"}`)}); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	now, err := w.store.Record(ctx, r.ID)
	if err != nil || now.Version != r.Version+1 || len(w.line.Messages()) != before {
		t.Errorf("version %d, was %d; %d messages, were %d: %v", now.Version, r.Version+1, len(w.line.Messages()), before, err)
	}
	if due, err := w.store.Due(ctx, w.Now(), 10); err != nil || len(due) != 1 || due[0].Record != r.ID {
		t.Errorf("the newer version does not find it: %+v, %v", due, err)
	}
}
