package bankapi_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/bankapi"
	"kozamori/internal/dispute"
	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// asked makes a request with a header, and returns what came with the answer.
func (w *world) asked(method, path, body, header, value string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, "/v1/banks/0168"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+w.key)
	if header != "" {
		r.Header.Set(header, value)
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	return rec
}

func TestTwoClerksDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		one := "/disputes/" + w.disputed(w.bound(), "t1").ID
		tag := w.asked("GET", one, "", "", "").Header().Get("ETag")
		if tag == "" {
			t.Fatal("there is no ETag")
		}
		first := w.asked("POST", one+"/status", `{"status":"received","clerk":"佐藤"}`, "If-Match", tag)
		if first.Code != 200 || first.Header().Get("ETag") == tag || !strings.Contains(first.Body.String(), `"clerk":"佐藤"`) {
			t.Fatalf("%d %s", first.Code, first.Body)
		}
		if got := w.asked("GET", one, "", "", "").Header().Get("ETag"); got != first.Header().Get("ETag") {
			t.Errorf("the answer to the change has the ETag %s, and the dispute %s", first.Header().Get("ETag"), got)
		}
		if second := w.asked("POST", one+"/status", `{"status":"frozen","clerk":"鈴木"}`, "If-Match", tag); second.Code != 412 {
			t.Errorf("what another changed meanwhile: %d %s", second.Code, second.Body)
		}
		// A clerk that got no answer repeats the same, and nothing is told twice.
		if again := w.asked("POST", one+"/status", `{"status":"received","clerk":"佐藤"}`, "If-Match", tag); again.Code != 200 || strings.Count(again.Body.String(), `"status":"received"`) != 2 {
			t.Errorf("the same again: %d %s", again.Code, again.Body)
		}
		for _, odd := range []string{"", " ", "x", `"x"`, `"0"`, `W/"1"`, `"1`, `"99"`} {
			if got := w.asked("POST", one+"/status", `{"status":"frozen"}`, "If-Match", odd); got.Code != 412 {
				t.Errorf("If-Match %s: %d", odd, got.Code)
			}
		}
		if got := w.asked("POST", one+"/status", `{"status":"frozen"}`, "If-Match", "*"); got.Code != 200 {
			t.Errorf("If-Match *: %d", got.Code)
		}
	})
}

func TestARefusedStatusSaysWhichCanFollow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := "/v1/banks/0168/disputes/" + w.disputed(w.bound(), "t1").ID + "/status"
	for _, c := range []struct {
		status  string
		code    int
		present string
		can     string
	}{
		{"frozen", 200, "", ""},
		{"received", 409, "frozen", "[frozen refunded closed]"},
		{"closed", 200, "", ""},
		{"frozen", 409, "closed", "[reopened]"},
		{"reopened", 200, "", ""},
		{"reopened", 200, "", ""}, // said twice
		{"closed", 200, "", ""},
		{"reopened", 200, "", ""},
		{"frozen", 200, "", ""},
		{"reopened", 409, "frozen", "[frozen refunded closed]"},
	} {
		code, v := w.call(w.key, "POST", one, `{"status":"`+c.status+`"}`)
		if code != c.code || code == 409 && (v["present"] != c.present || fmt.Sprint(v["can_follow"]) != c.can) {
			t.Errorf("%s: %d %v", c.status, code, v)
		}
	}
}

func TestNotesAreTheBanksOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.disputed(w.bound(), "t1")
	one := "/v1/banks/0168/disputes/" + d.ID
	before := w.messages()
	for _, body := range []string{`{"text":"折り返し済み\n本人確認 OK","clerk":"佐藤"}`, `{"text":"折り返し済み\n本人確認 OK","clerk":"佐藤"}`, `{"text":"second"}`} {
		if status, v := w.call(w.key, "POST", one+"/notes", body); status != 200 {
			t.Errorf("%d %v", status, v)
		}
	}
	_, v := w.call(w.key, "GET", one, "")
	notes := v["notes"].([]any)
	if len(notes) != 2 || notes[0].(map[string]any)["clerk"] != "佐藤" || notes[1].(map[string]any)["text"] != "second" {
		t.Errorf("the notes are %v", notes)
	}
	if w.messages() != before {
		t.Error("somebody is told of a note")
	}
	stored, err := w.store.Dispute(t.Context(), d.ID)
	if err != nil || strings.Contains(string(dispute.CallbackBody(stored, stored.Changes[0])), "second") {
		t.Errorf("a callback holds a note: %v", err)
	}
	for name, body := range map[string]string{
		"none": `{}`, "empty": `{"text":" "}`, "too long": `{"text":"` + strings.Repeat("あ", bankapi.MaxNote+1) + `"}`, "a clerk too long": `{"text":"x","clerk":"` + strings.Repeat("x", bankapi.MaxClerk+1) + `"}`,
	} {
		if status, _ := w.call(w.key, "POST", one+"/notes", body); status != 422 {
			t.Errorf("%s: %d", name, status)
		}
	}
	for n := 2; n < dispute.MaxNotes; n++ {
		w.call(w.key, "POST", one+"/notes", fmt.Sprintf(`{"text":"note %d"}`, n))
	}
	if status, v := w.call(w.key, "POST", one+"/notes", `{"text":"one too many"}`); status != 409 {
		t.Errorf("%d %v", status, v)
	}
	if status, _ := w.call(w.key, "POST", "/v1/banks/0168/disputes/none/notes", `{"text":"x"}`); status != 404 {
		t.Errorf("of no dispute: %d", status)
	}
}

