package bankapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/bankapi"
	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

func TestACodeComesWithALinkAndAQRCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	status, v := w.call(w.key, "POST", "/v1/banks/0168/codes", `{"account_ref":"acc_8f3k","account_mask":"普通 ***4567","email":"a@example.jp","lang":"en"}`)
	code := fmt.Sprint(v["code"])
	if status != http.StatusCreated || v["expires_at"] != "2026-11-24T03:16:00Z" || v["line_url"] != "https://line.me/R/oaMessage/%40kozamori/?"+code {
		t.Errorf("%d %v", status, v)
	}
	var svg struct {
		XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
		Path    struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal([]byte(fmt.Sprint(v["qr_svg"])), &svg); err != nil || len(svg.Path.D) < 500 {
		t.Errorf("the QR code is no drawing: %v, %d", err, len(svg.Path.D))
	}
	b, err := w.members.Redeem(context.Background(), person, code, "")
	if err != nil {
		t.Fatal(err)
	}
	if b.Account.AccountKey != account || b.Account.Mask != "普通 ***4567" || b.Watcher.Lang != watch.English {
		t.Errorf("%+v", b)
	}
}

// What links call services, and the catalogue does not, is named in the reply; they
// are taken nonetheless.
func TestAServiceThatIsNotKnownIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	links := `"links":[{"service":"dbarai","since":"2019-05-01"},{"service":"paypay","since":"2019-05-01"},{"descriptor":"PAYPAY","since":"2019-05-01"},{"service":"ペイ","since":"2019-05-01"}]`
	for address, c := range map[string][2]string{
		"codes":  {`{"account_ref":"a",` + links + `}`, `[map[field:links[0].service service:dbarai] map[field:links[3].service service:ペイ]]`},
		"nonces": {`{"accounts":[{"account_ref":"a"},{"account_ref":"b",` + links + `}]}`, `[map[field:accounts[1].links[0].service service:dbarai] map[field:accounts[1].links[3].service service:ペイ]]`},
	} {
		if status, v := w.call(w.key, "POST", "/v1/banks/0168/"+address, c[0]); status != http.StatusCreated || fmt.Sprint(v["unknown_services"]) != c[1] {
			t.Errorf("%s: %d %v, want %s", address, status, v["unknown_services"], c[1])
		}
	}
}

func TestANonceBindsWhatTheCustomerTicked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	status, v := w.call(w.key, "POST", "/v1/banks/0168/nonces", `{"accounts":[{"account_ref":"acc_8f3k","lang":"en"},{"account_ref":"acc_2"}]}`)
	if status != http.StatusCreated || v["expires_at"] != "2026-11-24T03:11:00Z" {
		t.Fatalf("%d %v", status, v)
	}
	bound, err := w.members.Linked(context.Background(), person, v["nonce"].(string), true, "")
	if err != nil || len(bound) != 2 || bound[0].Account.AccountKey != account {
		t.Errorf("%+v, %v", bound, err)
	}
}

func TestARequestThatCannotBeTakenSaysWhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.disputed(w.bound(), "t1")
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		field                    string
	}{
		{"an unknown field", "POST", "codes", `{"account_ref":"a","x_y":1}`, 422, "x_y"},
		{"an unknown field with a customer's text for a name", "POST", "codes", `{"Taro Yamada 090":1}`, 422, "?"},
		{"a field twice", "POST", "codes", `{"account_ref":"a","account_ref":"b"}`, 422, "account_ref"},
		{"a number for a string", "POST", "codes", `{"account_ref":1}`, 422, "account_ref"},
		{"null for a string", "POST", "codes", `{"account_ref":"a","email":null}`, 422, "email"},
		{"an object for a string", "POST", "codes", `{"account_ref":{"a":1}}`, 422, "account_ref"},
		{"something after the end", "POST", "codes", `{"account_ref":"a"} {}`, 422, ""},
		{"a list", "POST", "codes", `[]`, 422, ""},
		{"nothing", "POST", "codes", ``, 422, ""},
		{"half of it", "POST", "codes", `{"account_ref":"a"`, 422, ""},
		{"broken UTF-8", "POST", "codes", "{\"account_ref\":\"\xff\"}", 422, ""},
		{"another letter case", "POST", "codes", `{"Account_Ref":"a"}`, 422, "?"},
		{"no account", "POST", "codes", `{}`, 422, "account_ref"},
		{"an account with a space", "POST", "codes", `{"account_ref":"a b"}`, 422, "account_ref"},
		{"an account that is a key of two", "POST", "codes", `{"account_ref":"a#b"}`, 422, "account_ref"},
		{"a mask that is too long", "POST", "codes", `{"account_ref":"a","account_mask":"` + strings.Repeat("*", 41) + `"}`, 422, "account_mask"},
		{"what is no mail address", "POST", "codes", `{"account_ref":"a","email":"a@b"}`, 422, "email"},
		{"a language that we do not speak", "POST", "codes", `{"account_ref":"a","lang":"fr"}`, 422, "lang"},
		{"a body that is too large", "POST", "codes", `{"account_ref":"` + strings.Repeat("a", bankapi.MaxBody) + `"}`, 413, ""},
		{"a nonce for nothing", "POST", "nonces", `{"accounts":[]}`, 422, "accounts"},
		{"a nonce for an account with null for a name", "POST", "nonces", `{"accounts":[{"account_ref":"a"},{"account_ref":null}]}`, 422, "accounts[1].account_ref"},
		{"a nonce for an account with an unknown field", "POST", "nonces", `{"accounts":[{"account_ref":"a","x":1}]}`, 422, "accounts[0].x"},
		{"a nonce for what is no mail address", "POST", "nonces", `{"accounts":[{"account_ref":"a","email":"x"}]}`, 422, "accounts[0].email"},
		{"a nonce for null", "POST", "nonces", `{"accounts":null}`, 422, "accounts"},
		{"a status of ours", "POST", "disputes/" + d.ID + "/status", `{"status":"withdrawn"}`, 422, "status"},
		{"no status", "POST", "disputes/" + d.ID + "/status", `{}`, 422, "status"},
		{"a text that is too long", "POST", "disputes/" + d.ID + "/status", `{"status":"received","text":"` + strings.Repeat("あ", 301) + `"}`, 422, "text"},
		{"a parameter that is none", "GET", "disputes?color=red", "", 422, "color"},
		{"a limit of nothing", "GET", "disputes?limit=0", "", 422, "limit"},
		{"a limit beyond any", "GET", "disputes?limit=99999999999999999999", "", 422, "limit"},
		{"two limits", "GET", "disputes?limit=1&limit=2", "", 422, "limit"},
		{"a cursor that we never gave", "GET", "disputes?cursor=x", "", 422, "cursor"},
		{"an account of a path with a #", "GET", "accounts/a%23b/watchers", "", 422, "account_ref"},
		{"a path that is none", "GET", "nothing", "", 404, ""},
		{"a method that is none", "PUT", "disputes", "", 405, ""},
		{"a dispute that is none", "GET", "disputes/nothing", "", 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, v := w.call(w.key, c.method, "/v1/banks/0168/"+c.path, c.body)
			field, _ := v["field"].(string)
			if status != c.status || field != c.field || v["status"] != float64(c.status) {
				t.Errorf("%d %v", status, v)
			}
			if status == 422 && v["reason"] == nil {
				t.Error("no reason is given")
			}
		})
	}
	if w.log.Len() > 0 {
		t.Errorf("what a bank does wrong is logged: %s", w.log)
	}
}

func TestWatchersAreShownWithoutWhoTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bound()
	a := b.Account
	a.Watchers = append(a.Watchers, watch.Watcher{ID: "w2", Role: watch.Guardian, LineUser: "U1", Since: w.Now(),
		Channels: []watch.Channel{{Kind: watch.LINE, UnreachableSince: w.Now()}}})
	w.write(store.PutAccount(a))
	status, got := w.call(w.key, "GET", "/v1/banks/0168/accounts/acc_8f3k/watchers", "")
	want := map[string]any{"account_ref": "acc_8f3k", "watchers": []any{
		map[string]any{"role": "owner", "since": "2026-11-24T03:01:00Z", "reachable": true, "channels": []any{"line", "email"}, "consent": map[string]any{"at": "2026-11-24T03:01:00Z"}},
		map[string]any{"role": "guardian", "since": "2026-11-24T03:01:00Z", "reachable": false, "channels": []any{"line"}},
	}}
	if diff := cmp.Diff(want, got); status != 200 || diff != "" {
		t.Errorf("%d\n%s", status, diff)
	}
	status, got = w.call(w.key, "GET", "/v1/banks/0168/accounts/nobody~s/watchers", "")
	if diff := cmp.Diff(map[string]any{"account_ref": "nobody~s", "watchers": []any{}}, got); status != 200 || diff != "" {
		t.Errorf("an account without watchers: %d\n%s", status, diff)
	}
}

func TestDisputesArePaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bound()
	var want []string
	for i := range 5 {
		d := w.disputed(b, fmt.Sprint("t", i))
		want = append([]string{d.ID}, want...)
		w.Add(time.Second)
	}
	var got []string
	for cursor := ""; ; {
		status, v := w.call(w.key, "GET", "/v1/banks/0168/disputes?limit=2&cursor="+url.QueryEscape(cursor), "")
		if status != 200 {
			t.Fatalf("%d %v", status, v)
		}
		for _, d := range v["disputes"].([]any) {
			got = append(got, fmt.Sprint(d.(map[string]any)["dispute_id"]))
		}
		next, more := v["cursor"].(string)
		if !more {
			break
		}
		cursor = next
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, v := w.call(w.key, "GET", "/v1/banks/0168/disputes/"+want[0], "")
	if raw, _ := json.Marshal(v); bytes.Contains(raw, []byte(b.Watcher.ID)) || bytes.Contains(raw, []byte(person)) {
		t.Errorf("a dispute says who the person is: %s", raw)
	}
}

func TestAStatusFollowsItsOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.disputed(w.bound(), "t1")
	for _, c := range []struct {
		body, title string
		status      int
	}{
		{`{"status":"received","text":"確認しています。"}`, "", 200},
		{`{"status":"received","text":"確認しています。"}`, "", 200},
		{`{"status":"frozen"}`, "", 200},
		{`{"status":"received"}`, "this status cannot follow the present one", 409},
		{`{"status":"closed"}`, "", 200},
		{`{"status":"refunded"}`, "the dispute is closed", 409},
	} {
		status, v := w.call(w.key, "POST", "/v1/banks/0168/disputes/"+d.ID+"/status", c.body)
		if title, _ := v["title"].(string); status != c.status || title != c.title {
			t.Errorf("%s: %d %v", c.body, status, v)
		}
	}
	_, v := w.call(w.key, "GET", "/v1/banks/0168/disputes/"+d.ID, "")
	if n := len(v["changes"].([]any)); n != 4 || v["status"] != "closed" {
		t.Errorf("%d changes, %v", n, v["status"])
	}
}

func TestErasureAndHealth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	for range 2 {
		if status, v := w.call(w.key, "DELETE", "/v1/banks/0168/accounts/acc_8f3k", ""); status != http.StatusNoContent || v != nil {
			t.Errorf("%d %v", status, v)
		}
	}
	if list, err := w.members.Accounts(context.Background(), person); err != nil || len(list) != 0 {
		t.Errorf("after the erasure: %v %v", list, err)
	}
	if status, v := w.call(w.key, "GET", "/v1/banks/0168/health", ""); status != 200 || len(v) != 1 {
		t.Errorf("health before any event: %d %v", status, v)
	}
	w.write(store.PutFeed(&store.Feed{Bank: ours, LastEvent: w.Now(), SilentSince: w.Now()}))
	_, v := w.call(w.key, "GET", "/v1/banks/0168/health", "")
	if diff := cmp.Diff(map[string]any{"last_event": "2026-11-24T03:01:00Z", "silent_since": "2026-11-24T03:01:00Z", "days": []any{}}, v); diff != "" {
		t.Error(diff)
	}
}

// broken fails at everything.
type broken struct{ bankapi.Membership }

func (broken) Issue(context.Context, string, membership.CodeRequest) (membership.Issued, error) {
	return membership.Issued{}, errors.New("the disk is full")
}
func (broken) Erase(context.Context, string, string) error { panic("acc_8f3k") }

func TestOnlyOurOwnFailuresAreLoggedAndNobodyIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.api.Membership = broken{}
	if status, v := w.call(w.key, "POST", "/v1/banks/0168/codes", `{"account_ref":"acc_8f3k","email":"a@example.jp"}`); status != 500 || strings.Contains(fmt.Sprint(v), "disk") {
		t.Errorf("%d %v", status, v)
	}
	if status, _ := w.call(w.key, "DELETE", "/v1/banks/0168/accounts/acc_8f3k", ""); status != 500 {
		t.Errorf("a panic became %d", status)
	}
	log := w.log.String()
	if strings.Count(log, "\n") != 2 || !strings.Contains(log, "disk is full") {
		t.Errorf("log: %s", log)
	}
	for _, private := range []string{"acc_8f3k", "example.jp", w.key} {
		if strings.Contains(log, private) {
			t.Errorf("the log holds %q", private)
		}
	}
}
