package bankapi_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// asksToStop has the owner of the account ask for a control.
func (w *world) asksToStop(watcher string, ask control.Ask) *watch.Control {
	w.t.Helper()
	res, err := w.controls.Request(w.t.Context(), account, ask, control.Who{Watcher: watcher, Via: watch.ViaPage, Way: watch.WayPage})
	if err != nil || res.Outcome != control.Requested {
		w.t.Fatal(res.Outcome, err)
	}
	return res.Control
}

func (w *world) offers(kinds ...watch.ControlKind) {
	w.t.Helper()
	b, err := w.store.Bank(w.t.Context(), ours)
	if err != nil {
		w.t.Fatal(err)
	}
	b.Controls = kinds
	w.write(store.PutBank(b))
}

func TestWhatABankAnswersToWhatItIsAskedToStop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bound()
	w.offers(watch.ControlKinds()...)
	c := w.asksToStop(b.Watcher.ID, control.Ask{Kind: watch.LimitDebits, Terms: watch.ControlTerms{PerCharge: 5000, PerMonth: 20_000}})
	path := "/v1/banks/" + ours + "/controls/" + c.ID
	state := path + "/state"
	for _, step := range []struct {
		body   string
		status int
		state  string // present, or what it is then
		can    string
		force  bool
	}{
		{`{"state":"lifted"}`, 409, "requested", "applied refused not_offered", false},
		{`{"state":"requested"}`, 422, "", "", false},
		{`{"state":"refused"}`, 422, "", "", false}, // without a word why
		{`{"state":"refused","text":""}`, 422, "", "", false},
		{`{"state":"applied","since":"yesterday"}`, 422, "", "", false},
		{`{"state":"applied","since":"2031-01-01T00:00:00Z"}`, 422, "", "", false},
		{`{"state":"applied","what":1}`, 422, "", "", false},
		{`{"state":"refused","text":"窓口へお越しください。"}`, 200, "refused", "applied", false},
		{`{"state":"refused","text":"窓口へお越しください。"}`, 200, "refused", "applied", false},
		{`{"state":"not_offered"}`, 409, "refused", "applied", false},
		{`{"state":"applied","clerk":"desk 2"}`, 200, "applied", "lifted", true},
		{`{"state":"applied"}`, 200, "applied", "lifted", true},
		{`{"state":"kept","text":"x"}`, 409, "applied", "lifted", true},
		{`{"state":"lifted"}`, 200, "lifted", "", false},
		{`{"state":"applied"}`, 409, "lifted", "", false},
	} {
		w.Add(time.Second)
		status, v := w.call(w.key, "POST", state, step.body)
		if status != step.status {
			t.Fatalf("%s: %d %v", step.body, status, v)
		}
		was := v["present"]
		if status == 200 {
			was = v["state"]
		}
		if step.state == "" {
			continue
		}
		var can []string
		for _, s := range v["can_follow"].([]any) {
			can = append(can, s.(string))
		}
		if was != step.state || strings.Join(can, " ") != step.can {
			t.Errorf("%s: %v, then %v", step.body, was, can)
		}
		if status == 200 && (v["in_force"] != nil) != step.force {
			t.Errorf("%s: in force %v", step.body, v["in_force"])
		}
	}
	_, v := w.call(w.key, "GET", path, "")
	if v["per_charge"] != 5000.0 || v["account_ref"] != account.Ref || v["control"] != "limit" || v["requested_by"] != "owner" || len(v["changes"].([]any)) != 4 {
		t.Errorf("it reads %v", v)
	}
	_, v = w.call(w.key, "GET", "/v1/banks/"+ours+"/accounts/"+account.Ref+"/controls", "")
	if list := v["controls"].([]any); len(list) != 1 {
		t.Errorf("the account lists %v", list)
	}
	_, v = w.call(w.key, "GET", "/v1/banks/"+ours+"/accounts/"+account.Ref+"/trail", "")
	steps := v["steps"].([]any)
	if got := steps[0].(map[string]any)["control"].(map[string]any)["state"]; got != "lifted" {
		t.Errorf("the trail ends with %v", steps[0])
	}
}

// What was read and has changed since is not answered.
func TestAnAnswerIsForWhatWasRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bound()
	w.offers(watch.StopLinks)
	c := w.asksToStop(b.Watcher.ID, control.Ask{Kind: watch.StopLinks})
	path := "/v1/banks/" + ours + "/controls/" + c.ID
	post := func(tag, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", path+"/state", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+w.key)
		if tag != "" {
			r.Header.Set("If-Match", tag)
		}
		rec := httptest.NewRecorder()
		w.api.ServeHTTP(rec, r)
		return rec
	}
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Authorization", "Bearer "+w.key)
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	tag := rec.Header().Get("ETag")
	if _, err := w.controls.Withdraw(t.Context(), account, c.ID, control.Who{Watcher: b.Watcher.ID}); err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{tag, `"x"`, "7", `"0"`} {
		if rec := post(old, `{"state":"lifted"}`); rec.Code != http.StatusPreconditionFailed || !strings.Contains(rec.Body.String(), "the control was changed") {
			t.Errorf("with %s: %d %s", old, rec.Code, rec.Body)
		}
	}
	rec = post("", `{"state":"applied"}`)
	if rec.Code != http.StatusConflict { // it is taken back: it is not applied any more
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	rec = post("*", `{"state":"lifted"}`)
	if rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := post(rec.Header().Get("ETag"), `{"state":"lifted"}`); rec.Code != 200 {
		t.Errorf("the same again: %d %s", rec.Code, rec.Body)
	}
}

func TestWhatABankOffers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/v1/banks/" + ours + "/offered-controls"
	for body, want := range map[string]int{`{"controls":["stop_links","stop_service"]}`: 200, `{"controls":[]}`: 200, `{}`: 422, `{"controls":["stop"]}`: 422,
		`{"controls":["limit","limit"]}`: 422, `{"controls":null}`: 422} {
		if status, v := w.call(w.key, "PUT", path, body); status != want {
			t.Errorf("%s: %d %v", body, status, v)
		}
	}
	w.call(w.key, "PUT", path, `{"controls":["stop_links","stop_service"]}`)
	b, err := w.store.Bank(t.Context(), ours)
	if err != nil || !slices.Equal(b.Offered(), []watch.ControlKind{watch.StopService, watch.StopLinks}) {
		t.Errorf("it offers %v, %v", b.Offered(), err)
	}
	b.Callback = ""
	w.write(store.PutBank(b))
	_, v := w.call(w.key, "GET", path, "")
	if len(v["controls"].([]any)) != 2 || len(v["shown"].([]any)) != 0 { // it would not hear of it
		t.Errorf("without an endpoint: %v", v)
	}
}
