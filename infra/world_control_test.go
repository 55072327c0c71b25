package infra_test

import (
	"net/http"
	"strings"

	"kozamori/internal/control"
	"kozamori/internal/membership"
	"kozamori/internal/watch"
)

func (w *world) everyOffer() {
	w.call(200, "GET", "/offered-controls", "")
	w.call(401, "GET", "/offered-controls", "", "wrong")
	w.call(200, "PUT", "/offered-controls", `{"controls":["stop_service","stop_links","stop_debits","limit"]}`)
	w.call(422, "PUT", "/offered-controls", `{"controls":["x"]}`)
	w.tooBig("PUT", "/offered-controls")
	w.call(401, "PUT", "/offered-controls", `{"controls":[]}`, "wrong")
}

// stops has an owner ask for a control.
func (w *world) stops(b membership.Bound, ask control.Ask) *watch.Control {
	w.t.Helper()
	res, err := w.controls.Request(w.t.Context(), account, ask, control.Who{Watcher: b.Watcher.ID, Via: watch.ViaPage, Way: watch.WayPage})
	if err != nil || res.Outcome != control.Requested {
		w.t.Fatal(res.Outcome, err)
	}
	return res.Control
}

func (w *world) everyControlCall(b membership.Bound) {
	w.everyOffer()
	of := "/accounts/" + account.Ref + "/controls"
	c := w.stops(b, control.Ask{Kind: watch.StopService, Service: "paypay"})
	w.stops(b, control.Ask{Kind: watch.LimitDebits, Terms: watch.ControlTerms{PerCharge: 5000, PerMonth: 20_000}})
	w.stops(b, control.Ask{Kind: watch.StopDebits, Terms: watch.ControlTerms{Until: w.Now().AddDate(0, 0, 1)}})
	one := "/controls/" + c.ID
	w.call(200, "GET", of, "")
	w.call(401, "GET", of, "", "wrong")
	w.call(422, "GET", "/accounts/a%20b/controls", "")
	w.call(200, "GET", "/accounts/acc_none/controls", "")
	w.call(200, "GET", "/open-controls", "")
	w.call(422, "GET", "/open-controls?limit=x", "")
	w.call(200, "GET", one, "")
	w.call(404, "GET", "/controls/none", "")
	w.call(401, "GET", one, "", "wrong")
	w.call(409, "POST", one+"/state", `{"state":"lifted"}`)
	w.call(200, "POST", one+"/state", `{"state":"refused","text":"窓口でのお手続きが必要です。","clerk":"佐藤"}`)
	w.call(200, "POST", one+"/state", `{"state":"applied"}`)
	w.call(422, "POST", one+"/state", `{"state":"requested"}`)
	w.call(404, "POST", "/controls/none/state", `{"state":"applied"}`)
	w.tooBig("POST", one+"/state")
	w.call(401, "POST", one+"/state", `{"state":"lifted"}`, "wrong")
	w.tagged(412, "POST", one+"/state", `{"state":"lifted","text":"x"}`)
	if _, err := w.controls.Withdraw(w.t.Context(), account, c.ID, control.Who{Watcher: b.Watcher.ID}); err != nil {
		w.t.Fatal(err)
	}
	w.call(200, "POST", one+"/state", `{"state":"kept","text":"電話でご確認ください。"}`)
	w.call(200, "GET", of, "")
	w.call(200, "GET", "/callbacks?about=controls", "")
	w.call(200, "GET", "/accounts/"+account.Ref+"/trail", "")
}

// tagged sends a change for something as it never was.
func (w *world) tagged(want int, method, path, body string) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.url+"/v1/banks/"+code+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.bank.APIKey)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("If-Match", `"99999"`)
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != want {
		w.t.Fatal(res, err)
	}
	_ = res.Body.Close()
}
