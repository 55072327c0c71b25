package bankapi_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/dispute"
	"kozamori/internal/feed"
	"kozamori/internal/store"
	"kozamori/internal/sweep"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/watch"
)

func TestACallbackIsListedAndSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.disputed(w.bound(), "t1")
	list := func(state string) []any {
		t.Helper()
		status, v := w.call(w.key, "GET", "/v1/banks/0168/callbacks?state="+state, "")
		if status != 200 {
			t.Fatalf("%d %v", status, v)
		}
		return v["callbacks"].([]any)
	}
	if got := list("waiting"); len(got) != 1 || got[0].(map[string]any)["dispute_id"] != d.ID || got[0].(map[string]any)["type"] != "dispute.opened" {
		t.Fatalf("%v", got)
	}
	for _, gaveUp := range []bool{false, true} {
		if _, err := w.store.UpdateDispute(t.Context(), d.ID, func(d *watch.Dispute) error {
			d.Changes[0].Attempts, d.Due = 9, time.Time{}
			if gaveUp {
				d.Changes[0].GaveUpAt = w.Now()
			} else {
				d.Changes[0].ToldAt = w.Now()
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		state := map[bool]string{false: "taken", true: "given_up"}[gaveUp]
		got := list(state)
		if len(got) != 1 || len(list("waiting")) != 0 || got[0].(map[string]any)["attempts"] != 9.0 {
			t.Errorf("%s: %v", state, got)
		}
		status, v := w.call(w.key, "POST", "/v1/banks/0168/disputes/"+d.ID+"/callbacks/1", "")
		if status != 202 || v["state"] != "waiting" {
			t.Errorf("%d %v", status, v)
		}
		before := w.messages()
		stage := sweep.New(sweep.Config{Store: w.store, Queue: w.queue, Now: w.Now, Logger: slog.New(slog.DiscardHandler)})
		if rep, err := stage.Sweep(t.Context()); err != nil || rep.Callbacks != 1 || w.messages() != before+1 {
			t.Errorf("it does not go: %+v %v, %d messages more", rep, err, w.messages()-before)
		}
		again, err := w.store.Dispute(t.Context(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		if v["webhook_id"] != dispute.CallbackID(again, again.Changes[0]) {
			t.Error("it has another id")
		}
	}
	for _, path := range []string{"/disputes/" + d.ID + "/callbacks/2", "/disputes/" + d.ID + "/callbacks/x", "/disputes/none/callbacks/1"} {
		if status, _ := w.call(w.key, "POST", "/v1/banks/0168"+path, ""); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	// Why the last attempt came to nothing is told until the bank takes it.
	if _, err := w.store.UpdateDispute(t.Context(), d.ID, func(d *watch.Dispute) error {
		d.Fails(1, watch.CallbackFailure{At: w.Now(), Reason: string(callback.Answered), Status: 503})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	failed, _ := list("waiting")[0].(map[string]any)["last_failure"].(map[string]any)
	if failed["reason"] != "answered" || failed["status"] != 503.0 || failed["at"] == nil {
		t.Errorf("why it failed: %v", failed)
	}
	if status, _ := w.call(w.key, "GET", "/v1/banks/0168/callbacks?state=lost", ""); status != 422 {
		t.Errorf("no such state: %d", status)
	}
}

func TestABankPingsItsOwnEndpoint(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		var got []string
		w.endpoint = func(_ http.ResponseWriter, r *http.Request) { got = append(got, r.Header.Get("webhook-id")) }
		status, v := w.call(w.key, "POST", "/v1/banks/0168/callbacks/ping", "")
		if _, timed := v["took_ms"].(float64); status != 200 || v["taken"] != true || !timed || len(got) != 1 || v["webhook_id"] != got[0] {
			t.Errorf("%d %v, the bank got %v", status, v, got)
		}
		w.endpoint = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusTeapot) }
		if status, v = w.call(w.key, "POST", "/v1/banks/0168/callbacks/ping", ""); status != 200 || v["taken"] != false || v["reason"] != "answered" || v["status"] != 418.0 {
			t.Errorf("refused: %d %v", status, v)
		}
		// One without an address, and one whose key is older than its entry.
		for _, entry := range [][]store.Write{nil, {store.PutBank(&store.Bank{Code: theirs})}} {
			w.write(entry...)
			if status, v = w.call(w.other, "POST", "/v1/banks/"+theirs+"/callbacks/ping", ""); status != 409 {
				t.Errorf("no address: %d %v", status, v)
			}
		}
	})
}

func TestCallbacksAboutTheFeedAndCampaignsAreListed(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		w.write(campaign(ours)...)
		w.write(campaign(theirs)...)
		h := &feed.Health{Bank: ours, News: []feed.News{
			{Seq: 1, Type: feed.TypeSilent, At: w.Now(), ToldAt: w.Now()}, {Seq: 2, Type: feed.TypeBack, At: w.Now().Add(time.Hour), GaveUpAt: w.Now()}, {Seq: 3, Type: feed.TypeGap, At: w.Now().Add(2 * time.Hour)}}}
		w.write(store.PutFeedHealth(h))
		list := func(query string) string {
			t.Helper()
			status, v := w.call(w.key, "GET", "/v1/banks/0168/callbacks?"+query, "")
			if status != 200 {
				return fmt.Sprint(status)
			}
			var out []string
			for _, c := range v["callbacks"].([]any) {
				c := c.(map[string]any)
				if c["attempts"] != nil || c["dispute_id"] != nil || !strings.HasPrefix(fmt.Sprint(c["webhook_id"]), "msg_") {
					t.Errorf("%v", c)
				}
				out = append(out, fmt.Sprintf("%v %v", c["type"], c["state"]))
			}
			return strings.Join(out, ", ")
		}
		for query, want := range map[string]string{
			"about=feed":                  "feed.gap waiting, feed.back given_up, feed.silent taken",
			"about=feed&state=waiting":    "feed.gap waiting",
			"about=campaigns":             "campaign.suspected waiting",
			"about=campaigns&state=taken": "",
			"about=disputes":              "",
			"about=files":                 "422",
			"about=feed&cursor=x":         "422",
		} {
			if got := list(query); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
	})
}
