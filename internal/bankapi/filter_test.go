package bankapi_test

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// pagesOf are the transactions of all pages of a list, with so many a page.
func (w *world) pagesOf(q url.Values, limit int) (got []string) {
	w.t.Helper()
	q.Set("limit", strconv.Itoa(limit))
	for range 50 {
		status, v := w.call(w.key, "GET", "/v1/banks/0168/disputes?"+q.Encode(), "")
		if status != 200 {
			w.t.Fatalf("%v: %d %v", q, status, v)
		}
		list := v["disputes"].([]any)
		if len(list) > limit {
			w.t.Errorf("%d on a page of %d", len(list), limit)
		}
		for _, d := range list {
			got = append(got, fmt.Sprint(d.(map[string]any)["transaction_id"]))
		}
		next, more := v["cursor"].(string)
		if !more {
			return got
		}
		q.Set("cursor", next)
	}
	w.t.Fatal("the list does not end")
	return nil
}

func TestDisputesAreFoundByWhatAClerkKnows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bound()
	begin := w.Now()
	reference, noted := "", ""
	for i := range 7 {
		d := w.disputed(b, fmt.Sprint("t", i))
		if i == 1 {
			noted = d.ID
		}
		if i == 4 {
			reference = d.Reference
		}
		if i == 2 || i == 5 {
			if status, v := w.call(w.key, "POST", "/v1/banks/0168/disputes/"+d.ID+"/status", `{"status":"frozen"}`); status != 200 {
				t.Fatal(status, v)
			}
		}
		if i == 3 || i == 6 { // what has taken the place of it, and of another that was not reported
			own := watch.Event{Bank: d.Account.Bank, AccountRef: d.Account.Ref, TransactionID: fmt.Sprint("new", i), Kind: watch.Debit}
			r := watch.NewRecord(own.RecordID(), d.Account, watch.Entry{Kind: watch.Debit, At: w.Now(), Amount: 1})
			r.RecordedAt = w.Now()
			if r.Alias = d.Leads(); i == 6 {
				r.Alias = "none"
			}
			w.write(store.PutRecord(r))
		}
		w.Add(time.Minute)
	}
	if status, v := w.call(w.key, "POST", "/v1/banks/0168/disputes/"+noted+"/notes", `{"text":"折り返し電話"}`); status != 200 {
		t.Fatal(status, v)
	}
	at := func(minutes int) string { return begin.Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339) }
	for _, c := range []struct {
		q    url.Values
		want string
	}{
		{url.Values{}, "t6 t5 t4 t3 t2 t1 t0"},
		{url.Values{"reference": {reference}}, "t4"},
		{url.Values{"reference": {strings.ToLower(strings.ReplaceAll(reference, "-", " "))}}, "t4"},
		{url.Values{"reference": {"KZ-AAAA-AAAA"}}, ""},
		{url.Values{"status": {"frozen"}}, "t5 t2"},
		{url.Values{"status": {"opened, frozen"}}, "t6 t5 t4 t3 t2 t1 t0"},
		{url.Values{"status": {"closed"}}, ""},
		{url.Values{"transaction_id": {"t3"}}, "t3"},
		{url.Values{"transaction_id": {"new3"}}, "t3"},
		{url.Values{"transaction_id": {"new3"}, "account_ref": {"somebody-else"}}, ""},
		{url.Values{"transaction_id": {"new6"}}, ""},
		{url.Values{"service": {"paypal"}}, ""},
		{url.Values{"account_ref": {"somebody-else"}}, ""},
		{url.Values{"from": {at(3)}}, "t6 t5 t4 t3"},
		{url.Values{"to": {at(3)}}, "t2 t1 t0"},
		{url.Values{"from": {at(1)}, "to": {at(3)}, "status": {"opened"}}, "t1"},
		{url.Values{"updated_since": {at(5)}}, "t6 t5 t1"},
		{url.Values{"updated_since": {at(7)}}, "t1"},
		{url.Values{"updated_since": {at(8)}}, ""},
	} {
		for _, by := range []string{"", "newest", "oldest"} {
			want := strings.Fields(c.want)
			if by == "oldest" {
				slices.Reverse(want)
			}
			for _, limit := range []int{1, 2, 3, 7, 100} {
				c.q.Del("cursor")
				if c.q.Del("order"); by != "" {
					c.q.Set("order", by)
				}
				if diff := cmp.Diff(want, w.pagesOf(c.q, limit), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%v, %d a page: %s", c.q, limit, diff)
				}
			}
		}
	}
	// A cursor of one order is none of the other's.
	for by, other := range map[string]string{"newest": "oldest", "oldest": "newest"} {
		_, v := w.call(w.key, "GET", "/v1/banks/0168/disputes?limit=2&order="+by, "")
		if status, v := w.call(w.key, "GET", "/v1/banks/0168/disputes?"+url.Values{"order": {other}, "cursor": {fmt.Sprint(v["cursor"])}}.Encode(), ""); status != 422 || v["field"] != "cursor" {
			t.Errorf("a cursor of %s for %s: %d %v", by, other, status, v)
		}
	}
	for name, bad := range map[string]string{"reference": "7F3K", "status": "done", "from": "yesterday", "to": "2026-11-29", "updated_since": "1", "account_ref": "a/b", "color": "red", "order": "best"} {
		if status, v := w.call(w.key, "GET", "/v1/banks/0168/disputes?"+url.Values{name: {bad}}.Encode(), ""); status != 422 || v["field"] != name {
			t.Errorf("%s=%s: %d %v", name, bad, status, v)
		}
	}
}
