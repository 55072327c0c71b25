package bankapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kozamori/internal/feed"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

func TestTheFeedIsCountedByTheHour(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorldOn(t, kind)
		w.bound()
		feed := func(query string) map[string]any {
			t.Helper()
			status, v := w.call(w.key, "GET", "/v1/banks/0168/feed"+query, "")
			if status != 200 {
				t.Fatalf("%d %v", status, v)
			}
			return v
		}
		if v := feed(""); len(v["hours"].([]any)) != 0 || len(v["last"].([]any)) != 0 {
			t.Errorf("before anything came: %v", v)
		}
		send := w.bankSends()
		w.Set(worldtest.Start.Truncate(time.Hour).Add(time.Hour))
		first := w.Now()
		for i := range 3 { // each a minute later, so that each is written
			send(ours, http.StatusAccepted, w.said(fmt.Sprint("e", i), "debit", fmt.Sprint("t", i), "acc_8f3k", 3*time.Second, 5000, ""))
			w.Add(time.Minute)
		}
		send(ours, http.StatusAccepted, w.said("e0", "debit", "t0", "acc_8f3k", 3*time.Minute+3*time.Second, 5000, ""))
		w.Add(time.Hour)
		send(ours, http.StatusAccepted, w.said("l", "charge_link.registered", "l", "acc_8f3k", 0, 0, `,"service":"paypay"`), `{"id":"bad"}`)
		send(theirs, http.StatusAccepted, w.said("x", "debit", "x", "acc_8f3k", 0, 5000, ""))
		v := feed("")
		for _, k := range []string{"feeds", "silent", "pauses"} {
			if list, _ := v[k].([]any); list == nil || len(list) > 0 {
				t.Errorf("%s: %v", k, v[k])
			}
			delete(v, k)
		}
		if v["heard_until"] != w.Now().UTC().Format(time.RFC3339) {
			t.Errorf("heard until %v", v["heard_until"])
		}
		delete(v, "heard_until")
		want := "map[all:map[accepted:[map[events:1 type:charge_link.registered] map[events:4 type:debit]] conflicts:0 known:1 lag_p50_seconds:4 lag_p99_seconds:256 refused:1] " +
			"hours:[" +
			"map[accepted:[map[events:1 type:charge_link.registered]] conflicts:0 hour:" + first.Add(time.Hour).UTC().Format(time.RFC3339) + " known:0 lag_p50_seconds:1 lag_p99_seconds:1 refused:1] " +
			"map[accepted:[map[events:4 type:debit]] conflicts:0 hour:" + first.UTC().Format(time.RFC3339) + " known:1 lag_p50_seconds:4 lag_p99_seconds:256 refused:0]] " +
			"last:[map[at:" + first.Add(3*time.Minute).UTC().Format(time.RFC3339) + " type:debit] map[at:" + w.Now().UTC().Format(time.RFC3339) + " type:charge_link.registered]]]"
		if got := fmt.Sprint(v); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if v := feed("?hours=1"); len(v["hours"].([]any)) != 1 {
			t.Errorf("one hour: %v", v)
		}
		for _, bad := range []string{"0", "73", "x", "1.5", "+1", "", "01"} {
			if status, v := w.call(w.key, "GET", "/v1/banks/0168/feed?hours="+url.QueryEscape(bad), ""); status != 422 || v["field"] != "hours" {
				t.Errorf("hours=%q: %d %v", bad, status, v)
			}
		}
	})
}

func TestTheFeedTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := w.Now().UTC().Truncate(time.Minute)
	w.write(store.PutFeed(&store.Feed{Bank: ours, LastEvent: at, Numbered: at, Beat: at.Add(time.Second), NextBeat: at.Add(time.Minute),
		Last:   []store.KindLast{{Kind: watch.Debit, At: at}, {Kind: watch.LinkRegistered, Owed: at}},
		Pauses: []feed.Pause{{From: at.Add(-2 * time.Hour), To: at.Add(-time.Hour)}, {From: at.Add(time.Hour), To: at.Add(2 * time.Hour)}}}))
	w.write(store.PutFeedHealth(&feed.Health{Bank: ours, Silent: []feed.Silence{{Kind: watch.LinkRegistered, Since: at}}, LateSince: at,
		Streams: []feed.Stream{{Feed: "core", Highest: 4, At: at}}}))
	for _, n := range []int64{5, 9, 7} {
		w.write(store.PutNumber(ours, feed.Number{Feed: "core", Sequence: n, At: at}))
	}
	w.Add(feed.Grace + time.Second)
	status, v := w.call(w.key, "GET", "/v1/banks/0168/feed", "")
	is := at.Format(time.RFC3339)
	want := "feeds:[map[at:" + is + " feed:core gaps:[map[from:6 missing:[map[from:6 to:6]] since:" + is + " to:6] map[from:8 missing:[map[from:8 to:8]] since:" + is + " to:8]] highest:9]] " +
		"heard_until:" + at.Add(time.Second).Format(time.RFC3339) + " hours:[] last:[map[at:" + is + " type:debit]] late_since:" + is + " next_heartbeat:" + at.Add(time.Minute).Format(time.RFC3339) +
		" pauses:[map[from:" + at.Add(time.Hour).Format(time.RFC3339) + " to:" + at.Add(2*time.Hour).Format(time.RFC3339) + "]] silent:[map[since:" + is + " type:charge_link.registered]]"
	if got := fmt.Sprint(v); status != 200 || !strings.Contains(got, want) {
		t.Errorf("%d\ngot  %s\nwant %s", status, got, want)
	}
}
