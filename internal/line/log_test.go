package line_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/sim"
	"kozamori/internal/wording"
)

func TestEachCallIsLoggedWithLINEsIdOfIt(t *testing.T) {
	t.Parallel()
	p := &sim.LINE{Token: "channel-token", Now: time.Now}
	srv := httptest.NewServer(p)
	defer srv.Close()
	var log bytes.Buffer
	client := line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken(p.Token), Labels: wording.LabelsIn,
		Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	p.AddUser(sim.User{ID: user, Following: true})
	client.Push(context.Background(), user, key, alert()) // accepted
	client.Push(context.Background(), user, key, alert()) // accepted earlier
	p.Fail(1, sim.ServerError)
	client.Push(context.Background(), user, key, alert())
	_, _ = client.Profile(context.Background(), user)
	if strings.Contains(log.String(), user) || strings.Contains(log.String(), p.Token) {
		t.Errorf("the log tells who was called:\n%s", log.String())
	}
	type call struct {
		Level, Msg, Method, Endpoint, Request string
		Status                                int
		Accepted                              string `json:"accepted_request"`
	}
	var got []call
	for d := json.NewDecoder(&log); d.More(); {
		var c call
		if err := d.Decode(&c); err != nil {
			t.Fatal(err)
		}
		got = append(got, c)
	}
	const push = "/v2/bot/message/push"
	want := []call{
		{"INFO", line.LogCall, "POST", push, "req-1", 200, ""},
		{"INFO", line.LogCall, "POST", push, "", 409, "req-1"},
		{"WARN", line.LogCall, "POST", push, "", 500, ""},
		{"INFO", line.LogCall, "GET", "/v2/bot/profile/{id}", "", 200, ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d calls are logged, want %d", len(got), len(want))
	}
	for i := range want {
		got[i].Request = strings.TrimPrefix(got[i].Request, want[i].Request)
		want[i].Request = ""
		if i > 0 {
			got[i].Request = "" // the stand-in's own
		}
		if got[i] != want[i] {
			t.Errorf("call %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

// Under load each of many calls at a time would dial, if connections were not
// kept open between them.
func TestConnectionsToLINEStayOpen(t *testing.T) {
	t.Parallel()
	const together, rounds = 32, 3
	p := &sim.LINE{Token: "channel-token", Now: time.Now}
	p.AddUser(sim.User{ID: user, Following: true})
	var dials atomic.Int64
	var meet atomic.Pointer[sync.WaitGroup]
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all := meet.Load()
		all.Done()
		all.Wait() // each has a connection of its own
		p.ServeHTTP(w, r)
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			dials.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	client := line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken(p.Token), Labels: wording.LabelsIn})
	for range rounds {
		all := &sync.WaitGroup{}
		all.Add(together)
		meet.Store(all)
		var sent sync.WaitGroup
		for range together {
			sent.Go(func() { client.Push(context.Background(), user, key, alert()) })
		}
		sent.Wait()
	}
	if n := dials.Load(); n > together+together/2 {
		t.Errorf("%d calls dialled %d times", together*rounds, n)
	}
}