// messages counts what is queued.
func (w *world) messages() (n int) {
	w.t.Helper()
	for _, q := range []string{"line", "email", "bank", "events", "chat"} {
		d, err := w.queue.Depth(context.Background(), queue.Name(q))
		if err == nil {
			n += d.Waiting
		}
	}
	return n
}

func TestAnAccountHasOneOpenCodeUnlessMoreAreAskedFor(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		issue := func(more string) string {
			t.Helper()
			status, v := w.call(w.key, "POST", "/v1/banks/0168/codes", `{"account_ref":"acc_8f3k"`+more+`}`)
			if status != 201 {
				t.Fatalf("%d %v", status, v)
			}
			return v["code"].(string)
		}
		open := func() []string {
			t.Helper()
			_, v := w.call(w.key, "GET", "/v1/banks/0168/accounts/acc_8f3k/codes", "")
			var ids []string
			for _, c := range v["codes"].([]any) {
				ids = append(ids, c.(map[string]any)["code_id"].(string))
			}
			return ids
		}
		binds := func(code, who string) bool {
			t.Helper()
			_, err := w.members.Redeem(t.Context(), who, code, watch.Japanese)
			return err == nil
		}
		first := issue("")
		w.Add(time.Second)
		second := issue("")
		if binds(first, person) || len(open()) != 1 {
			t.Errorf("the code before binds, or %v are open", open())
		}
		third := issue(`,"keep_others":true`)
		ids := open()
		if len(ids) != 2 {
			t.Errorf("%v are open", ids)
		}
		if !binds(second, person) {
			t.Error("the code that was kept does not bind")
		}
		// One that is open is withdrawn; one that was used was used.
		for _, id := range ids {
			w.call(w.key, "DELETE", "/v1/banks/0168/accounts/acc_8f3k/codes/"+id, "")
		}
		if binds(third, neighbour) || len(open()) != 1 {
			t.Errorf("a code that was withdrawn binds, or %v are left", open())
		}
		if status, _ := w.call(w.key, "DELETE", "/v1/banks/0168/accounts/acc_8f3k/codes/none", ""); status != 404 {
			t.Errorf("none: %d", status)
		}
	})
}

func TestACodeThatIsAskedForAgainUnderItsKeyIsTheSame(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		issue := func(key, body string) (int, string) {
			t.Helper()
			rec := w.asked("POST", "/codes", body, "Idempotency-Key", key)
			_, rest, _ := strings.Cut(rec.Body.String(), `"code":"`)
			code, _, _ := strings.Cut(rest, `"`)
			return rec.Code, code
		}
		const body = `{"account_ref":"acc_8f3k","email":"a@example.jp"}`
		_, first := issue("req-1", body)
		w.Add(time.Minute)
		if status, again := issue("req-1", body); status != 201 || again != first {
			t.Errorf("the same again: %d, another code: %v", status, again != first)
		}
		if _, other := issue("req-2", body); other == first || other == "" {
			t.Error("another key gives the same code, or none")
		}
		_, third := issue("req-3", body)
		if status, _ := issue("req-3", `{"account_ref":"acc_other"}`); status != 409 {
			t.Errorf("another request under the same key: %d", status)
		}
		if status, _ := issue(strings.Repeat("k", bankapi.MaxIdempotencyKey+1), body); status != 422 {
			t.Errorf("a key too long: %d", status)
		}
		if _, err := w.members.Redeem(t.Context(), person, third, watch.Japanese); err != nil {
			t.Errorf("it does not bind: %v", err)
		}
		if status, again := issue("req-3", body); status != 201 || again != third {
			t.Errorf("the same again, once it was used: %d", status)
		}
		// The same name at another bank is another request's.
		_, mine := w.members.Issue(t.Context(), theirs, membership.CodeRequest{AccountRef: "acc_8f3k", Email: "a@example.jp", IdempotencyKey: "req-3"})
		if mine != nil {
			t.Errorf("another bank's request under the same name: %v", mine)
		}
	})
}

