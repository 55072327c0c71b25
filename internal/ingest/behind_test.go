package ingest_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/ingest"
	"kozamori/internal/queue"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/testkit/worldtest"
)

// A bank whose events wait for detect for longer than ten seconds waits with more of
// them, until those are worked on; no other bank does, and no heartbeat.
func TestABankWhoseEventsWaitForLongWaitsWithMore(t *testing.T) {
	t.Parallel()
	at := now
	clock := func() time.Time { return at }
	d := newDesk(t)
	d.queue = worldtest.Queue(t, qembedded.Options{Now: clock})
	d.Sender = d.queue
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: secrets{"0125": {d.cur}, "0168": {d.old}}, Queue: d.failing, Store: d.failing,
		Behind: func(bank string) time.Time { return d.queue.Waiting(queue.Events, queue.GroupsOf(bank)...) },
		Now:    clock, Logger: slog.New(slog.NewTextHandler(&d.log, nil))}))
	d.handler = mux
	events := func(bank, secret string, n int) (status int, after string) {
		list := make([]string, n)
		for i := range list {
			list[i] = strings.Replace(good, `"e1"`, fmt.Sprintf(`"e%d"`, i), 1)
		}
		w := d.post(t, bank, secret, `{"events":[`+strings.Join(list, ",")+`]}`, at)
		return w.Code, w.Header().Get("Retry-After")
	}
	want := func(when, bank string, n, status int, retry string) {
		t.Helper()
		secret := d.cur
		if bank == "0168" {
			secret = d.old
		}
		if got, after := events(bank, secret, n); got != status || after != retry {
			t.Errorf("%s: %d events of %s get %d, Retry-After %q, want %d and %q", when, n, bank, got, after, status, retry)
		}
	}
	const slowed = http.StatusTooManyRequests
	want("at first", "0125", 100, 202, "")
	at = at.Add(4 * time.Second)
	want("soon after", "0125", 1, 202, "") // of a group of its account
	at = at.Add(6 * time.Second)
	want("while the oldest wait for ten seconds", "0125", 1, 202, "")
	at = at.Add(time.Second)
	want("when they wait for longer", "0125", 1, slowed, "1")
	want("when another bank's wait for longer", "0168", 100, 202, "")
	at = at.Add(5 * time.Second)
	want("as they wait on", "0125", 100, slowed, "6")
	if w := d.post(t, "0125", d.cur, `{"events":[],"heartbeat":{}}`, at); w.Code != 202 {
		t.Errorf("a heartbeat gets %d %s", w.Code, w.Body)
	}
	if w := d.post(t, "0125", d.cur, `{"events":[{}]}`, at.Add(-time.Hour)); w.Code != http.StatusUnauthorized {
		t.Errorf("what the bank did not sign gets %d", w.Code)
	}
	at = at.Add(time.Hour)
	want("after an hour", "0125", 1, slowed, "30")
	want("of the other, which waits for long, too", "0168", 1, slowed, "30")
	for {
		ms, err := d.queue.Receive(t.Context(), queue.Events, 10, 0)
		if err != nil || len(ms) == 0 {
			break // all of it was received, and none of it has ended
		}
	}
	want("when all is being worked on", "0125", 100, 202, "")
	want("when all is being worked on", "0168", 1, 202, "")
}
