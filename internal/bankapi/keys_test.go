package bankapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kozamori/internal/bankapi"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
)

// opens says which scope each route wants, written down a second time.
var opens = map[string]bankapi.Scope{
	"POST /v1/banks/{bank}/codes":                                    bankapi.ScopeEnrol,
	"POST /v1/banks/{bank}/nonces":                                   bankapi.ScopeEnrol,
	"GET /v1/banks/{bank}/accounts/{account_ref}/watchers":           bankapi.ScopeEnrol,
	"GET /v1/banks/{bank}/accounts/{account_ref}/refs":               bankapi.ScopeEnrol,
	"POST /v1/banks/{bank}/accounts/{account_ref}/refs":              bankapi.ScopeEnrol,
	"POST /v1/banks/{bank}/accounts/{account_ref}/history":           bankapi.ScopeEvents,
	"POST /v1/banks/{bank}/files":                                    bankapi.ScopeEvents,
	"GET /v1/banks/{bank}/files/{file_id}":                           bankapi.ScopeEvents,
	"GET /v1/banks/{bank}/events":                                    bankapi.ScopeEvents,
	"GET /v1/banks/{bank}/events/{event_id}":                         bankapi.ScopeEvents,
	"GET /v1/banks/{bank}/accounts/{account_ref}/trail":              bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/disputes":                                  bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/disputes/{dispute_id}":                     bankapi.ScopeDisputes,
	"POST /v1/banks/{bank}/disputes/{dispute_id}/status":             bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/campaigns":                                 bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/campaigns/{campaign_id}":                   bankapi.ScopeDisputes,
	"POST /v1/banks/{bank}/campaigns/{campaign_id}/state":            bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/accounts/{account_ref}/controls":           bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/controls/{control_id}":                     bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/open-controls":                             bankapi.ScopeDisputes,
	"POST /v1/banks/{bank}/controls/{control_id}/state":              bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/inquiries":                                 bankapi.ScopeDisputes,
	"POST /v1/banks/{bank}/inquiries":                                bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/inquiries/{request_id}":                    bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/offered-controls":                          bankapi.ScopeContacts,
	"PUT /v1/banks/{bank}/offered-controls":                          bankapi.ScopeContacts,
	"GET /v1/banks/{bank}/texts":                                     bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/health":                                    bankapi.ScopeFeed,
	"GET /v1/banks/{bank}/feed":                                      bankapi.ScopeFeed,
	"DELETE /v1/banks/{bank}/accounts/{account_ref}":                 bankapi.ScopeErase,
	"GET /v1/banks/{bank}/accounts/{account_ref}/codes":              bankapi.ScopeEnrol,
	"DELETE /v1/banks/{bank}/accounts/{account_ref}/codes/{code_id}": bankapi.ScopeEnrol,
	"POST /v1/banks/{bank}/mail-enrolments":                          bankapi.ScopeEnrol,
	"GET /v1/banks/{bank}/mail-enrolments":                           bankapi.ScopeEnrol,
	"DELETE /v1/banks/{bank}/mail-enrolments/{enrolment_id}":         bankapi.ScopeEnrol,
	"GET /v1/banks/{bank}/accounts/{account_ref}/erasure":            bankapi.ScopeErase,
	"GET /v1/banks/{bank}/refused":                                   bankapi.ScopeFeed,
	"GET /v1/banks/{bank}/refused/{refused_id}":                      bankapi.ScopeFeed,
	"POST /v1/banks/{bank}/refused/{refused_id}/replay":              bankapi.ScopeFeed,
	"GET /v1/banks/{bank}/callbacks":                                 bankapi.ScopeFeed,
	"POST /v1/banks/{bank}/callbacks/ping":                           bankapi.ScopeFeed,
	"GET /v1/banks/{bank}/callbacks/{webhook_id}/attempts":           bankapi.ScopeFeed,
	"POST /v1/banks/{bank}/callbacks/{webhook_id}/resend":            bankapi.ScopeFeed,
	"POST /v1/banks/{bank}/disputes/{dispute_id}/callbacks/{seq}":    bankapi.ScopeFeed,
	"POST /v1/banks/{bank}/disputes/{dispute_id}/notes":              bankapi.ScopeDisputes,
	"GET /v1/banks/{bank}/audit":                                     bankapi.ScopeAudit,
	"GET /v1/banks/{bank}/contacts":                                  bankapi.ScopeContacts,
	"PUT /v1/banks/{bank}/contacts":                                  bankapi.ScopeContacts,
	"GET /v1/banks/{bank}/keys":                                      bankapi.ScopeKeys,
	"POST /v1/banks/{bank}/keys":                                     bankapi.ScopeKeys,
	"POST /v1/banks/{bank}/keys/{key_id}/rotation":                   bankapi.ScopeKeys, // of another key
	"DELETE /v1/banks/{bank}/keys/{key_id}":                          bankapi.ScopeKeys, // of another key
}

