package ingest_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/ingest"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// counter is a queue and a store that are seen from outside. While hung, each call of
// the store takes as long as its caller waits.
type counter struct {
	ingest.Store
	hung   bool
	writes int
	sent   []time.Time
}

func (c *counter) Send(context.Context, queue.Name, ...queue.Outgoing) error {
	c.sent = append(c.sent, time.Now())
	return nil
}

func (c *counter) Write(ctx context.Context, w ...store.Write) error {
	if c.hung {
		<-ctx.Done()
		return ctx.Err()
	}
	c.writes += len(w)
	return c.Store.Write(ctx, w...)
}

func (c *counter) Feed(ctx context.Context, bank string) (*store.Feed, error) {
	if c.hung {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return c.Store.Feed(ctx, bank)
}

// hall is an ingest over a counter.
type hall struct {
	*counter
	t       *testing.T
	store   *store.Store
	secret  string
	handler http.Handler
	now     func() time.Time
}

func newHall(t *testing.T, now func() time.Time) *hall {
	h := &hall{t: t, store: store.New(worldtest.Table(t, now)), secret: secret(), now: now}
	h.counter = &counter{Store: h.store}
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: secrets{"0125": {h.secret}}, Queue: h, Store: h, Now: now, Logger: slog.New(slog.DiscardHandler)}))
	h.handler = mux
	return h
}

func (h *hall) sends(body string) {
	h.t.Helper()
	wh, err := webhooks.NewWebhook(h.secret)
	if err != nil {
		h.t.Fatal(err)
	}
	sig, err := wh.Sign("msg_1", h.now(), []byte(body))
	if err != nil {
		h.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/v1/banks/0125/events", strings.NewReader(body))
	r.Header.Set("webhook-id", "msg_1")
	r.Header.Set("webhook-timestamp", strconv.FormatInt(h.now().Unix(), 10))
	r.Header.Set("webhook-signature", sig)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code != http.StatusAccepted {
		h.t.Fatalf("%s: %d %s", body, w.Code, w.Body)
	}
}

func (h *hall) feed() *store.Feed {
	h.t.Helper()
	f, err := h.store.Feed(h.t.Context(), "0125")
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

func TestHeartbeatsAndNumbersAreNoted(t *testing.T) {
	t.Parallel()
	clock := worldtest.NewClock(now)
	h := newHall(t, clock.Now)
	h.sends(`{"events":[` + good + `],"feed":"core","sequence":1}`)
	clock.Add(2 * time.Minute)
	h.sends(`{"events":[],"feed":"core","sequence":2,"heartbeat":{"next_within_seconds":60,"counts":{"debit":3,"charge_link.registered":1},"pauses":[{"from":"2026-12-06T02:00:00+09:00","to":"2026-12-06T06:00:00+09:00"},{"from":"2026-11-01T00:00:00Z","to":"2026-11-01T01:00:00Z"}]}}`)
	f, beat := h.feed(), clock.Now()
	if !f.Beat.Equal(beat) || !f.NextBeat.Equal(beat.Add(time.Minute)) || len(f.Pauses) != 1 || !f.Until().Equal(beat) || !f.LastEvent.Equal(now.Truncate(time.Minute)) {
		t.Errorf("%+v", f)
	}
	owed := func() (kinds []watch.Kind) {
		for _, l := range h.feed().Last {
			if !l.Owed.IsZero() {
				kinds = append(kinds, l.Kind)
			}
		}
		return kinds
	}
	if got := owed(); got != nil {
		t.Errorf("of before the first heartbeat %v is owed", got)
	}
	clock.Add(2 * time.Minute)
	h.sends(`{"events":[],"heartbeat":{"counts":{"debit":3,"charge_link.registered":0,"charge_link.removed":1}}}`)
	if got := fmt.Sprint(owed()); got != "[debit charge_link.removed]" || !h.feed().NextBeat.IsZero() || len(h.feed().Pauses) != 1 {
		t.Errorf("owed: %s; %+v", got, h.feed())
	}
	clock.Add(time.Minute)
	h.sends(`{"events":[` + good + `],"feed":"core","sequence":4}`)
	if got := fmt.Sprint(owed()); got != "[charge_link.removed]" {
		t.Errorf("owed after a debit: %s", got)
	}
	list, err := h.store.Numbers(t.Context(), "0125", now, clock.Now())
	if err != nil || len(list) != 3 || list[0].Sequence != 1 || list[1].Sequence != 2 || list[2].Sequence != 4 || list[2].Feed != "core" {
		t.Errorf("%v %+v", err, list)
	}
}

func TestWhoHasNoNumbersWritesNoMoreThanBefore(t *testing.T) {
	t.Parallel()
	clock := worldtest.NewClock(now)
	h := newHall(t, clock.Now)
	for range 60 { // a minute
		h.sends(`{"events":[` + good + `]}`)
		clock.Add(time.Second)
	}
	if h.writes > 2 { // the feed and the hour, each once a minute
		t.Errorf("%d writes", h.writes)
	}
}

// A store that does not answer delays no alert, and not even the replies for long.
func TestAFeedThatCannotBeNotedIsInNobodysWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, time.Now)
		h.hung = true
		began := time.Now()
		for n := range 100 {
			before := time.Now()
			h.sends(fmt.Sprintf(`{"events":[%s],"sequence":%d,"heartbeat":{"next_within_seconds":60}}`, goodAt(before), n+1))
			if waits := h.sent[n].Sub(before); waits != 0 {
				t.Errorf("event %d was queued after %v", n, waits)
			}
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("a hundred replies took %v", took)
		}
		h.hung = false
		time.Sleep(10 * time.Second)
		h.sends(fmt.Sprintf(`{"events":[%s],"sequence":101}`, goodAt(time.Now())))
		if list, err := h.store.Numbers(t.Context(), "0125", began, time.Now()); err != nil || len(list) != 101 {
			t.Errorf("%d numbers are noted, %v", len(list), err)
		}
	})
}

func goodAt(at time.Time) string {
	return strings.Replace(good, "2026-11-24T11:59:00+09:00", at.Format(time.RFC3339), 1)
}
