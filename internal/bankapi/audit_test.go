package bankapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"kozamori/internal/audit"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
)

func (w *world) list() *audit.List {
	return &audit.List{Store: w.store, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}
}

// thing is what a part of a request's address names, and its name in the audit list.
type thing struct{ route, part, hash string }

func thingsOf(t *testing.T, route, path string) (all []thing) {
	t.Helper()
	_, pattern, _ := strings.Cut(route, " ")
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, part := range strings.Split(pattern, "/") {
		if !strings.HasPrefix(part, "{") || part == "{bank}" || part == "{seq}" {
			continue
		}
		kind := map[string]string{"{account_ref}": "account", "{code_id}": "code", "{dispute_id}": "dispute", "{enrolment_id}": "enrolment", "{event_id}": "event", "{file_id}": "file", "{key_id}": "key",
			"{campaign_id}": "campaign", "{control_id}": "control", "{request_id}": "asking", "{refused_id}": "refused", "{webhook_id}": "callback"}[part]
		if kind == "" {
			t.Errorf("%s: nothing says what a %s is", route, part)
		}
		all = append(all, thing{route, part, audit.Object(kind, parts[i])})
	}
	return all
}

func TestEveryActOfAKeyStandsInTheAuditList(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		d := w.disputed(w.bound(), "t1")
		w.write(spares()...)
		asked := map[string]string{}   // request ids → statuses
		things := map[string][]thing{} // what their addresses name
		var secrets []string
		narrow := w.newKey(ours, w.Now().AddDate(1, 0, 0), "nothing")
		for _, route := range everyRoute() {
			for _, key := range []string{narrow, w.key} {
				method, path, body := address(route, ours, account.Ref, d.ID)
				r := httptest.NewRequest(method, path, strings.NewReader(body))
				r.Header.Set("Authorization", "Bearer "+key)
				rec := httptest.NewRecorder()
				w.api.ServeHTTP(rec, r)
				id := rec.Header().Get("Kozamori-Request-Id")
				if _, twice := asked[id]; id == "" || twice {
					t.Errorf("%s has the request id %q", route, id)
				}
				asked[id] = fmt.Sprint(rec.Code)
				things[id] = thingsOf(t, route, path)
				var v map[string]any
				_ = json.Unmarshal(rec.Body.Bytes(), &v)
				for _, name := range []string{"code", "nonce", "api_key"} {
					if s, ok := v[name].(string); ok {
						secrets = append(secrets, s)
					}
				}
			}
		}
		if _, err := w.list().Chain(t.Context(), ours); err != nil {
			t.Fatal(err)
		}
		page := "0"
		var seen []string
		acts := map[string]bool{}
		for {
			status, v := w.call(w.key, "GET", "/v1/banks/0168/audit?limit=100&after="+page, "")
			if status != 200 {
				t.Fatalf("%d %v", status, v)
			}
			entries := v["entries"].([]any)
			for _, e := range entries {
				e := e.(map[string]any)["entry"].(map[string]any)
				page = fmt.Sprint(e["seq"])
				raw, _ := json.Marshal(e)
				for _, secret := range append(secrets, w.key, account.Ref, d.ID, "PAYPAY", "a@example.jp", person) {
					if strings.Contains(string(raw), secret) {
						t.Errorf("%s holds %s", raw, secret)
					}
				}
				id := fmt.Sprint(e["id"])
				if want, ok := asked[id]; ok {
					seen = append(seen, id)
					acts[fmt.Sprint(e["act"])] = true
					for _, o := range things[id] {
						if !strings.Contains(string(raw), o.hash) {
							t.Errorf("%s does not name the %s of its address: %s", o.route, o.part, raw)
						}
					}
					wants := map[bool]string{true: "done", false: "refused"}[want[0] == '2']
					if fmt.Sprint(e["status"]) != want || e["result"] != wants || e["actor"].(map[string]any)["kind"] != "key" {
						t.Errorf("answered with %s: %s", want, raw)
					}
				}
			}
			if len(entries) < 100 {
				break
			}
		}
		// Three acts are two routes each: what was refused, or asked, is read in a list, or by
		// itself, and a callback is sent once more by its own id, or its dispute's.
		if len(seen) != len(asked) || len(acts) != len(everyRoute())-3 {
			t.Errorf("%d of %d requests, %d acts of %d routes", len(seen), len(asked), len(acts), len(everyRoute()))
		}
		if c, err := w.list().Verify(t.Context(), ours); err != nil || len(c.Faults) > 0 || c.Last == 0 {
			t.Errorf("%+v %v", c, err)
		}
		for _, bad := range []string{"?after=x", "?after=-1", "?limit=0", "?before=1"} {
			if status, _ := w.call(w.key, "GET", "/v1/banks/0168/audit"+bad, ""); status != 422 {
				t.Errorf("%s: %d", bad, status)
			}
		}
	})
}

