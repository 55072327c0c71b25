package app_test

import (
	"net/http"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/watch"
)

// stops has an owner ask for what can be stopped, the bank answer, and both go back on it.
func (h *town) stops(tap func(*person, string), owner *person) {
	h.t.Helper()
	h.call(http.MethodPut, "/offered-controls", `{"controls":["stop_service","limit"]}`)
	a, err := h.store.Account(h.t.Context(), account)
	if err != nil {
		h.t.Fatal(err)
	}
	w, _ := a.WatcherOf(owner.id)
	tap(owner, "a=control&k=stop_service&v=paypay&w="+w.ID)
	one := "/controls/" + watch.ControlID(account, watch.StopService, "paypay") + "/state"
	h.call(http.MethodPost, one, `{"state":"refused","text":"窓口へお越しください。"}`)
	h.call(http.MethodPost, one, `{"state":"applied"}`)
	who := control.Who{LineUser: owner.id, Via: watch.ViaPage, Way: watch.WayPage}
	if _, err := h.system.Controls().Request(h.t.Context(), account, control.Ask{Kind: watch.LimitDebits, Terms: watch.ControlTerms{PerCharge: 5000}}, who); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	if _, err := h.system.Controls().Withdraw(h.t.Context(), account, watch.ControlID(account, watch.StopService, "paypay"), who); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	h.call(http.MethodPost, one, `{"state":"lifted"}`)
	h.later(20 * time.Minute) // the limit is not answered
	h.settle()
}
