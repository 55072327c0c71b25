package reader_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kozamori/internal/reader"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/token"
)

// A request is for one file, one bank and a minute, and only we can make it.
func TestOnlyWhatWeAskIsAnswered(t *testing.T) {
	t.Parallel()
	keys, now := worldtest.Keys(t), time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	var asked http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Clone()
		_, _ = w.Write([]byte(`{"rows":3,"newer":true}`))
	}))
	t.Cleanup(srv.Close)
	c := &reader.Client{BaseURL: srv.URL, Keys: keys, Now: func() time.Time { return now }}
	for _, bank := range []string{"0125", ""} {
		if b, err := c.Look(t.Context(), bank, []byte("a file")); err != nil || b.Rows != 3 {
			t.Fatal(b, err)
		}
		if got, ok := reader.Asked(keys, asked, []byte("a file"), now); !ok || got != bank {
			t.Errorf("%q %t", got, ok)
		}
	}
	link := http.Header{"Authorization": {"Bearer " + keys.Sign(token.PurposeAnswer, "record|watcher", now.Add(time.Hour))}}
	for name, c := range map[string]struct {
		h    http.Header
		file string
		at   time.Time
	}{
		"another file": {asked, "a file!", now}, "later": {asked, "a file", now.Add(2 * time.Minute)}, "no token": {http.Header{}, "a file", now}, "a link of ours": {link, "a file", now},
		"no bearer": {http.Header{"Authorization": {strings.TrimPrefix(asked.Get("Authorization"), "Bearer ")}}, "a file", now},
	} {
		if bank, ok := reader.Asked(keys, c.h, []byte(c.file), c.at); ok {
			t.Errorf("%s is taken, for bank %q", name, bank)
		}
	}
}

func TestWhatIsNoAnswerIsAnError(t *testing.T) {
	t.Parallel()
	keys := worldtest.Keys(t)
	for name, h := range map[string]http.HandlerFunc{
		"an error":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"a page":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"half of one": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"rows":`)) },
		"no end":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(strings.Repeat(" ", 2<<20))) },
		"nothing":     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		srv := httptest.NewServer(h)
		c := &reader.Client{BaseURL: srv.URL, Keys: keys, Now: time.Now}
		if b, err := c.Look(t.Context(), "0125", []byte("x")); !errors.Is(err, reader.ErrNotNow) || b != nil {
			t.Errorf("%s: %+v %v", name, b, err)
		}
		srv.Close()
	}
}
