package infra_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// values are tried in each field of a request.
var values = []any{nil, "", " ", "x", "owner", "guardian", "ja", "en", "received", "reopened", "opened", "feed", "2026-11-24", "2026-11-31", "2026-11-24T12:00:00+09:00", "2026-11-24T12:00:00", "2099-01-01T00:00:00Z", "1850-01-01",
	"a@example.jp", "a@", "普通 ***4567", "普通 1234567", "https://example.jp", "a\u200bb", "a\nb", ".", "..", "a/b", "a b", "Az09_.~-", "0120-000-000", "abc", "paypay", "web_kouza_furikae",
	strings.Repeat("あ", 41), strings.Repeat("a", 65), strings.Repeat("a", 129), strings.Repeat("a", 301), strings.Repeat("a", 1001),
	0, 1, -1, 1.5, true, false, []any{}, []any{nil}, []any{"feed"}, []any{"feed", "feed"}, []any{"x"}, []any{map[string]any{}}, map[string]any{}}

// unsaid are the fields of which the description says in words what a schema cannot say.
var unsaid = map[string]string{
	"account_mask": "no link, no @, no invisible character, no seven digits",
	"text":         "no link, no @, no invisible character",
	"email":        "an address that mail can be sent to",
	"since":        "a time or a day that there was",
	"history_from": "a time or a day that there was",
	"expires_at":   "between now and two years from now",
	"checked_on":   "within a year",
	"phone":        "a number that any telephone dials",
	"clerk":        "no invisible character",
	"label":        "no invisible character",
	"name":         "no invisible character, no telephone number",
	"for":          "no link, no @, no invisible character",
	"hours":        "no link, no @, no invisible character",
	"descriptor":   "something that can be seen",
	"service":      "something that can be seen",
	"route":        "something that can be seen",
	"role":         "an owner or a guardian who can be enrolled",
	"lang":         "a language that there is",
}

// What the description says of a request and what the server makes of it are the
// same: what the server takes is described, and what is described it takes, but for
// what a schema cannot say.
func TestRequestsAreTakenIfTheyAreAsDescribed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.dispute(w.bind(), "t1")
	n, other := 0, 0
	for _, c := range []struct {
		method, path, address string
		base                  map[string]any
		inside                string // the field that holds what is tried too
	}{
		{"POST", "/v1/banks/{bank}/codes", "/codes", map[string]any{"account_ref": "acc_1", "account_mask": "普通 ***4567", "email": "a@example.jp", "lang": "ja", "keep_others": true, "history_from": "2025-11-01",
			"links": []any{map[string]any{"service": "paypay", "descriptor": "PAYPAY", "since": "2020-05-01", "route": "web"}}}, "links"},
		{"POST", "/v1/banks/{bank}/nonces", "/nonces", map[string]any{"accounts": []any{map[string]any{"account_ref": "acc_1", "account_mask": "普通 ***4567", "email": "a@example.jp", "lang": "ja"}}}, "accounts"},
		{"POST", "/v1/banks/{bank}/mail-enrolments", "/mail-enrolments", map[string]any{"role": "guardian", "email": "a@example.jp", "lang": "ja", "name": "花子", "hide_amount": false, "accounts": []any{map[string]any{"account_ref": "acc_8f3k", "account_mask": "普通 ***4567"}}}, "accounts"},
		{"POST", "/v1/banks/{bank}/mail-enrolments", "/mail-enrolments", map[string]any{"role": "owner", "email": "a@example.jp", "lang": "ja", "keep_others": true, "accounts": []any{map[string]any{"account_ref": "acc_1", "account_mask": "普通 ***4567"}}}, "accounts"},
		{"POST", "/v1/banks/{bank}/accounts/{account_ref}/refs", "/accounts/acc_77/refs", map[string]any{"account_ref": "acc_78"}, ""},
		{"POST", "/v1/banks/{bank}/disputes/{dispute_id}/status", "/disputes/" + d.ID + "/status", map[string]any{"status": "received", "text": "確認します。", "clerk": "佐藤"}, ""},
		{"POST", "/v1/banks/{bank}/disputes/{dispute_id}/notes", "/disputes/" + d.ID + "/notes", map[string]any{"text": "済み", "clerk": "佐藤"}, ""},
		{"POST", "/v1/banks/{bank}/keys", "/keys", map[string]any{"label": "batch", "scopes": []any{"feed"}, "expires_at": "2027-01-31T00:00:00+09:00"}, ""},
		{"PUT", "/v1/banks/{bank}/contacts", "/contacts", map[string]any{"contacts": []any{map[string]any{"phone": "022-000-0000", "for": "窓口", "hours": "24時間"}}}, "contacts"},
	} {
		schema := w.gate.doc.Paths.Find(c.path).GetOperation(c.method).RequestBody.Value.Content.Get("application/json").Schema.Value
		try := func(field string, value, body any) {
			t.Helper()
			raw, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(c.method, "/v1/banks/"+code+c.address, strings.NewReader(string(raw)))
			r.Header.Set("Authorization", "Bearer "+w.bank.APIKey)
			rec := httptest.NewRecorder()
			w.gate.next.ServeHTTP(rec, r)
			n++
			var v any
			_ = json.Unmarshal(raw, &v)
			problem := schema.VisitJSON(v)
			taken := rec.Code != http.StatusUnprocessableEntity && rec.Code != http.StatusBadRequest
			if rec.Code >= 500 {
				t.Errorf("%s %s: %d for %s", c.method, c.path, rec.Code, raw)
			}
			_, said := value.(string)
			switch {
			case taken && problem != nil:
				t.Errorf("%s %s takes %s, and it is not described: %v", c.method, c.path, raw, problem)
			case !taken && problem == nil && said && unsaid[field] != "":
				other++
			case !taken && problem == nil:
				t.Errorf("%s %s refuses %s, and it is described: %s", c.method, c.path, raw, rec.Body)
			}
		}
		each := func(base map[string]any, whole func(map[string]any) any) {
			for _, field := range append(slices.Sorted(maps.Keys(base)), "unknown") {
				for i := -1; i < len(values); i++ {
					e := maps.Clone(base)
					delete(e, field)
					var value any
					if i >= 0 {
						value = values[i]
						e[field] = value
					}
					try(field, value, whole(e))
				}
			}
		}
		each(c.base, func(e map[string]any) any { return e })
		if c.inside != "" {
			inner, _ := c.base[c.inside].([]any)[0].(map[string]any)
			each(inner, func(e map[string]any) any {
				b := maps.Clone(c.base)
				b[c.inside] = []any{e}
				return b
			})
		}
		for _, body := range values { // no object at all
			try("", 0, body)
		}
	}
	if n < 2000 || other == 0 {
		t.Errorf("%d requests were tried, and of %d it cannot be described why they are refused", n, other)
	}
	t.Logf("%d requests, of which %d are refused for what a schema cannot say", n, other)
}
