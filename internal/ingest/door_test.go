package ingest_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/ingest"
	"kozamori/internal/ratelimit"
	"kozamori/internal/wire"
)

// limited is a desk at which each bank may send so many events a second.
func limited(t *testing.T, perSecond float64, burst int, at func() time.Time) *desk {
	t.Helper()
	d := newDesk(t)
	mux := http.NewServeMux()
	mux.Handle("/v1/banks/{bank}/events", ingest.New(ingest.Config{Secrets: secrets{"0125": {d.cur}, "0168": {d.old}},
		Queue: d.failing, Store: d.failing, Limit: ratelimit.NewLimiter(perSecond, burst), Now: at, Logger: slog.New(slog.NewTextHandler(&d.log, nil))}))
	d.handler = mux
	return d
}

func TestABankThatSendsTooMuchIsToldWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	at := now
	d := limited(t, 10, 1000, func() time.Time { return at })
	batch := func(n int) string {
		events := make([]string, n)
		for i := range events {
			events[i] = strings.Replace(good, `"e1"`, strconv.Quote("e"+strconv.Itoa(i)), 1)
		}
		return `{"events":[` + strings.Join(events, ",") + `]}`
	}
	if w := d.post(t, "0125", d.cur, batch(500), at); w.Code != 202 || w.Header().Get("RateLimit-Limit") != "1000" ||
		w.Header().Get("RateLimit-Remaining") != "500" || w.Header().Get("RateLimit-Reset") != "50" {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := d.post(t, "0125", d.cur, batch(500), at); w.Code != 202 {
		t.Fatal(w.Code)
	}
	d.queued(t)
	w := d.post(t, "0125", d.cur, batch(25), at)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "3" || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := d.post(t, "0168", d.old, batch(500), at); w.Code != 202 {
		t.Errorf("another bank: %d %s", w.Code, w.Body)
	}
	at = at.Add(3 * time.Second)
	if w := d.post(t, "0125", d.cur, batch(25), at); w.Code != 202 {
		t.Errorf("after the wait: %d %s", w.Code, w.Body)
	}
}

// Who has no secret takes nothing of a bank's share, however often they try.
func TestAStrangerTakesNothingOfABanksShare(t *testing.T) {
	t.Parallel()
	d := limited(t, 1, 500, func() time.Time { return now })
	other := secret()
	for range 600 {
		if w := d.post(t, "0125", other, good, now); w.Code != 401 || w.Header().Get("RateLimit-Limit") != "" {
			t.Fatal(w.Code, w.Header())
		}
	}
	if w := d.post(t, "0125", d.cur, good, now); w.Code != 202 {
		t.Errorf("the bank itself: %d %s", w.Code, w.Body)
	}
}

// unread is a body that must not be touched.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestOfWhatCannotBeABanksNoBodyIsRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for name, c := range map[string]struct {
		bank   string
		change func(*http.Request)
		want   int
	}{
		"no id":              {"0125", func(r *http.Request) { r.Header.Del("webhook-id") }, 401},
		"no signature":       {"0125", func(r *http.Request) { r.Header.Del("webhook-signature") }, 401},
		"no time":            {"0125", func(r *http.Request) { r.Header.Del("webhook-timestamp") }, 401},
		"yesterday":          {"0125", func(r *http.Request) { r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix()-86400, 10)) }, 401},
		"a time in words":    {"0125", func(r *http.Request) { r.Header.Set("webhook-timestamp", "now") }, 401},
		"no bank of ours":    {"9999", func(*http.Request) {}, 401},
		"no bank at all":     {"acme", func(*http.Request) {}, 401},
		"too long a body":    {"0125", func(r *http.Request) { r.ContentLength = wire.MaxBody + 1 }, 413},
		"a compressed body":  {"0125", func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, 415},
		"another method":     {"0125", func(r *http.Request) { r.Method = http.MethodPut }, 405},
		"two unknown tokens": {"0125", func(r *http.Request) { r.Header.Set("Content-Encoding", "br, gzip") }, 415},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/v1/banks/"+c.bank+"/events", unread{t})
			r.Header.Set("webhook-id", "msg_1")
			r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
			r.Header.Set("webhook-signature", "v1,AAAA")
			c.change(r)
			w := httptest.NewRecorder()
			d.handler.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("%d %s, want %d", w.Code, w.Body, c.want)
			}
		})
	}
}

