package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestListenPassesOnTheTypesThatAreAskedForAlone(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"callbacks":[{"id":"a","type":"ping","body":{}},{"id":"b","type":"watcher.unreachable","body":{}},{"id":"c","type":"dispute.opened","body":{}}]}`)
	}))
	t.Cleanup(page.Close)
	program := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(program.Close)
	secret := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, c := range map[string]struct {
		only []string
		want string
	}{"all": {nil, "abc"}, "one": {[]string{"watcher.unreachable"}, "b"}, "two": {[]string{"dispute.opened", "ping"}, "ac"}} {
		got := ""
		l := listening{sender: sender{bank: "0125", client: http.DefaultClient, now: time.Now, secret: func(string) (string, error) { return secret, nil }, page: page.URL},
			to: program.URL, only: c.only, done: map[string]int{}, told: func(p *passedOn) { got += p.ID }}
		for range 2 { // a second look finds nothing new
			if err := l.pass(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q were passed on, want %q", name, got, c.want)
		}
	}
	if code, _, errs := ctl(t, nil, "listen", "-only", "dispute.closed"); code != 2 || errs == "" {
		t.Errorf("a type that there is not: exit %d, %s", code, errs)
	}
}

// What comes again to the bank comes again to the program: that a webhook-id is taken
// once is for the program to see to.
func TestListenPassesOnWhatComesAgain(t *testing.T) {
	t.Parallel()
	again := 0
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"callbacks":[{"id":"a","type":"ping","body":{}},{"id":"b","type":"dispute.opened","body":{},"again":%d}]}`, again)
	}))
	t.Cleanup(page.Close)
	program := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(program.Close)
	secret := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	got := ""
	l := listening{sender: sender{bank: "0125", client: http.DefaultClient, now: time.Now, secret: func(string) (string, error) { return secret, nil }, page: page.URL},
		to: program.URL, done: map[string]int{}, told: func(p *passedOn) { got += p.ID }}
	for i, c := range []struct {
		again int
		post  bool
		want  string
	}{{1, false, ""}, {1, true, ""}, {2, true, "b"}, {2, true, "b"}, {4, true, "bbb"}} {
		again = c.again
		if err := l.pass(t.Context(), c.post); err != nil || got != c.want {
			t.Errorf("look %d: %v, %q were passed on, want %q", i, err, got, c.want)
		}
	}
}