// A key opens what it is for and nothing else, and what it does not open is
// neither done nor told of. A key without scopes is from before there were any
// and opens everything.
func TestAKeyOpensWhatItIsForOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.disputed(w.bound(), "t1")
	narrow := spareKey
	w.write(spares()...)
	narrow.Version, narrow.Scopes = 1, []string{string(bankapi.ScopeFeed)}
	w.write(store.PutAPIKey(&narrow)...)
	keys := map[string]string{}
	for _, s := range bankapi.Scopes() {
		keys[string(s)] = w.newKey(ours, time.Time{}, s)
	}
	keys["none of ours"] = w.newKey(ours, time.Time{}, "a scope of a later version")
	all := []bankapi.Scope{bankapi.ScopeFeed, bankapi.ScopeEvents} // what the new key is for, and the one that is replaced
	keys["keys and what it gives"] = w.newKey(ours, time.Time{}, append(all, bankapi.ScopeKeys)...)
	keys["before scopes"] = w.key
	for name := range keys {
		w.call(keys[name], "GET", "/v1/banks/0168/health", "") // its use is noted, for an hour
	}
	before, was := w.everything(), worldtest.Bytes(t, w.file)
	for _, route := range everyRoute() {
		wanted, ok := opens[route]
		if !ok {
			t.Errorf("%s: it is not said which scope it wants", route)
		}
		for name, key := range keys {
			method, path, body := address(route, ours, account.Ref, d.ID)
			status, v := w.call(key, method, path, body)
			switch opened := name == "before scopes" || name == string(wanted) || name == "keys and what it gives" && slices.Contains(append(all, bankapi.ScopeKeys), wanted); {
			case name == string(bankapi.ScopeKeys) && (route == "POST /v1/banks/{bank}/keys" || strings.HasSuffix(route, "/rotation")):
				if status != http.StatusForbidden { // it may give nothing that it does not have
					t.Errorf("%s with a key for keys alone: %d %v", route, status, v)
				}
			case opened && status >= 300:
				t.Errorf("%s with a key for %s: %d %v", route, name, status, v)
			case !opened && (status != http.StatusForbidden || v["scope"] != string(wanted)):
				t.Errorf("%s with a key for %s: %d %v, want it to name %s", route, name, status, v, wanted)
			case !opened && len(w.everything()) != len(before):
				t.Errorf("%s with a key for %s does something", route, name)
			}
			worldtest.Restore(t, w.file, was)
		}
	}
	if len(opens) != len(everyRoute()) {
		t.Errorf("%d routes have a scope here, and there are %d", len(opens), len(everyRoute()))
	}
}

func TestAKeyIsReplacedWhileBothWork(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		first, old := bankapi.NewAPIKey(ours, "batch", []bankapi.Scope{bankapi.ScopeFeed}, w.Now(), time.Time{})
		w.write(store.PutAPIKey(old)...)
		works := func(key string) bool {
			t.Helper()
			status, _ := w.call(key, "GET", "/v1/banks/0168/health", "")
			if status != 200 && status != 401 {
				t.Errorf("health: %d", status)
			}
			return status == 200
		}
		status, v := w.call(first, "POST", "/v1/banks/0168/keys/"+old.ID()+"/rotation", "")
		if status != 201 || v["label"] != "batch" || v["replaces"] != old.ID() {
			t.Fatalf("%d %v", status, v)
		}
		second := v["api_key"].(string)
		if !works(first) || !works(second) {
			t.Error("they do not both work")
		}
		// A third has to wait, whichever of both asks.
		if status, v := w.call(first, "POST", "/v1/banks/0168/keys/"+old.ID()+"/rotation", ""); status != 409 {
			t.Errorf("a third key, by the first: %d %v", status, v)
		}
		if status, v := w.call(second, "POST", "/v1/banks/0168/keys/"+v["key_id"].(string)+"/rotation", ""); status != 409 {
			t.Errorf("a third key, by the second: %d %v", status, v)
		}
		// The new one ends the old one, though it is not for keys; the old one
		// cannot end the new one.
		if status, _ := w.call(first, "DELETE", "/v1/banks/0168/keys/"+v["key_id"].(string), ""); status != 403 {
			t.Errorf("the old one ends the new one: %d", status)
		}
		if status, _ := w.call(second, "DELETE", "/v1/banks/0168/keys/"+old.ID(), ""); status != 204 {
			t.Errorf("the end of the old one: %d", status)
		}
		if works(first) || !works(second) {
			t.Error("the first works, or the second does not")
		}
		// Or the old one ends by itself, and the new one after a year.
		status, v = w.call(second, "POST", "/v1/banks/0168/keys/"+v["key_id"].(string)+"/rotation", "")
		if status != 201 {
			t.Fatalf("%d %v", status, v)
		}
		third := v["api_key"].(string)
		w.Add(bankapi.KeyOverlap + time.Second)
		if works(second) || !works(third) {
			t.Error("the second works on, or the third does not")
		}
		w.Add(bankapi.KeyLife)
		if works(third) {
			t.Error("a key has no end")
		}
	})
}