func TestABankReadsAndReplaysWhatItGotRefused(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		var want []string
		for n := range 25 {
			x := &store.Refused{ID: fmt.Sprintf("q%02d", n), Bank: ours, At: w.Now(), EventID: fmt.Sprintf("evt_%d", n), Problem: "must be from 1 to 10^12 yen", Field: "amount", Raw: `{"id":"x"}`}
			w.write(store.PutRefused(x)...)
			want = append([]string{x.ID}, want...)
			w.Add(time.Second)
		}
		w.write(store.PutRefused(&store.Refused{ID: "theirs", Bank: theirs, At: w.Now(), Raw: `{}`})...)
		for _, limit := range []int{1, 7, 25, 100} {
			var got []string
			cursor := ""
			for {
				status, v := w.call(w.key, "GET", fmt.Sprintf("/v1/banks/0168/refused?limit=%d&cursor=%s", limit, strings.ReplaceAll(cursor, "#", "%23")), "")
				if status != 200 {
					t.Fatalf("%d %v", status, v)
				}
				for _, x := range v["refused"].([]any) {
					x := x.(map[string]any)
					if got = append(got, x["refused_id"].(string)); x["raw"] != nil {
						t.Error("a list holds what was sent")
					}
				}
				if cursor, _ = v["cursor"].(string); cursor == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d a page: %v, want %v", limit, got, want)
			}
		}
		if status, v := w.call(w.key, "GET", "/v1/banks/0168/refused/q03", ""); status != 200 || v["raw"] != `{"id":"x"}` || v["field"] != "amount" {
			t.Errorf("%d %v", status, v)
		}
		for _, cursor := range []string{"x", "%23", "20261124T030100.000Z%23", "2026%23q01"} {
			if status, _ := w.call(w.key, "GET", "/v1/banks/0168/refused?cursor="+cursor, ""); status != 422 {
				t.Errorf("the cursor %s: %d", cursor, status)
			}
		}
		// What is refused still stays, what is taken now goes, and what was cut must
		// be sent again.
		if status, v := w.call(w.key, "POST", "/v1/banks/0168/refused/q03/replay", ""); status != 200 || v["accepted"] != 0.0 || len(v["rejected"].([]any)) != 1 {
			t.Errorf("%d %v", status, v)
		}
		w.write(spares()...)
		if status, v := w.call(w.key, "POST", "/v1/banks/0168/refused/q_ours/replay", ""); status != 200 || v["accepted"] != 1.0 {
			t.Errorf("%d %v", status, v)
		}
		if w.messages() != 1 {
			t.Errorf("%d messages", w.messages())
		}
		w.write(store.PutRefused(&store.Refused{ID: "cut", Bank: ours, At: w.Now(), Raw: `{`, Cut: true})...)
		for id, want := range map[string]int{"q_ours": 404, "theirs": 404, "none": 404, "cut": 409} {
			if status, v := w.call(w.key, "POST", "/v1/banks/0168/refused/"+id+"/replay", ""); status != want {
				t.Errorf("%s: %d %v", id, status, v)
			}
		}
	})
}

// People are off an account first, whatever else of it takes long or fails.
func TestAnErasureTakesThePeopleOffFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.disputed(w.bound(), "t1")
	before := worldtest.Bytes(t, w.file)
	table := &dying{Table: w.store.Table}
	w.store.Table = table
	off := false
	for n := int64(0); ; n++ {
		table.left.Store(n)
		status, _ := w.call(w.key, "DELETE", "/v1/banks/0168/accounts/acc_8f3k", "")
		whole := table.left.Load() >= 0
		table.left.Store(1 << 30)
		_, err := w.store.Record(t.Context(), watch.Derive("r", "t1"))
		_, gone := w.store.Account(t.Context(), account)
		if err != nil && gone == nil {
			t.Errorf("after %d writes the record is gone, and somebody still watches", n)
		}
		off = off || gone != nil && err == nil
		_, v := w.call(w.key, "GET", "/v1/banks/0168/accounts/acc_8f3k/erasure", "")
		if status == 204 && v["state"] != "under_way" || n == 0 && v["state"] != "none" {
			t.Errorf("after %d writes, %d: %v", n, status, v)
		}
		worldtest.Restore(t, w.file, before)
		if whole {
			break
		}
	}
	if !off {
		t.Error("the people never were off before the rest was done")
	}
}

func TestABankSaysAReadyText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := "/v1/banks/0168/disputes/" + w.disputed(w.bound(), "t1").ID
	_, v := w.call(w.key, "GET", "/v1/banks/0168/texts", "")
	texts := v["texts"].([]any)
	for _, x := range texts { // in their order, each follows the one before
		x := x.(map[string]any)
		status, v := w.call(w.key, "POST", one+"/status", fmt.Sprintf(`{"status":%q,"ready":%q}`, x["status"], x["id"]))
		changes, _ := v["changes"].([]any)
		if status == 409 && x["status"] == "closed" {
			continue // it is closed already
		}
		if status != 200 || v["text"] != x["ja"] || changes[len(changes)-1].(map[string]any)["ready"] != x["id"] {
			t.Errorf("%v: %d %v", x["id"], status, v)
		}
	}
	if len(texts) < 8 {
		t.Errorf("only %d texts", len(texts))
	}
	for _, bad := range []string{`{"status":"received","ready":"settled"}`, `{"status":"received","ready":"none"}`, `{"status":"received","ready":""}`, `{"status":"received","ready":"we_call_you","text":"x"}`} {
		if status, v := w.call(w.key, "POST", one+"/status", bad); status != 422 || v["field"] != "ready" {
			t.Errorf("%s: %d %v", bad, status, v)
		}
	}
}