// dying is a store that takes no write any more after some.
type dying struct {
	store.Table
	left atomic.Int64
}

var errDead = errors.New("dead")

func (d *dying) Write(ctx context.Context, writes ...store.Write) error {
	if d.left.Add(-1) < 0 {
		return errDead
	}
	return d.Table.Write(ctx, writes...)
}

// Whatever a request has changed when its process dies after any of its writes,
// the list says that it was begun, by which key and on what.
func TestNothingIsDoneThatDoesNotStandInTheAuditList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.disputed(w.bound(), "t1")
	w.write(spares()...)
	w.call(w.key, "GET", "/v1/banks/0168/health", "") // its use is noted, for an hour
	table := &dying{Table: w.store.Table}
	w.store.Table = table
	was := worldtest.Bytes(t, w.file)
	before, start := w.everything(), w.Now()
	for _, route := range everyRoute() {
		changes := 0
		for n := int64(0); ; n++ {
			table.left.Store(n)
			method, path, body := address(route, ours, account.Ref, d.ID)
			status, _ := w.call(w.key, method, path, body)
			whole := table.left.Load() >= 0
			table.left.Store(1 << 30)
			if !maps.Equal(before, w.everything()) {
				changes++
				w.Add(audit.Abandoned)
				if _, err := w.list().Chain(t.Context(), ours); err != nil {
					t.Fatal(err)
				}
				last, err := w.list().Read(t.Context(), ours, 0, 1000)
				if err != nil || !slices.ContainsFunc(last, func(l audit.Listed) bool {
					return (strings.HasSuffix(route, "/keys") || strings.Contains(string(l.Entry), audit.Object(objectOf(route, d.ID)))) &&
						strings.Contains(string(l.Entry), `"actor":{"id":"`+w.last(w.key).ID()+`"`) && strings.Contains(string(l.Entry), `"result":"`+map[bool]string{true: "done", false: ""}[status < 300 && whole])
				}) {
					t.Errorf("%s, dead after %d writes: what it did is not there: %v %v", route, n, last, err)
				}
			}
			worldtest.Restore(t, w.file, was)
			w.Set(start)
			if whole {
				break
			}
			if n > 100 {
				t.Fatal(route, "has no end")
			}
		}
		if method := route[:4]; method == "GET " && changes > 0 {
			t.Errorf("%s changes something", route)
		} else if method != "GET " && changes == 0 && !strings.HasSuffix(route, "/history") && !strings.HasSuffix(route, "/ping") {
			t.Errorf("%s changes nothing", route)
		}
	}
}

// objectOf is what a route acts on in this test.
func objectOf(route, dispute string) (kind, id string) {
	switch {
	case strings.Contains(route, "{dispute_id}"):
		return "dispute", dispute
	case strings.Contains(route, "{refused_id}"):
		return "refused", "q_ours"
	case strings.Contains(route, "{key_id}"):
		return "key", spareKey.ID()
	}
	return "account", account.Ref
}
