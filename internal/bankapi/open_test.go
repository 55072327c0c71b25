package bankapi_test

import (
	"slices"
	"testing"

	"kozamori/internal/control"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// open are the ids of the controls that a bank's list holds, over all of its pages.
func (w *world) open(key, bank string) (ids []string) {
	w.t.Helper()
	for cursor := ""; ; {
		status, v := w.call(key, "GET", "/v1/banks/"+bank+"/open-controls?limit=1&cursor="+cursor, "")
		if status != 200 {
			w.t.Fatal(status, v)
		}
		for _, c := range v["controls"].([]any) {
			ids = append(ids, c.(map[string]any)["control_id"].(string))
		}
		next, _ := v["cursor"].(string)
		if cursor = next; cursor == "" {
			slices.Sort(ids)
			return ids
		}
	}
}

func TestABankListsWhatWaitsForItsAnswerAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bound()
	w.offers(watch.ControlKinds()...)
	want := func(when string, cs ...*watch.Control) {
		t.Helper()
		ids := []string{}
		for _, c := range cs {
			ids = append(ids, c.ID)
		}
		slices.Sort(ids)
		if got := w.open(w.key, ours); !slices.Equal(got, ids) {
			t.Errorf("%s: %v, want %v", when, got, ids)
		}
	}
	want("nothing asked")
	links := w.asksToStop(b.Watcher.ID, control.Ask{Kind: watch.StopLinks})
	most := w.asksToStop(b.Watcher.ID, control.Ask{Kind: watch.LimitDebits, Terms: watch.ControlTerms{PerCharge: 5000}})
	want("asked for", links, most)
	say := func(c *watch.Control, body string) {
		t.Helper()
		if status, v := w.call(w.key, "POST", "/v1/banks/"+ours+"/controls/"+c.ID+"/state", body); status != 200 {
			t.Fatal(status, v)
		}
	}
	say(links, `{"state":"applied"}`)
	want("one is answered", most)
	if _, err := w.controls.Withdraw(t.Context(), account, links.ID, control.Who{Watcher: b.Watcher.ID, Via: watch.ViaPage, Way: watch.WayPage}); err != nil {
		t.Fatal(err)
	}
	want("taken back", links, most)
	say(links, `{"state":"lifted"}`)
	want("lifted", most)

	// A version before answers, and leaves the place in the list; then one erases.
	c, err := w.store.Control(t.Context(), most.ID)
	if err != nil {
		t.Fatal(err)
	}
	c.Note(watch.ControlChange{State: watch.ControlApplied, At: w.Now()})
	w.write(store.PutControl(c))
	want("answered by a version before")
	w.write(store.DeleteControl(c)[0])
	want("erased by a version before")

	if status, _ := w.call(w.key, "GET", "/v1/banks/"+theirs+"/open-controls", ""); status != 403 && status != 401 {
		t.Errorf("another bank's list: %d", status)
	}
}