// hanging is a body of which a little comes, and then nothing more.
type hanging struct {
	first string
	until chan struct{}
	began chan struct{}
}

func (h *hanging) Read(b []byte) (int, error) {
	if h.first != "" {
		n := copy(b, h.first)
		h.first = h.first[n:]
		return n, nil
	}
	h.began <- struct{}{}
	<-h.until
	return 0, errors.New("gone")
}

// A body that was promised takes no memory: bodies that never come would.
func TestMemoryGrowsWithWhatHasCome(t *testing.T) {
	const callers = 200
	d := newDesk(t)
	until, began, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	memory := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := memory()
	for range callers {
		r := httptest.NewRequest(http.MethodPost, "/v1/banks/0125/events", &hanging{first: strings.Repeat(" ", 100), until: until, began: began})
		r.ContentLength = wire.MaxBody
		r.Header.Set("webhook-id", "msg_1")
		r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
		r.Header.Set("webhook-signature", "v1,AAAA")
		go func() {
			w := httptest.NewRecorder()
			d.handler.ServeHTTP(w, r)
			if w.Code != 400 {
				t.Error(w.Code, w.Body)
			}
			ended <- struct{}{}
		}()
		<-began
	}
	if each := (memory() - min(memory(), before)) / callers; each > 64<<10 {
		t.Errorf("each takes %d bytes", each)
	}
	close(until)
	for range callers {
		<-ended
	}
}

// Whatever pieces a body comes in, it is read whole.
func TestABodyInPiecesIsReadWhole(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, size := range []int{1, 16<<10 - 2, 16<<10 - 1, 16 << 10, 16<<10 + 1, 64 << 10, 64<<10 + 1, 300_000, wire.MaxBody - 1, wire.MaxBody} {
		for _, told := range []bool{true, false} {
			body := good + strings.Repeat(" ", max(size-len(good), 0))
			wh, err := webhooks.NewWebhook(d.cur)
			if err != nil {
				t.Fatal(err)
			}
			sig, err := wh.Sign("msg_1", now, []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodPost, "/v1/banks/0125/events", &pieces{body, 7777})
			if told {
				r.ContentLength = int64(len(body))
			}
			r.Header.Set("webhook-id", "msg_1")
			r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
			r.Header.Set("webhook-signature", sig)
			w := httptest.NewRecorder()
			d.handler.ServeHTTP(w, r)
			if w.Code != 202 {
				t.Errorf("%d bytes, length told: %v: %d %s", size, told, w.Code, w.Body)
			}
		}
	}
}

// pieces is a body that comes in pieces of a size.
type pieces struct {
	rest string
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.rest == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.size)], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// A body in the name of a bank that did not sign it is counted for that bank; what can
// be no bank's, or is nobody's, makes no series of its own.
func TestWhatABankDidNotSignIsCountedForIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bank    string
		at      time.Time
		counted bool
	}{
		"signed":                      {"0125", now, false},
		"signed with another's":       {"0168", now, true},
		"a bank that is none of ours": {"9999", now, false},
		"no bank's code":              {"x125", now, false},
		"too old":                     {"0168", now.Add(-time.Hour), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := limited(t, 0, 1, func() time.Time { return now })
			d.post(t, c.bank, d.cur, good, c.at)
			if got := strings.Contains(d.log.String(), ingest.LogUnsigned); got != c.counted {
				t.Errorf("counted %v, want %v: %s", got, c.counted, d.log.String())
			}
			if c.counted && !strings.Contains(d.log.String(), "bank="+c.bank) {
				t.Errorf("it does not name the bank: %s", d.log.String())
			}
		})
	}
}
