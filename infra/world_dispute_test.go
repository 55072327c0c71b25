package infra_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/feed"
	"kozamori/internal/keep"
	"kozamori/internal/membership"
	"kozamori/internal/problem"
	"kozamori/internal/queue"
	"kozamori/internal/radar"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

func (w *world) everyDisputeCall(d *watch.Dispute) {
	b := w.bind()
	w.dispute(b, "t2")
	w.everyControlCall(b)
	w.everyInquiry()
	w.call(200, "GET", "/disputes/"+w.ofStatement(b).ID, "")
	first := w.call(200, "GET", "/disputes?limit=1", "")
	w.call(200, "GET", fmt.Sprint("/disputes?limit=1&cursor=", first["cursor"]), "")
	w.call(422, "GET", "/disputes?limit=x", "")
	w.call(401, "GET", "/disputes", "", "wrong")
	one := "/disputes/" + d.ID
	w.call(200, "GET", one, "")
	w.call(404, "GET", "/disputes/none", "")
	w.call(401, "GET", one, "", "wrong")
	w.call(200, "GET", "/texts", "")
	w.everyCampaignCall()
	w.call(200, "POST", one+"/status", `{"status":"received","ready":"we_call_you"}`)
	w.call(200, "POST", one+"/status", `{"status":"received","text":"確認しています。"}`)
	w.call(200, "POST", one+"/status", `{"status":"closed"}`)
	w.call(409, "POST", one+"/status", `{"status":"frozen"}`)
	w.call(422, "POST", one+"/status", `{"status":"opened"}`)
	w.tooBig("POST", one+"/status")
	w.call(409, "POST", one+"/status", `{"status":"received"}`)
	w.call(200, "POST", one+"/status", `{"status":"reopened","text":"もう一度確認します。"}`)
	w.call(409, "POST", one+"/status", `{"status":"reopened"}`)
	w.call(200, "GET", "/disputes?limit=1&order=oldest", "")
	for _, path := range []string{"/status", "/notes"} {
		w.tagged(412, "POST", one+path, map[string]string{"/status": `{"status":"closed","text":"x"}`, "/notes": `{"text":"x"}`}[path])
	}
	w.call(200, "POST", one+"/notes", `{"text":"折り返し済み","clerk":"佐藤"}`)
	w.call(422, "POST", one+"/notes", `{"text":""}`)
	w.tooBig("POST", one+"/notes")
	w.call(404, "POST", "/disputes/none/notes", `{"text":"x"}`)
	for n := 1; n < dispute.MaxNotes; n++ {
		w.call(200, "POST", one+"/notes", fmt.Sprintf(`{"text":"note %d"}`, n))
	}
	w.call(409, "POST", one+"/notes", `{"text":"one too many"}`)
	w.call(200, "GET", "/callbacks?about=feed", "")
	w.call(200, "GET", "/callbacks?about=campaigns", "")
	w.call(200, "GET", "/callbacks", "")
	logged := &store.Callback{ID: "msg_logged", Bank: code, Type: "intake.finished", File: "file", At: w.Now(), GaveUpAt: w.Now()}
	logged.Tried(store.CallbackAttempt{At: w.Now(), Took: 31, Reason: string(callback.Answered), Status: 503})
	w.write(store.PutCallback(logged, []byte(`{"type":"intake.finished"}`))...)
	for _, about := range []string{"all", "files", "watchers"} {
		w.call(200, "GET", "/callbacks?limit=1&about="+about, "")
	}
	w.call(422, "GET", "/callbacks?about=x", "")
	w.call(200, "GET", "/callbacks/msg_logged/attempts", "")
	w.call(404, "GET", "/callbacks/msg_none/attempts", "")
	w.call(202, "POST", "/callbacks/msg_logged/resend", "")
	w.call(404, "POST", "/callbacks/msg_none/resend", "")
	w.call(422, "GET", "/callbacks?state=x", "")
	w.call(202, "POST", one+"/callbacks/1", "")
	w.call(200, "POST", "/callbacks/ping", "")
	w.bank.Fail(1, sim.BankDown)
	w.call(200, "POST", "/callbacks/ping", "")
	if _, err := w.store.UpdateDispute(context.Background(), d.ID, func(d *watch.Dispute) error {
		d.Fails(1, watch.CallbackFailure{At: w.Now(), Reason: string(callback.Answered), Status: 503})
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	w.call(200, "GET", "/callbacks", "")
	bank, err := w.store.Bank(context.Background(), code)
	if err != nil {
		w.t.Fatal(err)
	}
	address := bank.Callback
	bank.Callback = ""
	w.write(store.PutBank(bank))
	w.call(409, "POST", "/callbacks/ping", "")
	bank.Version, bank.Callback = bank.Version+1, address
	w.write(store.PutBank(bank))
	w.call(401, "POST", "/callbacks/ping", "", "wrong")
	w.call(404, "POST", one+"/callbacks/99", "")
	w.call(404, "POST", "/disputes/none/status", `{"status":"frozen"}`)
	w.call(401, "POST", one+"/status", `{"status":"frozen"}`, "wrong")
}

// everyPage reads what each code means.
func (w *world) everyPage() {
	w.call(404, "GET", "/v1/problems/none", "")
	w.call(405, "POST", "/v1/problems/invalid", "")
	for _, p := range problem.Pages {
		res, err := http.Get(w.url + problem.PagesPath + string(p.Code))
		if err != nil {
			w.t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			w.t.Errorf("the page of %s: %d", p.Code, res.StatusCode)
		}
	}
}

// campaign is one that is suspected.
func (w *world) campaign() *radar.Campaign {
	c := radar.Open(&radar.Test{Bank: code, Service: "dbarai", Kind: radar.Refused, From: w.Now().Add(-time.Hour), To: w.Now(), Seen: 11, Expected: 0.012,
		First: []radar.Seen{{Txn: "att_1", At: w.Now().Add(-time.Minute)}}}, w.Now())
	if err := w.store.PutCampaign(context.Background(), c); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) everyCampaignCall() {
	one := "/campaigns/" + w.campaign().ID
	w.call(200, "GET", "/campaigns?limit=1", "")
	w.call(422, "GET", "/campaigns?limit=x", "")
	w.call(401, "GET", "/campaigns", "", "wrong")
	w.call(200, "GET", one, "")
	w.call(404, "GET", "/campaigns/none", "")
	w.call(401, "GET", one, "", "wrong")
	w.call(200, "POST", one+"/state", `{"state":"confirmed","clerk":"佐藤"}`)
	w.call(409, "POST", one+"/state", `{"state":"dismissed"}`)
	w.call(422, "POST", one+"/state", `{"state":"suspected"}`)
	w.call(404, "POST", "/campaigns/none/state", `{"state":"ended"}`)
	w.tooBig("POST", one+"/state")
	w.call(401, "POST", one+"/state", `{"state":"ended"}`, "wrong")
}

func (w *world) bind() membership.Bound {
	w.t.Helper()
	a, err := w.bank.IssueCode(context.Background(), []byte(`{"account_ref":"acc_8f3k","account_mask":"普通 ***4567","email":"a@example.jp","lang":"ja"}`))
	var v struct{ Code string }
	if err != nil || json.Unmarshal(a.Body, &v) != nil {
		w.t.Fatalf("%d %s %v", a.Status, a.Body, err)
	}
	b, err := w.members.Redeem(context.Background(), person, v.Code, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) record(txn string) *watch.Record {
	r := &watch.Record{ID: watch.Derive("r", txn), OnAccount: watch.On(account), Kind: watch.Debit, Txn: txn, Amount: 100000, Descriptor: "ﾄﾞｺﾓｺｳｻﾞ",
		Service: "dbarai", OccurredAt: w.Now(), ReceivedAt: w.Now(), RecordedAt: w.Now(), Complete: true}
	return r
}

// ofStatement is a dispute about two debits of which only a statement tells.
func (w *world) ofStatement(b membership.Bound) *watch.Dispute {
	w.t.Helper()
	k := keep.Service{Store: w.store, Queue: w.queue, Disputes: w.disputes, Now: w.Now}
	day := time.Date(2019, 10, 5, 0, 0, 0, 0, watch.JST)
	res, err := k.Put(context.Background(), account, dispute.Answerer{Watcher: b.Watcher.ID, LineUser: b.Watcher.LineUser},
		[]keep.Row{{Day: day, Yen: 30000, Text: "ﾄﾞｺﾓｺｳｻﾞ"}, {Day: day.AddDate(0, 10, 0), Yen: 28000, Text: "ﾄﾞｺﾓｺｳｻﾞ"}}, []int{0, 1})
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Reports[0]
}

func (w *world) dispute(b membership.Bound, txn string) *watch.Dispute {
	w.t.Helper()
	r := w.record(txn)
	w.write(store.PutRecord(r))
	res, err := w.disputes.Answer(context.Background(), r.ID, dispute.Answerer{Watcher: b.Watcher.ID}, watch.NotMine, watch.ViaLINE)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.Dispute
}

// everyCallback opens and withdraws a dispute, and has a watcher that nothing
// reaches.
func (w *world) everyCallback() {
	ctx := context.Background()
	b := w.bind()
	d := w.dispute(b, "t1")
	w.job(watch.Job{Dispute: d.ID})
	returned, further := w.record("t1"), w.record("t3")
	returned.Returned = 1000
	if _, err := w.store.UpdateDispute(ctx, d.ID, func(d *watch.Dispute) error {
		if !d.Update(returned, w.Now()) || !d.Another(further, w.Now()) {
			w.t.Error("the dispute has nothing to tell")
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	w.job(watch.Job{Dispute: d.ID})
	if _, err := w.disputes.Undo(ctx, d.Record, dispute.Answerer{Watcher: b.Watcher.ID}, watch.ViaPage); err != nil {
		w.t.Fatal(err)
	}
	w.job(watch.Job{Dispute: d.ID})
	past := w.ofStatement(b)
	w.job(watch.Job{Dispute: past.ID})
	if _, err := w.disputes.Undo(ctx, past.Record, dispute.Answerer{Watcher: b.Watcher.ID}, watch.ViaPage); err != nil {
		w.t.Fatal(err)
	}
	w.job(watch.Job{Dispute: past.ID})
	for _, txn := range []string{"t2", ""} { // of a statement there is no id
		r := w.record(txn)
		del, _ := r.Deliver(watch.TellUnreachable, &b.Watcher, watch.Bank, 0, w.Now(), w.Now())
		w.write(store.PutRecord(r))
		w.job(watch.Job{Record: r.ID, Delivery: del.ID})
	}
	w.everyOffer()
	stop := w.stops(b, control.Ask{Kind: watch.StopService, Service: "docomo", Dispute: d.ID})
	w.job(watch.Job{Control: stop.ID, Of: code})
	if _, err := w.controls.Withdraw(ctx, account, stop.ID, control.Who{Watcher: b.Watcher.ID, Via: watch.ViaLINE}); err != nil {
		w.t.Fatal(err)
	}
	w.job(watch.Job{Control: stop.ID, Of: code})
	if c, err := w.store.Control(ctx, stop.ID); err != nil || c.Untold() != nil {
		w.t.Errorf("the bank was not told what to stop: %+v %v", c, err)
	}
	w.everyAnswer()
	w.call(200, "POST", "/callbacks/ping", "")
	f := &store.File{ID: "file_1", Bank: code, State: store.FileTaken, At: w.Now(), Finished: w.Now(), Problems: []store.FileProblem{{Line: 1, Reason: "is missing"}}}
	w.write(store.PutFile(f))
	w.job(watch.Job{File: f.ID, Of: code})
	health := &feed.Health{Bank: code}
	for i, kind := range feed.Types {
		n := feed.News{Seq: int64(i + 1), Type: kind, At: w.Now(), Since: w.Now(), Kind: watch.Debit}
		if kind == feed.TypeGap || kind == feed.TypeFilled {
			n = feed.News{Seq: n.Seq, Type: kind, At: n.At, From: 3, To: 4}
		}
		health.News = append(health.News, n)
	}
	w.write(store.PutFeedHealth(health))
	campaign := w.campaign()
	w.job(watch.Job{Feed: code})
	if _, err := w.store.UpdateCampaign(ctx, code, campaign.ID, func(c *radar.Campaign) error {
		c.Set(radar.Ended, "", true, w.Now())
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	w.job(watch.Job{Feed: code})
	if s, err := w.store.Standing(ctx, code); err != nil || s.Of("dbarai").Untold {
		w.t.Errorf("the bank was not told of a campaign: %+v %v", s, err)
	}
	if h, err := w.store.FeedHealth(ctx, code); err != nil || h.Untold() != nil {
		w.t.Errorf("the bank was not told how its feed is: %+v %v", h, err)
	}
}

func (w *world) job(j watch.Job) {
	w.t.Helper()
	body, err := json.Marshal(j)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, v := range w.notify.Handle(context.Background(), []queue.Message{{ID: "m", Body: body, Receives: 1}}) {
		if !v.Done {
			w.t.Errorf("the bank was not told: %+v", v)
		}
	}
}