func TestTwoWhoReplaceAKeyAtOnceMakeOneKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, old := bankapi.NewAPIKey(ours, "", nil, w.Now(), time.Time{})
	w.write(store.PutAPIKey(old)...)
	results := make(chan error, 8)
	for range cap(results) {
		go func() {
			_, _, err := bankapi.RotateAPIKey(context.Background(), w.store, ours, old.Hash, w.Now(), time.Hour, time.Hour)
			results <- err
		}()
	}
	made := 0
	for range cap(results) {
		if err := <-results; err == nil {
			made++
		}
	}
	keys, err := store.Collect(w.store.APIKeys(t.Context(), ours))
	if err != nil || made != 1 || len(keys) != 3 { // one of the world's
		t.Errorf("%d were made, there are %d: %v", made, len(keys), err)
	}
}

func TestTheUseOfAKeyIsNotedOnceAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.last(w.key).ID()
	writes := func() int {
		t.Helper()
		return int(w.last(w.key).Version)
	}
	for range 3 {
		w.call(w.key, "GET", "/v1/banks/0168/health", "")
	}
	if k := w.last(w.key); k.Version != 2 || !k.LastUsed.Equal(w.Now().Truncate(time.Second)) {
		t.Errorf("after three calls: version %d, used %s", k.Version, k.LastUsed)
	}
	w.Add(59 * time.Minute)
	if w.call(w.key, "GET", "/v1/banks/0168/health", ""); writes() != 2 {
		t.Error("noted again within the hour")
	}
	w.Add(time.Minute)
	if w.call(w.key, "GET", "/v1/banks/0168/health", ""); writes() != 3 {
		t.Error("not noted after an hour")
	}
	// Of a key that was ended meanwhile nothing comes back.
	w.Add(time.Hour)
	k := w.last(w.key)
	w.write(store.DeleteAPIKey(k)...)
	k.LastUsed = w.Now()
	if _, lost := store.AsCondition(w.store.Write(t.Context(), store.PutAPIKey(k)...)); !lost {
		t.Error("an ended key came back")
	}
	if status, _ := w.call(w.key, "GET", "/v1/banks/0168/health", ""); status != 401 || id == "" {
		t.Errorf("an ended key: %d", status)
	}
}

func TestAKeyIsMadeAndListedByAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	boss := w.newKey(ours, time.Time{}, bankapi.ScopeKeys, bankapi.ScopeFeed, bankapi.ScopeDisputes)
	status, v := w.call(boss, "POST", "/v1/banks/0168/keys", `{"label":"fraud desk","scopes":["disputes"],"expires_at":"2027-01-31T00:00:00+09:00"}`)
	if status != 201 || !strings.HasPrefix(v["api_key"].(string), "kozamori_") || v["expires_at"] != "2027-01-30T15:00:00Z" {
		t.Fatalf("%d %v", status, v)
	}
	if status, _ := w.call(v["api_key"].(string), "GET", "/v1/banks/0168/disputes", ""); status != 200 {
		t.Errorf("the new key: %d", status)
	}
	_, list := w.call(boss, "GET", "/v1/banks/0168/keys", "")
	found := false
	for _, k := range list["keys"].([]any) {
		k := k.(map[string]any)
		if k["api_key"] != nil {
			t.Errorf("a listed key is shown: %v", k)
		}
		found = found || k["key_id"] == v["key_id"] && k["label"] == "fraud desk" && k["last_used_at"] != nil
	}
	if !found {
		t.Errorf("it is not listed: %v", list)
	}
	for name, c := range map[string]struct {
		body   string
		status int
		field  string
	}{
		"more than it may itself": {`{"scopes":["erase"]}`, 403, ""},
		"no scope":                {`{"scopes":[]}`, 422, "scopes"},
		"none named":              {`{}`, 422, "scopes"},
		"one twice":               {`{"scopes":["feed","feed"]}`, 422, "scopes"},
		"no such scope":           {`{"scopes":["all"]}`, 422, "scopes"},
		"a label with a line":     {`{"scopes":["feed"],"label":"a\nb"}`, 422, "label"},
		"an end that was":         {`{"scopes":["feed"],"expires_at":"2020-01-31T00:00:00+09:00"}`, 422, "expires_at"},
		"an end too far":          {`{"scopes":["feed"],"expires_at":"2036-01-31T00:00:00+09:00"}`, 422, "expires_at"},
		"an end that is none":     {`{"scopes":["feed"],"expires_at":"never"}`, 422, "expires_at"},
	} {
		if status, v := w.call(boss, "POST", "/v1/banks/0168/keys", c.body); status != c.status || c.field != "" && v["field"] != c.field {
			t.Errorf("%s: %d %v", name, status, v)
		}
	}
	for n := 3; ; n++ { // the world's, the one that asks and the one that was made
		status, v := w.call(boss, "POST", "/v1/banks/0168/keys", `{"scopes":["feed"]}`)
		if status == 201 && n < bankapi.MaxKeys {
			continue
		}
		if status != 409 || n != bankapi.MaxKeys {
			t.Errorf("key %d: %d %v", n, status, v)
		}
		break
	}
}

// meeting is a table at which so many writers of API keys wait for each other.
type meeting struct {
	store.Table
	missing atomic.Int32
	met     chan struct{}
}

func (m *meeting) Write(ctx context.Context, writes ...store.Write) error {
	if strings.HasPrefix(writes[0].Item.SK, "KEY#") && !writes[0].Delete {
		if m.missing.Add(-1) == 0 {
			close(m.met)
		}
		<-m.met
	}
	return m.Table.Write(ctx, writes...)
}

// However many are made at once, a bank has no more keys than it may, and each that was
// given out works.
func TestKeysThatAreMadeAtOnceAreNotTooMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.call(w.key, "GET", "/v1/banks/0168/health", "") // its use is noted, for an hour
	table := &meeting{Table: w.store.Table, met: make(chan struct{})}
	table.missing.Store(bankapi.MaxKeys + 5)
	w.store.Table = table
	answers := make(chan *httptest.ResponseRecorder, bankapi.MaxKeys+5)
	for range cap(answers) {
		go func() { answers <- w.asked("POST", "/keys", `{"scopes":["feed"]}`, "", "") }()
	}
	given := 1 // the world's
	for range cap(answers) {
		switch rec := <-answers; rec.Code {
		case 201:
			var made struct {
				Key string `json:"api_key"`
			}
			if err := json.Unmarshal(rec.Body.Bytes(), &made); err != nil {
				t.Fatal(err)
			}
			given++
			if status, _ := w.call(made.Key, "GET", "/v1/banks/0168/health", ""); status != 200 {
				t.Errorf("a key that was given out: %d", status)
			}
		case 503:
		default:
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	}
	keys, err := store.Collect(w.store.APIKeys(t.Context(), ours))
	if err != nil || len(keys) > bankapi.MaxKeys || len(keys) != given {
		t.Errorf("%d keys, %d of them given out: %v", len(keys), given, err)
	}
}

// A key that is none, or not any more, is counted for its bank; what cannot be a key is
// not, nor what is sent for a bank that is none: each code would be a metric of its own.
func TestAWrongKeyIsCountedForItsBank(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.store.Write(t.Context(), store.PutBank(&store.Bank{Code: theirs})); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key, bank string
		want      int
	}{{"", ours, 0}, {"nonsense", ours, 0}, {w.key, ours, 0}, {w.other, ours, 1}, {w.expired, ours, 1}, {w.key, theirs, 1}, {w.key, "9999", 0}, {w.key, "99999", 0}} {
		w.log.Reset()
		w.call(c.key, "GET", "/v1/banks/"+c.bank+"/health", "")
		if got := strings.Count(w.log.String(), bankapi.LogKeyWrong); got != c.want || c.want > 0 && !strings.Contains(w.log.String(), c.bank) {
			t.Errorf("%q at %s is counted %d times, want %d: %s", c.key, c.bank, got, c.want, w.log)
		}
		if len(c.key) > 20 && strings.Contains(w.log.String(), c.key) {
			t.Error("the key is logged")
		}
	}
}
