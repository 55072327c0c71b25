package bankapi_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
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
		// The log knows of one of them, and of files; the version before told the others.
		for _, l := range []*store.Callback{
			{ID: h.News[1].CallbackID(ours), Bank: ours, Type: feed.TypeBack, Seq: 2, At: h.News[1].At, GaveUpAt: w.Now()},
			{ID: "msg_a", Bank: ours, Type: "intake.finished", File: "f", At: w.Now(), ToldAt: w.Now()},
			{ID: "msg_b", Bank: ours, Type: "intake.finished", File: "g", At: w.Now().Add(-time.Hour)},
			{ID: "msg_c", Bank: theirs, Type: "intake.finished", File: "h", At: w.Now()},
		} {
			w.write(store.PutCallback(l, nil)...)
		}
		list := func(query string) string {
			t.Helper()
			status, v := w.call(w.key, "GET", "/v1/banks/0168/callbacks?"+query, "")
			if status != 200 {
				return fmt.Sprint(status)
			}
			var out []string
			for _, c := range v["callbacks"].([]any) {
				c := c.(map[string]any)
				if c["dispute_id"] != nil || !strings.HasPrefix(fmt.Sprint(c["webhook_id"]), "msg_") {
					t.Errorf("%v", c)
				}
				out = append(out, fmt.Sprintf("%v %v", c["type"], c["state"]))
			}
			return strings.Join(out, ", ")
		}
		for query, want := range map[string]string{
			"about=feed":                  "feed.back given_up, feed.gap waiting, feed.silent taken",
			"about=feed&state=waiting":    "feed.gap waiting",
			"about=campaigns":             "campaign.suspected waiting",
			"about=campaigns&state=taken": "",
			"about=disputes":              "",
			"about=files":                 "intake.finished taken, intake.finished waiting",
			"about=files&state=waiting":   "intake.finished waiting",
			"about=watchers":              "",
			"about=all":                   "feed.back given_up, intake.finished taken, intake.finished waiting",
			"about=people":                "422",
			"about=feed&cursor=x":         "422",
		} {
			if got := list(query); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
	})
}

// Page after page there is each callback once, the newest first, with what came of its
// attempts; and each can be had once more by its id, of one's own bank alone.
func TestTheLogOfCallbacksIsPagedAndEachComesAgain(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		var want []string
		for i := range 7 {
			l := &store.Callback{ID: fmt.Sprint("msg_", i), Bank: ours, Type: "intake.finished", File: "f", At: w.Now().Add(time.Duration(i) * time.Second), ToldAt: w.Now()}
			for n := range store.MaxAttempts + i {
				l.Tried(store.CallbackAttempt{At: w.Now().Add(time.Duration(n) * time.Minute), Took: 31, Reason: string(callback.Answered), Status: 503})
			}
			l.Tried(store.CallbackAttempt{At: w.Now().Add(time.Hour), Took: 84})
			w.write(store.PutCallback(l, []byte(`{}`))...)
			want = append([]string{l.ID}, want...)
		}
		var got []string
		for page := "?about=all&limit=3"; page != ""; {
			status, v := w.call(w.key, "GET", "/v1/banks/0168/callbacks"+page, "")
			if status != 200 {
				t.Fatalf("%d %v", status, v)
			}
			for _, c := range v["callbacks"].([]any) {
				c := c.(map[string]any)
				latest := c["latest_attempts"].([]any)
				first, second := latest[0].(map[string]any), latest[1].(map[string]any)
				if len(latest) != store.MaxAttempts || first["taken"] != true || first["took_ms"] != 84.0 || second["taken"] != false || second["reason"] != "answered" || second["status"] != 503.0 {
					t.Errorf("%v", c)
				}
				if i := len(want) - 1 - len(got); c["attempts"] != float64(store.MaxAttempts+i+1) || c["file_id"] != "f" {
					t.Errorf("%v", c)
				}
				got = append(got, fmt.Sprint(c["webhook_id"]))
			}
			page = ""
			if v["cursor"] != nil {
				page = "?about=all&limit=3&cursor=" + url.QueryEscape(fmt.Sprint(v["cursor"]))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("listed %v, want %v", got, want)
		}
		before := w.messages()
		status, v := w.call(w.key, "POST", "/v1/banks/0168/callbacks/msg_3/resend", "")
		if status != 202 || v["state"] != "waiting" || v["asked_at"] == nil || w.messages() != before+1 {
			t.Errorf("%d %v, %d messages more", status, v, w.messages()-before)
		}
		if status, v = w.call(w.key, "GET", "/v1/banks/0168/callbacks/msg_3/attempts", ""); status != 200 || v["state"] != "waiting" || v["told_at"] != nil {
			t.Errorf("%d %v", status, v)
		}
		for _, id := range []string{"msg_none", "ping", "%20"} {
			if status, _ := w.call(w.key, "POST", "/v1/banks/0168/callbacks/"+id+"/resend", ""); status != 404 {
				t.Errorf("%s: %d", id, status)
			}
		}
		if status, _ := w.call(w.other, "GET", "/v1/banks/"+theirs+"/callbacks/msg_3/attempts", ""); status != 404 {
			t.Errorf("another bank reads it: %d", status)
		}
	})
}

// A dispute's callback that is asked for by either address is asked for in the log too,
// and its list says what came of each attempt.
func TestADisputesCallbackIsAskedForInItsLogToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.disputed(w.bound(), "t1")
	id := dispute.CallbackID(d, d.Changes[0])
	l := &store.Callback{ID: id, Bank: ours, Type: "dispute.opened", Dispute: d.ID, Seq: 1, At: d.Changes[0].At, ToldAt: w.Now()}
	l.Tried(store.CallbackAttempt{At: w.Now(), Took: 84})
	w.write(store.PutCallback(l, nil)...)
	for _, path := range []string{"/callbacks/" + id + "/resend", "/disputes/" + d.ID + "/callbacks/1"} {
		w.Add(time.Minute)
		if _, err := w.store.UpdateDispute(t.Context(), d.ID, func(d *watch.Dispute) error { d.Changes[0].ToldAt, d.Due = w.Now(), time.Time{}; return nil }); err != nil {
			t.Fatal(err)
		}
		w.Add(time.Minute)
		status, v := w.call(w.key, "POST", "/v1/banks/0168"+path, "")
		if status != 202 || v["state"] != "waiting" || v["asked_at"] == nil || v["dispute_id"] != d.ID || len(v["latest_attempts"].([]any)) != 1 {
			t.Errorf("%s: %d %v", path, status, v)
		}
		is, err := w.store.Callback(t.Context(), ours, id)
		again, failed := w.store.Dispute(t.Context(), d.ID)
		if err != nil || failed != nil || !is.AskedAt.Equal(w.Now()) || !is.Waits() || !again.Due.Equal(w.Now()) || !again.Changes[0].ToldAt.IsZero() {
			t.Errorf("%s: %+v %v, %+v %v", path, is, err, again.Changes[0], failed)
		}
		_, v = w.call(w.key, "GET", "/v1/banks/0168/callbacks", "")
		if c := v["callbacks"].([]any)[0].(map[string]any); c["asked_at"] == nil || len(c["latest_attempts"].([]any)) != 1 {
			t.Errorf("%v", c)
		}
	}
}
