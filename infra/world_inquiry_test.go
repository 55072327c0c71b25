package infra_test

import (
	"fmt"
	"net/http"
	"strings"

	"kozamori/internal/bankapi"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// everyInquiry asks those who watch the account about what is on record of it.
func (w *world) everyInquiry() {
	asked := w.call(200, "POST", "/inquiries", `{"items":[{"account_ref":"`+account.Ref+`","transaction_id":"t2"},{"account_ref":"acc_none","transaction_id":"t1"},{"account_ref":"`+account.Ref+`","service":"paypay"}],"clerk":"佐藤","answer_within_minutes":60}`)
	w.call(422, "POST", "/inquiries", `{"items":[]}`)
	w.asksUnder("monday", 200, `{"items":[{"account_ref":"acc_none","transaction_id":"t1"}]}`)
	w.asksUnder("monday", 409, `{"items":[{"account_ref":"acc_none","transaction_id":"t2"}]}`)
	w.call(422, "POST", "/inquiries", `{"items":[{"account_ref":"a","transaction_id":"t","service":"paypay"}]}`)
	w.call(422, "POST", "/inquiries", `{"items":[{"account_ref":"a","transaction_id":"t"}],"answer_within_minutes":9}`)
	w.call(413, "POST", "/inquiries", `"`+strings.Repeat("x", bankapi.MaxBody)+`"`)
	w.call(401, "POST", "/inquiries", `{"items":[{"account_ref":"a","transaction_id":"t"}]}`, "wrong")
	w.call(200, "GET", "/inquiries?limit=1", "")
	w.call(422, "GET", "/inquiries?limit=0", "")
	w.call(401, "GET", "/inquiries", "", "wrong")
	one := fmt.Sprint("/inquiries/", asked["request_id"])
	w.call(200, "GET", one, "")
	w.call(200, "GET", one+"?to_phone=true", "")
	w.call(422, "GET", one+"?to_phone=1", "")
	w.call(404, "GET", "/inquiries/none", "")
	w.call(401, "GET", one, "", "wrong")
	w.call(200, "GET", "/callbacks?about=inquiries", "")
}

// everyAnswer has people answer an inquiry, take it back, and not answer another.
func (w *world) everyAnswer() {
	w.t.Helper()
	q := &watch.Inquiry{ID: watch.InquiryID("asked", account.Ref, "t9", ""), Asking: "asked", OnAccount: watch.On(account), Txn: "t9", Kind: watch.Debit,
		State: watch.InquiryAsked, AskedAt: w.Now(), AnswerBy: w.Now()}
	for _, x := range []watch.InquiryChange{
		{State: watch.InquiryMine, By: watch.Owner, Via: watch.ViaLINE}, {State: watch.InquiryNotMine, By: watch.Owner, Via: watch.ViaPage, Dispute: "d"},
		{State: watch.InquiryWithdrawn}, {State: watch.InquiryUnanswered}} {
		x.At, x.TellBank = w.Now(), true
		q.Note(x)
	}
	w.write(store.PutInquiry(q))
	w.job(watch.Job{Inquiry: q.ID, Of: code})
	if q, err := w.store.Inquiry(w.t.Context(), q.ID); err != nil || q.Untold() != nil {
		w.t.Errorf("the bank was not told what was answered: %+v %v", q, err)
	}
}

// asksUnder asks under a key of the bank's.
func (w *world) asksUnder(key string, want int, body string) {
	w.t.Helper()
	r, err := http.NewRequest("POST", w.url+"/v1/banks/"+code+"/inquiries", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + w.bank.APIKey}, "Content-Type": {"application/json"}, "Idempotency-Key": {key}}
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != want {
		w.t.Fatal(res, err)
	}
	_ = res.Body.Close()
}
